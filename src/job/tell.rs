//! Telling others: services of every night, people of what is news.

use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use super::{Evaluated, Job, Night, Outcome, judge, show};
use crate::alert::{self, Broke, Delivery, Happening, Message, Tonight};
use crate::error::{Error, Result};
use crate::history::{Filter, History, Identity, Timestamp, Verdict};
use crate::report;
use crate::report::{Entry, Subject};
use crate::rule::Judgement;

/// Columns of a page in a message.
const PAGE: usize = 80;

impl Night {
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
    pub(super) fn publish(&self, night: &mut Night, entries: &[Entry], stop: &AtomicBool) {
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
            let published = session.publish(entry, &night.night.to_string(), report.as_deref());
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
    pub(super) fn alert(&self, night: &mut Night, history: &History, stop: &AtomicBool) {
        let mut messages = self.news(night, history);
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
    fn news(&self, night: &mut Night, history: &History) -> Vec<Message> {
        let known = {
            let happenings = night.happenings();
            let held_before = judge::held_before(self, history, night);
            alert::news(Some(history), &self.channels, &self.tonight(&happenings), &held_before)
        };
        known.unwrap_or_else(|error| {
            night.problems.push(error.to_string());
            self.news_unknown(&night.happenings())
        })
    }

    /// What is news if nothing is known of what was told before.
    fn news_unknown(&self, happenings: &[Happening]) -> Vec<Message> {
        let nothing = |_: &Happening, _: &Broke| Ok(None);
        let messages = alert::news(None, &self.channels, &self.tonight(happenings), &nothing);
        messages.unwrap_or_default()
    }

    /// Tells every channel that the job could not even begin. The history is what
    /// failed or cannot be asked, so nothing is known of what was told before.
    pub(super) fn alert_of_failure(&self, error: &Error, stop: &AtomicBool) {
        let problem = [error.to_string()];
        let failed = Happening::of_the_job(&self.name, self.night, &problem);
        self.send(self.news_unknown(&[failed]), stop);
    }

    fn tonight<'a>(&'a self, happenings: &'a [Happening]) -> Tonight<'a> {
        Tonight { job: &self.name, night: self.night, time: Timestamp::now(), happenings }
    }

    fn send(&self, messages: Vec<Message>, stop: &AtomicBool) -> Vec<Delivery> {
        alert::tell(messages, &self.channels, &self.folder, stop)
    }
}

impl Night {
    fn happenings(&self) -> Vec<Happening> {
        let of = |result: &Outcome| match result {
            Outcome::Failed(identity, reason) => {
                vec![Happening::failed(identity, self.night, reason)]
            }
            Outcome::Done(done, judgements) => self.judged(done, judgements),
        };
        let mut happenings: Vec<Happening> = self.results.iter().flat_map(of).collect();
        // A part of the job that has no problems says nothing of the whole.
        if self.is_whole || !self.problems.is_empty() {
            happenings.push(Happening::of_the_job(&self.job, self.night, &self.problems));
        }
        happenings
    }

    fn judged(&self, done: &Evaluated, judgements: &[Judgement]) -> Vec<Happening> {
        let mut happenings = vec![Happening::evaluated(&done.identity, self.night, done.run)];
        happenings.extend(judgements.iter().map(|judgement| {
            Happening::judged(&done.identity, self.night, done.run, &Verdict::from(judgement))
        }));
        happenings
    }
}
