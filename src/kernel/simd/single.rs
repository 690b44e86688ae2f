//! Rows of one score, a lane to each.

use super::abreast::{Logits, Measures, bin_of_value, neg_ln, squared_error};
use super::lanes::{Ints, Lanes, Mask, high_words, low_words, squares};
use super::softmax::{Gaps, Terms};
use super::vector::Words;
use crate::exact::exp::ONE;
use crate::kernel::planes::Plane;
use crate::kernel::rows::narrow::{Planes, Reading, Threshold};
use crate::kernel::rows::shader::{NONE, state};

const _: () = assert!(state::SCORED == 0, "no bit of a state of rows that were scored");

/// Scores from here on are left to others: they are seldom, and below it the difference
/// of two fits a double.
pub(super) const LARGE: f32 = 262_144.0;

/// Scores rows and writes their planes; how many, before the first vector that needs more
/// care.
#[inline(always)]
pub(super) unsafe fn single<V: Lanes>(
    reading: &Reading,
    threshold: Threshold,
    scores: &[f32],
    labels: &[u32],
    planes: &mut Planes<'_>,
) -> usize {
    let rows = planes.iter().fold(scores.len().min(labels.len()), |rows, it| rows.min(it.len()));
    let mut at = 0;
    // SAFETY: the caller has checked for the instructions, and vectors lie within rows.
    unsafe {
        let classes = V::Ints::splat32(reading.classes);
        while at + V::LANES <= rows {
            let score = V::load(scores.as_ptr().add(at));
            let label = V::Ints::load(labels.as_ptr().add(at));
            let scored = label.below32(classes);
            let row = Single { threshold, score, label };
            if !scored.but_not(row.usual(reading.probabilities)).is_empty() {
                break;
            }
            row.measured(reading).put(scored, planes, at, false);
            at += V::LANES;
        }
    }
    at
}

/// A row of one score in each lane.
struct Single<V: Lanes> {
    threshold: Threshold,
    score: V,
    label: V::Ints,
}

impl<V: Lanes> Single<V> {
    /// Rows that need no more care.
    #[inline(always)]
    unsafe fn usual(&self, probabilities: bool) -> V::Mask {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            match probabilities {
                true => V::splat(0.0).le(self.score).and(self.score.le(V::splat(1.0))),
                false => V::splat(-LARGE).lt(self.score).and(self.score.lt(V::splat(LARGE))),
            }
        }
    }

    #[inline(always)]
    unsafe fn measured(&self, reading: &Reading) -> Rows<V> {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let Threshold { positive, least } = self.threshold;
            let positives = self.label.eq32(V::Ints::splat32(positive));
            let predicted = V::splat(least).le(self.score);
            let prediction =
                V::Ints::splat32(1 - positive).or_where32(predicted, V::Ints::splat32(positive));
            let right = prediction.eq32(self.label);
            let measures = match reading.probabilities {
                true => self.of_probabilities(reading, positives, predicted),
                false => self.of_logits(reading, positives, predicted),
            };
            let rank = V::Ints::splat32(1).or_where32(right, V::Ints::none());
            Rows { prediction, rank, measures }
        }
    }

    #[inline(always)]
    unsafe fn of_probabilities(
        &self,
        reading: &Reading,
        positives: V::Mask,
        predicted: V::Mask,
    ) -> Measures<V::Ints> {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let p = self.score;
            let rest = V::splat(1.0).sub(p);
            let [own, other] = [rest.or_where(positives, p), p.or_where(positives, rest)];
            let top = rest.or_where(predicted, p);
            let unit = V::splat(1_073_741_824.0);
            let [low, high] = reading.clip;
            Measures {
                confidence: top.mul(unit).truncated(),
                squared_error: squared_error(
                    own.mul(unit).truncated(),
                    squares(other.mul(unit).truncated()),
                ),
                loss: neg_ln(own.max(V::splat(low)).least(V::splat(high))),
                bin: bin_of_value(reading.bins, top),
            }
        }
    }

    /// The scores are 0 and that of the positive class.
    #[inline(always)]
    unsafe fn of_logits(
        &self,
        reading: &Reading,
        positives: V::Mask,
        predicted: V::Mask,
    ) -> Measures<V::Ints> {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let zero = V::splat(0.0);
            let max = self.score.max(zero);
            let least = self.score.least(zero);
            let own = zero.or_where(positives, self.score);
            let top = zero.or_where(predicted, self.score);
            let mut gaps = Gaps::<V>::none();
            gaps.push(max.sub(least));
            let mut terms = Terms::<V>::none();
            terms.add(&mut gaps);
            let own_is_max = wide_mask::<V>(own.eq(max));
            let top_is_max = wide_mask::<V>(top.eq(max));
            let one = V::Ints::splat64(ONE);
            let none = [V::Ints::none(); 2];
            let (mut values, mut other_squares) = (none, none);
            let (mut of_label, mut of_top) = (none, none);
            for half in 0..2 {
                let value = V::words(terms.values[half]);
                let square = V::words(terms.squares[half]);
                values[half] = value.add64(one);
                of_label[half] = either(own_is_max[half], one, value);
                other_squares[half] = either(own_is_max[half], square, one);
                of_top[half] = either(top_is_max[half], one, value);
            }
            let logits = Logits { values, other_squares, of_label, top: of_top, max, own };
            logits.measured(reading.bins)
        }
    }
}

