//! [`Lanes`] of sixteen rows.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "said once for all blocks of an implementation, above it"
)]

use std::arch::x86_64::*;

use super::{Ints, LANES, Lanes, Mask};

/// SAFETY of every block: the trait's callers have checked for AVX-512.
impl Lanes for __m512 {
    type Ints = __m512i;
    type Doubles = __m512d;
    type Mask = __mmask16;

    #[inline(always)]
    unsafe fn bits(self) -> __m512i {
        unsafe { _mm512_castps_si512(self) }
    }

    #[inline(always)]
    unsafe fn truncated(self) -> __m512i {
        unsafe { _mm512_cvttps_epi32(self) }
    }

    #[inline(always)]
    unsafe fn least(self, other: Self) -> Self {
        unsafe { _mm512_min_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn lt(self, other: Self) -> __mmask16 {
        unsafe { _mm512_cmp_ps_mask::<_CMP_LT_OQ>(self, other) }
    }

    #[inline(always)]
    unsafe fn le(self, other: Self) -> __mmask16 {
        unsafe { _mm512_cmp_ps_mask::<_CMP_LE_OQ>(self, other) }
    }

    #[inline(always)]
    unsafe fn eq(self, other: Self) -> __mmask16 {
        unsafe { _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(self, other) }
    }

    #[inline(always)]
    unsafe fn or_where(self, mask: __mmask16, on: Self) -> Self {
        unsafe { _mm512_mask_blend_ps(mask, self, on) }
    }

    #[inline(always)]
    unsafe fn turn(from: *const f32, stride: usize, count: usize, to: *mut f32) {
        // Lanes that are masked out are not read.
        unsafe {
            let lanes = u16::MAX >> (16 - count.clamp(1, 16));
            let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            let high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
            let mut rows = [_mm512_setzero_ps(); 16];
            for (place, row) in rows.iter_mut().enumerate() {
                *row = _mm512_maskz_loadu_ps(lanes, from.add(place * stride));
            }
            // Four times, the first half of the vectors is put between the second.
            for _ in 0..4 {
                let before = rows;
                for half in 0..8 {
                    let [one, other] = [before[half], before[half + 8]];
                    rows[2 * half] = _mm512_permutex2var_ps(one, low, other);
                    rows[2 * half + 1] = _mm512_permutex2var_ps(one, high, other);
                }
            }
            for (place, column) in rows.iter().enumerate().take(count) {
                _mm512_storeu_ps(to.add(place * LANES), *column);
            }
        }
    }

    #[inline(always)]
    unsafe fn rounded([even, odd]: [__m512d; 2]) -> Self {
        unsafe {
            let even = _mm512_cvtepu32_epi64(_mm256_castps_si256(_mm512_cvtpd_ps(even)));
            let odd = _mm512_cvtepu32_epi64(_mm256_castps_si256(_mm512_cvtpd_ps(odd)));
            _mm512_castsi512_ps(_mm512_or_si512(even, _mm512_slli_epi64::<32>(odd)))
        }
    }
}

impl Mask for __mmask16 {
    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        self & other
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        self | other
    }

    #[inline(always)]
    unsafe fn but_not(self, other: Self) -> Self {
        self & !other
    }

    #[inline(always)]
    unsafe fn is_empty(self) -> bool {
        self == 0
    }
}

/// SAFETY of every block: the trait's callers have checked for AVX-512.
impl Ints for __m512i {
    type Mask = __mmask16;

    #[inline(always)]
    unsafe fn load(from: *const u32) -> Self {
        unsafe { _mm512_loadu_si512(from.cast()) }
    }

    #[inline(always)]
    unsafe fn put(self, to: *mut u32) {
        unsafe { _mm512_storeu_si512(to.cast(), self) }
    }

    #[inline(always)]
    unsafe fn splat32(value: u32) -> Self {
        unsafe { _mm512_set1_epi32(value.cast_signed()) }
    }

    #[inline(always)]
    unsafe fn splat64(value: u64) -> Self {
        unsafe { _mm512_set1_epi64(value.cast_signed()) }
    }

    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        unsafe { _mm512_and_si512(self, other) }
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        unsafe { _mm512_or_si512(self, other) }
    }

