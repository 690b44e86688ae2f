//! The groups of rows with scores.

use super::groups::{Groups, Unscored};
use super::results::{GroupResult, SliceResults};
use crate::batch::Batch;
use crate::class::Classes;
use crate::engine::plan::settled::{Plan, decision, params};
use crate::error::Result;
use crate::kernel::rows::{Block, BlockScores, Decision, Group, Regrouped, Waiting};
use crate::tally::aggregate::{Counters, Counting};
use crate::tally::{ConfusionCounter, Rows, Tallies, confusion_of};

/// What is counted of one group.
pub(super) struct ScoreGroup {
    rows: Rows,
    confusion: ConfusionCounter,
    counters: Counters,
    waiting: Waiting,
    has_losses: bool,
}

impl Group for ScoreGroup {
    fn waiting(&mut self) -> &mut Waiting {
        &mut self.waiting
    }

    fn count(&mut self, block: &Block<'_>) {
        self.rows.read += block.rows() as u64;
        self.rows.scored += block.scored_rows();
        if self.has_losses {
            self.rows.infinite_loss += block.infinite_rows();
        }
        self.confusion.update(block);
        self.counters.update(block);
    }
}

/// The groups of one worker's rows with scores.
pub(crate) struct ScoreGroups {
    groups: Groups<ScoreGroup>,
    regrouped: Regrouped,
    has_losses: bool,
    /// Rows of the batch in hand that were not scored.
    unscored: Vec<usize>,
}

impl ScoreGroups {
    pub(crate) fn new(plan: &Plan, counters: &Counters) -> Option<Self> {
        let reads_scores = counters.entries().any(|entry| (entry.reads)(&plan.spec).scores);
        Some(Self {
            groups: Groups::new(plan)?,
            regrouped: Regrouped::new(reads_scores),
            has_losses: !counters.read_predictions_only(&plan.spec),
            unscored: Vec::new(),
        })
    }

    /// Finds the groups of the rows of a batch.
    ///
    /// # Errors
    ///
    /// As [`Groups::begin`].
    pub(crate) fn begin(&mut self, batch: &Batch, plan: &Plan, classes: &Classes) -> Result<()> {
        self.unscored.clear();
        let counting = Counting { spec: &plan.spec, classes: classes.len() };
        let has_losses = self.has_losses;
        self.groups.begin(batch, || ScoreGroup {
            rows: Rows::default(),
            confusion: ConfusionCounter::of_group(classes.len()),
            counters: Counters::new(counting, |_| true),
            waiting: Waiting::default(),
            has_losses,
        })
    }

    /// Counts a block, which begins at row `first` of the batch.
    pub(crate) fn count(&mut self, first: usize, block: &Block<'_>) {
        let Self { groups, regrouped, unscored, .. } = self;
        for column in &mut groups.columns {
            let numbers = &column.numbers[first..][..block.rows()];
            regrouped.count(block, numbers, &mut column.groups);
        }
        if !block.is_all_scored() {
            let rows = (0..block.rows()).filter(|&row| !block.is_scored(row));
            unscored.extend(rows.map(|row| first + row));
        }
    }

    /// Counts the rows of a batch that were not scored.
    pub(crate) fn end(&mut self, why: impl Fn(usize) -> Unscored) {
        for &row in &self.unscored {
            let why = why(row);
            self.groups.of_row(row).for_each(|group| group.rows.add_unscored(why));
        }
    }

    /// What was counted of each group.
    pub(crate) fn finish(mut self, plan: &Plan, classes: &Classes) -> Result<SliceResults> {
        let (params, decision) = (params(plan), decision(plan));
        let is_one = matches!(decision, Decision::OneScore { .. });
        let like = Block {
            params: &params,
            decision,
            classes: classes.len(),
            labels: &[],
            planes: &[],
            stride: 0,
            scores: BlockScores::F32(&[]),
            columns: if is_one { 1 } else { classes.len() },
        };
        let groups = self.groups.columns.iter_mut().flat_map(|column| &mut column.groups);
        groups.flatten().for_each(|group| self.regrouped.settle(&like, group));
        let of_group = |group: ScoreGroup| {
            let confusion = confusion_of(vec![group.confusion])?;
            let (spec, classes) = (plan.spec.clone(), classes.clone());
            let tallies = Tallies::of_confusion(spec, classes, group.rows, confusion);
            Ok(GroupResult { tallies, counters: group.counters.into() })
        };
        SliceResults::of(self.groups, of_group)
    }
}
