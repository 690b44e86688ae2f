//! The device's way to tallies.
//!
//! Work goes in rounds. In a round every thread draws batches, fills memory of
//! the device with them and has it count, while counters stay on the device. A
//! round ends after 4 GiB or 2 s: the threads come to rest, the counters are
//! fetched and become tallies, and how far the input was counted is known. If
//! the device fails, the rows of its unfinished round and all that follow are
//! counted on the CPU; no row is lost and none is counted twice.

mod counters;
mod orders;
mod pair_slot;
mod pairs;
mod score_kernels;
mod score_shape;
mod score_slot;
mod scores;
mod slots;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rayon::ThreadPool;

use super::after::After;
use super::outcome::{Failure, Found, Place, merge, sum};
use super::plan::Plan;
use super::{Evaluation, Remark, cpu, order};
use crate::batch::Batch;
use crate::class::Classes;
use crate::error::{Error, Result};
use crate::gpu::Device;
use crate::input::Source;
use crate::kernel::{Kernel, confusion};
use crate::tally::{Auc, ScoreType, Task};
use pairs::PairWork;
use score_kernels::traits;
use scores::ScoreWork;

/// A round ends after as many bytes or rows, so that no 32-bit counter wraps, or
/// as much time, so that little is lost with a device.
const ROUND_BYTES: u64 = 4 << 30;
const ROUND_ROWS: u64 = 1 << 31;
const ROUND_TIME: Duration = Duration::from_secs(2);

/// More threads than this do not fill memory faster.
const MOST_WORKERS: usize = 8;

/// Bytes to use on a device unless the user says otherwise.
pub const DEVICE_MEMORY: u64 = 512 << 20;

/// Why a device would be of no use for a plan, if so.
pub fn cpu_only(plan: &Plan) -> Option<String> {
    if plan.spec.score_type == Some(ScoreType::F64) {
        return Some("scores of double precision are counted on the CPU".into());
    }
    let is_in_order = plan.spec.auc != Auc::None;
    let is_binary = matches!(plan.spec.task, Task::Binary { .. });
    let asked = [
        (plan.spec.classwise, "class-wise calibration is counted on the CPU"),
        (is_in_order && !is_binary, "the scores of each class are put in order on the CPU"),
        (plan.spec.temperature, "the temperature is found on the CPU"),
        (plan.outcomes_up_to.is_some(), "which rows were right is noted on the CPU"),
    ];
    asked.into_iter().find(|(asked, _)| *asked).map(|(_, why)| why.to_owned())
}

/// A device, and how much of its memory to use.
#[derive(Debug)]
pub struct OnDevice {
    /// The device.
    pub device: Arc<Device>,
    /// The most bytes to allocate there.
    pub memory: u64,
    /// Bytes of rows after which counters are fetched.
    pub round_bytes: u64,
    /// Whether the user named it: then it is an error if it cannot begin, else
    /// the CPU counts.
    pub required: bool,
}

impl OnDevice {
    /// A device of which at most `memory` bytes are to be used.
    pub fn new(device: Arc<Device>, memory: u64) -> Self {
        Self { device, memory, round_bytes: ROUND_BYTES, required: true }
    }
}

/// One kind of work: what the threads do in a round, and what is left after it.
trait Work: Sync {
    /// What one thread keeps from batch to batch.
    type Worker: Send;

    /// How many threads it has memory for.
    fn workers(&self) -> usize;

    fn worker(&self) -> Result<Self::Worker>;

    /// Takes a batch over; [`Failure::Device`] if the device cannot go on.
    fn take(&self, worker: &mut Self::Worker, batch: &Batch) -> Result<(), Failure>;

    /// Ends a worker's round: everything it took is counted.
    fn rest(&self, worker: &mut Self::Worker) -> Result<Found, Failure>;

    /// Whether the round should end before its time.
    fn wants_rest(&self) -> bool;

    /// Fetches the counters of the round and clears them.
    fn drain(&mut self) -> Result<Found, Failure>;
}

/// Counts all of `source`.
pub(super) fn run<S: Source>(
    source: &S,
    plan: &Plan,
    backend: &OnDevice,
    pool: &ThreadPool,
    stop: &AtomicBool,
) -> Result<Evaluation> {
    let begun = if plan.spec.scores_are.is_some() {
        ScoreWork::new(plan, backend).map(Begun::Scores)
    } else {
        PairWork::new(plan, backend).map(Begun::Pairs)
    };
    match begun {
        Ok(Begun::Scores(work)) => Rounds::run(source, plan, work, backend, pool, stop),
        Ok(Begun::Pairs(work)) => Rounds::run(source, plan, work, backend, pool, stop),
        Err(error @ Error::Device { .. }) if !backend.required => {
            let found = cpu::run(source, plan, pool, stop)?;
            let mut evaluation = pool.install(|| merge(source, plan, found, stop))?;
            evaluation.remarks.push(failed(&error, "all rows were counted on the CPU"));
            Ok(evaluation)
        }
        Err(error) => Err(error),
    }
}

