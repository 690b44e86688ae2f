//! Rows of scores that are at fault: which can be scored after all, and what is
//! wrong with the others, in words.

use std::sync::Arc;

#[cfg(feature = "gpu")]
use crate::batch::{Batch, Widened};
use crate::engine::plan::clip::Clip;
use crate::engine::plan::part_scores::PartScores;
use crate::engine::plan::preparation::Rescale;
use crate::engine::plan::settled::Plan;
use crate::engine::plan::sum_tolerance::said;
use crate::exact::ScoreType;
use crate::kernel::Score;
use crate::kernel::rows::{self, Params};
#[cfg(feature = "gpu")]
use crate::tally::Task;

/// Whether every row of a batch that is to be scored, and can be, could be one
/// of probabilities. `labels` hold a class from `classes` on for the others.
#[cfg(feature = "gpu")]
pub(crate) fn look_like_probabilities(
    params: &Params,
    batch: &Batch,
    labels: &[u32],
    classes: usize,
) -> bool {
    fn all<T: Score>(params: &Params, scores: &[T], labels: &[u32], classes: usize) -> bool {
        let rows = scores.chunks_exact(classes).zip(labels);
        let mut scored = rows.filter(|(_, label)| (**label as usize) < classes);
        scored.all(|(row, _)| {
            rows::passes_as_probabilities(params, row) || rows::row(params, row, 0).is_err()
        })
    }
    match batch.scores.widened(&mut Vec::new()) {
        Widened::F32(scores) => all(params, scores, labels, classes),
        Widened::F64(scores) => all(params, scores, labels, classes),
    }
}

/// What a row of one task comes to, on the CPU.
#[cfg(feature = "gpu")]
pub(crate) fn scored<T: Score>(
    params: &Params,
    task: Task,
    threshold: f64,
    scores: &[T],
) -> Result<(), rows::Invalid> {
    match task {
        Task::Binary { positive } => {
            rows::binary_prediction(params, scores[0], positive, threshold).map(drop)
        }
        _ => rows::prediction(params, scores, 0).map(drop),
    }
}

/// A row that can be scored with values clipped.
pub(crate) struct Mended<T> {
    pub(crate) scores: Vec<T>,
    /// How many were clipped.
    pub(crate) clipped: u64,
}

/// What is done about rows at fault.
#[derive(Clone, Debug)]
pub(crate) struct InvalidScores {
    parts: Arc<[PartScores]>,
    /// The type that scores are read as.
    read_as: ScoreType,
    rescale: Option<Rescale>,
}

impl InvalidScores {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            parts: Arc::clone(&plan.part_scores),
            read_as: plan.stored_as.unwrap_or(ScoreType::F32),
            rescale: plan.preparation.rescale,
        }
    }

    /// What is clipped of the scores of a part.
    fn clip(&self, part: usize) -> Clip {
        let stored_as = self.parts.get(part).and_then(|part| part.stored_as);
        Clip::of(stored_as.unwrap_or(self.read_as))
    }

    /// The row of a part with its values clipped, if `score` takes it then, or why it
    /// cannot be scored even so.
    pub(crate) fn mend<T: Score>(
        &self,
        part: usize,
        scores: &[T],
        reason: rows::Invalid,
        score: impl FnOnce(&[T]) -> Result<(), rows::Invalid>,
    ) -> Result<Mended<T>, rows::Invalid> {
        let clipped = match reason {
            rows::Invalid::NotProbability => self.clip(part).row(scores),
            _ => None,
        };
        let (scores, clipped) = clipped.ok_or(reason)?;
        score(&scores).map(|()| Mended { scores, clipped })
    }

    /// What is wrong with a row of a part, in words.
    pub(crate) fn describe<T: Score>(
        &self,
        part: usize,
        params: &Params,
        scores: &[T],
        reason: rows::Invalid,
    ) -> String {
        let find = |wrong: &dyn Fn(f64) -> bool| {
            scores.iter().map(|score| score.widen()).enumerate().find(|(_, score)| wrong(*score))
        };
        match reason {
            rows::Invalid::NotFinite => {
                match find(&|score| score.is_nan() || score == f64::INFINITY) {
                    Some((class, score)) if score.is_nan() => {
                        format!("{} is NaN", self.name(part, class))
                    }
                    Some((class, _)) => format!("{} is infinite", self.name(part, class)),
                    None => "every score is -inf, so no class is likely".into(),
                }
            }
            rows::Invalid::NotProbability => {
                let (class, score) =
                    find(&|score| !self.clip(part).takes(score)).unwrap_or((0, 0.0));
                self.describe_range(part, class, score, scores.len())
            }
            rows::Invalid::Sum => match self.clip(part).row(scores) {
                Some((clipped, _)) => self.describe_sum(params, &clipped),
                None => self.describe_sum(params, scores),
            },
        }
    }

    /// "score column 'p_1'", or "score 1" where columns have no names.
    fn name(&self, part: usize, class: usize) -> String {
        match self.parts.get(part).and_then(|part| part.names.get(class)) {
            Some(name) => format!("score column '{name}'"),
            None => format!("score {class}"),
        }
    }

    fn describe_range(&self, part: usize, class: usize, score: f64, columns: usize) -> String {
        let is = if self.rescale.is_some() { "after division is" } else { "is" };
        let hint = match (self.rescale, columns) {
            (Some(_), _) => "if it was no percentage, say with --scores-are what it is",
            (None, _) if score < 0.0 => "if these are logits, say --scores-are logits",
            (None, 1) => {
                "if these are percentages or logits, say --scores-are percent or --scores-are \
                 logits"
            }
            (None, _) => {
                "if these are percentages, weights or logits, say --scores-are percent, \
                 unnormalized or logits"
            }
        };
        format!("{} {is} {score}, but a probability lies in 0 to 1; {hint}", self.name(part, class))
    }

    fn describe_sum<T: Score>(&self, params: &Params, scores: &[T]) -> String {
        let sum: f64 = scores.iter().map(|score| score.widen()).sum();
        let within = said(params.sum_tolerance, scores.len());
        let sum = shown_sum(sum, within);
        let (what, hint) = match self.rescale {
            None => (
                "the probabilities",
                "to divide each row by its sum, say --scores-are unnormalized; if these are \
                 logits, say --scores-are logits",
            ),
            Some(Rescale::Percent) => (
                "the scores divided by 100",
                "to divide each row by its sum instead, say --scores-are unnormalized",
            ),
            Some(Rescale::Sum) => {
                ("the scores divided by their sum", "their type is too narrow for so many")
            }
        };
        format!("{what} sum to {sum}, not to 1 within {within}; {hint}")
    }
}

/// A sum with as many digits as show that it is further from 1 than `within`.
fn shown_sum(sum: f64, within: f64) -> String {
    let shown = |digits: usize| {
        let text = format!("{sum:.digits$}");
        let off = (text.parse::<f64>().unwrap_or(sum) - 1.0).abs();
        (off > within + 0.1_f64.powi(i32::try_from(digits).unwrap_or(0)) / 2.0).then_some(text)
    };
    let text = (6..15).find_map(shown).unwrap_or_else(|| format!("{sum:.15}"));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::shown_sum;

    #[test]
    fn a_sum_is_shown_to_be_off() {
        assert_eq!(shown_sum(0.97, 0.001), "0.97");
        assert_eq!(shown_sum(2.0, 0.001), "2");
        assert_eq!(shown_sum(0.998_999_9, 0.001), "0.9989999");
        assert_eq!(shown_sum(1.050_000_06, 0.05), "1.0500001");
    }
}
