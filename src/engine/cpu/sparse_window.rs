//! Counts of pairs of integers that are too many for a dense table, though not far
//! apart: no class needs to be looked up either.

use std::ops::Range;

use super::window::{Block, consecutive, integer_range};
use crate::batch::Batch;
use crate::class::Classes;
use crate::kernel::confusion::{Runs, Table, WIDE_SHIFT, WideCounters};

/// The most integers of a window.
const MOST: u64 = 1 << WIDE_SHIFT;

/// Counters for the integers `base..base + limit`.
pub(crate) struct SparseWindow {
    base: i64,
    limit: u64,
    counters: WideCounters,
    block: Block,
}

impl SparseWindow {
    /// A window for just the classes given, if they are consecutive integers.
    pub(crate) fn of_given(given: &Classes) -> Option<Self> {
        let (base, count) = consecutive(given)?;
        (count as u64 <= MOST).then(|| Self::new(base, count as u64))
    }

    /// A window that holds a block of rows, with room on both sides; `None` if
    /// its integers lie too far apart.
    pub(crate) fn around(batch: &Batch, block: Range<usize>) -> Option<Self> {
        let (least, greatest) = integer_range(batch, block)?;
        let room = MOST.checked_sub(greatest.abs_diff(least).checked_add(1)?)?;
        let base = match least >= 0 && greatest.cast_unsigned() < MOST {
            true => 0,
            false => least.saturating_sub_unsigned(room / 2),
        };
        Some(Self::new(base, MOST.min(i64::MAX.abs_diff(base).saturating_add(1))))
    }

    fn new(base: i64, limit: u64) -> Self {
        Self { base, limit, counters: WideCounters::default(), block: Block::new() }
    }

    /// Counts a block of rows, or none of it if it does not fit the window.
    pub(crate) fn count(&mut self, batch: &Batch, block: Range<usize>) -> bool {
        let (base, rows) = (self.base, block.len());
        let fits = self.block.find(batch, block, base, self.limit);
        if fits {
            self.counters.count(self.block.numbers(Table { base, shift: WIDE_SHIFT }, rows));
        }
        fits
    }

    /// The first integer, and the pairs as numbers from there on.
    pub(crate) fn into_pairs(self) -> (i64, Runs) {
        (self.base, self.counters.into_runs())
    }
}
