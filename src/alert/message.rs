//! The message to a channel in one night.

use serde::Serialize;

use super::alert_state::{AlertState, FAILED};
use crate::history::{Date, Identity, Notice, RunId, Timestamp};

/// All that a channel is told in one night.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The name of the channel.
    pub channel: String,
    /// The job.
    pub job: String,
    /// The night that it is about.
    pub night: Date,
    /// When it was put together.
    pub time: Timestamp,
    /// What is news, worst first; none on a quiet night of a channel that is to
    /// hear of every night.
    pub events: Vec<Event>,
    /// What became of everything that was looked at.
    pub counts: Counts,
    /// The page of the night, which text has below the news; empty for none.
    pub page: String,
    /// Whether it is told although nothing changed, so that the night itself is
    /// what the history has to remember.
    pub(super) of_the_night: bool,
}

/// One piece of news.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What sort of news.
    pub kind: Kind,
    /// What happened.
    pub state: AlertState,
    /// The night on which it began; for a recovery, on which the fault began.
    pub since: Date,
    /// The run that the fault was compared with when it was first told.
    pub broke_on: Option<RunId>,
    /// Why it has not recovered although the rule is not broken tonight.
    pub note: Option<String>,
}

/// What sort of news something is. In order of how bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An evaluation failed, or the job itself.
    Failed,
    /// A rule is broken that was not.
    Broken,
    /// A rule fails that did not and is not broken: it has no value.
    Undefined,
    /// Something that was told has not recovered.
    Reminder,
    /// Something that was told is over.
    Recovered,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Failed, Self::Broken, Self::Undefined, Self::Reminder, Self::Recovered];

    /// The word for it in messages and in the history.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Broken => "broken",
            Self::Undefined => "undefined",
            Self::Reminder => "reminder",
            Self::Recovered => "recovered",
        }
    }

    /// From the word.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What something that fails is when it is first told.
    pub(super) fn of(state: &AlertState) -> Self {
        match state.verdict.as_str() {
            FAILED => Self::Failed,
            "broken" => Self::Broken,
            _ => Self::Undefined,
        }
    }
}

/// What became of everything that was looked at tonight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Evaluations that were done.
    pub evaluated: u64,
    /// Evaluations that failed, and the job itself if it did.
    pub failed: u64,
    /// Rules that were judged, over all evaluations.
    pub rules: u64,
    /// Rules that hold.
    pub hold: u64,
    /// Rules that are broken.
    pub broken: u64,
    /// Rules that fail and are not broken.
    pub undefined: u64,
}

impl Counts {
    /// Counts what happened.
    pub(super) fn of<'a>(states: impl Iterator<Item = &'a AlertState>) -> Self {
        let mut counts = Self::default();
        for state in states {
            let (rule, fails) = (state.is_of_a_rule(), state.fails);
            counts.evaluated += u64::from(!rule && !fails && !state.is_of_the_job());
            counts.failed += u64::from(!rule && fails);
            counts.rules += u64::from(rule);
            counts.hold += u64::from(rule && state.holds());
            let broken = rule && fails && Kind::of(state) == Kind::Broken;
            counts.broken += u64::from(broken);
            counts.undefined += u64::from(rule && fails && !broken);
        }
        counts
    }
}

/// In the history: a message that was told because of the night.
pub(super) const NIGHT: &str = "night";

impl Message {
    /// What the history is to know of it once it was sent or given up.
    pub(super) fn notices(
        &self,
        time: Timestamp,
        attempts: u32,
        delivered: bool,
        answer: &str,
    ) -> Vec<Notice> {
        let notice = |kind: &str, identity: &Identity, rule: &str| Notice {
            identity: identity.clone(),
            rule: rule.to_owned(),
            night: self.night,
            time,
            kind: kind.to_owned(),
            channel: self.channel.clone(),
            attempts,
            delivered,
            answer: answer.to_owned(),
            run: None,
            baseline: None,
        };
        let job = Identity { job: self.job.clone(), ..Identity::default() };
        let night = self.of_the_night.then(|| notice(NIGHT, &job, ""));
        let events = self.events.iter().map(|event| Notice {
            run: event.state.run,
            baseline: event.broke_on,
            ..notice(event.kind.name(), &event.state.identity, &event.state.rule)
        });
        night.into_iter().chain(events).collect()
    }
}
