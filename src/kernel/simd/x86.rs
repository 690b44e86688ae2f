//! The loops over any x86-64 vector, and their compilations.

use std::arch::x86_64::{__m256, __m512};
use std::cmp::Ordering;

use super::{Integer, Sums, Survey, confusion};
use crate::exact::exp::{COEFFICIENTS, TWO_LOG2_E, ZERO_FROM};

/// A vector of f32 lanes, with the few operations the loops need.
///
/// SAFETY of every method: the caller has checked for the instructions.
/// `Mask` is one bit per lane.
pub(super) trait Vector: Copy {
    const LANES: usize;
    /// Unsigned 32-bit lanes.
    type Words: Copy;
    /// Unsigned 64-bit lanes, half as many.
    type Wide: Copy;

    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    unsafe fn highest(self) -> f32;
    /// Lanes with `self >= other`.
    unsafe fn ge(self, other: Self) -> u32;
    /// Lanes with `self == other`.
    unsafe fn equal(self, other: Self) -> u32;
    /// Lanes where `self < other` fails, NaN included.
    unsafe fn not_lt(self, other: Self) -> u32;
    /// Lanes where `low <= self <= high` fails, NaN included.
    unsafe fn outside(self, low: Self, high: Self) -> u32;
    /// `on` in the lanes of `mask`, `self` in the others.
    unsafe fn blend(self, on: Self, mask: u32) -> Self;
    /// Truncates lanes in 0.0..2³¹; anything in other lanes.
    unsafe fn truncate(self) -> Self::Words;
    /// `words` where `self < limit`, else 0.
    unsafe fn keep_below(self, limit: Self, words: Self::Words) -> Self::Words;
    /// Lanes below 2³¹ to floats.
    unsafe fn from_words(words: Self::Words) -> Self;

    unsafe fn double(words: Self::Words) -> Self::Words;
    unsafe fn wide_zero() -> Self::Wide;
    unsafe fn wide_sum(a: Self::Wide) -> u64;
    /// Adds `(word << 10) >> shift` of every lane; shifts from 64 on give 0.
    unsafe fn add_shifted(sum: Self::Wide, words: Self::Words, shifts: Self::Words) -> Self::Wide;
    /// Adds every word.
    unsafe fn add_words(sum: Self::Wide, words: Self::Words) -> Self::Wide;
    /// Adds every word's square.
    unsafe fn add_squares(sum: Self::Wide, words: Self::Words) -> Self::Wide;
}

/// The rest of a row that does not fill a vector, filled up with `filler`.
#[inline(always)]
fn padded<const N: usize>(rest: &[f32], filler: f32) -> [f32; N] {
    let mut lanes = [filler; N];
    lanes[..rest.len()].copy_from_slice(rest);
    lanes
}

/// More lanes than any vector has.
const MOST: usize = 16;

/// Calls `body` with every vector of `row` and the index of its first lane;
/// the last one is filled up with `filler`.
///
/// SAFETY: the caller has checked for the instructions of `V`.
#[inline(always)]
unsafe fn each<V: Vector>(row: &[f32], filler: f32, mut body: impl FnMut(V, usize)) {
    let full = row.len() / V::LANES * V::LANES;
    let mut at = 0;
    while at < full {
        // SAFETY: at + LANES <= row.len().
        body(unsafe { V::load(row.as_ptr().add(at)) }, at);
        at += V::LANES;
    }
    if full < row.len() {
        let lanes: [f32; MOST] = padded(&row[full..], filler);
        // SAFETY: MOST >= LANES.
        body(unsafe { V::load(lanes.as_ptr()) }, full);
    }
}

#[inline(always)]
unsafe fn survey<V: Vector>(higher_first: bool, row: &[f32], label: usize) -> Survey<f32> {
    // SAFETY (whole body): the caller has checked for the instructions.
    unsafe {
        // A class is ahead when its score is at least a threshold: the
        // label's own score on the side where ties are ahead, the next
        // float on the other side and for the label itself.
        let own = row[label];
        let (before, after) = match higher_first {
            false => (V::splat(own), V::splat(own.next_up())),
            true => (V::splat(own.next_up()), V::splat(own)),
        };
        let in_block = label % V::LANES + usize::from(higher_first);
        let turning = label - label % V::LANES;
        let mixed = before.blend(after, u32::MAX << in_block);
        let infinity = V::splat(f32::INFINITY);
        let mut highest = V::splat(f32::NEG_INFINITY);
        let (mut bad, mut rank) = (0, 0);
        each::<V>(row, f32::NEG_INFINITY, |scores, at| {
            let threshold = match at.cmp(&turning) {
                Ordering::Less => before,
                Ordering::Equal => mixed,
                Ordering::Greater => after,
            };
            highest = highest.max(scores);
            bad |= scores.not_lt(infinity);
            rank += scores.ge(threshold).count_ones();
        });
        // The filler ties with a label at −∞ in the last vector.
        let fillers = row.len().next_multiple_of(V::LANES) - row.len();
        if own == f32::NEG_INFINITY && higher_first {
            rank -= u32::try_from(fillers).unwrap_or(0);
        }
        Survey { max: highest.highest(), bad: bad != 0, rank }
    }
}

