//! [`Doubles`] beside sixteen rows.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "said once for all blocks of an implementation, above it"
)]

use std::arch::x86_64::*;

use super::{Doubles, LANES, Mask};

impl Mask for __mmask8 {
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
impl Doubles for __m512d {
    type Ints = __m512i;
    type Mask = __mmask8;
    const LANES: usize = 8;

    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        unsafe { _mm512_loadu_pd(from) }
    }

    #[inline(always)]
    unsafe fn turn(from: *const f64, stride: usize, count: usize, to: *mut f64) {
        // As above.
        unsafe {
            let lanes = u8::MAX >> (8 - count.clamp(1, 8));
            let low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
            let high = _mm512_add_epi64(low, _mm512_set1_epi64(4));
            let mut rows = [_mm512_setzero_pd(); 8];
            for (place, row) in rows.iter_mut().enumerate() {
                *row = _mm512_maskz_loadu_pd(lanes, from.add(place * stride));
            }
            for _ in 0..3 {
                let before = rows;
                for half in 0..4 {
                    let [one, other] = [before[half], before[half + 4]];
                    rows[2 * half] = _mm512_permutex2var_pd(one, low, other);
                    rows[2 * half + 1] = _mm512_permutex2var_pd(one, high, other);
                }
            }
            for (place, column) in rows.iter().enumerate().take(count) {
                _mm512_storeu_pd(to.add(place * LANES), *column);
            }
        }
    }

    #[inline(always)]
    unsafe fn load_turned(from: *const f64) -> [Self; 2] {
        unsafe {
            let (low, high) = (Self::load(from), Self::load(from.add(8)));
            let even = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
            let odd = _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15);
            [_mm512_permutex2var_pd(low, even, high), _mm512_permutex2var_pd(low, odd, high)]
        }
    }

    #[inline(always)]
    unsafe fn splat(value: f64) -> Self {
        unsafe { _mm512_set1_pd(value) }
    }

    #[inline(always)]
    unsafe fn bits(self) -> __m512i {
        unsafe { _mm512_castpd_si512(self) }
    }

    #[inline(always)]
    unsafe fn of_bits(bits: __m512i) -> Self {
        unsafe { _mm512_castsi512_pd(bits) }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        unsafe { _mm512_add_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        unsafe { _mm512_sub_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        unsafe { _mm512_mul_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        unsafe { _mm512_div_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn floor(self) -> Self {
        unsafe { _mm512_roundscale_pd::<{ _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC }>(self) }
    }

    #[inline(always)]
    unsafe fn ceil(self) -> Self {
        unsafe { _mm512_roundscale_pd::<{ _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC }>(self) }
    }

    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        unsafe { _mm512_max_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn least(self, other: Self) -> Self {
        unsafe { _mm512_min_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn lt(self, other: Self) -> __mmask8 {
        unsafe { _mm512_cmp_pd_mask::<_CMP_LT_OQ>(self, other) }
    }

    #[inline(always)]
    unsafe fn le(self, other: Self) -> __mmask8 {
        unsafe { _mm512_cmp_pd_mask::<_CMP_LE_OQ>(self, other) }
    }

    #[inline(always)]
    unsafe fn eq(self, other: Self) -> __mmask8 {
        unsafe { _mm512_cmp_pd_mask::<_CMP_EQ_OQ>(self, other) }
    }

    #[inline(always)]
    unsafe fn or_where(self, mask: __mmask8, on: Self) -> Self {
        unsafe { _mm512_mask_blend_pd(mask, self, on) }
    }

    #[inline(always)]
    unsafe fn equal(one: __m512i, other: __m512i) -> __mmask8 {
        unsafe { _mm512_cmpeq_epi64_mask(one, other) }
    }

    #[inline(always)]
    unsafe fn below(one: __m512i, other: __m512i) -> __mmask8 {
        unsafe { _mm512_cmplt_epi64_mask(one, other) }
    }

    #[inline(always)]
    unsafe fn either(mask: __mmask8, on: __m512i, off: __m512i) -> __m512i {
        unsafe { _mm512_mask_blend_epi64(mask, off, on) }
    }
}
