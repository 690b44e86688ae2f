//! Rows of few logits, a lane to each row instead of to each score.
//!
//! Only rows that need no special care come here: the result is that of
//! [`row`](super::row), or none.

use super::bin::Bins;
use super::prediction::in_unit_range;
use super::{ANY_SUM, Params, Row, Sums, logit_squared_error};
use crate::exact::exp::{self, ONE, Term};
use crate::exact::{Denominator, fixed, ln};
use crate::kernel::planes::loss_words;

/// Rows side by side.
pub const LANES: usize = 16;

/// The most scores of a narrow row.
pub const MOST_COLUMNS: usize = 16;

/// Scores nearer to 0 than this have a gap that fits 64 bits.
const LARGE: f32 = 2_147_483_648.0;

type Lanes<T> = [T; LANES];

/// Scores [`LANES`] rows of logits, `[LANES, columns]` with at most
/// [`MOST_COLUMNS`] columns, against their labels (below `columns`).
///
/// `None` if ties go to higher classes, or if some score is NaN, +∞ or large or
/// some label is masked: then each row is for [`row`](super::row).
pub fn narrow(params: &Params, scores: &[f32], labels: &Lanes<u32>) -> Option<LaneRows> {
    if params.higher_first || params.probabilities {
        return None;
    }
    let tile = &tile(scores)[..scores.len() / LANES];
    let surveys = params.level.narrow_survey(tile, labels)?;
    let sums = params.level.narrow_sums(tile, &surveys.max);
    let of_label = params.level.narrow_sums(&[surveys.own], &surveys.max);
    Some(params.level.narrow_rows(params.bins(), &surveys, &sums, &of_label))
}

/// The predictions of [`narrow`] alone.
pub fn predictions(params: &Params, scores: &[f32], labels: &Lanes<u32>) -> Option<Lanes<u32>> {
    if params.probabilities && (params.sum_tolerance != ANY_SUM || !in_unit_range(scores)) {
        return None;
    }
    let tile = &tile(scores)[..scores.len() / LANES];
    params.level.narrow_survey(tile, labels).map(|surveys| surveys.prediction)
}

/// Rows of scores turned to columns; those beyond the scores' are 0.
fn tile(scores: &[f32]) -> [Lanes<f32>; MOST_COLUMNS] {
    let mut tile = [[0.0; LANES]; MOST_COLUMNS];
    for (lane, row) in scores.chunks_exact(scores.len() / LANES).enumerate() {
        for (column, &score) in tile.iter_mut().zip(row) {
            column[lane] = score;
        }
    }
    tile
}

/// What a row's scores say beside their sums.
pub(in crate::kernel) struct Surveys {
    own: Lanes<f32>,
    pub(in crate::kernel) max: Lanes<f32>,
    prediction: Lanes<u32>,
    rank: Lanes<u32>,
}

/// The survey of all lanes; `None` if one needs care. Plain loops over arrays,
/// which the compiler turns into vector instructions, as long as nothing in them is
/// checked: ranks are below [`MOST_COLUMNS`]. Compiled for each level.
#[inline(always)]
pub(in crate::kernel) fn survey(tile: &[Lanes<f32>], labels: &Lanes<u32>) -> Option<Surveys> {
    let mut own = [0.0; LANES];
    for (lane, &label) in labels.iter().enumerate() {
        own[lane] = tile[label as usize][lane];
    }
    let mut max = [f32::NEG_INFINITY; LANES];
    let (mut prediction, mut rank) = ([0; LANES], [0_u32; LANES]);
    let mut usual = true;
    for (class, column) in (0..u32::MAX).zip(tile) {
        for lane in 0..LANES {
            let score = column[lane];
            // False for NaN, too.
            usual &= score < LARGE;
            let better = score > max[lane];
            max[lane] = if better { score } else { max[lane] };
            prediction[lane] = if better { class } else { prediction[lane] };
            let tie_ahead = (score == own[lane]) & (class < labels[lane]);
            let ahead = u32::from((score > own[lane]) | tie_ahead);
            rank[lane] = rank[lane].wrapping_add(ahead);
        }
    }
    // The maximum is at least the label's score, so it is not large either.
    usual &= own.iter().all(|&score| score > -LARGE);
    usual.then_some(Surveys { own, max, prediction, rank })
}

/// [`Sums`](super::Sums) of each lane.
#[derive(Default)]
pub(in crate::kernel) struct LaneSums {
    pub(in crate::kernel) values: Lanes<u64>,
    pub(in crate::kernel) squares: Lanes<u64>,
}

/// The sums of softmax terms of each lane, in plain Rust.
pub(in crate::kernel) fn sums(tile: &[Lanes<f32>], max: &Lanes<f32>) -> LaneSums {
    let mut sums = LaneSums::default();
    for column in tile {
        for lane in 0..LANES {
            let term = exp::term(max[lane] * 0.5 - column[lane] * 0.5);
            // At most MOST_COLUMNS times 2⁴⁰.
            sums.values[lane] = sums.values[lane].wrapping_add(term.value);
            sums.squares[lane] = sums.squares[lane].wrapping_add(term.square);
        }
    }
    sums
}

/// [`Row`] of each lane.
#[derive(Default)]
pub struct LaneRows {
    pub(super) prediction: Lanes<u32>,
    pub(super) rank: Lanes<u32>,
    pub(super) confidence: Lanes<u32>,
    pub(super) squared_error: Lanes<u32>,
    loss: Lanes<u64>,
    pub(super) bin: Lanes<u32>,
}

impl LaneRows {
    /// The low and the high words of the losses.
    pub(super) fn loss_words(&self) -> (Lanes<u32>, Lanes<u32>) {
        let words = self.loss.map(loss_words);
        (words.map(|[low, _]| low), words.map(|[_, high]| high))
    }

    /// Each row by itself.
    pub fn apart(&self) -> Lanes<Row> {
        std::array::from_fn(|lane| Row {
            prediction: self.prediction[lane],
            rank: self.rank[lane],
            confidence: self.confidence[lane],
            squared_error: self.squared_error[lane],
            loss: Some(self.loss[lane]),
            bin: self.bin[lane],
        })
    }
}

/// What the sums of all terms and the terms of the labels come to. A loop for the
/// compiler, as above.
#[inline(always)]
pub(in crate::kernel) fn rows(
    bins: Bins,
    surveys: &Surveys,
    sums: &LaneSums,
    of_label: &LaneSums,
) -> LaneRows {
    let mut rows =
        LaneRows { prediction: surveys.prediction, rank: surveys.rank, ..LaneRows::default() };
    for lane in 0..LANES {
        let sums = Sums { values: sums.values[lane], squares: sums.squares[lane] };
        let label = Term { value: of_label.values[lane], square: of_label.squares[lane] };
        let whole = Denominator::new(sums.values);
        let gap = fixed::difference_small(surveys.max[lane].into(), surveys.own[lane].into());
        rows.confidence[lane] = whole.ratio(ONE) >> 1;
        rows.squared_error[lane] = logit_squared_error(sums, whole, label);
        // Both are below 2⁵³.
        rows.loss[lane] = ln::ln_sum(sums.values).wrapping_add(gap).min(fixed::LOSS_CAP);
        rows.bin[lane] = bins.of_quotient(ONE, whole);
    }
    rows
}
