//! Alarms, against bounds and p-values of other software.
//!
//! Expected numbers: statsmodels 0.15.0 `confint_proportions_2indep(…,
//! method="newcomb")` at alpha = 0.1 and, for p-values, that bound solved for
//! alpha by scipy 1.17.1 `brentq`; Newcombe's paired interval from its formula in
//! numpy; `multipletests(…, method="holm")`.

use tallyho::rule::{Evaluated, JobFigures, Judgement, Rule, Verdict, apply_holm, judge};
use tallyho::stat::Agreement;
use tallyho::tally::Tallies;

use super::made::{Made, after, classes, hits, told};
use crate::metrics::scored;

fn has(found: &Judgement, verdict: Verdict, parts: &[&str]) {
    assert_eq!(found.verdict, verdict, "{}", found.reason);
    for part in parts {
        assert!(found.reason.contains(part), "{part}: {}", found.reason);
    }
}

#[test]
fn shares_of_different_rows_are_bounded_as_by_newcombe() {
    let (past, tonight) = (Made::of(&[hits(930, 1000)]), hits(900, 1000));
    let of = |by: &str| after(&past, &format!("worse(accuracy, previous{by})"), &tonight);
    has(
        &of(""),
        Verdict::Broken,
        &[
            "difference -0.03, at most -0.00949 at 95%",
            "unpaired, 1,000 against 1,000 rows",
            "p = 0.008263",
        ],
    );
    has(&of(", by 0.005"), Verdict::Broken, &["p = 0.02265", "worse by more than 0.005"]);
    has(
        &of(", by 0.02"),
        Verdict::Holds,
        &["p = 0.2109", "not shown to be worse by more than 0.02"],
    );
    let errors = after(&past, "worse(error_rate, previous, by 0.005)", &tonight);
    has(&errors, Verdict::Broken, &["difference +0.03, at least +0.00949 at 95%", "p = 0.02265"]);
    let better = after(&Made::of(&[tonight]), "worse(accuracy, previous)", &hits(930, 1000));
    has(&better, Verdict::Holds, &["p = 0.9917"]);
}

#[test]
fn the_same_rows_are_paired_and_so_sharper() {
    let agreement = Agreement { both: 880, first: 50, second: 20, neither: 50 };
    let past = Made { agreement: Some(agreement), ..Made::of(&[hits(930, 1000)]) };
    let tonight = hits(900, 1000);
    let of = |rule: &str| after(&past, rule, &tonight);
    has(
        &of("worse(accuracy, previous)"),
        Verdict::Broken,
        &["at most -0.01632 at 95%", "paired on 1,000 rows", "p = 0.0002074"],
    );
    has(&of("worse(accuracy, previous, by 0.005)"), Verdict::Broken, &["p = 0.001488"]);
    has(
        &of("worse(error_rate, previous, by 0.005)"),
        Verdict::Broken,
        &["difference +0.03, at least +0.01632 at 95%", "p = 0.001488"],
    );
    // Recall is not paired: outcomes are of rows, not of a class.
    has(&of("worse(recall[0], previous)"), Verdict::Broken, &["unpaired, 500 against 500 rows"]);
    // Nor is a mean of nights.
    has(&of("worse(accuracy, mean of last 7)"), Verdict::Broken, &["unpaired"]);
}

#[test]
fn every_class_is_a_test_and_holm_corrects_them() {
    let past = Made::of(&[classes([(95, 100), (180, 200), (270, 300)])]);
    let tonight = classes([(80, 100), (178, 200), (268, 300)]);
    let found = after(&past, "worse(recall[*], previous)", &tonight);
    has(
        &found,
        Verdict::Broken,
        &["broken for 1 of 3 classes", "p = 0.0009229, corrected for 3 tests p = 0.002769"],
    );
    assert_eq!((found.value, found.baseline), (Some(0.8), Some(1)));
    let calm = after(&past, "worse(recall[*], previous, by 0.14)", &tonight);
    has(&calm, Verdict::Holds, &["holds for each of 3 classes"]);
}

