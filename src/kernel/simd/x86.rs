//! The loops over any x86-64 vector, and their compilations.

use std::arch::x86_64::{__m256, __m512};

use super::{Integer, Sums, Survey, Table, confusion};
use crate::exact::exp::{COEFFICIENTS, TWO_LOG2_E, ZERO_FROM};

/// A vector of f32 lanes, with the few operations the loops need.
///
/// SAFETY of every method: the caller has checked for the instructions.
/// `Mask` is one bit per lane.
pub(super) trait Vector: Copy {
    const LANES: usize;
    /// Unsigned 32-bit lanes.
    type Words: Copy;
    /// A flag per lane.
    type Flags: Copy;
    /// Unsigned 64-bit lanes, half as many.
    type Wide: Copy;

    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    /// Fewer than [`LANES`](Self::LANES) scores, and `filler` in the lanes behind.
    unsafe fn load_part(from: &[f32], filler: f32) -> Self;
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    unsafe fn min(self, other: Self) -> Self;
    unsafe fn highest(self) -> f32;
    /// `counts` and 1 more in lanes with `self >= threshold`.
    unsafe fn count_ge(self, threshold: Self, counts: Self::Words) -> Self::Words;
    unsafe fn sum_words(words: Self::Words) -> u32;
    /// Lanes with `self == other`.
    unsafe fn equal(self, other: Self) -> u32;
    unsafe fn no_flags() -> Self::Flags;
    /// `flags` and those of lanes where `self < limit` fails, NaN included.
    unsafe fn flag_not_lt(self, limit: Self, flags: Self::Flags) -> Self::Flags;
    unsafe fn any(flags: Self::Flags) -> bool;
    /// Lanes where `low <= self <= high` fails, NaN included.
    unsafe fn outside(self, low: Self, high: Self) -> u32;
    /// `on` in the lanes of `mask`, `self` in the others.
    unsafe fn blend(self, on: Self, mask: u32) -> Self;
    /// Truncates lanes in 0.0..2³¹; anything in other lanes.
    unsafe fn truncate(self) -> Self::Words;
    /// Lanes below 2³¹ to floats.
    unsafe fn from_words(words: Self::Words) -> Self;

    unsafe fn double(words: Self::Words) -> Self::Words;
    unsafe fn wide_zero() -> Self::Wide;
    unsafe fn wide_sum(a: Self::Wide) -> u64;
    /// Adds `(word << 10) >> shift` of every lane, for words below 2³¹ and
    /// shifts below 2⁷; those from 63 on give 0.
    unsafe fn add_shifted(sum: Self::Wide, words: Self::Words, shifts: Self::Words) -> Self::Wide;
    /// Adds every word.
    unsafe fn add_words(sum: Self::Wide, words: Self::Words) -> Self::Wide;
    /// Adds every word's square.
    unsafe fn add_squares(sum: Self::Wide, words: Self::Words) -> Self::Wide;
}

/// The vectors of a row and the index of the first lane of each; the last one is
/// filled up with `filler`.
///
/// A loop over this, not a closure: a closure would be compiled without the
/// instructions of the function that it is in.
struct Vectors<'a> {
    row: &'a [f32],
    at: usize,
    filler: f32,
}

impl<'a> Vectors<'a> {
    #[inline(always)]
    fn of(row: &'a [f32], filler: f32) -> Self {
        Self { row, at: 0, filler }
    }

    /// The next vector and the index of its first lane.
    ///
    /// SAFETY: the caller has checked for the instructions of `V`.
    #[inline(always)]
    unsafe fn next<V: Vector>(&mut self) -> Option<(V, usize)> {
        let at = self.at;
        let left = self.row.len().checked_sub(at).filter(|left| *left > 0)?;
        self.at += V::LANES;
        if left >= V::LANES {
            // SAFETY: at + LANES <= row.len().
            return Some((unsafe { V::load(self.row.as_ptr().add(at)) }, at));
        }
        // SAFETY: as above.
        Some((unsafe { V::load_part(&self.row[at..], self.filler) }, at))
    }
}

/// What [`survey`] gathers, lane by lane.
struct Gathered<V: Vector> {
    highest: V,
    ahead: V::Words,
    bad: V::Flags,
}

impl<V: Vector> Gathered<V> {
    /// Looks at `scores`; a class is ahead when its score is at least `threshold`.
    ///
    /// SAFETY: the caller has checked for the instructions of `V`.
    #[inline(always)]
    unsafe fn look(&mut self, scores: V, threshold: V) {
        // SAFETY: as above.
        unsafe {
            self.highest = self.highest.max(scores);
            self.ahead = scores.count_ge(threshold, self.ahead);
            self.bad = scores.flag_not_lt(V::splat(f32::INFINITY), self.bad);
        }
    }
}

