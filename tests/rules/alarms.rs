//! Alarms, against p-values of other software.
//!
//! Expected numbers: `fisher_exact(…, alternative="less")` and `binomtest` of scipy 1.17.1;
//! with a margin, the exact unconditional test and the score bound as in
//! `statistics::shares`; `multipletests(…, method="holm")` of statsmodels 0.15.0.

use tallyho::rule::{Evaluated, JobFigures, Judgement, Rule, Verdict, apply_holm, judge};
use tallyho::stat::Agreement;
use tallyho::tally::Tallies;

use super::made::{Made, after, classes, hits, told};
use crate::metrics::{confusion, scored};

fn has(found: &Judgement, verdict: Verdict, parts: &[&str]) {
    assert_eq!(found.verdict, verdict, "{}", found.reason);
    for part in parts {
        assert!(found.reason.contains(part), "{part}: {}", found.reason);
    }
}

#[test]
fn shares_of_different_rows_are_tested_exactly() {
    let (past, tonight) = (Made::of(&[hits(930, 1000)]), hits(900, 1000));
    let of = |by: &str| after(&past, &format!("worse(accuracy, previous{by})"), &tonight);
    has(
        &of(""),
        Verdict::Broken,
        &[
            "difference -0.03, at most -0.009546 at 95%",
            "unpaired, 1,000 against 1,000 rows",
            "p = 0.009917",
        ],
    );
    has(&of(", by 0.005"), Verdict::Broken, &["p = 0.02253", "worse by more than 0.005"]);
    has(
        &of(", by 0.02"),
        Verdict::Holds,
        &["p = 0.2121", "not shown to be worse by more than 0.02"],
    );
    let errors = after(&past, "worse(error_rate, previous, by 0.005)", &tonight);
    has(&errors, Verdict::Broken, &["difference +0.03, at least +0.009546 at 95%", "p = 0.02253"]);
    let better = after(&Made::of(&[tonight]), "worse(accuracy, previous)", &hits(930, 1000));
    has(&better, Verdict::Holds, &["p = 0.9936"]);
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
        &["difference -0.03; paired on 1,000 rows; p = 0.0002201: worse"],
    );
    has(&of("worse(accuracy, previous, by 0.005)"), Verdict::Broken, &["p = 0.001234"]);
    has(
        &of("worse(error_rate, previous, by 0.005)"),
        Verdict::Broken,
        &["difference +0.03; paired on 1,000 rows", "p = 0.001234"],
    );
    // Recall is not paired: outcomes are of rows, not of a class.
    has(&of("worse(recall[0], previous)"), Verdict::Holds, &["unpaired, 500 against 500 rows"]);
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
        &["broken for 1 of 3 classes", "p = 0.001099, corrected for 3 tests p = 0.003296"],
    );
    assert_eq!((found.value, found.baseline), (Some(0.8), Some(1)));
    let calm = after(&past, "worse(recall[*], previous, by 0.14)", &tonight);
    has(&calm, Verdict::Holds, &["holds for each of 3 classes"]);
}

