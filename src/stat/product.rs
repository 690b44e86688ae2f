//! Products with what rounding takes off.

/// a · b as the rounded product and what the rounding took off.
///
/// # Source
///
/// T. J. Dekker, "A floating-point technique for extending the available
/// precision", 1971, doi:10.1007/BF01397083.
pub(super) fn exact_product(a: f64, b: f64) -> (f64, f64) {
    const SPLIT: f64 = 134_217_729.0; // 2²⁷ + 1
    let split = |value: f64| {
        let scaled = SPLIT * value;
        let high = scaled - (scaled - value);
        (high, value - high)
    };
    let product = a * b;
    let ((a_high, a_low), (b_high, b_low)) = (split(a), split(b));
    let rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    (product, rest)
}
