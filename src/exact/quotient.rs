//! Quotients, floored exactly.

/// floor(`numerator` · 2³¹ / `denominator`), for `numerator` ≤ `denominator`
/// and 0 < `denominator` < 2⁶³.
///
/// Gives the integer that [`ratio_restoring`] gives, faster: a quotient in f64
/// is within one of it, and one exact product tells which.
#[inline]
pub fn ratio(numerator: u64, denominator: u64) -> u32 {
    debug_assert!(numerator <= denominator && denominator < 1 << 63);
    let scaled = u128::from(numerator) << 31;
    let product = |quotient: u64| u128::from(quotient) * u128::from(denominator);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the quotient is at most 2^31; it is corrected below"
    )]
    let mut quotient = (numerator as f64 / denominator as f64 * 2_147_483_648.0) as u64;
    if product(quotient) > scaled {
        quotient -= 1;
    } else if product(quotient + 1) <= scaled {
        quotient += 1;
    }
    #[allow(clippy::cast_possible_truncation, reason = "numerator <= denominator")]
    let quotient = quotient as u32;
    quotient
}

/// [`ratio`] by restoring division, bit by bit, as a shader does it.
pub fn ratio_restoring(numerator: u64, denominator: u64) -> u32 {
    let mut quotient = u32::from(numerator >= denominator);
    let mut rest = if numerator >= denominator { numerator - denominator } else { numerator };
    for _ in 0..31 {
        rest <<= 1;
        quotient <<= 1;
        if rest >= denominator {
            rest -= denominator;
            quotient |= 1;
        }
    }
    quotient
}
