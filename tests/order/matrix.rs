//! Every class of a matrix of scores against the rest.

use proptest::prelude::*;
use tallyho::batch::{Names, Scores};
use tallyho::exact::order::Counts;
use tallyho::metric::per_class;
use tallyho::tally::{Auc, ScoreType, ScoresAre, Tallies};

use super::{close, exact, ordered, probabilities, value};
use crate::common::Rng;
use crate::common::memory::{Memory, run, score_plan};

const LABELS: [u8; 8] = [0, 1, 2, 0, 0, 1, 2, 3];
const PROBABILITIES: [f64; 32] = [
    0.5, 0.25, 0.125, 0.125, 0.0625, 0.75, 0.125, 0.0625, 0.25, 0.25, 0.25, 0.25, 0.125, 0.125,
    0.0625, 0.6875, 1.0, 0.0, 0.0, 0.0, 0.375, 0.3125, 0.25, 0.0625, 0.03125, 0.03125, 0.90625,
    0.03125, 0.1875, 0.4375, 0.1875, 0.1875,
];

/// Made with scikit-learn 1.9.1: `roc_auc_score(multi_class=…, average=…)`, of
/// binarised labels for micro; `average_precision_score` of binarised labels.
#[test]
fn values_agree_with_scikit_learn() {
    let tallies = probabilities(&LABELS, &PROBABILITIES, 4, Auc::Exact);
    for (name, expected) in [
        ("roc_auc_ovr_macro", 0.8473214285714287),
        ("roc_auc_ovr_weighted", 0.8580357142857145),
        ("roc_auc_ovr_micro", 0.8411458333333334),
        ("roc_auc_ovo_macro", 0.8229166666666666),
        ("roc_auc_ovo_weighted", 0.8368055555555555),
        ("average_precision_macro", 0.7083333333333334),
        ("average_precision_micro", 0.7036215622612682),
        ("average_precision_weighted", 0.7708333333333331),
    ] {
        close(value(&tallies, name), expected, name);
    }
    let areas = [0.8, 0.9166666666666667, 0.9583333333333334, 0.7142857142857143];
    let precisions =
        [0.8333333333333333, 0.8333333333333333, 0.8333333333333333, 0.3333333333333333];
    for (class, (area, precision)) in
        per_class(&tallies).iter().zip(areas.into_iter().zip(precisions))
    {
        let found = class.order.as_ref().unwrap();
        close(*found.roc_auc.as_ref().unwrap(), area, "area of a class");
        close(*found.average_precision.as_ref().unwrap(), precision, "precision of a class");
    }
}

#[test]
fn a_class_without_rows_is_left_out_with_a_note() {
    let labels = [0, 1, 2, 0, 0, 1, 2, 0];
    let tallies = probabilities(&labels, &PROBABILITIES, 4, Auc::Exact);
    let areas = per_class(&tallies);
    let last = areas[3].order.as_ref().unwrap();
    assert_eq!(last.roc_auc, Err("class 3 has no rows".into()));
    assert_eq!(last.average_precision, Err("class 3 has no rows".into()));
    let mean = ordered(&tallies, "roc_auc_ovr_macro");
    assert_eq!(mean.note.unwrap(), "roc_auc is undefined for 1 of 4 classes, left out");
    let three =
        areas[..3].iter().map(|class| class.order.as_ref().unwrap().roc_auc.clone().unwrap());
    close(mean.value.unwrap(), three.sum::<f64>() / 3.0, "mean of three");
    let pairs = ordered(&tallies, "roc_auc_ovo_macro");
    assert_eq!(pairs.note.unwrap(), "1 of 4 classes has no rows, left out");
    assert!(pairs.value.is_ok());
}

fn evaluated(
    labels: &[u8],
    scores: Scores,
    classes: usize,
    of: ScoreType,
    are: ScoresAre,
    threads: usize,
) -> Tallies {
    let mut plan = score_plan(threads, classes, are, of);
    plan.spec.auc = Auc::Exact;
    plan.spec.order.micro = true;
    plan.spec.order.pairs = true;
    let source = Memory::scores(Names::U8(labels.to_vec()), scores, classes).batch_rows(17);
    run(&source, &plan).unwrap().tallies
}

/// 2U of rows of either kind, and Σ of squares, by every pair.
fn brute(rows: &[(bool, f64)]) -> (Counts, u128, u128) {
    let (mut twice, mut squares) = (0, 0);
    for negative in rows.iter().filter(|row| !row.0) {
        let above = rows.iter().filter(|row| row.0);
        let w: u128 = above
            .map(|row| 2 * u128::from(row.1 > negative.1) + u128::from(row.1 == negative.1))
            .sum();
        twice += w;
        squares += w * w;
    }
    let positive = rows.iter().filter(|row| row.0).count() as u64;
    (Counts { positive, negative: rows.len() as u64 - positive }, twice, squares)
}

