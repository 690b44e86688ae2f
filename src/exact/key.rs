//! Floats as unsigned integers of the same order.
//!
//! A key compares as its float does: −0 equals +0, −∞ is below every other.
//! NaN has no place in an order; whoever makes keys screens it first.

/// An unsigned integer that stands for a score in comparisons.
pub trait Key: Copy + Ord + Send + Sync + std::fmt::Debug + 'static {
    /// What the key holds below its upper 16 bits.
    type Low: Copy + Ord + Default + Send + Sync + 'static;

    /// The greatest key.
    const MAX: Self;

    /// The upper 16 bits.
    fn bucket(self) -> usize;
    /// The rest.
    fn low(self) -> Self::Low;
    /// The key of a bucket and a rest.
    fn join(bucket: usize, low: Self::Low) -> Self;
    /// The rest as an index, if it has no more than 16 bits.
    fn index(low: Self::Low) -> Option<u16>;
    /// The rest of 16 bits from its index.
    fn from_index(bucket: usize, index: u16) -> Self;
    /// The key, widened.
    fn wide(self) -> u64;
}

#[allow(clippy::cast_possible_truncation, reason = "halves of a word, and buckets below 2^16")]
impl Key for u32 {
    type Low = u16;

    const MAX: Self = Self::MAX;

    #[inline(always)]
    fn bucket(self) -> usize {
        (self >> 16) as usize
    }

    #[inline(always)]
    fn low(self) -> u16 {
        self as u16
    }

    #[inline(always)]
    fn join(bucket: usize, low: u16) -> Self {
        Self::from_index(bucket, low)
    }

    #[inline(always)]
    fn index(low: u16) -> Option<u16> {
        Some(low)
    }

    #[inline(always)]
    fn from_index(bucket: usize, index: u16) -> Self {
        (bucket as u32) << 16 | u32::from(index)
    }

    #[inline(always)]
    fn wide(self) -> u64 {
        self.into()
    }
}

impl Key for u64 {
    type Low = Self;

    const MAX: Self = Self::MAX;

    #[inline(always)]
    fn bucket(self) -> usize {
        (self >> 48) as usize
    }

    #[inline(always)]
    fn low(self) -> Self {
        self & ((1 << 48) - 1)
    }

    #[inline(always)]
    fn join(bucket: usize, low: Self) -> Self {
        (bucket as Self) << 48 | low
    }

    #[inline(always)]
    fn index(_: Self) -> Option<u16> {
        None
    }

    fn from_index(bucket: usize, index: u16) -> Self {
        Self::join(bucket, index.into())
    }

    #[inline(always)]
    fn wide(self) -> u64 {
        self
    }
}

/// The key of a single-precision score that is no NaN.
#[inline(always)]
pub fn of_f32(score: f32) -> u32 {
    // Adding +0 turns −0 into +0 and leaves all else as it is.
    let bits = (score + 0.0).to_bits();
    bits ^ ((bits.cast_signed() >> 31).cast_unsigned() | 1 << 31)
}

/// The score of a key made by [`of_f32`].
pub fn to_f32(key: u32) -> f32 {
    f32::from_bits(if key >> 31 == 1 { key ^ 1 << 31 } else { !key })
}

/// The key of a double-precision score that is no NaN.
#[inline(always)]
pub fn of_f64(score: f64) -> u64 {
    let bits = (score + 0.0).to_bits();
    bits ^ ((bits.cast_signed() >> 63).cast_unsigned() | 1 << 63)
}

/// The score of a key made by [`of_f64`].
pub fn to_f64(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key ^ 1 << 63 } else { !key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_compare_as_floats_do_and_lead_back() {
        let ladder = [
            f64::NEG_INFINITY,
            -f64::from(f32::MAX),
            -1.0,
            -f64::from(f32::MIN_POSITIVE),
            -1e-45,
            0.0,
            1e-45,
            f64::from(f32::MIN_POSITIVE),
            0.5,
            1.0,
            f64::from(f32::MAX),
        ];
        for pair in ladder.windows(2) {
            #[allow(clippy::cast_possible_truncation, reason = "singles, widened")]
            let (low, high) = (pair[0] as f32, pair[1] as f32);
            assert!(of_f32(low) < of_f32(high), "{low:e} {high:e}");
            assert!(of_f64(pair[0]) < of_f64(pair[1]), "{pair:?}");
            assert_eq!(to_f32(of_f32(high)), high);
            assert_eq!(to_f64(of_f64(pair[1])), pair[1]);
        }
        assert_eq!(of_f32(-0.0), of_f32(0.0));
        assert_eq!(of_f64(-0.0), of_f64(0.0));
    }
}
