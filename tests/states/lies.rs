//! One lie about each thing that counting guarantees: each is refused, and named by its
//! section.

use std::path::Path;

use tallyho::batch::{Names, Scores};
use tallyho::class::Classes;
use tallyho::kernel::rows::MAX_BINS;
use tallyho::metric::check_spec;
use tallyho::tally::{
    Aggregate, Aggregates, Auc, Classwise, Confusion, Counts, ExactOrder, Order, Point, Question,
    ScoreType, ScoresAre, Tallies, Tempered, decode, encode,
};

use super::{bins, classwise, ranks, sums, tempered};
use crate::common::Rng;
use crate::common::memory::{Memory, binary_plan, run, score_plan, tallies};

type Lie<'a> = (&'a str, fn(&mut Tallies));

/// Holds that a state is read as it is, and with each lie refused for its section.
fn refused(of: &Tallies, section: &str, lies: &[Lie<'_>]) {
    let read = |tallies: &Tallies| decode(Path::new("x.tally"), &encode(tallies));
    assert_eq!(read(of).unwrap(), *of);
    for (lie, tell) in lies {
        let mut tallies = of.clone();
        tell(&mut tallies);
        let message = read(&tallies).map(drop).expect_err(lie).to_string();
        let expected = format!("contradict one another ({section})");
        assert!(message.contains(&expected), "{lie}: {message}");
    }
}

/// 200 rows of one logit, put in order by it and by confidence.
fn binary() -> Tallies {
    let mut rng = Rng::new(5);
    let labels = Names::I64((0..200).map(|_| i64::from(rng.below(2))).collect());
    let scores = Scores::F32((0..200).map(|_| rng.normal()).collect());
    let mut plan = binary_plan(1, ScoresAre::Logits, ScoreType::F32);
    plan.spec.order.confidence = true;
    plan.spec.order.mass_bins = 5;
    for question in [
        Question::PartialArea(0.3),
        Question::PrecisionAtRecall(0.5),
        Question::CoverageAtRisk(0.4),
    ] {
        plan.spec.order.ask(question);
    }
    run(&Memory::scores(labels, scores, 1), &plan).unwrap().tallies
}

fn matrix() -> Tallies {
    let mut rng = Rng::new(6);
    let labels = Names::I64((0..100).map(|_| i64::from(rng.below(3))).collect());
    let scores = Scores::F32((0..300).map(|_| rng.normal()).collect());
    let mut plan = score_plan(1, 3, ScoresAre::Logits, ScoreType::F32);
    plan.spec.auc = Auc::Exact;
    plan.spec.order.pairs = true;
    plan.spec.order.micro = true;
    plan.spec.asked = [Classwise::NAME, Tempered::NAME].into();
    run(&Memory::scores(labels, scores, 3), &plan).unwrap().tallies
}

fn exact(tallies: &mut Tallies) -> &mut ExactOrder {
    match tallies.aggregates.get_mut() {
        Some(Order::Exact(order)) => order,
        other => panic!("no exact order: {other:?}"),
    }
}

#[test]
fn sums_in_order_that_no_rows_have_are_refused() {
    refused(
        &binary(),
        "order",
        &[
            ("an area above 1", |t| exact(t).classes[0].negative *= 3),
            ("an area off the curve", |t| exact(t).classes[0].negative += 2_000),
            ("a variance below 0", |t| exact(t).classes[0].negative_squares /= 4),
            ("a variance beyond its bound", |t| exact(t).classes[0].positive_squares *= 100),
            ("a precision above 1", |t| exact(t).classes[0].precision *= 3),
            ("a distance above 1", |t| exact(t).classes[0].distance *= 100),
            ("no distance", |t| exact(t).classes[0].distance = 0),
            ("other rows than there are", |t| exact(t).classes[0].all.positive -= 1),
            ("an order of another class", |t| {
                let again = exact(t).classes[0].clone();
                exact(t).classes.push(again);
            }),
            ("bins of an exact order", |t| {
                t.aggregates.set(Some(Order::Binned(Default::default())))
            }),
            ("no order", |t| t.aggregates.set::<Order>(None)),
        ],
    );
}

#[test]
fn curves_and_answers_that_no_rows_have_are_refused() {
    refused(
        &binary(),
        "order",
        &[
            ("a curve that begins late", |t| {
                exact(t).curve.remove(0);
            }),
            ("a curve that ends early", |t| {
                exact(t).curve.pop();
            }),
            ("a curve that turns back", |t| exact(t).curve[9].above.positive += 90),
            ("points that are exchanged", |t| exact(t).curve.swap(4, 5)),
            ("a score that is no number", |t| exact(t).curve[1].key = Some(u64::from(u32::MAX))),
            ("a score of more bits", |t| exact(t).curve[1].key = Some(u64::MAX)),
            ("a curve far from the predictions", |t| t.spec.threshold = Some(1.0)),
            ("no curve", |t| exact(t).curve.clear()),
            ("an answer that was not asked for", |t| {
                t.spec.order.questions.remove(0);
            }),
            ("an area beyond its rectangle", |t| exact(t).answers[0].1.twice_area *= 9),
            ("a next point that lies before", |t| {
                exact(t).answers[0].1.next = Some(Point::START);
            }),
            ("a point that breaks its bound", |t| {
                exact(t).answers[1].1.point = Some(exact(t).curve[1]);
            }),
            ("a point of more rows than there are", |t| {
                let point = exact(t).answers[1].1.point.as_mut().unwrap();
                point.above.negative += 1_000;
            }),
            ("a point beside the curve", |t| {
                let point = exact(t).answers[1].1.point.as_mut().unwrap();
                point.key = Some(0);
            }),
        ],
    );
}

#[test]
fn orders_by_confidence_that_no_rows_have_are_refused() {
    fn by_confidence(tallies: &mut Tallies) -> &mut tallyho::tally::ConfidenceOrder {
        exact(tallies).confidence.as_mut().unwrap()
    }
    refused(
        &binary(),
        "order",
        &[
            ("a risk above 1", |t| by_confidence(t).risk <<= 2),
            ("no risk", |t| by_confidence(t).risk = 0),
            ("a confidence above 1", |t| by_confidence(t).curve[1].key = Some(1 << 31)),
            ("bins of other rows", |t| by_confidence(t).bins[0].rows.negative += 1),
            ("bins of more confidence than 1", |t| by_confidence(t).bins[0].keys <<= 2),
            ("bins that rise", |t| by_confidence(t).bins.swap(0, 4)),
            ("a bin too few", |t| {
                by_confidence(t).bins.pop();
            }),
            ("coverage of more rows than there are", |t| {
                let point = by_confidence(t).answers[0].1.point.as_mut().unwrap();
                point.above = Counts { positive: 0, negative: 1_000 };
            }),
            ("it was not asked for", |t| t.spec.order.confidence = false),
        ],
    );
}

#[test]
fn orders_of_each_class_that_no_rows_have_are_refused() {
    refused(
        &matrix(),
        "order",
        &[
            ("more pairs than there are", |t| exact(t).pairs[1] += 1 << 40),
            ("pairs of other sums", |t| exact(t).pairs[1] -= 1),
            ("a class above itself", |t| exact(t).pairs[0] += 1),
            ("a pair too few", |t| {
                exact(t).pairs.pop();
            }),
            ("pairs that nobody asked for", |t| t.spec.order.pairs = false),
            ("all pairs of other rows", |t| exact(t).micro.as_mut().unwrap().all.negative += 1),
            ("all pairs that nobody asked for", |t| t.spec.order.micro = false),
            ("a curve of no one class", |t| exact(t).curve.push(Point::START)),
        ],
    );
}

#[test]
fn sums_of_scores_that_no_rows_have_are_refused() {
    let lies: [(&str, Lie<'_>); 7] = [
        (
            "ranks",
            ("more first ranks than right rows", |t| {
                ranks(t)[0] += 1;
                ranks(t)[1] -= 1;
            }),
        ),
        (
            "ranks",
            ("scores of counts only", |t| {
                let order = t.order().cloned();
                t.aggregates = Aggregates::default();
                t.aggregates.set(order);
            }),
        ),
        (
            "calibration",
            ("another sum of confidence than the bins have", |t| sums(t).confidence.sum -= 1),
        ),
        (
            "calibration",
            ("a bin whose confidence lies in another", |t| {
                let bins = bins(t);
                let last = bins.iter().rposition(|bin| bin.rows > 0).unwrap();
                let part = bins[last].confidence / 2;
                bins[last].confidence -= part;
                bins[0].confidence += part;
            }),
        ),
        (
            "calibration",
            ("right rows that the confusion does not have", |t| {
                bins(t).iter_mut().find(|bin| bin.correct > 0).unwrap().correct -= 1;
            }),
        ),
        (
            "classwise",
            ("a class with other rows", |t| {
                classwise(t).iter_mut().find(|bin| bin.correct > 0).unwrap().correct -= 1;
            }),
        ),
        ("tempered", ("another loss at temperature 1", |t| tempered(t)[20] -= 1)),
    ];
    for (section, lie) in lies {
        refused(&matrix(), section, &[lie]);
    }
}

#[test]
fn options_and_classes_that_no_evaluation_has_are_refused() {
    refused(
        &matrix(),
        "options",
        &[
            ("no bins", |t| t.spec.bins = 0),
            ("a level of no interval", |t| t.spec.interval = f64::NAN),
            ("a beta below 0", |t| t.spec.betas = vec![-1.0]),
            ("a K of 0", |t| t.spec.top_k = vec![0]),
            ("a billion resamples", |t| t.spec.replicates = Some(1_000_000_000)),
            ("a share above 1", |t| t.spec.order.questions = vec![Question::TprAtFpr(2.0)]),
            ("an area up to a rate of 0", |t| {
                t.spec.order.questions = vec![Question::PartialArea(0.0)];
            }),
            ("a positive class of three", |t| t.spec.positive = Some(0)),
            ("temperatures of probabilities", |t| {
                t.spec.scores_are = Some(ScoresAre::Probabilities);
            }),
        ],
    );
    let pairs = tallies(&[1, 2, 2], &[1, 2, 1]);
    refused(
        &pairs,
        "classes",
        &[("a class that does not occur", |t| {
            t.classes = Classes::discovered(["1", "2", "3"].map(str::to_owned).to_vec());
        })],
    );
    refused(
        &pairs,
        "options",
        &[("bins of each class without scores", |t| {
            t.spec.asked.insert(Classwise::NAME);
        })],
    );
    refused(
        &pairs,
        "a form that is not written",
        &[("a class that is there twice", |t| {
            t.classes = Classes::discovered(["1", "1"].map(str::to_owned).to_vec());
        })],
    );
    refused(
        &pairs,
        "counts of rows",
        &[("more rows than there may be", |t| t.rows.read = u64::MAX)],
    );
    refused(
        &pairs,
        "confusion",
        &[("no rows of those that were scored", |t| t.confusion = Confusion::default())],
    );
}

/// What may be asked for is read again, and no more than that.
#[test]
fn limits_of_options_are_those_of_an_evaluation() {
    type Set = fn(&mut Tallies, bool);
    let limits: [Set; 3] = [
        |t, beyond| t.spec.replicates = Some(1_000_000 + u32::from(beyond)),
        |t, beyond| t.spec.betas = vec![if beyond { 1.1e9 } else { 1e9 }],
        |t, beyond| t.spec.interval = if beyond { 1.0 } else { 0.999_999 },
    ];
    for set in limits {
        for beyond in [false, true] {
            let mut tallies = matrix();
            set(&mut tallies, beyond);
            let read = decode(Path::new("x.tally"), &encode(&tallies));
            assert_eq!((read.is_err(), check_spec(&tallies.spec).is_err()), (beyond, beyond));
        }
    }
    for bins in [MAX_BINS, MAX_BINS + 1] {
        let mut pairs = tallies(&[1], &[1]);
        pairs.spec.bins = bins;
        assert_eq!(decode(Path::new("x.tally"), &encode(&pairs)).is_ok(), bins == MAX_BINS);
    }
}
