//! [`Vector`]s of double precision: four lanes and eight.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "said once for all blocks of an implementation, above it"
)]

use std::arch::x86_64::*;

use super::vector::{Vector, Words};

/// 1 in units of a probability.
const UNIT: f64 = 1_073_741_824.0;

/// SAFETY of every block: the trait's callers have checked for AVX2.
impl Vector for __m256d {
    type Score = f64;
    const LANES: usize = 4;
    type Single = __m256;
    type Words = __m256i;
    type Flags = __m256d;

    #[inline(always)]
    unsafe fn splat(value: f64) -> Self {
        unsafe { _mm256_set1_pd(value) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        unsafe { _mm256_loadu_pd(from) }
    }

    #[inline(always)]
    unsafe fn load_part(from: &[f64], filler: f64) -> Self {
        // A window over four lanes on and four lanes off, `from.len()` of them on.
        const ON_OFF: [i64; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];
        let window = &ON_OFF[Self::LANES - from.len()..];
        // Lanes that are masked out are not read; the window is at least four long.
        unsafe {
            let lanes = _mm256_loadu_si256(window.as_ptr().cast());
            let found = _mm256_maskload_pd(from.as_ptr(), lanes);
            _mm256_blendv_pd(_mm256_set1_pd(filler), found, _mm256_castsi256_pd(lanes))
        }
    }

    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        unsafe { _mm256_max_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn highest(self) -> f64 {
        let mut lanes = [0.0_f64; 4];
        unsafe { _mm256_storeu_pd(lanes.as_mut_ptr(), self) };
        lanes.into_iter().fold(f64::NEG_INFINITY, f64::max)
    }

    #[inline(always)]
    unsafe fn count_ge(self, threshold: Self, counts: Self::Words) -> Self::Words {
        unsafe {
            let ahead = _mm256_cmp_pd::<_CMP_GE_OQ>(self, threshold);
            _mm256_sub_epi64(counts, _mm256_castpd_si256(ahead))
        }
    }

    #[inline(always)]
    unsafe fn sum_counts(counts: Self::Words) -> u32 {
        low_word(unsafe { counts.sum() })
    }

    #[inline(always)]
    unsafe fn equal(self, other: Self) -> u32 {
        unsafe { _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_EQ_OQ>(self, other)).cast_unsigned() }
    }

    #[inline(always)]
    unsafe fn no_flags() -> Self::Flags {
        unsafe { _mm256_setzero_pd() }
    }

    #[inline(always)]
    unsafe fn flag_not_lt(self, limit: Self, flags: Self::Flags) -> Self::Flags {
        unsafe { _mm256_or_pd(flags, _mm256_cmp_pd::<_CMP_NLT_UQ>(self, limit)) }
    }

    #[inline(always)]
    unsafe fn any(flags: Self::Flags) -> bool {
        unsafe { _mm256_movemask_pd(flags) != 0 }
    }

    #[inline(always)]
    unsafe fn outside(self, low: Self, high: Self) -> u32 {
        unsafe {
            let below = _mm256_cmp_pd::<_CMP_NGE_UQ>(self, low);
            let above = _mm256_cmp_pd::<_CMP_NLE_UQ>(self, high);
            _mm256_movemask_pd(_mm256_or_pd(below, above)).cast_unsigned()
        }
    }

    #[inline(always)]
    unsafe fn blend(self, on: Self, mask: u32) -> Self {
        let lanes: [i64; 4] = std::array::from_fn(|lane| -i64::from(mask >> lane & 1));
        unsafe {
            let mask = _mm256_loadu_si256(lanes.as_ptr().cast());
            _mm256_blendv_pd(self, on, _mm256_castsi256_pd(mask))
        }
    }

    #[inline(always)]
    unsafe fn add_units(self, values: &mut Self::Words, squares: &mut Self::Words) {
        unsafe {
            let units = _mm256_cvttpd_epi32(_mm256_mul_pd(self, _mm256_set1_pd(UNIT)));
            let units = _mm256_cvtepi32_epi64(units);
            *values = _mm256_add_epi64(*values, units);
            *squares = _mm256_add_epi64(*squares, _mm256_mul_epu32(units, units));
        }
    }

    #[inline(always)]
    unsafe fn gaps(self, scores: *const f64) -> Self::Single {
        unsafe { narrowed_256(self, Self::load(scores), Self::load(scores.add(Self::LANES))) }
    }

    #[inline(always)]
    unsafe fn gaps_part(self, scores: &[f64]) -> Self::Single {
        let (low, high) = scores.split_at(scores.len().min(Self::LANES));
        let rest = f64::NEG_INFINITY;
        unsafe { narrowed_256(self, Self::load_part(low, rest), Self::load_part(high, rest)) }
    }
}

/// SAFETY: the caller has checked for AVX2.
#[inline(always)]
unsafe fn narrowed_256(max: __m256d, low: __m256d, high: __m256d) -> __m256 {
    // SAFETY: as above.
    unsafe {
        let low = _mm256_cvtpd_ps(_mm256_sub_pd(max, low));
        let high = _mm256_cvtpd_ps(_mm256_sub_pd(max, high));
        _mm256_set_m128(high, low)
    }
}

/// SAFETY of every block: the trait's callers have checked for AVX-512.
impl Vector for __m512d {
    type Score = f64;
    const LANES: usize = 8;
    type Single = __m512;
    type Words = __m512i;
    type Flags = __mmask8;

