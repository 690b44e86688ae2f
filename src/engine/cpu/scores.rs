//! One worker's counts of rows with scores.

use crate::batch::Batch;
use crate::class::Classes;
use crate::engine::plan::settled::{Plan, may_all_pass};
use crate::engine::results::worker_result::{Failure, WorkerResult};
use crate::engine::rows::row_counts::RowCounts;
use crate::engine::rows::row_position::RowPosition;
use crate::engine::rows::row_reader::RowReader;
use crate::engine::slices::groups::Unscored;
use crate::engine::slices::results::SliceResults;
use crate::engine::slices::scores::ScoreGroups;
use crate::error::Result;
use crate::kernel::planes::Plane;
use crate::kernel::rows::{Block, passes_as_probabilities, with_block_scores};
use crate::tally::aggregate::{Counters, Counting};
use crate::tally::{ConfusionCounter, Tallies, confusion_of};

/// The counts of one worker.
pub(crate) struct ScoreRows {
    reader: RowReader,
    classes: Classes,
    confusion: ConfusionCounter,
    counters: Counters,
    groups: Option<ScoreGroups>,
    /// Whether every row so far could be one of probabilities.
    all_pass: bool,
    /// The first row that gives its label probability 0.
    first_infinite: Option<RowPosition>,
}

impl ScoreRows {
    pub(crate) fn new(plan: &Plan, classes: &Classes) -> Self {
        let counting = Counting { spec: &plan.spec, classes: classes.len() };
        let counters = Counters::new(counting, |_| true);
        Self {
            reader: RowReader::new(plan, classes, counters.read_predictions_only(&plan.spec)),
            classes: classes.clone(),
            confusion: ConfusionCounter::new(classes.len(), plan.threads),
            groups: ScoreGroups::new(plan, &counters),
            counters,
            all_pass: may_all_pass(&plan.spec),
            first_infinite: None,
        }
    }

    /// Counts a batch.
    pub(crate) fn count(
        &mut self,
        batch: &Batch,
        rows: &mut RowCounts<'_>,
        plan: &Plan,
    ) -> Result<(), Failure> {
        let Self { reader, confusion, counters, groups, all_pass, first_infinite, classes } = self;
        if let Some(groups) = groups {
            groups.begin(batch, plan, classes).map_err(Failure::Other)?;
        }
        if let Some(recorder) = &mut rows.recorder {
            recorder.begin(batch);
        }
        reader.read(batch, rows, |rows, first, block| {
            confusion.update(block);
            counters.update(block);
            if let Some(groups) = groups {
                groups.count(first, block);
            }
            if let Some(recorder) = &mut rows.recorder {
                let predictions = block.plane(Plane::Prediction);
                let right = |row: usize| predictions[row] == block.labels[row];
                block.scored().for_each(|row| recorder.scored(first + row, right(row)));
            }
            if *all_pass {
                *all_pass = could_be_probabilities(block);
            }
            if first_infinite.is_none() && rows.counts.infinite_loss > 0 {
                let row = block.scored().find(|&row| block.loss(row).is_none());
                *first_infinite = row.map(|row| RowPosition::of(batch, first + row));
            }
        })?;
        if let Some(groups) = groups {
            groups.end(|row| {
                match reader.labels.is_left_out(batch, row, reader.label_ids[row], rows) {
                    true => Unscored::Ignored,
                    false => Unscored::Invalid,
                }
            });
        }
        if let Some(recorder) = &mut rows.recorder {
            recorder.end(batch, &reader.label_ids, reader.labels.ids());
        }
        Ok(())
    }
}

impl ScoreRows {
    /// What was found.
    pub(crate) fn finish(self, plan: &Plan, rows: &RowCounts<'_>) -> Result<WorkerResult> {
        let slices = match self.groups {
            Some(groups) => groups.finish(plan, &self.classes)?,
            None => SliceResults::default(),
        };
        let tallies = Tallies::of_confusion(
            plan.spec.clone(),
            self.classes,
            rows.counts,
            confusion_of(vec![self.confusion])?,
        );
        Ok(WorkerResult {
            counters: self.counters.into(),
            first_infinite: self.first_infinite,
            all_pass: self.all_pass,
            slices,
            ..WorkerResult::of(tallies)
        })
    }
}

/// Whether every row that was scored could be one of probabilities.
fn could_be_probabilities(block: &Block<'_>) -> bool {
    with_block_scores!(block.scores, scores => block.scored().all(|row| {
        passes_as_probabilities(block.params, &scores[row * block.columns..][..block.columns])
    }))
}
