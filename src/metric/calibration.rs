//! The metrics of the calibration bins: whether confidence is earned.
//!
//! Empty bins contribute nothing. Gaps between right rows and confidence are
//! exact integers in units of 2⁻³⁰.

use super::measure::{Measure, NO_ROWS};
use super::score::{SHARE_BITS, SHARE_UNIT};
use super::summary::Summary;
use crate::tally::{Bin, Calibration, Classwise};

/// Why there is no interval: rows that are drawn again have larger gaps than
/// the rows that they are drawn from.
pub(super) const BIASED: &str = "gaps of bins are biased upwards, and resamples of them more so";

/// Σ over bins of |right rows − Σ confidence|, over n.
pub(super) fn expected(summary: &Summary<'_>) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let gaps: u128 = summary.aggregate::<Calibration>().0.iter().map(gap).sum();
    Measure::value(gaps as f64 / SHARE_UNIT / summary.rows as f64).without_interval(BIASED)
}

/// The largest |accuracy − mean confidence| of a bin.
pub(super) fn maximum(summary: &Summary<'_>) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let filled = summary.aggregate::<Calibration>().0.iter().filter(|bin| bin.rows > 0);
    let gaps = filled.map(|bin| gap(bin) as f64 / SHARE_UNIT / bin.rows as f64);
    Measure::value(gaps.fold(0.0, f64::max)).without_interval(BIASED)
}

/// The mean over classes of the expected calibration error of the class's own
/// probability, one class against the rest.
pub(super) fn classwise(summary: &Summary<'_>) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let cells = &summary.aggregate::<Classwise>().cells;
    let gaps: u128 = cells.iter().map(gap).sum();
    Measure::value(gaps as f64 / SHARE_UNIT / (summary.rows as f64 * summary.classes() as f64))
        .without_interval(BIASED)
}

/// Σ over bins of rows · (mean confidence − accuracy)², over n.
pub(super) fn reliability(summary: &Summary<'_>) -> Measure {
    let of = |bin: &Bin| {
        let gap = gap(bin) as f64 / SHARE_UNIT;
        gap * gap / bin.rows as f64
    };
    partition(summary, of).without_interval(BIASED)
}

/// Σ over bins of rows · (accuracy − c/n)², over n.
pub(super) fn resolution(summary: &Summary<'_>) -> Measure {
    let (rows, correct) = (u128::from(summary.rows), u128::from(summary.correct));
    let of = |bin: &Bin| {
        // (right/rows − c/n) · rows · n, exactly.
        let own = u128::from(bin.correct) * rows;
        let apart = own.abs_diff(correct * u128::from(bin.rows)) as f64 / summary.rows as f64;
        apart * apart / bin.rows as f64
    };
    partition(summary, of).without_interval(BIASED)
}

/// c/n (1 − c/n).
pub(super) fn uncertainty(summary: &Summary<'_>) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let n = summary.rows as f64;
    let value = (summary.correct as f64 / n) * ((summary.rows - summary.correct) as f64 / n);
    Measure::value(value).without_interval("it follows from the accuracy, which has one")
}

/// Σ over the bins with rows, over n.
fn partition(summary: &Summary<'_>, of: impl Fn(&Bin) -> f64) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let filled = summary.aggregate::<Calibration>().0.iter().filter(|bin| bin.rows > 0);
    Measure::value(filled.map(of).sum::<f64>() / summary.rows as f64)
}

/// |right rows − Σ confidence| of one bin, in units of 2⁻³⁰.
fn gap(bin: &Bin) -> u128 {
    (u128::from(bin.correct) << SHARE_BITS).abs_diff(bin.confidence)
}