#[inline(always)]
unsafe fn survey<V: Vector>(higher_first: bool, row: &[f32], label: usize) -> Survey<f32> {
    // SAFETY (whole body): the caller has checked for the instructions.
    unsafe {
        // The threshold is the label's own score on the side where ties are
        // ahead, the next float on the other side and for the label itself.
        let own = row[label];
        let (before, after) = match higher_first {
            false => (V::splat(own), V::splat(own.next_up())),
            true => (V::splat(own.next_up()), V::splat(own)),
        };
        let turning = label - label % V::LANES;
        let on_after = u32::MAX << (label % V::LANES + usize::from(higher_first));
        let (left, rest) = row.split_at(turning);
        let (middle, right) = rest.split_at(V::LANES.min(rest.len()));

        let mut seen = Gathered {
            highest: V::splat(f32::NEG_INFINITY),
            ahead: V::splat(0.0).truncate(),
            bad: V::no_flags(),
        };
        let mut vectors = Vectors::of(left, f32::NEG_INFINITY);
        while let Some((scores, _)) = vectors.next::<V>() {
            seen.look(scores, before);
        }
        let mut vectors = Vectors::of(middle, f32::NEG_INFINITY);
        while let Some((scores, _)) = vectors.next::<V>() {
            seen.look(scores, before.blend(after, on_after));
        }
        let mut vectors = Vectors::of(right, f32::NEG_INFINITY);
        while let Some((scores, _)) = vectors.next::<V>() {
            seen.look(scores, after);
        }
        let mut rank = V::sum_words(seen.ahead);
        // The filler ties with a label at −∞ in the last vector.
        if own == f32::NEG_INFINITY && higher_first {
            let fillers = row.len().next_multiple_of(V::LANES) - row.len();
            rank -= u32::try_from(fillers).unwrap_or(0);
        }
        Survey { max: seen.highest.highest(), bad: V::any(seen.bad), rank }
    }
}

/// Vectors whose terms are computed side by side: one alone would wait for its
/// own last operation most of the time.
const ABREAST: usize = 4;

#[inline(always)]
unsafe fn softmax_sums<V: Vector>(row: &[f32], max: f32) -> Sums {
    // SAFETY (whole body): the caller has checked for the instructions, and
    // loads end within the row.
    unsafe {
        let half_max = V::splat(max * 0.5);
        let mut sums = [V::wide_zero(); 2];
        let mut groups = row.chunks_exact(ABREAST * V::LANES);
        for group in &mut groups {
            let mut scores = [half_max; ABREAST];
            for (at, vector) in scores.iter_mut().enumerate() {
                *vector = V::load(group.as_ptr().add(at * V::LANES));
            }
            add_terms(scores, half_max, &mut sums);
        }
        let mut vectors = Vectors::of(groups.remainder(), f32::NEG_INFINITY);
        while let Some((scores, _)) = vectors.next::<V>() {
            add_terms([scores], half_max, &mut sums);
        }
        Sums { values: V::wide_sum(sums[0]), squares: V::wide_sum(sums[1]) }
    }
}

/// Adds the terms of `scores` and their squares: [`exp::term`](crate::exact::exp::term)
/// in lanes, step by step over all vectors. A gap beyond the last one that
/// counts is cut down to it; its term is 0.
#[inline(always)]
unsafe fn add_terms<V: Vector, const N: usize>(
    scores: [V; N],
    half_max: V,
    sums: &mut [V::Wide; 2],
) {
    // SAFETY (whole body): the caller has checked for the instructions.
    unsafe {
        let half = V::splat(0.5);
        let mut f = scores;
        let mut n = [V::splat(0.0).truncate(); N];
        for (f, n) in f.iter_mut().zip(&mut n) {
            let h = half_max.sub(f.mul(half)).min(V::splat(ZERO_FROM));
            let y = h.mul(V::splat(TWO_LOG2_E));
            *n = y.add(half).truncate();
            *f = y.sub(V::from_words(*n));
        }
        let [coefficients @ .., last] = COEFFICIENTS;
        let mut p = [V::splat(last); N];
        for c in coefficients.iter().rev() {
            for (p, f) in p.iter_mut().zip(&f) {
                *p = p.mul(*f).add(V::splat(*c));
            }
        }
        for ((p, f), n) in p.iter().zip(&f).zip(&n) {
            let e = V::splat(1.0).sub(f.mul(*p));
            let value = e.mul(V::splat(1_073_741_824.0)).truncate();
            let square = e.mul(e).mul(V::splat(536_870_912.0)).truncate();
            sums[0] = V::add_shifted(sums[0], value, *n);
            sums[1] = V::add_shifted(sums[1], V::double(square), V::double(*n));
        }
    }
}

#[inline(always)]
unsafe fn unit_sums<V: Vector>(row: &[f32]) -> Option<Sums> {
    // SAFETY (whole body): the caller has checked for the instructions.
    unsafe {
        let (zero, one) = (V::splat(0.0), V::splat(1.0));
        let mut outside = 0;
        let (mut values, mut squares) = (V::wide_zero(), V::wide_zero());
        let mut vectors = Vectors::of(row, 0.0);
        while let Some((scores, _)) = vectors.next::<V>() {
            outside |= scores.outside(zero, one);
            let units = scores.mul(V::splat(1_073_741_824.0)).truncate();
            values = V::add_words(values, units);
            squares = V::add_squares(squares, units);
        }
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
    ($vector:ty, $features:literal, $survey:ident, $softmax:ident, $unit:ident, $first:ident, $classes:ident, $numbers:ident) => {
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
        pub(super) unsafe fn $classes<T: Integer>(
            values: &[T],
            base: i64,
            classes: &mut [u32],
        ) -> u64 {
            confusion::classes_loop(values, base, classes)
        }

        #[target_feature(enable = $features)]
        pub(super) unsafe fn $numbers(table: Table, labels: &mut [u32], predictions: &[u32]) {
            confusion::counter_numbers_loop(table, labels, predictions);
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
    classes_avx2,
    counter_numbers_avx2
);
compiled_for!(
    __m512,
    "avx512f,avx512bw",
    survey_avx512,
    softmax_sums_avx512,
    unit_sums_avx512,
    first_avx512,
    classes_avx512,
    counter_numbers_avx512
);
