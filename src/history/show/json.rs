//! Schemas `tallyho.history.list/1`, `.run/1`, `.trend/1`, `.compare/1`,
//! `.verify/1` and `.export/1`. Times are UTC.

use std::io::{self, Write};

use serde::Serialize;

use crate::engine::Agreement;
use crate::history::metric::ValueInterval;
use crate::history::run::{RunDevice, RunRows};
use crate::history::{
    Comparison, Identity, Run, RunDetails, RunId, Trend, Value, Verdict, Verification,
};
use crate::report::{self, Timing};

/// A run, as every schema shows it.
#[derive(Serialize)]
struct RunJson<'a> {
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
            rules: run.rules.0,
            rules_not_holding: run.rules.1,
            accepted: run.accepted.map(|time| time.to_string()),
        }
    }
}

#[derive(Serialize)]
struct ValueJson<'a> {
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
}

impl<'a> From<&'a RunDetails> for DetailsJson<'a> {
    fn from(details: &'a RunDetails) -> Self {
        let input = |it: &'a crate::history::Input| InputJson {
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
fn document<T: Serialize>(schema: &'static str, contents: T) -> String {
    // Strings, numbers and lists always have a JSON; maps have string keys.
    let text = serde_json::to_string_pretty(&Document { schema, contents });
    text.unwrap_or_default() + "\n"
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
    let listed = |(run, value): &'_ (Run, Value)| (run.clone(), value.clone());
    let runs: Vec<(Run, Value)> = runs.iter().map(listed).collect();
    let runs = runs.iter().map(|(run, value)| Listed { run: run.into(), metric: value.into() });
    document("tallyho.history.list/1", List { metric, runs: runs.collect() })
}

/// All that is known of a run.
pub fn run_json(details: &RunDetails) -> String {
    document("tallyho.history.run/1", DetailsJson::from(details))
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

#[derive(Serialize)]
struct TrendJson<'a> {
    #[serde(flatten)]
    identity: &'a Identity,
    step_days: i64,
    points: Vec<PointJson<'a>>,
    missing: Vec<String>,
    changes: Vec<ChangeJson>,
    decline: Option<DeclineJson>,
}

#[derive(Serialize)]
struct PointJson<'a> {
    run: RunId,
    night: String,
    time: String,
    #[serde(flatten)]
    value: ValueJson<'a>,
    other_runs: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<WindowJson<'a>>,
    before: Option<PastJson>,
    rules_not_holding: u64,
    accepted: bool,
}

#[derive(Serialize)]
struct WindowJson<'a> {
    #[serde(flatten)]
    value: ValueJson<'a>,
    runs: usize,
    from: String,
}

#[derive(Serialize)]
struct PastJson {
    nights: usize,
    mean: f64,
    standard_deviation: Option<f64>,
    z: Option<f64>,
}

#[derive(Serialize)]
struct ChangeJson {
    run: RunId,
    night: String,
    before: f64,
    after: f64,
}

#[derive(Serialize)]
struct DeclineJson {
    run: RunId,
    first_bad_night: String,
    best: f64,
    now: f64,
}

impl<'a> From<&'a Trend> for TrendJson<'a> {
    fn from(trend: &'a Trend) -> Self {
        let points = trend.points.iter().map(|point| PointJson {
            run: point.run,
            night: point.night.to_string(),
            time: point.time.to_string(),
            value: (&point.value).into(),
            other_runs: point.hidden,
            window: point.window.as_ref().map(|window| WindowJson {
                value: (&window.value).into(),
                runs: window.runs,
                from: window.from.to_string(),
            }),
            before: point.past.as_ref().map(|past| PastJson {
                nights: past.values,
                mean: past.mean,
                standard_deviation: past.deviation,
                z: past.z,
            }),
            rules_not_holding: point.broken,
            accepted: point.accepted,
        });
        let changes = trend.changes.iter().map(|change| ChangeJson {
            run: change.run,
            night: change.night.to_string(),
            before: change.before,
            after: change.after,
        });
        Self {
            identity: &trend.identity,
            step_days: trend.step,
            points: points.collect(),
            missing: trend.missing.iter().map(ToString::to_string).collect(),
            changes: changes.collect(),
            decline: trend.decline.as_ref().map(|decline| DeclineJson {
                run: decline.run,
                first_bad_night: decline.night.to_string(),
                best: decline.best,
                now: decline.now,
            }),
        }
    }
}

/// Trends of one metric.
pub fn trends_json(trends: &[Trend], metric: &str) -> String {
    #[derive(Serialize)]
    struct Trends<'a> {
        metric: &'a str,
        series: Vec<TrendJson<'a>>,
    }
    let series = trends.iter().map(TrendJson::from).collect();
    document("tallyho.history.trend/1", Trends { metric, series })
}

/// Two runs side by side.
pub fn compare_json(compared: &Comparison) -> String {
    #[derive(Serialize)]
    struct Compared<'a> {
        first: RunJson<'a>,
        second: RunJson<'a>,
        same_digest: bool,
        metrics: Vec<Pair<'a>>,
        classes: Vec<ClassPair<'a>>,
        one_sided_classes: &'a [String],
        rows: Option<RowsJson>,
    }
    #[derive(Serialize)]
    struct Pair<'a> {
        name: &'a str,
        first: Option<ValueJson<'a>>,
        second: Option<ValueJson<'a>>,
    }
    #[derive(Serialize)]
    struct ClassPair<'a> {
        class: &'a str,
        first_f1: f64,
        second_f1: f64,
    }
    #[derive(Serialize)]
    struct RowsJson {
        both_right: u64,
        only_first_right: u64,
        only_second_right: u64,
        neither_right: u64,
    }
    let metrics = compared.metrics.iter().map(|(name, first, second)| Pair {
        name,
        first: first.as_ref().map(Into::into),
        second: second.as_ref().map(Into::into),
    });
    let classes = compared.classes.iter().map(|it| ClassPair {
        class: &it.class,
        first_f1: it.first,
        second_f1: it.second,
    });
    let rows = |it: Agreement| RowsJson {
        both_right: it.both,
        only_first_right: it.only_first,
        only_second_right: it.only_second,
        neither_right: it.neither,
    };
    let contents = Compared {
        first: (&compared.first.run).into(),
        second: (&compared.second.run).into(),
        same_digest: compared.first.run.digest == compared.second.run.digest,
        metrics: metrics.collect(),
        classes: classes.collect(),
        one_sided_classes: &compared.one_sided,
        rows: compared.agreement.map(rows),
    };
    document("tallyho.history.compare/1", contents)
}

/// What verifying found.
pub fn verification_json(found: &Verification) -> String {
    #[derive(Serialize)]
    struct Verified<'a> {
        sound: bool,
        runs: usize,
        values: usize,
        values_not_stored: usize,
        values_not_known: usize,
        damage: &'a [String],
        differences: Vec<Differs<'a>>,
    }
    #[derive(Serialize)]
    struct Differs<'a> {
        run: RunId,
        what: &'a str,
        stored: &'a str,
        computed: &'a str,
    }
    let differences = found.differences.iter().map(|it| Differs {
        run: it.run,
        what: &it.what,
        stored: &it.stored,
        computed: &it.computed,
    });
    let contents = Verified {
        sound: found.is_sound(),
        runs: found.runs,
        values: found.metrics,
        values_not_stored: found.new_metrics,
        values_not_known: found.unknown_metrics,
        damage: &found.damage,
        differences: differences.collect(),
    };
    document("tallyho.history.verify/1", contents)
}
