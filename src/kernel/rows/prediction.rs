//! Predictions alone: of every row the class, or why it cannot be scored.

use super::{ANY_SUM, Invalid, Params, narrow, sums_of_probabilities};
use crate::kernel::score::{Score, Survey};

/// The prediction of one row alone: that of [`row()`](super::row()), and at fault
/// where it is.
///
/// # Errors
///
/// [`Invalid`] if the row cannot be scored.
#[inline]
pub fn prediction<T: Score>(params: &Params, scores: &[T], label: usize) -> Result<u32, Invalid> {
    let (_, prediction) = surveyed(params, scores, label)?;
    if params.probabilities && params.sum_tolerance == ANY_SUM {
        return in_unit_range(scores).then(|| narrow(prediction)).ok_or(Invalid::NotProbability);
    }
    if params.probabilities {
        sums_of_probabilities(params, scores)?;
    }
    Ok(narrow(prediction))
}

/// Whether every score is a probability. A sum that the compiler turns into vector
/// instructions; false for NaN, too.
#[inline]
pub(super) fn in_unit_range<T: Score>(scores: &[T]) -> bool {
    let fit = |score: &T| (*score >= T::ZERO) & (*score <= T::ONE);
    scores.iter().fold(true, |all, score| all & fit(score))
}

/// What a first reading of a row tells, and the prediction.
#[inline(always)]
pub(super) fn surveyed<T: Score>(
    params: &Params,
    scores: &[T],
    label: usize,
) -> Result<(Survey<T>, usize), Invalid> {
    let survey = params.level.survey(params.higher_first, scores, label);
    if survey.bad || survey.max == T::LEAST {
        return Err(Invalid::NotFinite);
    }
    let prediction = match survey.rank {
        0 if !params.higher_first => label,
        _ => params.level.first(scores, survey.max),
    };
    Ok((survey, prediction))
}

/// The prediction of [`binary()`](super::binary()) alone. A pair of probabilities
/// sums to 1, so every row that is at fault there is found here.
///
/// # Errors
///
/// [`Invalid`] if the row cannot be scored.
#[inline]
pub fn binary_prediction<T: Score>(
    params: &Params,
    score: T,
    positive: usize,
    threshold: f64,
) -> Result<u32, Invalid> {
    let value = score.widen();
    if params.probabilities && !(0.0..=1.0).contains(&value) {
        return Err(if value.is_finite() { Invalid::NotProbability } else { Invalid::NotFinite });
    }
    if value.is_nan() || value == f64::INFINITY {
        return Err(Invalid::NotFinite);
    }
    Ok(narrow(if value >= threshold { positive } else { 1 - positive }))
}
