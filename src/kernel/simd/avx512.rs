//! [`Vector`] of sixteen lanes.

use std::arch::x86_64::*;

use super::vector::Vector;

/// SAFETY of every block: the trait's callers have checked for AVX-512.
impl Vector for __m512 {
    const LANES: usize = 16;
    type Words = __m512i;
    type Flags = __mmask16;
    type Wide = __m512i;

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
    unsafe fn max(self, other: Self) -> Self {
        unsafe { _mm512_max_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        unsafe { _mm512_min_ps(self, other) }
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
    unsafe fn sum_words(words: Self::Words) -> u32 {
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
    unsafe fn truncate(self) -> Self::Words {
        unsafe { _mm512_cvttps_epi32(self) }
    }

    #[inline(always)]
    unsafe fn from_words(words: Self::Words) -> Self {
        unsafe { _mm512_cvtepi32_ps(words) }
    }

    #[inline(always)]
    unsafe fn double(words: Self::Words) -> Self::Words {
        unsafe { _mm512_add_epi32(words, words) }
    }

    #[inline(always)]
    unsafe fn wide_zero() -> Self::Wide {
        unsafe { _mm512_setzero_si512() }
    }

    #[inline(always)]
    unsafe fn wide_sum(a: Self::Wide) -> u64 {
        unsafe { _mm512_reduce_add_epi64(a).cast_unsigned() }
    }

    #[inline(always)]
    unsafe fn add_shifted(sum: Self::Wide, words: Self::Words, shifts: Self::Words) -> Self::Wide {
        unsafe {
            let mut sums = [sum, Self::wide_zero()];
            Self::add_shifted_apart(&mut sums, words, shifts);
            _mm512_add_epi64(sums[0], sums[1])
        }
    }

    #[inline(always)]
    unsafe fn add_shifted_apart(
        sums: &mut [Self::Wide; 2],
        words: Self::Words,
        shifts: Self::Words,
    ) {
        unsafe {
            // The bound also tells the compiler that no shift passes 63.
            let shifts = _mm512_min_epu32(shifts, _mm512_set1_epi32(63));
            let low = _mm512_set1_epi64(0xffff_ffff);
            let even = _mm512_mul_epu32(words, _mm512_set1_epi64(1 << 10));
            let even = _mm512_srlv_epi64(even, _mm512_and_si512(shifts, low));
            let odd = _mm512_slli_epi64::<10>(_mm512_srli_epi64::<32>(words));
            let odd = _mm512_srlv_epi64(odd, _mm512_srli_epi64::<32>(shifts));
            sums[0] = _mm512_add_epi64(sums[0], even);
            sums[1] = _mm512_add_epi64(sums[1], odd);
        }
    }

    #[inline(always)]
    unsafe fn wide_lane(a: Self::Wide, lane: usize) -> u64 {
        let mut lanes = [0_u64; 8];
        unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), a) };
        lanes[lane]
    }

    #[inline(always)]
    unsafe fn add_words(sum: Self::Wide, words: Self::Words) -> Self::Wide {
        unsafe {
            let even = _mm512_and_si512(words, _mm512_set1_epi64(0xffff_ffff));
            let odd = _mm512_srli_epi64::<32>(words);
            _mm512_add_epi64(sum, _mm512_add_epi64(even, odd))
        }
    }

    #[inline(always)]
    unsafe fn add_squares(sum: Self::Wide, words: Self::Words) -> Self::Wide {
        unsafe {
            let odd = _mm512_srli_epi64::<32>(words);
            let even = _mm512_mul_epu32(words, words);
            let odd = _mm512_mul_epu32(odd, odd);
            _mm512_add_epi64(sum, _mm512_add_epi64(even, odd))
        }
    }
}