#[test]
fn one_small_p_among_many_does_not_go_off() {
    // p = 0.0225 alone; 39 others where nothing changed.
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
    has(&all[0], Verdict::Holds, &["p = 0.02253, corrected for 40 tests p = 0.9013"]);
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

/// numpy 2: means and standard errors; scipy `ttest_ind(…, equal_var=False)`.
#[test]
fn means_are_bounded_as_by_welch() {
    let (past, tonight) = losses();
    let found = after(&past, "worse(log_loss, previous)", &tonight);
    has(
        &found,
        Verdict::Broken,
        &[
            "log_loss is 0.3641",
            "0.2229: difference +0.1412, at least +0.104 at 95%",
            "p = 5.381e-10",
        ],
    );
    let found = after(&past, "worse(log_loss, previous, by 0.1)", &tonight);
    has(&found, Verdict::Broken, &["p = 0.03446", "unpaired, 200 against 200 rows"]);
    let found = after(&past, "worse(log_loss, previous, by 0.12)", &tonight);
    has(&found, Verdict::Holds, &[]);
}

#[test]
fn other_functions_of_counts_are_resampled() {
    let (past, tonight) = (Made::of(&[hits(930, 1000)]), hits(900, 1000));
    let found = ["f1_macro", "cohen_kappa"].map(|metric| {
        let found = after(&past, &format!("worse({metric}, previous)"), &tonight);
        has(&found, Verdict::Broken, &["unpaired, 1,000 against 1,000 rows"]);
        let calm = after(&past, &format!("worse({metric}, previous)"), &hits(925, 1000));
        has(&calm, Verdict::Holds, &[]);
        assert_eq!(found, after(&past, &format!("worse({metric}, previous)"), &tonight), "seeded");
        found
    });
    insta::assert_snapshot!(told(&found));
}

/// F of a class is a rising function of its share tp of tp + fp + fn: 450 of 550 rows, before
/// 465 of 535; scipy `fisher_exact`: 0.01287.
#[test]
fn f_of_a_class_is_tested_as_a_share() {
    let (past, tonight) = (Made::of(&[hits(930, 1000)]), hits(900, 1000));
    let found = after(&past, "worse(f1[0], previous)", &tonight);
    has(&found, Verdict::Broken, &["550 against 535 rows; p = 0.01287"]);
    let found = after(&past, "worse(f1[0], previous, by 0.02)", &tonight);
    has(&found, Verdict::Holds, &["not shown to be worse by more than 0.02"]);
    let found = after(&past, "worse(f1[0], previous, by 0.02)", &hits(800, 1000));
    has(&found, Verdict::Broken, &["worse by more than 0.02"]);
    let each = after(&past, "worse(f1[*], previous)", &tonight);
    has(&each, Verdict::Broken, &["for 2 of 2 classes", "p = 0.01287, corrected for 2 tests"]);
}

/// By Newcombe's interval it would be 3.3e-5.
#[test]
fn one_error_in_five_rows_is_no_alarm() {
    let past = Made::of(&[hits(990, 1000)]);
    let found = after(&past, "worse(accuracy, previous)", &hits(4, 5));
    has(&found, Verdict::Holds, &["difference -0.19; unpaired", "p = 0.05365: not shown"]);
}

#[test]
fn classes_without_a_value_are_left_out_and_named() {
    let new = classes([(80, 100), (178, 200), (268, 300)]);
    let past = Made::of(&[hits(930, 1000)]);
    let found = after(&past, "worse(f1[*], previous)", &new);
    has(&found, Verdict::Broken, &["; not compared: 2"]);
    let found = after(&past, "worse(f1[2], previous)", &new);
    has(&found, Verdict::NoBaseline, &["f1[2]: there is no such class in run 1"]);
    // Never predicted tonight, so without precision; undefined only if all are.
    let without = confusion(3, &[(0, 0, 95), (0, 1, 5), (1, 1, 190), (1, 0, 10), (2, 0, 3)]);
    let past = Made::of(&[classes([(95, 100), (190, 200), (270, 300)])]);
    let found = after(&past, "worse(precision[*], previous)", &without);
    has(&found, Verdict::Holds, &["holds for each of 2 classes", "; not compared: 2"]);
    let found = after(&past, "precision[*] >= previous - 0.2 @ 95%", &without);
    has(&found, Verdict::Holds, &["; not compared: 2"]);
    let found = after(&past, "worse(precision[2], previous)", &without);
    has(&found, Verdict::Undefined, &["class 2 is never predicted"]);
}

/// 600 of 1,200 classes are never right any more: no correction hides that.
#[test]
fn half_of_many_classes_falling_to_nothing_is_an_alarm() {
    let cells = |fallen: u32| -> Vec<(u32, u32, u64)> {
        (0..1_200).map(|class| (class, (class + u32::from(class < fallen)) % 1_200, 20)).collect()
    };
    let past = Made::of(&[confusion(1_200, &cells(0))]);
    let found = after(&past, "worse(f1[*], previous)", &confusion(1_200, &cells(600)));
    has(&found, Verdict::Broken, &["broken for 60", "of 1200 classes"]);
}

/// One row predicted as a class that was not there is one error, not a class of F 0.
#[test]
fn averages_are_compared_over_the_classes_of_both() {
    let cells = |odd: u64| {
        let mut cells = vec![(0, 0, 480 - odd), (0, 1, 20), (1, 0, 20), (1, 1, 480)];
        if odd > 0 {
            cells.insert(2, (0, 2, odd));
        }
        cells
    };
    let past = Made::of(&[confusion(2, &cells(0))]);
    let tonight = confusion(3, &cells(1));
    for metric in ["f1_macro", "recall_macro", "precision_macro", "balanced_accuracy"] {
        let found = after(&past, &format!("worse({metric}, previous, by 0.1)"), &tonight);
        has(&found, Verdict::Holds, &["difference -0.00"]);
        if metric.contains("f1") || metric.contains("precision") {
            has(&found, Verdict::Holds, &["over 2 common classes (came: 2)"]);
        }
        let found = after(
            &Made::of(std::slice::from_ref(&tonight)),
            &format!("worse({metric}, previous)"),
            &past.nights[0].0,
        );
        has(&found, Verdict::Holds, &[]);
    }
    let gone = after(&Made::of(&[tonight]), "worse(f1_macro, previous)", &past.nights[0].0);
    has(&gone, Verdict::Holds, &["over 2 common classes (went: 2)"]);
}

/// As bad as can be, and one of so many tests that no resample could tell.
#[test]
fn resamples_that_cannot_pass_the_correction_leave_it_undecided() {
    let past = Made::of(&[hits(980, 1000)]);
    let pending = |rule: &str, tonight: &Tallies| {
        let rule = Rule::parse(rule).unwrap();
        judge(&rule, &Evaluated::alone(tonight, JobFigures::default()), &past).unwrap()
    };
    let night = |others: usize| {
        let mut night = vec![pending("worse(cohen_kappa, previous) @ 99%", &hits(700, 1000))];
        let calm = pending("worse(accuracy, previous)", &hits(980, 1000));
        night.extend(std::iter::repeat_n(calm, others));
        apply_holm(night).remove(0)
    };
    has(&night(1), Verdict::Broken, &["p = 0.00001, corrected for 2 tests"]);
    has(&night(2_000), Verdict::Undecided, &["p = 0.02001", "100,000 resamples do not tell"]);
}

#[test]
fn the_best_of_several_nights_is_corrected_for_its_luck() {
    let past = Made::of(&[hits(920, 1000), hits(930, 1000), hits(925, 1000)]);
    let found = after(&past, "worse(accuracy, best)", &hits(905, 1000));
    // Three times Fisher's 0.02541.
    has(&found, Verdict::Holds, &["the best of 3 0.93", "p = 0.0762"]);
    let found = after(&past, "worse(accuracy, best)", &hits(850, 1000));
    has(&found, Verdict::Broken, &[]);
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
