//! Counters of more classes than a dense table can have: the diagonal is one, all
//! else is put in order and counted from time to time.
//!
//! Sorting words is faster than finding each in a hash table that no cache holds.

use super::counters::Numbers;
use super::runs::Runs;
use super::sparse::Entry;

/// Bits of a class: the number of a cell is one word.
pub const WIDE_SHIFT: u32 = 16;

/// Cells that wait to be put in order: 4 MiB of them.
const MOST_PENDING: usize = 1 << 20;

/// The counters of 2^[`WIDE_SHIFT`] × 2^[`WIDE_SHIFT`] cells. Their memory follows
/// the cells that occur.
#[derive(Clone, Debug)]
pub struct WideCounters {
    /// Rows on the diagonal, by class.
    diagonal: Vec<u64>,
    /// A cell for each row off the diagonal that is not counted yet.
    pending: Vec<u32>,
    /// Those that are.
    counted: Runs,
}

impl Default for WideCounters {
    fn default() -> Self {
        Self { diagonal: vec![0; 1 << WIDE_SHIFT], pending: Vec::new(), counted: Runs::default() }
    }
}

impl WideCounters {
    /// Counts the cells numbered, those of a table of 2^[`WIDE_SHIFT`] classes.
    pub fn count(&mut self, numbers: Numbers<'_>) {
        for &number in numbers.hot {
            // Above its class is which of several counters it is to be; there is one.
            self.diagonal[number as usize % (1 << WIDE_SHIFT)] += 1;
        }
        self.pending.extend_from_slice(numbers.cold);
        if self.pending.len() >= MOST_PENDING {
            self.count_pending();
        }
    }

    fn count_pending(&mut self) {
        self.pending.sort_unstable();
        let same = self.pending.chunk_by(|a, b| a == b);
        self.counted.add(same.map(|cells| entry(cells[0], cells.len() as u64)).collect());
        self.pending.clear();
    }

    /// Every cell with rows.
    pub fn into_runs(mut self) -> Runs {
        self.count_pending();
        let right = (0..).zip(&self.diagonal).filter(|(_, rows)| **rows > 0);
        let right = right.map(|(class, &rows)| Entry { label: class, prediction: class, rows });
        self.counted.add(right.collect());
        self.counted
    }
}

fn entry(cell: u32, rows: u64) -> Entry {
    Entry { label: cell >> WIDE_SHIFT, prediction: cell & ((1 << WIDE_SHIFT) - 1), rows }
}
