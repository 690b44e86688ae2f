//! The sample size of a proof: how many rows it would need.

use super::difference::{Difference, Kind, Share, flipped};
use crate::stat::{Agreement, farrington_manning, normal_quantile, tango};

/// Beyond this nobody has rows.
const MOST: u64 = 1 << 50;
/// The chance of a proof with the rows that are said to do, of values as they are.
const POWER: f64 = 0.8;

impl Difference {
    /// The rows with which a proof that it lies above `margin` would succeed with a chance
    /// of 80 %, in each run, if the values stay as they are; `None` if no number would do.
    ///
    /// Shares are those of as many trials; of `rows` rows tonight, `trials` were (those of
    /// a class). Of other values, errors shrink with the root of the rows.
    pub(crate) fn rows_needed(&self, margin: f64, risk: f64, rows: u64) -> Option<u64> {
        let apart = self.value - margin;
        if apart <= 0.0 {
            return None;
        }
        let (risky, powerful) = (-normal_quantile(risk), normal_quantile(POWER));
        let needed = match &self.kind {
            Kind::Paired(_) | Kind::Unpaired(..) => {
                let enough = |trials: u64| {
                    self.scaled(trials).is_some_and(|scaled| {
                        let (by_margin, as_is) = scaled.errors(margin);
                        apart >= risky * by_margin + powerful * as_is
                    })
                };
                let trials = self.trials()?;
                let least = least(trials.max(1), enough)?;
                least as f64 * (rows as f64 / trials as f64)
            }
            Kind::UnpairedF(first, second) => {
                let variance = |(hits, of): Share| {
                    let share = hits as f64 / of as f64;
                    // The derivative of F by the share.
                    let slope = 2.0 / ((1.0 + share) * (1.0 + share));
                    slope * slope * share * (1.0 - share) / of as f64
                };
                let error = libm::sqrt(variance(*first) + variance(*second));
                let times = (risky + powerful) * error / apart;
                rows as f64 * times * times
            }
            _ => {
                let (low, _) = self.bounds(risk)?;
                let unseen = match self.kind {
                    Kind::Means { unseen, .. } => -unseen * libm::log(risk),
                    _ => 0.0,
                };
                let error = (self.value - low - unseen) / risky;
                // apart = (risky + powerful) error / √k + unseen / k, of k times the rows.
                let linear = (risky + powerful) * error;
                let root = (linear + libm::sqrt(linear * linear + 4.0 * apart * unseen)) / 2.0;
                rows as f64 * (root / apart) * (root / apart)
            }
        };
        (needed > 0.0 && needed < MOST as f64).then(|| whole(libm::ceil(needed)))
    }

    /// Trials of a share tonight.
    fn trials(&self) -> Option<u64> {
        match &self.kind {
            Kind::Paired(rows) => Some(rows.both + rows.first + rows.second + rows.neither),
            Kind::Unpaired(first, second) => Some(first.1.max(second.1)),
            _ => None,
        }
    }

    /// The standard error of a difference of shares if it were `margin`, and as it is.
    fn errors(&self, margin: f64) -> (f64, f64) {
        let by_score = |z: f64| if z == 0.0 { 0.0 } else { (self.value - margin) / -z };
        match &self.kind {
            Kind::Paired(rows) => {
                let all = (rows.both + rows.first + rows.second + rows.neither) as f64;
                let differ = (rows.first + rows.second) as f64 / all;
                let as_is = libm::sqrt((differ - self.value * self.value).max(0.0) / all);
                (by_score(tango(flipped(*rows), margin).z), as_is)
            }
            Kind::Unpaired(first, second) => {
                let misses = |(hits, rows): Share| (rows - hits, rows);
                let score = farrington_manning(misses(*first), misses(*second), margin);
                let variance = |(hits, rows): Share| {
                    let share = hits as f64 / rows as f64;
                    share * (1.0 - share) / rows as f64
                };
                (by_score(score.z), libm::sqrt(variance(*first) + variance(*second)))
            }
            _ => (f64::NAN, f64::NAN),
        }
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
                let share = |(hits, all): Share| (scale(hits, all).min(trials), trials);
                Kind::Unpaired(share(*first), share(*second))
            }
            _ => return None,
        };
        Some(Self { value: self.value, kind })
    }
}

/// The least number that is enough, from one that may not be; `None` beyond all rows.
fn least(start: u64, enough: impl Fn(u64) -> bool) -> Option<u64> {
    let mut high = start;
    while !enough(high) {
        high = high.checked_mul(2).filter(|it| *it <= MOST)?;
    }
    let mut low = 0;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if enough(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number from 0 up to 2^50"
)]
fn whole(count: f64) -> u64 {
    libm::round(count.clamp(0.0, MOST as f64)) as u64
}
