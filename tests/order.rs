//! Metrics of rows in order: against scikit-learn, against brute force, and the
//! laws that need no oracle.

mod binary;
mod binned;
mod confidence;
mod matrix;
mod points;
mod scattered;
mod states;
mod two_columns;

use tallyho::batch::{Names, Scores};
use tallyho::engine::Plan;
use tallyho::metric::{Measure, Request};
use tallyho::tally::{Auc, ExactOrder, Order, ScoreType, ScoresAre, Sums, Tallies};

use crate::common::memory::{Memory, binary_plan, run, score_plan};
use crate::metrics::with;

/// The metrics whose values are compared with another program's here.
pub const EXERCISED: &[&str] = &[
    "roc_auc",
    "partial_roc_auc(0.1)",
    "average_precision",
    "precision_at_recall(0.9)",
    "recall_at_precision(0.8)",
    "tpr_at_fpr(0.1)",
    "ks_statistic",
    "gini",
    "roc_auc_ovr_macro",
    "roc_auc_ovr_micro",
    "roc_auc_ovr_weighted",
    "roc_auc_ovo_macro",
    "roc_auc_ovo_weighted",
    "average_precision_macro",
    "average_precision_micro",
    "average_precision_weighted",
    "aurc",
    "coverage_at_risk(0.2)",
    "expected_calibration_error_equal_mass",
];

/// Tallies of one single-precision logit per row.
pub fn logits(labels: &[u8], scores: &[f32]) -> Tallies {
    planned(labels, Scores::F32(scores.to_vec()), &single())
}

pub fn single() -> Plan {
    binary_plan(2, ScoresAre::Logits, ScoreType::F32)
}

pub fn planned(labels: &[u8], scores: Scores, plan: &Plan) -> Tallies {
    let source = Memory::scores(Names::U8(labels.to_vec()), scores, 1).batch_rows(1_000);
    run(&source, plan).unwrap().tallies
}

/// Tallies of a row of probabilities for each of `classes`.
pub fn probabilities(labels: &[u8], scores: &[f64], classes: usize, auc: Auc) -> Tallies {
    let mut plan = score_plan(2, classes, ScoresAre::Probabilities, ScoreType::F64);
    plan.spec.auc = auc;
    plan.spec.order.micro = true;
    plan.spec.order.pairs = true;
    let scores = Scores::F64(scores.to_vec());
    let source = Memory::scores(Names::U8(labels.to_vec()), scores, classes).batch_rows(7);
    run(&source, &plan).unwrap().tallies
}

pub fn exact(tallies: &Tallies) -> &ExactOrder {
    match tallies.order() {
        Some(Order::Exact(order)) => order,
        other => panic!("no exact order: {other:?}"),
    }
}

pub fn sums(tallies: &Tallies) -> &Sums {
    &exact(tallies).classes[0]
}

/// One metric, asked for by its full name.
pub fn ordered(tallies: &Tallies, name: &str) -> Measure {
    let request = Request::parse(name).unwrap();
    request.check(&tallies.spec).unwrap();
    let tallies = with(tallies, |spec| spec.metrics = vec![name.to_owned()]);
    let mut found = tallyho::metric::measures(&tallies).unwrap();
    assert_eq!(found.len(), 1, "{name}");
    found.remove(0).1
}

pub fn value(tallies: &Tallies, name: &str) -> f64 {
    ordered(tallies, name).value.unwrap_or_else(|reason| panic!("{name}: {reason}"))
}

pub fn close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < 2e-15, "{what}: {found}, expected {expected}");
}
