//! Intervals against other software, and the laws they keep.

#![allow(clippy::excessive_precision, clippy::unreadable_literal, reason = "values as printed")]

use proptest::prelude::*;

use tallyho::exact::Wide;
use tallyho::metric::{Measure, measures, replicates};
use tallyho::stat::{Placements, clopper_pearson, percentile_interval, quantile, wilson};
use tallyho::tally::{IntervalMethod, Tallies};

use crate::metrics::{matrix, scored, with};

/// One metric under the options as they are.
fn measure(tallies: &Tallies, name: &str) -> Measure {
    let tallies = with(tallies, |spec| spec.metrics = vec![name.to_owned()]);
    measures(&tallies).unwrap().remove(0).1
}

/// statsmodels 0.15.0: `proportion_confint(k, n, alpha, method="beta")`.
const CLOPPER_PEARSON: &[(u64, u64, f64, f64, f64)] = &[
    (0, 10, 0.95, 0.0, 0.3084971078187607),
    (10, 10, 0.95, 0.6915028921812392, 1.0),
    (1, 10, 0.95, 0.0025285785444617865, 0.4450161170281954),
    (9, 10, 0.95, 0.5549838829718046, 0.9974714214555382),
    (5, 10, 0.95, 0.18708602844739855, 0.8129139715526015),
    (1743, 1797, 0.95, 0.9609714709228361, 0.9773465559935455),
    (1743, 1797, 0.99, 0.9579809663905252, 0.9793454433146616),
    (3, 7, 0.9, 0.12875639280424267, 0.7746784159675523),
    (1, 1, 0.95, 0.025000000000000022, 1.0),
    (0, 1, 0.95, 0.0, 0.975),
    (50, 100, 0.5, 0.46143119062854077, 0.5385688093714592),
    (2000, 5000, 0.999, 0.3772677861298166, 0.42303595114451314),
];

/// mpmath 1.3 with 60 digits: the root of the beta tail that `special.rs`
/// describes, at the f64 `(1 - level) / 2`.
const CLOPPER_PEARSON_LARGE: &[(u64, u64, f64, f64, f64)] = &[
    (1, 10000000000, 0.95, 2.5317807984257848607e-12, 5.5716433896653192156e-10),
    (9999999999, 10000000000, 0.95, 0.99999999944283566103, 0.9999999999974682192),
    (5000000000, 10000000000, 0.95, 0.49999020013007848588, 0.50000979986992151412),
    (123456, 1000000000000, 0.999, 1.2230310538430179546e-7, 1.246164509988861811e-7),
    (3000000000, 10000000000, 0.99, 0.29998819611237375588, 0.30001180407789127761),
    (1739, 1797, 0.95, 0.95847379945819200972, 0.97540213745952088072),
    (100000, 200000, 0.999999, 0.49452865253797144462, 0.50547134746202855538),
];

#[test]
fn clopper_pearson_intervals_agree_with_statsmodels_and_mpmath() {
    let exact = CLOPPER_PEARSON_LARGE.iter().map(|case| (case, 1e-14));
    // statsmodels' own last digits are the last.
    for (case, bound) in CLOPPER_PEARSON.iter().map(|case| (case, 1e-13)).chain(exact) {
        let &(successes, trials, level, low, high) = case;
        let found = clopper_pearson(successes, trials, level).unwrap();
        let near = |found: f64, expected: f64| (found - expected).abs() <= bound * expected;
        assert!(near(found.0, low) && near(found.1, high), "{case:?}: {found:?}");
    }
    assert_eq!(clopper_pearson(0, 0, 0.95), None);
    assert_eq!(clopper_pearson(3, 2, 0.95), None);
}

