//! The row kernel: against a naive f64 oracle, and its vector forms against the
//! plain one, bit for bit.

use tallyho::exact::{Denominator, ScoreType, fixed, ln, ratio_restoring};
use tallyho::kernel::rows::{self, Invalid, Params, Row};
use tallyho::kernel::{Level, Score};

use proptest::prelude::*;

use crate::common::Rng;

const HALF_UNIT: f64 = 1.0 / (1_u64 << 30) as f64;

pub fn params(probabilities: bool) -> Params {
    Params {
        probabilities,
        higher_first: false,
        epsilon: f64::from(f32::EPSILON),
        sum_tolerance: rows::sum_tolerance(ScoreType::F32),
        edges: rows::edges(15),
        right_closed: true,
        level: Level::PLAIN,
    }
}

/// Scores with ties, both zeros, subnormals, huge values and −∞ mixed in.
fn hostile(rng: &mut Rng, classes: usize) -> Vec<f32> {
    let kind = rng.below(5);
    (0..classes)
        .map(|_| match rng.below(12) {
            0 => 0.0,
            1 => -0.0,
            2 => f32::from_bits(rng.below(1 << 23)),
            3 if kind == 1 => 3e38,
            4 if kind == 1 => -3e38,
            5 if kind >= 2 => f32::NEG_INFINITY,
            6 if kind == 3 => f32::from_bits(rng.next_u32()),
            7 => rng.below(4) as f32,
            _ => rng.normal() * 4.0,
        })
        .collect()
}

#[test]
fn every_level_gives_the_bits_of_the_plain_loops() {
    for seed in 0..4_000 {
        let mut rng = Rng::new(seed);
        let classes = 1 + rng.below(if seed % 10 == 0 { 5_000 } else { 70 }) as usize;
        let scores = hostile(&mut rng, classes);
        let label = rng.below(classes as u32) as usize;
        levels_agree(&scores, label, seed);
        // Some doubles are beyond single precision, or between its values.
        let double = |&score: &f32| match rng.below(8) {
            0 => f64::from(score) * 1e200,
            1 => f64::from(score).next_up(),
            2 => f64::from(score) + 1e-11,
            _ => f64::from(score),
        };
        let doubles: Vec<f64> = scores.iter().map(double).collect();
        levels_agree(&doubles, label, seed);
    }
}

/// Fails unless a row of logits comes to the same on every level.
#[track_caller]
fn levels_agree<T: Score>(scores: &[T], label: usize, seed: u64) {
    for higher_first in [false, true] {
        let run = |level| {
            let params = Params { level, higher_first, ..params(false) };
            (rows::row(&params, scores, label), rows::prediction(&params, scores, label))
        };
        let plain = run(Level::PLAIN);
        for level in Level::available() {
            assert_eq!(run(level), plain, "seed {seed}, {level:?}, {} classes", scores.len());
        }
    }
}

#[test]
fn every_level_reads_probabilities_alike() {
    for seed in 0..4_000 {
        let mut rng = Rng::new(seed);
        let classes = 1 + rng.below(70) as usize;
        let mut scores: Vec<f32> = softmax(&(0..classes).map(|_| rng.normal()).collect::<Vec<_>>());
        match seed % 7 {
            0 => scores[rng.below(classes as u32) as usize] = -1e-3,
            1 => scores[rng.below(classes as u32) as usize] = f32::NAN,
            2 => scores[rng.below(classes as u32) as usize] += 0.01,
            _ => {}
        }
        let label = rng.below(classes as u32) as usize;
        let doubles: Vec<f64> = scores.iter().map(|&p| f64::from(p) * (1.0 - 1e-12)).collect();
        let run = |level| {
            let params = Params { level, ..params(true) };
            (rows::row(&params, &scores, label), rows::row(&params, &doubles, label))
        };
        for level in Level::available() {
            assert_eq!(run(level), run(Level::PLAIN), "seed {seed}, {level:?}");
        }
    }
}

/// A wrong kernel would be caught: the comparison above tells one unit apart.
#[test]
fn a_row_that_differs_in_one_unit_is_not_equal() {
    let row = rows::row(&params(false), &[0.5_f32, 1.0, 2.0], 1).unwrap();
    assert_ne!(Row { squared_error: row.squared_error + 1, ..row }, row);
    let moved =
        rows::row(&params(false), &[0.5_f32, 1.0, f32::from_bits(2.0_f32.to_bits() + 4)], 1);
    assert_ne!(moved.unwrap(), row);
}

