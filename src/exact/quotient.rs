//! Quotients, floored exactly.

/// A denominator that several numerators are divided by.
#[derive(Clone, Copy, Debug)]
pub struct Denominator {
    value: u64,
    inverse: f64,
}

impl Denominator {
    /// `value` lies in 1..2⁶².
    #[inline]
    pub fn new(value: u64) -> Self {
        debug_assert!(value > 0 && value < 1 << 62);
        Self { value, inverse: 2_147_483_648.0 / as_f64(value) }
    }

    /// floor(`numerator` · 2³¹ / denominator), for `numerator` ≤ denominator.
    ///
    /// Gives the integer that [`ratio_restoring`] gives, faster: a product in
    /// f64 is within one of it, and the exact rest, which fits 64 bits, tells
    /// which.
    #[inline]
    pub fn ratio(&self, numerator: u64) -> u32 {
        debug_assert!(numerator <= self.value);
        #[allow(clippy::cast_possible_truncation, reason = "at most 2^31, give or take one")]
        let guess = (as_f64(numerator) * self.inverse) as i64;
        let (quotient, _) = self.settle(guess, numerator << 31);
        #[allow(clippy::cast_possible_truncation, reason = "a quotient of 0..=2^31")]
        let quotient = quotient as u32;
        quotient
    }

    /// Quotient and rest, for a `numerator` below 2⁶² and a quotient up to 2²⁰.
    #[inline(always)]
    pub fn divide(&self, numerator: u64) -> (u64, u64) {
        debug_assert!(numerator < 1 << 62 && numerator / self.value <= 1 << 20);
        #[allow(clippy::cast_possible_truncation, reason = "at most 2^20, give or take one")]
        let guess = (as_f64(numerator) * self.inverse * (1.0 / 2_147_483_648.0)) as i64;
        self.settle(guess, numerator)
    }

    /// Quotient and rest, for a `guess` within one of the quotient. The `numerator`
    /// may have lost bits above the 64th; the rest fits.
    #[inline(always)]
    fn settle(&self, guess: i64, numerator: u64) -> (u64, u64) {
        let guess = guess.cast_unsigned();
        let rest = numerator.wrapping_sub(guess.wrapping_mul(self.value));
        let above = u64::from(rest.cast_signed() >= self.value.cast_signed());
        let below = u64::from(rest.cast_signed() < 0);
        // Both factors are 0 or 1.
        let rest = rest
            .wrapping_sub(above.wrapping_mul(self.value))
            .wrapping_add(below.wrapping_mul(self.value));
        (guess.wrapping_add(above).wrapping_sub(below), rest)
    }
}

/// The nearest double. Signed conversion is one instruction; the value is below 2⁶³.
#[inline(always)]
fn as_f64(value: u64) -> f64 {
    value.cast_signed() as f64
}

/// [`Denominator::ratio`] by restoring division, bit by bit, as a shader does it.
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
