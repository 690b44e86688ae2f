//! Sums over rows of fixed-point values.

/// The sum of non-negative fixed-point values and of their squares.
///
/// A value enters `squares` shifted right by [`shift`](Self::shift) bits, so
/// that one square fits 64 bits on any device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    /// Σ v.
    pub sum: u128,
    /// Σ (v ≫ shift)².
    pub squares: u128,
    /// Bits dropped before squaring.
    pub shift: u32,
}

impl Moments {
    /// Empty sums of values below 2^(32 + `shift`).
    pub const fn new(shift: u32) -> Self {
        Self { sum: 0, squares: 0, shift }
    }

    /// Adds one value.
    pub fn add(&mut self, value: u64) {
        let high = value >> self.shift;
        self.sum += u128::from(value);
        self.squares += u128::from(high * high);
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