fn softmax(logits: &[f32]) -> Vec<f32> {
    exact_softmax(logits).into_iter().map(|p| p as f32).collect()
}

/// The oracle: plain doubles, the textbook way.
fn exact_softmax(logits: &[f32]) -> Vec<f64> {
    let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let terms: Vec<f64> = logits.iter().map(|&x| (f64::from(x) - f64::from(max)).exp()).collect();
    let sum: f64 = terms.iter().sum();
    terms.into_iter().map(|term| term / sum).collect()
}

fn squared_error(p: &[f64], label: usize) -> f64 {
    p.iter().enumerate().map(|(class, p)| (p - f64::from(class == label)).powi(2)).sum()
}

/// The bounds that the README promises, on single rows.
#[test]
fn softmax_is_within_its_bounds_of_f64_up_to_32768_classes() {
    let (mut worst_confidence, mut worst_brier, mut worst_loss) = (0.0_f64, 0.0_f64, 0.0_f64);
    for seed in 0..600 {
        let mut rng = Rng::new(seed);
        let classes = [2, 3, 10, 100, 1_000, 32_768][seed as usize % 6];
        let spread = [0.01, 1.0, 5.0, 30.0][rng.below(4) as usize];
        let logits: Vec<f32> = (0..classes).map(|_| rng.normal() * spread).collect();
        let label = rng.below(classes) as usize;
        let params = Params { level: Level::best(), ..params(false) };
        let row = rows::row(&params, &logits, label).unwrap();
        let p = exact_softmax(&logits);
        let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f64 = logits.iter().map(|&x| (f64::from(x) - f64::from(max)).exp()).sum();
        let loss = sum.ln() + f64::from(max) - f64::from(logits[label]);
        let confidence = p.iter().copied().fold(0.0, f64::max);
        let found_loss = row.loss.unwrap() as f64 / 4_294_967_296.0;
        worst_confidence =
            worst_confidence.max((f64::from(row.confidence) * HALF_UNIT - confidence).abs());
        worst_brier = worst_brier
            .max((f64::from(row.squared_error) * HALF_UNIT - squared_error(&p, label)).abs());
        worst_loss = worst_loss.max((found_loss - loss).abs() / loss.max(1.0));
    }
    assert!(worst_confidence < 5e-7, "{worst_confidence:e}");
    assert!(worst_brier < 1e-6, "{worst_brier:e}");
    assert!(worst_loss < 1e-6, "{worst_loss:e}");
}

#[test]
fn probabilities_are_within_their_bounds_of_f64() {
    for seed in 0..300 {
        let mut rng = Rng::new(seed);
        let classes = [2, 3, 10, 1_000, 32_768][seed as usize % 5];
        let logits: Vec<f32> = (0..classes).map(|_| rng.normal() * 3.0).collect();
        let label = rng.below(classes) as usize;
        let p: Vec<f64> = exact_softmax(&logits);
        let row = rows::row(&params(true), &p, label).unwrap();
        let confidence = p.iter().copied().fold(0.0, f64::max);
        assert!((f64::from(row.confidence) * HALF_UNIT - confidence).abs() < 2e-9);
        let brier = squared_error(&p, label);
        assert!((f64::from(row.squared_error) * HALF_UNIT - brier).abs() < 1e-8, "seed {seed}");
        let epsilon = f64::from(f32::EPSILON);
        let loss = -p[label].clamp(epsilon, 1.0 - epsilon).ln();
        assert!((row.loss.unwrap() as f64 / 4_294_967_296.0 - loss).abs() < 1e-8, "seed {seed}");
    }
}

#[test]
fn rank_is_the_number_of_classes_ahead_and_zero_exactly_when_right() {
    for seed in 0..2_000 {
        let mut rng = Rng::new(seed);
        let classes = 1 + rng.below(40) as usize;
        let scores: Vec<f32> = (0..classes).map(|_| rng.below(4) as f32).collect();
        let label = rng.below(classes as u32) as usize;
        let own = scores[label];
        let ahead = |tie: fn(usize, usize) -> bool| {
            let is_ahead = |c: &usize| scores[*c] > own || (scores[*c] == own && tie(*c, label));
            (0..classes).filter(is_ahead).count() as u32
        };
        let row =
            rows::row(&Params { level: Level::best(), ..params(false) }, &scores, label).unwrap();
        assert_eq!(row.rank, ahead(|class, label| class < label), "seed {seed}");
        assert_eq!(row.rank == 0, row.prediction as usize == label, "seed {seed}");
        let higher = Params { higher_first: true, ..params(false) };
        let other = rows::row(&higher, &scores, label).unwrap();
        assert_eq!(other.rank, ahead(|class, label| class > label), "seed {seed}");
        assert_eq!(other.prediction, row.prediction, "seed {seed}");
    }
}

