//! Recording an evaluation in the history.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use super::args::HISTORY;
use crate::atomic_file::Kept;
use crate::engine::RowCorrectness;
use crate::error::{Error, Result};
use crate::evaluation::provenance::host;
use crate::history::{self, fingerprint};
use crate::history::{
    Date, History, Identity, Input, MOST_CORRECTNESS_ROWS, Record, Timestamp, Verdict,
};
use crate::report::Report;
use crate::rule::{self, Evaluated, JobFigures, Pending, Rule};
use crate::tally::Tallies;
use crate::terminal::told;

/// Where and as what to record a run.
#[derive(Debug, Args)]
pub(super) struct Recording {
    /// Record the run in this history, which is created if it is not there;
    /// `tallyho history` shows it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires_all = ["dataset", "model"], help_heading = HISTORY)]
    history: Option<PathBuf>,

    /// Name of the rows, in the history
    #[arg(long, value_name = "NAME", requires = "history", help_heading = HISTORY)]
    dataset: Option<String>,

    /// Name of the model, in the history
    #[arg(long, value_name = "NAME", requires = "history", help_heading = HISTORY)]
    model: Option<String>,

    /// Part of the dataset: train, validation, test
    #[arg(long, value_name = "NAME", requires = "history", help_heading = HISTORY)]
    split: Option<String>,

    /// Name of the job that the run belongs to [default: eval]
    #[arg(long, value_name = "NAME", requires = "history", help_heading = HISTORY)]
    job: Option<String>,

    /// Night that the run stands for [default: today, local time]
    #[arg(long, value_name = "YYYY-MM-DD", requires = "history", help_heading = HISTORY)]
    date: Option<String>,
}

const JOB: &str = "eval";

/// An opened history and what the run is of.
pub(super) struct Target {
    history: History,
    identity: Identity,
    night: Date,
}

impl Recording {
    /// Whether a run is recorded.
    pub(super) fn is_on(&self) -> bool {
        self.history.is_some()
    }

    /// The files of the history, which no output may replace.
    pub(super) fn files(&self) -> Vec<Kept> {
        let files = self.history.iter().flat_map(|path| history::files(path));
        files.map(|path| Kept::named(path, history::FILE_IS)).collect()
    }

    /// Opens the history, before work begins; `None` if nothing is recorded.
    pub(super) fn open(&self) -> Result<Option<Target>> {
        let Some(path) = &self.history else { return Ok(None) };
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        let identity = Identity {
            job: self.job.clone().unwrap_or_else(|| JOB.to_owned()),
            dataset: name(&self.dataset),
            model: name(&self.model),
            split: name(&self.split),
        };
        identity.check()?;
        let night = match &self.date {
            None => jiff::Zoned::now().date(),
            Some(text) => text.parse().map_err(|_| {
                Error::Usage(format!("--date takes a date such as 2026-11-21, found '{text}'"))
            })?,
        };
        let history = History::open_or_create(path)?;
        Ok(Some(Target { history, identity, night }))
    }
}

impl Target {
    /// Rows up to which the outcome of every row is wanted.
    pub(super) fn correctness_up_to(&self) -> u64 {
        MOST_CORRECTNESS_ROWS
    }

    /// What comes of the rules, given the runs before this one. Other splits are
    /// those that the same night has in the history.
    pub(super) fn judge(
        &self,
        rules: &[Rule],
        tallies: &Tallies,
        figures: JobFigures,
        correctness: Option<&RowCorrectness>,
    ) -> Result<Vec<Pending>> {
        let _moment = self.history.snapshot()?;
        let mut others = Vec::new();
        for split in rules.iter().flat_map(Rule::splits) {
            let identity = Identity { split: split.to_owned(), ..self.identity.clone() };
            if let Some(run) = self.history.of_night(&identity, self.night)? {
                others.push((split, self.history.tallies(&run)?));
            }
        }
        let other = |split: &str| Some(&others.iter().find(|(name, _)| *name == split)?.1);
        let split = self.identity.split.as_str();
        let evaluated = Evaluated { tallies, figures, split, others: &other };
        let past = self.history.past(&self.identity, self.night, correctness);
        rule::judge_all(rules, &evaluated, &past)
    }

    /// Records a run; what to tell about it.
    pub(super) fn record(
        &self,
        report: &Report<'_>,
        correctness: Option<&RowCorrectness>,
    ) -> Result<String> {
        let files = report.provenance.inputs.iter();
        let inputs = files.map(|input| Input {
            input: input.clone(),
            // A file that is gone by now was evaluated all the same.
            fingerprint: fingerprint(Path::new(&input.path)).ok(),
        });
        let run = self.history.record(&Record {
            identity: &self.identity,
            night: self.night,
            time: Timestamp::now(),
            host: &host(),
            report,
            inputs: inputs.collect(),
            verdicts: report.judgements.iter().map(Verdict::from).collect(),
            correctness,
            request_hash: None,
        })?;
        Ok(told(&format!("history  run {run} in {}", self.history.path().display())) + "\n")
    }
}
