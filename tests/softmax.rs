//! Sums of softmax terms on every level, against terms one by one.

use tallyho::exact::exp::{self, ONE};
use tallyho::kernel::{Level, Score};

use crate::common::Rng;

/// Σ of terms and of their squares, one by one.
fn one_by_one<T: Score>(row: &[T], max: T) -> (u64, u64) {
    let terms = row.iter().map(|score| exp::term(score.half_gap(max)));
    terms.fold((0, 0), |(values, squares), term| (values + term.value, squares + term.square))
}

/// Fails unless every level gives the sums of `row`, in both precisions.
#[track_caller]
fn check(row: &[f32], what: &str) {
    check_as(row, what);
    let doubles: Vec<f64> = row.iter().map(|&score| score.into()).collect();
    check_as(&doubles, what);
}

#[track_caller]
fn check_as<T: Score>(row: &[T], what: &str) {
    let max = row.iter().fold(T::LEAST, |max, &score| if score > max { score } else { max });
    for level in Level::available() {
        let found = level.softmax_sums(row, max);
        assert_eq!((found.values, found.squares), one_by_one(row, max), "{level:?}, {what}");
    }
}

#[test]
fn sums_are_those_of_single_terms_at_every_length() {
    // Vectors have 8 or 16 lanes, 16 of them go abreast, and sums are emptied after
    // 16,384 or 32,768 scores.
    let near = |length: usize| length - 3..length + 18;
    let lengths = (1..70).chain(near(128)).chain(near(256)).chain(near(16_384)).chain(near(32_768));
    for length in lengths.chain([70_001]) {
        let mut rng = Rng::new(length as u64);
        for spread in [1.0, 9.0, 60.0] {
            let row: Vec<f32> = (0..length).map(|_| rng.normal() * spread).collect();
            check(&row, &format!("{length} scores"));
        }
    }
}

#[test]
fn sums_have_room_for_rows_of_equal_scores() {
    for length in [32_767, 32_768, 32_769, 100_000] {
        let row = vec![-7.5_f32; length];
        check(&row, &format!("{length} equal scores"));
        let sum = length as u64 * ONE;
        assert_eq!(one_by_one(&row, -7.5), (sum, sum));
    }
}

/// A sum that rounded to the nearest unit would count these terms.
#[test]
fn terms_below_one_unit_are_dropped_one_by_one() {
    // 2⁻⁴⁰ is e^−27.72…
    let mut row = vec![-27.8_f32; 5_000];
    row[1_234] = 0.0;
    check(&row, "terms of 0.93 units");
    assert_eq!(one_by_one(&row, 0.0), (ONE, ONE));
    // Values count here, squares do not.
    row.fill(-13.9);
    row[7] = 0.0;
    check(&row, "squares of 0.85 units");
    assert_eq!(one_by_one(&row, 0.0).1, ONE);
}

/// Where a gap goes from one power of two to the next, floats one by one; and some
/// of all others up to where terms end.
#[test]
fn terms_are_alike_for_gaps_on_either_side_of_every_power() {
    let mut gaps = Vec::new();
    for halves in 1..=84_u16 {
        let edge = (f64::from(halves) * 0.5 * std::f64::consts::LN_2) as f32;
        gaps.extend((edge.to_bits() - 600..edge.to_bits() + 600).map(f32::from_bits));
    }
    gaps.extend((27.99_f32.to_bits()..28.01_f32.to_bits()).map(f32::from_bits));
    gaps.extend((0..40.0_f32.to_bits()).step_by(997).map(f32::from_bits));
    for gaps in gaps.chunks(97) {
        let mut row: Vec<f32> = gaps.iter().map(|gap| -gap).collect();
        row.push(0.0);
        check(&row, &format!("gaps from {:e} to {:e}", gaps[0], gaps[gaps.len() - 1]));
    }
}

#[test]
fn terms_are_alike_for_gaps_that_single_precision_does_not_hold() {
    let tiny = f32::from_bits(1);
    let scores =
        [tiny, -tiny, 3.0 * tiny, f32::MIN_POSITIVE, f32::MAX, f32::MIN, 0.0, -0.0, 1e-20, -1e38];
    for max in scores {
        for score in scores.into_iter().chain([f32::NEG_INFINITY]).filter(|score| *score <= max) {
            check(&[score, max], &format!("{score:e} below {max:e}"));
        }
    }
}

#[test]
fn gaps_between_doubles_are_rounded_once() {
    let mut rng = Rng::new(7);
    let mut double = || f64::from(rng.normal()) * 6.0 + f64::from(rng.normal()) * 1e-9;
    for length in [1, 2, 7, 8, 9, 15, 16, 17, 100, 1_000, 40_000] {
        let row: Vec<f64> = (0..length).map(|_| double()).collect();
        check_as(&row, &format!("{length} doubles"));
    }
    let tiny = f64::from_bits(1);
    let scores =
        [tiny, -tiny, f64::MIN_POSITIVE, f64::MAX, f64::MIN, 0.0, -0.0, 1e-300, 1e-40, 1e39, -1e39];
    for max in scores {
        for score in scores.into_iter().chain([f64::NEG_INFINITY]).filter(|score| *score <= max) {
            check_as(&[score, max], &format!("{score:e} below {max:e}"));
        }
    }
}
