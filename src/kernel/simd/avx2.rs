//! [`Vector`] of eight lanes.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "said once for all blocks of an implementation, above it"
)]

use std::arch::x86_64::*;

use super::softmax::{Softmax, Terms};
use super::vector::{Vector, Words};

/// SAFETY of every block: the trait's callers have checked for AVX2.
impl Vector for __m256 {
    type Score = f32;
    const LANES: usize = 8;
    type Single = Self;
    type Words = __m256i;
    type Flags = __m256;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        unsafe { _mm256_set1_ps(value) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { _mm256_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_part(from: &[f32], filler: f32) -> Self {
        // A window over eight lanes on and eight lanes off, `from.len()` of them on.
        const ON_OFF: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
        let window = &ON_OFF[Self::LANES - from.len()..];
        // Lanes that are masked out are not read; the window is at least eight long.
        unsafe {
            let lanes = _mm256_loadu_si256(window.as_ptr().cast());
            let found = _mm256_maskload_ps(from.as_ptr(), lanes);
            _mm256_blendv_ps(_mm256_set1_ps(filler), found, _mm256_castsi256_ps(lanes))
        }
    }

    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        unsafe { _mm256_max_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn highest(self) -> f32 {
        let mut lanes = [0.0_f32; 8];
        unsafe { _mm256_storeu_ps(lanes.as_mut_ptr(), self) };
        lanes.into_iter().fold(f32::NEG_INFINITY, f32::max)
    }

    #[inline(always)]
    unsafe fn count_ge(self, threshold: Self, counts: Self::Words) -> Self::Words {
        unsafe {
            let ahead = _mm256_cmp_ps::<_CMP_GE_OQ>(self, threshold);
            _mm256_sub_epi32(counts, _mm256_castps_si256(ahead))
        }
    }

    #[inline(always)]
    unsafe fn sum_counts(words: Self::Words) -> u32 {
        let mut lanes = [0_u32; 8];
        unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), words) };
        lanes.into_iter().sum()
    }

    #[inline(always)]
    unsafe fn equal(self, other: Self) -> u32 {
        unsafe { _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_EQ_OQ>(self, other)).cast_unsigned() }
    }

    #[inline(always)]
    unsafe fn no_flags() -> Self::Flags {
        unsafe { _mm256_setzero_ps() }
    }

    #[inline(always)]
    unsafe fn flag_not_lt(self, limit: Self, flags: Self::Flags) -> Self::Flags {
        unsafe { _mm256_or_ps(flags, _mm256_cmp_ps::<_CMP_NLT_UQ>(self, limit)) }
    }

    #[inline(always)]
    unsafe fn any(flags: Self::Flags) -> bool {
        unsafe { _mm256_movemask_ps(flags) != 0 }
    }

    #[inline(always)]
    unsafe fn outside(self, low: Self, high: Self) -> u32 {
        unsafe {
            let below = _mm256_cmp_ps::<_CMP_NGE_UQ>(self, low);
            let above = _mm256_cmp_ps::<_CMP_NLE_UQ>(self, high);
            _mm256_movemask_ps(_mm256_or_ps(below, above)).cast_unsigned()
        }
    }

    #[inline(always)]
    unsafe fn blend(self, on: Self, mask: u32) -> Self {
        let lanes: [i32; 8] = std::array::from_fn(|lane| -((mask >> lane & 1).cast_signed()));
        unsafe {
            let mask = _mm256_loadu_si256(lanes.as_ptr().cast());
            _mm256_blendv_ps(self, on, _mm256_castsi256_ps(mask))
        }
    }

    #[inline(always)]
    unsafe fn add_units(self, values: &mut Self::Words, squares: &mut Self::Words) {
        unsafe {
            let even = _mm256_cvttps_epi32(self.mul(Self::splat(1_073_741_824.0)));
            let odd = _mm256_srli_epi64::<32>(even);
            let even = _mm256_and_si256(even, _mm256_set1_epi64x(0xffff_ffff));
            *values = _mm256_add_epi64(*values, _mm256_add_epi64(even, odd));
            let (even, odd) = (_mm256_mul_epu32(even, even), _mm256_mul_epu32(odd, odd));
            *squares = _mm256_add_epi64(*squares, _mm256_add_epi64(even, odd));
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

/// SAFETY of every block: the trait's callers have checked for AVX2.
impl Words for __m256i {
    #[inline(always)]
    unsafe fn none() -> Self {
        unsafe { _mm256_setzero_si256() }
    }

    #[inline(always)]
    unsafe fn sum(self) -> u64 {
        let mut lanes = [0; 4];
        unsafe { self.store(lanes.as_mut_ptr()) };
        lanes.into_iter().fold(0, u64::wrapping_add)
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        unsafe { _mm256_storeu_si256(to.cast(), self) }
    }
}

/// SAFETY of every block: the trait's callers have checked for AVX2.
impl Softmax for __m256 {
    type Powers = __m256i;
    type Sum = __m256i;

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        unsafe { _mm256_add_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        unsafe { _mm256_sub_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        unsafe { _mm256_mul_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn cut(self, most: Self) -> Self {
        unsafe { _mm256_min_ps(self, most) }
    }

    #[inline(always)]
    unsafe fn split(self) -> (Self::Powers, Self) {
        unsafe {
            let n = _mm256_cvttps_epi32(self.add(Self::splat(0.5)));
            (n, self.sub(_mm256_cvtepi32_ps(n)))
        }
    }

    #[inline(always)]
    unsafe fn no_terms() -> Self::Sum {
        unsafe { __m256i::none() }
    }

    #[inline(always)]
    unsafe fn add_term(self, n: Self::Powers, sums: &mut Terms<Self>) {
        unsafe {
            let values = _mm256_cvttps_epi32(self.mul(Self::splat(1_073_741_824.0)));
            let squares = self.mul(self).mul(Self::splat(536_870_912.0));
            let squares = _mm256_cvttps_epi32(squares);
            add_shifted(&mut sums.values, values, n);
            add_shifted(
                &mut sums.squares,
                _mm256_add_epi32(squares, squares),
                _mm256_add_epi32(n, n),
            );
        }
    }

    #[inline(always)]
    unsafe fn words(sum: Self::Sum) -> Self::Words {
        sum
    }
}

/// Adds `(word << 10) >> shift` of every lane, for words up to 2³¹ and shifts below
/// 2⁷; those from 63 on give 0.
///
/// SAFETY: the caller has checked for AVX2.
#[inline(always)]
unsafe fn add_shifted(sums: &mut [__m256i; 2], words: __m256i, shifts: __m256i) {
    // SAFETY: as above.
    unsafe {
        // The bound also tells the compiler that no shift passes 63.
        let shifts = _mm256_min_epu32(shifts, _mm256_set1_epi32(63));
        let low = _mm256_set1_epi64x(0xffff_ffff);
        let even = _mm256_mul_epu32(words, _mm256_set1_epi64x(1 << 10));
        let even = _mm256_srlv_epi64(even, _mm256_and_si256(shifts, low));
        let odd = _mm256_slli_epi64::<10>(_mm256_srli_epi64::<32>(words));
        let odd = _mm256_srlv_epi64(odd, _mm256_srli_epi64::<32>(shifts));
        sums[0] = _mm256_add_epi64(sums[0], even);
        sums[1] = _mm256_add_epi64(sums[1], odd);
    }
}
