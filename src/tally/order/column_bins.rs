//! Scores of a matrix by bin, in counters that are drained before they wrap.

use crate::exact::grid::BINS;
use crate::tally::Counts;

/// For each class, negatives and positives by bin.
pub(super) struct ColumnBins {
    pub(super) bins: Vec<[u32; 2]>,
    /// Rows in them.
    pub(super) rows: u32,
    /// What no longer fits them; empty before that.
    pub(super) drained: Vec<Counts>,
}

/// Rows after which bins of 32 bits are drained: before one can wrap.
pub(super) const DRAIN_ROWS: u32 = 1 << 31;

impl ColumnBins {
    pub(super) fn new(classes: usize) -> Self {
        Self { bins: vec![[0; 2]; BINS * classes], rows: 0, drained: Vec::new() }
    }

    /// Makes room for one more row.
    pub(super) fn begin_row(&mut self) {
        if self.rows == DRAIN_ROWS {
            self.drain();
        }
        self.rows += 1;
    }

    fn drain(&mut self) {
        self.drained.resize(self.bins.len(), Counts::default());
        for (sum, bin) in self.drained.iter_mut().zip(&mut self.bins) {
            *sum += of_bin(std::mem::take(bin));
        }
        self.rows = 0;
    }

    /// Adds the rows of others.
    pub(super) fn add(&mut self, more: &Self) {
        self.drain();
        for (sum, bin) in self.drained.iter_mut().zip(&more.bins) {
            *sum += of_bin(*bin);
        }
        self.drained.iter_mut().zip(&more.drained).for_each(|(sum, more)| *sum += *more);
    }
}

pub(super) fn of_bin([negative, positive]: [u32; 2]) -> Counts {
    Counts { positive: positive.into(), negative: negative.into() }
}