#[inline(always)]
unsafe fn softmax_sums<V: Vector>(row: &[f32], max: f32) -> Sums {
    // SAFETY (whole body): the caller has checked for the instructions.
    unsafe {
        let half = V::splat(0.5);
        let half_max = V::splat(max * 0.5);
        let one = V::splat(1.0);
        let limit = V::splat(ZERO_FROM);
        let coefficients = COEFFICIENTS.map(|c| V::splat(c));
        let (mut values, mut squares) = (V::wide_zero(), V::wide_zero());
        each::<V>(row, f32::NEG_INFINITY, |scores, _| {
            let h = half_max.sub(scores.mul(half));
            let y = h.mul(V::splat(TWO_LOG2_E));
            let n = y.add(half).truncate();
            let f = y.sub(V::from_words(n));
            let mut p = coefficients[5];
            for c in coefficients[..5].iter().rev() {
                p = p.mul(f).add(*c);
            }
            let e = one.sub(f.mul(p));
            let value = e.mul(V::splat(1_073_741_824.0)).truncate();
            let square = e.mul(e).mul(V::splat(536_870_912.0)).truncate();
            let square = h.keep_below(limit, square);
            // Lanes beyond the limit hold anything up to here.
            values = V::add_shifted(values, h.keep_below(limit, value), n);
            squares = V::add_shifted(squares, V::double(square), V::double(n));
        });
        Sums { values: V::wide_sum(values), squares: V::wide_sum(squares) }
    }
}

#[inline(always)]
unsafe fn unit_sums<V: Vector>(row: &[f32]) -> Option<Sums> {
    // SAFETY (whole body): the caller has checked for the instructions.
    unsafe {
        let (zero, one) = (V::splat(0.0), V::splat(1.0));
        let mut outside = 0;
        let (mut values, mut squares) = (V::wide_zero(), V::wide_zero());
        each::<V>(row, 0.0, |scores, _| {
            outside |= scores.outside(zero, one);
            let units = scores.mul(V::splat(1_073_741_824.0)).truncate();
            values = V::add_words(values, units);
            squares = V::add_squares(squares, units);
        });
        let sums = Sums { values: V::wide_sum(values), squares: V::wide_sum(squares) };
        (outside == 0).then_some(sums)
    }
}

#[inline(always)]
unsafe fn first<V: Vector>(row: &[f32], max: f32) -> usize {
    // SAFETY (whole body): the caller has checked for the instructions, and
    // at + LANES <= row.len().
    unsafe {
        let wanted = V::splat(max);
        let full = row.len() / V::LANES * V::LANES;
        let mut at = 0;
        while at < full {
            let found = V::load(row.as_ptr().add(at)).equal(wanted);
            if found != 0 {
                return at + found.trailing_zeros() as usize;
            }
            at += V::LANES;
        }
        full + row[full..].iter().position(|&score| score == max).unwrap_or(0)
    }
}

macro_rules! compiled_for {
    ($vector:ty, $features:literal, $survey:ident, $softmax:ident, $unit:ident, $first:ident, $offsets:ident) => {
        #[target_feature(enable = $features)]
        pub(super) unsafe fn $survey(higher_first: bool, row: &[f32], label: usize) -> Survey<f32> {
            // SAFETY: this function has the features.
            unsafe { survey::<$vector>(higher_first, row, label) }
        }

        #[target_feature(enable = $features)]
        pub(super) unsafe fn $softmax(row: &[f32], max: f32) -> Sums {
            // SAFETY: this function has the features.
            unsafe { softmax_sums::<$vector>(row, max) }
        }

        #[target_feature(enable = $features)]
        pub(super) unsafe fn $unit(row: &[f32]) -> Option<Sums> {
            // SAFETY: this function has the features.
            unsafe { unit_sums::<$vector>(row) }
        }

        #[target_feature(enable = $features)]
        pub(super) unsafe fn $first(row: &[f32], max: f32) -> usize {
            // SAFETY: this function has the features.
            unsafe { first::<$vector>(row, max) }
        }

        #[target_feature(enable = $features)]
        pub(super) unsafe fn $offsets<T: Integer>(
            values: &[T],
            base: i64,
            behind: Option<u32>,
            cells: &mut [u32],
        ) -> u64 {
            confusion::offsets_loop(values, base, behind, cells)
        }
    };
}

compiled_for!(
    __m256,
    "avx2",
    survey_avx2,
    softmax_sums_avx2,
    unit_sums_avx2,
    first_avx2,
    offsets_avx2
);
compiled_for!(
    __m512,
    "avx512f,avx512bw",
    survey_avx512,
    softmax_sums_avx512,
    unit_sums_avx512,
    first_avx512,
    offsets_avx512
);
