//! The difference between tonight and what each channel was told: what is news.

use std::collections::BTreeSet;

use super::alert_state::AlertState;
use super::config::{Channel, On};
use super::delivery_log::{DeliveryLog, Known, known};
use super::message::{Counts, Event, Kind, Message};
use super::past::Past;
use crate::error::Result;
use crate::history::{Date, History, RunId, Timestamp};

/// All that happened tonight.
#[derive(Clone, Copy, Debug)]
pub struct CurrentRun<'a> {
    /// The job.
    pub job: &'a str,
    /// The night.
    pub night: Date,
    /// Now.
    pub time: Timestamp,
    /// Of every evaluation one without a rule, done or failed, and one for each
    /// rule that was judged. Of the same thing twice, the first counts.
    pub states: &'a [AlertState],
}

/// The night on which a rule broke, as a channel was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broke {
    /// The night.
    pub night: Date,
    /// The run that it was compared with then, if there was one; of a mean or a
    /// window, the latest.
    pub baseline: Option<RunId>,
}

/// Whether the rule of a happening would hold if it were judged tonight by what
/// it was judged by when it broke: against that run or, where it takes the best
/// of some runs or their mean, against the runs before that night. `None` if
/// that can't be said any more, as they are gone: then tonight's verdict counts.
pub type HoldsAgainst<'a> = dyn Fn(&AlertState, &Broke) -> Result<Option<bool>> + 'a;

/// What each channel is to be told; nothing for a channel for which nothing is
/// news. Without a history nothing is known: all that fails is news, and nothing
/// recovers.
///
/// # Errors
///
/// What reading the history may give. To be told twice is better than never:
/// ask again without it.
pub fn diff(
    history: Option<&History>,
    channels: &[Channel],
    current: &CurrentRun<'_>,
    holds_against: &HoldsAgainst<'_>,
) -> Result<Vec<Message>> {
    if channels.is_empty() {
        return Ok(Vec::new());
    }
    let log = history.map(|it| DeliveryLog::read(it, current.job)).transpose()?.unwrap_or_default();
    let (mut seen, mut states) = (BTreeSet::new(), Vec::new());
    for state in current.states {
        if !seen.insert((&state.identity, &state.rule)) {
            continue;
        }
        let is_known = !log.about(&state.identity, &state.rule).is_empty();
        let past = match history {
            Some(history) if state.fails || is_known => Past::read(history, state)?,
            _ => Past::default(),
        };
        states.push((state, past));
    }
    let diff = AlertDiff { log: &log, current, states: &states, holds_against };
    Ok(channels.iter().filter_map(|channel| diff.message(channel)).collect())
}

/// What all channels share.
struct AlertDiff<'a> {
    log: &'a DeliveryLog,
    current: &'a CurrentRun<'a>,
    states: &'a [(&'a AlertState, Past)],
    holds_against: &'a HoldsAgainst<'a>,
}

/// An event, and whether the channel has not heard of it tonight.
type Heard = (Event, bool);

impl AlertDiff<'_> {
    fn message(&self, channel: &Channel) -> Option<Message> {
        let CurrentRun { job, night, time, .. } = *self.current;
        let events = self.states.iter().filter_map(|(it, past)| self.event(channel, it, past));
        let (mut events, fresh): (Vec<Event>, Vec<bool>) = events.unzip();
        let of_the_night = channel.on == On::Always;
        let is_first = of_the_night && !self.log.of_the_night(job, &channel.name, night);
        if !is_first && !fresh.contains(&true) {
            return None;
        }
        events.sort_by(|a, b| {
            let place = |event: &Event| (event.kind, event.since);
            place(a).cmp(&place(b)).then_with(|| {
                let name = |it: &AlertState| (it.identity.clone(), it.rule.clone());
                name(&a.state).cmp(&name(&b.state))
            })
        });
        let counts = Counts::of(self.states.iter().map(|(state, _)| *state));
        let (channel, job) = (channel.name.clone(), job.to_owned());
        let page = String::new();
        Some(Message { channel, job, night, time, events, counts, page, of_the_night })
    }

    fn event(&self, channel: &Channel, state: &AlertState, past: &Past) -> Option<Heard> {
        let notices = self.log.about(&state.identity, &state.rule);
        // Who hears of failures only never hears that one is over.
        let healed = (channel.on == On::Failure).then_some(past.held).flatten();
        let known = known(notices, &channel.name, past.settled().max(healed));
        let change = self.change(channel, state, past, known);
        let night = self.current.night;
        let is_over = past.is_over || known.is_some_and(|it| it.last > night);
        let (kind, note, fresh) = match (channel.on, change) {
            (On::Change, _) if is_over => return None,
            (On::Failure, _) if !state.fails => return None,
            (_, Some((kind, note))) => (kind, note, true),
            (On::Change, None) => return None,
            (On::Failure | On::Always, None) => {
                if !state.fails || known.is_none() {
                    return None;
                }
                (Kind::Reminder, None, known.is_some_and(|it| it.last != night))
            }
        };
        let began = known.map(|it| it.since).into_iter().chain(past.failing_since).min();
        let event = Event {
            kind,
            state: state.clone(),
            since: began.unwrap_or(night).min(night),
            broke_on: known.and_then(|it| it.broke_on).or(state.baseline),
            note,
        };
        Some((event, fresh))
    }

    /// What has changed for a channel that knows this much, or is due to be
    /// mentioned again.
    fn change(
        &self,
        channel: &Channel,
        state: &AlertState,
        past: &Past,
        known: Option<Known>,
    ) -> Option<(Kind, Option<String>)> {
        let Some(known) = known else {
            let is_new = state.fails && !past.is_accepted(state);
            return is_new.then(|| (Kind::of(state), None));
        };
        let note = match state.fails {
            true if known.kind != Kind::of(state) => return Some((Kind::of(state), None)),
            true => None,
            false => match self.lasting(state, known) {
                None => return Some((Kind::Recovered, None)),
                note => note,
            },
        };
        known.is_due(channel.remind, self.current.night).then_some((Kind::Reminder, note))
    }

    /// Why a fault is not over although it does not show tonight; `None` if it is
    /// over.
    fn lasting(&self, state: &AlertState, known: Known) -> Option<String> {
        if !state.holds() {
            return Some(format!("tonight it is neither broken nor kept: {}", state.verdict));
        }
        let same = known.broke_on.is_some() && known.broke_on == state.baseline;
        if same || !state.is_of_a_rule() {
            return None;
        }
        let broke = Broke { night: known.since, baseline: known.broke_on };
        let what = match broke.baseline {
            Some(run) => format!("run {run}"),
            None => format!("the runs before {}", broke.night),
        };
        match (self.holds_against)(state, &broke) {
            Ok(Some(true) | None) => None,
            Ok(Some(false)) => Some(format!(
                "it holds against what it is compared with now, but not against {what}, on which \
                 it broke"
            )),
            Err(error) => {
                Some(format!("it holds, but {what}, on which it broke, can't be read: {error}"))
            }
        }
    }
}
