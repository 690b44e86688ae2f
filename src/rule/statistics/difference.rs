//! The difference of a value tonight and earlier: its p-values and bounds.

use crate::rule::syntax::format;
use crate::stat::{
    Agreement, Score, area_interval, clopper_pearson, difference_of_means, farrington_manning,
    normal_quantile, quantile, score_bound, share_fall, share_fall_paired, student_quantile,
    student_survival, tango, widest_area_interval,
};

/// A difference, turned so that more is better.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    pub value: f64,
    pub kind: Kind,
}

/// Hits and rows.
pub(crate) type Share = (u64, u64);

/// How it is tested.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// The same rows; the second is the better one.
    Paired(Agreement),
    /// Shares of different rows, the second less the first.
    Unpaired(Share, Share),
    /// F of shares tp of tp + fp + fn, the second less the first.
    UnpairedF(Share, Share),
    /// Means of the shares of the same classes, the second less the first.
    Averages { first: Vec<Share>, second: Vec<Share>, rows: (u64, u64) },
    /// Means over rows tonight and earlier, and what rows nobody has seen may count.
    Means { new: Mean, baseline: Mean, unseen: f64 },
    /// Areas under curves, the second less the first.
    Areas { first: Area, second: Area, scale: f64, rows: (u64, u64) },
    /// Resampled differences in rising order, and the rows tonight and earlier.
    Resampled { differences: Vec<f64>, rows: (u64, u64) },
}

/// The standard error of a mean, and its rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mean {
    pub error: f64,
    pub rows: u64,
}

/// An area, its standard error, and the rows of both kinds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area {
    pub value: f64,
    pub error: f64,
    pub positives: u64,
    pub negatives: u64,
}

/// Risks that bounds and p-values are told apart at.
const LEAST_RISK: f64 = 1e-15;
/// The chance that a share lies beyond its bound, where a margin depends on it.
const GAMMA: f64 = 1e-9;
/// What a score bound has to expect of hits and misses to be shown.
const ENOUGH: f64 = 50.0;

impl Difference {
    /// How likely a difference as low is by chance, if the value is not worse by more
    /// than `by`.
    pub(crate) fn p_worse(&self, by: f64) -> f64 {
        match &self.kind {
            Kind::Paired(rows) => share_fall_paired(*rows, by),
            Kind::Unpaired(first, second) => share_fall(*first, *second, by),
            Kind::UnpairedF(first, second) => fall_of_f(*first, *second, by),
            Kind::Means { .. } => {
                let (error, degrees) = self.welch();
                match (self.value + by, error > 0.0) {
                    (above, true) => student_survival(-above / error, degrees),
                    (above, false) if above < 0.0 => LEAST_RISK,
                    _ => 1.0,
                }
            }
            Kind::Resampled { differences, .. } => {
                let beyond = differences.len() - differences.partition_point(|it| *it < -by);
                (1 + beyond) as f64 / (1 + differences.len()) as f64
            }
            Kind::Averages { .. } | Kind::Areas { .. } if self.value < -by => {
                risk_where(|risk| self.ends(risk).1 < -by)
            }
            Kind::Averages { .. } | Kind::Areas { .. } => {
                1.0 - risk_where(|risk| self.ends(risk).0 > -by)
            }
        }
    }

    /// Whether it is proven to lie above `margin`, which is false with a chance of `risk`
    /// at most.
    pub(crate) fn proves(&self, margin: f64, risk: f64) -> bool {
        let misses = |(hits, rows): Share| (rows - hits, rows);
        match &self.kind {
            Kind::Paired(rows) => share_fall_paired(flipped(*rows), margin) < risk,
            Kind::Unpaired(first, second) => {
                share_fall(misses(*first), misses(*second), margin) < risk
            }
            Kind::UnpairedF(first, second) => rise_of_f(*first, *second, margin) < risk,
            Kind::Resampled { differences, .. } => {
                let beyond = differences.partition_point(|it| *it <= margin);
                (1 + beyond) as f64 / ((1 + differences.len()) as f64) < risk
            }
            Kind::Means { .. } | Kind::Averages { .. } | Kind::Areas { .. } => {
                self.ends(risk).0 > margin
            }
        }
    }

