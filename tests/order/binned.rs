//! The binned order: it merges, and its interval holds the exact value.

use proptest::prelude::*;
use tallyho::batch::Scores;
use tallyho::metric::Measure;
use tallyho::tally::{Auc, Question, ScoreType, ScoresAre, Tallies, digest};

use super::{ordered, planned, probabilities};
use crate::common::Rng;
use crate::common::memory::binary_plan;

const QUESTIONS: [Question; 6] = [
    Question::PartialArea(0.3),
    Question::PartialArea(0.05),
    Question::PrecisionAtRecall(0.8),
    Question::RecallAtPrecision(0.6),
    Question::TprAtFpr(0.2),
    Question::CoverageAtRisk(0.1),
];
const NAMES: [&str; 11] = [
    "roc_auc",
    "average_precision",
    "ks_statistic",
    "gini",
    "partial_roc_auc(0.3)",
    "partial_roc_auc(0.05)",
    "precision_at_recall(0.8)",
    "recall_at_precision(0.6)",
    "tpr_at_fpr(0.2)",
    "aurc",
    "coverage_at_risk(0.1)",
];

fn evaluated(labels: &[u8], scores: &[f64], are: ScoresAre, auc: Auc) -> Tallies {
    let mut plan = binary_plan(2, are, ScoreType::F64);
    plan.spec.auc = auc;
    QUESTIONS.iter().for_each(|question| plan.spec.order.ask(*question));
    planned(labels, Scores::F64(scores.to_vec()), &plan)
}

/// Scores so near one another that many share a bin, at a place that the seed
/// says: near 0, near 1, in the middle, or anywhere.
fn crowded(seed: u64, rows: usize, are: ScoresAre) -> (Vec<u8>, Vec<f64>) {
    let mut rng = Rng::new(seed);
    let kind = rng.below(4);
    let width = [1e-4, 1e-3, 1e-2][rng.below(3) as usize];
    let mut labels = Vec::new();
    let mut scores = Vec::new();
    for _ in 0..rows {
        let label = rng.below(3) / 2;
        let step = f64::from(rng.below(1 << 12)) / 4096.0 + 0.3 * f64::from(label);
        labels.push(label as u8);
        scores.push(match (are, kind) {
            (_, 0) => 0.25 + width * step,
            (ScoresAre::Probabilities, 1) => 1.0 - width * step * 0.5,
            (ScoresAre::Probabilities, _) => step / 1.4,
            (ScoresAre::Logits, 1) => -9.0 - width * step,
            (ScoresAre::Logits, _) => 8.0 * step - 5.0,
        });
    }
    (labels, scores)
}

/// Whether the exact value, if there is one, lies in the interval of the binned one.
fn holds(binned: &Measure, exact: &Measure) -> bool {
    match (&binned.value, &exact.value) {
        (Ok(value), Ok(exact)) => match &binned.interval {
            Some(interval) => {
                interval.low <= *exact
                    && *exact <= interval.high
                    && interval.low <= *value
                    && *value <= interval.high
            }
            None => (value - exact).abs() < 1e-12,
        },
        // That a precision is not reached by the edges of bins says nothing about
        // what lies within.
        (Err(_), _) => true,
        (Ok(_), Err(_)) => false,
    }
}

proptest! {
    #[test]
    fn intervals_hold_the_exact_value(seed in any::<u64>(), rows in 2..400_usize, logits in any::<bool>()) {
        let are = if logits { ScoresAre::Logits } else { ScoresAre::Probabilities };
        let (labels, scores) = crowded(seed, rows, are);
        let exact = evaluated(&labels, &scores, are, Auc::Exact);
        let binned = evaluated(&labels, &scores, are, Auc::Binned);
        for name in NAMES {
            let (binned, exact) = (ordered(&binned, name), ordered(&exact, name));
            prop_assert!(holds(&binned, &exact), "{name}: {binned:?} for {exact:?}");
        }
    }

    #[test]
    fn intervals_of_classes_hold_the_exact_value(seed in any::<u64>(), rows in 2..200_usize) {
        let mut rng = Rng::new(seed);
        let labels: Vec<u8> = (0..rows).map(|_| rng.below(3) as u8).collect();
        let width = [1e-5, 1e-3, 1.0][rng.below(3) as usize];
        let mut scores = Vec::new();
        for label in &labels {
            let step = width * f64::from(rng.below(1000)) / 3000.0;
            let mut row = [step, width * 0.1, 0.0];
            row[2] = 1.0 - row[0] - row[1];
            row.rotate_left(usize::from(*label) * usize::from(rng.below(4) > 0));
            scores.extend(row);
        }
        let exact = probabilities(&labels, &scores, 3, Auc::Exact);
        let binned = probabilities(&labels, &scores, 3, Auc::Binned);
        for name in [
            "roc_auc_ovr_macro", "roc_auc_ovr_weighted", "roc_auc_ovr_micro",
            "average_precision_macro", "average_precision_weighted", "average_precision_micro",
        ] {
            let (binned, exact) = (ordered(&binned, name), ordered(&exact, name));
            prop_assert!(holds(&binned, &exact), "{name}: {binned:?} for {exact:?}");
        }
    }

    #[test]
    fn parts_merge_to_the_whole(seed in any::<u64>(), rows in 2..200_usize, cut in 1..199_usize) {
        let cut = 1 + cut % (rows - 1);
        let (labels, scores) = crowded(seed, rows, ScoresAre::Logits);
        let of = |from: usize, to: usize| {
            evaluated(&labels[from..to], &scores[from..to], ScoresAre::Logits, Auc::Binned)
        };
        let whole = of(0, rows);
        let mut merged = of(cut, rows);
        merged.merge(&of(0, cut)).unwrap();
        prop_assert_eq!(digest(&merged), digest(&whole));
        prop_assert_eq!(merged, whole);
    }
}

#[test]
fn an_interval_is_narrow_where_scores_are_spread() {
    let mut rng = Rng::new(4);
    let (labels, scores): (Vec<u8>, Vec<f64>) = (0..200_000)
        .map(|_| {
            let label = rng.below(2);
            (label as u8, f64::from(rng.normal() + label as f32))
        })
        .unzip();
    let shares: Vec<f64> = scores.iter().map(|z| 1.0 / (1.0 + (-z).exp())).collect();
    for (scores, are) in [(scores, ScoresAre::Logits), (shares, ScoresAre::Probabilities)] {
        let binned = evaluated(&labels, &scores, are, Auc::Binned);
        for (name, most) in [("roc_auc", 3e-4), ("average_precision", 4e-4)] {
            let interval = ordered(&binned, name).interval.unwrap();
            assert_eq!((interval.level, interval.method), (1.0, "certified"));
            assert!(interval.high - interval.low < most, "{are:?} {name}: {interval:?}");
        }
    }
}

/// Half precision has no more probabilities than there are bins, and each has its own.
#[test]
fn half_precision_probabilities_are_binned_without_loss() {
    let mut rng = Rng::new(6);
    let rows = 5_000;
    let labels: Vec<u8> = (0..rows).map(|_| rng.below(2) as u8).collect();
    let scores: Vec<half::f16> =
        (0..rows).map(|_| half::f16::from_bits(rng.below(0x3c01) as u16)).collect();
    let of = |auc| {
        let mut plan = binary_plan(2, ScoresAre::Probabilities, ScoreType::F16);
        plan.spec.auc = auc;
        ordered(&planned(&labels, Scores::F16(scores.clone()), &plan), "roc_auc")
    };
    let (binned, exact) = (of(Auc::Binned), of(Auc::Exact));
    assert_eq!(binned.value, exact.value);
}
