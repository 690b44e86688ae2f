//! What is wrong with rows of scores, in words.

#[cfg(feature = "gpu")]
use crate::batch::{Batch, Widened};
use crate::exact::fixed::UNIT;
use crate::kernel::Score;
use crate::kernel::rows::{self, Params};
#[cfg(feature = "gpu")]
use crate::tally::Task;

/// Whether every row of a batch that is to be scored, and can be, could be one
/// of probabilities. `labels` hold a class from `classes` on for the others.
#[cfg(feature = "gpu")]
pub(super) fn look_like_probabilities(
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

/// What is wrong with a row that was found invalid, in words.
#[cfg(feature = "gpu")]
pub(super) fn explain(
    params: &Params,
    task: Task,
    threshold: f64,
    scores: &[f32],
) -> Option<String> {
    let scored = match task {
        Task::Binary { positive } => rows::binary(params, *scores.first()?, 0, positive, threshold),
        _ => rows::row(params, scores, 0),
    };
    Some(describe(params, scores, scored.err()?))
}

/// What is wrong with a row, in words.
pub(super) fn describe<T: Score>(params: &Params, scores: &[T], reason: rows::Invalid) -> String {
    let find = |wrong: fn(f64) -> bool| {
        scores.iter().map(|score| score.widen()).enumerate().find(|(_, score)| wrong(*score))
    };
    match reason {
        rows::Invalid::NotFinite => match find(|score| score.is_nan() || score == f64::INFINITY) {
            Some((class, score)) if score.is_nan() => format!("score {class} is NaN"),
            Some((class, _)) => format!("score {class} is infinite"),
            None => "every score is -inf, so no class is likely".into(),
        },
        rows::Invalid::NotProbability => {
            let (class, score) = find(|score| !(0.0..=1.0).contains(&score)).unwrap_or((0, 0.0));
            format!(
                "score {class} is {score}, but a probability lies in 0 to 1; \
                 if these are logits, say --scores-are logits"
            )
        }
        rows::Invalid::Sum => {
            let sum: f64 = scores.iter().map(|score| score.widen()).sum();
            let tolerance = params.sum_tolerance as f64 / UNIT as f64;
            let within = (tolerance * 1e4).round() / 1e4;
            format!(
                "the probabilities sum to {sum:.6}, not to 1 within {within}; \
                 if these are logits, say --scores-are logits"
            )
        }
    }
}
