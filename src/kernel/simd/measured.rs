//! The measures of rows side by side, and their planes.

use super::abreast::{Logits, Measures, squared_error};
use super::column::Column;
use super::lanes::{Ints, Lanes, high_words, low_words};
use super::softmax::{Gaps, Softmax, Terms};
use super::vector::Words;
use crate::kernel::planes::Plane;
use crate::kernel::rows::narrow::{CARE, Planes, Reading};
use crate::kernel::rows::shader::{NONE, state};

/// The rows that scores, labels and planes all have.
pub(super) fn whole_rows(
    columns: usize,
    scores: usize,
    labels: usize,
    planes: &Planes<'_>,
) -> usize {
    let rows = labels.min(scores / columns.max(1));
    planes.iter().fold(rows, |rows, it| rows.min(it.len()))
}

/// Scores from here on are left to others: they are seldom, and below it the difference
/// of two in units of 2⁻³² fits a double.
pub(super) const LARGE: f32 = 262_144.0;

/// The integers beside a column.
pub(super) type Int<C> = <<C as Column>::Lanes as Lanes>::Ints;

/// The terms of one gap in each lane.
#[inline(always)]
pub(super) unsafe fn term<V: Lanes>(gap: V) -> Terms<V> {
    // SAFETY: the caller has checked for the instructions.
    unsafe {
        let (mut gaps, mut terms) = (Gaps::none(), Terms::none());
        gaps.push(gap);
        terms.add(&mut gaps);
        terms
    }
}

/// What rows of logits come to: the sums of their terms and of the squares of those, and
/// the prediction's term.
#[inline(always)]
pub(super) unsafe fn measured_logits<C: Column>(
    reading: &Reading,
    [values, squares]: [[Int<C>; 2]; 2],
    max: C,
    own: C,
    top: [Int<C>; 2],
) -> Measures<Int<C>> {
    // SAFETY: the caller has checked for the instructions.
    unsafe {
        let labels = term(max.gap(own));
        let (mut of_label, mut other_squares) = ([Int::<C>::none(); 2], squares);
        for half in 0..2 {
            of_label[half] = C::Lanes::words(labels.values[half]);
            let own = C::Lanes::words(labels.squares[half]);
            other_squares[half] = other_squares[half].sub64(own);
        }
        let gap = max.difference(own);
        Logits { values, other_squares, of_label, top, gap }
            .measured::<<C::Lanes as Lanes>::Doubles>(reading.bins)
    }
}

/// What rows of probabilities come to: the label's, the same in units of 2⁻³⁰, the sum of
/// the squares of the others, and that of the prediction.
#[inline(always)]
pub(super) unsafe fn measured_probabilities<C: Column>(
    reading: &Reading,
    [low, high]: [C; 2],
    own: C,
    of_label: [Int<C>; 2],
    other_squares: [Int<C>; 2],
    top: C,
) -> Measures<Int<C>> {
    // SAFETY: the caller has checked for the instructions.
    unsafe {
        Measures {
            confidence: low_words(top.units()),
            squared_error: squared_error(of_label, other_squares),
            loss: own.max(low).least(high).neg_ln(),
            bin: top.bin_of_value(reading.bins),
        }
    }
}

/// What rows come to, one in each lane.
pub(super) struct Rows<V: Lanes> {
    pub(super) prediction: V::Ints,
    pub(super) rank: V::Ints,
    pub(super) measures: Measures<V::Ints>,
    /// Those that need no more care.
    pub(super) usual: V::Mask,
}

const _: () = assert!(state::SCORED == 0, "no bit of a state of rows that were scored");

impl<V: Lanes> Rows<V> {
    /// Writes the planes of rows, or predictions and states alone; of those that are not
    /// `scored`, that they were skipped, and of those that need more care, [`CARE`].
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
            let (none, zero) = (V::Ints::splat32(NONE), V::Ints::none());
            let state = V::Ints::splat32(CARE).or_where32(self.usual, zero);
            for (plane, words, otherwise) in [
                (Plane::Prediction, self.prediction, none),
                (Plane::State, state, V::Ints::splat32(state::SKIPPED)),
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
