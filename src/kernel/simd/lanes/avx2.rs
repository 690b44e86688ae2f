//! [`Lanes`] of eight rows.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "said once for all blocks of an implementation, above it"
)]

use std::arch::x86_64::*;

use super::{Ints, LANES, Lanes, Mask};

/// Eight lanes on and eight lanes off: a window over it is the mask of the first ones.
pub(super) const ON_OFF: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

/// SAFETY of every block: the trait's callers have checked for AVX2.
impl Lanes for __m256 {
    type Ints = __m256i;
    type Doubles = __m256d;
    type Mask = __m256i;

    #[inline(always)]
    unsafe fn bits(self) -> __m256i {
        unsafe { _mm256_castps_si256(self) }
    }

    #[inline(always)]
    unsafe fn truncated(self) -> __m256i {
        unsafe { _mm256_cvttps_epi32(self) }
    }

    #[inline(always)]
    unsafe fn least(self, other: Self) -> Self {
        unsafe { _mm256_min_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn lt(self, other: Self) -> __m256i {
        unsafe { _mm256_castps_si256(_mm256_cmp_ps::<_CMP_LT_OQ>(self, other)) }
    }

    #[inline(always)]
    unsafe fn le(self, other: Self) -> __m256i {
        unsafe { _mm256_castps_si256(_mm256_cmp_ps::<_CMP_LE_OQ>(self, other)) }
    }

    #[inline(always)]
    unsafe fn eq(self, other: Self) -> __m256i {
        unsafe { _mm256_castps_si256(_mm256_cmp_ps::<_CMP_EQ_OQ>(self, other)) }
    }

    #[inline(always)]
    unsafe fn or_where(self, mask: __m256i, on: Self) -> Self {
        unsafe { _mm256_blendv_ps(self, on, _mm256_castsi256_ps(mask)) }
    }

    #[inline(always)]
    unsafe fn turn(from: *const f32, stride: usize, count: usize, to: *mut f32) {
        // The window is at least eight long; lanes that are masked out are not read.
        unsafe {
            let window = ON_OFF[8 - count.min(8)..].as_ptr();
            let lanes = _mm256_loadu_si256(window.cast());
            let mut rows = [_mm256_setzero_ps(); 8];
            for (place, row) in rows.iter_mut().enumerate() {
                *row = _mm256_maskload_ps(from.add(place * stride), lanes);
            }
            // Pairs of rows, fours of rows, and all eight of them.
            let before = rows;
            for pair in 0..4 {
                let [one, other] = [before[2 * pair], before[2 * pair + 1]];
                rows[2 * pair] = _mm256_unpacklo_ps(one, other);
                rows[2 * pair + 1] = _mm256_unpackhi_ps(one, other);
            }
            let mut fours = [_mm256_setzero_pd(); 8];
            for four in [0, 4] {
                for part in 0..2 {
                    let one = _mm256_castps_pd(rows[four + part]);
                    let other = _mm256_castps_pd(rows[four + part + 2]);
                    fours[four + 2 * part] = _mm256_unpacklo_pd(one, other);
                    fours[four + 2 * part + 1] = _mm256_unpackhi_pd(one, other);
                }
            }
            let mut columns = [_mm256_setzero_pd(); 8];
            for part in 0..4 {
                let [one, other] = [fours[part], fours[part + 4]];
                columns[part] = _mm256_permute2f128_pd::<0x20>(one, other);
                columns[part + 4] = _mm256_permute2f128_pd::<0x31>(one, other);
            }
            for (place, column) in columns.iter().enumerate().take(count) {
                _mm256_storeu_ps(to.add(place * LANES), _mm256_castpd_ps(*column));
            }
        }
    }

    #[inline(always)]
    unsafe fn rounded([even, odd]: [__m256d; 2]) -> Self {
        unsafe {
            let even = _mm256_cvtepu32_epi64(_mm_castps_si128(_mm256_cvtpd_ps(even)));
            let odd = _mm256_cvtepu32_epi64(_mm_castps_si128(_mm256_cvtpd_ps(odd)));
            _mm256_castsi256_ps(_mm256_or_si256(even, _mm256_slli_epi64::<32>(odd)))
        }
    }
}

/// SAFETY of every block: the trait's callers have checked for AVX2.
impl Mask for __m256i {
    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        unsafe { _mm256_and_si256(self, other) }
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        unsafe { _mm256_or_si256(self, other) }
    }

    #[inline(always)]
    unsafe fn but_not(self, other: Self) -> Self {
        unsafe { _mm256_andnot_si256(other, self) }
    }

    #[inline(always)]
    unsafe fn is_empty(self) -> bool {
        unsafe { _mm256_testz_si256(self, self) == 1 }
    }
}

/// SAFETY of every block: the trait's callers have checked for AVX2.
impl Ints for __m256i {
    type Mask = __m256i;

