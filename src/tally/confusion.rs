//! Rows counted by label and prediction.

use std::cmp::Ordering;

use bytemuck::{Pod, Zeroable, zeroed_vec};
use rayon::prelude::*;

use crate::error::{Error, Result};

/// One non-zero cell of a confusion matrix.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
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
/// Its memory is that of the cells that occur, never classes × classes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    cells: Vec<Cell>,
}

impl Confusion {
    /// From cells in any order; cells of one place are added, empty ones dropped.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if a count passes 2⁶⁴ − 1.
    pub fn from_cells(mut cells: Vec<Cell>) -> Result<Self> {
        let ascending = cells.windows(2).all(|pair| pair[0].key() < pair[1].key());
        if ascending && cells.iter().all(|cell| cell.count > 0) {
            return Ok(Self { cells });
        }
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
        cells.retain(|cell| cell.count > 0);
        match overflow {
            false => Ok(Self { cells }),
            true => Err(too_many()),
        }
    }

    /// From a dense table, `[classes, classes]`, of which `sizes` says how many
    /// counts of each label are not 0; `add_row` adds those of a label that has
    /// some, by prediction, to what it is given.
    pub fn from_rows(sizes: &[usize], add_row: impl Fn(usize, &mut [u64]) + Sync) -> Self {
        // Fresh zeros are not touched until a thread fills its rows with cells.
        let mut cells = zeroed_vec::<Cell>(sizes.iter().sum());
        let mut rows = Vec::with_capacity(sizes.len());
        let mut rest = cells.as_mut_slice();
        for (label, &size) in (0_u32..).zip(sizes) {
            let (cells, after) = rest.split_at_mut(size);
            rows.push((label, cells));
            rest = after;
        }
        let rows = rows.into_par_iter().filter(|(_, cells)| !cells.is_empty());
        rows.for_each_init(
            || vec![0; sizes.len()],
            |counts, (label, cells)| {
                counts.fill(0);
                add_row(label as usize, counts);
                let found = (0..).zip(counts.iter()).filter(|(_, count)| **count > 0);
                for (cell, (prediction, &count)) in cells.iter_mut().zip(found) {
                    *cell = Cell { label, prediction, count };
                }
            },
        );
        Self { cells }
    }

    /// The non-zero cells, sorted by label, then prediction.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The count of one cell.
    pub fn count(&self, label: u32, prediction: u32) -> u64 {
        self.cells
            .binary_search_by_key(&(label, prediction), Cell::key)
            .map_or(0, |at| self.cells[at].count)
    }

    /// Adds `other` into `self`.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if a count passes 2⁶⁴ − 1.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        // Large tables have most cells in common: those are added in place.
        let mut common = 0;
        for (own, more) in self.cells.iter_mut().zip(&other.cells) {
            if own.key() != more.key() {
                break;
            }
            own.count = checked_add(own.count, more.count)?;
            common += 1;
        }
        if common == other.cells.len() {
            return Ok(());
        }
        let rest = self.cells.split_off(common);
        let cells = &mut self.cells;
        let (mut own, mut more) = (rest.as_slice(), &other.cells[common..]);
        while let ([a, after_a @ ..], [b, after_b @ ..]) = (own, more) {
            match a.key().cmp(&b.key()) {
                Ordering::Less => {
                    cells.push(*a);
                    own = after_a;
                }
                Ordering::Greater => {
                    cells.push(*b);
                    more = after_b;
                }
                Ordering::Equal => {
                    cells.push(Cell { count: checked_add(a.count, b.count)?, ..*a });
                    (own, more) = (after_a, after_b);
                }
            }
        }
        cells.extend_from_slice(own);
        cells.extend_from_slice(more);
        Ok(())
    }

    /// The same counts with class `k` called `places[k]`.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if classes fall together and a count passes 2⁶⁴ − 1.
    pub fn renumbered(&self, places: &[u32]) -> Result<Self> {
        let place = |class: u32| places[class as usize];
        let moved = |cell: &Cell| Cell {
            label: place(cell.label),
            prediction: place(cell.prediction),
            count: cell.count,
        };
        Self::from_cells(self.cells.iter().map(moved).collect())
    }
}

/// Adds counts of rows.
pub(super) fn checked_add(a: u64, b: u64) -> Result<u64> {
    a.checked_add(b).ok_or_else(too_many)
}

fn too_many() -> Error {
    Error::Mismatch("a count of rows passes 2^64 - 1".into())
}
