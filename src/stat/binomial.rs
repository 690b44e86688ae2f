//! The distribution of counts, and of sums of squares.

use super::beta::regularized_beta;
use super::gamma::{excess, stirling, upper_gamma};

/// P(X ≤ `successes`) and P(X > `successes`) for X the successes in `trials`
/// of probability `p`.
///
/// The smaller has a relative error below 10⁻¹¹ up to 10¹⁰ trials.
pub fn binomial_tails(successes: u64, trials: u64, p: f64) -> (f64, f64) {
    if successes >= trials {
        return (1.0, 0.0);
    }
    let (above, up_to) = regularized_beta((successes + 1) as f64, (trials - successes) as f64, p);
    (up_to, above)
}

/// ln P(X = k) for 0 < k < n and p, q = 1 − p above 0.
pub(super) fn ln_binomial(k: f64, n: f64, p: f64, q: f64) -> f64 {
    let rest = n - k;
    let (mean, rest_mean) = (n * p, n * q);
    let apart = k * excess((mean - k) / k, mean / k)
        + rest * excess((rest_mean - rest) / rest, rest_mean / rest);
    let spread = 0.5 * libm::log(std::f64::consts::TAU * (k / n) * rest);
    stirling(n) - stirling(k) - stirling(rest) - apart - spread
}

/// ln P(X = k) for 0 ≤ k ≤ n and p, q = 1 − p, of which one may be 0.
pub(super) fn ln_mass(k: f64, n: f64, p: f64, q: f64) -> f64 {
    let power = |share: f64, rest: f64| {
        if n == 0.0 {
            0.0
        } else if rest < 0.5 {
            n * libm::log1p(-rest)
        } else {
            n * libm::log(share)
        }
    };
    if k <= 0.0 {
        power(q, p)
    } else if k >= n {
        power(p, q)
    } else if p <= 0.0 || q <= 0.0 {
        f64::NEG_INFINITY
    } else {
        ln_binomial(k, n, p, q)
    }
}

/// P(X > `x`) for X chi-square with `degrees` of freedom, above 0.
///
/// Relative error below 10⁻¹² up to a million degrees of freedom.
pub fn chi_square_survival(x: f64, degrees: f64) -> f64 {
    upper_gamma(degrees / 2.0, x / 2.0)
}
