//! The standard normal distribution.

#![allow(clippy::excessive_precision, reason = "the coefficients as published")]

use super::product::exact_product;

/// The z with Φ(z) = `p`, to about 16 digits.
///
/// −∞ at 0, +∞ at 1, NaN outside [0, 1].
///
/// # Source
///
/// M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal
/// Distribution", 1988, doi:10.2307/2347330, routine PPND16.
pub fn normal_quantile(p: f64) -> f64 {
    let from_half = p - 0.5;
    if from_half.abs() <= 0.425 {
        let r = 0.425 * 0.425 - from_half * from_half;
        return from_half * polynomial(&CENTRE.0, r) / polynomial(&CENTRE.1, r);
    }
    let tail = if from_half < 0.0 { p } else { 1.0 - p };
    let r = libm::sqrt(-libm::log(tail));
    let z = if r.is_infinite() {
        f64::INFINITY
    } else if r <= 5.0 {
        polynomial(&TAIL.0, r - 1.6) / polynomial(&TAIL.1, r - 1.6)
    } else {
        polynomial(&FAR_TAIL.0, r - 5.0) / polynomial(&FAR_TAIL.1, r - 5.0)
    };
    if from_half < 0.0 { -z } else { z }
}

/// P(Z > `z`) for Z standard normal; P(Z ≤ z) is that of −z.
///
/// Relative error below 10⁻¹⁴ in either tail, down to the smallest normal number.
pub fn normal_survival(z: f64) -> f64 {
    // z/√2 in two parts: in the tail an error of the argument counts z² times.
    const ROOT: f64 = std::f64::consts::FRAC_1_SQRT_2;
    const ROOT_REST: f64 = -4.833_646_656_726_457e-17;
    let (half, rest) = exact_product(z, ROOT);
    let rest = rest + z * ROOT_REST;
    let survival = 0.5 * libm::erfc(half);
    // erfc′ = −2/√π e^(−x²), which is about −2 x erfc far out.
    let correction = libm::exp(-half * half) * rest * std::f64::consts::FRAC_2_SQRT_PI * 0.5;
    let corrected = survival - correction;
    if corrected.is_finite() { corrected } else { survival }
}

/// Horner's rule; the lowest power comes first.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// Numerator and denominator of a rational approximation, lowest power first.
type Rational = ([f64; 8], [f64; 8]);

/// For |p − ½| ≤ 0.425.
const CENTRE: Rational = (
    [
        3.387_132_872_796_366_608,
        1.331_416_678_917_843_774_5e2,
        1.971_590_950_306_551_442_7e3,
        1.373_169_376_550_946_112_5e4,
        4.592_195_393_154_987_145_7e4,
        6.726_577_092_700_870_085_3e4,
        3.343_057_558_358_812_810_5e4,
        2.509_080_928_730_122_672_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091_125_2e1,
        6.871_870_074_920_579_083e2,
        5.394_196_021_424_751_107_7e3,
        2.121_379_430_158_659_586_7e4,
        3.930_789_580_009_271_061e4,
        2.872_908_573_572_194_267_4e4,
        5.226_495_278_852_854_561e3,
    ],
);

/// For tails down to e⁻²⁵.
const TAIL: Rational = (
    [
        1.423_437_110_749_683_577_34,
        4.630_337_846_156_545_295_9,
        5.769_497_221_460_691_405_5,
        3.647_848_324_763_204_605_04,
        1.270_458_252_452_368_382_58,
        2.417_807_251_774_506_117_7e-1,
        2.272_384_498_926_918_458_33e-2,
        7.745_450_142_783_414_076_4e-4,
    ],
    [
        1.0,
        2.053_191_626_637_758_821_87,
        1.676_384_830_183_803_849_4,
        6.897_673_349_851_000_045_5e-1,
        1.481_039_764_274_800_745_9e-1,
        1.519_866_656_361_645_719_66e-2,
        5.475_938_084_995_344_946e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
);

/// For tails beyond.
const FAR_TAIL: Rational = (
    [
        6.657_904_643_501_103_777_2,
        5.463_784_911_164_114_369_9,
        1.784_826_539_917_291_335_8,
        2.965_605_718_285_048_912_3e-1,
        2.653_218_952_657_612_309_3e-2,
        1.242_660_947_388_078_438_6e-3,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    [
        1.0,
        5.998_322_065_558_879_376_9e-1,
        1.369_298_809_227_358_053_1e-1,
        1.487_536_129_085_061_485_25e-2,
        7.868_691_311_456_132_591e-4,
        1.846_318_317_510_054_681_8e-5,
        1.421_511_758_316_445_888_7e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
);
