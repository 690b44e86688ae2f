//! The first rows of a part, by their looks: logits, probabilities, percentages.

use super::clip::{Clip, REACH};
use super::settled::reading;
use super::sum_tolerance::{decimals, enough_decimals, in_units, of_rounding};
use crate::batch::{Batch, Role, Widened};
use crate::exact::ScoreType;
use crate::kernel::Score;
use crate::kernel::rows::{self, Params};
use crate::tally::{ScoresAre, Spec};

/// What was seen of the rows of which every score is finite; others say nothing.
pub(crate) struct Head {
    pub(crate) rows: usize,
    /// Scores in a row; 1 of one score per row.
    columns: usize,
    /// Whether a row is one score.
    binary: bool,
    /// Rows that could be of probabilities.
    passing: usize,
    /// Rows that sum to 100 as rows of probabilities sum to 1.
    hundreds: usize,
    pub(crate) least: f64,
    pub(crate) most: f64,
    /// The most decimals of a score; `None` if they are so many that rounding does
    /// not matter, be the scores probabilities or percentages.
    pub(crate) decimals: Option<u32>,
}

/// Percentages have two decimals less than their hundredths.
pub(crate) const OF_PERCENT: u32 = 2;

impl Head {
    /// Looks at rows of scores that are stored so, of whatever type they are read as.
    pub(crate) fn of(batch: &Batch, stored_as: ScoreType, columns: usize, binary: bool) -> Self {
        match batch.scores.widened(&mut Vec::new()) {
            Widened::F32(scores) => Self::of_scores(batch, scores, stored_as, columns, binary),
            Widened::F64(scores) => Self::of_scores(batch, scores, stored_as, columns, binary),
        }
    }

    fn of_scores<T: Score>(
        batch: &Batch,
        scores: &[T],
        stored_as: ScoreType,
        columns: usize,
        binary: bool,
    ) -> Self {
        let unread = |row: &usize| {
            let fault = batch.faults.binary_search_by_key(row, |fault| fault.row);
            fault.is_ok_and(|at| batch.faults[at].role == Role::Scores)
        };
        let rows = scores.chunks_exact(columns.max(1)).enumerate();
        let rows: Vec<&[T]> = rows
            .filter(|(at, row)| !unread(at) && row.iter().all(|it| it.widen().is_finite()))
            .map(|(_, row)| row)
            .collect();
        let values = || rows.iter().flat_map(|row| row.iter().map(|score| score.widen()));
        let mut head = Self {
            rows: rows.len(),
            columns,
            binary,
            passing: 0,
            hundreds: 0,
            least: values().fold(f64::INFINITY, f64::min),
            most: values().fold(f64::NEG_INFINITY, f64::max),
            decimals: decimals(values(), stored_as, enough_decimals(stored_as, columns)),
        };
        let params = Params {
            sum_tolerance: in_units(stored_as, columns, head.rounding(stored_as, 0)),
            ..reading(&Spec::default(), stored_as)
        };
        let clip = Clip::of(stored_as);
        let off = 100.0 * head.rounding(stored_as, OF_PERCENT).unwrap_or(REACH);
        head.passing = rows.iter().filter(|row| head.passes(&params, clip, row)).count();
        head.hundreds = rows.iter().filter(|row| sums_to_100(row, off)).count();
        head
    }

    /// What rounding of these decimals, and `more`, lets a row be off by.
    fn rounding(&self, stored_as: ScoreType, more: u32) -> Option<f64> {
        of_rounding(stored_as, self.columns, self.decimals? + more)
    }

    fn passes<T: Score>(&self, params: &Params, clip: Clip, row: &[T]) -> bool {
        if self.binary {
            return clip.takes(row[0].widen());
        }
        rows::passes_as_probabilities(params, row)
            || clip.row(row).is_some_and(|(row, _)| rows::passes_as_probabilities(params, &row))
    }

    /// Probabilities, if enough rows pass as such: the others are bad rows then,
    /// not logits. Half is enough for rows that sum to 1, which logits never do
    /// by chance; a single logit may well lie in 0..=1. `None` without rows.
    pub(crate) fn verdict(&self) -> Option<ScoresAre> {
        let enough = if self.binary { 0.99 } else { 0.5 };
        (self.rows > 0).then_some(match self.passing as f64 >= enough * self.rows as f64 {
            true => ScoresAre::Probabilities,
            false => ScoresAre::Logits,
        })
    }

    /// Whether every score lies in 0 to 1.
    pub(crate) fn is_in_unit_range(&self) -> bool {
        self.least >= -REACH && self.most <= 1.0 + REACH
    }

    /// Whether rows sum to 100, as rows of logits don't by chance.
    pub(crate) fn sums_to_100(&self) -> bool {
        !self.binary && self.rows > 0 && 2 * self.hundreds >= self.rows
    }

    /// Whether single scores lie where percentages do, in 0 to 100 and not in 0 to 1.
    pub(crate) fn may_be_single_percentages(&self) -> bool {
        let percent = 0.0..=100.0 + 100.0 * REACH;
        self.binary
            && percent.contains(&self.least)
            && percent.contains(&self.most)
            && !self.is_in_unit_range()
    }

    /// Whether there is one score per row, and none above 0.
    pub(crate) fn is_single_and_not_above_0(&self) -> bool {
        self.binary && self.most <= 0.0
    }

    /// How many scores there were.
    pub(crate) fn scores(&self) -> usize {
        self.rows * self.columns
    }
}

fn sums_to_100<T: Score>(row: &[T], off: f64) -> bool {
    let percent = -100.0 * REACH..=100.0 + 100.0 * REACH;
    let sum: f64 = row.iter().map(|score| score.widen()).sum();
    // A little more for what adding up rounds.
    row.iter().all(|score| percent.contains(&score.widen())) && (sum - 100.0).abs() <= off + 1e-4
}
