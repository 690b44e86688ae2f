//! Rows with scores, a block at a time: from a batch to planes that counters read.

use std::borrow::Cow;

use super::invalid::Invalid;
use super::invalid_scores::InvalidScores;
use super::label_filter::LabelFilter;
use super::row_counts::RowCounts;
use super::row_position::RowPosition;
use crate::batch::{Batch, Role, Widened};
use crate::class::Classes;
use crate::engine::plan::settled::{Plan, decision, params};
use crate::kernel::Score;
use crate::kernel::rows::shader::{NONE, PLANES, state};
use crate::kernel::rows::{
    BLOCK, Block, Decision, Params, PlanesOut, invalid_of, score_again, score_block,
};

/// What one worker reads rows with.
pub(crate) struct RowReader {
    params: Params,
    decision: Decision,
    classes: usize,
    columns: usize,
    /// Whether planes other than those of predictions and states are left alone.
    predictions_only: bool,
    faults: InvalidScores,
    pub(crate) labels: LabelFilter,
    pub(crate) label_ids: Vec<u32>,
    /// `[PLANES, BLOCK]`.
    planes: Vec<u32>,
    widened: Vec<f32>,
}

impl RowReader {
    pub(crate) fn new(plan: &Plan, classes: &Classes, predictions_only: bool) -> Self {
        let decision = decision(plan);
        let is_one = matches!(decision, Decision::OneScore { .. });
        Self {
            params: params(plan),
            decision,
            classes: classes.len(),
            columns: if is_one { 1 } else { classes.len() },
            predictions_only,
            faults: InvalidScores::new(plan),
            labels: LabelFilter::new(plan, classes),
            label_ids: Vec::new(),
            planes: vec![0; PLANES * BLOCK],
            widened: Vec::new(),
        }
    }

    /// Gives `each` the rows of a batch in blocks, with the first row of each.
    ///
    /// # Errors
    ///
    /// The first row that cannot be scored, unless such rows are skipped.
    pub(crate) fn read<'r>(
        &mut self,
        batch: &Batch,
        rows: &mut RowCounts<'r>,
        each: impl FnMut(&mut RowCounts<'r>, usize, &Block<'_>),
    ) -> Result<(), Invalid> {
        let mut label_ids = std::mem::take(&mut self.label_ids);
        self.labels.of(batch, &mut label_ids);
        let mut buffer = std::mem::take(&mut self.widened);
        let read = match batch.scores.widened(&mut buffer) {
            Widened::F32(scores) => self.blocks(batch, scores, &label_ids, rows, each),
            Widened::F64(scores) => self.blocks(batch, scores, &label_ids, rows, each),
        };
        self.widened = buffer;
        self.label_ids = label_ids;
        read
    }

    fn blocks<'r, T: Score>(
        &mut self,
        batch: &Batch,
        scores: &[T],
        label_ids: &[u32],
        rows: &mut RowCounts<'r>,
        mut each: impl FnMut(&mut RowCounts<'r>, usize, &Block<'_>),
    ) -> Result<(), Invalid> {
        let blocks = label_ids.chunks(BLOCK).zip(scores.chunks(BLOCK * self.columns));
        for (first, (labels, scores)) in (0..).step_by(BLOCK).zip(blocks) {
            let (labels, stopped) = self.admitted(batch, first, labels, rows);
            let scores = Cow::Borrowed(&scores[..labels.len() * self.columns]);
            let scores = self.score(batch, first, scores, &labels, rows)?;
            let block = Block {
                params: &self.params,
                decision: self.decision,
                classes: self.classes,
                labels: &labels,
                planes: &self.planes,
                stride: BLOCK,
                scores: T::of_block(&scores),
                columns: self.columns,
            };
            rows.counts.scored += block.scored_rows();
            if !self.predictions_only {
                rows.counts.infinite_loss += block.infinite_rows();
            }
            each(rows, first, &block);
            if let Some(invalid) = stopped {
                return Err(invalid);
            }
        }
        Ok(())
    }

    /// The labels of a block, without those of rows that are not to be scored, which are
    /// counted here; up to the first row that ends the evaluation, and that one.
    fn admitted<'l>(
        &self,
        batch: &Batch,
        first: usize,
        labels: &'l [u32],
        rows: &mut RowCounts<'_>,
    ) -> (Cow<'l, [u32]>, Option<Invalid>) {
        if batch.faults.is_empty() && self.labels.are_plain(labels) {
            return (Cow::Borrowed(labels), None);
        }
        let mut admitted = Vec::with_capacity(labels.len());
        for (row, &label) in (first..).zip(labels) {
            match self.labels.admit(batch, row, label, rows) {
                Ok(true) => admitted.push(label),
                Ok(false) => admitted.push(NONE),
                Err(invalid) => return (admitted.into(), Some(invalid)),
            }
        }
        (admitted.into(), None)
    }

    /// Writes the planes of a block; the scores that were counted: with values a hair
    /// outside of 0 to 1 clipped where rows can be scored then.
    fn score<'s, T: Score>(
        &mut self,
        batch: &Batch,
        first: usize,
        mut scores: Cow<'s, [T]>,
        labels: &[u32],
        rows: &mut RowCounts<'_>,
    ) -> Result<Cow<'s, [T]>, Invalid> {
        let Self { params, decision, columns, classes, faults, planes, .. } = self;
        let (decision, columns, shape) = (*decision, *columns, [*columns, *classes]);
        let mut out = PlanesOut::new(planes, BLOCK, self.predictions_only);
        score_block(params, decision, shape, &scores, labels, 0, &mut out);
        let states = out.states(labels.len());
        if states.iter().fold(0, |all, state| all | state) <= state::SKIPPED {
            return Ok(scores);
        }
        let states = states.to_vec();
        for (row, (state, &label)) in states.into_iter().zip(labels).enumerate() {
            let Some(reason) = invalid_of(state) else { continue };
            let own = row * columns..(row + 1) * columns;
            let again = |scores: &[T]| score_again(params, decision, scores, label, row, &mut out);
            match faults.mend(batch.part, &scores[own.clone()], reason, again) {
                Ok(mended) => {
                    rows.clipped.add(RowPosition::of(batch, first + row), mended.clipped);
                    scores.to_mut()[own].copy_from_slice(&mended.scores);
                }
                Err(reason) => {
                    let what = || faults.describe(batch.part, params, &scores[own], reason);
                    let describe = |place| Invalid::new(place, Role::Scores, what());
                    rows.invalid(batch, first + row, describe)?;
                }
            }
        }
        Ok(scores)
    }
}
