//! Rows of more scores: a lane to each score until they are summed, then a lane to each
//! row.

use super::column::Column;
use super::lanes::Ints;
use super::measured::{Int, LARGE, Rows, measured_logits, measured_probabilities, whole_rows};
use super::softmax::softmax_sums;
use super::vector::Vector;
use super::x86::{first, survey, unit_sums};
use crate::exact::exp::ONE;
use crate::kernel::rows::ANY_SUM;
use crate::kernel::rows::narrow::{LANES, Planes, Reading};
use crate::kernel::score::{Score, Sums};

/// What [`LANES`] rows say, each number where [`Column::load`] looks for it.
struct Said<T> {
    max: [T; LANES],
    own: [T; LANES],
    /// Even rows of a vector, then odd ones, as in columns of doubles.
    values: [u64; LANES],
    squares: [u64; LANES],
    prediction: [u32; LANES],
    rank: [u32; LANES],
    /// All bits of rows that need no more care.
    usual: [u32; LANES],
}

/// Scores rows of up to [`WIDE_COLUMNS`](crate::kernel::rows::narrow::WIDE_COLUMNS) scores
/// and writes their planes; how many: a multiple of [`LANES`].
#[inline(always)]
pub(super) unsafe fn wide<C: Column, V: Vector<Score = C::Score>>(
    reading: &Reading,
    columns: usize,
    scores: &[C::Score],
    labels: &[u32],
    planes: &mut Planes<'_>,
) -> usize {
    let rows = whole_rows(columns, scores.len(), labels.len(), planes);
    // SAFETY: the caller has checked for the instructions.
    let clip = unsafe { [C::exactly(reading.clip[0]), C::exactly(reading.clip[1])] };
    let [Some(low), Some(high)] = clip else { return 0 };
    let each = scores.chunks_exact(columns.max(1) * LANES).zip(labels.chunks_exact(LANES));
    for (at, (scores, labels)) in (0..rows).step_by(LANES).zip(each) {
        if at + LANES > rows {
            return at;
        }
        let mut said = Said::none();
        for (row, (scores, &label)) in scores.chunks_exact(columns).zip(labels).enumerate() {
            if label < reading.classes {
                // SAFETY: as above.
                unsafe { said.hear::<C, V>(reading, row, scores, label) };
            }
        }
        for from in (0..LANES).step_by(C::Lanes::LANES) {
            // SAFETY: as above; LANES rows from `at` on lie within `rows`.
            unsafe {
                let label = Int::<C>::load(labels.as_ptr().add(from));
                let scored = label.below32(Int::<C>::splat32(reading.classes));
                said.measured::<C>(reading, [low, high], from).put(
                    scored,
                    planes,
                    at + from,
                    false,
                );
            }
        }
    }
    rows / LANES * LANES
}

impl<T: Score> Said<T> {
    /// Of rows that are skipped.
    #[inline(always)]
    fn none() -> Self {
        Self {
            max: [T::ZERO; LANES],
            own: [T::ZERO; LANES],
            values: [ONE; LANES],
            squares: [ONE; LANES],
            prediction: [0; LANES],
            rank: [0; LANES],
            usual: [0; LANES],
        }
    }

    /// Notes what a row says, unless it needs more care.
    #[inline(always)]
    unsafe fn hear<C: Column<Score = T>, V: Vector<Score = T>>(
        &mut self,
        reading: &Reading,
        row: usize,
        scores: &[T],
        label: u32,
    ) {
        let label_at = label as usize;
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let survey = survey::<V>(reading.higher_first, scores, label_at);
            let (max, own) = (survey.max.widen(), scores[label_at].widen());
            let is_usual = match reading.probabilities {
                true => max > f64::NEG_INFINITY,
                false => max < LARGE.into() && own > (-LARGE).into(),
            };
            if survey.bad || !is_usual {
                return;
            }
            let Some(sums) = (match reading.probabilities {
                true => unit_sums::<V>(scores).filter(|sums| {
                    let off = sums.values.abs_diff(1 << 30);
                    reading.sum_tolerance == ANY_SUM || off <= reading.sum_tolerance
                }),
                false => Some(softmax_sums::<V>(scores, survey.max)),
            }) else {
                return;
            };
            let prediction = match survey.rank {
                0 if !reading.higher_first => label_at,
                _ => first::<V>(scores, survey.max),
            };
            let (place, half) = (C::place(row) % LANES, place_of_half::<C>(row));
            (self.max[place], self.own[place]) = (survey.max, scores[label_at]);
            let Sums { values, squares } = sums;
            (self.values[half], self.squares[half]) = (values, squares);
            #[allow(clippy::cast_possible_truncation, reason = "below the number of columns")]
            let prediction = prediction as u32;
            (self.prediction[row % LANES], self.rank[row % LANES]) = (prediction, survey.rank);
            self.usual[row % LANES] = u32::MAX;
        }
    }

    /// What rows from `from` on come to.
    #[inline(always)]
    unsafe fn measured<C: Column<Score = T>>(
        &self,
        reading: &Reading,
        clip: [C; 2],
        from: usize,
    ) -> Rows<C::Lanes> {
        // SAFETY: the caller has checked for the instructions; LANES is a multiple of a
        // vector's.
        unsafe {
            let max = C::load(self.max.as_ptr().add(from));
            let own = C::load(self.own.as_ptr().add(from));
            let squares = halves::<C>(&self.squares, from);
            let measures = match reading.probabilities {
                true => {
                    let of_label = own.units();
                    let mut others = squares;
                    for (others, own) in others.iter_mut().zip(of_label) {
                        *others = others.sub64(own.mul(own));
                    }
                    measured_probabilities(reading, clip, own, of_label, others, max)
                }
                false => {
                    let values = halves::<C>(&self.values, from);
                    let one = [Int::<C>::splat64(ONE); 2];
                    measured_logits(reading, [values, squares], max, own, one)
                }
            };
            Rows {
                prediction: Int::<C>::load(self.prediction.as_ptr().add(from)),
                rank: Int::<C>::load(self.rank.as_ptr().add(from)),
                measures,
                usual: Int::<C>::load(self.usual.as_ptr().add(from))
                    .eq32(Int::<C>::splat32(u32::MAX)),
            }
        }
    }
}

/// Where a number of 64 bits of a row stands: first those of even lanes, then those of odd
/// ones.
#[inline(always)]
fn place_of_half<C: Column>(row: usize) -> usize {
    let (first, lane) = (row / C::Lanes::LANES * C::Lanes::LANES, row % C::Lanes::LANES);
    (first + lane % 2 * (C::Lanes::LANES / 2) + lane / 2) % LANES
}

/// Numbers of 64 bits of even and of odd rows.
#[inline(always)]
unsafe fn halves<C: Column>(numbers: &[u64; LANES], from: usize) -> [Int<C>; 2] {
    // SAFETY: the caller has checked for the instructions; LANES is a multiple of a
    // vector's.
    unsafe {
        let even = numbers.as_ptr().add(from);
        let odd = even.add(C::Lanes::LANES / 2);
        [Int::<C>::load(even.cast()), Int::<C>::load(odd.cast())]
    }
}
