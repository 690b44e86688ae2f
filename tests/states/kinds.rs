//! Tallies of every kind, of random rows.

use tallyho::batch::{Names, Scores};
use tallyho::class::Classes;
use tallyho::engine::{OnInvalid, Plan};
use tallyho::tally::{
    Aggregate, Auc, AverageOver, BinEdges, Classwise, Counted, Ordered, Question, Rate, ScoreType,
    ScoresAre, Tallies, Tempered, Ties,
};

use crate::common::Rng;
use crate::common::memory::{Memory, binary_plan, of_each_type, plan, run, score_plan};

/// How many kinds there are.
pub const KINDS: u32 = 10;

/// Random rows counted in one of the ways there are; some of them can be scored.
pub fn random(kind: u32, rng: &mut Rng) -> Tallies {
    loop {
        if let Some(mut tallies) = counted(kind, rng) {
            tallies.spec.replicates = Some(8);
            return tallies;
        }
    }
}

fn counted(kind: u32, rng: &mut Rng) -> Option<Tallies> {
    let rows = [1, 2, 7, 40, 300][rng.below(5) as usize];
    match kind {
        0 => Some(pairs(rows, rng, false)),
        1 => Some(pairs(rows, rng, true)),
        2 => matrix(rows, rng, ScoresAre::Logits, Auc::None),
        3 => matrix(rows, rng, ScoresAre::Probabilities, Auc::Exact),
        4 => matrix(rows, rng, ScoresAre::Logits, Auc::Exact),
        5 => matrix(rows, rng, ScoresAre::Probabilities, Auc::Binned),
        6 => binary(rows, rng, ScoresAre::Logits),
        7 => binary(rows, rng, ScoresAre::Probabilities),
        8 => two_columns(rows, rng, ScoresAre::Logits),
        _ => two_columns(rows, rng, ScoresAre::Probabilities),
    }
}

fn flip(rng: &mut Rng) -> bool {
    rng.below(2) == 1
}

fn pairs(rows: usize, rng: &mut Rng, outside: bool) -> Tallies {
    let classes = 1 + rng.below(6);
    let far = if flip(rng) { 1 } else { 1_000 };
    let mut class = |_| i64::from(rng.below(classes)) * far - 2;
    let labels: Vec<i64> = (0..rows).map(&mut class).collect();
    let predictions: Vec<i64> = (0..rows).map(&mut class).collect();
    let first = labels.first().map(i64::to_string);
    let source = Memory::pairs(Names::I64(labels), Names::I64(predictions));
    let mut plan = plan(1);
    plan.spec.betas = vec![2.0];
    let mut tallies = run(&source, &plan).unwrap().tallies;
    if outside {
        tallies.spec.class_options.outside_is_wrong = true;
        let over = first.map(|name| AverageOver { names: vec![name], all_but: false });
        tallies.spec.class_options.average_over = over;
    }
    tallies
}

fn labels(rows: usize, classes: u32, rng: &mut Rng) -> Names {
    Names::I64((0..rows).map(|_| i64::from(rng.below(classes))).collect())
}

/// A share of some whole that has few values, so that many tie.
fn share(rng: &mut Rng) -> f32 {
    match rng.below(8) {
        0 => 0.0,
        1 => 1.0,
        2..5 => rng.below(11) as f32 / 10.0,
        _ => rng.next_u32() as f32 / 4_294_967_296.0,
    }
}

fn logit(rng: &mut Rng) -> f32 {
    match rng.below(24) {
        0 => f32::NEG_INFINITY,
        1..6 => rng.below(5) as f32 - 2.0,
        6 => 80.0 * rng.normal(),
        _ => 3.0 * rng.normal(),
    }
}

fn row(classes: usize, are: ScoresAre, rng: &mut Rng) -> Vec<f32> {
    if are == ScoresAre::Logits {
        return (0..classes).map(|_| logit(rng)).collect();
    }
    let shares: Vec<f32> = (0..classes).map(|_| share(rng)).collect();
    let sum: f32 = shares.iter().sum();
    match sum > 0.0 {
        true => shares.iter().map(|share| (share / sum).min(1.0)).collect(),
        false => vec![1.0 / classes as f32; classes],
    }
}

/// A plan with options drawn at random, and the scores in the type that it names.
fn drawn(plan: &mut Plan, values: &[f32], rng: &mut Rng) -> Scores {
    let (scores, of) = of_each_type(values).into_iter().nth(rng.below(4) as usize).unwrap();
    plan.spec.score_type = Some(of.counted_as());
    plan.stored_as = Some(of);
    plan.on_invalid = OnInvalid::Skip;
    plan.spec.bins = [1, 2, 7, 15, 100][rng.below(5) as usize];
    plan.spec.bin_edges = if flip(rng) { BinEdges::LeftClosed } else { BinEdges::RightClosed };
    plan.spec.ties = if rng.below(4) == 0 { Ties::SklearnTopK } else { Ties::Lowest };
    if flip(rng) {
        plan.spec.asked.insert(Classwise::NAME);
    }
    if plan.spec.scores_are == Some(ScoresAre::Logits) && flip(rng) {
        plan.spec.asked.insert(Tempered::NAME);
    }
    if plan.spec.auc == Auc::Exact {
        let wish = &mut plan.spec.order;
        wish.confidence = flip(rng);
        wish.micro = flip(rng);
        wish.pairs = flip(rng);
        wish.mass_bins = if wish.confidence && flip(rng) { 7 } else { 0 };
        if wish.confidence {
            wish.ask(Question::CoverageAtRisk(0.3));
        }
    }
    scores
}

