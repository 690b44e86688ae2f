//! The schemas `tallyho.history.list/1`, `.run/1`, `.trend/1`, `.compare/1`, `.verify/1` and
//! `.export/1`. Times are UTC.

mod compare;
mod document;
mod trend;

use std::io::{self, Write};

use serde::Serialize;

pub use compare::{compare_json, verification_json};
pub use trend::trends_json;

use document::{RunJson, ValueJson, document};

use crate::history::store::deliveries::Notice;
use crate::history::store::identity::RunId;
use crate::history::store::metric_value::Value;
use crate::history::store::run::Run;
use crate::history::store::run_details::RunDetails;
use crate::history::store::verdict::Verdict;
use crate::report::json::slices::Slice as SliceJson;
use crate::report::{self, Slice};

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    #[serde(flatten)]
    value: ValueJson<'a>,
}

#[derive(Serialize)]
struct VerdictJson<'a> {
    rule: &'a str,
    verdict: &'a str,
    value: Option<f64>,
    baseline: Option<RunId>,
    reason: &'a str,
    accepted: Option<String>,
}

impl<'a> From<&'a Verdict> for VerdictJson<'a> {
    fn from(verdict: &'a Verdict) -> Self {
        let Verdict { rule, verdict, value, baseline, reason, accepted } = verdict;
        let accepted = accepted.map(|time| time.to_string());
        Self { rule, verdict, value: *value, baseline: *baseline, reason, accepted }
    }
}

#[derive(Serialize)]
struct NoticeJson<'a> {
    rule: Option<&'a str>,
    kind: &'a str,
    channel: &'a str,
    time: String,
    attempts: u32,
    delivered: bool,
    answer: &'a str,
    baseline: Option<RunId>,
}

impl<'a> From<&'a Notice> for NoticeJson<'a> {
    fn from(notice: &'a Notice) -> Self {
        let Notice { rule, kind, channel, attempts, delivered, answer, baseline, .. } = notice;
        let rule = Some(rule.as_str()).filter(|rule| !rule.is_empty());
        let (time, attempts, delivered) = (notice.time.to_string(), *attempts, *delivered);
        Self { rule, kind, channel, time, attempts, delivered, answer, baseline: *baseline }
    }
}

#[derive(Serialize)]
struct InputJson<'a> {
    #[serde(flatten)]
    input: &'a report::Input,
    fingerprint: Option<&'a str>,
}

#[derive(Serialize)]
struct DetailsJson<'a> {
    #[serde(flatten)]
    run: RunJson<'a>,
    accepted_because: Option<&'a str>,
    inputs: Vec<InputJson<'a>>,
    metrics: Vec<Named<'a>>,
    verdicts: Vec<VerdictJson<'a>>,
    notices: Vec<NoticeJson<'a>>,
}

impl<'a> From<&'a RunDetails> for DetailsJson<'a> {
    fn from(details: &'a RunDetails) -> Self {
        let input = |it: &'a crate::history::store::record::Input| InputJson {
            input: &it.input,
            fingerprint: it.fingerprint.as_deref(),
        };
        let named = |(name, value): &'a (String, Value)| Named { name, value: value.into() };
        Self {
            run: (&details.run).into(),
            accepted_because: details.accepted_because.as_deref(),
            inputs: details.inputs.iter().map(input).collect(),
            metrics: details.metrics.iter().map(named).collect(),
            verdicts: details.verdicts.iter().map(Into::into).collect(),
            notices: details.notices.iter().map(Into::into).collect(),
        }
    }
}

/// Runs with their values of one metric.
pub fn list_json(runs: &[(Run, Value)], metric: &str) -> String {
    #[derive(Serialize)]
    struct List<'a> {
        metric: &'a str,
        runs: Vec<Listed<'a>>,
    }
    #[derive(Serialize)]
    struct Listed<'a> {
        #[serde(flatten)]
        run: RunJson<'a>,
        metric: ValueJson<'a>,
    }
    let runs = runs.iter().map(|(run, value)| Listed { run: run.into(), metric: value.into() });
    document("tallyho.history.list/1", List { metric, runs: runs.collect() })
}

/// All that is known of a run, with its slices.
pub fn run_json(details: &RunDetails, slices: &[Slice]) -> String {
    #[derive(Serialize)]
    struct Sliced<'a> {
        #[serde(flatten)]
        details: DetailsJson<'a>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        slices: Vec<SliceJson<'a>>,
    }
    let (details, slices) = (details.into(), slices.iter().map(SliceJson::new).collect());
    document("tallyho.history.run/1", Sliced { details, slices })
}

/// All that is known of all runs.
pub(crate) fn export_json(runs: &[RunDetails], mut file: impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Export<'a> {
        schema: &'static str,
        runs: Vec<DetailsJson<'a>>,
    }
    let runs = runs.iter().map(DetailsJson::from).collect();
    serde_json::to_writer_pretty(&mut file, &Export { schema: "tallyho.history.export/1", runs })?;
    file.write_all(b"\n")?;
    file.flush()
}
