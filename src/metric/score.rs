//! Metrics of single rows' scores: loss, squared error, confidence.

use super::measure::{Measure, NO_ROWS};
use super::summary::Summary;
use crate::stat::standard_error_of_mean;
use crate::tally::{Moments, RowSums};

/// Units of loss in a nat.
pub(super) const LOSS_UNIT: f64 = 4_294_967_296.0;
/// Bits behind the point of a confidence or a squared error.
pub(super) const SHARE_BITS: u32 = 30;
/// Units of confidence or squared error in 1.
pub(super) const SHARE_UNIT: f64 = (1u64 << SHARE_BITS) as f64;

/// Mean −ln p(label), in nats.
pub(super) fn log_loss(summary: &Summary<'_>) -> Measure {
    let infinite = summary.tallies.rows.infinite_loss;
    match (summary.rows, infinite) {
        (0, _) => Measure::undefined(NO_ROWS),
        (_, 1) => Measure::undefined("1 row gives its label probability 0"),
        (_, 2..) => Measure::undefined(format!("{infinite} rows give their label probability 0")),
        (rows, 0) => {
            let level = summary.spec().interval;
            Measure::mean(
                &summary.aggregate::<RowSums>().loss,
                LOSS_UNIT,
                rows,
                f64::INFINITY,
                level,
            )
        }
    }
}

/// Mean Σ (p − onehot)²; half of that for two classes.
pub(super) fn brier_score(summary: &Summary<'_>) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let (unit, most) =
        if summary.classes() == 2 { (2.0 * SHARE_UNIT, 1.0) } else { (SHARE_UNIT, 2.0) };
    let level = summary.spec().interval;
    Measure::mean(&summary.aggregate::<RowSums>().squared_error, unit, summary.rows, most, level)
}

/// The standard error of the mean of values with these moments.
fn error_of_mean(summary: &Summary<'_>, moments: &Moments, unit: f64) -> Option<f64> {
    let deviation = moments.deviation(summary.rows)?;
    standard_error_of_mean(deviation / unit / unit, summary.rows)
}

pub(super) fn log_loss_error(summary: &Summary<'_>) -> Option<f64> {
    error_of_mean(summary, &summary.aggregate::<RowSums>().loss, LOSS_UNIT)
}

pub(super) fn brier_score_error(summary: &Summary<'_>) -> Option<f64> {
    let unit = if summary.classes() == 2 { 2.0 * SHARE_UNIT } else { SHARE_UNIT };
    error_of_mean(summary, &summary.aggregate::<RowSums>().squared_error, unit)
}

pub(super) fn mean_confidence_error(summary: &Summary<'_>) -> Option<f64> {
    error_of_mean(summary, &summary.aggregate::<RowSums>().confidence, SHARE_UNIT)
}

/// Mean probability of the prediction.
pub(super) fn mean_confidence(summary: &Summary<'_>) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let level = summary.spec().interval;
    Measure::mean(&summary.aggregate::<RowSums>().confidence, SHARE_UNIT, summary.rows, 1.0, level)
}

/// Mean confidence − accuracy, with one rounding of the difference.
pub(super) fn overconfidence(summary: &Summary<'_>) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let claimed = summary.aggregate::<RowSums>().confidence.sum;
    let earned = u128::from(summary.correct) << SHARE_BITS;
    let gap = claimed.abs_diff(earned) as f64 / SHARE_UNIT / summary.rows as f64;
    Measure::value(if claimed < earned { -gap } else { gap })
        .without_interval("how confidence goes with being right is not counted row by row")
}
