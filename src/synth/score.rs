//! The scores of a row.

use half::{bf16, f16};

use super::aliases::below;
use super::pair::{Pair, Pairs, Purpose};
use super::recipe::{Recipe, ScoreKind};
use crate::stat::normal_quantile;
use crate::tally::ScoresAre;

/// Cells of the table of normal quantiles, a power of two.
const CELLS: u32 = 1 << 10;

/// Least doubt, 1 − confidence, so that no logit is infinite.
const LEAST_DOUBT: f64 = 1.0 / (1 << 20) as f64;

/// Most times that four draws are made for one confidence.
const MOST_TRIES: u32 = 1 << 12;

/// A type that scores are stored in.
pub(super) trait Stored: Copy + Default + PartialOrd + Send + Sync {
    fn rounded(score: f64) -> Self;
    /// The least value above a finite one.
    fn above(self) -> Self;
    /// The greatest value below a finite one.
    fn below(self) -> Self;
}

impl Stored for f64 {
    fn rounded(score: f64) -> Self {
        score
    }
    fn above(self) -> Self {
        self.next_up()
    }
    fn below(self) -> Self {
        self.next_down()
    }
}

impl Stored for f32 {
    #[allow(clippy::cast_possible_truncation, reason = "rounding is what is meant")]
    fn rounded(score: f64) -> Self {
        score as f32
    }
    fn above(self) -> Self {
        self.next_up()
    }
    fn below(self) -> Self {
        self.next_down()
    }
}

/// The same for both types of 16 bits, whose bits are ordered alike.
macro_rules! stored_in_16_bits {
    ($type:ty) => {
        impl Stored for $type {
            fn rounded(score: f64) -> Self {
                Self::from_f32(f32::rounded(score))
            }
            fn above(self) -> Self {
                match self.to_bits() {
                    0 | 0x8000 => Self::from_bits(1),
                    bits if bits < 0x8000 => Self::from_bits(bits + 1),
                    bits => Self::from_bits(bits - 1),
                }
            }
            fn below(self) -> Self {
                -(-self).above()
            }
        }
    };
}
stored_in_16_bits!(f16);
stored_in_16_bits!(bf16);

/// A part of the normal distribution that is as likely as any other: values
/// lie on a line within it.
#[derive(Clone, Copy, Debug)]
struct Cell {
    logit: f64,
    logit_step: f64,
    weight: f64,
    weight_step: f64,
}

/// Draws scores.
#[derive(Clone, Debug)]
pub(super) struct Scorer {
    kind: ScoreKind,
    /// Confidences are `least` + (1 − `least`)·u^`power` for u uniform in
    /// (0, 1); `power` makes the accuracy their mean. `None`: all are `least`.
    power: Option<f64>,
    least: f64,
    cells: Vec<Cell>,
}

impl Scorer {
    pub(super) fn new(recipe: &Recipe, kind: ScoreKind) -> Self {
        let least = (2.0 / f64::from(recipe.classes)).min(0.5);
        let mean = (recipe.accuracy - least) / (1.0 - least);
        let power = (mean > 0.0).then(|| (1.0 - mean) / mean);
        Self { kind, power, least, cells: cells() }
    }

    /// Writes the scores of `row`: their maximum is at the prediction, and
    /// there only. `weights` is room for one number per class.
    pub(super) fn fill<T: Stored>(
        &self,
        pairs: &Pairs,
        row: u64,
        weights: &mut [f64],
        scores: &mut [T],
    ) {
        let pair = pairs.pair(row);
        let confidence = self.confidence(pairs, row, pair);
        let odds = confidence / (1.0 - confidence).max(LEAST_DOUBT);
        if self.kind.binary {
            scores[0] = self.binary(pair.prediction, odds);
            return;
        }
        let prediction = pair.prediction as usize;
        let rest = self.others(pairs, row, prediction, weights, scores);
        // Where the others leave no room for so low a confidence, it is higher.
        let weight = (rest.sum * odds).max(rest.highest * 1.0625);
        let top = match self.kind.scores_are {
            ScoresAre::Logits => libm::log(weight),
            ScoresAre::Probabilities => {
                let scale = 1.0 / (rest.sum + weight);
                for (score, weight) in scores.iter_mut().zip(weights) {
                    *score = T::rounded(*weight * scale);
                }
                weight * scale
            }
        };
        scores[prediction] = T::rounded(f64::NEG_INFINITY);
        let mut highest = scores[0];
        for &score in &scores[1..] {
            highest = if score > highest { score } else { highest };
        }
        let top = T::rounded(top);
        scores[prediction] = if top > highest { top } else { highest.above() };
    }

