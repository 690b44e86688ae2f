//! The tests of whether two sets of counts come from one distribution.
//!
//! Both lists hold the rows of the same kinds, or bins, in the same order.
//! Every function gives `None` where the lists differ in length or one of them
//! has no rows.

use super::binomial::chi_square_survival;

/// The value of a statistic, and how likely as large a one is by chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// The p-value.
    pub p_value: f64,
}

/// The rows of each list; `None` if there is nothing to compare.
fn totals(first: &[u64], second: &[u64]) -> Option<(f64, f64)> {
    let sum = |counts: &[u64]| counts.iter().map(|&count| u128::from(count)).sum::<u128>();
    let (n, m) = (sum(first), sum(second));
    (first.len() == second.len() && n > 0 && m > 0).then_some((n as f64, m as f64))
}

/// The population stability index, Σ (q − p) ln (q / p) over the kinds with
/// rows. A kind that only one list has counts as half a row in the other,
/// where the index would be infinite.
///
/// # Source
///
/// H. Jeffreys, "An Invariant Form for the Prior Probability in Estimation
/// Problems", 1946, doi:10.1098/rspa.1946.0056: the symmetric divergence J.
pub fn stability_index(first: &[u64], second: &[u64]) -> Option<f64> {
    let (n, m) = totals(first, second)?;
    let share = |count: u64, rows: f64| if count > 0 { count as f64 / rows } else { 0.5 / rows };
    let pairs = first.iter().zip(second).filter(|(a, b)| **a > 0 || **b > 0);
    let terms = pairs.map(|(&a, &b)| {
        let (p, q) = (share(a, n), share(b, m));
        (q - p) * (libm::log(q) - libm::log(p))
    });
    Some(terms.sum())
}

/// The Jensen–Shannon divergence, in nats: from 0 to ln 2.
///
/// # Source
///
/// J. Lin, "Divergence Measures Based on the Shannon Entropy", 1991,
/// doi:10.1109/18.61115.
pub fn jensen_shannon(first: &[u64], second: &[u64]) -> Option<f64> {
    let (n, m) = totals(first, second)?;
    let term = |p: f64, middle: f64| if p > 0.0 { p * libm::log(p / middle) } else { 0.0 };
    let terms = first.iter().zip(second).map(|(&a, &b)| {
        let (p, q) = (a as f64 / n, b as f64 / m);
        let middle = (p + q) / 2.0;
        (term(p, middle) + term(q, middle)) / 2.0
    });
    Some(terms.sum::<f64>().max(0.0))
}

/// Kolmogorov and Smirnov's test of counts in bins that are in order. The
/// p-value is that of many rows without ties; within bins it is too large
/// rather than too small.
///
/// # Source
///
/// N. Smirnov, "Table for Estimating the Goodness of Fit of Empirical
/// Distributions", 1948, doi:10.1214/aoms/1177730256.
pub fn kolmogorov_smirnov(first: &[u64], second: &[u64]) -> Option<Test> {
    let (n, m) = totals(first, second)?;
    let (mut below, mut others, mut statistic) = (0_u128, 0_u128, 0.0_f64);
    for (&a, &b) in first.iter().zip(second) {
        below += u128::from(a);
        others += u128::from(b);
        statistic = statistic.max((below as f64 / n - others as f64 / m).abs());
    }
    let scaled = statistic * libm::sqrt(n) * libm::sqrt(m / (n + m));
    Some(Test { statistic, p_value: kolmogorov_survival(scaled) })
}

/// 2 Σ (−1)^(k−1) exp(−2 k² x²) over k ≥ 1.
fn kolmogorov_survival(x: f64) -> f64 {
    // Below this it is 1 to the last digit, and the sum would cancel.
    if x < 0.15 {
        return 1.0;
    }
    let mut sum = 0.0;
    for k in 1..=64 {
        let k = f64::from(k);
        let term = libm::exp(-2.0 * k * k * x * x);
        sum += if k % 2.0 == 1.0 { term } else { -term };
        if term < 1e-18 * sum {
            break;
        }
    }
    (2.0 * sum).clamp(0.0, 1.0)
}

/// Pearson's chi-square test that both lists have one distribution, over the
/// kinds with rows. Rows should be expected in most kinds, five or more.
///
/// `None` also where only one kind has rows.
///
/// # Source
///
/// K. Pearson, "On the Criterion that a Given System of Deviations …", 1900,
/// doi:10.1080/14786440009463897.
pub fn chi_square(first: &[u64], second: &[u64]) -> Option<Test> {
    let (n, m) = totals(first, second)?;
    let (scale, inverse) = (libm::sqrt(m / n), libm::sqrt(n / m));
    let (mut statistic, mut kinds) = (0.0, 0_u32);
    for (&a, &b) in first.iter().zip(second).filter(|(a, b)| **a > 0 || **b > 0) {
        let (a, b) = (a as f64, b as f64);
        let apart = a * scale - b * inverse;
        statistic += apart * apart / (a + b);
        kinds += 1;
    }
    let degrees = f64::from(kinds.checked_sub(1).filter(|free| *free > 0)?);
    Some(Test { statistic, p_value: chi_square_survival(statistic, degrees) })
}
