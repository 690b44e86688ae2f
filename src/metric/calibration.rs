//! Whether confidence is earned: metrics of the calibration bins.
//!
//! Empty bins contribute nothing. Gaps between right rows and confidence are
//! exact integers in units of 2⁻³⁰.

use super::measure::{Measure, NO_ROWS};
use super::score::{SHARE_BITS, SHARE_UNIT};
use super::summary::Summary;
use crate::tally::Bin;

/// Σ over bins of |right rows − Σ confidence|, over n.
pub(super) fn expected(summary: &Summary<'_>) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let gaps: u128 = summary.scores().calibration.iter().map(gap).sum();
    Measure::value(gaps as f64 / SHARE_UNIT / summary.rows as f64)
}

/// The largest |accuracy − mean confidence| of a bin.
pub(super) fn maximum(summary: &Summary<'_>) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let filled = summary.scores().calibration.iter().filter(|bin| bin.rows > 0);
    let gaps = filled.map(|bin| gap(bin) as f64 / SHARE_UNIT / bin.rows as f64);
    Measure::value(gaps.fold(0.0, f64::max))
}

/// The mean over classes of the expected calibration error of the class's own
/// probability, one class against the rest.
pub(super) fn classwise(summary: &Summary<'_>) -> Measure {
    let Some(bins) = &summary.scores().classwise else {
        unreachable!("Request::check and Summary::check come first");
    };
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let gaps: u128 = bins.iter().map(gap).sum();
    Measure::value(gaps as f64 / SHARE_UNIT / (summary.rows as f64 * summary.classes() as f64))
}

/// |right rows − Σ confidence| of one bin, in units of 2⁻³⁰.
fn gap(bin: &Bin) -> u128 {
    (u128::from(bin.correct) << SHARE_BITS).abs_diff(bin.confidence)
}
