//! The course of a night, from the lock to the last message.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::evaluate::{Watch, evaluate, make_folder};
use super::lock::Lock;
use super::outputs::{self, Files, Written};
use super::{EvaluationSpec, Job, JobRun, Outcome, Start, diagnostics, judge};
use crate::error::{Error, Result};
use crate::history::{Failure, Filter, History, Timestamp, Verdict};
use crate::notice::run_was_killed;
use crate::terminal::shortened;

impl Job {
    /// Does the night's work. An evaluation that fails does not stop the others;
    /// setting `stop` ends the work after the rows in hand, and what was recorded
    /// stays.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if the job is running already or `start` names what is not
    /// there; those of opening the history and the files to be written.
    pub fn run(&self, start: &Start, stop: &AtomicBool, watch: &Watch<'_>) -> Result<JobRun> {
        let started = Instant::now();
        let chosen = start.selection.of(self)?;
        // A night that cannot begin is what somebody has to be woken for.
        let wake = |error: &Error| self.alert_of_failure(error, stop);
        make_folder(&self.history).inspect_err(wake)?;
        let _lock = Lock::take(&self.history, &self.name).inspect_err(|error| {
            // That the job is running already is no fault of the night.
            if !matches!(error, Error::Usage(_)) {
                wake(error);
            }
        })?;
        let opened = || Ok((Files::open(self)?, History::open_or_create(&self.history)?));
        let (files, history) = opened().inspect_err(wake)?;
        let mut night = self.night(chosen.len());
        night.notices.extend(run_was_killed(files.left.iter().map(PathBuf::as_path)));
        for (at, &work) in chosen.iter().enumerate() {
            let stopped = stop.load(Ordering::Relaxed);
            let done = (!stopped).then(|| evaluate(self, work, &history, start.again, stop, watch));
            match done {
                None | Some(Err(Error::Interrupted)) => {
                    night.left = chosen.len() - at;
                    night.seconds = started.elapsed().as_secs_f64();
                    return Ok(night);
                }
                Some(Ok(done)) => night.results.push(Outcome::Done(Box::new(done), Vec::new())),
                Some(Err(error)) => night.fail(&history, work, &error),
            }
        }
        self.judge(&history, &mut night);
        self.check_is_latest(&history, &mut night);
        self.deliver(files, &history, &mut night, started, stop);
        Ok(night)
    }

    /// A night of which nothing is done.
    fn night(&self, chosen: usize) -> JobRun {
        JobRun {
            job: self.name.clone(),
            run_date: self.run_date,
            history: self.history.clone(),
            results: Vec::new(),
            problems: Vec::new(),
            notices: Vec::new(),
            written: Vec::new(),
            told: Vec::new(),
            is_whole: chosen == self.evaluations.len(),
            is_latest: true,
            left: 0,
            seconds: 0.0,
        }
    }

    /// Judges all that was done, and records it. What cannot be judged is
    /// undefined and a problem of the night, and keeps nothing from being told.
    fn judge(&self, history: &History, night: &mut JobRun) {
        let (judged, problems) = judge::judge(self, history, night);
        night.problems.extend(problems);
        let done = night.done().zip(&judged).map(|((done, _), judgements)| {
            (done.run, judgements.iter().map(Verdict::from).collect::<Vec<_>>())
        });
        if let Err(error) = history.judge(&done.collect::<Vec<_>>()) {
            night.problems.push(error.to_string());
        }
        let mut judged = judged.into_iter();
        for result in &mut night.results {
            if let Outcome::Done(_, judgements) = result {
                *judgements = judged.next().unwrap_or_default();
            }
        }
    }

    /// Whether there are later nights: what is known of now is theirs.
    fn check_is_latest(&self, history: &History, night: &mut JobRun) {
        let Ok(tomorrow) = self.run_date.tomorrow() else { return };
        let job = Some(self.name.clone());
        let later = Filter { job, since: Some(tomorrow), ..Filter::default() };
        match history.runs(&later) {
            Ok(runs) => night.is_latest = runs.is_empty(),
            Err(error) => night.problems.push(error.to_string()),
        }
    }

    /// Writes files, tells services, then people, who hear of what went wrong
    /// before; and last what says of the night what came of all that.
    fn deliver(
        &self,
        files: Files,
        history: &History,
        night: &mut JobRun,
        started: Instant,
        stop: &AtomicBool,
    ) {
        let entries = night.entries(history);
        night.note(outputs::write(files.now, self, night, &entries));
        night.note(outputs::write_reports(self, night, &files.left));
        if night.is_whole {
            self.publish(night, &entries, stop);
        }
        night.seconds = started.elapsed().as_secs_f64();
        self.alert(night, history, stop);
        night.seconds = started.elapsed().as_secs_f64();
        night.note(outputs::write(files.last, self, night, &entries));
    }
}

impl JobRun {
    fn fail(&mut self, history: &History, work: &EvaluationSpec, error: &Error) {
        let reason = shortened(&diagnostics::as_keys(&error.to_string()));
        let failure = Failure {
            identity: work.identity.clone(),
            night: self.run_date,
            time: Timestamp::now(),
            reason: reason.clone(),
        };
        self.results.push(Outcome::Failed(work.identity.clone(), reason));
        if let Err(error) = history.record_failure(&failure) {
            self.problems.push(error.to_string());
        }
    }

    /// Notes what was written; what could not be is a problem of the night.
    fn note(&mut self, written: Vec<Written>) {
        for (path, result) in written {
            match result {
                Ok(()) => self.written.push(path),
                Err(error) => self.problems.push(error.to_string()),
            }
        }
    }
}
