//! The run of an evaluation on a device.

use std::sync::atomic::AtomicBool;

use rayon::ThreadPool;

use super::backend::OnDevice;
use super::checkpoints::Checkpoints;
use super::device_caps::device_caps;
use super::pairs::PairWork;
use super::score_kernels;
use super::scores::ScoreWork;
use super::work::failed;
use crate::class::Classes;
use crate::engine::cpu::workers;
use crate::engine::plan::settled::Plan;
use crate::engine::results::merge::{Evaluation, merge};
use crate::error::{Error, Result};
use crate::gpu::Device;
use crate::input::Source;
use crate::kernel::{Kernel, confusion};

/// Counts all of `source`.
pub(crate) fn run<S: Source>(
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
        Ok(Begun::Scores(work)) => Checkpoints::run(source, plan, work, backend, pool, stop),
        Ok(Begun::Pairs(work)) => Checkpoints::run(source, plan, work, backend, pool, stop),
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

/// The kernels that counting by `plan` runs on a device.
pub fn kernels(plan: &Plan, device: &Device) -> Vec<Kernel> {
    let caps = device_caps(device);
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
    score_kernels::needed(plan, classes, caps)
}
