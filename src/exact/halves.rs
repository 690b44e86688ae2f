//! Doubles on their way to 16 bits.

/// A single that rounds to 16 bits, of either kind, as `value` itself does.
/// `f16::from_f64` rounds to single precision first on some processors and drops bits
/// on others.
pub fn single_for_halves(value: f64) -> f32 {
    #[allow(clippy::cast_possible_truncation, reason = "the rounding is what is wanted")]
    let single = value as f32;
    let nearest = f64::from(single);
    if nearest == value || value.is_nan() {
        return single;
    }
    // Towards zero, with a last bit that says that there was more: what is
    // between two singles is then never taken for a tie of two halves.
    let towards_zero = single.to_bits() - u32::from(nearest.abs() > value.abs());
    f32::from_bits(towards_zero | 1)
}
