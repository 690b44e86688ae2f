//! Two score columns in the order of the positive class.

use proptest::prelude::*;
use tallyho::batch::{Names, Scores};
use tallyho::engine::Plan;
use tallyho::tally::{
    Auc, Calibration, ExactOrder, Order, Ordered, Question, Ranks, Rate, RowSums, ScoreType,
    ScoresAre, Tallies, decode, digest, encode,
};

use super::binary::{LABELS, SCORES};
use super::{close, exact, ordered, value};
use crate::common::Rng;
use crate::common::memory::{Memory, binary_plan, of_each_type, run, score_plan};

/// A plan for two columns that finds those orders and answers some questions.
fn plan(scores_are: ScoresAre, of: ScoreType, positive: usize, ordered: Ordered) -> Plan {
    let mut plan = score_plan(3, 2, scores_are, of);
    plan.spec.auc = Auc::Exact;
    plan.spec.positive = Some(positive);
    plan.spec.ordered = ordered;
    ask(&mut plan);
    plan
}

fn ask(plan: &mut Plan) {
    let wish = &mut plan.spec.order;
    wish.ask(Question::PartialArea(0.1));
    wish.ask(Question::PartialArea(0.3));
    wish.ask(Question::Threshold(Rate::Recall, 0.75));
    wish.ask(Question::Threshold(Rate::FalsePositiveRate, 0.25));
    wish.ask(Question::Cost { false_positive: 1.0, false_negative: 2.5 });
}

fn evaluated(labels: &[u8], scores: Scores, columns: usize, plan: &Plan) -> Tallies {
    let source = Memory::scores(Names::U8(labels.to_vec()), scores, columns).batch_rows(13);
    run(&source, plan).unwrap().tallies
}

/// Logits whose differences are about `scale` times [`SCORES`].
fn pairs(scale: f32) -> Vec<f32> {
    let pair = |(row, score): (usize, &f32)| {
        let other = (row * 7 % 11) as f32 / 4.0 - 1.0;
        [other, other + scale * score]
    };
    SCORES.iter().enumerate().flat_map(pair).collect()
}

/// Made with scikit-learn 1.9.1 of the differences in double precision:
/// `roc_auc_score`, `average_precision_score`, `max(abs(tpr - fpr))` of
/// `roc_curve(drop_intermediate=False)`, `roc_auc_score(max_fpr=…)`; of class 0, of
/// `1 - y` and the differences with the other sign.
#[test]
fn values_of_logits_agree_with_scikit_learn() {
    let names = [
        "roc_auc",
        "average_precision",
        "ks_statistic",
        "partial_roc_auc(0.1)",
        "partial_roc_auc(0.3)",
    ];
    for (scale, positive, expected) in [
        (
            1.0,
            1,
            [
                0.7803030303030304,
                0.8000789731972529,
                0.4848484848484848,
                0.7195640616693249,
                0.7497524262230144,
            ],
        ),
        (
            1.0,
            0,
            [
                0.7803030303030304,
                0.7957751478502466,
                0.4848484848484849,
                0.6040669856459331,
                0.6441869677163794,
            ],
        ),
        // Of differences this large even a softmax in double precision ties some.
        (
            40.0,
            1,
            [
                0.7777777777777778,
                0.7927372045809744,
                0.46464646464646464,
                0.7129186602870813,
                0.7448009506833037,
            ],
        ),
    ] {
        for ordered in [Ordered::Positive, Ordered::Both] {
            let plan = plan(ScoresAre::Logits, ScoreType::F32, positive, ordered);
            let found = evaluated(&LABELS, Scores::F32(pairs(scale)), 2, &plan);
            for (name, expected) in names.into_iter().zip(expected) {
                close(value(&found, name), expected, &format!("{name} of {scale} {positive}"));
            }
            close(value(&found, "gini"), 2.0 * expected[0] - 1.0, "gini");
        }
    }
}

