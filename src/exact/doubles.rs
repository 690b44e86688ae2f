//! Double precision from integers alone, as shaders have it that know no doubles: the
//! bits of the CPU's operations, of two words each.
//!
//! Mirrored by `shaders/doubles.wgsl`. A double is given by its bits.

use super::fixed::LOSS_CAP;
use super::ln::{LN_2, ln_mantissa};

const MAGNITUDE: u64 = (1 << 63) - 1;
const FRACTION: u64 = (1 << 52) - 1;
const INFINITE: u64 = 0x7ff << 52;

/// 14 in single precision: from there on a term is 0.
const ZERO_FROM: u32 = 0x4160_0000;

/// An integer of the order of scores, equal for both zeros: 0 for −∞, and from
/// [`INFINITE_KEY`] on for +∞ and every NaN.
pub fn key(score: u64) -> u64 {
    let magnitude = score & MAGNITUDE;
    let signed = if score >> 63 == 1 { magnitude.wrapping_neg() } else { magnitude };
    signed.wrapping_add(INFINITE)
}

/// The key of +∞.
pub const INFINITE_KEY: u64 = INFINITE << 1;

/// The bits that a key stands for; those of +0 for zeros.
pub fn bits_of_key(key: u64) -> u64 {
    match key.checked_sub(INFINITE) {
        Some(magnitude) => magnitude,
        None => (INFINITE - key) | 1 << 63,
    }
}

/// A double from 0 up: digits · 2^(scale − 1140).
struct Rounded {
    /// 0, or from 2⁶² to 2⁶³, a multiple of 2¹⁰.
    digits: u64,
    scale: u32,
}

fn exponent(magnitude: u64) -> u32 {
    #[allow(clippy::cast_possible_truncation, reason = "11 bits")]
    let biased = (magnitude >> 52) as u32;
    biased.max(1)
}

/// 53 digits and three more, for what is rounded away.
fn digits(magnitude: u64) -> u64 {
    let implicit = if magnitude > FRACTION { 1 << 52 } else { 0 };
    ((magnitude & FRACTION) | implicit) << 3
}

/// `high − low` ≥ 0 of finite doubles, rounded to 53 bits, ties to even. A difference is
/// exact where it is subnormal, so nothing is rounded to fewer.
fn difference_in_53_bits(high: u64, low: u64) -> Rounded {
    let (a, b) = (high & MAGNITUDE, low & MAGNITUDE);
    let (large, small) = if a < b { (b, a) } else { (a, b) };
    // Digits that are shifted out leave a last bit that says that there were some.
    let shift = (exponent(large) - exponent(small)).min(63);
    let aligned = digits(small) >> shift;
    let lost = aligned << shift != digits(small);
    let aligned = aligned | u64::from(lost);
    let sum = match (high ^ low) >> 63 {
        1 => digits(large) + aligned,
        _ => digits(large) - aligned,
    };
    if sum == 0 {
        return Rounded { digits: 0, scale: 0 };
    }
    let leading = 63 - sum.leading_zeros();
    let digits = sum << (62 - leading);
    let digits = (digits + 0x1ff + (digits >> 10 & 1)) & !0x3ff;
    Rounded { digits, scale: exponent(large) + leading }
}

/// The bits of max·½ − score·½ ≥ 0, rounded to double and then to single precision, for
/// finite scores. A result that is below 2⁻⁴⁰ is 0 and one from 16 on is 14, which have the
/// same [`term`](super::exp::term).
pub fn half_gap(max: u64, score: u64) -> u32 {
    let Rounded { digits, scale } = difference_in_53_bits(max, score);
    if scale >= 952 + 131 {
        return ZERO_FROM;
    }
    if scale < 952 + 87 {
        return 0;
    }
    #[allow(clippy::cast_possible_truncation, reason = "words")]
    let (low, high) = (digits as u32, (digits >> 32) as u32);
    let sticky = high | u32::from(low != 0);
    // 24 digits, perhaps carried to 2²⁴, upon an exponent of one less.
    ((scale - 953) << 23) + ((sticky + 63 + (sticky >> 7 & 1)) >> 7)
}

/// 1 − p for a probability, +0 among them.
pub fn complement(p: u64) -> u64 {
    let Rounded { digits, scale } = difference_in_53_bits(1_f64.to_bits(), p);
    if digits == 0 { 0 } else { (u64::from(scale - 56) << 52) + (digits >> 10) }
}

/// [`fixed::unit_f64`](super::fixed::unit_f64) of a probability, without the sign of −0.
pub fn unit(p: u64) -> u32 {
    // 2^31 in 1..2, in units of 2^(exponent - 1054)
    let shift = 1024 - exponent(p);
    if shift < 32 { top_digits(p) >> shift } else { 0 }
}

/// [`ln::neg_ln`](super::ln::neg_ln) of a probability that is normal.
pub fn neg_ln(p: u64) -> u64 {
    let whole = u64::from(1023 - exponent(p)) * LN_2;
    whole.saturating_sub(u64::from(ln_mantissa(top_digits(p))))
}

/// The mantissa of a normal double in units of 2⁻³¹, truncated.
fn top_digits(bits: u64) -> u32 {
    #[allow(clippy::cast_possible_truncation, reason = "32 bits are left")]
    let digits = (bits >> 21) as u32;
    digits | 1 << 31
}

/// [`fixed::difference`](super::fixed::difference) of finite doubles, `high` ≥ `low`.
pub fn difference(high: u64, low: u64) -> u64 {
    let most = exponent(high & MAGNITUDE).max(exponent(low & MAGNITUDE));
    // From 2⁸⁰ on.
    if most >= 1023 + 80 {
        return if high == low { 0 } else { LOSS_CAP };
    }
    let gap = fixed(high).wrapping_sub(fixed(low));
    u64::try_from(gap).unwrap_or(LOSS_CAP).min(LOSS_CAP)
}

/// floor(x · 2³²) for |x| < 2⁸⁰, in two's complement.
fn fixed(bits: u64) -> u128 {
    let (magnitude, negative) = (bits & MAGNITUDE, bits >> 63 == 1);
    let digits = digits(magnitude) >> 3;
    // x · 2³² = digits · 2^(exponent − 1043)
    let size = match exponent(magnitude).checked_sub(1043) {
        Some(up) => u128::from(digits) << up,
        None => {
            let down = (1043 - exponent(magnitude)).min(63);
            let kept = digits >> down;
            u128::from(kept + u64::from(negative && kept << down != digits))
        }
    };
    if negative { size.wrapping_neg() } else { size }
}
