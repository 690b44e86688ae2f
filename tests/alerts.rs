//! Alerts: what is news, and how it is told.

#[cfg(unix)]
mod commands;
mod config;
mod messages;
mod nights;
mod secrets;
mod webhooks;

use std::cell::RefCell;

use sha2::{Digest, Sha256};
use tallyho::alert::{
    AlertState, Broke, Channel, CurrentRun, Delivery, HoldsAgainst, Message, diff, record,
};
use tallyho::history::{Date, Failure, History, Identity, RunId, Verdict};

use crate::common::files::Folder;
use crate::history::{counted, identity, record_judged};

/// The rule of these tests.
pub const RULE: &str = "accuracy >= 0.8";

/// Channels, as a config has them.
pub fn channels(text: &str) -> Vec<Channel> {
    try_channels(text).unwrap()
}

pub fn try_channels(text: &str) -> Result<Vec<Channel>, toml::de::Error> {
    #[derive(serde::Deserialize)]
    struct Job {
        notify: Vec<Channel>,
    }
    toml::from_str::<Job>(text).map(|job| job.notify)
}

/// A night of October 2026.
pub fn october(day: u32) -> Date {
    format!("2026-10-{day:02}").parse().unwrap()
}

/// A verdict on [`RULE`].
pub fn verdict(word: &str, baseline: Option<RunId>) -> Verdict {
    Verdict {
        rule: RULE.to_owned(),
        verdict: word.to_owned(),
        value: Some(0.7),
        baseline,
        reason: format!("accuracy is 0.7 ({word}), required >= 0.8"),
        accepted: None,
    }
}

/// A job of one evaluation and one rule, with channels that send nothing.
pub struct Job {
    pub folder: Folder,
    pub history: History,
    pub channels: Vec<Channel>,
    /// What is said when a rule holds: whether it would against what it broke on.
    pub holds_against: RefCell<Option<bool>>,
    /// What that was asked of.
    pub broke: RefCell<Vec<Broke>>,
}

impl Job {
    pub fn new(config: &str) -> Self {
        let folder = Folder::new();
        let history = History::open_or_create(&folder.path("tallyho.db")).unwrap();
        let holds_against = RefCell::new(Some(true));
        Self {
            folder,
            history,
            channels: channels(config),
            holds_against,
            broke: RefCell::default(),
        }
    }

    /// Records a night and returns what happened in it: a verdict on the rule, or
    /// "failed" for an evaluation that failed.
    pub fn happen(&self, day: u32, word: &str, baseline: Option<RunId>) -> Vec<AlertState> {
        let (night, identity) = (october(day), identity("steady"));
        if word == "failed" {
            self.history.record_failure(&failure(&identity, night)).unwrap();
            return vec![AlertState::failed(&identity, night, "cats.csv: there is no such file")];
        }
        let (verdicts, night_text) = (vec![verdict(word, baseline)], format!("10-{day:02}"));
        let tallies = counted(700, 1000);
        let run =
            record_judged(&self.history, "steady", &night_text, &tallies, verdicts.clone(), None);
        let judged = verdicts.iter().map(|it| AlertState::judged(&identity, night, run, it));
        std::iter::once(AlertState::evaluated(&identity, night, run)).chain(judged).collect()
    }

    /// What is news of that.
    pub fn diff(&self, day: u32, states: &[AlertState]) -> Vec<Message> {
        let night = october(day);
        let time = format!("{night}T02:00:00Z").parse().unwrap();
        let current = CurrentRun { job: "nightly", night, time, states };
        let holds_against: &HoldsAgainst<'_> = &|_, broke| {
            self.broke.borrow_mut().push(*broke);
            Ok(*self.holds_against.borrow())
        };
        diff(Some(&self.history), &self.channels, &current, holds_against).unwrap()
    }

    /// Records that messages were told, or could not be.
    pub fn told(&self, messages: Vec<Message>, delivered: bool) {
        let deliveries: Vec<Delivery> = messages
            .into_iter()
            .map(|message| Delivery {
                time: message.time,
                message,
                attempts: 1,
                delivered,
                answer: "so".into(),
            })
            .collect();
        record(&self.history, &deliveries).unwrap();
    }

    /// A whole night: the kinds of news of the first channel, or "-" for none.
    pub fn night(&self, day: u32, word: &str, delivered: bool) -> String {
        self.night_against(day, word, None, delivered)
    }

    pub fn night_against(
        &self,
        day: u32,
        word: &str,
        baseline: Option<RunId>,
        delivered: bool,
    ) -> String {
        let states = self.happen(day, word, baseline);
        let messages = self.diff(day, &states);
        let kinds = kinds(&messages);
        self.told(messages, delivered);
        kinds
    }
}

/// HMAC as RFC 2104 spells it out, for keys of up to 64 bytes.
pub fn hmac(key: &[u8], text: &[u8]) -> String {
    let pad = |byte: u8| {
        let mut block = [byte; 64];
        key.iter().zip(&mut block).for_each(|(key, block)| *block ^= key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    let outer = Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize();
    outer.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The kinds of events of messages: "broken", "broken reminder", "quiet" for a
/// message without any, "-" without messages.
pub fn kinds(messages: &[Message]) -> String {
    let of = |message: &Message| -> String {
        let kinds: Vec<&str> = message.events.iter().map(|event| event.kind.name()).collect();
        if kinds.is_empty() { "quiet".to_owned() } else { kinds.join(" ") }
    };
    let all: Vec<String> = messages.iter().map(of).collect();
    if all.is_empty() { "-".to_owned() } else { all.join(" | ") }
}

fn failure(identity: &Identity, night: Date) -> Failure {
    Failure {
        identity: identity.clone(),
        night,
        time: format!("{night}T02:00:00Z").parse().unwrap(),
        reason: "cats.csv: there is no such file".into(),
    }
}