/// The part of an order that is about the positive class.
fn of_positive(tallies: &Tallies) -> (tallyho::tally::Sums, ExactOrder) {
    let order = exact(tallies);
    let sums = order.positive(&tallies.spec).unwrap().clone();
    let about = ExactOrder {
        curve: order.curve.clone(),
        answers: order.answers.clone(),
        ..ExactOrder::default()
    };
    (sums, about)
}

fn shares(rng: &mut Rng, rows: usize) -> Vec<f32> {
    // Few different values, so that many are tied; they sum to 1 exactly.
    (0..rows).map(|_| rng.below(33) as f32 / 32.0).flat_map(|p| [1.0 - p, p]).collect()
}

#[test]
fn probabilities_are_in_the_order_of_their_column_alone() {
    let mut rng = Rng::new(31);
    let labels: Vec<u8> = (0..400).map(|_| rng.below(2) as u8).collect();
    let rows = shares(&mut rng, 400);
    let column = |positive: usize| rows.iter().skip(positive).step_by(2).copied();
    for positive in [0, 1] {
        let alone: Vec<f32> = column(positive).collect();
        for ((two, of), (one, _)) in of_each_type(&rows).into_iter().zip(of_each_type(&alone)) {
            let mut single = binary_plan(1, ScoresAre::Probabilities, of);
            single.spec.task = tallyho::tally::Task::Binary { positive };
            ask(&mut single);
            let expected = evaluated(&labels, one, 1, &single);
            for ordered in [Ordered::Positive, Ordered::Both] {
                let plan = plan(ScoresAre::Probabilities, of, positive, ordered);
                let found = evaluated(&labels, two.clone(), 2, &plan);
                assert_eq!(of_positive(&found), of_positive(&expected), "{of:?} {positive}");
                for name in ["roc_auc", "average_precision", "ks_statistic", "gini"] {
                    assert_eq!(value(&found, name).to_bits(), value(&expected, name).to_bits());
                }
                if ordered == Ordered::Both {
                    let order = exact(&found);
                    assert_eq!(order.classes[2], order.classes[positive]);
                }
            }
        }
    }
}

/// Of each class alone there is the order of the column, but no curve.
#[test]
fn areas_of_probabilities_follow_from_the_order_of_each_class() {
    let mut rng = Rng::new(32);
    let labels: Vec<u8> = (0..200).map(|_| rng.below(2) as u8).collect();
    let rows = Scores::F32(shares(&mut rng, 200));
    let of = |ordered| {
        let plan = plan(ScoresAre::Probabilities, ScoreType::F32, 1, ordered);
        evaluated(&labels, rows.clone(), 2, &plan)
    };
    let [each, both] = [Ordered::Classes, Ordered::Both].map(of);
    for name in ["roc_auc", "average_precision", "ks_statistic", "gini"] {
        assert_eq!(ordered(&each, name), ordered(&both, name), "{name}");
    }
    assert!(exact(&each).curve.is_empty());
    assert!(ordered(&each, "partial_roc_auc(0.1)").value.unwrap_err().contains("not asked for"));
    assert_eq!(each.confusion, both.confusion);
    assert_eq!(each.get::<RowSums>(), both.get::<RowSums>());
    assert_eq!(each.get::<Calibration>(), both.get::<Calibration>());
    assert_eq!(exact(&each).classes[..], exact(&both).classes[..2]);
}

/// Finite logits with ties, of several sizes, and masked classes.
fn logit() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => (-8..8_i8).prop_map(|step| f32::from(step) / 4.0),
        2 => -60.0..60.0_f32,
        1 => prop::sample::select(vec![0.0, -0.0, 1e-45, 3e38, -3e38, 1e20, -1e-20]),
    ]
}