    #[inline(always)]
    unsafe fn add32(self, other: Self) -> Self {
        unsafe { _mm512_add_epi32(self, other) }
    }

    #[inline(always)]
    unsafe fn sub32(self, other: Self) -> Self {
        unsafe { _mm512_sub_epi32(self, other) }
    }

    #[inline(always)]
    unsafe fn min32(self, other: Self) -> Self {
        unsafe { _mm512_min_epu32(self, other) }
    }

    #[inline(always)]
    unsafe fn less32(self, other: Self) -> Self {
        unsafe { _mm512_max_epi32(_mm512_sub_epi32(self, other), _mm512_setzero_si512()) }
    }

    #[inline(always)]
    unsafe fn shl32(self, by: i32) -> Self {
        unsafe { _mm512_sll_epi32(self, _mm_cvtsi32_si128(by)) }
    }

    #[inline(always)]
    unsafe fn shr32(self, by: i32) -> Self {
        unsafe { _mm512_srl_epi32(self, _mm_cvtsi32_si128(by)) }
    }

    #[inline(always)]
    unsafe fn eq32(self, other: Self) -> __mmask16 {
        unsafe { _mm512_cmpeq_epi32_mask(self, other) }
    }

    #[inline(always)]
    unsafe fn lt32(self, other: Self) -> __mmask16 {
        unsafe { _mm512_cmplt_epi32_mask(self, other) }
    }

    #[inline(always)]
    unsafe fn below32(self, other: Self) -> __mmask16 {
        unsafe { _mm512_cmplt_epu32_mask(self, other) }
    }

    #[inline(always)]
    unsafe fn count32(self, mask: __mmask16) -> Self {
        unsafe { _mm512_mask_add_epi32(self, mask, self, _mm512_set1_epi32(1)) }
    }

    #[inline(always)]
    unsafe fn or_where32(self, mask: __mmask16, on: Self) -> Self {
        unsafe { _mm512_mask_blend_epi32(mask, self, on) }
    }

    #[inline(always)]
    unsafe fn of_table(self, table: &[u32; 128]) -> Self {
        // Four times a choice of two vectors, of which two bits of the place choose one.
        unsafe {
            let mut found = [self; 4];
            for (part, found) in table.chunks_exact(32).zip(&mut found) {
                let (low, high) = (part.as_ptr().cast(), part.as_ptr().add(16).cast());
                let (low, high) = (_mm512_loadu_si512(low), _mm512_loadu_si512(high));
                *found = _mm512_permutex2var_epi32(low, self, high);
            }
            let [a, b, c, d] = found;
            let fifth = _mm512_test_epi32_mask(self, _mm512_set1_epi32(32));
            let sixth = _mm512_test_epi32_mask(self, _mm512_set1_epi32(64));
            let [low, high] =
                [_mm512_mask_blend_epi32(fifth, a, b), _mm512_mask_blend_epi32(fifth, c, d)];
            _mm512_mask_blend_epi32(sixth, low, high)
        }
    }

    #[inline(always)]
    unsafe fn add64(self, other: Self) -> Self {
        unsafe { _mm512_add_epi64(self, other) }
    }

    #[inline(always)]
    unsafe fn sub64(self, other: Self) -> Self {
        unsafe { _mm512_sub_epi64(self, other) }
    }

    #[inline(always)]
    unsafe fn shl64(self, by: i32) -> Self {
        unsafe { _mm512_sll_epi64(self, _mm_cvtsi32_si128(by)) }
    }

    #[inline(always)]
    unsafe fn shr64(self, by: i32) -> Self {
        unsafe { _mm512_srl_epi64(self, _mm_cvtsi32_si128(by)) }
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        unsafe { _mm512_mul_epu32(self, other) }
    }

    #[inline(always)]
    unsafe fn negative64(self) -> Self {
        unsafe { _mm512_srai_epi64::<63>(self) }
    }

    #[inline(always)]
    unsafe fn zero64(self) -> Self {
        unsafe { _mm512_movm_epi64(_mm512_cmpeq_epi64_mask(self, _mm512_setzero_si512())) }
    }

    #[inline(always)]
    unsafe fn alternate(self, odd: Self) -> Self {
        unsafe { _mm512_mask_blend_epi32(0xaaaa, self, odd) }
    }
}
