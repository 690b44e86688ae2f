//! The label and the prediction of a row.

use super::aliases::{Aliases, below};
use super::recipe::Recipe;
use crate::stat::{halves, philox4x32};

/// What a draw is for. Draws for different purposes are independent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Pair = 0,
    Confidence = 1,
    Scores = 2,
}

/// The class that is right and the one that was predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) label: u32,
    pub(super) prediction: u32,
}

/// Draws labels and predictions.
#[derive(Clone, Debug)]
pub(super) struct Pairs {
    key: [u32; 2],
    labels: Aliases,
    /// Draws below this make a right prediction; 2³² for all.
    right: u64,
}

impl Pairs {
    pub(super) fn new(recipe: &Recipe) -> Self {
        let (high, low) = halves(recipe.seed);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an accuracy lies in [0, 1]"
        )]
        let right = (recipe.accuracy * 4_294_967_296.0 + 0.5) as u64;
        Self { key: [low, high], labels: Aliases::zipf(recipe.classes, recipe.skew), right }
    }

    /// Four draws: number `index` of those that `row` has for a purpose.
    #[inline]
    pub(super) fn words(&self, row: u64, purpose: Purpose, index: u32) -> [u32; 4] {
        let (high, low) = halves(row);
        philox4x32([low, high, index, purpose as u32], self.key)
    }

    #[inline]
    pub(super) fn pair(&self, row: u64) -> Pair {
        let [first, second, luck, other] = self.words(row, Purpose::Pair, 0);
        let label = self.labels.draw(first, second);
        if u64::from(luck) < self.right {
            return Pair { label, prediction: label };
        }
        // One of the other classes: those from the label on move up by one.
        let other = below(other, self.labels.classes() - 1);
        Pair { label, prediction: other + u32::from(other >= label) }
    }
}
