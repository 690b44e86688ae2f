//! Values of curves that are known up to the order within a bin.
//!
//! Rows of one bin may lie in any order. The value shown takes them as tied; the
//! ends of its interval take them in the worst and in the best order there can
//! be, so the exact value lies between.

use super::measure::{Interval, Measure};
use crate::tally::{Answer, Counts, PRECISION_BITS, Question, Questions, ScoreBins, Sums};

/// A value, and two ends that hold the exact one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounded {
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// Rounding that a certified end may have come by.
const SLACK: f64 = 1e-13;

impl Bounded {
    /// A value without doubt.
    pub(super) fn exact(value: f64) -> Self {
        Self { value, low: value, high: value }
    }

    /// A value between ends that were rounded, within `least..=most`.
    pub(super) fn between(value: f64, ends: [f64; 2], least: f64, most: f64) -> Self {
        Self {
            value,
            low: (ends[0] - SLACK).clamp(least, value),
            high: (ends[1] + SLACK).clamp(value, most),
        }
    }

    /// The same for a rising function of the value.
    pub(super) fn map(self, rising: impl Fn(f64) -> f64) -> Self {
        Self { value: rising(self.value), low: rising(self.low), high: rising(self.high) }
    }

    /// The value, with the interval if there is doubt. What other rows might
    /// have given, no interval says here.
    pub(super) fn measure(self) -> Measure {
        let Self { value, low, high } = self;
        if low < high {
            let interval = Some(Interval { level: 1.0, low, high, method: "certified" });
            return Measure { interval, ..Measure::value(value) };
        }
        Measure::value(value).without_interval("rows in order are not resampled")
    }
}

/// How rows of one bin may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Tied,
    NegativesFirst,
    PositivesFirst,
}

/// The bins from the highest down, with rows within each as said.
fn groups(bins: &ScoreBins, within: Within) -> impl Iterator<Item = (u64, Counts)> + Clone {
    bins.bins().iter().rev().flat_map(move |&(bin, rows)| {
        let negatives = Counts { positive: 0, ..rows };
        let positives = Counts { negative: 0, ..rows };
        let parts = match within {
            Within::Tied => [rows, Counts::default()],
            Within::NegativesFirst => [negatives, positives],
            Within::PositivesFirst => [positives, negatives],
        };
        parts.into_iter().filter(|rows| rows.rows() > 0).map(move |rows| (bin.into(), rows))
    })
}

fn sums(bins: &ScoreBins, within: Within) -> Sums {
    let mut sums = Sums::new(bins.all());
    sums.add(Counts::default(), groups(bins, within).map(|(_, rows)| rows));
    sums
}

/// The area under the ROC curve of rows of both kinds.
pub(super) fn area(bins: &ScoreBins) -> Bounded {
    let [value, low, high] = [Within::Tied, Within::NegativesFirst, Within::PositivesFirst]
        .map(|within| area_of(&sums(bins, within)));
    Bounded::between(value, [low, high], 0.0, 1.0)
}

/// 2U / (2 P N).
pub(super) fn area_of(sums: &Sums) -> f64 {
    let pairs = u128::from(sums.all.positive) * u128::from(sums.all.negative);
    sums.negative as f64 / (2.0 * pairs as f64)
}

/// Average precision of rows of which some are positive.
pub(super) fn precision(bins: &ScoreBins) -> Bounded {
    let positives = bins.all().positive as f64;
    let (mut low, mut high) = (0.0, 0.0);
    let mut above = Counts::default();
    for (_, rows) in bins.bins().iter().rev() {
        let of_precision = above.positive + rows.positive;
        if rows.positive > 0 {
            // At best all positives of the bin come first, tied; at worst each
            // comes alone, after the negatives.
            let best = of_precision as f64 / (of_precision + above.negative) as f64;
            high += rows.positive as f64 * best;
            low += rising(above.positive, rows.positive, above.negative + rows.negative);
        }
        above += *rows;
    }
    let value = precision_of(&sums(bins, Within::Tied));
    Bounded::between(value, [low / positives, high / positives], 0.0, 1.0)
}

/// Σ of precisions over the positives.
pub(super) fn precision_of(sums: &Sums) -> f64 {
    units(sums.precision) / sums.all.positive as f64
}

/// A sum of shares as a number.
pub(super) fn units(sum: u128) -> f64 {
    sum as f64 / (1_u64 << PRECISION_BITS) as f64
}

/// A lower bound of Σ (start + j) / (start + j + rest) over j = 1..=count. The
/// terms rise, so the sum is at least the integral from 0.
fn rising(start: u64, count: u64, rest: u64) -> f64 {
    const FEW: u64 = 256;
    let (start, rest) = (start as f64, rest as f64);
    if count <= FEW {
        let term = |j: u64| (start + j as f64) / (start + j as f64 + rest);
        return (1..=count).map(term).sum();
    }
    let count = count as f64;
    (count - rest * libm::log1p(count / (start + rest))).max(0.0)
}

/// The largest distance between the rates of rows of both kinds.
pub(super) fn distance(bins: &ScoreBins) -> Bounded {
    let [value, one, other] = [Within::Tied, Within::NegativesFirst, Within::PositivesFirst]
        .map(|within| distance_of(&sums(bins, within)));
    Bounded::between(value, [value, one.max(other)], 0.0, 1.0)
}

/// max |tp N − fp P| / (P N).
pub(super) fn distance_of(sums: &Sums) -> f64 {
    let pairs = u128::from(sums.all.positive) * u128::from(sums.all.negative);
    sums.distance as f64 / pairs as f64
}

/// The answers of the middle, the worst and the best order within bins.
pub(super) fn answers(bins: &ScoreBins, question: Question) -> [Answer; 3] {
    [Within::Tied, Within::NegativesFirst, Within::PositivesFirst].map(|within| {
        let mut asked = Questions::new(bins.all(), &[question]);
        asked.add(Counts::default(), groups(bins, within));
        asked.finish().first().copied().unwrap_or_default()
    })
}

/// Area under risk over coverage; positive rows are the wrong ones.
pub(super) fn risk(bins: &ScoreBins) -> Bounded {
    let rows = bins.all().rows() as f64;
    let (mut value, mut low, mut high) = (0.0, 0.0, 0.0);
    let mut above = Counts::default();
    for (_, bin) in bins.bins().iter().rev() {
        let (wrong, right) = (bin.positive as f64, bin.negative as f64);
        let all = above + *bin;
        value += (wrong + right) * (all.positive as f64 / all.rows() as f64);
        // At best the right rows come first, tied, and each wrong one alone.
        if bin.negative > 0 {
            low += right * (above.positive as f64 / (above.rows() + bin.negative) as f64);
        }
        low += rising(above.positive, bin.positive, above.negative + bin.negative);
        // At worst the wrong rows come first, tied, and each right one alone;
        // Σ 1 / (n + i) over i = 1..=m is at most ln((n + m) / n).
        let after_wrong = above.rows() + bin.positive;
        if after_wrong > 0 {
            let share = all.positive as f64 / after_wrong as f64;
            high += wrong * share;
            let fall = after_wrong as f64 * libm::log1p(right / after_wrong as f64);
            high += share * fall.min(right);
        }
        above = all;
    }
    Bounded::between(value / rows, [low / rows, high / rows], 0.0, 1.0)
}
