//! The second pass over all rows, for what one pass cannot count.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::batch::{Batch, Role};
use crate::engine::plan::settled::Plan;
use crate::engine::rows::row_counts::RowCounts;
use crate::engine::rows::row_reader::RowReader;
use crate::error::{Error, Result};
use crate::input::Source;
use crate::tally::aggregate::{Again, Counter};

/// The rows of a source that was read to its end.
pub(crate) struct SecondPass<'a, S> {
    pub(crate) source: &'a S,
    pub(crate) plan: &'a Plan,
    /// Rows that the first pass scored.
    pub(crate) scored: u64,
    pub(crate) stop: &'a AtomicBool,
}

impl<S: Source> Again for SecondPass<'_, S> {
    fn count(&self, new: &(dyn Fn() -> Box<dyn Counter> + Sync)) -> Result<Vec<Box<dyn Counter>>> {
        self.source.rewind()?;
        let workers: Vec<_> = rayon::broadcast(|_| self.worker(new()));
        let workers = workers.into_iter().collect::<Result<Vec<_>>>()?;
        if self.stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let scored: u64 = workers.iter().map(|(rows, _)| rows).sum();
        if scored != self.scored {
            return Err(Error::format(
                self.source.path(0, Role::Scores),
                format!(
                    "{} rows were scored in the first pass and {scored} in the second; it must not \
                     change while it is read",
                    self.scored
                ),
            ));
        }
        Ok(workers.into_iter().map(|(_, counter)| counter).collect())
    }
}

impl<S: Source> SecondPass<'_, S> {
    /// One worker: how many rows it scored, and its counter.
    fn worker(&self, mut counter: Box<dyn Counter>) -> Result<(u64, Box<dyn Counter>)> {
        let Some(classes) = &self.plan.classes else {
            return Err(Error::Internal("rows with scores have classes".into()));
        };
        let mut reader = RowReader::new(self.plan, classes, true);
        let mut rows = RowCounts::new(self.plan);
        let mut batch = Batch::default();
        while !self.stop.load(Ordering::Relaxed) && self.source.next(&mut batch)? {
            let read = reader.read(&batch, &mut rows, |_, _, block| counter.update(block));
            // A row that is at fault now only was changed meanwhile.
            if let Err(invalid) = read {
                let path = self.source.path(invalid.place.part, invalid.role);
                let problem = "was scored in a first reading of the file and cannot be in a second: \
                               it must not change while it is read";
                return Err(Error::row(path, invalid.place.row, problem));
            }
        }
        Ok((rows.counts.scored, counter))
    }
}