proptest! {
    #[test]
    fn logits_are_in_the_order_of_their_difference(
        rows in prop::collection::vec((0..2_u8, logit(), logit(), 0..12_u8), 1..120),
        positive in 0..2_usize,
        threshold in prop::sample::select(vec![0.0, -0.25, 1.5]),
    ) {
        let labels: Vec<u8> = rows.iter().map(|row| row.0).collect();
        let scores: Vec<f32> = rows.iter().flat_map(|&(_, a, b, masked)| {
            // Of the positive class: a difference of +inf is no score of one column.
            let own = if masked == 0 { f32::NEG_INFINITY } else { b };
            if positive == 1 { [a, own] } else { [own, a] }
        }).collect();
        let differences: Vec<f64> = scores.chunks(2)
            .map(|pair| f64::from(pair[positive]) - f64::from(pair[1 - positive])).collect();
        let mut single = binary_plan(1, ScoresAre::Logits, ScoreType::F64);
        single.spec.task = tallyho::tally::Task::Binary { positive };
        single.spec.threshold = Some(threshold);
        ask(&mut single);
        let expected = evaluated(&labels, Scores::F64(differences), 1, &single);
        for ordered in [Ordered::Positive, Ordered::Both] {
            let mut plan = plan(ScoresAre::Logits, ScoreType::F32, positive, ordered);
            plan.spec.threshold = Some(threshold);
            let found = evaluated(&labels, Scores::F32(scores.clone()), 2, &plan);
            prop_assert_eq!(of_positive(&found), of_positive(&expected));
            prop_assert_eq!(&found.confusion, &expected.confusion);
        }
    }
}

#[test]
fn a_masked_other_class_comes_first_and_ties_with_others_like_it() {
    let masked = f32::NEG_INFINITY;
    let scores = vec![masked, -5.0, 0.0, 30.0, masked, 7.0, 1.0, masked];
    for ordered in [Ordered::Positive, Ordered::Both] {
        let plan = plan(ScoresAre::Logits, ScoreType::F32, 1, ordered);
        let found = evaluated(&[0, 1, 1, 0], Scores::F32(scores.clone()), 2, &plan);
        // Rows 0 and 2 tie at the top, row 1 is next, row 3 last.
        close(value(&found, "roc_auc"), (0.5 + 1.0 + 0.0 + 1.0) / 4.0, "area");
    }
}

#[test]
fn neither_threads_nor_batches_show() {
    let mut rng = Rng::new(33);
    let labels: Vec<u8> = (0..3_000).map(|_| rng.below(2) as u8).collect();
    let scores: Vec<f32> = (0..6_000).map(|_| rng.normal() * 3.0).collect();
    let of = |threads, batch_rows| {
        let mut plan = plan(ScoresAre::Logits, ScoreType::F32, 0, Ordered::Both);
        plan.threads = threads;
        let scores = Scores::F32(scores.clone());
        let source = Memory::scores(Names::U8(labels.clone()), scores, 2).batch_rows(batch_rows);
        run(&source, &plan).unwrap().tallies
    };
    let one = of(1, 3_000);
    assert_eq!(of(4, 7), one);
    assert_eq!(of(2, 1_000), one);
}

#[test]
fn an_area_that_a_softmax_would_blur_says_so() {
    let plan = plan(ScoresAre::Logits, ScoreType::F32, 1, Ordered::Both);
    let blurred = evaluated(&LABELS, Scores::F32(pairs(40.0)), 2, &plan);
    let note = ordered(&blurred, "roc_auc").note.unwrap();
    assert!(note.contains("of the difference of two logits; their softmax"), "{note}");
    // Of differences that are well apart, and no probability near 1, both are the same.
    let whole: Vec<f32> = pairs(1.0).iter().map(|logit| (logit * 4.0).round() / 4.0).collect();
    let clear = evaluated(&LABELS, Scores::F32(whole), 2, &plan);
    assert_eq!(ordered(&clear, "roc_auc").note, None);
    let of_class = tallyho::metric::per_class(&clear)[1].order.clone().unwrap();
    assert_eq!(of_class.roc_auc.unwrap(), value(&clear, "roc_auc"));
}

