//! One worker's counts of labels and predictions.
//!
//! Integers within a narrow range, the usual case, are counted in a window of
//! the number line without looking classes up; the rest goes by name.

use std::ops::Range;

use super::cells::{CellCounts, DRAIN_ROWS, MAX_SHIFT};
use super::cpu::{Invalid, RowCounts};
use super::ids::Ids;
use super::plan::Plan;
use crate::batch::{Batch, Names, Role};
use crate::class::Classes;
use crate::error::Result;
use crate::kernel::Level;
use crate::kernel::confusion::{self, BLOCK};
use crate::tally::{Cell, Confusion, Spec, Tallies, discover};

/// Calls `$body` with `$values` bound to the typed integers of `$names`.
macro_rules! with_integers {
    ($names:expr, $values:ident => $body:expr, else $text:expr) => {
        match $names {
            Names::U8($values) => $body,
            Names::U16($values) => $body,
            Names::U32($values) => $body,
            Names::I32($values) => $body,
            Names::I64($values) => $body,
            Names::Text(_) => $text,
        }
    };
}

/// The counts of one worker.
pub(super) struct Pairs {
    level: Level,
    ids: Ids,
    cells: CellCounts,
    window: Window,
    label_ids: Vec<u32>,
    prediction_ids: Vec<u32>,
}

impl Pairs {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            level: Level::best(),
            ids: Ids::new(plan.classes.as_ref(), &plan.ignore),
            cells: CellCounts::default(),
            window: Window::new(plan.classes.as_ref()),
            label_ids: Vec::new(),
            prediction_ids: Vec::new(),
        }
    }

    /// Counts a batch.
    pub(super) fn count(&mut self, batch: &Batch, rows: &mut RowCounts<'_>) -> Result<(), Invalid> {
        let text =
            [&batch.labels, &batch.predictions].iter().any(|names| matches!(names, Names::Text(_)));
        if text || !batch.faults.is_empty() {
            return self.count_by_name(batch, 0..batch.rows, rows);
        }
        let mut cells = [0_u32; BLOCK];
        for start in (0..batch.rows).step_by(BLOCK) {
            let block = start..(start + BLOCK).min(batch.rows);
            let cells = &mut cells[..block.len()];
            if !self.count_in_window(batch, block.clone(), cells) {
                self.count_by_name(batch, block, rows)?;
            }
        }
        Ok(())
    }

    /// Counts a block of integers in the window, if they fit it.
    fn count_in_window(&mut self, batch: &Batch, block: Range<usize>, cells: &mut [u32]) -> bool {
        let (window, level) = (&mut self.window, self.level);
        if window.holds(level, batch, block.clone(), cells) {
            window.count(cells, &mut self.ids, &mut self.cells);
            return true;
        }
        let label_range = with_integers!(&batch.labels, values => confusion::range(&values[block.clone()]), else None);
        let prediction_range = with_integers!(&batch.predictions, values => confusion::range(&values[block.clone()]), else None);
        let (Some(labels), Some(predictions)) = (label_range, prediction_range) else {
            return false;
        };
        let range = (labels.0.min(predictions.0), labels.1.max(predictions.1));
        if !window.widen(range, &mut self.ids, &mut self.cells) {
            return false;
        }
        let holds = window.holds(level, batch, block, cells);
        if holds {
            window.count(cells, &mut self.ids, &mut self.cells);
        }
        holds
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
            if let Some(fault) = rows.fault(batch, row) {
                rows.invalid(batch, row, fault.role, || fault.problem.clone())?;
                continue;
            }
            let (label, prediction) = (self.label_ids[at], self.prediction_ids[at]);
            if self.ids.is_ignored(label) {
                rows.counts.ignored += 1;
            } else if !self.ids.is_class(label) {
                let problem =
                    || format!("label '{}' is not one of the classes", batch.labels.name(row));
                rows.invalid(batch, row, Role::Labels, problem)?;
            } else if !self.ids.is_class(prediction) {
                let problem = || {
                    format!(
                        "prediction '{}' is not one of the classes",
                        batch.predictions.name(row)
                    )
                };
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
        Ok(Tallies { spec: spec.clone(), classes, rows: rows.counts, confusion, scores: None })
    }
}