/// Work that has its memory.
enum Begun<'a> {
    Scores(ScoreWork<'a>),
    Pairs(PairWork<'a>),
}

fn failed(error: &Error, rows: &str) -> Remark {
    let text = format!("{error}; {rows}, with the same result");
    Remark { code: "device-failed", text }
}

/// The kernels that counting by `plan` runs on a device.
pub fn kernels(plan: &Plan, device: &Device) -> Vec<Kernel> {
    let traits = traits(device);
    let Some(classes) =
        plan.classes.as_ref().map(Classes::len).filter(|_| plan.spec.scores_are.is_some())
    else {
        // Which one it is to be depends on the integers met.
        let pairs =
            [confusion::WORKGROUP, confusion::DIAGONAL, confusion::GLOBAL, confusion::SUBGROUP];
        return pairs.into_iter().filter(|kernel| device.supports(kernel)).collect();
    };
    score_kernels::needed(plan, classes, traits)
}

/// How many threads fill the device's memory, if that is not too short for them.
pub fn workers(plan: &Plan) -> usize {
    plan.threads.min(MOST_WORKERS)
}

/// What one round may still take.
struct Round {
    started: Instant,
    most_bytes: u64,
    bytes: AtomicU64,
    rows: AtomicU64,
    ended: AtomicBool,
    failed: AtomicBool,
    /// The row after the last that was handed out.
    place: Mutex<Place>,
}

impl Round {
    fn new(place: Place, most_bytes: u64) -> Self {
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
        *place = (*place).max(Place::after(batch));
    }
}

/// The rounds over a source.
struct Rounds<'a, S, W: Work> {
    source: &'a S,
    plan: &'a Plan,
    work: W,
    workers: Vec<Mutex<W::Worker>>,
    stop: &'a AtomicBool,
}

impl<S: Source, W: Work> Rounds<'_, S, W> {
    fn run(
        source: &S,
        plan: &Plan,
        work: W,
        backend: &OnDevice,
        pool: &ThreadPool,
        stop: &AtomicBool,
    ) -> Result<Evaluation> {
        let workers =
            (0..work.workers()).map(|_| work.worker().map(Mutex::new)).collect::<Result<_>>()?;
        let mut rounds = Rounds { source, plan, work, workers, stop };
        let (mut found, mut place) = (Vec::new(), Place::default());
        loop {
            let round = Round::new(place, backend.round_bytes);
            let results = pool
                .broadcast(|context| rounds.one(context.index(), &round))
                .into_iter()
                .flatten()
                .collect();
            match rounds.finish(results) {
                Ok(more) => found.extend(more),
                Err(Failure::Device(error)) => {
                    return rounds.go_on_without(place, found, pool, &error);
                }
                Err(failure) => return Err(failure.into_error(source)),
            }
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            if round.ended.load(Ordering::Relaxed) {
                return pool.install(|| merge(source, plan, found, stop));
            }
            place = round.place.into_inner().unwrap_or_else(PoisonError::into_inner);
            // A long run keeps one finding, not one for each round.
            let mut all = pool.install(|| sum(plan, found))?;
            order::absorb(&mut all.orders);
            found = vec![all];
        }
    }

    /// One thread's part of a round. A batch in hand is always finished, so that
    /// of several bad rows the first in input order is found.
    fn one(&self, worker: usize, round: &Round) -> Option<Result<Found, Failure>> {
        let mut worker = self.workers.get(worker)?.lock().unwrap_or_else(PoisonError::into_inner);
        let mut batch = Batch::default();
        let taken = loop {
            if round.is_spent() || self.stop.load(Ordering::Relaxed) || self.work.wants_rest() {
                break Ok(());
            }
            match self.source.next(&mut batch) {
                Err(error) => break Err(Failure::Input(Place::of(&batch, 0), error)),
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
        let rested = self.work.rest(&mut worker);
        if rested.is_err() {
            round.failed.store(true, Ordering::Relaxed);
        }
        Some(match (taken, rested) {
            (Ok(()), rested) => rested,
            (Err(taken), Ok(_)) => Err(taken),
            (Err(taken), Err(rested)) => Err(Failure::first([taken, rested])),
        })
    }

    /// The findings of a round: those of its threads and its counters.
    fn finish(&mut self, results: Vec<Result<Found, Failure>>) -> Result<Vec<Found>, Failure> {
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
        found.push(self.work.drain()?);
        Ok(found)
    }

    /// Counts the rows from `place` on without the device.
    fn go_on_without(
        &self,
        place: Place,
        mut found: Vec<Found>,
        pool: &ThreadPool,
        error: &Error,
    ) -> Result<Evaluation> {
        let rest = After::new(self.source, place)?;
        found.extend(cpu::run(&rest, self.plan, pool, self.stop)?);
        let mut evaluation = pool.install(|| merge(self.source, self.plan, found, self.stop))?;
        let from = match place == Place::default() {
            true => "all rows were counted on the CPU".to_owned(),
            false => format!(
                "the rows from row {} of {} on were counted on the CPU",
                place.row,
                self.source.path(place.part, crate::batch::Role::Labels).display()
            ),
        };
        evaluation.remarks.push(failed(error, &from));
        Ok(evaluation)
    }
}
