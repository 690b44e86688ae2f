//! Rows of one score, a lane to each.

use super::abreast::{Logits, Measures};
use super::column::Column;
use super::lanes::{Ints, Lanes, Mask};
use super::measured::{Int, LARGE, Rows, measured_probabilities};
use super::softmax::{Gaps, Softmax, Terms};
use super::vector::{Vector, Words};
use crate::exact::exp::ONE;
use crate::kernel::rows::narrow::{Planes, Reading, Threshold};

/// Scores rows and writes their planes; how many: vectors of them.
#[inline(always)]
pub(super) unsafe fn one_score<C: Column>(
    reading: &Reading,
    threshold: Threshold,
    scores: &[C::Score],
    labels: &[u32],
    planes: &mut Planes<'_>,
) -> usize {
    let rows = planes.iter().fold(scores.len().min(labels.len()), |rows, it| rows.min(it.len()));
    let mut at = 0;
    // SAFETY: the caller has checked for the instructions, and vectors lie within rows.
    unsafe {
        let [Some(low), Some(high)] = [C::exactly(reading.clip[0]), C::exactly(reading.clip[1])]
        else {
            return 0;
        };
        let classes = Int::<C>::splat32(reading.classes);
        let least = C::least_from(threshold.least);
        while at + C::Lanes::LANES <= rows {
            let score = C::load_rows(scores.as_ptr().add(at));
            let label = Int::<C>::load(labels.as_ptr().add(at));
            let scored = label.below32(classes);
            let row = One { score, positive: threshold.positive, least, clip: [low, high] };
            row.scored(reading, label).put(scored, planes, at, false);
            at += C::Lanes::LANES;
        }
    }
    at
}

/// Rows that need no more care.
#[inline(always)]
unsafe fn usual<C: Column>(reading: &Reading, score: C) -> C::Mask {
    // SAFETY: the caller has checked for the instructions.
    unsafe {
        match reading.probabilities {
            true => C::splat(0.0).le(score).and(score.le(C::splat(1.0))),
            false => C::splat(-LARGE).lt(score).and(score.lt(C::splat(LARGE))),
        }
    }
}

/// Rows of one score.
struct One<C> {
    score: C,
    /// The class that the score is for.
    positive: u32,
    /// From here on that class is predicted.
    least: C,
    clip: [C; 2],
}

impl<C: Column> One<C> {
    #[inline(always)]
    unsafe fn scored(&self, reading: &Reading, label: Int<C>) -> Rows<C::Lanes> {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let numbers = C::numbers(label);
            let [own, other] = [C::number(self.positive), C::number(1 - self.positive)];
            let positives = C::equal(numbers, own);
            let predicted = self.least.le(self.score);
            let prediction = C::either(predicted, own, other);
            let right = C::equal(prediction, numbers);
            let measures = match reading.probabilities {
                true => self.of_probabilities(reading, positives, predicted),
                false => self.of_logits(reading, positives, predicted),
            };
            let rank = C::words(C::either(right, C::number(0), C::number(1)));
            let usual = C::lanes(usual(reading, self.score));
            Rows { prediction: C::words(prediction), rank, measures, usual }
        }
    }

    #[inline(always)]
    unsafe fn of_probabilities(
        &self,
        reading: &Reading,
        positives: C::Mask,
        predicted: C::Mask,
    ) -> Measures<Int<C>> {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let p = self.score;
            let rest = C::splat(1.0).sub(p);
            let [own, other] = [rest.or_where(positives, p), p.or_where(positives, rest)];
            let top = rest.or_where(predicted, p);
            let mut others = other.units();
            for half in &mut others {
                *half = half.mul(*half);
            }
            measured_probabilities(reading, self.clip, own, own.units(), others, top)
        }
    }

    /// The scores are 0 and that of the positive class.
    #[inline(always)]
    unsafe fn of_logits(
        &self,
        reading: &Reading,
        positives: C::Mask,
        predicted: C::Mask,
    ) -> Measures<Int<C>> {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let zero = C::splat(0.0);
            let (max, least) = (self.score.max(zero), self.score.least(zero));
            let own = zero.or_where(positives, self.score);
            let top = zero.or_where(predicted, self.score);
            let mut gaps = Gaps::<C::Lanes>::none();
            gaps.push(max.gap(least));
            let mut terms = Terms::<C::Lanes>::none();
            terms.add(&mut gaps);
            let own_is_max = C::wide_mask(own.eq(max));
            let top_is_max = C::wide_mask(top.eq(max));
            let one = Int::<C>::splat64(ONE);
            let none = [Int::<C>::none(); 2];
            let (mut values, mut other_squares) = (none, none);
            let (mut of_label, mut of_top) = (none, none);
            for half in 0..2 {
                let value = C::Lanes::words(terms.values[half]);
                let square = C::Lanes::words(terms.squares[half]);
                values[half] = value.add64(one);
                of_label[half] = either(own_is_max[half], one, value);
                other_squares[half] = either(own_is_max[half], square, one);
                of_top[half] = either(top_is_max[half], one, value);
            }
            let gap = max.difference(own);
            let logits = Logits { values, other_squares, of_label, top: of_top, gap };
            logits.measured::<<C::Lanes as Lanes>::Doubles>(reading.bins)
        }
    }
}

/// `on` where there are all bits, `off` where none.
#[inline(always)]
unsafe fn either<I: Ints>(bits: I, on: I, off: I) -> I {
    // SAFETY: the caller has checked for the instructions.
    unsafe { on.and(bits).or(off.sub64(off.and(bits))) }
}
