//! The types that scores come in, and the loops over a row of them in plain
//! Rust.

use super::rows::BlockScores;
use super::simd::Vectors;
use crate::exact::{exp, fixed, key};

/// What a first reading of a row tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Survey<T> {
    /// The highest score.
    pub max: T,
    /// Whether some score is NaN or +∞.
    pub bad: bool,
    /// How many classes are ahead of the label.
    pub rank: u32,
}

/// Sums over a row of softmax terms (units of 2⁻⁴⁰) or of probabilities
/// (2⁻³⁰ and, squared, 2⁻⁶⁰).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Σ v.
    pub values: u64,
    /// Σ v².
    pub squares: u64,
}

/// A type of scores that rows can be read from.
pub trait Score: Vectors + Copy + PartialOrd + Send + Sync + 'static {
    /// The value, exactly.
    fn widen(self) -> f64;
    /// max·½ − self·½, rounded once to single precision.
    fn half_gap(self, max: Self) -> f32;
    /// A probability in units of 2⁻³⁰, truncated.
    fn unit(self) -> u32;
    /// 1 − self, rounded to this type.
    fn complement(self) -> Self;
    /// The key that puts scores of this type in order, widened.
    fn key(self) -> u64;
    /// self · `factor`, rounded to this type; a finite value stays finite.
    fn times(self, factor: f64) -> Self;
    /// The next value above.
    fn next_up(self) -> Self;
    /// Scores of a block.
    fn of_block(scores: &[Self]) -> BlockScores<'_>;
    /// 0 in this type.
    const ZERO: Self;
    /// 1 in this type.
    const ONE: Self;
    /// +∞ in this type.
    const INFINITY: Self;
    /// −∞ in this type.
    const LEAST: Self;
}

impl Score for f32 {
    fn of_block(scores: &[Self]) -> BlockScores<'_> {
        BlockScores::F32(scores)
    }

    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const INFINITY: Self = Self::INFINITY;
    const LEAST: Self = Self::NEG_INFINITY;

    #[inline(always)]
    fn next_up(self) -> Self {
        self.next_up()
    }

    #[inline(always)]
    fn widen(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn half_gap(self, max: Self) -> f32 {
        max * 0.5 - self * 0.5
    }

    #[inline(always)]
    fn unit(self) -> u32 {
        fixed::unit(self)
    }

    fn complement(self) -> Self {
        1.0 - self
    }

    #[allow(clippy::cast_possible_truncation, reason = "rounded, as defined")]
    fn times(self, factor: f64) -> Self {
        let product = (f64::from(self) * factor) as Self;
        if self.is_finite() { product.clamp(-Self::MAX, Self::MAX) } else { product }
    }

    #[inline(always)]
    fn key(self) -> u64 {
        key::of_f32(self).into()
    }
}

impl Score for f64 {
    fn of_block(scores: &[Self]) -> BlockScores<'_> {
        BlockScores::F64(scores)
    }

    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const INFINITY: Self = Self::INFINITY;
    const LEAST: Self = Self::NEG_INFINITY;

    #[inline(always)]
    fn next_up(self) -> Self {
        self.next_up()
    }

    #[inline(always)]
    fn widen(self) -> f64 {
        self
    }

    #[allow(clippy::cast_possible_truncation, reason = "rounded once, as defined")]
    #[inline(always)]
    fn half_gap(self, max: Self) -> f32 {
        (max * 0.5 - self * 0.5) as f32
    }

    #[inline(always)]
    fn unit(self) -> u32 {
        fixed::unit_f64(self)
    }

    fn complement(self) -> Self {
        1.0 - self
    }

    fn times(self, factor: f64) -> Self {
        let product = self * factor;
        if self.is_finite() { product.clamp(-Self::MAX, Self::MAX) } else { product }
    }

    #[inline(always)]
    fn key(self) -> u64 {
        key::of_f64(self)
    }
}

/// [`Level::survey`](super::Level::survey) in plain Rust.
#[inline(always)]
pub(super) fn survey<T: Score>(higher_first: bool, row: &[T], label: usize) -> Survey<T> {
    let own = row[label];
    let mut survey = Survey { max: T::LEAST, bad: false, rank: 0 };
    for (class, &score) in row.iter().enumerate() {
        let value = score.widen();
        survey.bad |= value.is_nan() || value == f64::INFINITY;
        if score > survey.max {
            survey.max = score;
        }
        let tie_ahead = if higher_first { class > label } else { class < label };
        let ahead = u32::from(score > own || (score == own && tie_ahead));
        // Below MAX_CLASSES.
        survey.rank = survey.rank.wrapping_add(ahead);
    }
    survey
}

/// [`Level::softmax_sums`](super::Level::softmax_sums) in plain Rust.
#[inline(always)]
pub(super) fn softmax_sums<T: Score>(row: &[T], max: T) -> Sums {
    let mut sums = Sums::default();
    for &score in row {
        let term = exp::term(score.half_gap(max));
        // At most MAX_CLASSES times 2⁴⁰.
        sums.values = sums.values.wrapping_add(term.value);
        sums.squares = sums.squares.wrapping_add(term.square);
    }
    sums
}

/// [`Level::unit_sums`](super::Level::unit_sums) in plain Rust.
#[inline(always)]
pub(super) fn unit_sums<T: Score>(row: &[T]) -> Option<Sums> {
    let mut sums = Sums::default();
    for &score in row {
        if !(0.0..=1.0).contains(&score.widen()) {
            return None;
        }
        let value = u64::from(score.unit());
        // At most MAX_CLASSES times 2³⁰.
        sums.values = sums.values.wrapping_add(value);
        sums.squares = sums.squares.wrapping_add(value * value);
    }
    Some(sums)
}

/// [`Level::first`](super::Level::first) in plain Rust.
#[inline(always)]
pub(super) fn first<T: Score>(row: &[T], max: T) -> usize {
    row.iter().position(|&score| score == max).unwrap_or(0)
}
