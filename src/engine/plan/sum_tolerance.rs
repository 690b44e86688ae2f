//! The distance from 1 that the sum of a row of probabilities may have.
//!
//! Probabilities that were rounded on export do not sum to 1 any more: each is off
//! by up to half a unit of its last decimal.

use super::clip::nearest;
use crate::exact::ScoreType;
use crate::exact::fixed::UNIT;
use crate::kernel::rows;

/// No rounding lets a row be further off.
const MOST: f64 = 0.05;

/// More decimals are not told apart: so many are too many to matter, whatever the
/// number of classes. A double holds integers of as many digits.
const MOST_DECIMALS: u32 = 15;

/// 10 to the power of `decimals`; every one here is exact.
fn power(decimals: u32) -> f64 {
    const POWERS: [f64; 18] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17,
    ];
    POWERS[(decimals as usize).min(POWERS.len() - 1)]
}

/// Units of 2⁻³⁰ that a sum may lose beside its tolerance: half a unit in the last
/// place of single precision, and every term is truncated.
fn slack(columns: usize) -> u64 {
    64 + columns as u64
}

/// What rounding to `decimals` lets a row of `columns` be off by; where that is no
/// more than usual, `None`.
pub(crate) fn of_rounding(stored_as: ScoreType, columns: usize, decimals: u32) -> Option<f64> {
    let off = columns as f64 * 0.5 / power(decimals);
    let usual = rows::sum_tolerance(stored_as) as f64 / UNIT as f64;
    // A thousandth is not a binary fraction: 1 unit is no difference.
    (off > usual + 1.0 / UNIT as f64).then_some(off.min(MOST))
}

/// The tolerance in units of 2⁻³⁰, for rows that may be off by so much for being
/// rounded.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most 0.05 and what a type of scores rounds a sum of about 1 by"
)]
pub(crate) fn in_units(stored_as: ScoreType, columns: usize, rounding: Option<f64>) -> u64 {
    let units = |value: f64| libm::ceil(value * UNIT as f64) as u64;
    // A narrow type rounds the decimals once more.
    let stored = match stored_as {
        ScoreType::F16 => 1.0 / 2048.0,
        ScoreType::Bf16 => 1.0 / 256.0,
        ScoreType::F32 | ScoreType::F64 => 0.0,
    };
    let usual = rows::sum_tolerance(stored_as);
    slack(columns) + rounding.map_or(usual, |off| units(off + stored).max(usual))
}

/// The tolerance of `units` as it is said: without what is lost in adding up.
pub(crate) fn said(units: u64, columns: usize) -> f64 {
    let of = units.saturating_sub(slack(columns)) as f64 / UNIT as f64;
    (of * 1e6).round() / 1e6
}

/// The tolerance for rows that were divided by their sums: what is left is
/// rounding, of which there is little.
pub(crate) const OF_DIVIDED: f64 = MOST;

/// The decimals that tell every score of a type from its neighbours: the most of
/// any, each in the fewest that round to it. `None` if some need `enough` or more.
pub(crate) fn decimals(
    scores: impl IntoIterator<Item = f64>,
    stored_as: ScoreType,
    enough: u32,
) -> Option<u32> {
    let enough = enough.min(MOST_DECIMALS);
    let mut most = 0;
    for score in scores {
        while most < enough && !is_decimal(score, most, stored_as) {
            most += 1;
        }
    }
    (most < enough).then_some(most)
}

/// Whether a score is the one nearest to a number of so many decimals. The quotient
/// of two integers that a double holds is rounded once.
fn is_decimal(score: f64, decimals: u32, stored_as: ScoreType) -> bool {
    let scale = power(decimals);
    nearest(stored_as, (score * scale).round() / scale) == score
}

/// The fewest decimals with which rounding is no matter any more.
pub(crate) fn enough_decimals(stored_as: ScoreType, columns: usize) -> u32 {
    let matters = |decimals: &u32| of_rounding(stored_as, columns, *decimals).is_some();
    (0..MOST_DECIMALS).find(|decimals| !matters(decimals)).unwrap_or(MOST_DECIMALS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0.13 has two decimals in every type, however it is stored.
    #[test]
    fn decimals_are_those_that_were_written() {
        let types = [ScoreType::F16, ScoreType::Bf16, ScoreType::F32, ScoreType::F64];
        for of in types {
            let stored = |values: &[f64]| {
                let each = values.iter().map(|&value| nearest(of, value)).collect::<Vec<_>>();
                decimals(each, of, 9)
            };
            assert_eq!(stored(&[0.0, 1.0, -0.0]), Some(0), "{of:?}");
            assert_eq!(stored(&[0.5, 0.13, 1.0]), Some(2), "{of:?}");
            assert_eq!(stored(&[0.001, 0.9]), Some(3), "{of:?}");
        }
        assert_eq!(decimals([1.0 / 3.0], ScoreType::F64, 9), None);
        assert_eq!(decimals([f64::from(1.0_f32 / 3.0)], ScoreType::F32, 9), Some(8));
        assert_eq!(decimals([0.1 + 0.2], ScoreType::F64, 15), None);
        assert_eq!(decimals([0.123_456_78], ScoreType::F64, 9), Some(8));
        assert_eq!(decimals([], ScoreType::F64, 4), Some(0));
    }

    #[test]
    fn rounding_widens_the_tolerance_to_a_twentieth_at_most() {
        let of = |columns, decimals| of_rounding(ScoreType::F64, columns, decimals);
        assert_eq!((of(3, 2), of(10, 2), of(10, 3)), (Some(0.015), Some(0.05), Some(0.005)));
        assert_eq!((of(2, 0), of(1_000, 2)), (Some(0.05), Some(0.05)));
        assert_eq!((of(2, 3), of(10, 4), of(1_000, 6)), (None, None, None));
        assert_eq!(of_rounding(ScoreType::Bf16, 9, 3), None);
        assert_eq!(enough_decimals(ScoreType::F64, 10), 4);
        assert_eq!(said(in_units(ScoreType::F64, 10, Some(0.05)), 10), 0.05);
        assert_eq!(said(in_units(ScoreType::F64, 1_000, None), 1_000), 0.001);
    }
}
