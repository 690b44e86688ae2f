//! Probabilities a hair outside of 0 to 1, which are taken as 0 and as 1.
//!
//! Whatever sums or averages probabilities leaves a few of them at 1.00001. Rows
//! are scored as if there were none; only a row that is found at fault is read
//! again with such values clipped, so that other rows do not pay for it.

use half::{bf16, f16};

use crate::exact::ScoreType;
use crate::kernel::Score;

/// How far outside of 0 to 1 a probability may lie.
pub(crate) const REACH: f64 = 0.001;

/// What is clipped: from −0.001 to 1.001, each as scores of a type hold it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clip {
    least: f64,
    most: f64,
}

impl Clip {
    /// For scores that are stored so.
    pub(crate) fn of(stored_as: ScoreType) -> Self {
        Self { least: nearest(stored_as, -REACH), most: nearest(stored_as, 1.0 + REACH) }
    }

    /// Whether a score is a probability, or one once it is clipped. Not so of NaN.
    #[inline]
    pub(crate) fn takes(self, score: f64) -> bool {
        self.least <= score && score <= self.most
    }

    /// A row with its values clipped, and how many were; `None` if none is to be,
    /// or if that would not make it a row of probabilities.
    pub(crate) fn row<T: Score>(self, scores: &[T]) -> Option<(Vec<T>, u64)> {
        if !scores.iter().all(|score| self.takes(score.widen())) {
            return None;
        }
        let mut clipped = 0;
        let mut clip = |score: &T| match score.widen() {
            below if below < 0.0 => (clipped += 1, T::ZERO).1,
            above if above > 1.0 => (clipped += 1, T::ONE).1,
            _ => *score,
        };
        let row = scores.iter().map(&mut clip).collect();
        (clipped > 0).then_some((row, clipped))
    }
}

/// The value that a type holds which is nearest to another.
#[allow(clippy::cast_possible_truncation, reason = "rounding to the nearest is meant")]
pub(crate) fn nearest(of: ScoreType, value: f64) -> f64 {
    match of {
        ScoreType::F16 => f16::from_f32(value as f32).into(),
        ScoreType::Bf16 => bf16::from_f32(value as f32).into(),
        ScoreType::F32 => (value as f32).into(),
        ScoreType::F64 => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_clipped_in_every_type_and_what_is_beyond_is_not() {
        for of in [ScoreType::F16, ScoreType::Bf16, ScoreType::F32, ScoreType::F64] {
            let clip = Clip::of(of);
            for (value, taken) in
                [(-0.001, true), (1.001, true), (0.5, true), (-0.0011, false), (1.012, false)]
            {
                assert_eq!(clip.takes(nearest(of, value)), taken, "{value} as {of:?}");
            }
            assert!(!clip.takes(f64::NAN));
        }
    }

    #[test]
    fn a_row_is_clipped_as_a_whole_or_not_at_all() {
        let clip = Clip::of(ScoreType::F64);
        assert_eq!(clip.row(&[1.0005, -0.0002, 0.0]), Some((vec![1.0, 0.0, 0.0], 2)));
        assert_eq!(clip.row(&[1.0, -0.0]), None);
        assert_eq!(clip.row(&[1.0005, 1.5]), None);
        assert_eq!(clip.row(&[1.0005, f64::NAN]), None);
    }
}
