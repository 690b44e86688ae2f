//! The terms of a softmax: e^(x − m) for the scores x of a row with maximum m.

/// Halved gaps from here on give a term of 0: e⁻²⁸ < 2⁻⁴⁰.
pub const ZERO_FROM: f32 = 14.0;

/// 2·log₂e: turns a halved gap into powers of two.
pub const TWO_LOG2_E: f32 = 2.885_39;

/// (1 − 2⁻ᶠ)/f on [−½, ½], lowest power first; a term is within 1e-7 of f64.
#[allow(clippy::approx_constant, reason = "a fitted coefficient that happens to be near ln 2")]
pub const COEFFICIENTS: [f32; 6] =
    [0.693_147_2, -0.240_226_5, 0.055_503_57, -0.009_618_057, 0.001_339_086_7, -0.000_154_614_48];

/// 1 in units of a term.
pub const ONE: u64 = 1 << 40;

/// One term and its square, both in units of 2⁻⁴⁰, truncated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// e^(x − m); at most [`ONE`].
    pub value: u64,
    /// Its square.
    pub square: u64,
}

/// The term of a halved gap h = m·½ − x·½ ≥ 0.
///
/// 2h·log₂e is split into n + f, f in [−½, ½]; e = 2⁻ᶠ comes from a polynomial
/// in single operations, and the power 2⁻ⁿ is a shift of the integer. e is
/// truncated to 2⁻³⁰ and e² to 2⁻²⁹ before the shift, then to 2⁻⁴⁰ by it.
#[inline(always)]
pub fn term(h: f32) -> Term {
    // From the limit on the term is 0, as it is at the limit.
    let h = if h < ZERO_FROM { h } else { ZERO_FROM };
    let y = h * TWO_LOG2_E;
    let n = truncate(y + 0.5);
    let f = y - n as f32;
    let [c0, c1, c2, c3, c4, c5] = COEFFICIENTS;
    let mut p = c5;
    p = p * f + c4;
    p = p * f + c3;
    p = p * f + c2;
    p = p * f + c1;
    p = p * f + c0;
    let e = 1.0 - f * p;
    // n is at most 40.
    let value = (u64::from(truncate(e * 1_073_741_824.0)) << 10).wrapping_shr(n);
    // e² ≤ 2, so from a shift of 42 on nothing is left.
    let square = (u64::from(truncate(e * e * 536_870_912.0)) << 11) >> (n << 1).min(63);
    Term { value, square }
}

/// The integer part of a float in 0.0..2³¹.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "callers stay within 0.0..2^31; dropping the fraction is the point"
)]
#[inline(always)]
pub(crate) fn truncate(value: f32) -> u32 {
    value as u32
}
