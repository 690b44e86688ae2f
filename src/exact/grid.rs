//! The bins of binned order: 65,536 steps along the line of scores.
//!
//! Steps are relative, as those of floats: within an octave they are equal, and
//! 32 octaves are told apart. What lies beyond shares the outermost bins. Where
//! the octaves lie depends on what the scores are, so that both ends of a
//! probability are resolved.

/// Number of bins.
pub const BINS: usize = 1 << 16;

/// Octaves that are told apart.
const OCTAVES: u32 = 32;

/// The bin of a binary logit: its sign, and 1,024 steps to an octave of its size
/// from 2⁻¹⁴ up to 2¹⁸. Half-precision logits have a bin each, but for the
/// subnormal ones.
#[inline]
pub fn of_logit(z: f64) -> u16 {
    let size = magnitude(z.abs(), 10, -14);
    if z < 0.0 { HALF - 1 - size } else { HALF + size }
}

/// The bin of a binary probability: 1,024 steps to an octave of p below ½, and
/// of 1 − p from there on, down to 2⁻³³ at either end. The difference is exact.
#[inline]
pub fn of_probability(p: f64) -> u16 {
    let low = |q: f64| magnitude(q, 10, -33);
    // −0 is a probability, and has a sign.
    if p < 0.5 { low(p.abs()) } else { u16::MAX - low(1.0 - p) }
}

/// The bin of −ln p in units of 2⁻³² nats, higher bins for higher p: 2,048 steps
/// to an octave of −ln p from 2⁻²⁶ up to 2⁶. Near p = 1 that is an octave of 1 − p.
#[inline]
pub fn of_surprise(surprise: u64) -> u16 {
    u16::MAX - magnitude(surprise as f64, 11, 32 - 26)
}

/// The bin of a confidence in units of 2⁻³⁰: 2,048 steps to an octave of
/// 1 − confidence, which is below 2⁻³⁰ only where it is 0.
#[inline]
pub fn of_confidence(confidence: u32) -> u16 {
    u16::MAX - magnitude(f64::from((1_u32 << 30).saturating_sub(confidence)), 11, -1)
}

const HALF: u16 = 1 << 15;

/// The step of `size` ≥ 0 among [`OCTAVES`] octaves from 2^`least` up, with
/// 2^`bits` steps each; 0 below them, the last step beyond.
#[inline(always)]
fn magnitude(size: f64, bits: u32, least: i32) -> u16 {
    let step = (size.to_bits() >> (52 - bits)).cast_signed();
    let first = i64::from(1023 + least) << bits;
    let last = (i64::from(OCTAVES) << bits) - 1;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to at most 2^16 steps"
    )]
    let step = (step - first).clamp(0, last) as u16;
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_rise_with_scores() {
        let mut logits: Vec<f64> = (-400..400).map(|step| f64::from(step) / 16.0).collect();
        logits.extend([f64::NEG_INFINITY, -1e300, 1e-300, 1e300]);
        logits.sort_by(f64::total_cmp);
        assert!(logits.windows(2).all(|pair| of_logit(pair[0]) <= of_logit(pair[1])));
        assert_eq!((of_logit(f64::NEG_INFINITY), of_logit(1e300)), (0, u16::MAX));
        assert_eq!(of_logit(-0.0), of_logit(0.0));

        let mut shares: Vec<f64> = (0..=4096).map(|step| f64::from(step) / 4096.0).collect();
        shares.extend((1..60).flat_map(|power| [0.5_f64.powi(power), 1.0 - 0.5_f64.powi(power)]));
        shares.sort_by(f64::total_cmp);
        assert!(shares.windows(2).all(|pair| of_probability(pair[0]) <= of_probability(pair[1])));
        assert_eq!((of_probability(0.0), of_probability(1.0)), (0, u16::MAX));
        assert_eq!(of_probability(-0.0), of_probability(0.0));

        let surprises = [0, 1, 63, 64, 65, 1 << 20, 1 << 32, 50 << 32, u64::MAX];
        assert!(surprises.windows(2).all(|pair| of_surprise(pair[0]) >= of_surprise(pair[1])));
        let confidences = [0, 1, 1 << 29, (1 << 30) - 2, (1 << 30) - 1, 1 << 30];
        assert!(
            confidences.windows(2).all(|pair| of_confidence(pair[0]) <= of_confidence(pair[1]))
        );
    }

    #[test]
    fn both_ends_of_a_probability_are_resolved() {
        for power in 2..24 {
            let small = 0.5_f64.powi(power);
            assert_ne!(of_probability(small), of_probability(small * 1.001));
            assert_ne!(of_probability(1.0 - small), of_probability(1.0 - small * 1.001));
        }
    }
}
