//! Counter numbers of a large table with the diagonal apart.

use std::arch::x86_64::*;

use super::confusion::{SETS, Table};

/// Lanes of a vector.
const LANES: usize = 16;

/// [`counter_numbers`](super::confusion::counter_numbers) of a large table: the
/// numbers on the diagonal first, in the order of their rows, then the others.
///
/// A row off the diagonal mostly waits for the third-level cache; next to one
/// another, many such rows wait at once.
#[target_feature(enable = "avx512f")]
pub(super) fn counter_numbers(table: Table, labels: &mut [u32], predictions: &mut [u32]) {
    let (side, cells) = (1_i32 << table.shift, 1_i32 << (2 * table.shift));
    let sets = _mm512_mullo_epi32(
        _mm512_and_si512(
            _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
            _mm512_set1_epi32(SETS.cast_signed() - 1),
        ),
        _mm512_set1_epi32(side),
    );
    let diagonal = _mm512_add_epi32(sets, _mm512_set1_epi32(cells));
    let shift = _mm_cvtsi32_si128(table.shift.cast_signed());
    let rows = labels.len();
    let (mut on, mut off) = (0, 0);
    for from in (0..rows).step_by(LANES) {
        let lanes = LANES.min(rows - from);
        let used = u16::MAX >> (LANES - lanes);
        // SAFETY: lanes that are masked out are neither read nor written, and
        // as `on` and `off` never pass `from`, what is written was read before.
        unsafe {
            let label = _mm512_maskz_loadu_epi32(used, labels.as_ptr().add(from).cast());
            let prediction = _mm512_maskz_loadu_epi32(used, predictions.as_ptr().add(from).cast());
            let equal = _mm512_mask_cmpeq_epi32_mask(used, label, prediction);
            let apart = used & !equal;
            let cell = _mm512_or_si512(_mm512_sll_epi32(label, shift), prediction);
            let number = _mm512_add_epi32(label, diagonal);
            let on_first = _mm512_maskz_compress_epi32(equal, number);
            let off_first = _mm512_maskz_compress_epi32(apart, cell);
            _mm512_mask_storeu_epi32(labels.as_mut_ptr().add(on).cast(), used, on_first);
            _mm512_mask_storeu_epi32(predictions.as_mut_ptr().add(off).cast(), used, off_first);
            on += equal.count_ones() as usize;
            off += apart.count_ones() as usize;
        }
    }
    labels[on..].copy_from_slice(&predictions[..off]);
}
