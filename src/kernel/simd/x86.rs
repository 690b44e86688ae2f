//! The loops over any x86-64 vector, and their compilations.

use super::column::Column;
use super::matrix::matrix;
use super::one_score::one_score;
use super::score::Score;
use super::softmax::softmax_sums;
use super::vector::{See, Vector, Words, show};
use super::wide::wide;
use super::{Integer, Planes, Reading, Sums, Survey, Table, Threshold, Totals, confusion, sums};

/// What [`survey`] gathers, lane by lane.
struct Gathered<V: Vector> {
    /// A class is ahead when its score is at least this.
    threshold: V,
    /// Scores are below this.
    limit: V,
    highest: V,
    ahead: V::Words,
    bad: V::Flags,
}

impl<V: Vector> See<V> for Gathered<V> {
    #[inline(always)]
    unsafe fn see(&mut self, scores: V) {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            self.highest = self.highest.max(scores);
            self.ahead = scores.count_ge(self.threshold, self.ahead);
            self.bad = scores.flag_not_lt(self.limit, self.bad);
        }
    }
}

#[inline(always)]
pub(super) unsafe fn survey<V: Vector>(
    higher_first: bool,
    row: &[V::Score],
    label: usize,
) -> Survey<V::Score> {
    // SAFETY: the caller has checked for the instructions.
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

        let filler = V::Score::LEAST;
        let mut seen = Gathered {
            threshold: before,
            limit: V::splat(V::Score::INFINITY),
            highest: V::splat(filler),
            ahead: V::Words::none(),
            bad: V::no_flags(),
        };
        show(left, filler, &mut seen);
        seen.threshold = before.blend(after, on_after);
        show(middle, filler, &mut seen);
        seen.threshold = after;
        show(right, filler, &mut seen);
        let mut rank = V::sum_counts(seen.ahead);
        // The filler ties with a label at −∞ in the last vector.
        if own == filler && higher_first {
            let fillers = row.len().next_multiple_of(V::LANES) - row.len();
            rank -= u32::try_from(fillers).unwrap_or(0);
        }
        Survey { max: seen.highest.highest(), bad: V::any(seen.bad), rank }
    }
}

/// Sums of [`unit_sums`], and which lanes had a score outside 0..=1.
struct Units<V: Vector> {
    zero: V,
    one: V,
    outside: u32,
    values: V::Words,
    squares: V::Words,
}

impl<V: Vector> See<V> for Units<V> {
    #[inline(always)]
    unsafe fn see(&mut self, scores: V) {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            self.outside |= scores.outside(self.zero, self.one);
            scores.add_units(&mut self.values, &mut self.squares);
        }
    }
}

#[inline(always)]
pub(super) unsafe fn unit_sums<V: Vector>(row: &[V::Score]) -> Option<Sums> {
    // SAFETY: the caller has checked for the instructions.
    unsafe {
        let mut units = Units::<V> {
            zero: V::splat(V::Score::ZERO),
            one: V::splat(V::Score::ONE),
            outside: 0,
            values: V::Words::none(),
            squares: V::Words::none(),
        };
        show(row, V::Score::ZERO, &mut units);
        let sums = Sums { values: units.values.sum(), squares: units.squares.sum() };
        (units.outside == 0).then_some(sums)
    }
}

#[inline(always)]
pub(super) unsafe fn first<V: Vector>(row: &[V::Score], max: V::Score) -> usize {
    // SAFETY: the caller has checked for the instructions, and
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
    ($features:literal, $survey:ident, $softmax:ident, $unit:ident, $first:ident, $classes:ident, $all_hot:ident, $add_bytes:ident, $totals:ident, $one_score:ident, $matrix:ident) => {
        #[target_feature(enable = $features)]
        pub(super) unsafe fn $survey<V: Vector>(
            higher_first: bool,
            row: &[V::Score],
            label: usize,
        ) -> Survey<V::Score> {
            // SAFETY: this function has the features.
            unsafe { survey::<V>(higher_first, row, label) }
        }

        #[target_feature(enable = $features)]
        pub(super) unsafe fn $softmax<V: Vector>(row: &[V::Score], max: V::Score) -> Sums {
            // SAFETY: this function has the features.
            unsafe { softmax_sums::<V>(row, max) }
        }

        #[target_feature(enable = $features)]
        pub(super) unsafe fn $unit<V: Vector>(row: &[V::Score]) -> Option<Sums> {
            // SAFETY: this function has the features.
            unsafe { unit_sums::<V>(row) }
        }

        #[target_feature(enable = $features)]
        pub(super) unsafe fn $first<V: Vector>(row: &[V::Score], max: V::Score) -> usize {
            // SAFETY: this function has the features.
            unsafe { first::<V>(row, max) }
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
        pub(super) unsafe fn $totals(
            states: &[u32],
            losses: [&[u32]; 2],
            others: [&[u32]; 2],
        ) -> Totals {
            sums::totals(states, losses, others)
        }

        #[target_feature(enable = $features)]
        pub(super) unsafe fn $one_score<C: Column>(
            reading: &Reading,
            threshold: Threshold,
            scores: &[C::Score],
            labels: &[u32],
            planes: &mut Planes<'_>,
        ) -> usize {
            // SAFETY: this function has the features.
            unsafe { one_score::<C>(reading, threshold, scores, labels, planes) }
        }

        #[target_feature(enable = $features)]
        pub(super) unsafe fn $matrix<C: Column, V: Vector<Score = C::Score>>(
            reading: &Reading,
            columns: usize,
            scores: &[C::Score],
            labels: &[u32],
            planes: &mut Planes<'_>,
        ) -> usize {
            // SAFETY: this function has the features.
            unsafe {
                match reading.has_lane_to_row(C::Lanes::LANES, columns) {
                    true => matrix::<C>(reading, columns, scores, labels, planes),
                    false => wide::<C, V>(reading, columns, scores, labels, planes),
                }
            }
        }
    };
}

compiled_for!(
    "avx2",
    survey_avx2,
    softmax_sums_avx2,
    unit_sums_avx2,
    first_avx2,
    classes_avx2,
    all_hot_avx2,
    add_bytes_avx2,
    totals_avx2,
    one_score_avx2,
    matrix_avx2
);
compiled_for!(
    "avx512f,avx512bw,avx512dq,avx512cd",
    survey_avx512,
    softmax_sums_avx512,
    unit_sums_avx512,
    first_avx512,
    classes_avx512,
    all_hot_avx512,
    add_bytes_avx512,
    totals_avx512,
    one_score_avx512,
    matrix_avx512
);
