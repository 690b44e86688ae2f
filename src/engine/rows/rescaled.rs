//! Scores that are turned into probabilities as they are read: percentages, and
//! rows that do not sum to 1.
//!
//! Everything behind it, on the CPU and on a device, sees probabilities as if the
//! user had divided: the same tallies, the same digest.

use std::path::Path;

use half::{bf16, f16};

use crate::batch::{Batch, Fault, Role, Scores, with_scores};
use crate::engine::plan::preparation::Rescale;
use crate::engine::plan::settled::{Plan, counts_highest};
use crate::error::Result;
use crate::exact::single_for_halves;
use crate::input::Source;
use crate::tally::Task;

/// A source whose scores are divided as they come.
pub(crate) struct Rescaled<'a, S> {
    source: &'a S,
    by: Rescale,
    /// Scores in a row.
    columns: usize,
    /// Whether a row that sums to 0 is at fault; predictions alone need no sum.
    strict: bool,
}

impl<'a, S: Source> Rescaled<'a, S> {
    pub(crate) fn new(source: &'a S, plan: &Plan, by: Rescale) -> Self {
        let columns = match (&plan.classes, plan.spec.task) {
            (Some(classes), Task::Matrix) => classes.len(),
            _ => 1,
        };
        Self { source, by, columns, strict: !counts_highest(&plan.spec) }
    }
}

impl<S: Source> Source for Rescaled<'_, S> {
    fn next(&self, batch: &mut Batch) -> Result<bool> {
        let more = self.source.next(batch)?;
        if more {
            match self.by {
                Rescale::Percent => divide_by_100(&mut batch.scores),
                Rescale::Sum => divide_by_sums(batch, self.columns, self.strict),
            }
        }
        Ok(more)
    }

    fn rewind(&self) -> Result<()> {
        self.source.rewind()
    }

    fn check_unchanged(&self) -> Result<()> {
        self.source.check_unchanged()
    }

    fn path(&self, part: usize, role: Role) -> &Path {
        self.source.path(part, role)
    }
}

/// A quotient of 16 bits is that of single precision, rounded: there are more than
/// twice as many digits in it, so rounding twice is rounding once.
fn divide_by_100(scores: &mut Scores) {
    match scores {
        Scores::F16(values) => {
            values.iter_mut().for_each(|it| *it = f16::from_f32(it.to_f32() / 100.0));
        }
        Scores::Bf16(values) => {
            values.iter_mut().for_each(|it| *it = bf16::from_f32(it.to_f32() / 100.0));
        }
        Scores::F32(values) => values.iter_mut().for_each(|it| *it /= 100.0),
        Scores::F64(values) => values.iter_mut().for_each(|it| *it /= 100.0),
    }
}

fn divide_by_sums(batch: &mut Batch, columns: usize, strict: bool) {
    let Batch { scores, faults, .. } = batch;
    let at_fault = |row: usize, problem: String| {
        if let Err(at) = faults.binary_search_by_key(&row, |fault| fault.row) {
            faults.insert(at, Fault { row, role: Role::Scores, problem });
        }
    };
    with_scores!(scores, values => divide(values, columns, strict, at_fault));
}

/// A type of scores that are divided by a sum.
trait Divided: Copy {
    fn widen(self) -> f64;
    /// The value nearest to a quotient.
    fn quotient(score: f64, sum: f64) -> Self;
}

impl Divided for f16 {
    fn widen(self) -> f64 {
        self.to_f64()
    }

    fn quotient(score: f64, sum: f64) -> Self {
        Self::from_f32(single_for_halves(unrounded(score, sum)))
    }
}

impl Divided for bf16 {
    fn widen(self) -> f64 {
        self.to_f64()
    }

    fn quotient(score: f64, sum: f64) -> Self {
        Self::from_f32(single_for_halves(unrounded(score, sum)))
    }
}

impl Divided for f32 {
    fn widen(self) -> f64 {
        self.into()
    }

    #[allow(clippy::cast_possible_truncation, reason = "rounded, as defined")]
    fn quotient(score: f64, sum: f64) -> Self {
        unrounded(score, sum) as Self
    }
}

impl Divided for f64 {
    fn widen(self) -> f64 {
        self
    }

    fn quotient(score: f64, sum: f64) -> Self {
        score / sum
    }
}

/// The low bits of a double that are 0 in every value of a narrower type and in the
/// middle between two.
const BEYOND_SINGLE: u64 = (1 << 28) - 1;

/// A double that rounds to any narrower type as the quotient itself does: where the
/// nearest double may be in the middle between two values, and the quotient is not, the
/// last bit says so.
fn unrounded(score: f64, sum: f64) -> f64 {
    let nearest = score / sum;
    if nearest.to_bits() & BEYOND_SINGLE != 0 || nearest == 0.0 {
        return nearest;
    }
    let rest = libm::fma(-nearest, sum, score);
    match rest == 0.0 {
        true => nearest,
        false => f64::from_bits((nearest.to_bits() - u64::from(rest < 0.0)) | 1),
    }
}

