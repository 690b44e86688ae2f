//! The registry is the plan of these tests: every entry is walked.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tallyho::batch::{Names, Scores};
use tallyho::metric::{ALL, Needs, PER_CLASS, Request, measures, per_class};
use tallyho::tally::{
    Aggregate, Aggregates, Classwise, ScoreType, ScoresAre, Spec, Task, ZeroDivision,
};

use super::cases::CASES;
use super::made::{few, matrix, measure, scored, with};
use crate::common::memory::{Memory, run, score_plan};

/// Probabilities that are exact in the units of the tallies.
const PROBABILITIES: [[f64; 4]; 8] = [
    [0.5, 0.25, 0.125, 0.125],
    [0.0625, 0.75, 0.125, 0.0625],
    [0.25, 0.25, 0.25, 0.25],
    [0.125, 0.125, 0.0625, 0.6875],
    [1.0, 0.0, 0.0, 0.0],
    [0.375, 0.3125, 0.25, 0.0625],
    [0.03125, 0.03125, 0.90625, 0.03125],
    [0.1875, 0.4375, 0.1875, 0.1875],
];
const LABELS: [usize; 8] = [0, 1, 2, 0, 0, 1, 2, 3];

/// Values of these rows. Loss and Brier are scikit-learn's 1.9.1 (`log_loss`,
/// `brier_score_loss(scale_by_half=False)`); calibration comes from its
/// definition in numpy 2.4.6 with `ceil(15 p) - 1` for the bin; top-K was
/// counted by hand with the lower of two equal classes ahead.
const SCORED: [(&str, f64); 14] = [
    ("top_1_accuracy", 0.5),
    ("top_3_accuracy", 0.875),
    ("top_4_accuracy", 1.0),
    ("log_loss", 0.922_766_559_000_257_2),
    ("brier_score", 0.506_347_656_25),
    ("normalized_entropy", 0.698_595_429_194_382_2),
    ("expected_calibration_error", 0.324_218_75),
    ("maximum_calibration_error", 0.6875),
    ("classwise_ece", 0.232_421_875),
    ("mean_confidence", 0.613_281_25),
    ("overconfidence", 0.113_281_25),
    ("brier_reliability", 0.148_559_570_312_5),
    ("brier_resolution", 0.25),
    ("brier_uncertainty", 0.25),
];

/// Of the same rows, what is counted only when asked for: from its definition, in numpy
/// 2.4.6.
const ON_REQUEST: &[(&str, f64)] = &[
    ("classwise_ece", 0.232_421_875),
    ("log_loss_macro", 1.016_489_083_103_392_1),
    ("brier_score_macro", 0.554_850_260_416_666_6),
    ("spiegelhalter_z", -0.486_547_368_394_038),
];

fn probabilities() -> Vec<Vec<f64>> {
    PROBABILITIES.iter().map(|row| row.to_vec()).collect()
}

#[test]
fn metrics_of_confusions_agree_with_scikit_learn() {
    for case in CASES {
        let tallies = with(&matrix(case.matrix), |spec| spec.zero_division = case.zero_division);
        for (name, expected) in case.expected {
            let found = measure(&tallies, name);
            let place = format!("{name} of {} under {:?}", case.name, case.zero_division);
            match found.value {
                Ok(value) => {
                    assert!((value - expected).abs() < 4e-15, "{place}: {value} {expected}")
                }
                Err(reason) => assert!(expected.is_nan(), "{place}: {reason}"),
            }
        }
    }
}

#[test]
fn metrics_of_scores_agree_with_scikit_learn() {
    let tallies = scored(&LABELS, &probabilities(), 15);
    for (name, expected) in SCORED {
        let value = measure(&tallies, name).value.unwrap();
        assert!((value - expected).abs() < 1e-9, "{name}: {value}, expected {expected}");
    }
}

#[test]
fn metrics_on_request_agree_with_their_definition() {
    for &(name, expected) in ON_REQUEST {
        let mut plan = score_plan(2, 4, ScoresAre::Probabilities, ScoreType::F64);
        if let Needs::Asked(aggregate) = Request::parse(name).unwrap().metric().needs {
            plan.spec.asked.insert(aggregate);
        }
        let labels = Names::I64(LABELS.map(|label| label as i64).to_vec());
        let source = Memory::scores(labels, Scores::F64(PROBABILITIES.concat()), 4);
        let tallies = run(&source.batch_rows(3), &plan).unwrap().tallies;
        let value = measure(&tallies, name).value.unwrap();
        assert!((value - expected).abs() < 1e-8, "{name}: {value}, expected {expected}");
    }
}

