//! The rounds of work on a device, each ended by a checkpoint from which the CPU takes over if
//! the device fails.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rayon::ThreadPool;

use super::backend::OnDevice;
use super::work::{Work, failed};
use crate::batch::{Batch, Role};
use crate::engine::cpu::workers;
use crate::engine::plan::settled::Plan;
use crate::engine::results::merge::{Evaluation, merge, sum};
use crate::engine::results::worker_result::{Failure, WorkerResult};
use crate::engine::rows::resume::Resumed;
use crate::engine::rows::row_position::RowPosition;
use crate::error::{Error, Result};
use crate::input::Source;

/// A round ends after as many rows, so that no 32-bit counter wraps, or as much
/// time, so that little is lost with a device.
const ROUND_ROWS: u64 = 1 << 31;
const ROUND_TIME: Duration = Duration::from_secs(2);

/// What one round may still take.
struct Round {
    started: Instant,
    most_bytes: u64,
    bytes: AtomicU64,
    rows: AtomicU64,
    ended: AtomicBool,
    failed: AtomicBool,
    /// The row after the last that was handed out.
    place: Mutex<RowPosition>,
}

impl Round {
    fn new(place: RowPosition, most_bytes: u64) -> Self {
        Self {
            started: Instant::now(),
            most_bytes,
            bytes: AtomicU64::new(0),
            rows: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            place: Mutex::new(place),
        }
    }

    fn is_spent(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
            || self.bytes.load(Ordering::Relaxed) >= self.most_bytes
            || self.rows.load(Ordering::Relaxed) >= ROUND_ROWS
            || self.started.elapsed() >= ROUND_TIME
    }

    fn count(&self, batch: &Batch) {
        self.bytes.fetch_add(batch.bytes(), Ordering::Relaxed);
        self.rows.fetch_add(batch.rows as u64, Ordering::Relaxed);
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        *place = (*place).max(RowPosition::after(batch));
    }
}

/// The rounds over a source.
pub(super) struct Checkpoints<'a, S, W: Work> {
    source: &'a S,
    plan: &'a Plan,
    work: W,
    workers: Vec<Mutex<W::Worker>>,
    stop: &'a AtomicBool,
}

impl<S: Source, W: Work> Checkpoints<'_, S, W> {
    pub(super) fn run(
        source: &S,
        plan: &Plan,
        work: W,
        backend: &OnDevice,
        pool: &ThreadPool,
        stop: &AtomicBool,
    ) -> Result<Evaluation> {
        let workers =
            (0..work.workers()).map(|_| work.worker().map(Mutex::new)).collect::<Result<_>>()?;
        let mut checkpoints = Checkpoints { source, plan, work, workers, stop };
        let (mut found, mut place) = (Vec::new(), RowPosition::default());
        loop {
            let round = Round::new(place, backend.round_bytes);
            let results = pool
                .broadcast(|context| checkpoints.one(context.index(), &round))
                .into_iter()
                .flatten()
                .collect();
            match checkpoints.finish(results) {
                Ok(more) => found.extend(more),
                Err(Failure::Device(error)) => {
                    return checkpoints.go_on_without(place, found, pool, &error);
                }
                Err(failure) => return Err(failure.into_error(source)),
            }
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            if round.ended.load(Ordering::Relaxed) {
                let mut evaluation = pool.install(|| merge(source, plan, found, stop))?;
                evaluation.notices.extend(checkpoints.work.notice());
                return Ok(evaluation);
            }
            place = round.place.into_inner().unwrap_or_else(PoisonError::into_inner);
            // A long run keeps one finding, not one for each round.
            let mut all = pool.install(|| sum(plan, found))?;
            all.counters.absorb();
            // Of too many rows nothing is kept.
            if plan.correctness_up_to.is_some_and(|most| all.tallies.rows.read > most) {
                all.pieces.clear();
            }
            found = vec![all];
        }
    }

    /// One thread's part of a round. A batch in hand is always finished, so that
    /// of several bad rows the first in input order is found.
    fn one(&self, worker: usize, round: &Round) -> Option<Result<WorkerResult, Failure>> {
        let mut worker = self.workers.get(worker)?.lock().unwrap_or_else(PoisonError::into_inner);
        let mut batch = Batch::default();
        let taken = loop {
            if round.is_spent() || self.stop.load(Ordering::Relaxed) || self.work.wants_to_finish()
            {
                break Ok(());
            }
            match self.source.next(&mut batch) {
                Err(error) => break Err(Failure::Input(RowPosition::of(&batch, 0), error)),
                Ok(false) => {
                    round.ended.store(true, Ordering::Relaxed);
                    break Ok(());
                }
                Ok(true) => {}
            }
            round.count(&batch);
            if let Err(failure) = self.work.take(&mut worker, &batch) {
                break Err(failure);
            }
        };
        if taken.is_err() {
            round.failed.store(true, Ordering::Relaxed);
        }
        // Rows taken before a failure may hold an earlier one.
        let finished = self.work.finish_round(&mut worker);
        if finished.is_err() {
            round.failed.store(true, Ordering::Relaxed);
        }
        Some(match (taken, finished) {
            (Ok(()), finished) => finished,
            (Err(taken), Ok(_)) => Err(taken),
            (Err(taken), Err(finished)) => Err(Failure::first([taken, finished])),
        })
    }

    /// The findings of a round: those of its threads and its counters.
    fn finish(
        &mut self,
        results: Vec<Result<WorkerResult, Failure>>,
    ) -> Result<Vec<WorkerResult>, Failure> {
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for result in results {
            match result {
                Ok(result) => found.push(result),
                Err(failure) => failures.push(failure),
            }
        }
        if !failures.is_empty() {
            return Err(Failure::first(failures));
        }
        found.push(self.work.read_counters()?);
        Ok(found)
    }

    /// Counts the rows from `place` on without the device.
    fn go_on_without(
        &self,
        place: RowPosition,
        mut found: Vec<WorkerResult>,
        pool: &ThreadPool,
        error: &Error,
    ) -> Result<Evaluation> {
        let rest = Resumed::new(self.source, place)?;
        found.extend(workers::run(&rest, self.plan, pool, self.stop)?);
        let mut evaluation = pool.install(|| merge(self.source, self.plan, found, self.stop))?;
        let from = match place == RowPosition::default() {
            true => "all rows were counted on the CPU".to_owned(),
            false => format!(
                "the rows from row {} of {} on were counted on the CPU",
                place.row,
                self.source.path(place.part, Role::Labels).display()
            ),
        };
        evaluation.notices.push(failed(error, &from));
        Ok(evaluation)
    }
}
