//! One worker's counts of labels and predictions.
//!
//! Integers within a narrow range, the usual case, are counted in a window of
//! the number line without looking classes up, or in a wide one if they are more
//! than a dense table has room for; the rest goes by name.

use std::ops::Range;

use super::sparse_window::SparseWindow;
use super::window::Window;
use crate::batch::{Batch, Fault, Role};
use crate::class::Classes;
use crate::engine::plan::class_index::ClassIndex;
use crate::engine::plan::settled::Plan;
use crate::engine::results::worker_result::{Failure, WorkerResult};
use crate::engine::rows::invalid::Invalid;
use crate::engine::rows::label_filter::loose_hint;
use crate::engine::rows::row_counts::RowCounts;
use crate::engine::slices::groups::Unscored;
use crate::engine::slices::pairs::{PairGroup, PairGroups};
use crate::engine::slices::results::SliceResults;
use crate::error::Result;
use crate::kernel::confusion::BLOCK;
use crate::tally::{CellCounts, Confusion, Outside, Tallies, discover};

/// The counts of one worker.
pub(crate) struct Pairs {
    ids: ClassIndex,
    cells: CellCounts,
    window: Window,
    /// Where the other does not suffice.
    wide: Option<Box<SparseWindow>>,
    /// The classes, if given: then no window may be opened.
    given: Option<Classes>,
    /// What becomes of predictions of no class.
    outside: Outside,
    groups: Option<PairGroups>,
    label_ids: Vec<u32>,
    prediction_ids: Vec<u32>,
}

