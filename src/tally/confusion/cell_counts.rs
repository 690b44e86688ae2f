//! Counts of (label, prediction) pairs of small numbers, within one worker.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::Cell;
use crate::kernel::confusion::MAX_SHIFT;

/// Pairs are drained from 32-bit counters before this many rows.
const DRAIN_ROWS: u64 = 1 << 31;

/// The largest dense table of a worker is 2^this cells a side: 16 MiB of
/// counters, or 4 MiB where there are many workers.
pub(crate) fn max_shift(threads: usize) -> u32 {
    if threads <= 4 { MAX_SHIFT } else { MAX_SHIFT - 1 }
}

/// Pairs that wait to be counted. A counter is seldom in a near cache: next to one
/// another, many of them wait for memory at once.
const MOST_PENDING: usize = 256;

/// A dense table while numbers are small, a diagonal and a map beyond it: its
/// memory follows the cells that occur.
#[derive(Clone, Debug, Default)]
pub(crate) struct CellCounts {
    pending: Vec<[u32; 2]>,
    max_shift: u32,
    shift: u32,
    dense: Vec<u32>,
    undrained: u64,
    diagonal: Vec<u64>,
    rest: HashMap<u64, u64, RandomState>,
    /// Cells drained from dense tables; one may stand here several times.
    drained: Vec<Cell>,
}

impl CellCounts {
    /// Counts of one of `threads` workers.
    pub(crate) fn new(threads: usize) -> Self {
        Self { max_shift: max_shift(threads), ..Self::default() }
    }

    /// Counts of one of many groups of a worker's rows: with a dense table of 16 KiB at
    /// most.
    pub(crate) fn of_group() -> Self {
        Self { max_shift: 6, ..Self::default() }
    }

    /// Makes room for `rows` more calls of [`add`](Self::add).
    pub(crate) fn expect(&mut self, rows: usize) {
        self.undrained += rows as u64;
        if self.undrained >= DRAIN_ROWS {
            self.count_pending();
            self.drain();
            self.undrained = rows as u64;
        }
    }

    /// Counts one row.
    #[inline]
    pub(crate) fn add(&mut self, label: u32, prediction: u32) {
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

    /// Turns the dense table into cells. Where that happens within a batch, its rows
    /// to come are fewer than what is left of 32 bits.
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
    pub(crate) fn into_cells(mut self) -> Vec<Cell> {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Pairs of small and of large numbers in turn, with tables that grow and are
    /// drained on the way, against a map.
    #[test]
    fn every_pair_is_counted_whatever_comes_before_it() {
        let mut state = 1_u64;
        let mut below = |end: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            u32::try_from((state >> 33) % u64::from(end)).unwrap_or(0)
        };
        for threads in [1, 8] {
            let mut counts = CellCounts::new(threads);
            let mut expected = BTreeMap::new();
            for round in 0..60 {
                let rows = below(800);
                // As if as many rows had come that 32 bits may not hold more.
                let drains = round % 7 == 3;
                counts.expect(if drains { 1 << 31 } else { rows as usize });
                let most = [3, 10, 100, 1_500, 3_000, 70_000][(round / 10) as usize];
                for _ in 0..rows {
                    let label = below(most);
                    let prediction = if below(2) == 0 { label } else { below(most) };
                    counts.add(label, prediction);
                    *expected.entry((label, prediction)).or_insert(0_u64) += 1;
                }
            }
            let mut found = BTreeMap::new();
            for Cell { label, prediction, count } in counts.into_cells() {
                *found.entry((label, prediction)).or_insert(0) += count;
            }
            assert!(found == expected, "{threads} threads");
        }
        assert!(CellCounts::new(1).into_cells().is_empty());
    }
}
