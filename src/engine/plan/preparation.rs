//! The kinds of scores, and how they are turned into those that are counted.

use crate::tally::ScoresAre;

/// What scores are, as the user says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "job", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ScoresGiven {
    /// Unnormalised log probabilities.
    Logits,
    /// Probabilities.
    Probabilities,
    /// Probabilities times 100.
    Percent,
    /// Probabilities times some number that may differ from row to row.
    Unnormalized,
}

impl ScoresGiven {
    /// What they are counted as.
    pub fn counted_as(self) -> ScoresAre {
        match self {
            Self::Logits => ScoresAre::Logits,
            Self::Probabilities | Self::Percent | Self::Unnormalized => ScoresAre::Probabilities,
        }
    }

    /// What they are divided by first.
    pub fn rescale(self) -> Option<Rescale> {
        match self {
            Self::Logits | Self::Probabilities => None,
            Self::Percent => Some(Rescale::Percent),
            Self::Unnormalized => Some(Rescale::Sum),
        }
    }
}

/// What scores are divided by to be probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rescale {
    /// By 100, rounded to the nearest value of the scores' own type, ties to even.
    Percent,
    /// By the sum of the row: added up from the first class on in double precision; the
    /// quotient is rounded once, to the nearest value of the scores' own type, ties to
    /// even.
    Sum,
}

/// What is done to scores before and while rows are scored. It enters neither the
/// state nor the digest: they are those of the probabilities that come of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Preparation {
    /// What scores are divided by, if by anything.
    pub rescale: Option<Rescale>,
    /// How far rows may be from summing to 1, if not as far as usual: because they
    /// were rounded, or divided by their sums.
    pub sum_tolerance: Option<f64>,
}
