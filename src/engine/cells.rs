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

/// Pairs that wait to be counted. A counter is seldom in a near cache: next to one
/// another, many of them wait for memory at once.
const MOST_PENDING: usize = 256;

/// A dense table while numbers are small, a diagonal and a map beyond it: its
/// memory follows the cells that occur.
#[derive(Clone, Debug, Default)]
pub(super) struct CellCounts {
    pending: Vec<[u32; 2]>,
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
            self.count_pending();
            self.drain();
            self.undrained = rows as u64;
        }
    }

    /// Counts one row.
    #[inline]
    pub(super) fn add(&mut self, label: u32, prediction: u32) {
        if self.pending.len() == MOST_PENDING {
            self.count_pending();
        }
        self.pending.push([label, prediction]);
    }

    fn count_pending(&mut self) {
        let mut pending = std::mem::take(&mut self.pending);
        let all = pending.iter().fold(0, |all, [label, prediction]| all | label | prediction);
        if all >> self.max_shift == 0 {
            self.make_room(all);
            for [label, prediction] in &pending {
                self.dense[((label << self.shift) | prediction) as usize] += 1;
            }
        } else {
            pending.iter().for_each(|pair| self.add_one(*pair));
        }
        pending.clear();
        self.pending = pending;
    }

    /// Counts one of pairs that are not all small.
    fn add_one(&mut self, [label, prediction]: [u32; 2]) {
        let either = label | prediction;
        if either >> self.max_shift == 0 {
            self.make_room(either);
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

    /// Makes the dense table large enough for a pair of numbers up to `largest`.
    fn make_room(&mut self, largest: u32) {
        if largest >> self.shift > 0 || self.dense.is_empty() {
            self.drain();
            self.shift = self.shift.max(u32::BITS - largest.leading_zeros()).max(4);
            self.dense = vec![0; 1 << (2 * self.shift)];
        }
    }

    /// Turns the dense table into cells.
    fn drain(&mut self) {
        let dense = std::mem::take(&mut self.dense);
        for (label, row) in (0..).zip(dense.chunks_exact(1 << self.shift)) {
            for (prediction, &count) in (0..).zip(row) {
                if count > 0 {
                    self.drained.push(Cell { label, prediction, count: count.into() });
                }
            }
        }
        self.undrained = 0;
    }

    /// Every cell, in no particular order; one may be there in several pieces.
    pub(super) fn into_cells(mut self) -> Vec<Cell> {
        self.count_pending();
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
