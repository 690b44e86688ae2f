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
mod cells;
pub mod choice;
mod class_options;
mod clip;
mod columns;
mod costs;
mod cpu;
mod fingerprint;
#[cfg(feature = "gpu")]
mod gpu;
mod guessed;
mod head;
mod ids;
mod labels;
mod look;
mod memory;
mod met;
mod one_column;
mod order;
mod outcome;
mod outcomes;
mod pairs;
mod plan;
mod rescale;
#[cfg(feature = "gpu")]
mod sample;
mod score_counts;
mod score_faults;
mod score_order;
mod scores;
mod sum_tolerance;
mod tables;
mod threshold;
mod two_columns;
mod wide;
mod window;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub use bits::Bits;
pub use fingerprint::Fingerprint;
#[cfg(feature = "gpu")]
pub use gpu::{DEVICE_MEMORY, OnDevice, cpu_only, kernels, workers as device_threads};
pub use met::Met;
pub use outcomes::{Agreement, Outcomes};
pub use plan::{OnInvalid, Options, Plan, plan};
use rescale::Rescaled;
pub use rescale::{Preparation, Rescale, ScoresGiven};
pub use two_columns::TwoColumns;

use crate::batch::Role;
use crate::class::folded;
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
/// such rows; whatever makes the input unreadable; [`Error::Format`] if no row is
/// left to score; [`Error::Interrupted`] after `stop`; [`Error::Device`] if the
/// device cannot even begin (one that fails later is done without).
pub fn evaluate<S: Source>(
    source: &S,
    plan: &Plan,
    backend: &Backend,
    stop: &AtomicBool,
) -> Result<Evaluation> {
    let met = Arc::new(Met::new(plan.ignore.len()));
    let plan = &Plan { met, ..plan.clone() };
    match plan.preparation.rescale {
        None => evaluate_as_read(source, plan, backend, stop),
        Some(by) => evaluate_as_read(&Rescaled::new(source, plan, by), plan, backend, stop),
    }
}

fn evaluate_as_read<S: Source>(
    source: &S,
    plan: &Plan,
    backend: &Backend,
    stop: &AtomicBool,
) -> Result<Evaluation> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.threads)
        .build()
        .map_err(|error| Error::Usage(format!("cannot start {} threads: {error}", plan.threads)))?;
    let on_cpu = || {
        let found = cpu::run(source, plan, &pool, stop)?;
        pool.install(|| outcome::merge(source, plan, found, stop))
    };
    let evaluation = match backend {
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
    let class_options = &plan.spec.class_options;
    class_options.check(&evaluation.tallies.classes)?;
    if plan.classes.is_none() && !class_options.outside_is_wrong {
        check_common_names(source, &evaluation.tallies)?;
    }
    Ok(evaluation)
}

/// Labels spelled one way and predictions another have no class in common;
/// every metric would be 0 and mean nothing.
fn check_common_names<S: Source>(source: &S, tallies: &Tallies) -> Result<()> {
    let names = tallies.classes.names();
    if tallies.confusion.diagonal().any(|rows| rows > 0) {
        return Ok(());
    }
    let mut labels = vec![false; names.len()];
    let mut predictions = vec![false; names.len()];
    for cell in tallies.confusion.cells() {
        labels[cell.label as usize] = true;
        predictions[cell.prediction as usize] = true;
    }
    if labels.iter().zip(&predictions).any(|(label, prediction)| *label && *prediction) {
        return Ok(());
    }
    let spelling = |found: &[bool]| {
        let names = names.iter().zip(found).filter(|(_, found)| **found).map(|(name, _)| name);
        names.map(|name| Spelling::of(name)).max()
    };
    if spelling(&labels) == spelling(&predictions) {
        return Ok(());
    }
    let first = |found: &[bool]| {
        found.iter().position(|found| *found).map_or("", |class| names[class].as_str())
    };
    let prediction = first(&predictions);
    let of = |found: &[bool]| -> HashSet<_> {
        let names = names.iter().zip(found).filter(|(_, found)| **found);
        names.map(|(name, _)| folded(name)).collect()
    };
    let alike = !of(&labels).is_disjoint(&of(&predictions));
    let hint = match prediction.parse::<f64>() {
        _ if alike => "--match-classes loose takes such spellings for one class",
        Ok(value) if value.fract() != 0.0 => "if those are scores, name them with --scores",
        _ => "map one to the other first",
    };
    Err(Error::format(
        source.path(0, Role::Labels),
        format!(
            "labels and predictions have no class in common: labels are spelled like '{}', \
             predictions like '{prediction}'; {hint}",
            first(&labels),
        ),
    ))
}

/// How a class is spelled, the narrowest way first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spelling {
    Integer,
    Number,
    Text,
}

impl Spelling {
    fn of(name: &str) -> Self {
        if crate::class::is_canonical_integer(name) {
            Self::Integer
        } else if name.parse::<f64>().is_ok() {
            Self::Number
        } else {
            Self::Text
        }
    }
}