    /// Draws the other classes: weights, and logits where these are asked for.
    fn others<T: Stored>(
        &self,
        pairs: &Pairs,
        row: u64,
        prediction: usize,
        weights: &mut [f64],
        logits: &mut [T],
    ) -> Rest {
        let are_logits = self.kind.scores_are == ScoresAre::Logits;
        let quads = weights.chunks_mut(4).zip(logits.chunks_mut(4));
        for (index, (weights, logits)) in (0..).zip(quads) {
            let words = pairs.words(row, Purpose::Scores, index);
            for ((word, weight), logit) in words.into_iter().zip(weights).zip(logits) {
                let cell = &self.cells[below(word, CELLS) as usize];
                let along =
                    f64::from(word % (u32::MAX / CELLS + 1)) * f64::from(CELLS) / 4_294_967_296.0;
                *weight = cell.weight + cell.weight_step * along;
                if are_logits {
                    *logit = T::rounded(cell.logit + cell.logit_step * along);
                }
            }
        }
        weights[prediction] = 0.0;
        let highest = weights.iter().fold(0.0, |a: f64, &b| if b > a { b } else { a });
        Rest { sum: weights.iter().sum(), highest }
    }

    /// The score of class 1 of two.
    fn binary<T: Stored>(&self, prediction: u32, odds: f64) -> T {
        let (score, threshold) = match (self.kind.scores_are, prediction) {
            (ScoresAre::Logits, 1) => (libm::log(odds), 0.0),
            (ScoresAre::Logits, _) => (-libm::log(odds), 0.0),
            (ScoresAre::Probabilities, 1) => (odds / (1.0 + odds), 0.5),
            (ScoresAre::Probabilities, _) => (1.0 / (1.0 + odds), 0.5),
        };
        let (score, threshold) = (T::rounded(score), T::rounded(threshold));
        // The threshold itself is a positive prediction.
        if prediction == 1 || score < threshold { score } else { threshold.below() }
    }

    /// The probability that a row's prediction is right, given whether it is:
    /// drawn from the distribution of all confidences c, and accepted with
    /// probability c if the prediction is right, 1 − c if it is wrong. Two tries
    /// are enough on average, whatever the accuracy.
    fn confidence(&self, pairs: &Pairs, row: u64, pair: Pair) -> f64 {
        let Some(power) = self.power else { return self.least };
        let mut confidence = self.least;
        for index in 0..MOST_TRIES {
            let words = pairs.words(row, Purpose::Confidence, index);
            for [draw, chance] in [[words[0], words[1]], [words[2], words[3]]] {
                let share = libm::pow(uniform(draw), power);
                confidence = self.least + (1.0 - self.least) * share;
                let right = uniform(chance) < confidence;
                if right == (pair.label == pair.prediction) {
                    return confidence;
                }
            }
        }
        confidence
    }
}

/// The classes that were not predicted: e to the power of their logits.
struct Rest {
    sum: f64,
    highest: f64,
}

/// A draw as a number in (0, 1).
fn uniform(draw: u32) -> f64 {
    (f64::from(draw) + 0.5) / 4_294_967_296.0
}

/// The normal distribution in cells of equal probability, cut where the last
/// half of an outer cell would begin.
fn cells() -> Vec<Cell> {
    let edge = |at: u32| {
        let least = 0.25 / f64::from(CELLS);
        normal_quantile((f64::from(at) / f64::from(CELLS)).clamp(least, 1.0 - least))
    };
    let cell = |at: u32| {
        let (low, high) = (edge(at), edge(at + 1));
        let (weight, next) = (libm::exp(low), libm::exp(high));
        Cell { logit: low, logit_step: high - low, weight, weight_step: next - weight }
    };
    (0..CELLS).map(cell).collect()
}
