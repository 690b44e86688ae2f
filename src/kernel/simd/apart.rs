//! Counter numbers of a large table with the diagonal apart.

use std::arch::x86_64::*;

use super::confusion::{self, SETS, Table};

/// Lanes of a vector.
const LANES: usize = 16;

/// [`counter_numbers`](super::confusion::counter_numbers) of a large table:
/// first those on the diagonal, then the others.
///
/// A counter off the diagonal is seldom in the first-level cache. Next to one
/// another, many of those rows wait at once.
///
/// SAFETY: the caller has checked for AVX-512.
#[target_feature(enable = "avx512f,popcnt")]
pub(super) unsafe fn counter_numbers(table: Table, labels: &mut [u32], predictions: &mut [u32]) {
    let (cells, side) = (1_u32 << (2 * table.shift), 1_u32 << table.shift);
    let mut diagonal = [cells; LANES];
    (0..).zip(&mut diagonal).for_each(|(lane, number)| *number += lane % SETS * side);
    let full = labels.len() / LANES * LANES;
    let (mut on, mut off) = (0, 0);
    // SAFETY: vectors are read within the first `full` rows. As neither `on`
    // nor `off` passes `from`, vectors are written there too, on rows that
    // were read.
    unsafe {
        let diagonal = _mm512_loadu_epi32(diagonal.as_ptr().cast());
        let shift = _mm_cvtsi32_si128(table.shift.cast_signed());
        for from in (0..full).step_by(LANES) {
            let label = _mm512_loadu_epi32(labels.as_ptr().add(from).cast());
            let prediction = _mm512_loadu_epi32(predictions.as_ptr().add(from).cast());
            let right = _mm512_cmpeq_epi32_mask(label, prediction);
            let number = _mm512_add_epi32(label, diagonal);
            let cell = _mm512_or_si512(_mm512_sll_epi32(label, shift), prediction);
            let numbers = _mm512_maskz_compress_epi32(right, number);
            let others = _mm512_maskz_compress_epi32(!right, cell);
            _mm512_storeu_epi32(labels.as_mut_ptr().add(on).cast(), numbers);
            _mm512_storeu_epi32(predictions.as_mut_ptr().add(off).cast(), others);
            on += right.count_ones() as usize;
            off = from + LANES - on;
        }
    }
    labels[on..full].copy_from_slice(&predictions[..off]);
    confusion::counter_numbers_loop(table, &mut labels[full..], &predictions[full..]);
}