#[test]
fn rows_that_cannot_be_scored_say_why() {
    let logits = |scores: &[f32]| rows::row(&params(false), scores, 0).unwrap_err();
    assert_eq!(logits(&[1.0, f32::NAN]), Invalid::NotFinite);
    assert_eq!(logits(&[1.0, f32::INFINITY]), Invalid::NotFinite);
    assert_eq!(logits(&[f32::NEG_INFINITY; 3]), Invalid::NotFinite);
    let probabilities = |scores: &[f32]| rows::row(&params(true), scores, 0).unwrap_err();
    assert_eq!(probabilities(&[0.5, 0.6]), Invalid::Sum);
    assert_eq!(probabilities(&[-0.1, 1.1]), Invalid::NotProbability);
    assert_eq!(probabilities(&[f32::NAN, 1.0]), Invalid::NotFinite);
}

#[test]
fn a_masked_label_has_no_finite_loss_and_a_masked_class_costs_nothing() {
    let row = rows::row(&params(false), &[f32::NEG_INFINITY, 1.0], 0).unwrap();
    assert_eq!((row.loss, row.rank, row.confidence), (None, 1, 1 << 30));
    let masked = rows::row(&params(false), &[1.0, 0.0, f32::NEG_INFINITY], 0).unwrap();
    let without = rows::row(&params(false), &[1.0_f32, 0.0], 0).unwrap();
    assert_eq!(masked, without);
}

#[test]
fn one_score_counts_as_a_row_of_two() {
    for seed in 0..500 {
        let mut rng = Rng::new(seed);
        let z = rng.normal() * 3.0;
        let p = (rng.below(1 << 24) as f32) / (1 << 24) as f32;
        let label = rng.below(2) as usize;
        let single = rows::binary(&params(false), z, label, 1, 0.0).unwrap();
        assert_eq!(single, rows::row(&params(false), &[0.0, z], label).unwrap(), "seed {seed}");
        let single = rows::binary(&params(true), p, label, 1, 0.5).unwrap();
        if p != 0.5 {
            assert_eq!(single, rows::row(&params(true), &[1.0 - p, p], label).unwrap());
        }
        assert_eq!(single.prediction, u32::from(p >= 0.5));
    }
}

#[test]
fn thirds_fall_into_the_bin_that_ends_with_them() {
    let third = 1.0_f32 / 3.0;
    let bin = |params: &Params, p: f32| rows::binary(params, p, 1, 1, 0.0).unwrap().bin;
    let (right, left) = (params(true), Params { right_closed: false, ..params(true) });
    // 1/3 in single precision lies above 5/15 in double precision.
    assert_eq!((bin(&right, third), bin(&left, third)), (5, 5));
    assert_eq!((bin(&right, 0.2), bin(&right, 0.0), bin(&right, 1.0)), (3, 0, 14));
    let exact = |p: f64| rows::binary(&right, p, 1, 1, 0.0).unwrap().bin;
    assert_eq!((exact(1.0 / 3.0), exact(2.0 / 3.0), exact(0.2)), (4, 9, 2));
    // Equal logits: confidence is 2⁴⁰ / (C · 2⁴⁰), decided exactly.
    let equal = |c: usize| rows::row(&params(false), &vec![0.0_f32; c], 0).unwrap().bin;
    assert_eq!((equal(3), equal(5), equal(1), equal(15)), (4, 2, 14, 0));
}

/// Multiples of denominators of every size, and their neighbours.
#[test]
fn division_is_exact() {
    let check = |numerator: u64, denominator: u64| {
        let found = Denominator::new(denominator).divide(numerator);
        let exact = (numerator / denominator, numerator % denominator);
        assert_eq!(found, exact, "{numerator} / {denominator}");
    };
    // The first guesses are one too high and one too low.
    check(2_403_357_661_847_383_356, 7_678_458_983_537_966);
    check(1_058_649_871_035 * 2, 2_117_299_742_070);
    let mut rng = Rng::new(9);
    for _ in 0..200_000 {
        let denominator = (rng.next_u64() >> (2 + rng.below(61))).max(1);
        let most = (((1 << 62) - 1) / denominator).min(1 << 20);
        let quotient = rng.next_u64() % (most + 1);
        for off in -2..=2 {
            let numerator = (denominator * quotient).saturating_add_signed(off);
            if numerator < 1 << 62 && numerator / denominator <= 1 << 20 {
                check(numerator, denominator);
            }
        }
    }
}