/// What becomes of a row.
enum Fate<'b> {
    /// It counts, by the numbers of its label and prediction.
    Scored([u32; 2]),
    /// Its label is to be ignored.
    Ignored,
    /// It could not be read.
    Fault(&'b Fault),
    /// Its label is no class.
    Label,
    /// Its prediction is no class, or there is none.
    Prediction(Option<&'b Fault>),
}

impl Pairs {
    pub(crate) fn new(plan: &Plan) -> Self {
        let window = Window::new(plan.classes.as_ref(), plan.threads);
        let given_wide = || plan.classes.as_ref().and_then(SparseWindow::of_given).map(Box::new);
        Self {
            ids: ClassIndex::new(plan.classes.as_ref(), plan),
            cells: CellCounts::new(plan.threads),
            wide: window.is_closed().then(given_wide).flatten(),
            window,
            given: plan.classes.clone(),
            outside: plan.outside.unwrap_or_default(),
            groups: PairGroups::new(plan),
            label_ids: Vec::new(),
            prediction_ids: Vec::new(),
        }
    }

    /// Counts a batch.
    pub(crate) fn count(&mut self, batch: &Batch, rows: &mut RowCounts<'_>) -> Result<(), Failure> {
        for start in (0..batch.rows).step_by(BLOCK) {
            let block = start..(start + BLOCK).min(batch.rows);
            if !batch.faults.is_empty() || !self.count_integers(batch, block.clone()) {
                self.count_by_name(batch, block, rows)?;
            }
        }
        self.keep(batch, rows)
    }

    /// Keeps what is wanted of the rows of a batch beside their counts.
    pub(crate) fn keep(&mut self, batch: &Batch, rows: &mut RowCounts<'_>) -> Result<(), Failure> {
        self.record(batch, rows);
        self.count_groups(batch, rows)
    }

    /// Counts a block in a window, if it fits one. What came once may come again,
    /// so the wide one is tried first from then on.
    fn count_integers(&mut self, batch: &Batch, block: Range<usize>) -> bool {
        if let Some(wide) = &mut self.wide {
            return wide.count(batch, block.clone()) || self.window.count(batch, block);
        }
        if self.window.count(batch, block.clone()) {
            return true;
        }
        if self.given.is_none() {
            self.wide = SparseWindow::around(batch, block.clone()).map(Box::new);
        }
        self.wide.as_mut().is_some_and(|wide| wide.count(batch, block))
    }

    /// Notes which rows are right, if that is to be kept: in a pass of its own,
    /// so that counting is as fast as ever where it is not.
    fn record(&mut self, batch: &Batch, rows: &mut RowCounts<'_>) {
        let Some(mut recorder) = rows.recorder.take() else { return };
        recorder.begin(batch);
        self.ids.of(&batch.labels, 0..batch.rows, &mut self.label_ids);
        self.ids.of(&batch.predictions, 0..batch.rows, &mut self.prediction_ids);
        for row in 0..batch.rows {
            if let Fate::Scored([label, prediction]) = self.fate(batch, row, row, rows) {
                recorder.scored(row, label == prediction);
            }
        }
        recorder.end(batch, &self.label_ids, &self.ids);
        rows.recorder = Some(recorder);
    }

    /// Counts a batch by the groups of its rows, if they are put into any: in a pass of
    /// its own, too.
    fn count_groups(&mut self, batch: &Batch, rows: &RowCounts<'_>) -> Result<(), Failure> {
        let Some(mut groups) = self.groups.take() else { return Ok(()) };
        groups.begin(batch, PairGroup::new).map_err(Failure::Other)?;
        self.ids.of(&batch.labels, 0..batch.rows, &mut self.label_ids);
        self.ids.of(&batch.predictions, 0..batch.rows, &mut self.prediction_ids);
        for row in 0..batch.rows {
            groups.count(
                row,
                match self.fate(batch, row, row, rows) {
                    Fate::Scored(cell) => Ok(cell),
                    Fate::Ignored => Err(Unscored::Ignored),
                    Fate::Fault(_) | Fate::Label | Fate::Prediction(_) => Err(Unscored::Invalid),
                },
            );
        }
        self.groups = Some(groups);
        Ok(())
    }

    /// What becomes of a row, whose label and prediction have the numbers at `at`.
    fn fate<'b>(
        &mut self,
        batch: &'b Batch,
        row: usize,
        at: usize,
        rows: &RowCounts<'_>,
    ) -> Fate<'b> {
        let (label, prediction) = (self.label_ids[at], self.prediction_ids[at]);
        let ignored = self.ids.is_ignored(label);
        let fault = rows.fault(batch, row, ignored);
        let is_missing = fault.is_some_and(Fault::is_missing);
        match fault {
            Some(fault) if !is_missing => Fate::Fault(fault),
            _ if ignored => Fate::Ignored,
            _ if !self.ids.is_class(label) => Fate::Label,
            _ if !is_missing && self.ids.is_class(prediction) => Fate::Scored([label, prediction]),
            _ if self.outside == Outside::Wrong => Fate::Scored([label, self.ids.outside()]),
            fault => Fate::Prediction(fault),
        }
    }

    fn count_by_name(
        &mut self,
        batch: &Batch,
        block: Range<usize>,
        rows: &mut RowCounts<'_>,
    ) -> Result<(), Invalid> {
        self.ids.of(&batch.labels, block.clone(), &mut self.label_ids);
        self.ids.of(&batch.predictions, block.clone(), &mut self.prediction_ids);
        self.cells.expect(block.len());
        for (at, row) in block.enumerate() {
            match self.fate(batch, row, at, rows) {
                Fate::Scored([label, prediction]) => self.cells.add(label, prediction),
                Fate::Ignored => rows.ignore(self.ids.ignored(self.label_ids[at])),
                Fate::Fault(fault) => rows.invalid(batch, row, |it| Invalid::of(it, fault))?,
                Fate::Label => {
                    let problem = || self.not_a_class("label", &batch.labels.name(row));
                    rows.invalid(batch, row, |it| Invalid::new(it, Role::Labels, problem()))?;
                }
                Fate::Prediction(Some(fault)) => {
                    rows.outside(batch, row, || fault.problem.clone())?;
                }
                Fate::Prediction(None) => {
                    let name = || batch.predictions.name(row);
                    rows.outside(batch, row, || self.not_a_class("prediction", &name()))?;
                }
            }
        }
        Ok(())
    }

    fn not_a_class(&self, noun: &str, name: &str) -> String {
        let hint = self.given.as_ref().map(|classes| loose_hint(classes, name));
        let hint = hint.unwrap_or_default();
        format!("{noun} '{name}' is not one of the classes that --classes names{hint}")
    }

    /// What was counted by name, in windows and of groups.
    pub(crate) fn finish(self, plan: &Plan, rows: &mut RowCounts<'_>) -> Result<WorkerResult> {
        let slices = match self.groups {
            Some(groups) => groups.finish(plan, self.ids.found_names())?,
            None => SliceResults::default(),
        };
        let cells = self.cells.into_cells();
        rows.counts.scored = cells.iter().map(|cell| cell.count).sum();
        let (classes, confusion) = match plan.tallied() {
            Some(given) => (given, Confusion::from_cells(cells)?),
            None => discover(self.ids.found_names(), cells)?,
        };
        let spec = plan.spec.clone();
        let tallies = Tallies::of_confusion(spec, classes, rows.counts, confusion);
        let pairs = self.wide.into_iter().map(|wide| wide.into_pairs()).collect();
        Ok(WorkerResult {
            window: self.window.into_counters(),
            pairs,
            slices,
            ..WorkerResult::of(tallies)
        })
    }
}
