//! Rows of few scores, a lane to each.

use std::mem::MaybeUninit;

use super::abreast::Measures;
use super::column::Column;
use super::lanes::{Ints, Lanes, Mask, low_words};
use super::measured::{
    Int, LARGE, Rows, measured_logits, measured_probabilities, term, whole_rows,
};
use super::softmax::{ABREAST, Gaps, Softmax, Terms};
use super::vector::{Vector, Words};
use crate::exact::exp::ONE;
use crate::kernel::rows::ANY_SUM;
use crate::kernel::rows::narrow::{LANES, MOST_COLUMNS, Planes, Reading, Threshold};

/// Scores rows of at most [`MOST_COLUMNS`] scores and writes their planes; how many: a
/// multiple of [`LANES`].
#[inline(always)]
pub(super) unsafe fn matrix<C: Column>(
    reading: &Reading,
    columns: usize,
    scores: &[C::Score],
    labels: &[u32],
    planes: &mut Planes<'_>,
) -> usize {
    let rows = whole_rows(columns, scores.len(), labels.len(), planes);
    let mut tile = Tile::<C>::uninit();
    let columns = columns.clamp(1, MOST_COLUMNS);
    // SAFETY: the caller has checked for the instructions.
    let clip = unsafe { [C::exactly(reading.clip[0]), C::exactly(reading.clip[1])] };
    let [Some(low), Some(high)] = clip else { return 0 };
    for (at, scores) in (0..rows).step_by(LANES).zip(scores.chunks_exact(columns * LANES)) {
        if at + LANES > rows {
            return at;
        }
        // SAFETY: as above; so many are there.
        let tile = unsafe { turn::<C>(scores, columns, &mut tile) };
        for from in (0..LANES).step_by(C::Lanes::LANES) {
            // SAFETY: as above; LANES rows from `at` on lie within `rows`.
            unsafe {
                let label = Int::<C>::load(labels.as_ptr().add(at + from));
                let scored = label.below32(Int::<C>::splat32(reading.classes));
                let part = Part::<C> { tile, from, clip: [low, high] };
                let rows = part.scored(reading, label);
                rows.put(scored, planes, at + from, reading.predictions_only);
            }
        }
    }
    rows / LANES * LANES
}

/// Room for columns of [`LANES`] rows.
type Tile<C> = MaybeUninit<[[<C as Column>::Score; LANES]; MOST_COLUMNS]>;

/// Turns [`LANES`] rows of scores to columns.
///
/// SAFETY: the caller has checked for the instructions; there are as many scores, and no
/// more columns than a tile has.
#[inline(always)]
unsafe fn turn<'t, C: Column>(
    scores: &[C::Score],
    columns: usize,
    tile: &'t mut Tile<C>,
) -> &'t [[C::Score; LANES]] {
    let to = tile.as_mut_ptr().cast::<C::Score>();
    // SAFETY: as above; the first of each part of a column has LANES rows behind it.
    unsafe {
        match columns {
            1 => turn_all::<C, 1>(scores, to),
            2 => turn_all::<C, 2>(scores, to),
            3 => turn_all::<C, 3>(scores, to),
            4 => turn_all::<C, 4>(scores, to),
            _ => {
                for from in (0..LANES).step_by(C::Lanes::LANES) {
                    C::turn(scores.as_ptr().add(from * columns), columns, to.add(from));
                }
            }
        }
    }
    // SAFETY: all of these columns were written.
    unsafe { std::slice::from_raw_parts(tile.as_ptr().cast(), columns) }
}

/// SAFETY: as [`turn`].
#[inline(always)]
unsafe fn turn_all<C: Column, const COLUMNS: usize>(scores: &[C::Score], to: *mut C::Score) {
    for row in 0..LANES {
        for column in 0..COLUMNS {
            // SAFETY: both have room for that many columns of LANES rows.
            unsafe {
                let score = *scores.as_ptr().add(row * COLUMNS + column);
                to.add(column * LANES + C::place(row)).write(score);
            }
        }
    }
}

/// Columns, of which some rows are looked at.
struct Part<'a, C: Column> {
    tile: &'a [[C::Score; LANES]],
    from: usize,
    clip: [C; 2],
}

/// What rows say beside their sums.
struct Survey<C: Column> {
    max: C,
    /// The label's score.
    own: C,
    prediction: C::Numbers,
    /// Rows that need no more care.
    usual: C::Mask,
}

