//! The log of deliveries: what each channel knows, from what the history says it was told.

use std::collections::HashMap;

use super::message::{Kind, NIGHT};
use super::reminder::Reminder;
use crate::error::Result;
use crate::history::{Date, Filter, History, Identity, Notice, RunId};

/// Everything that a job ever told anybody, by what it was about.
#[derive(Debug, Default)]
pub(super) struct DeliveryLog {
    notices: HashMap<(Identity, String), Vec<Notice>>,
}

/// A fault that a channel has heard of and that was not called off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// What it was when it was told last, reminders aside.
    pub kind: Kind,
    /// The night on which it was first told.
    pub since: Date,
    /// The last night on which it was mentioned.
    pub last: Date,
    /// The run that it was compared with when it broke.
    pub broke_on: Option<RunId>,
}

impl DeliveryLog {
    /// Reads what `job` told.
    ///
    /// # Errors
    ///
    /// What reading the history may give.
    pub(super) fn read(history: &History, job: &str) -> Result<Self> {
        let mut log = Self::default();
        let of_job = Filter { job: Some(job.to_owned()), ..Filter::default() };
        for notice in history.notices(&of_job)? {
            let about = (notice.identity.clone(), notice.rule.clone());
            log.notices.entry(about).or_default().push(notice);
        }
        Ok(log)
    }

    /// Every notice about something, whether it arrived or not; oldest first.
    pub(super) fn about(&self, identity: &Identity, rule: &str) -> &[Notice] {
        let about = (identity.clone(), rule.to_owned());
        self.notices.get(&about).map_or(&[], Vec::as_slice)
    }

    /// Whether `channel` was told of the night as a whole.
    pub(super) fn of_the_night(&self, job: &str, channel: &str, night: Date) -> bool {
        let job = Identity { job: job.to_owned(), ..Identity::default() };
        self.about(&job, "").iter().any(|notice| {
            notice.kind == NIGHT
                && notice.channel == channel
                && notice.night == night
                && notice.delivered
        })
    }
}

/// What `channel` knows of what `notices` are about. Those of `forgotten` and of
/// earlier nights no longer count: what they told was settled then.
pub(super) fn known(notices: &[Notice], channel: &str, forgotten: Option<Date>) -> Option<Known> {
    let counts = |notice: &&Notice| {
        notice.channel == channel
            && notice.delivered
            && forgotten.is_none_or(|night| notice.night > night)
    };
    let mut known: Option<Known> = None;
    for notice in notices.iter().filter(counts) {
        let Some(kind) = Kind::named(&notice.kind) else { continue };
        known = match (kind, known) {
            (Kind::Recovered, _) => None,
            (Kind::Reminder, Some(before)) => Some(Known { last: notice.night, ..before }),
            (_, before) => Some(Known {
                kind,
                since: before.map_or(notice.night, |it| it.since),
                last: notice.night,
                broke_on: before.and_then(|it| it.broke_on).or(notice.baseline),
            }),
        };
    }
    known
}

impl Known {
    /// Whether it is time to mention it again.
    pub(super) fn is_due(&self, remind: Reminder, night: Date) -> bool {
        let Reminder::Nights(nights) = remind else { return false };
        let passed = (night - self.last).get_days();
        i64::from(passed) >= i64::from(nights)
    }
}