    /// The one-sided lower and upper bound, each wrong with the chance `risk`, below one
    /// half; `None` of shares that are tested exactly.
    pub(crate) fn bounds(&self, risk: f64) -> Option<(f64, f64)> {
        let misses = |(hits, rows): Share| (rows - hits, rows);
        let shown = |high: f64, low: f64, score: &dyn Fn(f64) -> Score| {
            (score(-high).fewest.min(score(-low).fewest) >= ENOUGH).then_some((low, high))
        };
        match &self.kind {
            Kind::Paired(rows) => {
                let high = score_bound(risk, |margin| tango(*rows, margin));
                let low = -score_bound(risk, |margin| tango(flipped(*rows), margin));
                shown(high, low, &|margin| tango(*rows, margin))
            }
            Kind::Unpaired(first, second) => {
                let (a, b) = (misses(*first), misses(*second));
                let high = score_bound(risk, |margin| farrington_manning(*first, *second, margin));
                let low = -score_bound(risk, |margin| farrington_manning(a, b, margin));
                shown(high, low, &|margin| farrington_manning(*first, *second, margin))
            }
            Kind::UnpairedF(..) => None,
            _ => Some(self.ends(risk)),
        }
    }

    fn ends(&self, risk: f64) -> (f64, f64) {
        let level = 1.0 - 2.0 * risk;
        let nothing = (f64::NEG_INFINITY, f64::INFINITY);
        match &self.kind {
            Kind::Averages { first, second, .. } => {
                difference_of_means(first, second, level).unwrap_or(nothing)
            }
            Kind::Means { unseen, .. } => {
                let (error, degrees) = self.welch();
                let reach = student_quantile(risk, degrees) * error;
                (self.value - reach + unseen * libm::log(risk), self.value + reach)
            }
            Kind::Areas { first, second, scale, .. } => {
                let (a, b) = (first.reach(risk), second.reach(risk));
                let (above, below) = (first.widest(risk, a).1, second.widest(risk, b).0);
                (
                    self.value - scale * libm::hypot(below, above),
                    self.value + scale * libm::hypot(b.1, a.0),
                )
            }
            Kind::Resampled { differences, .. } => {
                let at = |p: f64| quantile(differences, p).unwrap_or(f64::NAN);
                (at(risk), at(1.0 - risk))
            }
            Kind::Paired(_) | Kind::Unpaired(..) | Kind::UnpairedF(..) => nothing,
        }
    }

    /// The standard error of a difference of means, and its degrees of freedom.
    ///
    /// # Source
    ///
    /// B. L. Welch, "The Generalization of 'Student's' Problem when Several Different
    /// Population Variances are Involved", 1947, doi:10.1093/biomet/34.1-2.28.
    fn welch(&self) -> (f64, f64) {
        let Kind::Means { new, baseline, .. } = &self.kind else { return (f64::NAN, f64::NAN) };
        let variance = |mean: &Mean| mean.error * mean.error;
        let part = |mean: &Mean| {
            let variance = variance(mean);
            variance * variance / mean.rows.saturating_sub(1) as f64
        };
        let both = variance(new) + variance(baseline);
        let degrees = if both > 0.0 { both * both / (part(new) + part(baseline)) } else { 2.0 };
        (libm::sqrt(both), degrees.max(2.0))
    }

    /// The replicates that a resampled p-value cannot pass below one of; `None` of others.
    pub(crate) fn replicates(&self) -> Option<usize> {
        match &self.kind {
            Kind::Resampled { differences, .. } => Some(differences.len()),
            _ => None,
        }
    }

