//! Score statistics of two shares against a margin, of different rows and of the
//! same.

use super::compare::Agreement;
use super::{normal_quantile, normal_survival};

/// A score statistic and what is expected where the margin is just reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Standard normal there; small where the second share lies below the margin.
    pub z: f64,
    /// The fewest hits or misses that either side expects there; of the same rows,
    /// those where only one side is right.
    pub fewest: f64,
}

impl Score {
    /// How likely as small a statistic is, P(Z ≤ z).
    pub fn p_value(self) -> f64 {
        normal_survival(-self.z)
    }
}

/// The score statistic of the second share less the first, of different rows, against
/// −`margin`, in (−1, 1); each is (hits, rows), with rows.
///
/// # Source
///
/// C. P. Farrington, G. Manning, "Test Statistics and Sample Size Formulae for
/// Comparative Binomial Trials with Null Hypothesis of Non-Zero Risk Difference or
/// Non-Unity Relative Risk", 1990, doi:10.1002/sim.4780091208.
pub fn farrington_manning(first: (u64, u64), second: (u64, u64), margin: f64) -> Score {
    let share = |(hits, rows): (u64, u64)| (hits as f64, rows as f64);
    of_shares(share(first), share(second), margin)
}

pub(super) fn of_shares(first: (f64, f64), second: (f64, f64), margin: f64) -> Score {
    let ((x, n), (y, m)) = (first, second);
    let (own, other) = (x / n, y / m);
    let p = constrained((own, n), (other, m), margin);
    let q = (p - margin).clamp(0.0, 1.0);
    let variance = p * (1.0 - p) / n + q * (1.0 - q) / m;
    let apart = other - own + margin;
    let z = if variance > 0.0 { apart / libm::sqrt(variance) } else { sure(apart) };
    let fewest = (n * p.min(1.0 - p)).min(m * q.min(1.0 - q));
    Score { z, fewest }
}

/// A distance in units of no error.
fn sure(apart: f64) -> f64 {
    if apart < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY }
}

/// The likeliest first share p if the second is p − `margin`: the root between its ends
/// of the cubic that the likelihood's derivative is.
fn constrained((own, n): (f64, f64), (other, m): (f64, f64), margin: f64) -> f64 {
    let ratio = m / n;
    let a = 1.0 + ratio;
    let b = -(1.0 + ratio + own + ratio * other + margin * (ratio + 2.0));
    let c = margin * margin + margin * (2.0 * own + ratio + 1.0) + own + ratio * other;
    let d = -own * margin * (1.0 + margin);
    let third = b / (3.0 * a);
    let v = third * third * third - third * c / (2.0 * a) + d / (2.0 * a);
    let square = (third * third - c / (3.0 * a)).max(0.0);
    let u = if v < 0.0 { -libm::sqrt(square) } else { libm::sqrt(square) };
    let cosine = if u == 0.0 { 0.0 } else { (v / (u * u * u)).clamp(-1.0, 1.0) };
    let w = (std::f64::consts::PI + libm::acos(cosine)) / 3.0;
    (2.0 * u * libm::cos(w) - third).clamp(margin.max(0.0), (1.0 + margin).min(1.0))
}

/// The score statistic of the second share less the first, of the same rows, against
/// −`margin`, in (−1, 1).
///
/// # Source
///
/// T. Tango, "Equivalence Test and Confidence Interval for the Difference in
/// Proportions for the Paired-Sample Design", 1998,
/// doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B.
pub fn tango(rows: Agreement, margin: f64) -> Score {
    let all = rows.both as f64 + rows.first as f64 + rows.second as f64 + rows.neither as f64;
    of_apart((rows.first as f64, rows.second as f64), all, margin)
}

/// The same of rows that only the first and only the second is right about, of `n`.
pub(super) fn of_apart((first, second): (f64, f64), n: f64, margin: f64) -> Score {
    // The second's rows alone are expected n q, the first's n (q + margin).
    let a = 2.0 * n;
    let b = -first - second + (2.0 * n - first + second) * margin;
    let c = -second * margin * (1.0 - margin);
    let root = libm::sqrt((b * b - 4.0 * a * c).max(0.0));
    let q = if b > 0.0 { -2.0 * c / (b + root) } else { (root - b) / (2.0 * a) };
    let q = q.clamp((-margin).max(0.0), ((1.0 - margin) / 2.0).max(0.0));
    let variance = n * (2.0 * q + margin * (1.0 - margin));
    let apart = second - first + n * margin;
    let z = if variance > 0.0 { apart / libm::sqrt(variance) } else { sure(apart) };
    Score { z, fewest: n * q.min(q + margin).max(0.0) }
}

/// The difference of second and first that a score statistic bounds from above: the
/// least that it rejects at `risk`, below one half, or 1.
pub fn score_bound(risk: f64, score: impl Fn(f64) -> Score) -> f64 {
    let least = normal_quantile(risk);
    let (mut low, mut high) = (-1.0, 1.0);
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if score(-middle).z < least { high = middle } else { low = middle }
    }
    high
}