/// All bits in the even and in the odd lanes of a mask.
#[inline(always)]
unsafe fn wide_mask<V: Lanes>(mask: V::Mask) -> [V::Ints; 2] {
    // SAFETY: the caller has checked for the instructions.
    unsafe {
        let all = V::Ints::none().or_where32(mask, V::Ints::splat32(u32::MAX));
        let odd = all.shr64(32);
        let even = all.shl64(32);
        [even.or(all.and(V::Ints::splat64(0xffff_ffff))), odd.or(odd.shl64(32))]
    }
}

/// `on` where there are all bits, `off` where none.
#[inline(always)]
unsafe fn either<I: Ints>(bits: I, on: I, off: I) -> I {
    // SAFETY: the caller has checked for the instructions.
    unsafe { on.and(bits).or(off.sub64(off.and(bits))) }
}

/// What rows come to, one in each lane.
pub(super) struct Rows<V: Lanes> {
    pub(super) prediction: V::Ints,
    pub(super) rank: V::Ints,
    pub(super) measures: Measures<V::Ints>,
}

impl<V: Lanes> Rows<V> {
    /// Writes the planes of rows, or predictions and states alone; of those that are not
    /// `scored`, that they were skipped.
    ///
    /// SAFETY: the caller has checked for the instructions, and each plane has as many
    /// rows from `at` on as there are lanes.
    #[inline(always)]
    pub(super) unsafe fn put(
        self,
        scored: V::Mask,
        planes: &mut Planes<'_>,
        at: usize,
        predictions_only: bool,
    ) {
        let Measures { confidence, squared_error, loss, bin } = self.measures;
        // SAFETY: as above.
        unsafe {
            let none = V::Ints::splat32(NONE);
            let zero = V::Ints::none();
            let (scored_state, skipped) = (V::Ints::none(), V::Ints::splat32(state::SKIPPED));
            for (plane, words, otherwise) in [
                (Plane::Prediction, self.prediction, none),
                (Plane::State, scored_state, skipped),
                (Plane::Rank, self.rank, none),
                (Plane::Confidence, confidence, zero),
                (Plane::SquaredError, squared_error, zero),
                (Plane::LossLow, low_words(loss), zero),
                (Plane::LossHigh, high_words(loss), zero),
                (Plane::Bin, bin, none),
            ] {
                if predictions_only && !matches!(plane, Plane::Prediction | Plane::State) {
                    break;
                }
                let to = planes[plane as usize].as_mut_ptr().add(at);
                otherwise.or_where32(scored, words).put(to);
            }
        }
    }
}
