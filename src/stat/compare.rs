//! Two shares against each other, and many comparisons at once.

use super::binomial::binomial_tails;
use super::proportion::wilson;

/// McNemar's exact test of two classifiers on the same rows: the p-value that
/// each is as often right where only one is, given the rows where only the
/// `first` and only the `second` is right. 1 where they never disagree.
///
/// # Source
///
/// Q. McNemar, "Note on the Sampling Error of the Difference Between Correlated
/// Proportions or Percentages", 1947, doi:10.1007/BF02295996.
pub fn mcnemar(first: u64, second: u64) -> f64 {
    let both = first.saturating_add(second);
    if both == 0 {
        return 1.0;
    }
    (2.0 * binomial_tails(first.min(second), both, 0.5).0).min(1.0)
}

/// The interval of the difference of two shares of different rows, the second's
/// share less the first's; each is (hits, rows).
///
/// A one-sided bound at 95 % is an end of the interval at 90 %. `None` without
/// rows on either side.
///
/// # Source
///
/// R. G. Newcombe, "Interval Estimation for the Difference Between Independent
/// Proportions", 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I,
/// method 10.
pub fn difference_unpaired(
    first: (u64, u64),
    second: (u64, u64),
    level: f64,
) -> Option<(f64, f64)> {
    let (first, second) = (Reach::new(first, level)?, Reach::new(second, level)?);
    Some(second.less(&first, 0.0))
}

/// Rows by whether two classifiers are right about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Both are right.
    pub both: u64,
    /// Only the first is.
    pub first: u64,
    /// Only the second is.
    pub second: u64,
    /// Neither is.
    pub neither: u64,
}

/// The interval of the difference of two shares of the same rows, the second's
/// less the first's. `None` without rows.
///
/// # Source
///
/// R. G. Newcombe, "Improved Confidence Intervals for the Difference Between
/// Binomial Proportions Based on Paired Data", 1998,
/// doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C, method 10.
pub fn difference_paired(rows: Agreement, level: f64) -> Option<(f64, f64)> {
    let Agreement { both, first, second, neither } = rows;
    let all = both.checked_add(first)?.checked_add(second)?.checked_add(neither)?;
    let (own, other) =
        (Reach::new((both + first, all), level)?, Reach::new((both + second, all), level)?);
    Some(other.less(&own, correlation(rows, all)))
}

/// The correlation of being right, with Newcombe's correction for continuity.
fn correlation(rows: Agreement, all: u64) -> f64 {
    let Agreement { both, first, second, neither } = rows;
    let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
    let (alike, apart) = (product(both, neither), product(first, second));
    let corrected = match alike.checked_sub(apart) {
        None => -((apart - alike) as f64),
        Some(more) => (more as f64 - all as f64 / 2.0).max(0.0),
    };
    let spread = |a: u64, b: u64| libm::sqrt(a as f64) * libm::sqrt(b as f64);
    let scale = spread(both + first, second + neither) * spread(both + second, first + neither);
    if scale > 0.0 { corrected / scale } else { 0.0 }
}

/// A share and how far its Wilson interval reaches below and above it.
struct Reach {
    share: f64,
    below: f64,
    above: f64,
}

impl Reach {
    fn new((hits, rows): (u64, u64), level: f64) -> Option<Self> {
        let (low, high) = wilson(hits, rows, level)?;
        let share = hits as f64 / rows as f64;
        Some(Self { share, below: (share - low).max(0.0), above: (high - share).max(0.0) })
    }

    /// The interval of this share less `other`, for errors of that correlation.
    fn less(&self, other: &Self, correlation: f64) -> (f64, f64) {
        let joint = |own: f64, others: f64| {
            let square = own * own - 2.0 * correlation * own * others + others * others;
            libm::sqrt(square.max(0.0))
        };
        let difference = self.share - other.share;
        (difference - joint(self.below, other.above), difference + joint(self.above, other.below))
    }
}

/// Holm's adjustment of p-values: each compared with the level bounds the
/// chance that any of them is wrongly rejected. In the order given.
///
/// # Source
///
/// S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979,
/// <https://www.jstor.org/stable/4615733>.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut so_far = 0.0_f64;
    for (rank, place) in order.into_iter().enumerate() {
        let left = (p_values.len() - rank) as f64;
        so_far = so_far.max((left * p_values[place]).min(1.0));
        adjusted[place] = so_far;
    }
    adjusted
}
