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
mod pair_window;
mod pairs;
mod rounds;
mod score_kernels;
mod score_shape;
mod score_slot;
mod scores;
mod slots;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rayon::ThreadPool;

use super::cpu::workers;
use super::plan::settled::{Plan, decision};
use super::results::merge::Evaluation;
use super::results::merge::merge;
use super::results::worker_result::{Failure, WorkerResult};
use crate::batch::Batch;
use crate::class::Classes;
use crate::error::{Error, Result};
use crate::gpu::Device;
use crate::input::Source;
use crate::kernel::rows::Decision;
use crate::kernel::{Kernel, confusion};
use crate::notice::{self, Notice};
use crate::tally::ScoreType;
use crate::tally::aggregate::{self, DeviceForm};
use pairs::PairWork;
use rounds::Rounds;
use score_kernels::traits;
use scores::ScoreWork;

/// A round ends after as many bytes, so that little is lost with a device.
const ROUND_BYTES: u64 = 4 << 30;

/// More threads than this do not fill memory faster.
const MOST_WORKERS: usize = 8;

/// Bytes to use on a device unless the user says otherwise.
pub const DEVICE_MEMORY: u64 = 512 << 20;

/// Why a device cannot count what a plan wants, if so.
pub fn cpu_only(plan: &Plan) -> Option<String> {
    if plan.spec.score_type == Some(ScoreType::F64) {
        return Some("scores of double precision are counted on the CPU".into());
    }
    let of_two = matches!(decision(plan), Decision::TwoScores { .. });
    of_two.then(|| "a threshold of two columns is applied on the CPU".into())
}

/// Why a device would be of little use for a plan, if so: most of what it wants is counted
/// by the host.
pub fn better_on_cpu(plan: &Plan) -> Option<String> {
    let spec = &plan.spec;
    let on_host = aggregate::ALL
        .iter()
        .find(|entry| (entry.is_wanted)(spec) && matches!((entry.device)(spec), DeviceForm::Host));
    let on_host = on_host.map(|entry| format!("{} are counted on the CPU", entry.what));
    let correctness =
        plan.correctness_up_to.map(|_| "which rows were right is noted on the CPU".into());
    cpu_only(plan).or(on_host).or(correctness)
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
    fn rest(&self, worker: &mut Self::Worker) -> Result<WorkerResult, Failure>;

    /// Whether the round should end before its time.
    fn wants_rest(&self) -> bool;

    /// Fetches the counters of the round and clears them.
    fn drain(&mut self) -> Result<WorkerResult, Failure>;

    /// What the user should know in the end.
    fn notice(&self) -> Option<Notice> {
        None
    }
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
            let found = workers::run(source, plan, pool, stop)?;
            let mut evaluation = pool.install(|| merge(source, plan, found, stop))?;
            evaluation.notices.push(failed(&error, "all rows were counted on the CPU"));
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

fn failed(error: &Error, rows: &str) -> Notice {
    let text = format!("{error}; {rows}, with the same result");
    Notice::new(notice::DEVICE_FAILED, text)
}

/// The kernels that counting by `plan` runs on a device.
pub fn kernels(plan: &Plan, device: &Device) -> Vec<Kernel> {
    let traits = traits(device);
    let Some(classes) =
        plan.classes.as_ref().map(Classes::len).filter(|_| plan.spec.scores_are.is_some())
    else {
        // Which one it is to be depends on the integers met.
        let pairs = [
            confusion::WORKGROUP,
            confusion::DIAGONAL,
            confusion::GLOBAL,
            confusion::SUBGROUP,
            confusion::SPARSE,
        ];
        return pairs.into_iter().filter(|kernel| device.supports(kernel)).collect();
    };
    score_kernels::needed(plan, classes, traits)
}

/// How many threads fill the device's memory, if that is not too short for them.
pub fn workers(plan: &Plan) -> usize {
    plan.threads.min(MOST_WORKERS)
}