#[test]
fn one_small_p_among_many_does_not_go_off() {
    // p = 0.0226 alone; 39 others where nothing changed.
    let rule = Rule::parse("worse(accuracy, previous, by 0.005)").unwrap();
    let past = Made::of(&[hits(930, 1000)]);
    let worse = hits(900, 1000);
    let same = hits(930, 1000);
    let pending = |tallies: &Tallies| {
        judge(&rule, &Evaluated::alone(tallies, JobFigures::default()), &past).unwrap()
    };
    let alone = apply_holm(vec![pending(&worse)]);
    assert_eq!(alone[0].verdict, Verdict::Broken);
    let mut night = vec![pending(&worse)];
    night.extend((0..39).map(|_| pending(&same)));
    let all = apply_holm(night);
    has(&all[0], Verdict::Holds, &["p = 0.02265, corrected for 40 tests p = 0.9059"]);
    assert!(all.iter().all(|it| it.verdict == Verdict::Holds));
    // What is far worse goes off among many as well.
    let far = hits(850, 1000);
    let mut night = vec![pending(&far)];
    night.extend((0..39).map(|_| pending(&same)));
    assert_eq!(apply_holm(night)[0].verdict, Verdict::Broken);
}

/// Losses: 60 rows of 0.5 and 140 of 0.8, before 40 of 0.5 and 160 of 0.9.
pub fn losses() -> (Made, Tallies) {
    let rows = |few: usize, p: f64| {
        let row = |at: usize| if at < few { vec![0.5, 0.5] } else { vec![p, 1.0 - p] };
        scored(&[0; 200], &(0..200).map(row).collect::<Vec<_>>(), 15)
    };
    (Made::of(&[rows(40, 0.9)]), rows(60, 0.8))
}

/// numpy 2: means and standard errors; scipy `norm.sf`.
#[test]
fn means_are_bounded_as_independent_normals() {
    let (past, tonight) = losses();
    let found = after(&past, "worse(log_loss, previous)", &tonight);
    has(
        &found,
        Verdict::Broken,
        &[
            "log_loss is 0.3641",
            "0.2229: difference +0.1412, at least +0.104 at 95%",
            "p = 2.077e-10",
        ],
    );
    let found = after(&past, "worse(log_loss, previous, by 0.1)", &tonight);
    has(&found, Verdict::Broken, &["p = 0.03408", "unpaired, 200 against 200 rows"]);
    let found = after(&past, "worse(log_loss, previous, by 0.12)", &tonight);
    has(&found, Verdict::Holds, &[]);
}

#[test]
fn other_functions_of_counts_are_resampled() {
    let (past, tonight) = (Made::of(&[hits(930, 1000)]), hits(900, 1000));
    let found = ["f1_macro", "cohen_kappa", "f1[0]"].map(|metric| {
        let found = after(&past, &format!("worse({metric}, previous)"), &tonight);
        has(&found, Verdict::Broken, &["unpaired, 1,000 against 1,000 rows"]);
        let calm = after(&past, &format!("worse({metric}, previous)"), &hits(925, 1000));
        has(&calm, Verdict::Holds, &[]);
        assert_eq!(found, after(&past, &format!("worse({metric}, previous)"), &tonight), "seeded");
        found
    });
    insta::assert_snapshot!(told(&found));
    // Classes are resampled together, each with the p-value that it has alone.
    let each = after(&past, "worse(f1[*], previous)", &tonight);
    has(&each, Verdict::Broken, &["for 2 of 2 classes", "p = 0.009281, corrected for 2 tests"]);
    let new = classes([(80, 100), (178, 200), (268, 300)]);
    let found = after(&past, "worse(f1[*], previous)", &new);
    has(&found, Verdict::Broken, &[]);
    let found = after(&past, "worse(f1[2], previous)", &new);
    has(&found, Verdict::NoBaseline, &["f1[2]: there is no such class in run 1"]);
}

#[test]
fn what_no_test_applies_to_is_undefined_with_the_reason() {
    let (past, tonight) = losses();
    let found = after(&past, "worse(expected_calibration_error, previous)", &tonight);
    has(&found, Verdict::Undefined, &["no test compares expected_calibration_error"]);
    let found = after(&Made::default(), "worse(accuracy, previous)", &hits(9, 10));
    has(&found, Verdict::NoBaseline, &["there is no earlier run"]);
    let found = after(&Made::of(&[hits(9, 10)]), "worse(log_loss, previous)", &tonight);
    has(&found, Verdict::NoBaseline, &["needs scores"]);
}
