//! One evaluation that owns what it counted.

use std::sync::Arc;
use std::time::Instant;

use super::options::{EvaluationBuilder, Options};
use super::report::Report;
use super::terms::{self, told};
use crate::error::{Error, Result};
use crate::evaluation::provenance;
use crate::notice::{self, Notice};
use crate::report::Provenance;
use crate::rule::{self, Evaluated, NoRunHistory, Rule};
use crate::tally::{self, Tallies};

/// What was counted of a set of rows, with its report. It borrows nothing, and may be
/// sent to other threads.
#[derive(Clone, Debug)]
pub struct Evaluation {
    report: Report,
    rules: Vec<Rule>,
}

impl Evaluation {
    /// Settings, to be given a source and run.
    pub fn builder() -> EvaluationBuilder {
        Options::new()
    }

    /// Judges and reports what was counted.
    pub(super) fn new(tallies: Tallies, provenance: Provenance, rules: Vec<Rule>) -> Result<Self> {
        let tallies = Arc::new(tallies);
        let figures = provenance.timing.figures(tallies.rows);
        let judged = rule::judge_all(&rules, &Evaluated::alone(&tallies, figures), &NoRunHistory)?;
        let warnings = provenance.warnings.into_iter().map(terms::notice).collect();
        let provenance = Provenance { warnings, ..provenance };
        let digest = tally::digest(&tallies);
        let report = Report::new(tallies, digest, provenance, rule::apply_holm(judged))?;
        Ok(Self { report, rules })
    }

    /// The report: every metric with its interval, and all that follows from the counts.
    pub fn report(&self) -> Report {
        self.report.clone()
    }

    /// The counts.
    pub fn tallies(&self) -> &Tallies {
        self.report.tallies()
    }

    /// One number for all that was counted: see [`Report::digest`].
    pub fn digest(&self) -> &str {
        self.report.digest()
    }

    /// The evaluation of the rows of all parts together, which were counted alike; it is
    /// judged by the rules of the first.
    ///
    /// Everything adds up but an exact order of scores: how the rows of one part lie
    /// among those of another is not known, so areas under curves are undefined, with
    /// that reason. [`Auc::Binned`](crate::tally::Auc::Binned) adds up.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] names the first option or class that differs;
    /// [`Error::Usage`] if there is no part.
    pub fn merge(parts: impl IntoIterator<Item = Self>) -> Result<Self> {
        let started = Instant::now();
        let mut parts = parts.into_iter();
        let first =
            parts.next().ok_or_else(|| Error::Usage("there is no evaluation to merge".into()))?;
        let mut tallies = first.tallies().clone();
        let mut inputs = first.report.provenance().inputs.clone();
        let mut warnings = first.report.provenance().warnings.clone();
        let mut digests = vec![first.digest().to_owned()];
        for part in parts {
            told(tallies.merge(part.tallies()))?;
            inputs.extend(part.report.provenance().inputs.iter().cloned());
            warnings.extend(part.report.provenance().warnings.iter().cloned());
            if digests.iter().any(|known| known == part.digest()) {
                warnings.extend(same_tallies(part.tallies()));
            }
            digests.push(part.digest().to_owned());
        }
        let bytes = inputs.iter().map(|input| input.bytes).sum();
        let provenance = Provenance {
            device: provenance::merge(),
            inputs,
            timing: provenance::timing(started.elapsed(), tallies.rows.read, bytes),
            warnings: notice::grouped(warnings),
        };
        told(Self::new(tallies, provenance, first.rules))
    }
}

/// Fewest rows of which equal counts say that they are the same rows.
const FEWEST_ROWS: u64 = 1_000;

fn same_tallies(tallies: &Tallies) -> Option<Notice> {
    let rows = tallies.rows.scored;
    (rows >= FEWEST_ROWS).then(|| {
        let text = format!("two parts hold the same counts of {rows} rows, and both are added");
        Notice::new(notice::SAME_TALLIES, text).hint("if they are of the same rows, leave one out")
    })
}