/// scikit-learn 1.9.1: `brier_score_loss([1,0,1,1,0,0,0], [.9,.2,.65,.4,.5,.05,.3])`
/// is 0.125, and `log_loss` 0.3966704476892677.
#[test]
fn the_brier_score_of_two_classes_is_halved() {
    let positive = [0.9, 0.2, 0.65, 0.4, 0.5, 0.05, 0.3];
    let rows: Vec<Vec<f64>> = positive.iter().map(|p| vec![1.0 - p, *p]).collect();
    let tallies = scored(&[1, 0, 1, 1, 0, 0, 0], &rows, 15);
    assert!((measure(&tallies, "brier_score").value.unwrap() - 0.125).abs() < 1e-8);
    let log_loss = measure(&tallies, "log_loss").value.unwrap();
    assert!((log_loss - 0.396_670_447_689_267_7).abs() < 1e-8);
}

#[test]
fn every_metric_has_a_case_and_no_case_is_left_over() {
    let names = CASES.iter().flat_map(|case| case.expected).chain(&SCORED);
    let names = names.chain(ON_REQUEST).map(|(name, _)| name);
    let exercised: BTreeSet<&str> = names
        .chain(crate::order::EXERCISED)
        .map(|name| Request::parse(name).unwrap().metric().name)
        .collect();
    // The temperature is counted by the engine; `temperature.rs` has its cases.
    let exercised: BTreeSet<&str> = exercised.into_iter().chain(["temperature"]).collect();
    let registered: BTreeSet<&str> = ALL.iter().map(|metric| metric.name).collect();
    assert_eq!(registered, exercised);
    assert_eq!(registered.len(), ALL.len(), "a name is registered twice");
}

#[test]
fn every_metric_says_what_it_is_and_where_it_comes_from() {
    let of_rows = ALL.iter().map(|metric| {
        (metric.name, [metric.formula, metric.range, metric.undefined, metric.source])
    });
    let of_classes = PER_CLASS.iter().map(|metric| {
        (metric.name, [metric.formula, metric.range, metric.undefined, metric.source])
    });
    for (name, texts) in of_rows.chain(of_classes) {
        assert!(texts.iter().all(|text| !text.is_empty()), "{name}");
        assert!(!texts.iter().any(|text| text.contains("  ")), "{name}: {texts:?}");
        let source = texts[3];
        assert!(
            ["doi:", "arXiv:", "chapter", "1904"].iter().any(|mark| source.contains(mark)),
            "{name}"
        );
    }
}

/// The ends of "[0, ln C]".
fn ends(range: &str, classes: usize, rows: u64) -> (f64, f64) {
    let inner = range.trim_matches(['[', ']', '(', ')']);
    let (low, high) = inner.split_once(", ").unwrap();
    let high = match high {
        "∞" => f64::INFINITY,
        "ln C" => (classes as f64).ln(),
        "n" => rows as f64,
        number => number.parse().unwrap(),
    };
    (low.parse().unwrap(), high)
}

/// Square matrices of up to 8 classes, with many zeros.
pub fn matrices() -> impl Strategy<Value = Vec<Vec<u64>>> {
    let count = prop_oneof![3 => Just(0), 3 => 0..20u64, 1 => any::<u32>().prop_map(u64::from)];
    (1..=8usize).prop_flat_map(move |classes| {
        prop::collection::vec(prop::collection::vec(count.clone(), classes), classes)
    })
}

/// Labels and rows of probabilities.
fn rows() -> impl Strategy<Value = (Vec<usize>, Vec<Vec<f64>>)> {
    (1..=5usize, 1..40usize).prop_flat_map(|(classes, rows)| {
        let row = prop::collection::vec(0..9u32, classes).prop_map(|parts| {
            let whole = f64::from(parts.iter().sum::<u32>().max(1));
            let first = f64::from(u8::from(parts.iter().all(|part| *part == 0)));
            let mut row: Vec<f64> = parts.iter().map(|part| f64::from(*part) / whole).collect();
            row[0] += first;
            row
        });
        (prop::collection::vec(0..classes, rows), prop::collection::vec(row, rows))
    })
}

