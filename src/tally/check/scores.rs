//! What sums and bins of scores may be.

use super::Margins;
use crate::exact::fixed::{LOSS_CAP, UNIT};
use crate::tally::{
    Bin, Counted, Moments, ScoreTallies, ScoresAre, Spec, Tallies, Task, Ties, Wide,
    inverse_temperatures,
};

/// The largest squared error of a row: 2, and what a row of probabilities may lack to
/// sum to 1, which is 0.06 at most, squared and rounded.
const MOST_SQUARED_ERROR: u64 = 2 * UNIT + (UNIT >> 6);
/// How far a row of probabilities may be from summing to 1, at most.
const MOST_OFF: u64 = UNIT >> 4;
/// Units that a confidence may lie beside its bin for having been truncated.
const TRUNCATED: u128 = 2;
/// The place of the factor 1 among [`inverse_temperatures`].
const UNCHANGED: usize = 20;

/// Whether scored rows can have these tallies of scores.
pub(super) fn fit(tallies: &Tallies, margins: &Margins) -> bool {
    let spec = &tallies.spec;
    let counts_all = spec.task != Task::Predictions && spec.counted == Counted::All;
    match &tallies.scores {
        None => !counts_all,
        Some(scores) => {
            counts_all
                && ranks_fit(&scores.ranks, spec, margins)
                && sums_fit(scores, tallies)
                && calibration_fits(scores, spec, margins)
                && classwise_fits(scores, spec, margins)
                && tempered_fits(scores, tallies)
        }
    }
}

/// Every row has a rank. It is 0 just where the label is predicted, but under a rule for
/// ties of its own.
fn ranks_fit(ranks: &[u64], spec: &Spec, margins: &Margins) -> bool {
    let all: u128 = ranks.iter().copied().map(u128::from).sum();
    let by_prediction = spec.threshold.is_some() || spec.ties == Ties::Lowest;
    ranks.len() == margins.support.len()
        && all == u128::from(margins.scored)
        && (!by_prediction || ranks.first().copied().unwrap_or(0) == margins.correct)
}

fn sums_fit(scores: &ScoreTallies, tallies: &Tallies) -> bool {
    let rows = tallies.rows;
    let is_finite = tallies.spec.scores_are == Some(ScoresAre::Probabilities);
    (!is_finite || rows.infinite_loss == 0)
        && moments_fit(&scores.loss, rows.scored - rows.infinite_loss, LOSS_CAP)
        && moments_fit(&scores.squared_error, rows.scored, MOST_SQUARED_ERROR)
        && moments_fit(&scores.confidence, rows.scored, UNIT)
}

/// Whether `rows` values of at most `most` can have these sums: Σv ≤ n·most,
/// Σv² ≤ most·Σv, and (Σv)² ≤ n·Σv².
pub(super) fn moments_fit(moments: &Moments, rows: u64, most: u64) -> bool {
    moments.sum <= u128::from(rows) * u128::from(most)
        && moments.squares <= Wide::product(moments.sum, most)
        && moments.deviation(rows).is_some()
}

fn calibration_fits(scores: &ScoreTallies, spec: &Spec, margins: &Margins) -> bool {
    let bins = &scores.calibration;
    bins.len() == spec.bins
        && bins_fit(bins, margins.scored, margins.correct)
        && bins.iter().map(|bin| bin.confidence).sum::<u128>() == scores.confidence.sum
}

/// Whether so many rows, so many of them right, can lie in these bins.
fn bins_fit(bins: &[Bin], rows: u64, correct: u64) -> bool {
    let sum = |of: fn(&Bin) -> u64| bins.iter().map(|bin| u128::from(of(bin))).sum::<u128>();
    sum(|bin| bin.rows) == u128::from(rows)
        && sum(|bin| bin.correct) == u128::from(correct)
        && bins.iter().enumerate().all(|(place, bin)| bin_fits(bin, place, bins.len()))
}

/// Whether the mean of a bin lies between its edges, and no more rows are right than
/// there are.
fn bin_fits(bin: &Bin, place: usize, bins: usize) -> bool {
    let edge = |place: usize| place as u128 * u128::from(UNIT) / bins as u128;
    let rows = u128::from(bin.rows);
    let least = edge(place).saturating_sub(TRUNCATED);
    let most = (edge(place + 1) + TRUNCATED).min(u128::from(UNIT));
    bin.correct <= bin.rows && (rows * least..=rows * most).contains(&bin.confidence)
}

/// Each class has a probability in every row, and those of a row sum to about 1.
fn classwise_fits(scores: &ScoreTallies, spec: &Spec, margins: &Margins) -> bool {
    let Some(cells) = &scores.classwise else { return !spec.classwise };
    let classes = margins.support.len();
    let all: u128 = cells.iter().map(|bin| bin.confidence.min(u128::from(u64::MAX) << 32)).sum();
    let rows = u128::from(margins.scored);
    // Each is truncated to a unit.
    let least = u128::from(UNIT - MOST_OFF).saturating_sub(2 * classes as u128);
    spec.classwise
        && Some(cells.len()) == classes.checked_mul(spec.bins)
        && (rows * least..=rows * u128::from(UNIT + MOST_OFF)).contains(&all)
        && (cells.chunks(spec.bins).zip(&margins.support))
            .all(|(cells, &support)| bins_fit(cells, margins.scored, support))
}

/// A loss at another temperature is at most the largest, and at 1 it is the loss.
fn tempered_fits(scores: &ScoreTallies, tallies: &Tallies) -> bool {
    let Some(losses) = &scores.tempered else { return !tallies.spec.temperature };
    let rows = tallies.rows.scored - tallies.rows.infinite_loss;
    let most = u128::from(rows) * u128::from(LOSS_CAP);
    tallies.spec.temperature
        && losses.len() == inverse_temperatures().len()
        && losses.iter().all(|loss| *loss <= most)
        && losses[UNCHANGED] == scores.loss.sum
}