#[test]
fn clopper_pearson_intervals_of_any_size_are_quick_and_in_order() {
    for trials in [1, 100, 1 << 20, 1 << 40, 1 << 53, 1 << 62, u64::MAX] {
        for successes in [0, 1, trials / 3, trials / 2, trials - 1, trials] {
            let (low, high) = clopper_pearson(successes, trials, 0.95).unwrap();
            let share = successes as f64 / trials as f64;
            assert!(low <= share && share <= high, "{successes} {trials}: {low} {high}");
            assert_eq!(
                (low == 0.0, high == 1.0),
                (successes == 0, successes == trials || high == 1.0)
            );
        }
    }
}

/// numpy 2.4.6, from the definition: placements by comparing every pair, and
/// `var(ddof=1)` of them over positives and over negatives.
#[test]
fn delong_variances_agree_with_numpy() {
    let sums = Placements {
        positives: 7,
        negatives: 9,
        twice_u: 102,
        positive_squares: Wide::from(1562),
        negative_squares: Wide::from(1250),
    };
    assert!((sums.area().unwrap() - 0.8095238095238095).abs() < 1e-15);
    assert!((sums.variance().unwrap() - 0.012224951709078693).abs() < 1e-16);
    let (low, high) = sums.interval(0.95).unwrap();
    assert!((low - 0.5928174446532777).abs() < 1e-14);
    assert_eq!(high, 1.0);
    let alone = Placements { positives: 1, positive_squares: Wide::from(102 * 102), ..sums };
    assert_eq!(alone.variance(), None);
    let lie = Placements { negative_squares: Wide::from(3), ..sums };
    assert_eq!(lie.variance(), None);
    let perfect = Placements {
        twice_u: 2 * 63,
        positive_squares: Wide::from(7 * 18 * 18),
        negative_squares: Wide::from(9 * 14 * 14),
        ..sums
    };
    assert_eq!(perfect.interval(0.95), Some((1.0, 1.0)));
}

/// numpy 2.4.6: `quantile([1, 2, 2, 3, 5, 8, 9, 10, 10, 10], p)`, type 7.
#[test]
fn quantiles_agree_with_numpy() {
    let values = [1.0, 2.0, 2.0, 3.0, 5.0, 8.0, 9.0, 10.0, 10.0, 10.0];
    let expected = [(0.0, 1.0), (0.025, 1.225), (0.1, 1.9), (0.5, 6.5), (0.975, 10.0), (1.0, 10.0)];
    for (p, expected) in expected {
        assert!((quantile(&values, p).unwrap() - expected).abs() < 1e-15, "{p}");
    }
    assert_eq!(quantile(&[], 0.5), None);
    let mut shuffled = [9.0, 1.0, 10.0, 2.0, 8.0, 3.0, 10.0, 5.0, 2.0, 10.0];
    assert_eq!(percentile_interval(&mut shuffled, 0.95).unwrap().1, 10.0);
}

/// scipy 1.17.1: `sem(x)` and `norm.interval(0.95, mean(x), sem(x))` of the
/// confidences 0.5, 0.75, 0.25 and 1.
#[test]
fn normal_intervals_agree_with_scipy() {
    let rows = [[0.5, 0.5], [0.75, 0.25], [0.75, 0.25], [1.0, 0.0]].map(|row| row.to_vec());
    let found = measure(&scored(&[0, 0, 1, 0], &rows, 15), "mean_confidence");
    let interval = found.interval.unwrap();
    assert_eq!((found.value, interval.method), (Ok(0.75), "normal"));
    // sem = 0.2041241452319315 / 2, and 1 is the most that a confidence can be.
    assert!((interval.low - (0.75 - 1.959963984540054 * 0.10206207261596575)).abs() < 1e-14);
    assert!((interval.high - (0.75 + 1.959963984540054 * 0.10206207261596575)).abs() < 1e-14);
    let one = measure(&scored(&[0], &rows[..1], 15), "log_loss");
    assert_eq!(one.interval, None);
    assert_eq!(one.no_interval.unwrap(), "one row does not tell how rows differ");
}

const COUNTS: [[u64; 3]; 3] = [[50, 3, 2], [4, 40, 6], [1, 0, 44]];

