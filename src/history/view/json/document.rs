//! The document that every schema is, and the runs and values in it.

use serde::Serialize;

use crate::history::store::identity::{Identity, RunId};
use crate::history::store::metric_value::{Value, ValueInterval};
use crate::history::store::run::{Run, RunDevice, RunRows};
use crate::report::Timing;

/// A run, as every schema shows it.
#[derive(Serialize)]
pub(super) struct RunJson<'a> {
    run: RunId,
    #[serde(flatten)]
    identity: &'a Identity,
    night: String,
    time: String,
    host: &'a str,
    tool_version: &'a str,
    device: &'a RunDevice,
    rows: RunRows,
    classes: u64,
    timing: &'a Timing,
    digest: &'a str,
    labels: Option<String>,
    rules: u64,
    rules_not_holding: u64,
    accepted: Option<String>,
}

impl<'a> From<&'a Run> for RunJson<'a> {
    fn from(run: &'a Run) -> Self {
        Self {
            run: run.id,
            identity: &run.identity,
            night: run.night.to_string(),
            time: run.time.to_string(),
            host: &run.host,
            tool_version: &run.tool_version,
            device: &run.device,
            rows: run.rows,
            classes: run.classes,
            timing: &run.timing,
            digest: &run.digest,
            labels: run.labels.map(|labels| labels.to_hex()),
            rules: run.rules.judged,
            rules_not_holding: run.rules.not_holding,
            accepted: run.accepted.map(|time| time.to_string()),
        }
    }
}

#[derive(Serialize)]
pub(super) struct ValueJson<'a> {
    value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undefined: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    numerator: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    denominator: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<&'a ValueInterval>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

impl<'a> From<&'a Value> for ValueJson<'a> {
    fn from(value: &'a Value) -> Self {
        Self {
            value: value.value.as_ref().ok().copied(),
            undefined: value.value.as_ref().err().map(String::as_str),
            numerator: value.ratio.map(|(part, _)| part),
            denominator: value.ratio.map(|(_, whole)| whole),
            interval: value.interval.as_ref(),
            note: value.note.as_deref(),
        }
    }
}

/// A document with the name of its schema first.
#[derive(Serialize)]
struct Document<T: Serialize> {
    schema: &'static str,
    #[serde(flatten)]
    contents: T,
}

/// Indented, with a newline at the end.
pub(super) fn document<T: Serialize>(schema: &'static str, contents: T) -> String {
    // Strings, numbers and lists always have a JSON; maps have string keys.
    let text = serde_json::to_string_pretty(&Document { schema, contents });
    text.unwrap_or_default() + "\n"
}
