//! A block of rows: from scores to planes, and what reducers are given of it.

use std::ops::Range;

use super::narrow::{CARE, Planes, Reading, Threshold};
use super::shader::{NONE, PLANES, state};
use super::{Invalid, Params, Row, binary, binary_prediction, prediction, prediction_of_two};
use super::{row, row_of_two};
use crate::kernel::planes::{self, INFINITE, Plane};
use crate::kernel::score::Score;

/// Rows of a block: their planes stay in the first-level cache.
pub const BLOCK: usize = 512;

/// How the prediction of a row is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision {
    /// Of a score for each class the highest, of several the first.
    Highest,
    /// By the one score of class `positive` of two, from `threshold` on.
    OneScore {
        /// The class that the score is for.
        positive: usize,
        /// In the score's own unit.
        threshold: f64,
    },
    /// By the score of class `positive` of two, from `threshold` on; of logits less the
    /// other one.
    TwoScores {
        /// The class that the threshold is for.
        positive: usize,
        /// In the score's own unit.
        threshold: f64,
    },
}

/// The scores of a block, `[rows, columns]`.
#[derive(Clone, Copy, Debug)]
pub enum BlockScores<'a> {
    /// Single precision, or narrower and widened.
    F32(&'a [f32]),
    /// Double precision.
    F64(&'a [f64]),
}

/// Calls `$body` with `$scores` bound to the typed scores of a block.
#[macro_export]
#[doc(hidden)]
macro_rules! with_block_scores {
    ($of:expr, $scores:ident => $body:expr) => {
        match $of {
            $crate::kernel::rows::BlockScores::F32($scores) => $body,
            $crate::kernel::rows::BlockScores::F64($scores) => $body,
        }
    };
}
pub(crate) use with_block_scores;

/// Some rows with what the row kernel left of them.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// How rows are read.
    pub params: &'a Params,
    /// How predictions are found.
    pub decision: Decision,
    /// Number of classes.
    pub classes: usize,
    /// The class of each row's label, `[rows]`; none of the classes where a row is not
    /// to be scored.
    pub labels: &'a [u32],
    /// `[PLANES, stride]`, see [`Plane`].
    pub planes: &'a [u32],
    /// Words of a plane, at least as many as rows.
    pub stride: usize,
    /// The scores that were counted.
    pub scores: BlockScores<'a>,
    /// Scores in a row.
    pub columns: usize,
}

impl<'a> Block<'a> {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.labels.len()
    }

    /// A plane, `[rows]`.
    pub fn plane(&self, plane: Plane) -> &'a [u32] {
        &self.planes[plane as usize * self.stride..][..self.rows()]
    }

    /// Whether every row was scored.
    pub fn is_all_scored(&self) -> bool {
        self.plane(Plane::State).iter().fold(0, |all, state| all | state) == state::SCORED
    }

    /// Whether a row was scored.
    pub fn is_scored(&self, row: usize) -> bool {
        self.plane(Plane::State)[row] == state::SCORED
    }

    /// The rows that were scored.
    pub fn scored(&self) -> impl Iterator<Item = usize> + 'a {
        let states = self.plane(Plane::State).iter().enumerate();
        states.filter(|(_, state)| **state == state::SCORED).map(|(row, _)| row)
    }

    /// How many rows were scored.
    pub fn scored_rows(&self) -> u64 {
        // Cannot wrap: there are fewer than 2³² rows.
        let unscored = |rows: u32, state: &u32| rows.wrapping_add((*state != state::SCORED).into());
        self.rows() as u64 - u64::from(self.plane(Plane::State).iter().fold(0, unscored))
    }

    /// How many rows give their label probability 0.
    pub fn infinite_rows(&self) -> u64 {
        // Only an infinite loss has that bit. Cannot wrap, either.
        let infinite = |rows: u32, high: &u32| rows.wrapping_add(high >> 31);
        self.plane(Plane::LossHigh).iter().fold(0, infinite).into()
    }

    /// The loss of a row that was scored, in units of 2⁻³² nats; `None` if it is infinite.
    pub fn loss(&self, row: usize) -> Option<u64> {
        let [low, high] = [Plane::LossLow, Plane::LossHigh].map(|it| self.plane(it)[row]);
        Some(planes::loss([low, high])).filter(|loss| *loss != INFINITE)
    }
}

/// Planes to be written.
pub struct PlanesOut<'a> {
    words: &'a mut [u32],
    stride: usize,
    predictions_only: bool,
}