impl<C: Column> Part<'_, C> {
    /// SAFETY: the caller has checked for the instructions.
    #[inline(always)]
    unsafe fn load(&self, column: &[C::Score; LANES]) -> C {
        // SAFETY: as above; LANES is a multiple of the vector's.
        unsafe { C::load(column.as_ptr().add(self.from)) }
    }

    /// What rows come to.
    #[inline(always)]
    unsafe fn scored(&self, reading: &Reading, label: Int<C>) -> Rows<C::Lanes> {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let numbers = C::numbers(label);
            let mut survey = self.survey(reading, numbers);
            let usual = C::lanes(survey.usual);
            let mut top = survey.max;
            if let Some(threshold) = reading.threshold {
                (survey.prediction, top) = self.of_two(reading, threshold);
            }
            let prediction = C::words(survey.prediction);
            let any_sum = !reading.probabilities || reading.sum_tolerance == ANY_SUM;
            if reading.predictions_only && any_sum {
                let (rank, measures) = (Int::<C>::none(), Measures::none());
                return Rows { prediction, rank, measures, usual };
            }
            let (measures, usual) = match reading.probabilities {
                true => {
                    let (measures, sums_to_1) = self.of_probabilities(reading, &survey, top);
                    (measures, usual.and(sums_to_1))
                }
                false => (self.of_logits(reading, &survey, top), usual),
            };
            let rank = match reading.threshold {
                Some(_) => {
                    let right = C::equal(survey.prediction, numbers);
                    C::either(right, C::number(0), C::number(1))
                }
                None => self.rank(reading.higher_first, &survey, numbers),
            };
            Rows { prediction, rank: C::words(rank), measures, usual }
        }
    }

    #[inline(always)]
    unsafe fn survey(&self, reading: &Reading, label: C::Numbers) -> Survey<C> {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let (zero, one) = (C::splat(0.0), C::splat(1.0));
            let least = C::splat(f32::NEG_INFINITY);
            // Scores are below the one limit, the label's above the other.
            let limit = if reading.predictions_only { f32::INFINITY } else { LARGE };
            let limit = C::splat(limit);
            let (mut max, mut own, mut prediction) = (least, zero, C::number(0));
            let mut usual = zero.eq(zero);
            for (class, column) in (0..).zip(self.tile) {
                let score = self.load(column);
                let class = C::number(class);
                own = own.or_where(C::equal(label, class), score);
                let better = max.lt(score);
                max = max.or_where(better, score);
                prediction = C::either(better, class, prediction);
                usual = usual.and(match reading.probabilities {
                    true => zero.le(score).and(score.le(one)),
                    false => score.lt(limit),
                });
            }
            usual = match (reading.probabilities, reading.predictions_only) {
                (true, _) => usual,
                (false, true) => usual.and(least.lt(max)),
                (false, false) => usual.and(C::splat(-LARGE).lt(own)),
            };
            Survey { max, own, prediction, usual }
        }
    }

    /// Of two classes the one predicted by a threshold, and its score.
    #[inline(always)]
    unsafe fn of_two(&self, reading: &Reading, threshold: Threshold) -> (C::Numbers, C) {
        let Threshold { positive, least } = threshold;
        let [first, second] = self.tile else { unreachable!("two columns") };
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let pair = [self.load(first), self.load(second)];
            let [own, other] = if positive == 0 { pair } else { [pair[1], pair[0]] };
            let predicted = match reading.probabilities {
                true => C::least_from(least).le(own),
                false => own.is_apart(other, least),
            };
            let prediction = C::either(predicted, C::number(positive), C::number(1 - positive));
            (prediction, other.or_where(predicted, own))
        }
    }

    /// How many classes are ahead of the label.
    #[inline(always)]
    unsafe fn rank(&self, higher_first: bool, survey: &Survey<C>, label: C::Numbers) -> C::Numbers {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let mut rank = C::number(0);
            for (class, column) in (0..).zip(self.tile) {
                let score = self.load(column);
                let class = C::number(class);
                let wins_tie = match higher_first {
                    true => C::below(label, class),
                    false => C::below(class, label),
                };
                let ties = survey.own.eq(score).and(wins_tie);
                rank = C::count(survey.own.lt(score).or(ties), rank);
            }
            rank
        }
    }

    #[inline(always)]
    unsafe fn of_logits(&self, reading: &Reading, survey: &Survey<C>, top: C) -> Measures<Int<C>> {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let mut gaps = Gaps::<C::Lanes>::none();
            let mut terms = Terms::<C::Lanes>::none();
            for abreast in self.tile.chunks(ABREAST) {
                for column in abreast {
                    gaps.push(survey.max.gap(self.load(column)));
                }
                terms.add(&mut gaps);
            }
            let mut of_top = [Int::<C>::splat64(ONE); 2];
            if reading.threshold.is_some() {
                let [even, odd] = term(survey.max.gap(top)).values;
                of_top = [C::Lanes::words(even), C::Lanes::words(odd)];
            }
            let ([even, odd], squares) = (terms.values, terms.squares);
            let values = [C::Lanes::words(even), C::Lanes::words(odd)];
            let [even, odd] = squares;
            let squares = [C::Lanes::words(even), C::Lanes::words(odd)];
            measured_logits(reading, [values, squares], survey.max, survey.own, of_top)
        }
    }

    /// And which rows sum to 1.
    #[inline(always)]
    unsafe fn of_probabilities(
        &self,
        reading: &Reading,
        survey: &Survey<C>,
        top: C,
    ) -> (Measures<Int<C>>, <C::Lanes as Lanes>::Mask) {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let none = [Int::<C>::none(); 2];
            let (mut values, mut squares) = (none, none);
            for column in self.tile {
                let units = self.load(column).units();
                for half in 0..2 {
                    values[half] = values[half].add64(units[half]);
                    squares[half] = squares[half].add64(units[half].mul(units[half]));
                }
            }
            let of_label = survey.own.units();
            let mut off = none;
            for half in 0..2 {
                squares[half] = squares[half].sub64(of_label[half].mul(of_label[half]));
                let most = Int::<C>::splat64(reading.sum_tolerance + (1 << 30));
                let twice = Int::<C>::splat64(2 * reading.sum_tolerance);
                // Below 0 where a sum is above the most, and where it is further below.
                let below = most.sub64(values[half]);
                off[half] = below.negative64().or(twice.sub64(below).negative64());
            }
            if reading.sum_tolerance == ANY_SUM {
                off = none;
            }
            let sums_to_1 = low_words(off).eq32(Int::<C>::none());
            let own = survey.own;
            let measures = measured_probabilities(reading, self.clip, own, of_label, squares, top);
            (measures, sums_to_1)
        }
    }
}