    #[inline(always)]
    unsafe fn splat(value: f64) -> Self {
        unsafe { _mm512_set1_pd(value) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        unsafe { _mm512_loadu_pd(from) }
    }

    #[inline(always)]
    unsafe fn load_part(from: &[f64], filler: f64) -> Self {
        let [lanes, ..] = (0xff_u16 >> (Self::LANES - from.len())).to_le_bytes();
        // Lanes that are masked out are not read.
        unsafe { _mm512_mask_loadu_pd(_mm512_set1_pd(filler), lanes, from.as_ptr()) }
    }

    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        unsafe { _mm512_max_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn highest(self) -> f64 {
        unsafe { _mm512_reduce_max_pd(self) }
    }

    #[inline(always)]
    unsafe fn count_ge(self, threshold: Self, counts: Self::Words) -> Self::Words {
        unsafe {
            let ahead = _mm512_cmp_pd_mask::<_CMP_GE_OQ>(self, threshold);
            _mm512_mask_add_epi64(counts, ahead, counts, _mm512_set1_epi64(1))
        }
    }

    #[inline(always)]
    unsafe fn sum_counts(counts: Self::Words) -> u32 {
        low_word(unsafe { counts.sum() })
    }

    #[inline(always)]
    unsafe fn equal(self, other: Self) -> u32 {
        unsafe { u32::from(_mm512_cmp_pd_mask::<_CMP_EQ_OQ>(self, other)) }
    }

    #[inline(always)]
    unsafe fn no_flags() -> Self::Flags {
        0
    }

    #[inline(always)]
    unsafe fn flag_not_lt(self, limit: Self, flags: Self::Flags) -> Self::Flags {
        unsafe { flags | _mm512_cmp_pd_mask::<_CMP_NLT_UQ>(self, limit) }
    }

    #[inline(always)]
    unsafe fn any(flags: Self::Flags) -> bool {
        flags != 0
    }

    #[inline(always)]
    unsafe fn outside(self, low: Self, high: Self) -> u32 {
        unsafe {
            let below = _mm512_cmp_pd_mask::<_CMP_NGE_UQ>(self, low);
            let above = _mm512_cmp_pd_mask::<_CMP_NLE_UQ>(self, high);
            u32::from(below | above)
        }
    }

    #[inline(always)]
    unsafe fn blend(self, on: Self, mask: u32) -> Self {
        let [mask, ..] = mask.to_le_bytes();
        unsafe { _mm512_mask_blend_pd(mask, self, on) }
    }

    #[inline(always)]
    unsafe fn add_units(self, values: &mut Self::Words, squares: &mut Self::Words) {
        unsafe {
            let units = _mm512_cvttpd_epi32(_mm512_mul_pd(self, _mm512_set1_pd(UNIT)));
            let units = _mm512_cvtepi32_epi64(units);
            *values = _mm512_add_epi64(*values, units);
            *squares = _mm512_add_epi64(*squares, _mm512_mul_epu32(units, units));
        }
    }

    #[inline(always)]
    unsafe fn gaps(self, scores: *const f64) -> Self::Single {
        unsafe { narrowed_512(self, Self::load(scores), Self::load(scores.add(Self::LANES))) }
    }

    #[inline(always)]
    unsafe fn gaps_part(self, scores: &[f64]) -> Self::Single {
        let (low, high) = scores.split_at(scores.len().min(Self::LANES));
        let rest = f64::NEG_INFINITY;
        unsafe { narrowed_512(self, Self::load_part(low, rest), Self::load_part(high, rest)) }
    }
}

/// SAFETY: the caller has checked for AVX-512.
#[inline(always)]
unsafe fn narrowed_512(max: __m512d, low: __m512d, high: __m512d) -> __m512 {
    // SAFETY: as above.
    unsafe {
        let low = _mm512_cvtpd_ps(_mm512_sub_pd(max, low));
        let high = _mm512_cvtpd_ps(_mm512_sub_pd(max, high));
        _mm512_insertf32x8::<1>(_mm512_castps256_ps512(low), high)
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a row has fewer than 2^32 scores")]
#[inline(always)]
fn low_word(count: u64) -> u32 {
    count as u32
}
