//! Means of shares of several classes, and areas under curves: their differences.

use super::normal_quantile;
use super::proportion::{clopper_pearson, wilson};

/// The interval of the mean of the `second` shares less the mean of the `first`, all of
/// different rows; each is (hits, rows). `None` where a list is empty or a share has no
/// rows.
///
/// Each share reaches as far to both sides as the farther end of its Clopper–Pearson
/// interval: with Wilson's ends, or an end for each side, bounds of many rare classes
/// fail twice as often as they say, as the errors of means are less skewed than theirs.
///
/// # Source
///
/// G. Y. Zou, W. Huang, X. Zhang, "A Note on Confidence Interval Estimation for a Linear
/// Function of Binomial Proportions", 2009, doi:10.1016/j.csda.2008.09.033.
pub fn difference_of_means(
    first: &[(u64, u64)],
    second: &[(u64, u64)],
    level: f64,
) -> Option<(f64, f64)> {
    let (first, second) = (Mean::new(first, level)?, Mean::new(second, level)?);
    let (difference, reach) = (second.value - first.value, libm::hypot(first.reach, second.reach));
    Some((difference - reach, difference + reach))
}

/// A mean of shares, and how far it may lie from their chances.
struct Mean {
    value: f64,
    reach: f64,
}

impl Mean {
    fn new(shares: &[(u64, u64)], level: f64) -> Option<Self> {
        let (mut value, mut square) = (0.0, 0.0);
        for &(hits, rows) in shares {
            let (low, high) = clopper_pearson(hits, rows, level)?;
            let share = hits as f64 / rows as f64;
            let reach = (share - low).max(high - share);
            value += share;
            square += reach * reach;
        }
        let classes = shares.len() as f64;
        (classes > 0.0)
            .then(|| Self { value: value / classes, reach: libm::sqrt(square) / classes })
    }
}

/// The interval of an area under the ROC curve of so many positive and negative rows,
/// which is never empty, also where the area is 1.
///
/// # Source
///
/// R. G. Newcombe, "Confidence Intervals for an Effect Size Measure Based on the
/// Mann–Whitney Statistic. Part 2", 2006, doi:10.1002/sim.2324, method 5.
pub fn area_interval(area: f64, positives: u64, negatives: u64, level: f64) -> Option<(f64, f64)> {
    if positives == 0 || negatives == 0 {
        return None;
    }
    let z = -normal_quantile((1.0 - level) / 2.0);
    let (m, n) = (positives as f64, negatives as f64);
    let spread = |at: f64| {
        let others = (m + n) / 2.0 - 1.0;
        let factor = 1.0 + others * ((1.0 - at) / (2.0 - at) + at / (1.0 + at));
        z * libm::sqrt((at * (1.0 - at) * factor / m / n).max(0.0))
    };
    // Towards each side the distance grows faster than the spread, or passes it once.
    let end = |far: f64| {
        let (mut near, mut far) = (area, far);
        for _ in 0..60 {
            let middle = near + (far - near) / 2.0;
            if (middle - area).abs() <= spread(middle) { near = middle } else { far = middle }
        }
        near
    };
    Some((end(0.0), end(1.0)))
}

/// The interval of an area that no distribution of scores makes too narrow: that of a
/// share of as many rows as the rarer kind has.
///
/// # Source
///
/// Z. W. Birnbaum, O. M. Klose, "Bounds for the Variance of the Mann–Whitney Statistic",
/// 1957, doi:10.1214/aoms/1177706883: no variance is above A (1 − A) / min(m, n).
pub fn widest_area_interval(
    area: f64,
    positives: u64,
    negatives: u64,
    level: f64,
) -> Option<(f64, f64)> {
    let rows = positives.min(negatives);
    // Wilson's interval of a share that need not be one of whole hits.
    let (below, above) = ((area * rows as f64).floor(), (area * rows as f64).ceil());
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number from 0 up to the rows"
    )]
    let of = |hits: f64| wilson((hits as u64).min(rows), rows, level);
    Some((of(below)?.0, of(above)?.1))
}
