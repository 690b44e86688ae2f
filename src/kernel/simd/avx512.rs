//! [`Vector`] of sixteen lanes.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "said once for all blocks of an implementation, above it"
)]

use std::arch::x86_64::*;

use super::softmax::{Softmax, Terms};
use super::vector::{Vector, Words};

/// SAFETY of every block: the trait's callers have checked for AVX-512.
impl Vector for __m512 {
    type Score = f32;
    const LANES: usize = 16;
    type Single = Self;
    type Words = __m512i;
    type Flags = __mmask16;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        unsafe { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_part(from: &[f32], filler: f32) -> Self {
        let lanes = u16::MAX >> (Self::LANES - from.len());
        // Lanes that are masked out are not read.
        unsafe { _mm512_mask_loadu_ps(_mm512_set1_ps(filler), lanes, from.as_ptr()) }
    }

    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        unsafe { _mm512_max_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn highest(self) -> f32 {
        unsafe { _mm512_reduce_max_ps(self) }
    }

    #[inline(always)]
    unsafe fn count_ge(self, threshold: Self, counts: Self::Words) -> Self::Words {
        unsafe {
            let ahead = _mm512_cmp_ps_mask::<_CMP_GE_OQ>(self, threshold);
            _mm512_mask_add_epi32(counts, ahead, counts, _mm512_set1_epi32(1))
        }
    }

    #[inline(always)]
    unsafe fn sum_counts(words: Self::Words) -> u32 {
        unsafe { _mm512_reduce_add_epi32(words).cast_unsigned() }
    }

    #[inline(always)]
    unsafe fn equal(self, other: Self) -> u32 {
        unsafe { u32::from(_mm512_cmp_ps_mask::<_CMP_EQ_OQ>(self, other)) }
    }

    #[inline(always)]
    unsafe fn no_flags() -> Self::Flags {
        0
    }

    #[inline(always)]
    unsafe fn flag_not_lt(self, limit: Self, flags: Self::Flags) -> Self::Flags {
        unsafe { flags | _mm512_cmp_ps_mask::<_CMP_NLT_UQ>(self, limit) }
    }

    #[inline(always)]
    unsafe fn any(flags: Self::Flags) -> bool {
        flags != 0
    }

    #[inline(always)]
    unsafe fn outside(self, low: Self, high: Self) -> u32 {
        unsafe {
            let below = _mm512_cmp_ps_mask::<_CMP_NGE_UQ>(self, low);
            let above = _mm512_cmp_ps_mask::<_CMP_NLE_UQ>(self, high);
            u32::from(below | above)
        }
    }

    #[inline(always)]
    unsafe fn blend(self, on: Self, mask: u32) -> Self {
        let [low, high, ..] = mask.to_le_bytes();
        unsafe { _mm512_mask_blend_ps(u16::from_le_bytes([low, high]), self, on) }
    }

    #[inline(always)]
    unsafe fn add_units(self, values: &mut Self::Words, squares: &mut Self::Words) {
        unsafe {
            let even = _mm512_cvttps_epi32(self.mul(Self::splat(1_073_741_824.0)));
            let odd = _mm512_srli_epi64::<32>(even);
            let even = _mm512_and_si512(even, _mm512_set1_epi64(0xffff_ffff));
            *values = _mm512_add_epi64(*values, _mm512_add_epi64(even, odd));
            let (even, odd) = (_mm512_mul_epu32(even, even), _mm512_mul_epu32(odd, odd));
            *squares = _mm512_add_epi64(*squares, _mm512_add_epi64(even, odd));
        }
    }

    #[inline(always)]
    unsafe fn gaps(self, scores: *const f32) -> Self {
        unsafe { self.sub(Self::load(scores)) }
    }

    #[inline(always)]
    unsafe fn gaps_part(self, scores: &[f32]) -> Self {
        unsafe { self.sub(Self::load_part(scores, f32::NEG_INFINITY)) }
    }
}

/// SAFETY of every block: the trait's callers have checked for AVX-512.
impl Words for __m512i {
    #[inline(always)]
    unsafe fn none() -> Self {
        unsafe { _mm512_setzero_si512() }
    }

    #[inline(always)]
    unsafe fn sum(self) -> u64 {
        unsafe { _mm512_reduce_add_epi64(self).cast_unsigned() }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        unsafe { _mm512_storeu_si512(to.cast(), self) }
    }
}

/// What the bits of a float are worth where they stand for exponent and fraction of
/// a double: the two have biases of 127 and 1,023.
const SCALE: f64 = f64::from_bits(127 << 52);

/// A sum of no terms. From here to twice as much, the last bit is worth 2⁻⁴⁰.
const NO_TERMS: f64 = 4_096.0 * SCALE;

/// 2²³: a float from here on has no room for a fraction.
const WHOLE: f32 = 8_388_608.0;

const TOWARDS_ZERO: i32 = _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC;

/// Terms stay floats: e·2⁻ⁿ is exact, and its square is rounded as e² is. Sums are
/// doubles that begin at [`NO_TERMS`]: rounded towards zero, they drop of every term
/// what is below 2⁻⁴⁰.
///
/// SAFETY of every block: the trait's callers have checked for AVX-512.
impl Softmax for __m512 {
    /// [`WHOLE`] + n: the low bits are n.
    type Powers = __m512;
    type Sum = __m512d;

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        unsafe { _mm512_add_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        unsafe { _mm512_sub_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        unsafe { _mm512_mul_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn cut(self, most: Self) -> Self {
        unsafe {
            // In order as integers, which have more ports to go through.
            let [lanes, most] = [_mm512_castps_si512(self), _mm512_castps_si512(most)];
            _mm512_castsi512_ps(_mm512_min_epi32(lanes, most))
        }
    }

    #[inline(always)]
    unsafe fn split(self) -> (Self::Powers, Self) {
        unsafe {
            let whole = Self::splat(WHOLE);
            let n = _mm512_add_round_ps::<TOWARDS_ZERO>(self.add(Self::splat(0.5)), whole);
            (n, self.sub(n.sub(whole)))
        }
    }

    #[inline(always)]
    unsafe fn no_terms() -> Self::Sum {
        unsafe { _mm512_set1_pd(NO_TERMS) }
    }

    #[inline(always)]
    unsafe fn add_term(self, n: Self::Powers, sums: &mut Terms<Self>) {
        unsafe {
            let n = _mm512_slli_epi32::<23>(_mm512_castps_si512(n));
            let term = _mm512_castsi512_ps(_mm512_sub_epi32(_mm512_castps_si512(self), n));
            add(&mut sums.values, term);
            add(&mut sums.squares, term.mul(term));
        }
    }

    #[inline(always)]
    unsafe fn words(sum: Self::Sum) -> Self::Words {
        unsafe {
            let none = _mm512_castpd_si512(Self::no_terms());
            _mm512_sub_epi64(_mm512_castpd_si512(sum), none)
        }
    }
}

/// Adds even and odd lanes of `terms`, each above 0 and up to 1, to a sum.
///
/// SAFETY: the caller has checked for AVX-512.
#[inline(always)]
unsafe fn add(sums: &mut [__m512d; 2], terms: __m512) {
    // SAFETY: as above.
    unsafe {
        let bits = _mm512_castps_si512(terms);
        let mask = _mm512_set1_epi64(0x1fff_ffff_e000_0000);
        let even = _mm512_and_si512(_mm512_slli_epi64::<29>(bits), mask);
        let odd = _mm512_and_si512(_mm512_srli_epi64::<3>(bits), mask);
        sums[0] = _mm512_add_round_pd::<TOWARDS_ZERO>(sums[0], _mm512_castsi512_pd(even));
        sums[1] = _mm512_add_round_pd::<TOWARDS_ZERO>(sums[1], _mm512_castsi512_pd(odd));
    }
}