impl<'a> PlanesOut<'a> {
    /// `words` are `[PLANES, stride]`; with `predictions_only` all planes are left alone
    /// but those of predictions and states.
    pub fn new(words: &'a mut [u32], stride: usize, predictions_only: bool) -> Self {
        debug_assert!(words.len() >= PLANES * stride, "a plane is missing");
        Self { words, stride, predictions_only }
    }

    /// The states of the first rows.
    pub fn states(&self, rows: usize) -> &[u32] {
        &self.words[Plane::State as usize * self.stride..][..rows]
    }

    fn put(&mut self, plane: Plane, row: usize, word: u32) {
        self.words[plane as usize * self.stride + row] = word;
    }

    fn part(&mut self, plane: Plane, from: usize, rows: usize) -> &mut [u32] {
        &mut self.words[plane as usize * self.stride + from..][..rows]
    }

    /// All planes, from row `first` on.
    fn planes(&mut self, first: usize, rows: usize) -> Planes<'_> {
        let mut planes = self.words.chunks_exact_mut(self.stride);
        std::array::from_fn(|_| {
            planes.next().map(|plane| &mut plane[first..first + rows]).unwrap_or_default()
        })
    }

    /// Writes what became of a row: `None` if it was skipped.
    pub(super) fn write(&mut self, at: usize, scored: Option<Result<Row, Invalid>>) {
        let state = match scored {
            Some(Ok(_)) => state::SCORED,
            None => state::SKIPPED,
            Some(Err(invalid)) => state_of(invalid),
        };
        let unscored =
            Row { prediction: NONE, rank: NONE, bin: NONE, loss: Some(0), ..Row::default() };
        let row = scored.and_then(Result::ok).unwrap_or(unscored);
        self.put(Plane::Prediction, at, row.prediction);
        self.put(Plane::State, at, state);
        if !self.predictions_only {
            let [low, high] = planes::loss_words(row.loss.unwrap_or(INFINITE));
            self.put(Plane::Rank, at, row.rank);
            self.put(Plane::Confidence, at, row.confidence);
            self.put(Plane::SquaredError, at, row.squared_error);
            self.put(Plane::LossLow, at, low);
            self.put(Plane::LossHigh, at, high);
            self.put(Plane::Bin, at, row.bin);
        }
    }
}

fn state_of(invalid: Invalid) -> u32 {
    match invalid {
        Invalid::NotFinite => state::NOT_FINITE,
        Invalid::NotProbability => state::NOT_PROBABILITY,
        Invalid::Sum => state::SUM,
    }
}

/// Why a row with that state cannot be scored, if it cannot for its scores.
pub fn invalid_of(state: u32) -> Option<Invalid> {
    [Invalid::NotFinite, Invalid::NotProbability, Invalid::Sum]
        .into_iter()
        .find(|invalid| state_of(*invalid) == state)
}

/// Scores rows against their labels, and writes what they come to from row `first` of the
/// planes on.
///
/// # Shapes
///
/// `scores` is `[rows, columns]`, `labels` `[rows]`; a label of no class leaves its row
/// unscored.
pub fn score_block<T: Score>(
    params: &Params,
    decision: Decision,
    [columns, classes]: [usize; 2],
    scores: &[T],
    labels: &[u32],
    first: usize,
    out: &mut PlanesOut<'_>,
) {
    if let Decision::OneScore { positive, threshold } = decision
        && out.predictions_only
        && above_threshold(params, [positive, classes], threshold, (scores, labels), first, out)
    {
        return;
    }
    let only = out.predictions_only;
    let reading = Reading::new(params, decision, classes, only)
        .filter(|reading| params.level.goes_abreast(reading, columns));
    let (shape, rows) = ([columns, classes], (scores, labels));
    match (decision, reading) {
        (Decision::OneScore { positive, threshold }, Some(reading)) if !only => {
            let threshold = Threshold::new(positive, threshold);
            in_lanes(params, decision, shape, rows, first, out, |planes| {
                params.level.one_score(&reading, threshold, scores, labels, planes)
            });
        }
        (Decision::Highest | Decision::TwoScores { .. }, Some(reading)) => {
            in_lanes(params, decision, shape, rows, first, out, |planes| {
                params.level.matrix(&reading, columns, scores, labels, planes)
            });
        }
        _ => one_by_one(params, decision, shape, rows, first, out),
    }
}

