//! The position of a row in the input.

use crate::batch::Batch;

/// A row of the input; in input order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RowPosition {
    pub(crate) part: usize,
    pub(crate) row: u64,
}

impl RowPosition {
    /// The row after the last of a batch.
    #[cfg(feature = "gpu")]
    pub(crate) fn after(batch: &Batch) -> Self {
        Self::of(batch, batch.rows)
    }

    pub(crate) fn of(batch: &Batch, row: usize) -> Self {
        Self { part: batch.part, row: batch.first_row + row as u64 }
    }
}