/// Divides every row by its sum. A row that has none to divide by stays as it is,
/// and `at_fault` is told why, unless NaN or infinity says so by itself.
fn divide<T: Divided>(
    scores: &mut [T],
    columns: usize,
    strict: bool,
    mut at_fault: impl FnMut(usize, String),
) {
    for (row, scores) in scores.chunks_exact_mut(columns.max(1)).enumerate() {
        let sum: f64 = scores.iter().map(|score| score.widen()).sum();
        if let Some(class) = scores.iter().position(|score| score.widen() < 0.0) {
            let score = scores[class].widen();
            at_fault(
                row,
                format!(
                    "score {class} is {score}, but a row to be divided by its sum has no score below 0"
                ),
            );
        } else if sum == 0.0 && strict {
            at_fault(row, "the scores sum to 0, so they cannot be divided by their sum".into());
        } else if sum == 0.0 {
            // As it is: of probabilities that sum to 0 the first is the highest, too.
        } else if sum.is_finite() {
            scores.iter_mut().for_each(|score| *score = T::quotient(score.widen(), sum));
        } else if scores.iter().all(|score| score.widen().is_finite()) {
            at_fault(row, "the sum of the scores is beyond double precision".into());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use std::cmp::Ordering;

    use super::*;

    /// Quotients of percentages are rounded once: no nearer value of 16 bits exists.
    #[test]
    fn a_hundredth_of_16_bits_is_the_nearest_there_is() {
        let all: Vec<f16> = (0..0x7c00).map(f16::from_bits).collect();
        let mut scores = Scores::F16(all.clone());
        divide_by_100(&mut scores);
        let Scores::F16(quotients) = scores else { unreachable!() };
        for (score, quotient) in all.into_iter().zip(quotients) {
            let off = |it: f16| (it.to_f64() * 100.0 - score.to_f64()).abs();
            let bits = quotient.to_bits();
            let next = [bits.saturating_sub(1), bits + 1].map(f16::from_bits);
            for other in next {
                let tie = off(other) == off(quotient) && bits.is_multiple_of(2);
                assert!(other == quotient || off(quotient) < off(other) || tie, "{score}");
            }
        }
    }

    /// Both ways to round, checked in integers: a quotient of 16 bits is a whole number
    /// of 2⁻²⁴, and so are scores and sums.
    #[test]
    #[allow(clippy::cast_possible_truncation, reason = "whole numbers, or meant to be rounded")]
    fn quotients_of_16_bits_are_rounded_once() {
        let whole = |value: f64| (value * 16_777_216.0) as i128;
        let others = [1_u16, 2, 0x03ff, 0x0401, 0x2e66, 0x3555, 0x3bff, 0x3c00, 0x57ff, 0x7bff];
        let mut otherwise = 0;
        for other in others.map(f16::from_bits) {
            for bits in 1..0x7c00 {
                let score = f16::from_bits(bits);
                let sum = score.to_f64() + other.to_f64();
                let found = f16::quotient(score.to_f64(), sum);
                let twice = f16::from_f32((score.to_f64() / sum) as f32);
                otherwise += u32::from(twice != found);
                let off = |it: f16| {
                    ((whole(score.to_f64()) << 24) - whole(it.to_f64()) * whole(sum)).abs()
                };
                let bits = found.to_bits();
                for next in [bits.saturating_sub(1), bits + 1].map(f16::from_bits) {
                    let is_tie = off(next) == off(found) && bits.is_multiple_of(2);
                    assert!(
                        next == found || off(found) < off(next) || is_tie,
                        "{score} of {sum} is not {found}"
                    );
                }
            }
        }
        assert!(otherwise > 0, "rounding by way of single precision comes to the same");
    }

    /// Quotients of 1 that a double cannot tell from the middle between two halves.
    #[test]
    #[allow(clippy::cast_possible_truncation, reason = "whole numbers, or meant to be rounded")]
    fn a_quotient_beside_a_tie_is_no_tie() {
        let mut beside = 0;
        for odd in (2_049..4_096_u16).step_by(2) {
            let tie = f64::from(odd) / 4_096.0;
            let sum = 1.0 / tie;
            let found = f16::quotient(1.0, sum).to_f64() * 4_096.0;
            // 1 / sum against odd / 4096, in integers.
            let product = u128::from(odd) * (sum * 2.0_f64.powi(52)) as u128;
            let expected = match product.cmp(&(1 << 64)) {
                Ordering::Less => odd + 1,
                Ordering::Greater => odd - 1,
                Ordering::Equal => continue,
            };
            assert_eq!(found, f64::from(expected));
            beside += u32::from(1.0 / sum == tie);
        }
        assert!(beside > 100, "{beside}");
        assert_eq!((unrounded(1.0, 3.0), unrounded(1.0, 2.0)), (1.0 / 3.0, 0.5));
    }

    #[test]
    fn rows_without_a_sum_to_divide_by_stay_and_are_at_fault() {
        let scores = [1.0, 3.0, 0.0, 0.0, 2.0, -1.0, f64::NAN, 1.0, f64::MAX, f64::MAX];
        let mut batch = Batch { rows: 5, scores: Scores::F64(scores.to_vec()), ..Batch::default() };
        let mut lenient = batch.clone();
        divide_by_sums(&mut batch, 2, true);
        divide_by_sums(&mut lenient, 2, false);
        let Scores::F64(divided) = &batch.scores else { unreachable!() };
        assert_eq!(divided[..2], [0.25, 0.75]);
        assert_eq!((&divided[2..6], &divided[8..]), (&scores[2..6], &scores[8..]));
        assert_eq!(batch.faults.iter().map(|fault| fault.row).collect::<Vec<_>>(), [1, 2, 4]);
        // Predictions alone take a row of zeros.
        assert_eq!(lenient.faults.iter().map(|fault| fault.row).collect::<Vec<_>>(), [2, 4]);
    }
}