    /// "paired on 1,000 rows"
    pub(crate) fn rows(&self) -> String {
        let unpaired = |first: u64, second: u64| {
            format!("unpaired, {} against {} rows", format::count(second), format::count(first))
        };
        match &self.kind {
            Kind::Paired(rows) => {
                let all = rows.both + rows.first + rows.second + rows.neither;
                format!("paired on {} rows", format::count(all))
            }
            Kind::Unpaired(first, second) | Kind::UnpairedF(first, second) => {
                unpaired(first.1, second.1)
            }
            Kind::Means { new, baseline, .. } => unpaired(baseline.rows, new.rows),
            Kind::Averages { rows: (new, baseline), .. }
            | Kind::Areas { rows: (new, baseline), .. }
            | Kind::Resampled { rows: (new, baseline), .. } => unpaired(*baseline, *new),
        }
    }
}

impl Area {
    /// How far the area may lie below and above its value: as DeLong's variance says, and
    /// as far as Newcombe's interval reaches, which is not empty where the variance is 0.
    fn reach(&self, risk: f64) -> (f64, f64) {
        let around = -normal_quantile(risk) * self.error;
        let level = 1.0 - 2.0 * risk;
        let interval = area_interval(self.value, self.positives, self.negatives, level);
        let (low, high) = interval.unwrap_or((0.0, 1.0));
        (around.max(self.value - low), around.max(high - self.value))
    }

    /// The same for a proof. Where the rarer kind has few rows on the wrong side, it is too
    /// narrow if tonight's scores lie apart but for some rows; then it is as wide as any
    /// scores can make it.
    fn widest(&self, risk: f64, (below, above): (f64, f64)) -> (f64, f64) {
        let (value, rows) = (self.value, self.positives.min(self.negatives) as f64);
        if value.min(1.0 - value) * rows >= ENOUGH {
            return (below, above);
        }
        let level = 1.0 - 2.0 * risk;
        let interval = widest_area_interval(value, self.positives, self.negatives, level);
        let (low, high) = interval.unwrap_or((0.0, 1.0));
        (below.max(value - low), above.max(high - value))
    }
}

/// The same rows by whether each side is wrong.
pub(super) fn flipped(rows: Agreement) -> Agreement {
    let Agreement { both, first, second, neither } = rows;
    Agreement { both: neither, first: second, second: first, neither: both }
}

/// F of a share tp of tp + fp + fn.
fn f_of(jaccard: f64) -> f64 {
    2.0 * jaccard / (1.0 + jaccard)
}

/// How much less than `jaccard` the share is whose F is less by `by`.
fn less_by_f(jaccard: f64, by: f64) -> f64 {
    let f = (f_of(jaccard) - by).clamp(0.0, 1.0);
    jaccard - f / (2.0 - f)
}

/// The p-value that F has fallen by more than `by`: that of the share, by as much as F at
/// the bound where it takes most.
fn fall_of_f(first: Share, second: Share, by: f64) -> f64 {
    if by == 0.0 {
        return share_fall(first, second, 0.0);
    }
    let (_, high) = surely(first);
    (share_fall(first, second, less_by_f(high, by)) + GAMMA).min(1.0)
}

/// The p-value that F has risen by more than `margin`, or fallen by less.
fn rise_of_f(first: Share, second: Share, margin: f64) -> f64 {
    let misses = |(hits, rows): Share| (rows - hits, rows);
    let (low, high) = surely(first);
    let margin =
        if margin == 0.0 { 0.0 } else { (-less_by_f(low, -margin)).max(-less_by_f(high, -margin)) };
    (share_fall(misses(first), misses(second), margin) + GAMMA).min(1.0)
}

fn surely((hits, rows): Share) -> (f64, f64) {
    clopper_pearson(hits, rows, 1.0 - 2.0 * GAMMA).unwrap_or((0.0, 1.0))
}

/// The least risk at which a bound still holds; it holds at one half if any.
fn risk_where(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (libm::log(LEAST_RISK), libm::log(0.5));
    if holds(LEAST_RISK) {
        return LEAST_RISK;
    }
    for _ in 0..35 {
        let middle = (low + high) / 2.0;
        if holds(libm::exp(middle)) { high = middle } else { low = middle }
    }
    libm::exp(high)
}
