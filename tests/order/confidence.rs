//! Rows in order by confidence: risk over coverage, bins of equal size.

use tallyho::batch::{Names, Scores};
use tallyho::tally::{Auc, Question, ScoreType, ScoresAre, Tallies};

use super::{close, exact, value};
use crate::common::memory::{Memory, run, score_plan};

/// Confidences 1, 0.90625, 0.75, 0.6875, 0.5, 0.4375, 0.375 and 0.25, of which the
/// fourth, the sixth and the last two are wrong.
const LABELS: [u8; 8] = [0, 1, 2, 0, 0, 1, 2, 3];
const PROBABILITIES: [f64; 32] = [
    0.5, 0.25, 0.125, 0.125, 0.0625, 0.75, 0.125, 0.0625, 0.25, 0.25, 0.25, 0.25, 0.125, 0.125,
    0.0625, 0.6875, 1.0, 0.0, 0.0, 0.0, 0.375, 0.3125, 0.25, 0.0625, 0.03125, 0.03125, 0.90625,
    0.03125, 0.1875, 0.4375, 0.1875, 0.1875,
];

fn evaluated(labels: &[u8], scores: &[f64], mass_bins: usize) -> Tallies {
    let mut plan = score_plan(2, 4, ScoresAre::Probabilities, ScoreType::F64);
    plan.spec.auc = Auc::Exact;
    plan.spec.order.confidence = true;
    plan.spec.order.mass_bins = mass_bins;
    for risk in [0.0, 0.2, 0.25, 1.0] {
        plan.spec.order.ask(Question::CoverageAtRisk(risk));
    }
    let scores = Scores::F64(scores.to_vec());
    let source = Memory::scores(Names::U8(labels.to_vec()), scores, 4).batch_rows(3);
    run(&source, &plan).unwrap().tallies
}

/// Made with numpy 2.4.6: the mean over rows of the share of wrong rows among those
/// at least as confident; the greatest share of rows by threshold with that risk.
#[test]
fn risk_over_coverage_agrees_with_its_definition() {
    let tallies = evaluated(&LABELS, &PROBABILITIES, 0);
    close(value(&tallies, "aurc"), 0.21398809523809525, "aurc");
    close(value(&tallies, "coverage_at_risk(0.2)"), 0.625, "coverage");
    close(value(&tallies, "coverage_at_risk(0)"), 0.375, "coverage without error");
    close(value(&tallies, "coverage_at_risk(1)"), 1.0, "coverage of all");
}

#[test]
fn rows_of_one_confidence_enter_together() {
    let labels = [0, 1, 0, 1];
    let scores = [0.5, 0.25, 0.125, 0.125].repeat(4);
    let tallies = evaluated(&labels, &scores, 0);
    close(value(&tallies, "aurc"), 0.5, "all at once");
    close(value(&tallies, "coverage_at_risk(0.25)"), 0.0, "none");
}

/// Two bins of four rows: confidences sum to 3.34375 with 3 right, and to 1.5625
/// with 1 right: (0.34375 + 0.5625) / 8.
#[test]
fn bins_of_equal_size_hold_equally_many_rows() {
    let tallies = evaluated(&LABELS, &PROBABILITIES, 2);
    let bins = &exact(&tallies).confidence.as_ref().unwrap().bins;
    assert_eq!(bins.iter().map(|bin| bin.rows.rows()).collect::<Vec<_>>(), [4, 4]);
    let error = value(&tallies, "expected_calibration_error_equal_mass");
    close(error, 0.11328125, "error");
    let one = evaluated(&LABELS, &PROBABILITIES, 1);
    let error = value(&one, "expected_calibration_error_equal_mass");
    close(error, value(&one, "overconfidence").abs(), "one bin");
}
