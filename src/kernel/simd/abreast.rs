//! The values of rows side by side: quotients, logarithms and bins, a row in each lane.
//!
//! Each function gives the integers of its namesake in [`exact`](crate::exact) or
//! [`rows`](crate::kernel::rows), for any vector. Where those divide or round, these may
//! go another way, since whole numbers leave no choice of the result.

use super::lanes::{Doubles, Ints, high_words, low_words, to_doubles, to_ints, wide};
use crate::exact::ln::{INVERSE, LN_2, LN_TABLE};
use crate::kernel::rows::narrow::BinEdges;

/// The upper words of products of 32 bits.
#[inline(always)]
unsafe fn high_product<I: Ints>(a: I, b: I) -> I {
    // SAFETY: the caller has checked for the instructions.
    unsafe { high_words([a.mul(b), a.shr64(32).mul(b.shr64(32))]) }
}

/// [`ln_mantissa`](crate::exact::ln::ln_mantissa).
#[inline(always)]
unsafe fn ln_mantissa<I: Ints>(mantissa: I) -> I {
    // SAFETY: the caller has checked for the instructions.
    unsafe {
        let place = mantissa.shr32(24).and(I::splat32(0x7f));
        let rest = mantissa.and(I::splat32(0x00ff_ffff)).shl32(1);
        let r = high_product(rest, place.of_table(&INVERSE));
        let r2 = high_product(r, r);
        let r3 = high_product(r2, r);
        let r4 = high_product(r2, r2);
        // ⌊r³/3⌋ for any word.
        let third = high_product(r3, I::splat32(0xaaaa_aaab)).shr32(1);
        let ln = r.sub32(r2.shr32(1)).add32(third).sub32(r4.shr32(2));
        place.of_table(&LN_TABLE).add32(ln)
    }
}

/// −ln of numbers up to 1: 2³¹ times their mantissas, and exponents that are not above 0
/// without their sign, even and odd lanes.
#[inline(always)]
pub(super) unsafe fn neg_ln<I: Ints>(mantissas: I, exponents: [I; 2]) -> [I; 2] {
    // SAFETY: the caller has checked for the instructions.
    unsafe {
        let mut losses = wide(ln_mantissa(mantissas));
        for (loss, exponent) in losses.iter_mut().zip(exponents) {
            // A mantissa below 2 has a logarithm of at most ln 2.
            *loss = exponent.mul(I::splat64(LN_2)).sub64(*loss);
        }
        losses
    }
}

/// The squared error of probabilities: the label's in units of 2⁻³⁰, and the sum of all
/// squares but that one.
#[inline(always)]
pub(super) unsafe fn squared_error<I: Ints>(of_label: [I; 2], others: [I; 2]) -> I {
    // SAFETY: the caller has checked for the instructions.
    unsafe {
        let mut errors = of_label;
        for (error, others) in errors.iter_mut().zip(others) {
            let miss = I::splat64(1 << 30).sub64(*error);
            *error = miss.mul(miss).add64(others).shr64(30);
        }
        low_words(errors)
    }
}

/// Softmax terms in units of 2⁻⁴⁰, even and odd lanes.
pub(super) type Sum<I> = [I; 2];

/// What rows of logits are made of.
pub(super) struct Logits<I> {
    /// Sums of all terms, from 2⁴⁰ to 2⁵².
    pub(super) values: Sum<I>,
    /// Sums of their squares without the label's.
    pub(super) other_squares: Sum<I>,
    /// The label's term.
    pub(super) of_label: Sum<I>,
    /// The term of the prediction.
    pub(super) top: Sum<I>,
    /// From the label's score to the highest, in units of 2⁻³² and below 2⁵¹.
    pub(super) gap: [I; 2],
}

/// What rows come to, apart from predictions and ranks.
pub(super) struct Measures<I> {
    pub(super) confidence: I,
    pub(super) squared_error: I,
    /// Even and odd lanes.
    pub(super) loss: [I; 2],
    pub(super) bin: I,
}

impl<I: Ints> Measures<I> {
    /// Of rows of which nothing is measured.
    #[inline(always)]
    pub(super) unsafe fn none() -> Self {
        // SAFETY: the caller has checked for the instructions.
        let none = unsafe { I::none() };
        Self { confidence: none, squared_error: none, loss: [none; 2], bin: none }
    }
}