/// Every kind of two columns, with and without a threshold.
fn kinds() -> Vec<Tallies> {
    let mut kinds = Vec::new();
    for (positive, ordered) in [0, 1].into_iter().flat_map(|positive| {
        [Ordered::Classes, Ordered::Both, Ordered::Positive].map(|ordered| (positive, ordered))
    }) {
        for threshold in [None, Some(0.5)] {
            let mut plan = plan(ScoresAre::Logits, ScoreType::F32, positive, ordered);
            plan.spec.threshold = threshold;
            kinds.push(evaluated(&LABELS, Scores::F32(pairs(1.0)), 2, &plan));
        }
    }
    kinds
}

#[test]
fn states_hold_the_positive_class_and_digests_only_what_it_changes() {
    let kinds = kinds();
    for tallies in &kinds {
        let read = decode("x.tally".as_ref(), &encode(tallies)).unwrap();
        assert_eq!(&read, tallies);
    }
    let digests_of = |positive: usize, threshold: bool| {
        let own = kinds.iter().filter(move |it| {
            it.spec.positive == Some(positive) && it.spec.threshold.is_some() == threshold
        });
        let mut digests: Vec<String> = own.map(digest).collect();
        digests.dedup();
        assert_eq!(digests.len(), 1);
        digests.remove(0)
    };
    let mut plain = score_plan(1, 2, ScoresAre::Logits, ScoreType::F32);
    plain.spec.auc = Auc::None;
    let plain = digest(&evaluated(&LABELS, Scores::F32(pairs(1.0)), 2, &plain));
    assert_eq!([digests_of(0, false), digests_of(1, false)], [plain.clone(), plain.clone()]);
    assert_ne!(digests_of(1, true), plain);
    assert_ne!(digests_of(0, true), digests_of(1, true));
}

#[test]
fn an_order_that_contradicts_its_columns_is_refused() {
    for mut tallies in kinds() {
        let Some(Order::Exact(order)) = tallies.aggregates.get_mut() else {
            panic!("no exact order")
        };
        let sums = order.classes[0].clone();
        order.classes.push(sums);
        assert!(decode("x.tally".as_ref(), &encode(&tallies)).is_err(), "{:?}", tallies.spec);
    }
    let mut three = score_plan(1, 3, ScoresAre::Logits, ScoreType::F32);
    three.spec.positive = Some(0);
    let tallies = evaluated(&[0, 2], Scores::F32(vec![0.0, 1.0, 2.0, 3.0, 5.0, 4.0]), 3, &three);
    assert!(decode("x.tally".as_ref(), &encode(&tallies)).is_err());
}

#[test]
fn parts_merge_whatever_orders_they_have_and_not_with_another_positive_class() {
    let of = |positive, ordered| {
        let plan = plan(ScoresAre::Logits, ScoreType::F32, positive, ordered);
        evaluated(&LABELS, Scores::F32(pairs(1.0)), 2, &plan)
    };
    for (own, other) in [
        (Ordered::Both, Ordered::Classes),
        (Ordered::Classes, Ordered::Both),
        (Ordered::Positive, Ordered::Positive),
        (Ordered::Positive, Ordered::Both),
    ] {
        let (mut one, two) = (of(1, own), of(1, other));
        let mut reversed = two.clone();
        reversed.merge(&one).unwrap();
        one.merge(&two).unwrap();
        assert_eq!(one, reversed);
        assert_eq!(one.order(), Some(&Order::Merged));
        assert_eq!(decode("x.tally".as_ref(), &encode(&one)).unwrap(), one);
        let reason = ordered(&one, "roc_auc").value.unwrap_err();
        assert_eq!(reason, "exact AUC does not merge; use --auc binned or evaluate together");
    }
    let refused = of(1, Ordered::Both).merge(&of(0, Ordered::Both)).unwrap_err().to_string();
    assert_eq!(refused, "the positive class is 1 against 0");
}

