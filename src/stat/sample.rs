//! Intervals from samples: of means, and of resampled values.

use super::normal_quantile;

/// The normal interval around `estimate`, of the given standard error.
pub fn normal_interval(estimate: f64, standard_error: f64, level: f64) -> (f64, f64) {
    let reach = -normal_quantile((1.0 - level) / 2.0) * standard_error;
    (estimate - reach, estimate + reach)
}

/// The standard error of the mean of `rows` values whose squared deviations
/// from it add up to `deviation`; `None` below two values.
pub fn standard_error_of_mean(deviation: f64, rows: u64) -> Option<f64> {
    let others = rows.checked_sub(1).filter(|others| *others > 0)?;
    Some(libm::sqrt(deviation / others as f64 / rows as f64))
}

/// The percentile interval of resampled `values`, which are sorted in place:
/// their quantiles at both ends of `level`. `None` without values.
///
/// # Source
///
/// B. Efron, "Nonparametric Standard Errors and Confidence Intervals", 1981,
/// doi:10.2307/3314608.
pub fn percentile_interval(values: &mut [f64], level: f64) -> Option<(f64, f64)> {
    values.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    Some((quantile(values, tail)?, quantile(values, 1.0 - tail)?))
}

/// The quantile of type 7 of sorted values: on the line between the two that
/// are nearest to place (n − 1) p.
///
/// # Source
///
/// R. J. Hyndman, Y. Fan, "Sample Quantiles in Statistical Packages", 1996,
/// doi:10.1080/00031305.1996.10473566.
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = last as f64 * p.clamp(0.0, 1.0);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place within the list"
    )]
    let below = place as usize;
    let above = (below + 1).min(last);
    let part = place - below as f64;
    Some(sorted[below] + part * (sorted[above] - sorted[below]))
}
