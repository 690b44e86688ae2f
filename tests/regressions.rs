//! Failures of other software, each named after its issue.

use std::time::{Duration, Instant};

use tallyho::metric::{measures, per_class};
use tallyho::tally::{Tallies, ZeroDivision};

use crate::metrics::{confusion, matrix, measure, with};

/// Tallies of labels and predictions, row by row.
fn rows(classes: usize, labels: &[u32], predictions: &[u32]) -> Tallies {
    let cells = labels.iter().zip(predictions).map(|(label, prediction)| (*label, *prediction, 1));
    confusion(classes, &cells.collect::<Vec<_>>())
}

fn value(tallies: &Tallies, name: &str) -> f64 {
    measure(tallies, name).value.unwrap()
}

/// 1.3.0 gave every class with tp = 0 the value for zero division: 0.98.
#[test]
fn scikit_learn_27577_macro_f1_divides_by_zero_only_without_rows_and_predictions() {
    let labels: Vec<u32> = (0..104).collect();
    let predictions: Vec<u32> = (0..100).chain(101..105).collect();
    let tallies = with(&rows(105, &labels, &predictions), |spec| {
        spec.zero_division = ZeroDivision::One;
    });
    assert!((value(&tallies, "f1_macro") - 0.952_380_952_380_952_3).abs() < 1e-15);
}

/// 1.3.0: `f1_score([1, 0, 0], [0, 1, 0], zero_division=1)` was 1.
#[test]
fn scikit_learn_26864_f1_of_a_class_that_is_never_right_is_0() {
    let tallies = with(&rows(2, &[1, 0, 0], &[0, 1, 0]), |spec| {
        spec.zero_division = ZeroDivision::One;
    });
    assert_eq!(per_class(&tallies)[1].f1, Ok(0.0));
}

/// 0.778 for 0.667: it left out a class that is in the labels only.
#[test]
fn torcheval_176_macro_f1_counts_a_class_that_is_never_predicted() {
    // The labels 2 1 0 4 against 2 1 0 1, with class 4 as the fourth.
    let tallies = rows(4, &[2, 1, 0, 3], &[2, 1, 0, 1]);
    assert!((value(&tallies, "f1_macro") - 2.0 / 3.0).abs() < 1e-15);
}

/// 0.860215 for 0.822222: it took F of the averages, not the average of F.
#[test]
fn linfa_448_macro_f1_is_the_average_of_f1() {
    let tallies = rows(3, &[0, 0, 1, 1, 2, 2], &[0, 1, 1, 1, 2, 2]);
    assert!((value(&tallies, "f1_macro") - 37.0 / 45.0).abs() < 1e-15);
}

/// Counts in 32-bit floats freeze at 2²⁴, also reported as #6842.
#[test]
fn scikit_learn_34975_counts_beyond_2_to_the_24_stay_exact() {
    let tallies = confusion(2, &[(0, 0, (1 << 24) + 1), (1, 1, 1 << 24), (1, 0, 1)]);
    let accuracy = measure(&tallies, "accuracy");
    assert_eq!(accuracy.ratio, Some(((1 << 25) + 1, (1 << 25) + 2)));
    assert_eq!(per_class(&tallies)[0].predicted, (1 << 24) + 2);
}

/// 32-bit products gave −0.6016, and a constant prediction NaN.
#[test]
fn smile_879_matthews_neither_overflows_nor_is_nan() {
    let tallies = matrix(&[[50_000, 5_000], [5_000, 50_000]]);
    assert!((value(&tallies, "matthews_corrcoef") - 9.0 / 11.0).abs() < 1e-15);
    let constant = measure(&matrix(&[[5, 0], [5, 0]]), "matthews_corrcoef");
    assert_eq!(constant.value, Err("all predictions are one class".into()));
}

/// A matrix of 50,000² cells does not fit, and a report over it never ends
/// (scikit-learn #26808): 2.5 · 10⁹ steps take far longer than the limit.
#[test]
fn torchmetrics_1279_fifty_thousand_classes_take_time_and_memory_by_cells() {
    let classes = 50_000u32;
    let cells: Vec<(u32, u32, u64)> = (0..classes)
        .flat_map(|class| [(class, class, 5), (class, (class * 7 + 1) % classes, 2)])
        .collect();
    let tallies = confusion(classes as usize, &cells);
    let start = Instant::now();
    assert!(measures(&tallies).unwrap().len() > 15);
    assert_eq!(per_class(&tallies).len(), 50_000);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}