/// Every question about one curve.
fn ask(plan: &mut Plan, rng: &mut Rng) {
    let shares: [f64; 5] = [0.0, 0.1, 0.5, 0.9, 1.0];
    let mut one = || shares[rng.below(5) as usize];
    for question in [
        Question::PartialArea(one().max(0.05)),
        Question::PrecisionAtRecall(one()),
        Question::RecallAtPrecision(one()),
        Question::TprAtFpr(one()),
        Question::Threshold(Rate::Recall, one()),
        Question::Threshold(Rate::Precision, one()),
        Question::Threshold(Rate::FalsePositiveRate, one()),
        Question::Threshold(Rate::Specificity, one()),
        Question::Cost { false_positive: one(), false_negative: 2.0 },
    ] {
        plan.spec.order.ask(question);
    }
}

fn matrix(rows: usize, rng: &mut Rng, are: ScoresAre, auc: Auc) -> Option<Tallies> {
    let classes = 1 + rng.below(5);
    let labels = labels(rows, classes, rng);
    let values: Vec<f32> = (0..rows).flat_map(|_| row(classes as usize, are, rng)).collect();
    let mut plan = score_plan(1, classes as usize, are, ScoreType::F32);
    plan.spec.auc = auc;
    if classes == 2 {
        plan.spec.positive = Some(1);
    }
    if auc == Auc::None && rng.below(4) == 0 {
        plan.spec.counted = Counted::Counts;
    }
    let scores = drawn(&mut plan, &values, rng);
    if plan.spec.counted != Counted::All {
        plan.spec.asked.clear();
    }
    run(&Memory::scores(labels, scores, classes as usize), &plan).ok().map(|it| it.tallies)
}

fn binary(rows: usize, rng: &mut Rng, are: ScoresAre) -> Option<Tallies> {
    let labels = labels(rows, 2, rng);
    let value = |_| if are == ScoresAre::Logits { logit(rng) } else { share(rng) };
    let values: Vec<f32> = (0..rows).map(value).collect();
    let mut plan = binary_plan(1, are, ScoreType::F32);
    plan.spec.threshold = Some([0.0, 0.3, 0.5, 0.9, 1.5][rng.below(5) as usize]);
    plan.spec.auc = [Auc::None, Auc::Exact, Auc::Exact, Auc::Binned][rng.below(4) as usize];
    let scores = drawn(&mut plan, &values, rng);
    if plan.spec.auc == Auc::Exact {
        ask(&mut plan, rng);
    }
    if rng.below(4) == 0 {
        plan.spec.counted = Counted::Order;
        plan.spec.order.confidence = false;
        plan.spec.order.mass_bins = 0;
        plan.spec.order.questions.retain(|it| !matches!(it, Question::CoverageAtRisk(_)));
        plan.spec.asked.clear();
    }
    plan.classes = Some(Classes::given(vec!["no".into(), "yes".into()]).unwrap());
    let labels = match labels {
        Names::I64(labels) => {
            let mut text = tallyho::batch::Text::default();
            labels.iter().for_each(|label| text.push(["no", "yes"][*label as usize]));
            Names::Text(text)
        }
        other => other,
    };
    run(&Memory::scores(labels, scores, 1), &plan).ok().map(|it| it.tallies)
}

fn two_columns(rows: usize, rng: &mut Rng, are: ScoresAre) -> Option<Tallies> {
    let labels = labels(rows, 2, rng);
    let values: Vec<f32> = (0..rows).flat_map(|_| row(2, are, rng)).collect();
    let mut plan = score_plan(1, 2, are, ScoreType::F32);
    plan.spec.positive = Some(rng.below(2) as usize);
    plan.spec.auc = Auc::Exact;
    plan.spec.ordered = if flip(rng) { Ordered::Both } else { Ordered::Positive };
    plan.spec.threshold = flip(rng).then_some(0.25);
    let scores = drawn(&mut plan, &values, rng);
    plan.spec.order.micro &= plan.spec.ordered == Ordered::Both;
    plan.spec.order.pairs &= plan.spec.ordered == Ordered::Both;
    ask(&mut plan, rng);
    run(&Memory::scores(labels, scores, 2), &plan).ok().map(|it| it.tallies)
}
