//! The bodies of requests to MLflow.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::key;
use crate::report::{Entry, Figures};
use crate::rule::Verdict;

/// The most metrics of one request.
///
/// Source: the REST API, "Log Batch", "Request Limits".
const MOST_METRICS: usize = 1000;

/// The most characters of a tag or a parameter; servers since 1.28 take 5,000 in
/// a tag and since 2.8 6,000 in a parameter, and older ones 500 in a parameter.
const MOST_IN_TAG: usize = 5000;
const MOST_IN_PARAMETER: usize = 500;

/// How a run is found that was made before.
pub(super) fn search(experiment: &str, entry: &Entry, night: &str) -> Value {
    json!({
        "experiment_ids": [experiment],
        "filter": format!("tags.`tallyho.run` = '{}'", mark(entry, night)),
        "max_results": 1,
    })
}

/// A new run.
pub(super) fn create(experiment: &str, entry: &Entry, night: &str) -> Value {
    let seconds = entry.figures.as_ref().map_or(0.0, |figures| figures.timing.seconds);
    let milliseconds = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let started = entry.finished.checked_sub(milliseconds).unwrap_or(entry.finished);
    let tags: Vec<Value> = tags(entry, night)
        .into_iter()
        .map(|(key, value)| json!({ "key": key, "value": cut(&value, MOST_IN_TAG) }))
        .collect();
    json!({
        "experiment_id": experiment,
        "run_name": cut(&format!("{}, {night}", entry.subject), 250),
        "start_time": millis(started),
        "tags": tags,
    })
}

/// What belongs to the run: parameters first, then metrics, few enough at a time.
pub(super) fn batches(run: &str, entry: &Entry) -> Vec<Value> {
    let parameters: Vec<Value> = entry
        .subject
        .names()
        .map(|(of, name)| json!({ "key": of, "value": cut(name, MOST_IN_PARAMETER) }))
        .collect();
    let timestamp = millis(entry.finished);
    let metrics: Vec<Value> = metrics(entry)
        .into_iter()
        .filter(|(_, value)| value.is_finite())
        .map(
            |(key, value)| json!({ "key": key, "value": value, "timestamp": timestamp, "step": 0 }),
        )
        .collect();
    let first = (!parameters.is_empty()).then(|| json!({ "run_id": run, "params": parameters }));
    let rest = metrics.chunks(MOST_METRICS);
    first.into_iter().chain(rest.map(|some| json!({ "run_id": run, "metrics": some }))).collect()
}

/// The end of a run.
pub(super) fn end(run: &str, entry: &Entry) -> Value {
    let status = if entry.figures.is_ok() { "FINISHED" } else { "FAILED" };
    json!({ "run_id": run, "status": status, "end_time": millis(entry.finished) })
}

/// A text that is the same for the same evaluation of the same night with the
/// same result, and for no other.
fn mark(entry: &Entry, night: &str) -> String {
    let subject = &entry.subject;
    let digest = entry.figures.as_ref().map_or("failed", |figures| &figures.digest);
    let parts = [&subject.job, &subject.dataset, &subject.model, &subject.split, night, digest];
    let text = json!(parts).to_string();
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}

fn tags(entry: &Entry, night: &str) -> Vec<(String, String)> {
    let tag = |name: &str, value: &str| (format!("tallyho.{name}"), value.to_owned());
    let mut tags = vec![
        ("mlflow.source.type".to_owned(), "JOB".to_owned()),
        ("mlflow.source.name".to_owned(), "tallyho".to_owned()),
        tag("run", &mark(entry, night)),
        tag("version", env!("CARGO_PKG_VERSION")),
        tag("night", night),
    ];
    tags.extend(entry.subject.names().map(|(of, name)| tag(of, name)));
    match &entry.figures {
        Ok(figures) => tags.push(tag("digest", &figures.digest)),
        Err(reason) => tags.push(tag("error", reason)),
    }
    if !entry.judgements.is_empty() {
        let failing = entry.judgements.iter().filter(|it| it.verdict.fails());
        let lines: Vec<String> = failing
            .map(|it| format!("{}: {} ({})", it.verdict.name(), it.rule, it.reason))
            .collect();
        tags.push(tag("rules", if lines.is_empty() { "pass" } else { "fail" }));
        if !lines.is_empty() {
            tags.push(tag("failing", &lines.join("\n")));
        }
    }
    tags.retain(|(_, value)| !value.is_empty());
    tags
}

fn metrics(entry: &Entry) -> Vec<(String, f64)> {
    let Ok(figures) = &entry.figures else { return Vec::new() };
    let Figures { metrics, per_class, .. } = figures;
    let of_the_job = figures.of_the_job().into_iter().map(|(name, _, value)| (name.into(), value));
    let overall = metrics.iter().map(|(name, value)| (key::metric(name), *value));
    let of_classes =
        per_class.iter().map(|(metric, class, value)| (key::of_class(metric.name, class), *value));
    let rules = Verdict::ALL.iter().filter(|_| !entry.judgements.is_empty()).map(|verdict| {
        let count = entry.judgements.iter().filter(|it| it.verdict == *verdict).count();
        (format!("rules/{}", verdict.name()), count as f64)
    });
    of_the_job.chain(overall).chain(of_classes).chain(rules).collect()
}

/// The start of a text that is too long.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// Milliseconds since 1970.
fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