proptest! {
    #[test]
    fn integers_of_probabilities_are_those_of_all_pairs(
        seed in any::<u64>(), rows in 1..80_usize, classes in 1..6_usize,
    ) {
        let mut rng = Rng::new(seed);
        let labels: Vec<u8> = (0..rows).map(|_| rng.below(classes as u32) as u8).collect();
        // Few different values, so that many are tied.
        let mut scores = Vec::new();
        for _ in 0..rows {
            let parts: Vec<f64> = (0..classes).map(|_| f64::from(1 + rng.below(4))).collect();
            let sum: f64 = parts.iter().sum();
            scores.extend(parts.iter().map(|part| part / sum));
        }
        let found = evaluated(
            &labels, Scores::F64(scores.clone()), classes, ScoreType::F64, ScoresAre::Probabilities, 3,
        );
        let order = exact(&found);
        let mut all = Vec::new();
        for class in 0..classes {
            let column: Vec<(bool, f64)> = labels.iter().enumerate()
                .map(|(row, &label)| (usize::from(label) == class, scores[row * classes + class]))
                .collect();
            let (counts, twice, squares) = brute(&column);
            let sums = &order.classes[class];
            prop_assert_eq!((sums.all, sums.negative, sums.negative_squares), (counts, twice, squares));
            for other in (0..classes).filter(|other| *other != class) {
                let of_two: Vec<(bool, f64)> = column.iter().zip(&labels)
                    .filter(|(_, label)| [class, other].contains(&usize::from(**label)))
                    .map(|(row, _)| *row).collect();
                prop_assert_eq!(order.pairs[class * classes + other], brute(&of_two).1);
            }
            all.extend(column);
        }
        let micro = order.micro.as_ref().unwrap();
        prop_assert_eq!((micro.all, micro.negative), (brute(&all).0, brute(&all).1));
    }
}

/// Of logits the softmax decides: a constant added to a row changes nothing.
#[test]
fn adding_an_integer_to_a_row_of_integer_logits_changes_no_area() {
    let mut rng = Rng::new(8);
    let (rows, classes) = (300, 5);
    let labels: Vec<u8> = (0..rows).map(|_| rng.below(5) as u8).collect();
    let scores: Vec<f32> = (0..rows * classes).map(|_| rng.below(9) as f32).collect();
    let moved: Vec<f32> = scores
        .chunks(classes)
        .enumerate()
        .flat_map(|(row, scores)| scores.iter().map(move |score| score + (row % 40) as f32))
        .collect();
    let of = |scores: &[f32], threads| {
        evaluated(
            &labels,
            Scores::F32(scores.to_vec()),
            classes,
            ScoreType::F32,
            ScoresAre::Logits,
            threads,
        )
    };
    assert_eq!(of(&scores, 1), of(&moved, 3));
}

#[test]
fn logits_are_in_the_order_of_their_softmax() {
    let mut rng = Rng::new(9);
    let (rows, classes) = (200, 4);
    let labels: Vec<u8> = (0..rows).map(|_| rng.below(4) as u8).collect();
    let logits: Vec<f32> = (0..rows * classes)
        .map(|_| if rng.below(30) == 0 { f32::NEG_INFINITY } else { rng.normal() * 6.0 })
        .collect();
    let shares: Vec<f64> = logits
        .chunks(classes)
        .flat_map(|row| {
            let terms: Vec<f64> = row.iter().map(|score| f64::from(*score).exp()).collect();
            let sum: f64 = terms.iter().sum();
            terms.into_iter().map(move |term| term / sum)
        })
        .collect();
    let found =
        evaluated(&labels, Scores::F32(logits), classes, ScoreType::F32, ScoresAre::Logits, 2);
    let expected = evaluated(
        &labels,
        Scores::F64(shares),
        classes,
        ScoreType::F64,
        ScoresAre::Probabilities,
        2,
    );
    for class in 0..classes {
        assert_eq!(exact(&found).classes[class].negative, exact(&expected).classes[class].negative);
    }
}

#[test]
fn rows_that_are_ignored_or_invalid_are_left_out_of_both_passes() {
    let labels = [0, 1, 9, 1, 0, 1];
    let scores = vec![0.5, 0.5, 0.25, 0.75, 0.1, 0.9, f32::NAN, 0.5, 0.75, 0.25, 0.5, 0.25];
    let mut plan = score_plan(2, 2, ScoresAre::Probabilities, ScoreType::F32);
    plan.spec.auc = Auc::Exact;
    plan.ignore = vec!["9".into()];
    plan.on_invalid = tallyho::engine::OnInvalid::Skip;
    let source = Memory::scores(Names::U8(labels.to_vec()), Scores::F32(scores), 2).batch_rows(2);
    let found = run(&source, &plan).unwrap().tallies;
    assert_eq!((found.rows.scored, found.rows.invalid, found.rows.ignored), (3, 2, 1));
    assert_eq!(exact(&found).classes[1].all, Counts { positive: 1, negative: 2 });
    close(value(&found, "roc_auc_ovr_macro"), 1.0, "area");
}
