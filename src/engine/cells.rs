//! Counts of (label, prediction) pairs of small numbers, within one worker.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::kernel::confusion::MAX_SHIFT;
use crate::tally::Cell;

/// Pairs are drained from 32-bit counters before this many rows.
const DRAIN_ROWS: u64 = 1 << 31;

/// The largest dense table of a worker is 2^this cells a side: 16 MiB of
/// counters, or 4 MiB where there are many workers.
pub(super) fn max_shift(threads: usize) -> u32 {
    if threads <= 4 { MAX_SHIFT } else { MAX_SHIFT - 1 }
}

/// A dense table while numbers are small, a diagonal and a map beyond it: its
/// memory follows the cells that occur.
#[derive(Clone, Debug, Default)]
pub(super) struct CellCounts {
    max_shift: u32,
    shift: u32,
    dense: Vec<u32>,
    undrained: u64,
    diagonal: Vec<u64>,
    rest: HashMap<u64, u64, FixedState>,
    /// Cells drained from dense tables; one may stand here several times.
    drained: Vec<Cell>,
}

impl CellCounts {
    /// Counts of one of `threads` workers.
    pub(super) fn new(threads: usize) -> Self {
        Self { max_shift: max_shift(threads), ..Self::default() }
    }

    /// Makes room for `rows` more calls of [`add`](Self::add).
    pub(super) fn expect(&mut self, rows: usize) {
        self.undrained += rows as u64;
        if self.undrained >= DRAIN_ROWS {
            self.drain();
            self.undrained = rows as u64;
        }
    }

    /// Counts one row.
    #[inline]
    pub(super) fn add(&mut self, label: u32, prediction: u32) {
        let either = label | prediction;
        if either >> self.shift == 0 && !self.dense.is_empty() {
            self.dense[((label << self.shift) | prediction) as usize] += 1;
        } else if either >> self.max_shift == 0 {
            self.grow(either);
            self.dense[((label << self.shift) | prediction) as usize] += 1;
        } else {
            self.add_sparse(label, prediction);
        }
    }

    /// Counts one row outside the dense table.
    fn add_sparse(&mut self, label: u32, prediction: u32) {
        if label == prediction {
            let class = label as usize;
            if self.diagonal.len() <= class {
                self.diagonal.resize((class + 1).next_power_of_two(), 0);
            }
            self.diagonal[class] += 1;
        } else {
            let key = u64::from(label) << 32 | u64::from(prediction);
            *self.rest.entry(key).or_insert(0) += 1;
        }
    }

    fn grow(&mut self, either: u32) {
        self.drain();
        self.shift = (32 - either.leading_zeros()).max(4);
        self.dense = vec![0; 1 << (2 * self.shift)];
    }

    fn drain(&mut self) {
        let dense = std::mem::take(&mut self.dense);
        for (label, row) in (0..).zip(dense.chunks_exact(1 << self.shift)) {
            for (prediction, &count) in (0..).zip(row) {
                if count > 0 {
                    self.drained.push(Cell { label, prediction, count: count.into() });
                }
            }
        }
        self.dense = dense;
        self.dense.fill(0);
        self.undrained = 0;
    }

    /// Every cell, in no particular order; one may be there in several pieces.
    pub(super) fn into_cells(mut self) -> Vec<Cell> {
        self.drain();
        let mut cells = self.drained;
        let diagonal = (0..).zip(&self.diagonal).filter(|(_, count)| **count > 0);
        cells.extend(diagonal.map(|(class, &count)| Cell {
            label: class,
            prediction: class,
            count,
        }));
        #[allow(clippy::iter_over_hash_type, reason = "the cells are sorted by their user")]
        #[allow(clippy::cast_possible_truncation, reason = "the two halves of the key")]
        cells.extend(self.rest.iter().map(|(&key, &count)| Cell {
            label: (key >> 32) as u32,
            prediction: key as u32,
            count,
        }));
        cells
    }
}
