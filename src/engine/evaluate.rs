//! The evaluation of a source: on all cores, or on a device.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::cpu::workers;
#[cfg(feature = "gpu")]
use super::device::backend::{OnDevice, cpu_only};
#[cfg(feature = "gpu")]
use super::device::run;
use super::plan::class_options;
use super::plan::seen_names::SeenNames;
use super::plan::settled::Plan;
use super::results::common_names;
use super::results::merge::{Evaluation, merge};
use super::rows::rescaled::Rescaled;
use crate::batch::Role;
use crate::error::{Error, Result};
use crate::input::Source;
#[cfg(feature = "gpu")]
use crate::notice::{self, Notice};

/// Where rows are counted.
#[derive(Debug)]
pub enum Backend {
    /// On the cores of the CPU.
    Cpu,
    /// On a device, and on the CPU what it cannot count.
    #[cfg(feature = "gpu")]
    Gpu(OnDevice),
}

/// Counts every row of `source`, on `plan.threads` threads and what `backend`
/// names. Setting `stop` ends the work after the batches in hand.
///
/// # Errors
///
/// The first row in input order that cannot be scored, unless the plan skips
/// such rows; whatever makes the input unreadable, or changed it meanwhile;
/// [`Error::Format`] if no row is left to score; [`Error::Interrupted`] after `stop`; [`Error::Device`] if the
/// device cannot even begin (one that fails later is done without).
pub fn evaluate<S: Source>(
    source: &S,
    plan: &Plan,
    backend: &Backend,
    stop: &AtomicBool,
) -> Result<Evaluation> {
    let seen = Arc::new(SeenNames::new(plan.ignore.len()));
    let plan = &Plan { seen, ..plan.clone() };
    let evaluation = match plan.preparation.rescale {
        None => evaluate_as_read(source, plan, backend, stop),
        Some(by) => evaluate_as_read(&Rescaled::new(source, plan, by), plan, backend, stop),
    };
    // What else is wrong with a file that changed may come of that.
    match evaluation {
        Err(Error::Interrupted) => Err(Error::Interrupted),
        evaluation => source.check_unchanged().and(evaluation),
    }
}

fn evaluate_as_read<S: Source>(
    source: &S,
    plan: &Plan,
    backend: &Backend,
    stop: &AtomicBool,
) -> Result<Evaluation> {
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(plan.threads).build().map_err(|error| {
            Error::Usage(format!(
                "cannot start {} threads: {error}; use fewer --threads",
                plan.threads
            ))
        })?;
    let on_cpu = || {
        let found = workers::run(source, plan, &pool, stop)?;
        pool.install(|| merge(source, plan, found, stop))
    };
    let mut evaluation = match backend {
        Backend::Cpu => on_cpu()?,
        #[cfg(feature = "gpu")]
        Backend::Gpu(device) => match cpu_only(plan) {
            None => run::run(source, plan, device, &pool, stop)?,
            Some(reason) => {
                let mut evaluation = on_cpu()?;
                let text = format!("{reason}; the result is the same");
                evaluation.notices.push(Notice::new(notice::DEVICE_NOT_USED, text));
                evaluation
            }
        },
    };
    let rows = evaluation.tallies.rows;
    if rows.read == 0 {
        return Err(Error::format(
            source.path(0, Role::Labels),
            "empty: there are no rows to score",
        ));
    }
    if rows.scored == 0 {
        let problem = format!(
            "no row is left to score: {} read, {} ignored, {} invalid",
            rows.read, rows.ignored, rows.invalid
        );
        return Err(Error::format(source.path(0, Role::Labels), problem));
    }
    evaluation.tallies.settle_average_over()?;
    evaluation.tallies.settle_slices();
    if plan.classes.is_none() && !plan.spec.class_options.outside_is_wrong {
        common_names::check(source, &evaluation.tallies)?;
    }
    class_options::refuse_outside(source, plan, &evaluation.tallies)?;
    Ok(evaluation)
}