    #[inline(always)]
    unsafe fn load(from: *const u32) -> Self {
        unsafe { _mm256_loadu_si256(from.cast()) }
    }

    #[inline(always)]
    unsafe fn put(self, to: *mut u32) {
        unsafe { _mm256_storeu_si256(to.cast(), self) }
    }

    #[inline(always)]
    unsafe fn splat32(value: u32) -> Self {
        unsafe { _mm256_set1_epi32(value.cast_signed()) }
    }

    #[inline(always)]
    unsafe fn splat64(value: u64) -> Self {
        unsafe { _mm256_set1_epi64x(value.cast_signed()) }
    }

    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        unsafe { _mm256_and_si256(self, other) }
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        unsafe { _mm256_or_si256(self, other) }
    }

    #[inline(always)]
    unsafe fn add32(self, other: Self) -> Self {
        unsafe { _mm256_add_epi32(self, other) }
    }

    #[inline(always)]
    unsafe fn sub32(self, other: Self) -> Self {
        unsafe { _mm256_sub_epi32(self, other) }
    }

    #[inline(always)]
    unsafe fn min32(self, other: Self) -> Self {
        unsafe { _mm256_min_epu32(self, other) }
    }

    #[inline(always)]
    unsafe fn less32(self, other: Self) -> Self {
        unsafe { _mm256_max_epi32(_mm256_sub_epi32(self, other), _mm256_setzero_si256()) }
    }

    #[inline(always)]
    unsafe fn shl32(self, by: i32) -> Self {
        unsafe { _mm256_sll_epi32(self, _mm_cvtsi32_si128(by)) }
    }

    #[inline(always)]
    unsafe fn shr32(self, by: i32) -> Self {
        unsafe { _mm256_srl_epi32(self, _mm_cvtsi32_si128(by)) }
    }

    #[inline(always)]
    unsafe fn eq32(self, other: Self) -> __m256i {
        unsafe { _mm256_cmpeq_epi32(self, other) }
    }

    #[inline(always)]
    unsafe fn lt32(self, other: Self) -> __m256i {
        unsafe { _mm256_cmpgt_epi32(other, self) }
    }

    #[inline(always)]
    unsafe fn below32(self, other: Self) -> __m256i {
        unsafe {
            let not_below = _mm256_cmpeq_epi32(_mm256_max_epu32(self, other), self);
            _mm256_andnot_si256(not_below, _mm256_set1_epi32(-1))
        }
    }

    #[inline(always)]
    unsafe fn count32(self, mask: __m256i) -> Self {
        unsafe { _mm256_sub_epi32(self, mask) }
    }

    #[inline(always)]
    unsafe fn or_where32(self, mask: __m256i, on: Self) -> Self {
        unsafe { _mm256_blendv_epi8(self, on, mask) }
    }

    #[inline(always)]
    unsafe fn of_table(self, table: &[u32; 128]) -> Self {
        // Places have seven bits.
        unsafe {
            let places = _mm256_and_si256(self, _mm256_set1_epi32(127));
            _mm256_i32gather_epi32::<4>(table.as_ptr().cast(), places)
        }
    }

    #[inline(always)]
    unsafe fn add64(self, other: Self) -> Self {
        unsafe { _mm256_add_epi64(self, other) }
    }

    #[inline(always)]
    unsafe fn sub64(self, other: Self) -> Self {
        unsafe { _mm256_sub_epi64(self, other) }
    }

    #[inline(always)]
    unsafe fn shl64(self, by: i32) -> Self {
        unsafe { _mm256_sll_epi64(self, _mm_cvtsi32_si128(by)) }
    }

    #[inline(always)]
    unsafe fn shr64(self, by: i32) -> Self {
        unsafe { _mm256_srl_epi64(self, _mm_cvtsi32_si128(by)) }
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        unsafe { _mm256_mul_epu32(self, other) }
    }

    #[inline(always)]
    unsafe fn negative64(self) -> Self {
        unsafe { _mm256_cmpgt_epi64(_mm256_setzero_si256(), self) }
    }

    #[inline(always)]
    unsafe fn zero64(self) -> Self {
        unsafe { _mm256_cmpeq_epi64(self, _mm256_setzero_si256()) }
    }

    #[inline(always)]
    unsafe fn alternate(self, odd: Self) -> Self {
        unsafe { _mm256_blend_epi32::<0xaa>(self, odd) }
    }
}