proptest! {
    #[test]
    fn values_of_confusions_lie_in_the_stated_range(
        cells in matrices(),
        zero_division in prop::sample::select(ZeroDivision::ALL),
    ) {
        let tallies = with(&matrix(&cells), |spec| {
            spec.zero_division = zero_division;
            spec.betas = vec![0.0, 0.5, 2.0];
        });
        for (name, measure) in measures(&few(&tallies)).unwrap() {
            let metric = Request::parse(&name).unwrap().metric();
            let (low, high) = ends(metric.range, cells.len(), tallies.rows.scored);
            if let Ok(value) = measure.value {
                prop_assert!((low..=high + 1e-14).contains(&value), "{name} is {value}");
            }
            if let Some(interval) = measure.interval {
                let value = measure.value.unwrap();
                prop_assert!(low <= interval.low && interval.low <= value, "{name}: {interval:?}");
                let in_range = interval.high <= high + 1e-14;
                prop_assert!(value <= interval.high && in_range, "{name}: {interval:?}");
            }
        }
        for class in per_class(&tallies) {
            for metric in PER_CLASS {
                let (low, high) = ends(metric.range, cells.len(), tallies.rows.scored);
                if let Ok(value) = metric.measure(&class).value {
                    prop_assert!((low..=high).contains(&value), "{} is {value}", metric.name);
                }
            }
        }
    }

    #[test]
    fn values_of_scores_lie_in_the_stated_range((labels, rows) in rows(), bins in 1..20usize) {
        let tallies = scored(&labels, &rows, bins);
        for (name, measure) in measures(&few(&tallies)).unwrap() {
            let metric = Request::parse(&name).unwrap().metric();
            let (low, high) = ends(metric.range, rows[0].len(), tallies.rows.scored);
            if let Ok(value) = measure.value {
                prop_assert!((low - 1e-12..=high + 1e-12).contains(&value), "{name} is {value}");
            }
        }
        prop_assert_eq!(
            measure(&tallies, "top_1_accuracy"), measure(&tallies, "accuracy")
        );
    }
}

fn shown(spec: Spec, classes: usize) -> Vec<String> {
    let row = vec![1.0 / classes as f64; classes];
    let mut tallies = scored(&[0], &[row], spec.bins);
    if spec.task == Task::Predictions {
        tallies.aggregates = Aggregates::default();
    }
    tallies.spec = spec;
    measures(&tallies).unwrap().into_iter().map(|(name, _)| name).collect()
}

#[test]
fn a_report_of_hard_predictions_shows_all_that_follows_from_them() {
    let expected: Vec<&str> = ALL
        .iter()
        .filter(|metric| metric.needs == Needs::Confusion && !metric.on_request)
        .map(|metric| metric.name)
        .collect();
    assert_eq!(shown(Spec::default(), 3), expected);
    assert!(!expected.contains(&"error_rate"));
}

#[test]
fn a_report_of_scores_shows_the_usual_top_k_below_the_number_of_classes() {
    let scores = || Spec { task: Task::Matrix, ..Spec::default() };
    let top = |spec: Spec, classes: usize| -> Vec<String> {
        shown(spec, classes).into_iter().filter(|name| name.starts_with("top_")).collect()
    };
    assert_eq!(top(scores(), 6), ["top_1_accuracy", "top_3_accuracy", "top_5_accuracy"]);
    assert_eq!(top(scores(), 5), ["top_1_accuracy", "top_3_accuracy"]);
    assert_eq!(top(scores(), 1), [""; 0]);
    let asked = Spec { top_k: vec![2, 9], ..scores() };
    assert_eq!(top(asked, 3), ["top_2_accuracy", "top_9_accuracy"]);
    assert!(!shown(scores(), 3).contains(&"classwise_ece".to_owned()));
    let classwise = Spec { asked: [Classwise::NAME].into(), ..scores() };
    assert!(shown(classwise, 3).contains(&"classwise_ece".to_owned()));
}

#[test]
fn metrics_asked_for_come_once_each_in_registry_order() {
    let names = [
        "log_loss",
        "zero_one_loss",
        "fbeta_macro(2)",
        "accuracy",
        "hamming_loss",
        "fbeta_macro",
        "top_2_accuracy",
        "f1_macro",
    ];
    let spec = Spec {
        task: Task::Matrix,
        metrics: names.map(String::from).to_vec(),
        betas: vec![2.0, 0.5],
        ..Spec::default()
    };
    let expected = [
        "accuracy",
        "error_rate",
        "top_2_accuracy",
        "f1_macro",
        "fbeta_macro(beta=2)",
        "fbeta_macro(beta=0.5)",
        "log_loss",
    ];
    assert_eq!(shown(spec, 4), expected);
}