/// Every value either has an interval or says why not, and never both.
fn accounted(measures: &[(String, Measure)]) {
    for (name, measure) in measures {
        let said = [measure.interval.is_some(), measure.no_interval.is_some()];
        let expected = usize::from(measure.value.is_ok());
        assert_eq!(said.iter().filter(|said| **said).count(), expected, "{name}: {measure:?}");
    }
}

#[test]
fn every_value_has_an_interval_or_the_reason_why_not() {
    let rows: Vec<Vec<f64>> = (0..60)
        .map(|row| {
            let first = f64::from(row % 7 + 1) / 8.0;
            vec![first, (1.0 - first) / 2.0, (1.0 - first) / 2.0]
        })
        .collect();
    let labels: Vec<usize> = (0..60).map(|row| row * row % 3).collect();
    let tallies = scored(&labels, &rows, 15);
    accounted(&measures(&tallies).unwrap());
    let found = measures(&with(&tallies, |spec| spec.replicates = Some(0))).unwrap();
    accounted(&found);
    let f1 = &found.iter().find(|(name, _)| name == "f1_macro").unwrap().1;
    assert_eq!(f1.no_interval.as_deref(), Some("no resamples were asked for"));
}

#[test]
fn every_metric_of_counts_has_an_interval() {
    let tallies = with(&matrix(&COUNTS), |spec| spec.betas = vec![2.0]);
    let all = measures(&tallies).unwrap();
    accounted(&all);
    for (name, measure) in all {
        let method = measure.interval.map(|it| it.method);
        let is_share = measure.ratio.is_some();
        let expected = if is_share { "wilson" } else { "bootstrap" };
        // Entropies of resamples are lower, and may miss the value altogether.
        if !name.ends_with("entropy") {
            assert_eq!(method, Some(expected), "{name}");
        }
    }
}

#[test]
fn intervals_of_one_seed_stay() {
    let found = measure(&matrix(&COUNTS), "f1_macro").interval.unwrap();
    insta::assert_snapshot!(format!("{} {}", found.low, found.high), @"0.8399129799368553 0.9396665638186579");
    let other = with(&matrix(&COUNTS), |spec| spec.seed = 1);
    assert_ne!(measure(&other, "f1_macro").interval.unwrap(), found);
    let fewer = with(&matrix(&COUNTS), |spec| spec.replicates = Some(999));
    assert_ne!(measure(&fewer, "f1_macro").interval.unwrap(), found);
}

/// Intervals are functions of tallies, so neither the number of threads nor
/// which metrics are asked for together can show.
#[test]
fn threads_and_company_never_show_in_an_interval() {
    let tallies = matrix(&COUNTS);
    let alone = measure(&tallies, "cohen_kappa");
    let all = measures(&tallies).unwrap();
    assert_eq!(all.iter().find(|(name, _)| name == "cohen_kappa").unwrap().1, alone);
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| measures(&tallies).unwrap()), all);
    }
}

#[test]
fn shares_have_the_interval_that_is_asked_for() {
    let exact = with(&matrix(&COUNTS), |spec| {
        spec.interval_method = IntervalMethod::ClopperPearson;
    });
    let interval = measure(&exact, "accuracy").interval.unwrap();
    assert_eq!(interval.method, "clopper-pearson");
    assert_eq!((interval.low, interval.high), clopper_pearson(134, 150, 0.95).unwrap());
    // Jaccard's is that of the accuracy, moved along.
    let jaccard = measure(&exact, "jaccard_micro");
    let (value, moved) = (jaccard.value.unwrap(), jaccard.interval.unwrap());
    assert!((value - 134.0 / 166.0).abs() < 1e-15);
    assert!((moved.low - interval.low / (2.0 - interval.low)).abs() < 1e-15);
    assert_eq!(moved.method, "clopper-pearson");
}

