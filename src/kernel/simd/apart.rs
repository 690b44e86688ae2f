//! Counter numbers of a large table, those of hot cells apart from the others.
//!
//! A counter off the diagonal is seldom in the first-level cache. Next to one
//! another, many of those rows wait at once.

use std::arch::x86_64::*;

use super::confusion::{self, SETS, Table};

/// [`counter_numbers`](super::confusion::counter_numbers) of a large table.
///
/// SAFETY: the caller has checked for AVX-512.
#[target_feature(enable = "avx512f,popcnt")]
pub(super) unsafe fn split_avx512(
    table: Table,
    labels: &mut [u32],
    predictions: &mut [u32],
) -> [usize; 2] {
    const LANES: usize = 16;
    let sets = sets::<LANES>(table);
    let full = labels.len().min(predictions.len()) / LANES * LANES;
    let (mut hot, mut cold) = (0, 0);
    // SAFETY: vectors are read within the first `full` rows. As neither `hot`
    // nor `cold` passes `from`, vectors are written there too, on rows that
    // were read.
    unsafe {
        let sets = _mm512_loadu_epi32(sets.as_ptr().cast());
        let shift = _mm_cvtsi32_si128(table.shift.cast_signed());
        for from in (0..full).step_by(LANES) {
            let label = _mm512_loadu_epi32(labels.as_ptr().add(from).cast());
            let prediction = _mm512_loadu_epi32(predictions.as_ptr().add(from).cast());
            let right = _mm512_cmpeq_epi32_mask(label, prediction);
            let on = _mm512_or_si512(label, sets);
            let off = _mm512_or_si512(_mm512_sll_epi32(label, shift), prediction);
            let on = _mm512_maskz_compress_epi32(right, on);
            let off = _mm512_maskz_compress_epi32(!right, off);
            _mm512_storeu_epi32(labels.as_mut_ptr().add(hot).cast(), on);
            _mm512_storeu_epi32(predictions.as_mut_ptr().add(cold).cast(), off);
            hot += right.count_ones() as usize;
            cold = from + LANES - hot;
        }
    }
    confusion::split(table, labels, predictions, full, [hot, cold])
}

/// The same.
///
/// SAFETY: the caller has checked for AVX2.
#[target_feature(enable = "avx2,popcnt")]
pub(super) unsafe fn split_avx2(
    table: Table,
    labels: &mut [u32],
    predictions: &mut [u32],
) -> [usize; 2] {
    const LANES: usize = 8;
    let sets = sets::<LANES>(table);
    let full = labels.len().min(predictions.len()) / LANES * LANES;
    let (mut hot, mut cold) = (0, 0);
    // SAFETY: as above; a mask has eight bits, and there is an order for each.
    unsafe {
        let sets = _mm256_loadu_si256(sets.as_ptr().cast());
        let shift = _mm_cvtsi32_si128(table.shift.cast_signed());
        for from in (0..full).step_by(LANES) {
            let label = _mm256_loadu_si256(labels.as_ptr().add(from).cast());
            let prediction = _mm256_loadu_si256(predictions.as_ptr().add(from).cast());
            let equal = _mm256_castsi256_ps(_mm256_cmpeq_epi32(label, prediction));
            let right = _mm256_movemask_ps(equal).to_le_bytes()[0];
            let on = _mm256_or_si256(label, sets);
            let off = _mm256_or_si256(_mm256_sll_epi32(label, shift), prediction);
            let on = _mm256_permutevar8x32_epi32(on, front(right));
            let off = _mm256_permutevar8x32_epi32(off, front(!right));
            _mm256_storeu_si256(labels.as_mut_ptr().add(hot).cast(), on);
            _mm256_storeu_si256(predictions.as_mut_ptr().add(cold).cast(), off);
            hot += right.count_ones() as usize;
            cold = from + LANES - hot;
        }
    }
    confusion::split(table, labels, predictions, full, [hot, cold])
}

/// Which counter of its cell each lane increments.
fn sets<const LANES: usize>(table: Table) -> [u32; LANES] {
    let mut sets = [0; LANES];
    (0..).zip(&mut sets).for_each(|(lane, set)| *set = (lane % SETS) << table.shift);
    sets
}

/// The order of lanes in which those of `mask` come first.
#[target_feature(enable = "avx2")]
fn front(mask: u8) -> __m256i {
    _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(i64::from_le_bytes(FRONT[mask as usize])))
}

/// For every mask of eight lanes, those in it.
static FRONT: [[u8; 8]; 256] = {
    let mut orders = [[0; 8]; 256];
    let mut mask = 0;
    while mask < 256 {
        let (mut lane, mut at) = (0, 0);
        while lane < 8 {
            if mask >> lane & 1 == 1 {
                orders[mask][at] = lane;
                at += 1;
            }
            lane += 1;
        }
        mask += 1;
    }
    orders
};
