//! The delivery of a night's results: services hear of every night, people of what is news.

use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use super::{Evaluated, Job, JobRun, Outcome, judge, show};
use crate::alert::{self, AlertState, Broke, CurrentRun, Delivery, Message};
use crate::error::{Error, Result};
use crate::history::{Filter, History, Identity, Timestamp, Verdict};
use crate::report;
use crate::report::{Entry, Subject};
use crate::rule::Judgement;

/// Columns of a page in a message.
const PAGE: usize = 80;

impl JobRun {
    /// Every evaluation as other systems are told of it. What the history cannot
    /// say is a problem of the night.
    pub(super) fn entries(&mut self, history: &History) -> Vec<Entry> {
        let mut problems = Vec::new();
        let mut entry = |result: &Outcome| match result {
            Outcome::Done(done, judgements) => {
                let report = done.report(judgements.clone());
                Entry::new(subject(&done.identity), &report, done.time.into())
            }
            Outcome::Failed(identity, reason) => {
                let last = last_success(history, identity).unwrap_or_else(|error| {
                    problems.push(error.to_string());
                    None
                });
                Entry::failed(subject(identity), reason.clone(), SystemTime::now(), last)
            }
        };
        let entries = self.results.iter().map(&mut entry).collect();
        self.problems.extend(problems);
        entries
    }
}

fn subject(identity: &Identity) -> Subject {
    let Identity { job, dataset, model, split } = identity.clone();
    Subject { job, dataset, model, split }
}

/// When an evaluation that failed tonight was last done.
fn last_success(history: &History, identity: &Identity) -> Result<Option<SystemTime>> {
    let Identity { job, dataset, model, split } = identity.clone();
    let filter = Filter {
        job: Some(job),
        dataset: Some(dataset),
        model: Some(model),
        split: Some(split),
        ..Filter::default()
    };
    let runs = history.runs(&filter)?;
    Ok(runs.into_iter().map(|run| run.time).max().map(SystemTime::from))
}

impl Job {
    /// Pushes and publishes the night; what does not work is a problem of it.
    pub(super) fn publish(&self, night: &mut JobRun, entries: &[Entry], stop: &AtomicBool) {
        if let Some(gateway) = self.outputs.pushgateway.as_ref().filter(|_| night.is_latest)
            && let Err(problem) = gateway.push(&self.name, entries, &self.folder, stop)
        {
            night.problems.push(format!("push gateway: {problem}"));
        }
        let Some(server) = &self.outputs.mlflow else { return };
        let mut session = match server.session(&self.name, &self.folder, stop) {
            Ok(session) => session,
            Err(error) => {
                night.problems.push(format!("MLflow: {error}"));
                return;
            }
        };
        let mut problems = Vec::new();
        for (result, entry) in night.results.iter().zip(entries) {
            let report = match result {
                Outcome::Done(done, judgements) => {
                    Some(report::json(&done.report(judgements.clone())))
                }
                Outcome::Failed(..) => None,
            };
            let published = session.publish(entry, &night.run_date.to_string(), report.as_deref());
            match published {
                Ok(published) => problems.extend(published.warning),
                Err(problem) => problems.push(problem),
            }
        }
        // A server that does not answer says so once, not for every evaluation.
        problems.dedup();
        night.problems.extend(problems.into_iter().map(|problem| format!("MLflow: {problem}")));
    }

    /// Tells every channel what is news for it.
    pub(super) fn alert(&self, night: &mut JobRun, history: &History, stop: &AtomicBool) {
        let mut messages = self.diff(night, history);
        let page = show::text(night, PAGE, false);
        messages.iter_mut().for_each(|message| message.page.clone_from(&page));
        let deliveries = self.send(messages, stop);
        if let Err(error) = alert::record(history, &deliveries) {
            night.problems.push(error.to_string());
        }
        for delivery in deliveries {
            if !delivery.delivered {
                let Delivery { message, attempts, answer, .. } = &delivery;
                let tries = if *attempts == 1 { "try" } else { "tries" };
                let channel = &message.channel;
                let problem = format!("{channel} was not told, {attempts} {tries}: {answer}");
                night.problems.push(problem);
            }
            night.told.push(delivery);
        }
    }

    /// What is news for whom. If the history cannot say what was told before, that
    /// is a problem, too: to be told twice is better than never.
    fn diff(&self, night: &mut JobRun, history: &History) -> Vec<Message> {
        let known = {
            let states = night.states();
            let held_before = judge::held_before(self, history, night);
            alert::diff(Some(history), &self.channels, &self.current_run(&states), &held_before)
        };
        known.unwrap_or_else(|error| {
            night.problems.push(error.to_string());
            self.diff_unknown(&night.states())
        })
    }

    /// What is news if nothing is known of what was told before.
    fn diff_unknown(&self, states: &[AlertState]) -> Vec<Message> {
        let nothing = |_: &AlertState, _: &Broke| Ok(None);
        let messages = alert::diff(None, &self.channels, &self.current_run(states), &nothing);
        messages.unwrap_or_default()
    }

    /// Tells every channel that the job could not even begin. The history is what
    /// failed or cannot be asked, so nothing is known of what was told before.
    pub(super) fn alert_of_failure(&self, error: &Error, stop: &AtomicBool) {
        let problem = [error.to_string()];
        let failed = AlertState::of_the_job(&self.name, self.run_date, &problem);
        self.send(self.diff_unknown(&[failed]), stop);
    }

    fn current_run<'a>(&'a self, states: &'a [AlertState]) -> CurrentRun<'a> {
        CurrentRun { job: &self.name, night: self.run_date, time: Timestamp::now(), states }
    }

    fn send(&self, messages: Vec<Message>, stop: &AtomicBool) -> Vec<Delivery> {
        alert::deliver(messages, &self.channels, &self.folder, stop)
    }
}

impl JobRun {
    fn states(&self) -> Vec<AlertState> {
        let of = |result: &Outcome| match result {
            Outcome::Failed(identity, reason) => {
                vec![AlertState::failed(identity, self.run_date, reason)]
            }
            Outcome::Done(done, judgements) => self.judged(done, judgements),
        };
        let mut states: Vec<AlertState> = self.results.iter().flat_map(of).collect();
        // A part of the job that has no problems says nothing of the whole.
        if self.is_whole || !self.problems.is_empty() {
            states.push(AlertState::of_the_job(&self.job, self.run_date, &self.problems));
        }
        states
    }

    fn judged(&self, done: &Evaluated, judgements: &[Judgement]) -> Vec<AlertState> {
        let mut states = vec![AlertState::evaluated(&done.identity, self.run_date, done.run)];
        states.extend(judgements.iter().map(|judgement| {
            AlertState::judged(&done.identity, self.run_date, done.run, &Verdict::from(judgement))
        }));
        states
    }
}