/// Quotients on the edges of bins, beside them and anywhere.
#[test]
fn bins_of_quotients_are_those_of_128_bits() {
    let mut rng = Rng::new(10);
    for bins in [1_u64, 2, 3, 15, 1_000, (1 << 20) - 1, 1 << 20] {
        for right_closed in [false, true] {
            let reading =
                Params { edges: rows::edges(bins as usize), right_closed, ..params(false) };
            for case in 0..20_000 {
                let whole = (1 << 40) + (rng.next_u64() >> (2 + rng.below(40)));
                let edge = u128::from(whole) * u128::from(rng.next_u64() % (bins + 1));
                let near = (edge / u128::from(bins)) as u64;
                let part = match case % 3 {
                    0 => near,
                    1 => near.saturating_add_signed(i64::from(rng.below(3)) - 1),
                    _ => rng.next_u64() % (whole + 1),
                };
                // Parts are terms of at most 1, wholes at least 1.
                let part = part.min(1 << 40).min(whole);
                let scaled = u128::from(part) * u128::from(bins);
                let bin = match right_closed {
                    true => scaled.div_ceil(u128::from(whole)).saturating_sub(1),
                    false => scaled / u128::from(whole),
                };
                let exact = bin.min(u128::from(bins - 1));
                let found = reading.bin_of_quotient(part, Denominator::new(whole));
                assert_eq!(u128::from(found), exact, "{part} of {whole}, {bins} bins");
            }
            // Exactly on each of the first edges.
            for k in 1..=bins.min(1_000) {
                let whole = bins << 20;
                let found = reading.bin_of_quotient(k << 20, Denominator::new(whole));
                let exact = if right_closed { k - 1 } else { k.min(bins - 1) };
                assert_eq!(u64::from(found), exact, "edge {k} of {bins} bins");
            }
        }
    }
}

proptest! {
    #[test]
    fn ratio_is_restoring_division(denominator in 1_u64..1 << 62, part in 0.0..=1.0_f64, off in 0_u64..3) {
        let numerator = ((denominator as f64 * part) as u64).saturating_add(off).min(denominator);
        let whole = Denominator::new(denominator);
        prop_assert_eq!(whole.ratio(numerator), ratio_restoring(numerator, denominator));
        prop_assert_eq!(whole.ratio(denominator), 1 << 31);
        prop_assert_eq!(whole.ratio(0), 0);
    }

    #[test]
    fn logarithms_are_within_3e_9(mantissa in 1_u64 << 40..1 << 62, p in 1e-300..=1.0_f64) {
        let found = ln::ln_sum(mantissa) as f64 / 4_294_967_296.0;
        let exact = (mantissa as f64 / (1_u64 << 40) as f64).ln();
        prop_assert!((found - exact).abs() < 3e-9, "{} {}", found, exact);
        let (found, exact) = (ln::neg_ln(p) as f64 / 4_294_967_296.0, -p.ln());
        prop_assert!((found - exact).abs() < 3e-9 + 1e-10 * exact, "{} {}", found, exact);
    }

    #[test]
    fn differences_are_exact_to_the_unit(a in -1e6..1e6_f64, gap in 0.0..1e6_f64) {
        let (high, low) = (a + gap, a);
        let found = fixed::difference(high, low) as f64 / 4_294_967_296.0;
        let exact = (high - low).min(1_048_576.0);
        prop_assert!((found - exact).abs() < 1e-9, "{} {}", found, exact);
    }
}

#[test]
fn differences_of_huge_scores_do_not_overflow() {
    let cap = fixed::LOSS_CAP;
    assert_eq!(fixed::difference(3e38, -3e38), cap);
    assert_eq!(fixed::difference(f64::MAX, f64::MIN), cap);
    assert_eq!(fixed::difference(3e38, 3e38), 0);
    assert_eq!(fixed::difference(1e10, 1e10 - 1024.0), 1024 << 32);
    assert_eq!(fixed::difference(-1e10, -1e10 - 1024.0), 1024 << 32);
    assert_eq!(fixed::difference(4_294_967_296.5, 4_294_967_296.25), 1 << 30);
}
