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
use crate::engine::results::worker_result::PairRuns;
use crate::engine::rows::invalid::Invalid;
use crate::engine::rows::label_filter::loose_hint;
use crate::engine::rows::row_counts::RowCounts;
use crate::error::Result;
use crate::kernel::confusion::{BLOCK, Counters};
use crate::tally::{Aggregates, CellCounts, Confusion, Outside, Tallies, discover};

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
    label_ids: Vec<u32>,
    prediction_ids: Vec<u32>,
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
            label_ids: Vec::new(),
            prediction_ids: Vec::new(),
        }
    }

    /// Counts a batch.
    pub(crate) fn count(&mut self, batch: &Batch, rows: &mut RowCounts<'_>) -> Result<(), Invalid> {
        for start in (0..batch.rows).step_by(BLOCK) {
            let block = start..(start + BLOCK).min(batch.rows);
            if !batch.faults.is_empty() || !self.count_integers(batch, block.clone()) {
                self.count_by_name(batch, block, rows)?;
            }
        }
        self.record(batch, rows);
        Ok(())
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
    pub(crate) fn record(&mut self, batch: &Batch, rows: &mut RowCounts<'_>) {
        let Some(mut recorder) = rows.recorder.take() else { return };
        recorder.begin(batch);
        self.ids.of(&batch.labels, 0..batch.rows, &mut self.label_ids);
        self.ids.of(&batch.predictions, 0..batch.rows, &mut self.prediction_ids);
        for (row, (&label, &prediction)) in
            self.label_ids.iter().zip(&self.prediction_ids).enumerate()
        {
            if !self.ids.is_class(label) || self.ids.is_ignored(label) {
                continue;
            }
            let fault = rows.fault(batch, row, false);
            let is_class = self.ids.is_class(prediction) && fault.is_none();
            let is_wrong = self.outside == Outside::Wrong && fault.is_none_or(Fault::is_missing);
            if is_class || is_wrong {
                recorder.scored(row, is_class && label == prediction);
            }
        }
        recorder.end(batch, &self.label_ids, &self.ids);
        rows.recorder = Some(recorder);
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
            let (label, prediction) = (self.label_ids[at], self.prediction_ids[at]);
            let ignored = self.ids.is_ignored(label);
            let fault = rows.fault(batch, row, ignored);
            let is_missing = fault.is_some_and(Fault::is_missing);
            if let Some(fault) = fault.filter(|_| !is_missing) {
                rows.invalid(batch, row, |place| Invalid::of(place, fault))?;
            } else if ignored {
                rows.ignore(self.ids.ignored(label));
            } else if !self.ids.is_class(label) {
                let problem = || self.not_a_class("label", &batch.labels.name(row));
                rows.invalid(batch, row, |place| Invalid::new(place, Role::Labels, problem()))?;
            } else if is_missing || !self.ids.is_class(prediction) {
                match (self.outside, fault) {
                    (Outside::Wrong, _) => self.cells.add(label, self.ids.outside()),
                    (_, Some(fault)) => rows.outside(batch, row, || fault.problem.clone())?,
                    (_, None) => {
                        let name = || batch.predictions.name(row);
                        rows.outside(batch, row, || self.not_a_class("prediction", &name()))?;
                    }
                }
            } else {
                self.cells.add(label, prediction);
            }
        }
        Ok(())
    }

    fn not_a_class(&self, noun: &str, name: &str) -> String {
        let hint = self.given.as_ref().map(|classes| loose_hint(classes, name));
        let hint = hint.unwrap_or_default();
        format!("{noun} '{name}' is not one of the classes that --classes names{hint}")
    }

    /// The tallies of what was counted by name, and the counts of the windows.
    pub(crate) fn finish(
        self,
        plan: &Plan,
        rows: &mut RowCounts<'_>,
    ) -> Result<(Tallies, Option<Counters>, PairRuns)> {
        let cells = self.cells.into_cells();
        rows.counts.scored = cells.iter().map(|cell| cell.count).sum();
        let (classes, confusion) = match plan.tallied() {
            Some(given) => (given, Confusion::from_cells(cells)?),
            None => discover(self.ids.found_names(), cells)?,
        };
        let spec = plan.spec.clone();
        let tallies = Tallies {
            spec,
            classes,
            rows: rows.counts,
            confusion,
            aggregates: Aggregates::default(),
        };
        let pairs = self.wide.into_iter().map(|wide| wide.into_pairs()).collect();
        Ok((tallies, self.window.into_counters(), pairs))
    }
}
