//! Rows of two scores that are read with a positive class: its score against a
//! threshold decides the prediction.

use super::prediction::{prediction, surveyed};
use super::{Invalid, Params, Row, narrow, of_logits, of_probabilities};
use crate::kernel::Score;

/// The score of class `positive` of two: its probability, or its logit less the
/// other one.
///
/// Differences of f64 are rounded once. Those of narrower types are exact unless
/// their sizes lie more than 2²⁹ apart; what is rounded to one number ties.
#[inline]
pub fn positive_score<T: Score>(params: &Params, scores: &[T], positive: usize) -> f64 {
    let own = scores[positive].widen();
    if params.probabilities { own } else { own - scores[1 - positive].widen() }
}

/// Scores one row of two scores against its label. The prediction is `positive`
/// when its score is at least `threshold`.
///
/// # Errors
///
/// [`Invalid`] if the row cannot be scored.
pub fn row_of_two<T: Score>(
    params: &Params,
    scores: &[T],
    label: usize,
    positive: usize,
    threshold: f64,
) -> Result<Row, Invalid> {
    let (survey, _) = surveyed(params, scores, label)?;
    let predicted = predicted(params, scores, positive, threshold);
    let mut row = if params.probabilities {
        of_probabilities(params, scores, label, predicted)?
    } else {
        of_logits(params, scores, label, predicted, survey.max)
    };
    row.rank = u32::from(predicted != label);
    Ok(row)
}

/// The prediction of [`row_of_two`] alone.
///
/// # Errors
///
/// [`Invalid`] if the row cannot be scored.
pub fn prediction_of_two<T: Score>(
    params: &Params,
    scores: &[T],
    label: usize,
    positive: usize,
    threshold: f64,
) -> Result<u32, Invalid> {
    prediction(params, scores, label)?;
    Ok(narrow(predicted(params, scores, positive, threshold)))
}

fn predicted<T: Score>(params: &Params, scores: &[T], positive: usize, threshold: f64) -> usize {
    if positive_score(params, scores, positive) >= threshold { positive } else { 1 - positive }
}
