//! The rest of a source: its rows from some place on.

use std::path::Path;

use super::outcome::Place;
use crate::batch::{Batch, Role};
use crate::error::Result;
use crate::input::Source;

/// The rows of a rewound source that do not lie before `first`.
pub(super) struct After<'a, S> {
    source: &'a S,
    first: Place,
}

impl<'a, S: Source> After<'a, S> {
    pub(super) fn new(source: &'a S, first: Place) -> Result<Self> {
        source.rewind()?;
        Ok(Self { source, first })
    }
}

impl<S: Source> Source for After<'_, S> {
    fn next(&self, batch: &mut Batch) -> Result<bool> {
        while self.source.next(batch)? {
            if Place::after(batch) <= self.first {
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
