//! Floats to fixed point.

use super::exp::truncate;

/// 1 in units of a probability, confidence or squared error.
pub const UNIT: u64 = 1 << 30;

/// The largest loss that is told apart, 2²⁰ nats, in units of 2⁻³².
pub const LOSS_CAP: u64 = 1 << 52;

/// A probability in units of 2⁻³⁰, truncated. `p` lies in 0.0..=1.0.
#[inline(always)]
pub fn unit(p: f32) -> u32 {
    truncate(p * 1_073_741_824.0)
}

/// [`unit()`] of a double.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "p <= 1, so the product is at most 2^30; dropping the fraction is the point"
)]
#[inline(always)]
pub fn unit_f64(p: f64) -> u32 {
    (p * 1_073_741_824.0) as u32
}

/// Values nearer to 0 than this, 2³¹, fit 64 bits in units of 2⁻³².
pub const SMALL: f64 = 2_147_483_648.0;

/// `high − low` in units of 2⁻³², each truncated downwards to that unit first;
/// at most [`LOSS_CAP`]. Both are finite and `high` ≥ `low`.
///
/// From 2⁸⁰ on neighbouring doubles are more than the cap apart, so there the
/// difference is 0 or the cap, and below it 112 bits hold everything.
#[inline]
pub fn difference(high: f64, low: f64) -> u64 {
    if high.abs() < SMALL && low.abs() < SMALL {
        return difference_small(high, low);
    }
    const HUGE: f64 = 1_208_925_819_614_629_174_706_176.0; // 2⁸⁰
    if high.abs() >= HUGE || low.abs() >= HUGE {
        return if high > low { LOSS_CAP } else { 0 };
    }
    let gap = (fixed_large(high) - fixed_large(low)).unsigned_abs();
    u64::try_from(gap).unwrap_or(LOSS_CAP).min(LOSS_CAP)
}

/// [`difference`] of values nearer to 0 than 2³¹.
#[inline(always)]
pub fn difference_small(high: f64, low: f64) -> u64 {
    fixed_small(high).abs_diff(fixed_small(low)).min(LOSS_CAP)
}

/// floor(`value` · 2³²), for |`value`| < 2³¹. Scaling by a power of two is exact.
#[allow(clippy::cast_possible_truncation, reason = "|value| < 2^31, so the result fits 64 bits")]
#[inline(always)]
fn fixed_small(value: f64) -> i64 {
    let scaled = value * 4_294_967_296.0;
    let towards_zero = scaled as i64;
    // At least −2⁶³ + 1, as is said above.
    towards_zero.wrapping_sub(i64::from((towards_zero as f64) > scaled))
}

/// floor(`value` · 2³²), for |`value`| < 2⁸⁰, from its bits.
fn fixed_large(value: f64) -> i128 {
    let bits = value.to_bits();
    let exponent = i32::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
    let fraction = i128::from(bits & ((1 << 52) - 1));
    let (mantissa, exponent) =
        if exponent == 0 { (fraction, 1) } else { (fraction | (1 << 52), exponent) };
    let signed = if value < 0.0 { -mantissa } else { mantissa };
    // value = signed · 2^(exponent − 1075)
    match exponent - 1075 + 32 {
        left @ 0.. => signed << left,
        right => signed >> (-right).min(127),
    }
}
