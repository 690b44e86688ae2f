//! From batches to tallies: the plan, and its execution on all cores.
//!
//! Every worker draws batches and keeps tallies of its own; they are merged at
//! the end. Tallies are integers, so neither the number of workers, nor the size
//! of batches, nor the device can show.

#[cfg(feature = "gpu")]
mod after;
mod bits;
#[cfg(feature = "gpu")]
pub mod calibrate;
pub mod choice;
mod class_options;
mod clip;
mod common_names;
mod costs;
mod cpu;
mod fingerprint;
#[cfg(feature = "gpu")]
mod gpu;
mod guessed;
mod head;
mod ids;
mod invalid;
mod labels;
mod look;
mod memory;
mod met;
mod one_column;
mod outcome;
mod outcomes;
mod pairs;
mod part_scores;
mod plan;
mod rescale;
mod row_notices;
mod row_reader;
#[cfg(feature = "gpu")]
mod sample;
mod score_faults;
mod scores;
mod second_pass;
mod slices;
mod sum_tolerance;
mod tables;
pub mod threads;
mod threshold;
mod two_columns;
mod wide;
mod window;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub use bits::Bits;
pub use fingerprint::Fingerprint;
#[cfg(feature = "gpu")]
pub use gpu::{
    DEVICE_MEMORY, OnDevice, better_on_cpu, cpu_only, kernels, workers as device_threads,
};
pub use met::Met;
pub use outcomes::{Agreement, Outcomes};
pub use part_scores::PartScores;
pub use plan::{OnInvalid, Options, Plan, plan};
use rescale::Rescaled;
pub use rescale::{Preparation, Rescale, ScoresGiven};
pub use two_columns::TwoColumns;

use crate::batch::Role;
use crate::error::{Error, Result};
use crate::input::Source;
#[cfg(feature = "gpu")]
use crate::notice;
use crate::notice::Notice;
use crate::tally::Tallies;

/// What an evaluation found.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The tallies of all rows.
    pub tallies: Tallies,
    /// What a report should warn about. Says nothing that the tallies depend on.
    pub notices: Vec<Notice>,
    /// Which rows were right, if the plan keeps that and the rows are not too many.
    pub outcomes: Option<Outcomes>,
}

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
    let met = Arc::new(Met::new(plan.ignore.len()));
    let plan = &Plan { met, ..plan.clone() };
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
        let found = cpu::run(source, plan, &pool, stop)?;
        pool.install(|| outcome::merge(source, plan, found, stop))
    };
    let mut evaluation = match backend {
        Backend::Cpu => on_cpu()?,
        #[cfg(feature = "gpu")]
        Backend::Gpu(device) => match cpu_only(plan) {
            None => gpu::run(source, plan, device, &pool, stop)?,
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
