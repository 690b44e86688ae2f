//! Student's t distribution.

use super::beta::regularized_beta;
use super::gamma::stirling;
use super::{normal_quantile, normal_survival};

/// Beyond so many degrees of freedom it is the normal distribution, to nine digits.
const NORMAL: f64 = 1e10;

/// P(T > `t`) for T of `degrees` of freedom, at least 2; else NaN.
///
/// Relative error below 10⁻⁹, as far as tests know for t up to 1,000.
pub fn student_survival(t: f64, degrees: f64) -> f64 {
    if degrees.is_nan() || degrees < 2.0 {
        return f64::NAN;
    }
    if degrees > NORMAL {
        return normal_survival(t);
    }
    let (a, square) = (degrees / 2.0, t * t);
    let (x, y) = (degrees / (degrees + square), square / (degrees + square));
    // xᵃ / B(a, ½)
    let power = libm::exp(-a * libm::log1p(square / degrees)) / beta_half(a);
    let both = if x < 0.7 {
        power * series(a, x)
    } else {
        // From I(a, 3/2), as the incomplete beta function has no halves.
        regularized_beta(1.5, a, y).1 - 2.0 * power * libm::sqrt(y)
    };
    let tail = (both / 2.0).clamp(0.0, 0.5);
    if t > 0.0 { tail } else { 1.0 - tail }
}

/// B(a, ½)
fn beta_half(a: f64) -> f64 {
    let ln = 0.5 - 0.5 * libm::log(a) - a * libm::log1p(0.5 / a) + stirling(a) - stirling(a + 0.5);
    libm::exp(ln) * libm::sqrt(std::f64::consts::PI)
}

/// Σ (½)ₙ xⁿ / (n! (a + n))
///
/// # Source
///
/// NIST Digital Library of Mathematical Functions, (8.17.7).
fn series(a: f64, x: f64) -> f64 {
    let (mut factor, mut sum, mut n) = (1.0, 1.0 / a, 0.0);
    loop {
        factor *= (n + 0.5) / (n + 1.0) * x;
        n += 1.0;
        let term = factor / (a + n);
        sum += term;
        if term < sum * (f64::EPSILON / 8.0) {
            return sum;
        }
    }
}

/// The t with P(T > t) = `p`, for p in (0, ½] and `degrees` of freedom, at least 2; else
/// NaN.
pub fn student_quantile(p: f64, degrees: f64) -> f64 {
    if !(p > 0.0 && p <= 0.5 && degrees >= 2.0) {
        return f64::NAN;
    }
    // Its tails are heavier than the normal ones.
    let mut low = -normal_quantile(p);
    let mut high = low.max(1.0);
    while student_survival(high, degrees) > p && high < f64::MAX / 4.0 {
        (low, high) = (high, 2.0 * high);
    }
    for _ in 0..60 {
        let middle = low + (high - low) / 2.0;
        if student_survival(middle, degrees) > p { low = middle } else { high = middle }
    }
    low + (high - low) / 2.0
}
