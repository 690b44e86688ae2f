//! The temperatures at which the loss is sketched.

/// Temperatures from one to twice it.
const PER_OCTAVE: usize = 4;
/// ⁴√2 to the powers 0 to 3.
#[allow(clippy::excessive_precision, reason = "correctly rounded by the compiler")]
const STEPS: [f64; PER_OCTAVE] =
    [1.0, 1.189_207_115_002_721_066_7, std::f64::consts::SQRT_2, 1.681_792_830_507_429_086_1];
/// The largest is 2⁵, and the least 2⁻⁵.
const OCTAVES: i32 = 5;

/// Factors of the logits, 2^(k/4) for k from −20 to 20: a temperature is the
/// inverse of one, from 32 down to 1/32.
pub fn inverse_temperatures() -> Vec<f64> {
    let octave = |power: i32| STEPS.map(|step| step * f64::from(2_u32.pow(power.unsigned_abs())));
    let from_one: Vec<f64> =
        (0..OCTAVES).flat_map(octave).chain([f64::from(1 << OCTAVES)]).collect();
    // The inverse of a step is half of the step that lies opposite to it.
    let below = from_one.iter().skip(1).rev().enumerate().map(|(place, _)| {
        let steps = place % PER_OCTAVE;
        let octaves = place / PER_OCTAVE;
        STEPS[steps] * f64::from(1 << octaves) / f64::from(1 << OCTAVES)
    });
    below.chain(from_one.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::inverse_temperatures;

    #[test]
    fn temperatures_are_a_quarter_octave_apart_around_one() {
        let factors = inverse_temperatures();
        assert_eq!(
            (factors.len(), factors[0], factors[20], factors[40]),
            (41, 1.0 / 32.0, 1.0, 32.0)
        );
        for pair in factors.windows(2) {
            assert!((pair[1] / pair[0] - 2_f64.powf(0.25)).abs() < 1e-15, "{pair:?}");
        }
    }
}
