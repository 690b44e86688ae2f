//! [`Doubles`] beside eight rows.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "said once for all blocks of an implementation, above it"
)]

use std::arch::x86_64::*;

use super::avx2::ON_OFF;
use super::{Doubles, LANES};

/// SAFETY of every block: the trait's callers have checked for AVX2.
impl Doubles for __m256d {
    type Ints = __m256i;
    type Mask = __m256i;
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        unsafe { _mm256_loadu_pd(from) }
    }

    #[inline(always)]
    unsafe fn turn(from: *const f64, stride: usize, count: usize, to: *mut f64) {
        // As above: two lanes of 32 bits to each.
        unsafe {
            let window = ON_OFF[8 - 2 * count.min(4)..].as_ptr();
            let lanes = _mm256_loadu_si256(window.cast());
            let mut rows = [_mm256_setzero_pd(); 4];
            for (place, row) in rows.iter_mut().enumerate() {
                *row = _mm256_maskload_pd(from.add(place * stride), lanes);
            }
            let [a, b, c, d] = rows;
            let [first, third] = [_mm256_unpacklo_pd(a, b), _mm256_unpacklo_pd(c, d)];
            let [second, fourth] = [_mm256_unpackhi_pd(a, b), _mm256_unpackhi_pd(c, d)];
            let columns = [
                _mm256_permute2f128_pd::<0x20>(first, third),
                _mm256_permute2f128_pd::<0x20>(second, fourth),
                _mm256_permute2f128_pd::<0x31>(first, third),
                _mm256_permute2f128_pd::<0x31>(second, fourth),
            ];
            for (place, column) in columns.iter().enumerate().take(count) {
                _mm256_storeu_pd(to.add(place * LANES), *column);
            }
        }
    }

    #[inline(always)]
    unsafe fn load_turned(from: *const f64) -> [Self; 2] {
        unsafe {
            let (low, high) = (Self::load(from), Self::load(from.add(4)));
            // Rows 0, 4, 2, 6 and 1, 5, 3, 7 before the second step.
            let (even, odd) = (_mm256_unpacklo_pd(low, high), _mm256_unpackhi_pd(low, high));
            [
                _mm256_permute4x64_pd::<0b11_01_10_00>(even),
                _mm256_permute4x64_pd::<0b11_01_10_00>(odd),
            ]
        }
    }

    #[inline(always)]
    unsafe fn splat(value: f64) -> Self {
        unsafe { _mm256_set1_pd(value) }
    }

    #[inline(always)]
    unsafe fn bits(self) -> __m256i {
        unsafe { _mm256_castpd_si256(self) }
    }

    #[inline(always)]
    unsafe fn of_bits(bits: __m256i) -> Self {
        unsafe { _mm256_castsi256_pd(bits) }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        unsafe { _mm256_add_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        unsafe { _mm256_sub_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        unsafe { _mm256_mul_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        unsafe { _mm256_div_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn floor(self) -> Self {
        unsafe { _mm256_floor_pd(self) }
    }

    #[inline(always)]
    unsafe fn ceil(self) -> Self {
        unsafe { _mm256_ceil_pd(self) }
    }

    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        unsafe { _mm256_max_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn least(self, other: Self) -> Self {
        unsafe { _mm256_min_pd(self, other) }
    }

    #[inline(always)]
    unsafe fn lt(self, other: Self) -> __m256i {
        unsafe { _mm256_castpd_si256(_mm256_cmp_pd::<_CMP_LT_OQ>(self, other)) }
    }

    #[inline(always)]
    unsafe fn le(self, other: Self) -> __m256i {
        unsafe { _mm256_castpd_si256(_mm256_cmp_pd::<_CMP_LE_OQ>(self, other)) }
    }

    #[inline(always)]
    unsafe fn eq(self, other: Self) -> __m256i {
        unsafe { _mm256_castpd_si256(_mm256_cmp_pd::<_CMP_EQ_OQ>(self, other)) }
    }

    #[inline(always)]
    unsafe fn or_where(self, mask: __m256i, on: Self) -> Self {
        unsafe { _mm256_blendv_pd(self, on, _mm256_castsi256_pd(mask)) }
    }

    #[inline(always)]
    unsafe fn equal(one: __m256i, other: __m256i) -> __m256i {
        unsafe { _mm256_cmpeq_epi64(one, other) }
    }

    #[inline(always)]
    unsafe fn below(one: __m256i, other: __m256i) -> __m256i {
        unsafe { _mm256_cmpgt_epi64(other, one) }
    }

    #[inline(always)]
    unsafe fn either(mask: __m256i, on: __m256i, off: __m256i) -> __m256i {
        unsafe { _mm256_blendv_epi8(off, on, mask) }
    }
}
