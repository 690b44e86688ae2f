//! Rows of scores: prediction, rank of the label, confidence, loss, squared
//! error and calibration bin, from one reading of the row.

pub(in crate::kernel) mod bin;
mod block;
pub mod narrow;
mod prediction;
mod regroup;
mod sample;
pub mod shader;
pub mod twin;
mod two;

pub use bin::{MAX_BINS, edges};
pub(crate) use block::with_block_scores;
pub use block::{
    BLOCK, Block, BlockScores, Decision, PlanesOut, invalid_of, score_again, score_block, score_one,
};
use prediction::surveyed;
pub use prediction::{binary_prediction, prediction};
pub use regroup::{Group, Regrouped, Waiting};
pub use two::{positive_score, prediction_of_two, row_of_two};

use super::score::{Score, Sums};
use super::simd::Level;
use crate::exact::exp::{self, Term};
use crate::exact::fixed::{self, LOSS_CAP, UNIT};
use crate::exact::{Denominator, ScoreType, ln};

/// How rows are to be read. The same for every row of an evaluation.
#[derive(Clone, Debug)]
pub struct Params {
    /// Whether scores are probabilities; else they are logits.
    pub probabilities: bool,
    /// Whether a tie at a higher index is ahead of the label (scikit-learn's
    /// top-k) instead of one at a lower index.
    pub higher_first: bool,
    /// Probabilities are clipped to [ε, 1 − ε] for the loss.
    pub epsilon: f64,
    /// How far a row of probabilities may be from summing to 1, in units of 2⁻³⁰ and
    /// below 2³²; as a rule [`sum_tolerance`] of the type that they are stored in.
    /// With [`ANY_SUM`] sums do not matter.
    pub sum_tolerance: u64,
    /// Upper edges k/B of the calibration bins, k = 1..=B.
    pub edges: Vec<f64>,
    /// Whether a bin holds its upper edge instead of its lower one.
    pub right_closed: bool,
    /// The instructions to use.
    pub level: Level,
}

/// What one row comes to. Integers, equal on every device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The class with the highest score; the lowest index of several.
    pub prediction: u32,
    /// How many classes are ahead of the label.
    pub rank: u32,
    /// Probability of the prediction, in units of 2⁻³⁰.
    pub confidence: u32,
    /// Σ (p − onehot)², in units of 2⁻³⁰; at most a little over 2³¹.
    pub squared_error: u32,
    /// −ln p(label), in units of 2⁻³² nats; `None` if that probability is 0.
    pub loss: Option<u64>,
    /// The calibration bin of the confidence.
    pub bin: u32,
}

/// Why a row cannot be scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// A score is NaN or +∞, or all are −∞.
    NotFinite,
    /// A score is outside 0..=1.
    NotProbability,
    /// The scores do not sum to 1 within [`Params::sum_tolerance`].
    Sum,
}

/// The most classes: a sum of that many softmax terms is below 2⁶².
pub const MAX_CLASSES: usize = 1 << 21;

/// The tolerance of which a row of probabilities may sum to anything; the shaders
/// know it, too.
pub const ANY_SUM: u64 = u32::MAX as u64;

/// How far a row of probabilities may be from summing to 1, in units of 2⁻³⁰:
/// 1/1000. A bf16 is rounded by up to 2⁻⁸ of itself, and so are sums of them: that
/// much more for rows stored so.
pub const fn sum_tolerance(stored_as: ScoreType) -> u64 {
    match stored_as {
        ScoreType::Bf16 => UNIT / 1000 + (UNIT >> 8),
        ScoreType::F16 | ScoreType::F32 | ScoreType::F64 => UNIT / 1000,
    }
}

/// Scores one row against its label, an index into the row.
///
/// # Errors
///
/// [`Invalid`] if the row cannot be scored.
#[inline]
pub fn row<T: Score>(params: &Params, scores: &[T], label: usize) -> Result<Row, Invalid> {
    let (survey, prediction) = surveyed(params, scores, label)?;
    let mut row = if params.probabilities {
        of_probabilities(params, scores, label, prediction)?
    } else {
        of_logits(params, scores, label, prediction, survey.max)
    };
    row.rank = survey.rank;
    Ok(row)
}

/// Scores a row of one score for class `positive` of two, against its label.
///
/// A logit z counts as the row [0, z], a probability p as [1 − p, p]. The
/// prediction is `positive` when the score is at least `threshold`.
///
/// # Errors
///
/// [`Invalid`] if the row cannot be scored.
#[inline]
pub fn binary<T: Score>(
    params: &Params,
    score: T,
    label: usize,
    positive: usize,
    threshold: f64,
) -> Result<Row, Invalid> {
    let prediction = binary_prediction(params, score, positive, threshold)? as usize;
    let pair = pair(params, score, positive);
    let mut row = if params.probabilities {
        of_probabilities(params, &pair, label, prediction)?
    } else {
        let max = if score > T::ZERO { score } else { T::ZERO };
        of_logits(params, &pair, label, prediction, max)
    };
    row.rank = u32::from(prediction != label);
    Ok(row)
}

