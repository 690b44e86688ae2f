//! Special functions and intervals against other software.

#![allow(clippy::excessive_precision, reason = "values as other software prints them")]

use tallyho::metric::Interval;
use tallyho::stat::{normal_quantile, wilson};

use super::made::{matrix, measure, with};

/// mpmath 1.3, 50 digits: `sqrt(2) * erfinv(2 * p - 1)` of the f64 p; below
/// 1e-15 scipy 1.17.1, `norm.ppf`.
#[test]
fn normal_quantiles_are_good_to_the_last_digits() {
    let cases = [
        (0.5, 0.0),
        (0.6, 0.253_347_103_135_799_74),
        (0.075, -1.439_531_470_938_455_9),
        (0.0749, -1.440_238_267_527_963_7),
        (0.925, 1.439_531_470_938_456_2),
        (0.95, 1.644_853_626_951_472_3),
        (0.975, 1.959_963_984_540_053_9),
        (0.99, 2.326_347_874_040_840_8),
        (0.995, 2.575_829_303_548_900_5),
        (0.9995, 3.290_526_731_491_925_8),
        (1e-5, -4.264_890_793_922_824_6),
        (1e-10, -6.361_340_902_404_056_2),
        (1e-11, -6.706_023_155_495_136_3),
        (1.4e-11, -6.656_723_091_518_183_6),
        (0.999_999_999_9, 6.361_340_889_697_421_9),
        (1e-20, -9.262_340_089_798_409),
        (1e-100, -21.273_453_560_965_322),
        (1e-300, -37.047_096_299_361_2),
    ];
    for (p, z) in cases {
        let found = normal_quantile(p);
        assert!((found - z).abs() <= 1e-15 * z.abs(), "{p}: {found}, expected {z}");
    }
    assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
    assert_eq!(normal_quantile(1.0), f64::INFINITY);
    assert!(normal_quantile(-0.1).is_nan() && normal_quantile(1.1).is_nan());
}

/// statsmodels 0.15.0: `proportion_confint(k, n, alpha, method="wilson")`.
#[test]
fn wilson_intervals_agree_with_statsmodels() {
    let cases = [
        (0, 10, 0.95, 0.0, 0.277_532_799_862_889_26),
        (10, 10, 0.95, 0.722_467_200_137_110_6, 1.0),
        (1, 10, 0.95, 0.017_876_213_095_072_924, 0.404_150_026_795_238_54),
        (9, 10, 0.95, 0.595_849_973_204_761_4, 0.982_123_786_904_927),
        (5, 10, 0.95, 0.236_593_090_512_563_94, 0.763_406_909_487_436_1),
        (1743, 1797, 0.95, 0.960_998_863_712_119_1, 0.976_896_025_217_229_1),
        (1743, 1797, 0.99, 0.957_723_060_982_825_1, 0.978_719_232_955_348),
        (3, 7, 0.9, 0.186_443_190_363_956, 0.710_522_908_986_407_1),
        (1, 1, 0.95, 0.206_549_314_377_237_4, 1.0),
        (0, 1, 0.95, 0.0, 0.793_450_685_622_762_7),
        (1, 10_000_000_000, 0.95, 1.765_245_549_373_336_8e-11, 5.664_934_263_512_821e-10),
        (9_999_999_999, 10_000_000_000, 0.95, 0.999_999_999_433_506_7, 0.999_999_999_982_347_7),
        (123_456, 1_000_000_000_000, 0.999, 1.223_052_316_364_286_3e-7, 1.246_175_959_270_684_8e-7),
        (50, 100, 0.5, 0.466_351_964_222_379_73, 0.533_648_035_777_620_3),
    ];
    for (successes, trials, level, low, high) in cases {
        let found = wilson(successes, trials, level).unwrap();
        let near = |found: f64, expected: f64| (found - expected).abs() <= 1e-13 * expected;
        assert!(near(found.0, low) && near(found.1, high), "{successes} of {trials}: {found:?}");
    }
}

#[test]
fn wilson_intervals_end_exactly_at_0_and_1() {
    assert_eq!(wilson(0, 0, 0.95), None);
    assert_eq!(wilson(3, 2, 0.95), None);
    for trials in [1, 2, 1_000, u64::MAX] {
        assert_eq!(wilson(0, trials, 0.95).unwrap().0, 0.0);
        assert_eq!(wilson(trials, trials, 0.95).unwrap().1, 1.0);
    }
}

#[test]
fn proportions_have_a_wilson_interval() {
    let tallies = matrix(&[[50, 3, 2], [4, 40, 6], [1, 0, 44]]);
    let wilson = |level, (low, high)| Some(Interval { level, low, high, method: "wilson" });
    let at_95 = wilson(0.95, tallyho::stat::wilson(134, 150, 0.95).unwrap());
    for name in ["accuracy", "precision_micro", "recall_micro", "f1_micro", "recall_weighted"] {
        assert_eq!(measure(&tallies, name).interval, at_95, "{name}");
        assert_eq!(measure(&tallies, name).ratio, Some((134, 150)), "{name}");
    }
    let at_99 = with(&tallies, |spec| spec.interval = 0.99);
    assert_eq!(
        measure(&at_99, "error_rate").interval,
        wilson(0.99, tallyho::stat::wilson(16, 150, 0.99).unwrap())
    );
}
