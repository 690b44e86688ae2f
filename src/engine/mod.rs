//! From batches to tallies: the plan, and its execution on all cores.
//!
//! Every worker draws batches and keeps tallies of its own; they are merged at
//! the end. Tallies are integers, so neither the number of workers nor the size
//! of batches can show. The GPU will be a second implementation of the
//! worker's loop, chosen here.

mod cells;
mod columns;
mod cpu;
mod ids;
mod look;
mod memory;
mod order;
mod pairs;
mod plan;
mod score_order;
mod scores;
mod window;

use std::sync::atomic::AtomicBool;

pub use plan::{OnInvalid, Options, Plan, plan};

use crate::batch::Role;
use crate::error::{Error, Result};
use crate::input::Source;
use crate::tally::Tallies;

/// What an evaluation found.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The tallies of all rows.
    pub tallies: Tallies,
    /// What a report should warn about. Says nothing that the tallies depend on.
    pub remarks: Vec<Remark>,
}

/// Something a user should know about the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// A stable name: "invalid-rows".
    pub code: &'static str,
    /// One or two sentences.
    pub text: String,
}

/// Counts every row of `source`, on `plan.threads` threads. Setting `stop`
/// ends the work after the batches in hand.
///
/// # Errors
///
/// The first row in input order that cannot be scored, unless the plan skips
/// such rows; whatever makes the input unreadable; [`Error::Format`] if no row is
/// left to score; [`Error::Interrupted`] after `stop`.
pub fn evaluate<S: Source>(source: &S, plan: &Plan, stop: &AtomicBool) -> Result<Evaluation> {
    let evaluation = cpu::run(source, plan, stop)?;
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
    if plan.classes.is_none() {
        check_common_names(source, &evaluation.tallies)?;
    }
    Ok(evaluation)
}

/// Labels spelled one way and predictions another have no class in common;
/// every metric would be 0 and mean nothing.
fn check_common_names<S: Source>(source: &S, tallies: &Tallies) -> Result<()> {
    let names = tallies.classes.names();
    let cells = tallies.confusion.cells();
    if cells.iter().any(|cell| cell.label == cell.prediction) {
        return Ok(());
    }
    let mut labels = vec![false; names.len()];
    let mut predictions = vec![false; names.len()];
    for cell in cells {
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
    let hint = match prediction.parse::<f64>() {
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
