//! The sample size of a proof: how many rows it would need.

use super::difference::{Difference, Kind};
use crate::stat::Agreement;

/// Beyond this nobody has rows.
const MOST: u64 = 1 << 50;

impl Difference {
    /// The rows with which the lower bound would lie above `margin`, in each
    /// run, if the values stay as they are; `None` if no number would do.
    ///
    /// Shares are those of as many trials; of `rows` rows tonight, `trials` were
    /// (those of a class). Where there are only standard errors, they shrink with
    /// the root of the rows.
    pub(crate) fn rows_needed(&self, margin: f64, risk: f64, rows: u64) -> Option<u64> {
        let apart = self.value - margin;
        if apart <= 0.0 {
            return None;
        }
        let (new, baseline) = match &self.kind {
            Kind::Paired(_) | Kind::Unpaired(..) => {
                let trials = self.least_trials(margin, risk)?;
                return Some(in_rows(trials, rows, self.trials()));
            }
            Kind::Normal(new, baseline) => (*new, *baseline),
            Kind::Resampled { first, second, rows } => {
                let spread = |values: &[f64]| {
                    let mean = values.iter().sum::<f64>() / values.len() as f64;
                    let squares = values.iter().map(|value| (value - mean) * (value - mean));
                    libm::sqrt(squares.sum::<f64>() / values.len() as f64)
                };
                ((spread(first), rows.0), (spread(second), rows.1))
            }
        };
        let variance = |(error, _): (f64, u64)| error * error;
        let of_a_row = variance(new) * new.1 as f64 + variance(baseline) * baseline.1 as f64;
        let reach =
            (self.value - self.bounds(risk).0) / libm::sqrt(variance(new) + variance(baseline));
        let needed = of_a_row * (reach / apart) * (reach / apart);
        (needed < MOST as f64).then(|| whole(needed))
    }

    /// Trials of a share tonight.
    fn trials(&self) -> u64 {
        match &self.kind {
            Kind::Paired(rows) => rows.both + rows.first + rows.second + rows.neither,
            Kind::Unpaired(first, second) => first.1.max(second.1),
            Kind::Normal((_, rows), _) | Kind::Resampled { rows: (rows, _), .. } => *rows,
        }
    }

    fn least_trials(&self, margin: f64, risk: f64) -> Option<u64> {
        let proven =
            |trials: u64| self.scaled(trials).is_some_and(|scaled| scaled.bounds(risk).0 > margin);
        let mut high = self.trials().max(1);
        while !proven(high) {
            high = high.checked_mul(2).filter(|it| *it <= MOST)?;
        }
        let mut low = 0;
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if proven(middle) { high = middle } else { low = middle }
        }
        Some(high)
    }

    /// The same shares of other numbers of trials.
    fn scaled(&self, trials: u64) -> Option<Self> {
        let scale = |count: u64, all: u64| whole(count as f64 * (trials as f64 / all as f64));
        let kind = match &self.kind {
            Kind::Paired(Agreement { both, first, second, neither }) => {
                let all = both + first + second + neither;
                let [both, first, second] = [both, first, second].map(|it| scale(*it, all));
                let neither = trials.checked_sub(both + first + second)?;
                Kind::Paired(Agreement { both, first, second, neither })
            }
            Kind::Unpaired(first, second) => {
                let share = |(hits, all): (u64, u64)| (scale(hits, all).min(trials), trials);
                Kind::Unpaired(share(*first), share(*second))
            }
            Kind::Normal(..) | Kind::Resampled { .. } => return None,
        };
        Some(Self { value: self.value, kind })
    }
}

/// Rows of which `trials` are trials, as `of` of `rows` are.
fn in_rows(trials: u64, rows: u64, of: u64) -> u64 {
    whole((trials as f64 * (rows as f64 / of as f64)).min(MOST as f64))
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number from 0 up to 2^50"
)]
fn whole(count: f64) -> u64 {
    libm::round(count.clamp(0.0, MOST as f64)) as u64
}
