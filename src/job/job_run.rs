//! The run of a job: what came of one night.

use std::path::PathBuf;

use jiff::civil::Date;

use super::evaluate::Evaluated;
use super::selection::Selection;
use crate::alert::Delivery;
use crate::history::Identity;
use crate::notice::Notice;
use crate::rule::Judgement;

/// How a job is started.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// What to evaluate; all, if it says nothing.
    pub selection: Selection,
    /// Whether to do again what the history has already.
    pub again: bool,
}

/// What came of a night.
#[derive(Clone, Debug)]
pub struct JobRun {
    /// The job.
    pub job: String,
    /// The date that it stands for.
    pub run_date: Date,
    /// The history.
    pub history: PathBuf,
    /// What came of each evaluation, in the order of the job.
    pub results: Vec<Outcome>,
    /// What else went wrong: files that could not be written, and the like.
    pub problems: Vec<String>,
    /// What else is to be known of the job.
    pub notices: Vec<Notice>,
    /// Files that were written.
    pub written: Vec<PathBuf>,
    /// What was told to whom.
    pub told: Vec<Delivery>,
    /// Whether it is all that the job does, and not a part of it.
    pub is_whole: bool,
    /// Whether the history has no later night of the job.
    pub is_latest: bool,
    /// Evaluations that were not begun, because somebody stopped the job.
    pub left: usize,
    /// Wall time so far, in seconds.
    pub seconds: f64,
}

/// What came of an evaluation.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It was done, and judged.
    Done(Box<Evaluated>, Vec<Judgement>),
    /// It failed.
    Failed(Identity, String),
}

impl Outcome {
    /// What it is of.
    pub fn identity(&self) -> &Identity {
        match self {
            Self::Done(evaluated, _) => &evaluated.identity,
            Self::Failed(identity, _) => identity,
        }
    }
}

impl JobRun {
    /// Every evaluation that was done, with its verdicts.
    pub fn done(&self) -> impl Iterator<Item = (&Evaluated, &[Judgement])> {
        self.results.iter().filter_map(|result| match result {
            Outcome::Done(evaluated, judgements) => Some((&**evaluated, judgements.as_slice())),
            Outcome::Failed(..) => None,
        })
    }

    /// Every evaluation that failed, and why.
    pub fn failed(&self) -> impl Iterator<Item = (&Identity, &str)> {
        self.results.iter().filter_map(|result| match result {
            Outcome::Failed(identity, reason) => Some((identity, reason.as_str())),
            Outcome::Done(..) => None,
        })
    }

    /// Whether something could not be done.
    pub fn has_failures(&self) -> bool {
        self.failed().next().is_some() || !self.problems.is_empty()
    }

    /// Whether a rule is broken or undefined.
    pub fn has_broken_rules(&self) -> bool {
        self.done().flat_map(|(_, judgements)| judgements).any(|it| it.verdict.fails())
    }
}
