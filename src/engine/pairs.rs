//! One worker's counts of labels and predictions.
//!
//! Integers within a narrow range, the usual case, are counted in a window of
//! the number line without looking classes up; the rest goes by name.

use std::ops::Range;

use super::cells::CellCounts;
use super::cpu::{Invalid, RowCounts};
use super::ids::Ids;
use super::plan::Plan;
use super::window::Window;
use crate::batch::{Batch, Role};
use crate::class::Classes;
use crate::error::Result;
use crate::kernel::confusion::BLOCK;
use crate::tally::{Confusion, Spec, Tallies, discover};

/// The counts of one worker.
pub(super) struct Pairs {
    ids: Ids,
    cells: CellCounts,
    window: Window,
    label_ids: Vec<u32>,
    prediction_ids: Vec<u32>,
}

impl Pairs {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            ids: Ids::new(plan.classes.as_ref(), &plan.ignore),
            cells: CellCounts::new(plan.threads),
            window: Window::new(plan.classes.as_ref(), plan.threads),
            label_ids: Vec::new(),
            prediction_ids: Vec::new(),
        }
    }

    /// Counts a batch.
    pub(super) fn count(&mut self, batch: &Batch, rows: &mut RowCounts<'_>) -> Result<(), Invalid> {
        for start in (0..batch.rows).step_by(BLOCK) {
            let block = start..(start + BLOCK).min(batch.rows);
            let counted = batch.faults.is_empty()
                && self.window.count(batch, block.clone(), &mut self.ids, &mut self.cells);
            if !counted {
                self.count_by_name(batch, block, rows)?;
            }
        }
        Ok(())
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
            if let Some(fault) = rows.fault(batch, row, ignored) {
                rows.invalid(batch, row, fault.role, || fault.problem.clone())?;
            } else if ignored {
                rows.counts.ignored += 1;
            } else if !self.ids.is_class(label) {
                let problem = || not_a_class("label", &batch.labels.name(row));
                rows.invalid(batch, row, Role::Labels, problem)?;
            } else if !self.ids.is_class(prediction) {
                let problem = || not_a_class("prediction", &batch.predictions.name(row));
                rows.invalid(batch, row, Role::Predictions, problem)?;
            } else {
                self.cells.add(label, prediction);
            }
        }
        Ok(())
    }

    /// The tallies, and the ignored rows that were only found at the end.
    pub(super) fn finish(
        mut self,
        spec: &Spec,
        classes: Option<&Classes>,
        rows: &mut RowCounts<'_>,
    ) -> Result<Tallies> {
        self.window.drain(&mut self.ids, &mut self.cells);
        let mut cells = self.cells.into_cells();
        cells.retain(|cell| {
            let ignored = self.ids.is_ignored(cell.label);
            rows.counts.ignored += if ignored { cell.count } else { 0 };
            !ignored
        });
        rows.counts.scored = cells.iter().map(|cell| cell.count).sum();
        let (classes, confusion) = match classes {
            Some(given) => (given.clone(), Confusion::from_cells(cells)?),
            None => discover(self.ids.names(), cells)?,
        };
        Ok(Tallies {
            spec: spec.clone(),
            classes,
            rows: rows.counts,
            confusion,
            scores: None,
            order: None,
        })
    }
}

fn not_a_class(noun: &str, name: &str) -> String {
    format!("{noun} '{name}' is not one of the classes that --classes names")
}