#[test]
fn bins_of_probabilities_hold_the_positive_class_and_merge() {
    let mut rng = Rng::new(34);
    let labels: Vec<u8> = (0..600).map(|_| rng.below(2) as u8).collect();
    let rows = shares(&mut rng, 600);
    for positive in [0, 1] {
        let mut plan = plan(ScoresAre::Probabilities, ScoreType::F32, positive, Ordered::Classes);
        plan.spec.auc = Auc::Binned;
        let of = |from: usize, to: usize| {
            let scores = Scores::F32(rows[2 * from..2 * to].to_vec());
            evaluated(&labels[from..to], scores, 2, &plan)
        };
        let mut merged = of(0, 250);
        merged.merge(&of(250, 600)).unwrap();
        let whole = of(0, 600);
        assert_eq!(merged, whole);
        let mut exactly = plan.clone();
        exactly.spec.auc = Auc::Exact;
        exactly.spec.ordered = Ordered::Positive;
        let exact = evaluated(&labels, Scores::F32(rows.clone()), 2, &exactly);
        for name in ["roc_auc", "average_precision", "ks_statistic", "partial_roc_auc(0.3)"] {
            let found = ordered(&whole, name);
            let expected = value(&exact, name);
            // Few different scores: each has a bin of its own.
            close(found.value.unwrap(), expected, name);
        }
    }
}

#[test]
fn a_threshold_decides_as_it_does_for_the_column_alone() {
    let mut rng = Rng::new(35);
    let labels: Vec<u8> = (0..500).map(|_| rng.below(2) as u8).collect();
    let rows = shares(&mut rng, 500);
    let usual = score_plan(2, 2, ScoresAre::Probabilities, ScoreType::F32);
    let usual = evaluated(&labels, Scores::F32(rows.clone()), 2, &usual);
    let usual = *usual.get::<RowSums>().unwrap();
    for (positive, threshold) in [(1, 0.25), (0, 0.25), (1, 0.5), (1, 1.5), (0, -1.0)] {
        let mut two = score_plan(2, 2, ScoresAre::Probabilities, ScoreType::F32);
        two.spec.positive = Some(positive);
        two.spec.threshold = Some(threshold);
        let mut one = binary_plan(2, ScoresAre::Probabilities, ScoreType::F32);
        one.spec.task = tallyho::tally::Task::Binary { positive };
        one.spec.threshold = Some(threshold);
        let column: Vec<f32> = rows.iter().skip(positive).step_by(2).copied().collect();
        let found = evaluated(&labels, Scores::F32(rows.clone()), 2, &two);
        let expected = evaluated(&labels, Scores::F32(column), 1, &one);
        assert_eq!(found.confusion, expected.confusion);
        assert_eq!(found.get::<Ranks>(), expected.get::<Ranks>());
        assert_eq!(found.get::<Calibration>(), expected.get::<Calibration>());
        let [found, expected] = [found, expected].map(|it| *it.get::<RowSums>().unwrap());
        assert_eq!(found, expected, "pairs sum to 1 exactly");
        // What a row's probabilities tell of its label is as ever.
        assert_eq!((&found.loss, &found.squared_error), (&usual.loss, &usual.squared_error));
        // Where nothing but predictions is counted, they are the same.
        two.spec.counted = tallyho::tally::Counted::Counts;
        let counts = evaluated(&labels, Scores::F32(rows.clone()), 2, &two);
        let all = evaluated(
            &labels,
            Scores::F32(rows.clone()),
            2,
            &Plan {
                spec: {
                    let mut spec = two.spec.clone();
                    spec.counted = tallyho::tally::Counted::All;
                    spec
                },
                ..two.clone()
            },
        );
        assert_eq!(counts.confusion, all.confusion);
    }
}
