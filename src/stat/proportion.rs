//! Intervals of a binomial proportion.

use super::beta::beta_quantile;
use super::normal_quantile;

/// The Wilson score interval of `successes` in `trials`, at `level` in (0, 1).
///
/// `None` without trials. The lower end is exactly 0 without successes, the
/// upper end exactly 1 without failures.
///
/// # Source
///
/// E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
/// Inference", 1927, doi:10.1080/01621459.1927.10502953.
pub fn wilson(successes: u64, trials: u64, level: f64) -> Option<(f64, f64)> {
    let failures = trials.checked_sub(successes).filter(|_| trials > 0)?;
    let z = -normal_quantile((1.0 - level) / 2.0);
    if failures >= successes {
        Some(rare(successes, trials, z))
    } else {
        let (low, high) = rare(failures, trials, z);
        Some((1.0 - high, 1.0 - low))
    }
}

/// The interval of a proportion q ≤ ½.
///
/// Its ends solve (1 + z²/n) x² − (2q + z²/n) x + q² = 0. The lower one comes
/// from the product of both: their difference would cancel for small q.
fn rare(successes: u64, trials: u64, z: f64) -> (f64, f64) {
    let n = trials as f64;
    let q = successes as f64 / n;
    let scale = 1.0 + z * z / n;
    let centre = q + z * z / (2.0 * n);
    let reach = z * (q * (1.0 - q) / n + z * z / (4.0 * n * n)).sqrt();
    let high = (centre + reach) / scale;
    (q * q / (scale * high), high)
}

/// The Clopper–Pearson interval of `successes` in `trials`, at `level` in (0, 1).
///
/// It inverts the binomial tails, so that it covers at least as often as
/// `level` says, at the price of being wide. `None` without trials. The lower
/// end is exactly 0 without successes, the upper end exactly 1 without failures.
///
/// # Source
///
/// C. J. Clopper, E. S. Pearson, "The Use of Confidence or Fiducial Limits
/// Illustrated in the Case of the Binomial", 1934, doi:10.1093/biomet/26.4.404.
pub fn clopper_pearson(successes: u64, trials: u64, level: f64) -> Option<(f64, f64)> {
    let failures = trials.checked_sub(successes).filter(|_| trials > 0)?;
    let tail = (1.0 - level) / 2.0;
    let (k, rest) = (successes as f64, failures as f64);
    let low = if successes == 0 { 0.0 } else { beta_quantile(k, rest + 1.0, tail).0 };
    let high = if failures == 0 { 1.0 } else { beta_quantile(rest, k + 1.0, tail).1 };
    Some((low, high))
}
