//! Options of a state, exchanged for others.

use std::collections::BTreeSet;

use tallyho::tally::{
    Aggregate, Auc, BinEdges, Classwise, Counted, IntervalMethod, Matching, Ordered, Question,
    ScoreType, ScoresAre, Tallies, Task, Tempered, Ties, ZeroDivision,
};

use crate::common::Rng;

fn one_of<T: Copy>(all: &[T], rng: &mut Rng) -> T {
    all[rng.below(all.len() as u32) as usize]
}

/// Takes another value for one option, whatever it goes with.
pub fn change(tallies: &mut Tallies, rng: &mut Rng) {
    const TASKS: [Task; 4] = [
        Task::Predictions,
        Task::Matrix,
        Task::Binary { positive: 0 },
        Task::Binary { positive: 1 },
    ];
    const METRICS: [&str; 6] =
        ["aurc", "roc_auc", "temperature", "classwise_ece", "top_3_accuracy", "tpr_at_fpr(0.1)"];
    let spec = &mut tallies.spec;
    match rng.below(18) {
        0 => spec.task = one_of(&TASKS, rng),
        1 => spec.scores_are = one_of(&[None, Some(one_of(ScoresAre::ALL, rng))], rng),
        2 => spec.score_type = one_of(&[None, Some(one_of(ScoreType::COUNTED, rng))], rng),
        3 => spec.positive = one_of(&[None, Some(0), Some(1)], rng),
        4 => spec.ordered = one_of(&[Ordered::Classes, Ordered::Both, Ordered::Positive], rng),
        5 => spec.threshold = one_of(&[None, Some(0.5), Some(-3.0)], rng),
        6 => spec.ties = one_of(Ties::ALL, rng),
        7 => spec.bin_edges = one_of(BinEdges::ALL, rng),
        8 => flip(&mut spec.asked, Classwise::NAME),
        9 => flip(&mut spec.asked, Tempered::NAME),
        10 => spec.auc = one_of(Auc::ALL, rng),
        11 => spec.counted = one_of(Counted::ALL, rng),
        12 => spec.zero_division = one_of(ZeroDivision::ALL, rng),
        13 => spec.metrics = vec![one_of(&METRICS, rng).to_owned()],
        14 => spec.interval_method = one_of(IntervalMethod::ALL, rng),
        15 => {
            let wish = &mut spec.order;
            match rng.below(5) {
                0 => wish.confidence ^= true,
                1 => wish.micro ^= true,
                2 => wish.pairs ^= true,
                3 => wish.questions.truncate(1),
                _ => wish.ask(Question::PrecisionAtRecall(0.7)),
            }
        }
        16 => spec.class_options.outside_is_wrong ^= true,
        _ => spec.class_options.matching = Some(Matching::Loose),
    }
}

/// Puts a name in, or takes it out.
fn flip(asked: &mut BTreeSet<&'static str>, name: &'static str) {
    if !asked.remove(name) {
        asked.insert(name);
    }
}
