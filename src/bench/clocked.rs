//! A source that notes how long reading takes.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::batch::{Batch, Role};
use crate::error::Result;
use crate::input::Source;

/// A source, and what was drawn from it since the last rewind.
pub(super) struct Clocked<'a, S> {
    source: &'a S,
    nanoseconds: AtomicU64,
    bytes: AtomicU64,
}

impl<'a, S: Source> Clocked<'a, S> {
    pub(super) fn new(source: &'a S) -> Self {
        Self { source, nanoseconds: AtomicU64::new(0), bytes: AtomicU64::new(0) }
    }

    /// Time spent in the source, of all threads together.
    pub(super) fn time(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed))
    }

    /// Bytes of the columns that were handed out.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl<S: Source> Source for Clocked<'_, S> {
    fn next(&self, batch: &mut Batch) -> Result<bool> {
        let started = Instant::now();
        let more = self.source.next(batch);
        let time = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(time, Ordering::Relaxed);
        if let Ok(true) = more {
            self.bytes.fetch_add(batch.bytes(), Ordering::Relaxed);
        }
        more
    }

    fn rewind(&self) -> Result<()> {
        self.nanoseconds.store(0, Ordering::Relaxed);
        self.bytes.store(0, Ordering::Relaxed);
        self.source.rewind()
    }

    fn path(&self, part: usize, role: Role) -> &Path {
        self.source.path(part, role)
    }
}
