//! A message as it is sent. The schema `tallyho.alert/1` is described in the module
//! above.

use serde::Serialize;

use super::config::Format;
use super::message::{Counts, Event, Message};
use super::text::escaped;
use crate::history::RunId;

const MOST_EVENTS: usize = 500;
const SLACK: usize = 3_000;
const TEXT: usize = 20_000;

impl Message {
    /// The body that is posted, or the input of a command.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Json => json(&Alert::new(self)),
            Format::Slack => json(&Slack { text: self.text(SLACK, escaped) }),
            Format::Text => {
                let between = if self.page.is_empty() { "" } else { "\n" };
                format!("{}\n{between}{}", self.text(TEXT, str::to_owned), self.page)
            }
        }
    }
}

fn json(value: &impl Serialize) -> String {
    // Nothing in these has keys that are no strings, and writing to memory can't fail.
    serde_json::to_string(value).unwrap_or_default()
}

#[derive(Serialize)]
struct Slack {
    text: String,
}

#[derive(Serialize)]
struct Alert<'a> {
    schema: &'static str,
    tool: Tool,
    job: &'a str,
    night: String,
    time: String,
    channel: &'a str,
    headline: String,
    counts: Counts,
    events: Vec<EventJson<'a>>,
    more: usize,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct EventJson<'a> {
    kind: &'static str,
    dataset: &'a str,
    model: &'a str,
    split: &'a str,
    rule: Option<&'a str>,
    verdict: &'a str,
    value: Option<f64>,
    run: Option<RunId>,
    baseline: Option<RunId>,
    broke_on: Option<RunId>,
    reason: &'a str,
    note: Option<&'a str>,
    since: String,
}

impl<'a> Alert<'a> {
    fn new(message: &'a Message) -> Self {
        Self {
            schema: "tallyho.alert/1",
            tool: Tool { name: "tallyho", version: env!("CARGO_PKG_VERSION") },
            job: &message.job,
            night: message.night.to_string(),
            time: message.time.to_string(),
            channel: &message.channel,
            headline: message.headline(),
            counts: message.counts,
            events: message.events.iter().take(MOST_EVENTS).map(EventJson::new).collect(),
            more: message.events.len().saturating_sub(MOST_EVENTS),
        }
    }
}

impl<'a> EventJson<'a> {
    fn new(event: &'a Event) -> Self {
        let state = &event.state;
        Self {
            kind: event.kind.name(),
            dataset: &state.identity.dataset,
            model: &state.identity.model,
            split: &state.identity.split,
            rule: Some(state.rule.as_str()).filter(|rule| !rule.is_empty()),
            verdict: &state.verdict,
            value: state.value,
            run: state.run,
            baseline: state.baseline,
            broke_on: event.broke_on,
            reason: &state.reason,
            note: event.note.as_deref(),
            since: event.since.to_string(),
        }
    }
}
