//! The work of the threads that feed a device.

use crate::batch::Batch;
use crate::engine::results::worker_result::{Failure, WorkerResult};
use crate::error::{Error, Result};
use crate::notice::{self, Notice};

/// One kind of work: what the threads do in a round, and what is left after it.
pub(crate) trait Work: Sync {
    /// What one thread keeps from batch to batch.
    type Worker: Send;

    /// How many threads it has memory for.
    fn workers(&self) -> usize;

    fn worker(&self) -> Result<Self::Worker>;

    /// Takes a batch over; [`Failure::Device`] if the device cannot go on.
    fn take(&self, worker: &mut Self::Worker, batch: &Batch) -> Result<(), Failure>;

    /// Ends a worker's round: everything it took is counted.
    fn finish_round(&self, worker: &mut Self::Worker) -> Result<WorkerResult, Failure>;

    /// Whether the round should end before its time.
    fn wants_to_finish(&self) -> bool;

    /// Fetches the counters of the round and clears them.
    fn read_counters(&mut self) -> Result<WorkerResult, Failure>;

    /// What the user should know in the end.
    fn notice(&self) -> Option<Notice> {
        None
    }
}

/// The notice that a device failed, and what became of its `rows`.
pub(crate) fn failed(error: &Error, rows: &str) -> Notice {
    let text = format!("{error}; {rows}, with the same result");
    Notice::new(notice::DEVICE_FAILED, text)
}
