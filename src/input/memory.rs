//! Rows in memory, handed out again and again: to measure with.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::Source;
use crate::batch::{Batch, Names, Role, Scores};
use crate::error::Result;

/// Batches that are handed out in turn, as if read from a file as long as wanted.
#[derive(Debug)]
pub struct Memory<'a> {
    batches: &'a [Batch],
    until: Until,
    taken: AtomicU64,
}

/// When there are no more batches.
#[derive(Clone, Copy, Debug)]
pub enum Until {
    /// After as many batches.
    Batches(u64),
    /// From then on.
    Time(Instant),
}

impl<'a> Memory<'a> {
    /// Hands out copies of `batches`, of equal numbers of rows, one after
    /// another, beginning again after the last.
    pub fn new(batches: &'a [Batch], until: Until) -> Self {
        Self { batches, until, taken: AtomicU64::new(0) }
    }
}

impl Source for Memory<'_> {
    fn next(&self, batch: &mut Batch) -> Result<bool> {
        let taken = self.taken.fetch_add(1, Ordering::Relaxed);
        let ended = match self.until {
            Until::Batches(count) => taken >= count,
            Until::Time(until) => Instant::now() >= until,
        };
        let count = self.batches.len() as u64;
        if ended || count == 0 {
            return Ok(false);
        }
        #[allow(clippy::cast_possible_truncation, reason = "below the number of batches")]
        let from = &self.batches[(taken % count) as usize];
        batch.part = 0;
        batch.first_row = taken * from.rows as u64;
        batch.rows = from.rows;
        batch.faults.clear();
        copy_names(&from.labels, &mut batch.labels);
        copy_names(&from.predictions, &mut batch.predictions);
        copy_scores(&from.scores, &mut batch.scores);
        Ok(true)
    }

    fn rewind(&self) -> Result<()> {
        self.taken.store(0, Ordering::Relaxed);
        Ok(())
    }

    fn path(&self, _part: usize, _role: Role) -> &Path {
        Path::new("memory")
    }
}

/// Copies into the memory there is.
fn copy_names(from: &Names, to: &mut Names) {
    match (from, to) {
        (Names::U8(from), Names::U8(to)) => to.clone_from(from),
        (Names::U16(from), Names::U16(to)) => to.clone_from(from),
        (Names::U32(from), Names::U32(to)) => to.clone_from(from),
        (Names::I32(from), Names::I32(to)) => to.clone_from(from),
        (Names::I64(from), Names::I64(to)) => to.clone_from(from),
        (from, to) => *to = from.clone(),
    }
}

fn copy_scores(from: &Scores, to: &mut Scores) {
    to.room(from.score_type(), from.len()).copy_from_slice(from.bytes(0..from.len()));
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn batches_come_in_turn_and_again_after_a_rewind() {
        let batch =
            |label| Batch { rows: 2, labels: Names::I64(vec![label; 2]), ..Batch::default() };
        let batches = [batch(1), batch(2)];
        let memory = Memory::new(&batches, Until::Batches(3));
        for _ in 0..2 {
            let mut got = Batch::default();
            let mut labels = Vec::new();
            while memory.next(&mut got).unwrap() {
                labels.push((got.first_row, got.labels.name(1)));
            }
            assert_eq!(labels, [(0, "1".into()), (2, "2".into()), (4, "1".into())]);
            memory.rewind().unwrap();
        }
    }
}