/// A denominator, [`Denominator`](crate::exact::Denominator) below 2⁵².
struct Whole<D: Doubles> {
    value: D::Ints,
    high: D::Ints,
    inverse: D,
}

impl<D: Doubles> Whole<D> {
    #[inline(always)]
    unsafe fn new(value: D::Ints) -> Self {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let inverse = D::splat(2_147_483_648.0).div(to_doubles(value));
            Self { value, high: value.shr64(32), inverse }
        }
    }

    /// Quotient and rest of a numerator modulo 2⁶⁴, from a double within 2⁻² of the
    /// quotient, which is below 2³²: rounded to nearest it is the quotient or one more.
    #[inline(always)]
    unsafe fn settle(&self, guess: D, numerator: D::Ints) -> [D::Ints; 2] {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let guess = to_ints(guess);
            let product = guess.mul(self.value).add64(guess.mul(self.high).shl64(32));
            let rest = numerator.sub64(product);
            let above = rest.negative64();
            [guess.add64(above), rest.add64(self.value.and(above))]
        }
    }

    /// ⌊numerator · 2³¹ / denominator⌋, for a numerator up to the denominator.
    #[inline(always)]
    unsafe fn ratio(&self, numerator: D::Ints) -> D::Ints {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let guess = to_doubles::<D>(numerator).mul(self.inverse);
            let [quotient, _] = self.settle(guess, numerator.shl64(31));
            quotient
        }
    }

    /// ⌊part · count / denominator⌋, and all bits where that leaves no rest.
    #[inline(always)]
    unsafe fn bin(&self, part: D::Ints, count: u32) -> [D::Ints; 2] {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let factor = D::splat(f64::from(count) / 2_147_483_648.0);
            let guess = to_doubles::<D>(part).mul(self.inverse).mul(factor);
            let count = D::Ints::splat64(count.into());
            let numerator = part.mul(count).add64(part.shr64(32).mul(count).shl64(32));
            let [bin, rest] = self.settle(guess, numerator);
            [bin, rest.zero64()]
        }
    }

    /// ln of the denominator: 2⁻³¹ of its mantissa, and its exponent times ln 2.
    #[inline(always)]
    unsafe fn ln_parts(&self) -> [D::Ints; 2] {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let bits = to_doubles::<D>(self.value).bits();
            let exponent = bits.shr64(52).sub64(D::Ints::splat64(1_023 + 40));
            [bits.shr64(21), exponent.mul(D::Ints::splat64(LN_2))]
        }
    }
}

impl<I: Ints> Logits<I> {
    /// As [`row`](crate::kernel::rows::row) measures rows.
    #[inline(always)]
    pub(super) unsafe fn measured<D: Doubles<Ints = I>>(&self, bins: BinEdges) -> Measures<I> {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let none = [I::none(); 2];
            let (mut confidence, mut squared_error, mut bin) = (none, none, none);
            let (mut on_edge, mut mantissa, mut loss) = (none, none, none);
            for half in 0..2 {
                let whole = Whole::<D>::new(self.values[half]);
                confidence[half] = whole.ratio(self.top[half]).shr64(1);
                let miss = whole.ratio(whole.value.sub64(self.of_label[half]));
                let rest = whole.ratio(self.other_squares[half]);
                let rest = whole.ratio(rest.shl64(9));
                squared_error[half] = miss.mul(miss).shr64(32).add64(rest.shr64(1));
                [bin[half], on_edge[half]] = whole.bin(self.top[half], bins.count);
                let exponent;
                [mantissa[half], exponent] = whole.ln_parts();
                loss[half] = exponent.add64(self.gap[half]);
            }
            let mantissa = low_words(mantissa).or(I::splat32(1 << 31));
            for (loss, ln) in loss.iter_mut().zip(wide(ln_mantissa(mantissa))) {
                *loss = loss.add64(ln);
            }
            let on_edge = low_words(on_edge).and(I::splat32(bins.right_closed.into()));
            let last = I::splat32(bins.count - 1);
            Measures {
                confidence: low_words(confidence),
                squared_error: low_words(squared_error),
                loss,
                bin: low_words(bin).less32(on_edge).min32(last),
            }
        }
    }
}