/// Dense counters for the integers `base..base + limit`.
struct Window {
    base: i64,
    /// Integers it may count; 0 while it counts none.
    limit: u64,
    /// Whether other integers are not classes, so that it must not move.
    fixed: bool,
    shift: u32,
    counters: Vec<u32>,
    undrained: u64,
}

impl Window {
    /// A window that follows the integers it meets or, when the classes given
    /// are consecutive integers, holds just them.
    fn new(given: Option<&Classes>) -> Self {
        let empty = Self {
            base: 0,
            limit: 0,
            fixed: given.is_some(),
            shift: 0,
            counters: Vec::new(),
            undrained: 0,
        };
        let Some(given) = given else { return empty };
        let values: Option<Vec<i64>> = given
            .names()
            .iter()
            .map(|name| name.parse().ok().filter(|_| crate::class::is_canonical_integer(name)))
            .collect();
        match values {
            Some(values)
                if values.len() <= 1 << MAX_SHIFT
                    && values.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1])) =>
            {
                let shift = values.len().next_power_of_two().trailing_zeros();
                let counters = vec![0; confusion::counters(shift)];
                Self { base: values[0], limit: values.len() as u64, shift, counters, ..empty }
            }
            _ => empty,
        }
    }

    /// Writes the cells of a block, if all its integers lie in the window.
    fn holds(&self, level: Level, batch: &Batch, block: Range<usize>, cells: &mut [u32]) -> bool {
        let mut offsets = |names: &Names, behind| {
            with_integers!(
                names,
                values => confusion::offsets(level, &values[block.clone()], self.base, behind, cells),
                else u64::MAX
            )
        };
        offsets(&batch.labels, None) < self.limit
            && offsets(&batch.predictions, Some(self.shift)) < self.limit
    }

    fn count(&mut self, cells: &[u32], ids: &mut Ids, counts: &mut CellCounts) {
        self.undrained += cells.len() as u64;
        if self.undrained >= DRAIN_ROWS {
            self.drain(ids, counts);
            self.undrained = cells.len() as u64;
        }
        confusion::count(self.shift, cells, &mut self.counters);
    }

    /// Moves the window so that it also holds `range`, if it may and can.
    fn widen(&mut self, range: (i64, i64), ids: &mut Ids, counts: &mut CellCounts) -> bool {
        if self.fixed {
            return false;
        }
        let (mut least, mut greatest) = range;
        if self.limit > 0 {
            least = least.min(self.base);
            // The window's own last integer; its span was checked when it was made.
            greatest = greatest.max(self.base.saturating_add_unsigned(self.limit - 1));
        }
        if (0..1 << MAX_SHIFT).contains(&least) && greatest < 1 << MAX_SHIFT {
            least = 0;
        }
        let span = greatest.abs_diff(least).saturating_add(1);
        if span > 1 << MAX_SHIFT {
            return false;
        }
        self.drain(ids, counts);
        self.shift = span.next_power_of_two().trailing_zeros().max(1);
        self.base = least;
        self.limit = (1_u64 << self.shift).min(i64::MAX.abs_diff(least).saturating_add(1));
        self.counters = vec![0; confusion::counters(self.shift)];
        true
    }

    /// Hands all counts over, by name.
    fn drain(&mut self, ids: &mut Ids, counts: &mut CellCounts) {
        if self.counters.is_empty() {
            return;
        }
        let side = 1_usize << self.shift;
        let number = |offset: usize| self.base.wrapping_add_unsigned(offset as u64);
        let mut id_of: Vec<Option<u32>> = vec![None; side];
        let mut id = |offset: usize, ids: &mut Ids| {
            *id_of[offset].get_or_insert_with(|| ids.number(number(offset)))
        };
        let sets: Vec<&[u32]> = self.counters.chunks_exact(side * side).collect();
        for cell in 0..side * side {
            let count: u64 = sets.iter().map(|set| u64::from(set[cell])).sum();
            if count > 0 {
                let label = id(cell >> self.shift, ids);
                let prediction = id(cell & (side - 1), ids);
                counts.take_over(Cell { label, prediction, count });
            }
        }
        self.counters.fill(0);
        self.undrained = 0;
    }
}
