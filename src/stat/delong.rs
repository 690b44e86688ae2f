//! The variance of the area under the ROC curve.

use super::sample::normal_interval;
use crate::exact::{Wide, squared_deviations};

/// What DeLong's variance is computed from, all in integers.
///
/// The placement of a positive row is the negatives below it plus half of
/// those that tie; that of a negative row is the positives above it plus half
/// of those that tie. Both are counted in halves, so that they are integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placements {
    /// Positive rows.
    pub positives: u64,
    /// Negative rows.
    pub negatives: u64,
    /// Σ placements in halves, 2U: the same over positives and over negatives.
    pub twice_u: u128,
    /// Σ (placement in halves)² over the positive rows.
    pub positive_squares: Wide,
    /// Σ (placement in halves)² over the negative rows.
    pub negative_squares: Wide,
}

impl Placements {
    /// The area, U / (P N); `None` without rows of both kinds.
    pub fn area(&self) -> Option<f64> {
        let pairs = u128::from(self.positives) * u128::from(self.negatives);
        (pairs > 0).then(|| self.twice_u as f64 / 2.0 / pairs as f64)
    }

    /// The variance of the area; `None` with fewer than two rows of a kind, or
    /// if no placements have these sums.
    ///
    /// Sums of squared deviations are taken of integers, so that the variance
    /// of an area near 1 keeps its digits.
    ///
    /// # Source
    ///
    /// E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, "Comparing the Areas
    /// under Two or More Correlated Receiver Operating Characteristic Curves",
    /// 1988, doi:10.2307/2531595.
    pub fn variance(&self) -> Option<f64> {
        let (p, n) = (self.positives, self.negatives);
        let of_positives = component(p, n, self.twice_u, self.positive_squares)?;
        let of_negatives = component(n, p, self.twice_u, self.negative_squares)?;
        Some(of_positives + of_negatives)
    }

    /// The area's interval at `level`, within 0 and 1.
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let (low, high) = normal_interval(self.area()?, libm::sqrt(self.variance()?), level);
        Some((low.max(0.0), high.min(1.0)))
    }
}

/// The part of the variance that `own` rows bring, each placed among `others`.
fn component(own: u64, others: u64, sum: u128, squares: Wide) -> Option<f64> {
    let free = own.checked_sub(1).filter(|free| *free > 0 && others > 0)?;
    let deviation = squared_deviations(sum, squares, own)?;
    let scale = 2.0 * others as f64;
    Some(deviation / scale / scale / free as f64 / own as f64)
}
