//! Scores that are turned into probabilities as they are read: percentages, and
//! rows that do not sum to 1.
//!
//! Everything behind it, on the CPU and on a device, sees probabilities as if the
//! user had divided: the same tallies, the same digest.

use std::path::Path;

use half::{bf16, f16};

use super::plan::{Plan, counts_highest};
use crate::batch::{Batch, Fault, Role, Scores};
use crate::error::Result;
use crate::input::Source;
use crate::tally::{ScoresAre, Task};

/// What scores are, as the user says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "job", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ScoresGiven {
    /// Unnormalised log probabilities.
    Logits,
    /// Probabilities.
    Probabilities,
    /// Probabilities times 100.
    Percent,
    /// Probabilities times some number that may differ from row to row.
    Unnormalized,
}

impl ScoresGiven {
    /// What they are counted as.
    pub fn counted_as(self) -> ScoresAre {
        match self {
            Self::Logits => ScoresAre::Logits,
            Self::Probabilities | Self::Percent | Self::Unnormalized => ScoresAre::Probabilities,
        }
    }

    /// What they are divided by first.
    pub fn rescale(self) -> Option<Rescale> {
        match self {
            Self::Logits | Self::Probabilities => None,
            Self::Percent => Some(Rescale::Percent),
            Self::Unnormalized => Some(Rescale::Sum),
        }
    }
}

/// What scores are divided by to be probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rescale {
    /// By 100, rounded to the nearest value of the scores' own type, ties to even.
    Percent,
    /// By the sum of the row: added up from the first class on in double precision,
    /// and so divided; the quotient is rounded to single precision and to the
    /// scores' own type, where these are narrower.
    Sum,
}

/// What is done to scores before and while rows are scored. It enters neither the
/// state nor the digest: they are those of the probabilities that come of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Preparation {
    /// What scores are divided by, if by anything.
    pub rescale: Option<Rescale>,
    /// How far rows may be from summing to 1, if not as far as usual: because they
    /// were rounded, or divided by their sums.
    pub sum_tolerance: Option<f64>,
}

/// A source whose scores are divided as they come.
pub(super) struct Rescaled<'a, S> {
    source: &'a S,
    by: Rescale,
    /// Scores in a row.
    columns: usize,
    /// Whether a row that sums to 0 is at fault; predictions alone need no sum.
    strict: bool,
}

impl<'a, S: Source> Rescaled<'a, S> {
    pub(super) fn new(source: &'a S, plan: &Plan, by: Rescale) -> Self {
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

#[allow(clippy::cast_possible_truncation, reason = "rounded, as defined")]
fn divide_by_sums(batch: &mut Batch, columns: usize, strict: bool) {
    let Batch { scores, faults, .. } = batch;
    let at_fault = |row: usize, problem: String| {
        if let Err(at) = faults.binary_search_by_key(&row, |fault| fault.row) {
            faults.insert(at, Fault { row, role: Role::Scores, problem });
        }
    };
    match scores {
        Scores::F16(values) => {
            divide(
                values,
                columns,
                |it| it.to_f64(),
                |it| f16::from_f32(it as f32),
                strict,
                at_fault,
            );
        }
        Scores::Bf16(values) => {
            divide(
                values,
                columns,
                |it| it.to_f64(),
                |it| bf16::from_f32(it as f32),
                strict,
                at_fault,
            );
        }
        Scores::F32(values) => divide(values, columns, f64::from, |it| it as f32, strict, at_fault),
        Scores::F64(values) => divide(values, columns, |it| it, |it| it, strict, at_fault),
    }
}

/// Divides every row by its sum. A row that has none to divide by stays as it is,
/// and `at_fault` is told why, unless NaN or infinity says so by itself.
fn divide<T: Copy>(
    scores: &mut [T],
    columns: usize,
    widen: impl Fn(T) -> f64,
    narrow: impl Fn(f64) -> T,
    strict: bool,
    mut at_fault: impl FnMut(usize, String),
) {
    for (row, scores) in scores.chunks_exact_mut(columns.max(1)).enumerate() {
        let sum: f64 = scores.iter().map(|&score| widen(score)).sum();
        if let Some(class) = scores.iter().position(|&score| widen(score) < 0.0) {
            let score = widen(scores[class]);
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
            scores.iter_mut().for_each(|score| *score = narrow(widen(*score) / sum));
        } else if scores.iter().all(|&score| widen(score).is_finite()) {
            at_fault(row, "the sum of the scores is beyond double precision".into());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
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
