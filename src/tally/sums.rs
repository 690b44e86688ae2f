//! Sums over rows of fixed-point values.

use super::Wide;
use crate::exact::squared_deviations;

/// The sum of non-negative fixed-point values and of their squares, both exact.
///
/// A value is at most 2⁵², so no number of rows passes the end of a sum. A
/// device that adds squares in four words of 32 bits can do so for fewer than
/// 2²⁴ rows before it has to hand them over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    /// Σ v.
    pub sum: u128,
    /// Σ v².
    pub squares: Wide,
}

impl Moments {
    /// Adds one value.
    #[inline]
    pub fn add(&mut self, value: u64) {
        // Cannot wrap: of values of 64 bits, before 2⁶⁴ rows.
        self.sum = self.sum.wrapping_add(u128::from(value));
        self.squares.add_square(value);
    }

    /// Σ (v − mean)² over the `rows` values; `None` if no values have these sums.
    pub fn deviation(&self, rows: u64) -> Option<f64> {
        squared_deviations(self.sum, self.squares, rows)
    }
}

/// The rows whose confidence lies in one interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    /// Rows.
    pub rows: u64,
    /// Rows that are right.
    pub correct: u64,
    /// Σ confidence, in units of 2⁻³⁰.
    pub confidence: u128,
}