/// The row of two that one score of class `positive` counts as.
#[inline]
pub fn pair<T: Score>(params: &Params, score: T, positive: usize) -> [T; 2] {
    let other = if params.probabilities { score.complement() } else { T::ZERO };
    if positive == 1 { [other, score] } else { [score, other] }
}

/// The loss of a row of logits that [`row()`] accepts, with all of them
/// multiplied by `factor` above 0; `None` if it is infinite. `scaled` is room
/// to work in.
pub fn loss_of_scaled<T: Score>(
    params: &Params,
    scores: &[T],
    label: usize,
    factor: f64,
    scaled: &mut Vec<T>,
) -> Option<u64> {
    scaled.clear();
    scaled.extend(scores.iter().map(|score| score.times(factor)));
    let higher = |max: T, score: &T| if *score > max { *score } else { max };
    let max = scaled.iter().fold(T::LEAST, higher);
    let sums = sums_of(params, scaled, max);
    logit_loss(sums.values, max, scaled[label])
}

/// ln S + (max − label), for the sum S of the terms relative to `max`.
#[inline(always)]
fn logit_loss<T: Score>(sum: u64, max: T, label: T) -> Option<u64> {
    (label > T::LEAST).then(|| {
        let gap = fixed::difference(max.widen(), label.widen());
        (ln::ln_sum(sum) + gap).min(LOSS_CAP)
    })
}

/// Whether a row could be one of probabilities.
pub fn passes_as_probabilities<T: Score>(params: &Params, scores: &[T]) -> bool {
    params
        .level
        .unit_sums(scores)
        .is_some_and(|sums| sums.values.abs_diff(UNIT) <= params.sum_tolerance)
}

#[inline]
fn of_logits<T: Score>(
    params: &Params,
    scores: &[T],
    label: usize,
    prediction: usize,
    max: T,
) -> Row {
    let term = |class: usize| exp::term(scores[class].half_gap(max));
    let sums = sums_of(params, scores, max);
    let of_label = term(label);
    let top = if prediction == label { of_label.value } else { term(prediction).value };
    let whole = Denominator::new(sums.values);
    Row {
        prediction: narrow(prediction),
        rank: 0,
        confidence: whole.ratio(top) >> 1,
        squared_error: logit_squared_error(sums, whole, of_label),
        loss: logit_loss(sums.values, max, scores[label]),
        bin: params.bin_of_quotient(top, whole),
    }
}

/// The sums of a row of logits. Two scores are not worth a vector.
#[inline]
fn sums_of<T: Score>(params: &Params, scores: &[T], max: T) -> Sums {
    let level = if scores.len() > 2 { params.level } else { Level::PLAIN };
    level.softmax_sums(scores, max)
}

/// Σ (p − onehot)² = ((S − t)² + Σ' e²) / S², where Σ' leaves the label out: no
/// cancellation when the label's probability is near 1.
#[inline(always)]
fn logit_squared_error(sums: Sums, whole: Denominator, label: Term) -> u32 {
    // The label's is one of the terms, so that nothing wraps.
    debug_assert!(label.value <= sums.values && label.square <= sums.squares);
    let miss = u64::from(whole.ratio(sums.values.wrapping_sub(label.value)));
    let rest = u64::from(whole.ratio(sums.squares.wrapping_sub(label.square)));
    let rest = u64::from(whole.ratio(rest << 9));
    narrow_u64(((miss * miss) >> 32) + (rest >> 1))
}

/// The sums of a row of probabilities, if it is one.
#[inline]
fn sums_of_probabilities<T: Score>(params: &Params, scores: &[T]) -> Result<Sums, Invalid> {
    let sums = params.level.unit_sums(scores).ok_or(Invalid::NotProbability)?;
    let any = params.sum_tolerance == ANY_SUM;
    match any || sums.values.abs_diff(UNIT) <= params.sum_tolerance {
        true => Ok(sums),
        false => Err(Invalid::Sum),
    }
}

#[inline]
fn of_probabilities<T: Score>(
    params: &Params,
    scores: &[T],
    label: usize,
    prediction: usize,
) -> Result<Row, Invalid> {
    let sums = sums_of_probabilities(params, scores)?;
    let of_label = u64::from(scores[label].unit());
    let miss = UNIT - of_label;
    let squares = sums.squares - of_label * of_label + miss * miss;
    let clipped = scores[label].widen().max(params.epsilon).min(1.0 - params.epsilon);
    Ok(Row {
        prediction: narrow(prediction),
        rank: 0,
        confidence: scores[prediction].unit(),
        squared_error: narrow_u64(squares >> 30),
        loss: Some(ln::neg_ln(clipped)),
        bin: params.bin_of_value(scores[prediction].widen()),
    })
}

#[allow(clippy::cast_possible_truncation, reason = "class and bin counts are below 2^23")]
#[inline(always)]
fn narrow(index: usize) -> u32 {
    index as u32
}

#[allow(clippy::cast_possible_truncation, reason = "the caller bounds the value")]
#[inline(always)]
fn narrow_u64(value: u64) -> u32 {
    value as u32
}
