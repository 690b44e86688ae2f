//! Binary scores in exact order.

use proptest::prelude::*;
use tallyho::batch::Scores;
use tallyho::exact::order::{Counts, PRECISION_BITS};
use tallyho::tally::{Counted, ScoreType, ScoresAre, Tallies};

use super::{close, logits, ordered, planned, single, sums, value};
use crate::common::memory::binary_plan;

/// Forty rows of rounded normal scores.
pub const LABELS: [u8; 40] = [
    1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1, 1, 1,
    0, 0, 1, 0, 1, 1, 1, 0,
];
pub const SCORES: [f32; 40] = [
    0.3, 1.6, -0.1, 0.4, 0.4, 1.8, -0.6, -0.3, 0.0, -0.2, -1.3, 0.0, 1.0, -0.3, -1.0, -0.4, -1.1,
    -1.4, 0.2, -0.1, 1.2, 1.7, -1.0, 0.3, -1.1, 0.0, 0.0, -1.0, -0.2, 0.7, 2.0, -0.2, 0.7, -1.1,
    0.7, -0.8, 2.4, 1.6, 3.4, 0.6,
];

/// Labels, scores and what is made of them: the area, average precision, the
/// Kolmogorov–Smirnov distance, and areas up to 0.1 and 0.3.
type Case = (&'static str, &'static [u8], &'static [f32], [f64; 5]);

/// Made with scikit-learn 1.9.1 on float32 scores: `roc_auc_score`,
/// `average_precision_score`, `max(abs(tpr - fpr))` of
/// `roc_curve(drop_intermediate=False)`, `roc_auc_score(max_fpr=…)`.
const CASES: [Case; 6] = [
    (
        "four rows",
        &[0, 0, 1, 1],
        &[0.1, 0.4, 0.35, 0.8],
        [0.75, 0.8333333333333333, 0.5, 0.7368421052631579, 0.7058823529411764],
    ),
    (
        "ties",
        &[0, 1, 0, 1, 1, 0, 1, 0, 0, 1],
        &[0.5, 0.5, 0.5, 0.25, 0.75, 0.75, 0.125, 0.125, 0.5, 1.0],
        [0.54, 0.6190476190476191, 0.20000000000000007, 0.6052631578947368, 0.6111111111111112],
    ),
    ("constant scores", &[0, 1, 1, 0, 1], &[0.5; 5], [0.5, 0.6, 0.0, 0.5, 0.5]),
    (
        "both zeros",
        &[0, 1, 0, 1, 1, 0],
        &[-0.0, 0.0, 0.0, -0.0, 1.0, -1.0],
        [
            0.7777777777777778,
            0.7333333333333334,
            0.33333333333333337,
            0.6754385964912281,
            0.696078431372549,
        ],
    ),
    (
        "subnormal scores",
        &[0, 1, 0, 1, 0],
        &[1e-45, 3e-45, -1e-45, 1e-45, 0.0],
        [
            0.9166666666666667,
            0.8333333333333333,
            0.6666666666666667,
            0.7763157894736842,
            0.838235294117647,
        ],
    ),
    (
        "forty rows",
        &LABELS,
        &SCORES,
        [
            0.7777777777777778,
            0.7927372045809744,
            0.46464646464646464,
            0.7129186602870813,
            0.7448009506833037,
        ],
    ),
];

#[test]
fn values_agree_with_scikit_learn() {
    for (name, labels, scores, expected) in CASES {
        let mut plan = single();
        for rate in [0.1, 0.3, 1.0] {
            plan.spec.order.ask(tallyho::tally::Question::PartialArea(rate));
        }
        let tallies = planned(labels, Scores::F32(scores.to_vec()), &plan);
        let names = [
            "roc_auc",
            "average_precision",
            "ks_statistic",
            "partial_roc_auc(0.1)",
            "partial_roc_auc(0.3)",
        ];
        for (metric, expected) in names.into_iter().zip(expected) {
            close(value(&tallies, metric), expected, &format!("{metric} of {name}"));
        }
        close(value(&tallies, "partial_roc_auc(1)"), expected[0], name);
        close(value(&tallies, "gini"), 2.0 * expected[0] - 1.0, name);
    }
}

/// The variance is numpy's of the placements with `ddof=1`, the quantile scipy's:
/// 0.7777… ± 1.959963984540054 · 0.07613506944972115.
#[test]
fn the_interval_of_the_area_is_that_of_delong() {
    let interval = ordered(&logits(&LABELS, &SCORES), "roc_auc").interval.unwrap();
    assert_eq!(interval.method, "delong");
    assert!((interval.low - 0.6285557836958686).abs() < 1e-12, "{interval:?}");
    assert!((interval.high - 0.926999771859687).abs() < 1e-12, "{interval:?}");
    let alone = ordered(&logits(&[0, 1, 0], &[0.0, 1.0, 0.5]), "roc_auc");
    assert_eq!(alone.interval, None);
    let why = "one row of a class does not tell how its rows differ";
    assert_eq!(alone.no_interval.as_deref(), Some(why));
    // Gini is 2 AUC − 1, and so are its ends.
    let gini = ordered(&logits(&LABELS, &SCORES), "gini").interval.unwrap();
    assert_eq!((gini.low, gini.high), (2.0 * interval.low - 1.0, 2.0 * interval.high - 1.0));
    let average = ordered(&logits(&LABELS, &SCORES), "average_precision");
    assert_eq!(average.no_interval.as_deref(), Some("rows in order are not resampled"));
}

/// What every pair of rows says.
fn brute(labels: &[u8], scores: &[f64]) -> (Counts, [u128; 3], f64) {
    let rows: Vec<(bool, f64)> =
        labels.iter().map(|label| *label == 1).zip(scores.iter().copied()).collect();
    let of = |kind: bool| rows.iter().filter(move |row| row.0 == kind);
    let placement = |row: &(bool, f64)| -> u128 {
        let more =
            |other: &(bool, f64)| 2 * u128::from(other.1 > row.1) + u128::from(other.1 == row.1);
        of(!row.0).map(more).sum()
    };
    let all = Counts { positive: of(true).count() as u64, negative: of(false).count() as u64 };
    let squares = |kind: bool| of(kind).map(|row| placement(row).pow(2)).sum();
    let twice_u = of(false).map(placement).sum();
    let precision = of(true).map(|row| {
        let above = |kind: bool| of(kind).filter(|other| other.1 >= row.1).count() as f64;
        above(true) / (above(true) + above(false))
    });
    (all, [twice_u, squares(false), squares(true)], precision.sum())
}

fn agrees(tallies: &Tallies, labels: &[u8], scores: &[f64]) -> Result<(), TestCaseError> {
    let (all, integers, precision) = brute(labels, scores);
    let found = sums(tallies);
    prop_assert_eq!(found.all, all);
    prop_assert_eq!([found.negative, found.negative_squares, found.positive_squares], integers);
    let unit = (1_u64 << PRECISION_BITS) as f64;
    prop_assert!((found.precision as f64 / unit - precision).abs() < 1e-12);
    Ok(())
}

/// Scores with many ties, both zeros, subnormal and infinite ones.
fn scores() -> impl Strategy<Value = Vec<(u8, f32)>> {
    let score = prop_oneof![
        4 => (-8..8_i8).prop_map(|step| f32::from(step) / 4.0),
        2 => any::<f32>().prop_filter("a number", |score| !score.is_nan() && *score < f32::INFINITY),
        1 => prop::sample::select(vec![0.0, -0.0, 1e-45, -1e-45, f32::MIN_POSITIVE, f32::NEG_INFINITY]),
    ];
    prop::collection::vec((0..2_u8, score), 1..120)
}

proptest! {
    #[test]
    fn integers_are_those_of_all_pairs(rows in scores()) {
        let (labels, scores): (Vec<u8>, Vec<f32>) = rows.into_iter().unzip();
        let wide: Vec<f64> = scores.iter().map(|score| f64::from(*score)).collect();
        agrees(&logits(&labels, &scores), &labels, &wide)?;
        let plan = binary_plan(3, ScoresAre::Logits, ScoreType::F64);
        agrees(&planned(&labels, Scores::F64(wide.clone()), &plan), &labels, &wide)?;
    }

    #[test]
    fn order_threads_and_batches_do_not_show(rows in scores(), turn in 0..100_usize) {
        let (labels, scores): (Vec<u8>, Vec<f32>) = rows.iter().copied().unzip();
        let once = logits(&labels, &scores);
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        let (labels, scores): (Vec<u8>, Vec<f32>) = turned.into_iter().unzip();
        for threads in [1, 3] {
            let mut plan = single();
            plan.threads = threads;
            let again = planned(&labels, Scores::F32(scores.clone()), &plan);
            prop_assert_eq!(&again, &once);
        }
    }

    #[test]
    fn rising_transforms_change_no_integer(rows in scores()) {
        let (labels, scores): (Vec<u8>, Vec<f32>) = rows.into_iter().unzip();
        // Each distinct score becomes its rank: rising and injective.
        let mut distinct: Vec<f32> = scores.iter().map(|score| score + 0.0).collect();
        distinct.sort_by(f32::total_cmp);
        distinct.dedup();
        let rank = |score: &f32| distinct.iter().position(|other| other == score).unwrap();
        let ranks: Vec<f32> = scores.iter().map(|score| rank(score) as f32 / 128.0).collect();
        let (moved, plain) = (logits(&labels, &ranks), logits(&labels, &scores));
        prop_assert_eq!(sums(&moved), sums(&plain));
    }

    #[test]
    fn turning_labels_and_scores_around_keeps_the_area(rows in scores()) {
        let (labels, scores): (Vec<u8>, Vec<f32>) = rows.into_iter()
            .filter(|row| row.1.is_finite()).unzip();
        prop_assume!(!labels.is_empty());
        let other: Vec<u8> = labels.iter().map(|label| 1 - label).collect();
        let turned: Vec<f32> = scores.iter().map(|score| -score).collect();
        let (once, twice) = (logits(&labels, &scores), logits(&other, &turned));
        prop_assert_eq!(sums(&once).negative, sums(&twice).negative);
        // Placements from above become placements from below: w → 2 all − w.
        prop_assert_eq!(sums(&once).distance, sums(&twice).distance);
    }
}

/// More rows than a bucket, a chunk, a stretch of sums and a task hold, and more
/// than 2²⁴ positives; the score of row k is k mod 2¹⁸, whose label is k's parity
/// above its middle.
#[test]
fn more_than_2_to_the_24_positives_are_counted_exactly() {
    const STEPS: u64 = 1 << 18;
    const ROUNDS: u64 = 132;
    let row = |k: u64| (u8::from(!k.is_multiple_of(4)), (k % STEPS) as f32 - 1_000.0);
    let (labels, scores): (Vec<u8>, Vec<f32>) = (0..STEPS * ROUNDS).map(row).unzip();
    let mut plan = single();
    plan.spec.counted = Counted::Order;
    let found = planned(&labels, Scores::F32(scores), &plan);
    let found = sums(&found);
    let (positive, negative) = (STEPS / 4 * 3 * ROUNDS, STEPS / 4 * ROUNDS);
    assert!(positive > 1 << 24);
    assert_eq!(found.all, Counts { positive, negative });
    // Below each of the 3 positive scores of a block of four lies the block's
    // negative one, and all of those of lower blocks.
    let blocks = u128::from(STEPS / 4);
    let rounds = u128::from(ROUNDS);
    let twice_u = 2 * rounds * rounds * 3 * blocks * (blocks + 1) / 2;
    assert_eq!(found.negative, twice_u);
    // A negative score has 3 positive ones above it in its block, and all of those
    // of higher ones: w = 6 r (b + 1).
    let squares = 36 * rounds.pow(3) * blocks * (blocks + 1) * (2 * blocks + 1) / 6;
    assert_eq!(found.negative_squares, squares);
    // A positive score has the negative ones of higher blocks above it: w = 2 r b.
    let squares = 3 * 4 * rounds.pow(3) * (blocks - 1) * blocks * (2 * blocks - 1) / 6;
    assert_eq!(found.positive_squares, squares);
}

#[test]
fn one_score_of_many_rows_is_one_tie() {
    let rows = 3_000_000;
    let labels: Vec<u8> = (0..rows).map(|row| u8::from(row % 3 == 0)).collect();
    let found = logits(&labels, &vec![-7.5; rows]);
    let (p, n) = (rows as u128 / 3, rows as u128 / 3 * 2);
    assert_eq!(sums(&found).negative, p * n);
    assert_eq!(sums(&found).negative_squares, n * p * p);
    assert_eq!(sums(&found).positive_squares, p * n * n);
    assert_eq!(sums(&found).distance, 0);
    close(value(&found, "roc_auc"), 0.5, "area");
    close(value(&found, "average_precision"), 1.0 / 3.0, "average precision");
}

#[test]
fn an_area_needs_rows_of_both_classes() {
    let reason = |labels: &[u8], name: &str| ordered(&logits(labels, &[0.5, 0.25]), name).value;
    assert_eq!(reason(&[1, 1], "roc_auc"), Err("all labels are class 1".into()));
    assert_eq!(reason(&[0, 0], "roc_auc"), Err("class 1 has no rows".into()));
    assert_eq!(reason(&[0, 0], "average_precision"), Err("class 1 has no rows".into()));
    assert_eq!(reason(&[1, 1], "average_precision"), Ok(1.0));
    assert_eq!(reason(&[1, 1], "ks_statistic"), Err("all labels are class 1".into()));
}
