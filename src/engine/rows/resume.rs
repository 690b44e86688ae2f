//! A source resumed: its rows from some position on.

use std::path::Path;

use super::row_position::RowPosition;
use crate::batch::{Batch, Role};
use crate::error::Result;
use crate::input::Source;

/// The rows of a rewound source that do not lie before `first`.
pub(crate) struct Resumed<'a, S> {
    source: &'a S,
    first: RowPosition,
}

impl<'a, S: Source> Resumed<'a, S> {
    pub(crate) fn new(source: &'a S, first: RowPosition) -> Result<Self> {
        source.rewind()?;
        Ok(Self { source, first })
    }
}

impl<S: Source> Source for Resumed<'_, S> {
    fn next(&self, batch: &mut Batch) -> Result<bool> {
        while self.source.next(batch)? {
            if RowPosition::after(batch) <= self.first {
                continue;
            }
            if batch.part == self.first.part && batch.first_row < self.first.row {
                let before = self.first.row - batch.first_row;
                batch.drop_first(usize::try_from(before).unwrap_or(batch.rows));
            }
            return Ok(true);
        }
        Ok(false)
    }

    fn path(&self, part: usize, role: Role) -> &Path {
        self.source.path(part, role)
    }

    fn rewind(&self) -> Result<()> {
        self.source.rewind()
    }
}
