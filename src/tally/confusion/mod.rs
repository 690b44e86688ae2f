//! Rows counted by label and prediction.

mod bytes;
mod cell_counts;
mod counter;
mod counts;
mod layout;
mod row;

use std::cmp::Ordering;

use rayon::prelude::*;

pub(crate) use self::cell_counts::{CellCounts, max_shift};
pub use self::counter::{ConfusionCounter, confusion_of};
use self::counts::Stores;
use self::layout::Head;
pub use self::row::Row;
use crate::error::{Error, Result};

/// One non-zero cell of a confusion matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Index of the true class.
    pub label: u32,
    /// Index of the predicted class.
    pub prediction: u32,
    /// Rows with that label and that prediction; never 0.
    pub count: u64,
}

impl Cell {
    fn key(&self) -> (u32, u32) {
        (self.label, self.prediction)
    }
}

/// The non-zero cells of a confusion matrix, sorted by label, then prediction.
///
/// Its memory is that of the cells that occur, never classes × classes: the
/// counts of a label stand in integers as narrow as they fit, but for that of the
/// label itself; either from the first prediction that occurs to the last or, where
/// that takes more room, beside a list of those that occur.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    /// Labels that occur, ascending.
    heads: Vec<Head>,
    /// The predictions, other than the label, of labels that have a list.
    listed: Vec<u32>,
    stores: Stores,
    /// How many cells are not 0.
    cells: usize,
}

/// Parts of a dense table that a thread takes on average.
const PARTS_A_THREAD: usize = 2;

impl Confusion {
    /// From cells in any order; cells of one place are added, empty ones dropped.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if a count passes 2⁶⁴ − 1.
    pub fn from_cells(mut cells: Vec<Cell>) -> Result<Self> {
        let ascending = cells.windows(2).all(|pair| pair[0].key() < pair[1].key());
        if !ascending {
            cells = sorted(cells)?;
        }
        cells.retain(|cell| cell.count > 0);
        let mut confusion = Self::default();
        let rows = cells.chunk_by(|a, b| a.label == b.label);
        rows.for_each(|cells| confusion.push_cells(cells));
        Ok(confusion)
    }

    /// From a dense table, `[classes, classes]`, of whose labels those in `labels`,
    /// ascending, may have counts: `add_row` adds those of a label, by prediction, to
    /// what it is given.
    pub fn from_table(
        classes: usize,
        labels: &[u32],
        add_row: impl Fn(u32, &mut [u64]) + Sync,
    ) -> Self {
        // Every part costs memory that is touched for the first time.
        let parts = PARTS_A_THREAD * rayon::current_num_threads();
        let part = |labels: &[u32]| {
            let mut part = Self::default();
            let mut counts = vec![0; classes];
            for &label in labels {
                counts.fill(0);
                add_row(label, &mut counts);
                if counts.iter().any(|count| *count > 0) {
                    part.push_counts(label, &mut counts);
                }
            }
            part
        };
        let labels = labels.par_chunks(labels.len().div_ceil(parts).max(1));
        Self::concat(labels.map(part).collect())
    }

