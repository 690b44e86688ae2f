//! Integers of 192 bits: sums of squares that cannot overflow.

use std::cmp::Ordering;

/// A non-negative integer below 2¹⁹².
///
/// 2⁶⁴ squares of 64-bit values fit, so a sum over rows never passes its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wide {
    high: u64,
    low: u128,
}

const HALF: u128 = u64::MAX as u128;
const TWO_128: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0;

impl Wide {
    /// Bytes of the canonical form.
    pub const BYTES: usize = 24;

    /// `a` · `b`, which always fits.
    pub fn product(a: u128, b: u64) -> Self {
        let lower = (a & HALF) * u128::from(b);
        // At most (2⁶⁴ − 1)² + 2⁶⁴ − 1, so it fits.
        let upper = (a >> 64) * u128::from(b) + (lower >> 64);
        #[allow(clippy::cast_possible_truncation, reason = "the upper half of 128 bits")]
        let high = (upper >> 64) as u64;
        Self { high, low: (upper << 64) | (lower & HALF) }
    }

    /// Adds `value`². At most 2⁶⁴ times, which is more than there are rows.
    #[inline]
    pub fn add_square(&mut self, value: u64) {
        let square = u128::from(value) * u128::from(value);
        let (low, carry) = self.low.overflowing_add(square);
        self.low = low;
        // Cannot wrap: of squares of 128 bits, before 2⁶⁴ rows.
        self.high = self.high.wrapping_add(u64::from(carry));
    }

    /// The sum; `None` from 2¹⁹² up.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (low, carry) = self.low.overflowing_add(other.low);
        let high = self.high.checked_add(other.high)?.checked_add(u64::from(carry))?;
        Some(Self { high, low })
    }

    /// The difference; `None` below 0.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        let high = self.high.checked_sub(other.high)?.checked_sub(u64::from(borrow))?;
        Some(Self { high, low })
    }

    /// The nearest double, give or take one.
    pub fn to_f64(self) -> f64 {
        self.high as f64 * TWO_128 + self.low as f64
    }

    /// Little-endian bytes.
    pub fn to_le_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..16].copy_from_slice(&self.low.to_le_bytes());
        bytes[16..].copy_from_slice(&self.high.to_le_bytes());
        bytes
    }

    /// The integer with these little-endian bytes.
    pub fn from_le_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let (mut low, mut high) = ([0; 16], [0; 8]);
        low.copy_from_slice(&bytes[..16]);
        high.copy_from_slice(&bytes[16..]);
        Self { high: u64::from_le_bytes(high), low: u128::from_le_bytes(low) }
    }
}

impl From<u128> for Wide {
    fn from(low: u128) -> Self {
        Self { high: 0, low }
    }
}

impl Ord for Wide {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.high, self.low).cmp(&(other.high, other.low))
    }
}

impl PartialOrd for Wide {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Σ (v − mean)² over `rows` integers from their exact `sum` and `squares`,
/// rounded only at the end; `None` if no integers have these sums.
///
/// With m the integer nearest to the mean and r = Σ (v − m), it is
/// Σ (v − m)² − r²/n. The first term is exact, and the second at most half of
/// it, so nothing cancels: values that are all alike have no deviation at all.
pub fn squared_deviations(sum: u128, squares: Wide, rows: u64) -> Option<f64> {
    if rows == 0 {
        return (sum == 0 && squares == Wide::default()).then_some(0.0);
    }
    let n = u128::from(rows);
    let nearest = sum.checked_add(n / 2)? / n;
    let centre = u64::try_from(nearest).ok()?;
    let around = nearest.checked_mul(n)?;
    // Σ (v − m)² = Σ v² + m (m n) − 2 m Σ v
    let twice = Wide::product(sum, centre);
    let apart = squares.checked_add(Wide::product(around, centre))?;
    let apart = apart.checked_sub(twice)?.checked_sub(twice)?;
    // |r| is at most n/2, so its square fits; r² ≤ n Σ (v − m)².
    let rest = sum.abs_diff(around);
    let square = rest * rest;
    let possible = apart >= Wide::from(square.div_ceil(n));
    possible.then(|| apart.to_f64() - square as f64 / rows as f64)
}

#[cfg(test)]
mod tests {
    use super::{Wide, squared_deviations};

    #[test]
    fn deviations_from_the_mean_are_those_of_the_values() {
        let of = |values: &[u64]| {
            let mut squares = Wide::default();
            values.iter().for_each(|&value| squares.add_square(value));
            let sum = values.iter().copied().map(u128::from).sum();
            squared_deviations(sum, squares, values.len() as u64)
        };
        assert_eq!(of(&[]), Some(0.0));
        assert_eq!(of(&[1 << 52; 7]), Some(0.0));
        assert_eq!(of(&[3, 4, 8]), Some(14.0));
        assert_eq!(of(&[1 << 52, (1 << 52) + 2]), Some(2.0));
        assert_eq!(of(&[5, 5, 5, 6]), Some(0.75));
        assert_eq!(squared_deviations(6, Wide::from(11), 3), None);
        assert_eq!(squared_deviations(1, Wide::from(0), 0), None);
    }

    #[test]
    fn sums_products_and_differences_carry() {
        let most = Wide::product(u128::MAX, u64::MAX);
        // (2¹²⁸ − 1)(2⁶⁴ − 1) = 2¹⁹² − 2¹²⁸ − 2⁶⁴ + 1
        assert_eq!(most, Wide { high: u64::MAX - 1, low: u128::MAX - u128::from(u64::MAX) + 1 });
        assert_eq!(most.checked_add(most), None);
        assert_eq!(Wide::from(1).checked_sub(Wide::from(2)), None);
        let two_128 = Wide { high: 1, low: 0 };
        assert_eq!(Wide::from(u128::MAX).checked_add(Wide::from(1)), Some(two_128));
        assert_eq!(two_128.checked_sub(Wide::from(1)), Some(Wide::from(u128::MAX)));
        assert!((two_128.to_f64() - 2_f64.powi(128)).abs() < 1.0);
        assert_eq!(Wide::from_le_bytes(most.to_le_bytes()), most);
        let mut squares = Wide::default();
        (0..3).for_each(|_| squares.add_square(u64::MAX));
        assert_eq!(squares, Wide::product(u128::from(u64::MAX) * 3, u64::MAX));
    }
}
