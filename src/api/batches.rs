//! An iterator over arrays as the source of an evaluation.

use ndarray::{Array, Array1, ArrayView, ArrayView1, Dimension};

use super::accumulator::Accumulator;
use super::columns::Labels;
use super::evaluation::Evaluation;
use super::options::Options;
use super::outputs::Outputs;
use super::{Source, sealed};
use crate::engine::ScoresGiven;
use crate::error::Result;

/// Rows from an iterator over pairs of arrays, labels and outputs, each of which is let
/// go before the next is asked for: see [`Accumulator`].
#[derive(Clone, Debug)]
pub struct Batches<I> {
    pairs: I,
    has_scores: bool,
    given: Option<ScoresGiven>,
}

impl<I: IntoIterator> Batches<I> {
    /// Of logits, `[rows, classes]`, or `[rows]` of two classes that the settings name.
    pub fn logits(pairs: I) -> Self {
        Self { pairs, has_scores: true, given: Some(ScoresGiven::Logits) }
    }

    /// Of probabilities, as [`logits`](Self::logits).
    pub fn probabilities(pairs: I) -> Self {
        Self { pairs, has_scores: true, given: Some(ScoresGiven::Probabilities) }
    }

    /// Of predicted classes, `[rows]`.
    pub fn predictions(pairs: I) -> Self {
        Self { pairs, has_scores: false, given: None }
    }
}

impl<I, L, O, D> Source for Batches<I>
where
    I: IntoIterator<Item = (Array1<L>, Array<O, D>)> + Send,
    D: Dimension,
    for<'a> Labels<'a>: From<ArrayView1<'a, L>>,
    for<'a> Outputs<'a>: From<ArrayView<'a, O, D>>,
{
}

impl<I, L, O, D> sealed::Sealed for Batches<I>
where
    I: IntoIterator<Item = (Array1<L>, Array<O, D>)> + Send,
    D: Dimension,
    for<'a> Labels<'a>: From<ArrayView1<'a, L>>,
    for<'a> Outputs<'a>: From<ArrayView<'a, O, D>>,
{
    fn evaluate(self, options: &Options) -> Result<Evaluation> {
        let mut accumulator = Accumulator::new(options.clone(), self.has_scores, self.given)?;
        for (labels, outputs) in self.pairs {
            accumulator.push(labels.view(), outputs.view())?;
        }
        accumulator.finish()
    }
}
