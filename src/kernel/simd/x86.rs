//! The loops over any x86-64 vector, and their compilations.

use std::arch::x86_64::{__m256, __m512};

use super::vector::{Vector, Vectors};
use super::{Integer, LANES, Sums, Survey, Surveys, Table, Tile, confusion, narrow};
use crate::exact::exp::{COEFFICIENTS, TWO_LOG2_E, ZERO_FROM};

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

/// Terms of softmax and their squares, in lanes, and the shifts they still need.
#[derive(Clone, Copy)]
struct Terms<V: Vector> {
    values: V::Words,
    squares: V::Words,
    n: V::Words,
}

/// The terms of `scores` in rows with halved maxima `half_max`:
/// [`exp::term`](crate::exact::exp::term) in lanes, step by step over all vectors.
/// A gap beyond the last one that counts is cut down to it; its term is 0.
#[inline(always)]
unsafe fn terms<V: Vector, const N: usize>(scores: [V; N], half_max: V) -> [Terms<V>; N] {
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
        let mut terms = [Terms { values: n[0], squares: n[0], n: n[0] }; N];
        for (((p, f), n), terms) in p.iter().zip(&f).zip(&n).zip(&mut terms) {
            let e = V::splat(1.0).sub(f.mul(*p));
            let square = e.mul(e).mul(V::splat(536_870_912.0)).truncate();
            terms.values = e.mul(V::splat(1_073_741_824.0)).truncate();
            terms.squares = V::double(square);
            terms.n = *n;
        }
        terms
    }
}

/// Adds the terms of `scores` and their squares.
#[inline(always)]
unsafe fn add_terms<V: Vector, const N: usize>(
    scores: [V; N],
    half_max: V,
    sums: &mut [V::Wide; 2],
) {
    // SAFETY (whole body): the caller has checked for the instructions.
    unsafe {
        for Terms { values, squares, n } in &terms(scores, half_max) {
            sums[0] = V::add_shifted(sums[0], *values, *n);
            sums[1] = V::add_shifted(sums[1], *squares, V::double(*n));
        }
    }
}

/// The sums of narrow rows, a lane to each.
#[inline(always)]
unsafe fn narrow_sums<V: Vector>(tile: &Tile, max: &[f32; LANES]) -> [Sums; LANES] {
    let mut sums = [Sums::default(); LANES];
    // SAFETY (whole body): the caller has checked for the instructions, and
    // LANES is a multiple of the vector's.
    unsafe {
        for from in (0..LANES).step_by(V::LANES) {
            let half_max = V::load(max.as_ptr().add(from)).mul(V::splat(0.5));
            let mut values = [V::wide_zero(); 2];
            let mut squares = [V::wide_zero(); 2];
            let mut pairs = tile.chunks_exact(2);
            for pair in &mut pairs {
                let scores =
                    [V::load(pair[0].as_ptr().add(from)), V::load(pair[1].as_ptr().add(from))];
                for terms in &terms(scores, half_max) {
                    V::add_shifted_apart(&mut values, terms.values, terms.n);
                    V::add_shifted_apart(&mut squares, terms.squares, V::double(terms.n));
                }
            }
            for column in pairs.remainder() {
                let [terms] = &terms([V::load(column.as_ptr().add(from))], half_max);
                V::add_shifted_apart(&mut values, terms.values, terms.n);
                V::add_shifted_apart(&mut squares, terms.squares, V::double(terms.n));
            }
            for lane in 0..V::LANES {
                sums[from + lane] = Sums {
                    values: V::wide_lane(values[lane % 2], lane / 2),
                    squares: V::wide_lane(squares[lane % 2], lane / 2),
                };
            }
        }
    }
    sums
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
    ($vector:ty, $features:literal, $survey:ident, $softmax:ident, $unit:ident, $first:ident, $classes:ident, $all_hot:ident, $add_bytes:ident, $narrow_survey:ident, $narrow_sums:ident) => {
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
        pub(super) unsafe fn $all_hot(table: Table, labels: &mut [u32], predictions: &[u32]) {
            confusion::all_hot(table, labels, predictions);
        }

        #[target_feature(enable = $features)]
        pub(super) unsafe fn $add_bytes(sums: &mut [u64], counts: &[u8]) {
            confusion::add_bytes(sums, counts);
        }

        #[target_feature(enable = $features)]
        pub(super) unsafe fn $narrow_survey(tile: &Tile, labels: &[u32; LANES]) -> Option<Surveys> {
            narrow::survey(tile, labels)
        }

        #[target_feature(enable = $features)]
        pub(super) unsafe fn $narrow_sums(tile: &Tile, max: &[f32; LANES]) -> [Sums; LANES] {
            // SAFETY: this function has the features.
            unsafe { narrow_sums::<$vector>(tile, max) }
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
    all_hot_avx2,
    add_bytes_avx2,
    narrow_survey_avx2,
    narrow_sums_avx2
);
compiled_for!(
    __m512,
    "avx512f,avx512bw,avx512dq,avx512cd",
    survey_avx512,
    softmax_sums_avx512,
    unit_sums_avx512,
    first_avx512,
    classes_avx512,
    all_hot_avx512,
    add_bytes_avx512,
    narrow_survey_avx512,
    narrow_sums_avx512
);
