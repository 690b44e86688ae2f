//! A night of a job, from the lock to the last message.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use jiff::civil::Date;

use super::evaluate::{Evaluated, Watch, evaluate};
use super::lock::Lock;
use super::only::Only;
use super::outputs::Files;
use super::{Job, Work, judge};
use crate::alert::Delivery;
use crate::error::{Error, Result};
use crate::history::{Failure, History, Identity, Timestamp, Verdict};
use crate::report::Entry;
use crate::rule::Judgement;

/// How a job is started.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// What to evaluate; all, if it says nothing.
    pub only: Only,
    /// Whether to do again what the history has already.
    pub again: bool,
}

/// What came of a night.
#[derive(Clone, Debug)]
pub struct Night {
    /// The job.
    pub job: String,
    /// The date that it stands for.
    pub night: Date,
    /// The history.
    pub history: PathBuf,
    /// What came of each evaluation, in the order of the job.
    pub results: Vec<Outcome>,
    /// What else went wrong: files that could not be written, and the like.
    pub problems: Vec<String>,
    /// Files that were written.
    pub written: Vec<PathBuf>,
    /// What was told to whom.
    pub told: Vec<Delivery>,
    /// Whether it is all that the job does, and not a part of it.
    pub is_whole: bool,
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

impl Night {
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

impl Job {
    /// Does the night's work. An evaluation that fails does not stop the others;
    /// setting `stop` ends the work after the rows in hand, and what was recorded
    /// stays.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if the job is running already or `start` names what is not
    /// there; those of opening the history and the files to be written.
    pub fn run(&self, start: &Start, stop: &AtomicBool, watch: &Watch<'_>) -> Result<Night> {
        let started = Instant::now();
        let chosen = start.only.of(self)?;
        let wake = |error: &Error| self.alert_of_failure(error, stop);
        let _lock = Lock::take(&self.history, &self.name).inspect_err(|error| {
            // That the job is running already is no fault of the night.
            if !matches!(error, Error::Usage(_)) {
                wake(error);
            }
        })?;
        let opened = || Ok((Files::open(self)?, History::open_or_create(&self.history)?));
        // A night that cannot begin is what somebody has to be woken for.
        let (files, history) = opened().inspect_err(wake)?;
        let mut night = Night {
            job: self.name.clone(),
            night: self.night,
            history: self.history.clone(),
            results: Vec::new(),
            problems: Vec::new(),
            written: Vec::new(),
            told: Vec::new(),
            is_whole: chosen.len() == self.evaluations.len(),
            left: 0,
            seconds: 0.0,
        };
        for (at, &work) in chosen.iter().enumerate() {
            if stop.load(Ordering::Relaxed) {
                night.left = chosen.len() - at;
                break;
            }
            match evaluate(self, work, &history, start.again, stop, watch) {
                Ok(evaluated) => {
                    night.results.push(Outcome::Done(Box::new(evaluated), Vec::new()));
                }
                Err(Error::Interrupted) => {
                    night.left = chosen.len() - at;
                    break;
                }
                Err(error) => night.fail(&history, work, &error),
            }
        }
        // What is judged half would alarm somebody for nothing.
        if night.left == 0 {
            let judged = self.judge(&history, &mut night);
            // And so is one of which nothing can be said.
            let entries = judged.and_then(|()| night.entries(&history)).inspect_err(wake)?;
            night.seconds = started.elapsed().as_secs_f64();
            self.write(files, &mut night, &entries);
            if night.is_whole {
                self.publish(&mut night, &entries, stop);
            }
            night.seconds = started.elapsed().as_secs_f64();
            self.alert(&mut night, &history, stop);
        }
        night.seconds = started.elapsed().as_secs_f64();
        Ok(night)
    }

    /// Judges all that was done, and records it.
    fn judge(&self, history: &History, night: &mut Night) -> Result<()> {
        let judged = judge::judge(self, history, night)?;
        let verdicts: Vec<_> = night
            .done()
            .zip(&judged)
            .map(|((done, _), judgements)| {
                (done.run, judgements.iter().map(Verdict::from).collect())
            })
            .collect();
        history.judge(&verdicts)?;
        let mut judged = judged.into_iter();
        for result in &mut night.results {
            if let Outcome::Done(_, judgements) = result {
                *judgements = judged.next().unwrap_or_default();
            }
        }
        Ok(())
    }

    /// Writes files; what cannot be written is a problem of the night.
    fn write(&self, files: Files, night: &mut Night, entries: &[Entry]) {
        let written = files.write(self, night, entries);
        for (path, result) in written {
            match result {
                Ok(()) => night.written.push(path),
                Err(error) => night.problems.push(error.to_string()),
            }
        }
    }
}

impl Night {
    fn fail(&mut self, history: &History, work: &Work, error: &Error) {
        let reason = super::mistake::as_keys(&error.to_string());
        let failure = Failure {
            identity: work.identity.clone(),
            night: self.night,
            time: Timestamp::now(),
            reason: reason.clone(),
        };
        self.results.push(Outcome::Failed(work.identity.clone(), reason));
        if let Err(error) = history.record_failure(&failure) {
            self.problems.push(error.to_string());
        }
    }
}