    /// The counts of each label that occurs, ascending.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> + Clone {
        self.heads.iter().map(|head| self.row(head))
    }

    /// The non-zero cells, sorted by label, then prediction.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + Clone + '_ {
        self.rows().flat_map(Row::cells)
    }

    /// The rows of each label that occurs whose prediction is the label.
    pub fn diagonal(&self) -> impl Iterator<Item = u64> + '_ {
        self.heads.iter().map(|head| head.right)
    }

    /// Number of non-zero cells.
    pub fn len(&self) -> usize {
        self.cells
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.cells == 0
    }

    /// The count of one cell.
    pub fn count(&self, label: u32, prediction: u32) -> u64 {
        let found = self.heads.binary_search_by_key(&label, |head| head.label);
        found.map_or(0, |at| self.row(&self.heads[at]).count(prediction))
    }

    /// Adds `other` into `self`.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if a count passes 2⁶⁴ − 1.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let last = self.heads.last().map(|head| head.label);
        if other.heads.first().is_none_or(|first| last < Some(first.label)) {
            self.append(other);
            return Ok(());
        }
        let mut adder = Adder::default();
        let (mut own, mut more) = (self.rows().peekable(), other.rows().peekable());
        loop {
            let order = match (own.peek(), more.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(own), Some(more)) => own.label().cmp(&more.label()),
            };
            let own = own.next_if(|_| order.is_le());
            let more = more.next_if(|_| order.is_ge());
            match (own, more) {
                (Some(own), Some(more)) => adder.push(own, more)?,
                (row, None) | (None, row) => {
                    row.into_iter().for_each(|row| adder.sum.push_row(row))
                }
            }
        }
        drop((own, more));
        *self = adder.sum;
        Ok(())
    }

    /// The same counts with class `k` called `places[k]`.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if classes fall together and a count passes 2⁶⁴ − 1.
    pub fn renumbered(&self, places: &[u32]) -> Result<Self> {
        let place = |class: u32| places[class as usize];
        let moved = |cell: Cell| Cell {
            label: place(cell.label),
            prediction: place(cell.prediction),
            count: cell.count,
        };
        Self::from_cells(self.cells().map(moved).collect())
    }
}

/// Adds rows, label after label.
#[derive(Default)]
struct Adder {
    sum: Confusion,
    /// The sums of a label, by prediction.
    counts: Vec<u64>,
    /// Or its cells.
    cells: Vec<Cell>,
}

/// Sums are taken by prediction, from 0 on, where this times as many as there are
/// counts are enough.
const DENSE: usize = 8;

impl Adder {
    /// Appends the sum of two rows of one label.
    fn push(&mut self, own: Row<'_>, more: Row<'_>) -> Result<()> {
        let end = own.end().max(more.end());
        if end > DENSE * (own.places() + more.places()) {
            self.cells.clear();
            merge_cells(own.cells(), more.cells(), &mut self.cells)?;
            self.sum.push_cells(&self.cells);
            return Ok(());
        }
        let mut overflow = false;
        self.counts.clear();
        self.counts.resize(end, 0);
        for row in [own, more] {
            row.for_each(|prediction, count| {
                let sum = &mut self.counts[prediction as usize];
                let over;
                (*sum, over) = sum.overflowing_add(count);
                overflow |= over;
            });
        }
        if overflow {
            return Err(too_many());
        }
        self.sum.push_counts(own.label(), &mut self.counts);
        Ok(())
    }
}

/// Appends the cells of a label in two tables, by prediction.
fn merge_cells(
    own: impl Iterator<Item = Cell>,
    more: impl Iterator<Item = Cell>,
    sum: &mut Vec<Cell>,
) -> Result<()> {
    let mut more = more.peekable();
    for cell in own {
        while let Some(before) = more.next_if(|it| it.prediction < cell.prediction) {
            sum.push(before);
        }
        let same = more.next_if(|it| it.prediction == cell.prediction);
        let count = checked_add(cell.count, same.map_or(0, |it| it.count))?;
        sum.push(Cell { count, ..cell });
    }
    sum.extend(more);
    Ok(())
}

/// Cells in order; those of one place are added.
fn sorted(mut cells: Vec<Cell>) -> Result<Vec<Cell>> {
    // Stable, because it is fast where sorted runs follow one another, as
    // they do when counts are drained.
    cells.sort_by_key(Cell::key);
    let mut overflow = false;
    cells.dedup_by(|next, kept| {
        let same = next.key() == kept.key();
        if same {
            let sum = kept.count.checked_add(next.count);
            overflow |= sum.is_none();
            kept.count = sum.unwrap_or(u64::MAX);
        }
        same
    });
    if overflow { Err(too_many()) } else { Ok(cells) }
}

/// Adds counts of rows.
pub(super) fn checked_add(a: u64, b: u64) -> Result<u64> {
    a.checked_add(b).ok_or_else(too_many)
}

fn too_many() -> Error {
    Error::Mismatch("a count of rows passes 2^64 - 1".into())
}
