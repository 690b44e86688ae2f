//! The keys of a row of scores, one for each class.

use crate::exact::fixed::{self, LOSS_CAP};
use crate::exact::ln;
use crate::kernel::Score;
use crate::kernel::rows::Params;

/// Writes the key of every score of a row; `false` if the row cannot be scored,
/// by the rules of [`rows::row`](crate::kernel::rows::row).
///
/// A probability's key is that of its value. Logits say something about a class
/// only beside the others of their row, so the key is that of their softmax:
/// higher for lower −ln p, which is an integer in units of 2⁻³² nats.
#[inline]
pub fn keys<T: Score>(params: &Params, scores: &[T], keys: &mut Vec<u64>) -> bool {
    keys.clear();
    let survey = params.level.survey(params.higher_first, scores, 0);
    if survey.bad || survey.max == T::LEAST {
        return false;
    }
    if params.probabilities {
        keys.extend(scores.iter().map(|score| score.key()));
        let sums = params.level.unit_sums(scores);
        return sums.is_some_and(|sums| sums.values.abs_diff(fixed::UNIT) <= params.sum_tolerance);
    }
    let sums = params.level.softmax_sums(scores, survey.max);
    let ln_sum = ln::ln_sum(sums.values);
    let max = survey.max.widen();
    let small = |score: T| score.widen().abs() < fixed::SMALL;
    if scores.iter().all(|&score| small(score)) {
        let gap = |score: T| fixed::difference_small(max, score.widen());
        // Both are below 2⁵³.
        let surprise = |score: T| ln_sum.wrapping_add(gap(score)).min(LOSS_CAP);
        keys.extend(scores.iter().map(|&score| of_surprise(surprise(score))));
    } else {
        keys.extend(scores.iter().map(|&score| {
            let masked = score == T::LEAST;
            let gap = if masked { 0 } else { fixed::difference(max, score.widen()) };
            if masked { 0 } else { of_surprise((ln_sum + gap).min(LOSS_CAP)) }
        }));
    }
    true
}

/// The key of −ln p in units of 2⁻³² nats.
#[inline(always)]
pub fn of_surprise(surprise: u64) -> u64 {
    !surprise
}

/// −ln p of a key; all bits set for a class that was masked.
#[inline(always)]
pub fn to_surprise(key: u64) -> u64 {
    !key
}
