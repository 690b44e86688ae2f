//! Rows side by side, a lane to each row instead of to each score: how they are read.
//!
//! The loops are those of `kernel::simd`. Rows that need special care are
//! left to [`row`](super::row) and [`binary`](super::binary), which give the same bits.

use super::shader::PLANES;
use super::{Decision, Params};

/// Rows side by side.
pub const LANES: usize = 16;

/// The most scores of a narrow row.
pub const MOST_COLUMNS: usize = 64;

/// The most scores of a row that is measured side by side with others: the sum of that
/// many terms is below 2⁵².
pub const WIDE_COLUMNS: usize = (1 << 12) - 1;

/// The state of a row that is still to be scored by itself.
pub(in crate::kernel) const CARE: u32 = u32::MAX;

/// How rows side by side are read: [`Params`] in words of vectors.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "no vectors read it"))]
pub struct Reading {
    /// Whether scores are probabilities.
    pub(in crate::kernel) probabilities: bool,
    /// Whether planes other than those of predictions and states are left alone.
    pub(in crate::kernel) predictions_only: bool,
    /// Whether a tie at a higher index is ahead of the label.
    pub(in crate::kernel) higher_first: bool,
    /// See [`Params::sum_tolerance`].
    pub(in crate::kernel) sum_tolerance: u64,
    /// Number of classes; a row with another label is skipped.
    pub(in crate::kernel) classes: u32,
    /// ε and 1 − ε.
    pub(in crate::kernel) clip: [f64; 2],
    pub(in crate::kernel) bins: BinEdges,
    /// Of rows of two scores, where one of them tells the prediction.
    pub(in crate::kernel) threshold: Option<Threshold>,
}

/// Calibration bins.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "no vectors read it"))]
#[derive(Clone, Copy)]
pub struct BinEdges {
    /// Their number, at most 2²⁰.
    pub(in crate::kernel) count: u32,
    /// Whether a bin holds its upper edge.
    pub(in crate::kernel) right_closed: bool,
}

/// Which of two classes is predicted.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "no vectors read it"))]
#[derive(Clone, Copy)]
pub struct Threshold {
    /// The class whose score tells.
    pub(in crate::kernel) positive: u32,
    /// From here on it is predicted.
    pub(in crate::kernel) least: f64,
}

/// The planes of some rows.
pub type Planes<'a> = [&'a mut [u32]; PLANES];

/// A pair of a probability and its complement sums to 1 within so many units of 2⁻³⁰: one
/// is rounded, and both are truncated.
const PAIR_OFF: u64 = 64;

impl Reading {
    /// `None` if rows that are read so are not for vectors.
    pub(super) fn new(
        params: &Params,
        decision: Decision,
        classes: usize,
        predictions_only: bool,
    ) -> Option<Self> {
        let is_one = matches!(decision, Decision::OneScore { .. });
        let least = if is_one { PAIR_OFF } else { 0 };
        let is_normal = params.epsilon > f32::MIN_POSITIVE.into();
        let fits = is_normal && params.sum_tolerance >= least;
        (!params.probabilities || fits).then(|| Self {
            probabilities: params.probabilities,
            predictions_only,
            higher_first: params.higher_first,
            sum_tolerance: params.sum_tolerance,
            classes: super::narrow(classes),
            clip: match params.probabilities {
                true => [params.epsilon, 1.0 - params.epsilon],
                false => [0.0, 1.0],
            },
            threshold: match decision {
                Decision::TwoScores { positive, threshold } => {
                    Some(Threshold::new(positive, threshold))
                }
                _ => None,
            },
            bins: BinEdges {
                count: super::narrow(params.edges.len()),
                right_closed: params.right_closed,
            },
        })
    }
}

impl Reading {
    /// Whether in vectors of so many `lanes` a lane to each row is faster than one to each
    /// score. As measured: of logits the sum of a row takes longest, of others all besides.
    pub(in crate::kernel) fn has_lane_to_row(&self, lanes: usize, columns: usize) -> bool {
        let is_short = self.probabilities || self.predictions_only;
        columns
            <= match (lanes, is_short) {
                (16, false) => MOST_COLUMNS,
                (16, true) | (_, false) => 40,
                _ => 24,
            }
    }
}

impl Threshold {
    pub(super) fn new(positive: usize, least: f64) -> Self {
        Self { positive: super::narrow(positive), least }
    }
}