#[test]
fn many_cells_are_resampled_only_when_asked() {
    let side = 32;
    let many: Vec<Vec<u64>> = (0..side)
        .map(|a| (0..side).map(|b| if a == b { 90 } else { 1 + (a * b) % 3 }).collect())
        .collect();
    let tallies = matrix(&many);
    let found = measure(&tallies, "f1_macro");
    assert_eq!((found.interval, replicates(&tallies)), (None, 0));
    assert!(found.no_interval.unwrap().contains("1024 cells"));
    let asked = with(&tallies, |spec| spec.replicates = Some(50));
    assert_eq!((measure(&asked, "f1_macro").interval.is_some(), replicates(&asked)), (true, 50));
}

/// A thousand classes of one row each: a resample lacks a third of them.
#[test]
fn a_value_that_resamples_move_one_way_has_no_interval() {
    let rare: Vec<Vec<u64>> =
        (0..300).map(|a| (0..300).map(|b| u64::from(a == b)).collect()).collect();
    let found = measure(&matrix(&rare), "recall_macro");
    assert_eq!((found.value, found.interval), (Ok(1.0), None));
    assert!(found.no_interval.unwrap().contains("one direction"));
    // One row of another label: some resamples have one class only.
    let found = measure(&matrix(&[[30, 0], [1, 0]]), "cohen_kappa");
    assert!(found.no_interval.unwrap().starts_with("undefined in "));
}

fn square() -> impl Strategy<Value = Vec<Vec<u64>>> {
    (2..5_usize)
        .prop_flat_map(|side| {
            let row = proptest::collection::vec(prop_oneof![Just(0), 1..200_u64], side);
            proptest::collection::vec(row, side)
        })
        .prop_filter("some rows", |matrix| matrix.iter().flatten().sum::<u64>() > 0)
}

fn few(tallies: &Tallies, level: f64) -> Vec<(String, Measure)> {
    measures(&with(tallies, |spec| {
        spec.replicates = Some(60);
        spec.interval = level;
    }))
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn intervals_hold_their_value_and_grow_with_the_level(counts in square()) {
        let tallies = matrix(&counts);
        accounted(&few(&tallies, 0.9));
        let (narrow, wide) = (few(&tallies, 0.5), few(&tallies, 0.99));
        for ((name, narrow), (_, wide)) in narrow.iter().zip(&wide) {
            let (Some(narrow), Some(wide), Ok(value)) = (&narrow.interval, &wide.interval, &narrow.value) else { continue };
            prop_assert!(wide.low <= narrow.low && narrow.high <= wide.high, "{}", name);
            // The bounds of a Wilson interval of 0 or n hits may round past it.
            prop_assert!(narrow.low - 1e-15 <= *value && *value <= narrow.high + 1e-15, "{}", name);
        }
    }

    #[test]
    fn shares_lie_within_nested_intervals(trials in 1..2_000_000_u64, share in 0.0..=1.0_f64, level in 0.01..0.98_f64) {
        let successes = ((trials as f64 * share) as u64).min(trials);
        let value = successes as f64 / trials as f64;
        for method in [wilson, clopper_pearson] {
            let (low, high) = method(successes, trials, level).unwrap();
            prop_assert!(low <= value + 1e-15 && value <= high + 1e-15);
            let (lower, higher) = method(successes, trials, level + 0.01).unwrap();
            prop_assert!(lower <= low && high <= higher);
        }
    }

    /// Parts merge to the whole, and its intervals with it.
    #[test]
    fn merged_tallies_have_the_intervals_of_the_whole(a in square()) {
        let whole: Vec<Vec<u64>> = a.iter().map(|row| row.iter().map(|count| 3 * count).collect()).collect();
        let (part, rest): (Vec<Vec<u64>>, Vec<Vec<u64>>) =
            (a.clone(), a.iter().map(|row| row.iter().map(|count| 2 * count).collect()).collect());
        let mut merged = matrix(&part);
        merged.merge(&matrix(&rest)).unwrap();
        prop_assert_eq!(few(&merged, 0.95), few(&matrix(&whole), 0.95));
    }
}
