//! The inputs of a judgement: tonight's evaluation, and the runs before it.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::rule::syntax::job_measure::JobFigures;
use crate::rule::syntax::quantity::Quantity;
use crate::stat::Agreement;
use crate::tally::Tallies;

/// An evaluation that is to be judged.
#[derive(Clone, Copy)]
pub struct Evaluated<'a> {
    /// What was counted.
    pub tallies: &'a Tallies,
    /// What it took.
    pub figures: JobFigures,
    /// The part of the dataset: "test"; empty if it has no name.
    pub split: &'a str,
    /// Tonight's tallies of the other splits of the dataset, by name.
    pub others: &'a dyn Fn(&str) -> Option<&'a Tallies>,
}

impl<'a> Evaluated<'a> {
    /// One that stands alone: of no split, beside no others.
    pub fn alone(tallies: &'a Tallies, figures: JobFigures) -> Self {
        Self { tallies, figures, split: "", others: &|_| None }
    }
}

/// An earlier run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// Its number.
    pub run: i64,
    /// Its night.
    pub night: String,
    /// What it is of, in words, if that is something else than what is judged.
    pub of: Option<String>,
}

impl Earlier {
    /// "run 12 of 2026-10-03"
    pub(crate) fn words(&self) -> String {
        let of = self.of.as_ref().map_or(String::new(), |of| format!(", {of}"));
        format!("run {} of {}{of}", self.run, self.night)
    }
}

/// A value, or why there is none.
pub type Value = std::result::Result<f64, String>;

/// The runs before the one that is judged.
///
/// Those that a rule may be compared with leave out runs that broke it and were
/// not accepted, so that a lasting fault does not become the new normal.
pub trait RunHistory {
    /// The latest runs that `rule` may be compared with, newest first.
    ///
    /// # Errors
    ///
    /// What reading them may give, here and below.
    fn runs(&self, rule: &str, last: usize) -> Result<Vec<Earlier>>;

    /// The same runs with their values of `quantity`.
    ///
    /// # Errors
    ///
    /// As above.
    fn values(&self, rule: &str, quantity: &Quantity, last: usize)
    -> Result<Vec<(Earlier, Value)>>;

    /// The run of that number, whatever became of it, if there is one.
    ///
    /// # Errors
    ///
    /// As above.
    fn run(&self, number: i64) -> Result<Option<Earlier>>;

    /// The value of a run.
    ///
    /// # Errors
    ///
    /// As above.
    fn value(&self, run: i64, quantity: &Quantity) -> Result<Value>;

    /// The tallies of a run.
    ///
    /// # Errors
    ///
    /// As above.
    fn tallies(&self, run: i64) -> Result<Arc<Tallies>>;

    /// The tallies of several runs added up, or why they do not add up.
    ///
    /// # Errors
    ///
    /// As above.
    fn together(&self, runs: &[i64]) -> Result<std::result::Result<Tallies, String>>;

    /// Rows by whether the run (first) and the one that is judged (second) are
    /// right about them, if that is known and both have the same labels.
    ///
    /// # Errors
    ///
    /// As above.
    fn agreement(&self, run: i64) -> Result<Option<Agreement>>;
}

/// No runs at all, where no history is kept.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRunHistory;

impl RunHistory for NoRunHistory {
    fn runs(&self, _: &str, _: usize) -> Result<Vec<Earlier>> {
        Ok(Vec::new())
    }

    fn values(&self, _: &str, _: &Quantity, _: usize) -> Result<Vec<(Earlier, Value)>> {
        Ok(Vec::new())
    }

    fn run(&self, _: i64) -> Result<Option<Earlier>> {
        Ok(None)
    }

    fn value(&self, run: i64, _: &Quantity) -> Result<Value> {
        Err(none(run))
    }

    fn tallies(&self, run: i64) -> Result<Arc<Tallies>> {
        Err(none(run))
    }

    fn together(&self, _: &[i64]) -> Result<std::result::Result<Tallies, String>> {
        Ok(Err("there are no earlier runs".to_owned()))
    }

    fn agreement(&self, _: i64) -> Result<Option<Agreement>> {
        Ok(None)
    }
}

fn none(run: i64) -> Error {
    Error::Internal(format!("run {run} was asked for where no runs are kept"))
}
