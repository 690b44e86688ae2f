//! Comparisons of two sets of rows against other software.

#![allow(clippy::excessive_precision, clippy::unreadable_literal, reason = "values as printed")]

use tallyho::stat::{
    Agreement, Chance, Draws, Resampler, chi_square, difference_paired, difference_unpaired, holm,
    jensen_shannon, kolmogorov_smirnov, mcnemar, stability_index,
};

fn near(found: (f64, f64), low: f64, high: f64) {
    assert!(
        (found.0 - low).abs() < 1e-14 && (found.1 - high).abs() < 1e-14,
        "{found:?} {low} {high}"
    );
}

/// statsmodels 0.15.0: `mcnemar([[0, b], [c, 0]], exact=True).pvalue`.
#[test]
fn mcnemar_agrees_with_statsmodels() {
    let cases = [
        (3, 12, 0.03515625),
        (0, 5, 0.0625),
        (40, 40, 1.0),
        (1000, 1100, 0.03072070786424249),
        (500000, 502000, 0.0458246952632217),
    ];
    for (first, second, expected) in cases {
        let found = mcnemar(first, second);
        // scipy's own binomial has 12 digits.
        assert!((found - expected).abs() < 1e-11 * expected, "{first} {second}: {found}");
        assert_eq!(found, mcnemar(second, first));
    }
}

/// evaluate #81: models that never disagree divide by zero there.
#[test]
fn evaluate_81_models_that_never_disagree_are_alike() {
    assert_eq!(mcnemar(0, 0), 1.0);
    let rows = Agreement { both: 90, first: 0, second: 0, neither: 10 };
    let (low, high) = difference_paired(rows, 0.95).unwrap();
    assert!(low <= 0.0 && (0.0..0.05).contains(&high), "{low} {high}");
}

/// statsmodels 0.15.0: `confint_proportions_2indep(…, method="newcomb",
/// compare="diff")`; the first is Newcombe's own example (a).
#[test]
fn differences_of_different_rows_agree_with_statsmodels() {
    near(
        difference_unpaired((48, 80), (56, 70), 0.95).unwrap(),
        0.05243147240236498,
        0.33387265403690614,
    );
    near(
        difference_unpaired((3, 10), (9, 10), 0.95).unwrap(),
        0.1705227239345029,
        0.809017973535488,
    );
    near(
        difference_unpaired((9_490_000, 10_000_000), (9_500_000, 10_000_000), 0.9).unwrap(),
        0.000838923169776389,
        0.001161078059916796,
    );
    assert_eq!(difference_unpaired((0, 0), (1, 2), 0.95), None);
}

/// numpy 2.4.6, from the formulas; the first is example (a) of Newcombe's
/// paper, whose table has 0.0569 to 0.3404.
#[test]
fn differences_of_the_same_rows_agree_with_newcombe() {
    let of = |both, second, first, neither| {
        difference_paired(Agreement { both, first, second, neither }, 0.95).unwrap()
    };
    near(of(36, 12, 2, 0), 0.05692958400323875, 0.3404276029749406);
    near(of(14, 5, 0, 22), 0.01148324138303325, 0.2264926843512112);
    near(of(900, 30, 20, 50), -0.0041614666359551505, 0.024496777289362233);
    let nothing = Agreement { both: 0, first: 0, second: 0, neither: 0 };
    assert_eq!(difference_paired(nothing, 0.95), None);
}

/// Simulated from a fixed seed: 2,000 sets of 1,000 rows each.
#[test]
fn differences_cover_as_often_as_they_say() {
    let cells = [870_u64, 40, 60, 30];
    let truth = (60.0 - 40.0) / 1_000.0;
    let sampler = Resampler::new(&cells);
    let (old, new) = (Chance::new(910, 1_000), Chance::new(930, 1_000));
    let (mut paired, mut unpaired) = (0, 0);
    for set in 0..2_000 {
        let mut draws = Draws::new(6, set, 100);
        let mut counts = [0; 4];
        sampler.resample(&mut draws, &mut counts);
        let [both, first, second, neither] = counts;
        let covers = |(low, high): (f64, f64)| i32::from(low <= truth && truth <= high);
        let rows = Agreement { both, first, second, neither };
        paired += covers(difference_paired(rows, 0.95).unwrap());
        let (old, new) = (draws.binomial(1_000, &old), draws.binomial(1_000, &new));
        unpaired += covers(difference_unpaired((old, 1_000), (new, 1_000), 0.95).unwrap());
    }
    for covered in [paired, unpaired] {
        let share = f64::from(covered) / 2_000.0;
        assert!((share - 0.95).abs() <= 0.015, "{share}");
    }
}

/// statsmodels 0.15.0: `multipletests([.01, .04, .03, .005, .5], method="holm")[1]`.
#[test]
fn holm_agrees_with_statsmodels() {
    let found = holm(&[0.01, 0.04, 0.03, 0.005, 0.5]);
    for (found, expected) in found.iter().zip([0.04, 0.09, 0.09, 0.025, 0.5]) {
        assert!((found - expected).abs() < 1e-15, "{found} {expected}");
    }
    assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
    assert!(holm(&[]).is_empty());
}

const FIRST: [u64; 5] = [120, 300, 80, 5, 40];
const SECOND: [u64; 5] = [100, 330, 60, 9, 55];

/// scipy 1.17.1: `chi2_contingency(correction=False)`, `jensenshannon(p, q)**2`,
/// `special.kolmogorov(d * sqrt(n * m / (n + m)))`; numpy for the sum of the index.
#[test]
fn drift_of_counts_agrees_with_scipy() {
    let close = |found: f64, expected: f64| {
        assert!((found - expected).abs() < 1e-13 * expected, "{found} {expected}");
    };
    let pearson = chi_square(&FIRST, &SECOND).unwrap();
    close(pearson.statistic, 9.542110865077408);
    close(pearson.p_value, 0.04888911758730021);
    close(jensen_shannon(&FIRST, &SECOND).unwrap(), 0.0043589164423253135);
    close(stability_index(&FIRST, &SECOND).unwrap(), 0.035013752607782195);
    let smirnov = kolmogorov_smirnov(&FIRST, &SECOND).unwrap();
    close(smirnov.statistic, 0.03967807107607724);
    close(smirnov.p_value, 0.7800454114103472);
}

#[test]
fn drift_of_empty_kinds_and_lists_is_told_apart() {
    assert_eq!(chi_square(&[0, 5], &[0, 9]), None);
    assert_eq!(chi_square(&[1], &[1, 2]), None);
    assert_eq!(jensen_shannon(&[0, 0], &[1, 2]), None);
    let without = chi_square(&FIRST, &SECOND);
    let padded = |counts: [u64; 5]| [&counts[..2], &[0], &counts[2..]].concat();
    assert_eq!(chi_square(&padded(FIRST), &padded(SECOND)), without);
    // Nothing in common: ln 2, a finite index, and no chance of it.
    let (left, right) = ([1_000, 0], [0, 1_000]);
    assert!((jensen_shannon(&left, &right).unwrap() - std::f64::consts::LN_2).abs() < 1e-15);
    assert!(stability_index(&left, &right).unwrap().is_finite());
    assert!(kolmogorov_smirnov(&left, &right).unwrap().p_value < 1e-300);
    let same = kolmogorov_smirnov(&FIRST, &FIRST).unwrap();
    assert_eq!((same.statistic, same.p_value), (0.0, 1.0));
    assert_eq!(stability_index(&FIRST, &FIRST), Some(0.0));
}