/// Scores rows as [`score_block`] does, each by itself.
fn one_by_one<T: Score>(
    params: &Params,
    decision: Decision,
    [columns, classes]: [usize; 2],
    (scores, labels): (&[T], &[u32]),
    first: usize,
    out: &mut PlanesOut<'_>,
) {
    for (row, (scores, &label)) in (first..).zip(scores.chunks_exact(columns).zip(labels)) {
        let is_class = (label as usize) < classes;
        let only = out.predictions_only;
        out.write(row, is_class.then(|| score_one(params, decision, scores, label, only)));
    }
}

/// Has `abreast` score as many rows as it can, and scores the rest one by one.
fn in_lanes<T: Score>(
    params: &Params,
    decision: Decision,
    shape: [usize; 2],
    (scores, labels): (&[T], &[u32]),
    first: usize,
    out: &mut PlanesOut<'_>,
    abreast: impl Fn(&mut Planes<'_>) -> usize,
) {
    let [columns, _] = shape;
    let done = abreast(&mut out.planes(first, labels.len()));
    let alone = |rows: Range<usize>, out: &mut PlanesOut<'_>| {
        let scores = &scores[rows.start * columns..rows.end * columns];
        let own = (scores, &labels[rows.clone()]);
        one_by_one(params, decision, shape, own, first + rows.start, out);
    };
    let states = out.part(Plane::State, first, done);
    if states.iter().fold(0, |all, state| all | state) == CARE {
        for row in 0..done {
            if out.part(Plane::State, first, done)[row] == CARE {
                alone(row..row + 1, out);
            }
        }
    }
    alone(done..labels.len(), out);
}

/// What one row comes to; of a row of which only that is wanted, its prediction.
///
/// # Errors
///
/// [`Invalid`] if the row cannot be scored.
#[inline]
pub fn score_one<T: Score>(
    params: &Params,
    decision: Decision,
    scores: &[T],
    label: u32,
    prediction_only: bool,
) -> Result<Row, Invalid> {
    let label = label as usize;
    let alone = |prediction| Row { prediction, ..Row::default() };
    match (decision, prediction_only) {
        (Decision::Highest, false) => row(params, scores, label),
        (Decision::Highest, true) => prediction(params, scores, label).map(alone),
        (Decision::OneScore { positive, threshold }, false) => {
            binary(params, scores[0], label, positive, threshold)
        }
        (Decision::OneScore { positive, threshold }, true) => {
            binary_prediction(params, scores[0], positive, threshold).map(alone)
        }
        (Decision::TwoScores { positive, threshold }, false) => {
            row_of_two(params, scores, label, positive, threshold)
        }
        (Decision::TwoScores { positive, threshold }, true) => {
            prediction_of_two(params, scores, label, positive, threshold).map(alone)
        }
    }
}

/// Writes one row as it is scored: again, once its scores are others.
pub fn score_again<T: Score>(
    params: &Params,
    decision: Decision,
    scores: &[T],
    label: u32,
    at: usize,
    out: &mut PlanesOut<'_>,
) -> Result<(), Invalid> {
    let scored = score_one(params, decision, scores, label, out.predictions_only)?;
    out.write(at, Some(Ok(scored)));
    Ok(())
}

/// Predicts rows of one score each, all of which can be scored; `false` if some cannot.
/// Loops that the compiler turns into vector instructions.
fn above_threshold<T: Score>(
    params: &Params,
    [positive, classes]: [usize; 2],
    threshold: f64,
    (scores, labels): (&[T], &[u32]),
    first: usize,
    out: &mut PlanesOut<'_>,
) -> bool {
    let most = if params.probabilities { 1.0 } else { f64::MAX };
    let least = if params.probabilities { 0.0 } else { f64::NEG_INFINITY };
    // False for NaN, too.
    let fit = |score: &T| (score.widen() >= least) & (score.widen() <= most);
    let are_classes = labels.iter().fold(true, |all, &label| all & ((label as usize) < classes));
    if !are_classes || !scores.iter().fold(true, |all, score| all & fit(score)) {
        return false;
    }
    let [above, below] = [super::narrow(positive), super::narrow(1 - positive)];
    let predictions = out.part(Plane::Prediction, first, scores.len());
    for (prediction, score) in predictions.iter_mut().zip(scores) {
        *prediction = if score.widen() >= threshold { above } else { below };
    }
    out.part(Plane::State, first, scores.len()).fill(state::SCORED);
    true
}
