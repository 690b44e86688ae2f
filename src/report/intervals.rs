//! The intervals that a report has, and those that it has not.

use super::Report;
use super::figures::{count, of_metric};
use crate::metric::{Interval, Measure};

/// "0.9585 – 0.9749", of a metric.
pub(super) fn ends(name: &str, interval: &Interval) -> String {
    format!("{} – {}", of_metric(name, interval.low), of_metric(name, interval.high))
}

/// The methods of all intervals, each with what it is used for.
pub(super) fn methods(report: &Report) -> Vec<String> {
    let mut found: Vec<&str> = Vec::new();
    for (_, measure) in &report.metrics {
        if let Some(interval) = &measure.interval
            && !found.contains(&interval.method)
        {
            found.push(interval.method);
        }
    }
    let phrase = |method: &str| match method {
        "wilson" | "clopper-pearson" => format!("{method} for shares of rows"),
        "normal" => "normal for means over rows".to_owned(),
        "delong" => "delong for the area under the curve".to_owned(),
        "certified" => "certified ends, which hold the value of these very rows".to_owned(),
        "bootstrap" => format!(
            "bootstrap of {} resamples (seed {}) for other counts",
            count(report.replicates.into()),
            report.tallies.spec.seed
        ),
        other => other.to_owned(),
    };
    found.into_iter().map(phrase).collect()
}

/// How many metrics have a value without an interval, in one line: which, and why,
/// where that is one reason; `None` if all have one.
pub(super) fn missing(report: &Report) -> Option<String> {
    let reason =
        |(name, measure): &'_ (String, Measure)| Some((name.clone(), measure.no_interval.clone()?));
    let found: Vec<(String, String)> = report.metrics.iter().filter_map(reason).collect();
    let (_, reason) = found.first()?;
    if found.iter().any(|(_, other)| other != reason) {
        let metrics = count(found.len() as u64);
        return Some(format!(
            "no interval for {metrics} metrics: -o report.json says for which and why"
        ));
    }
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    let named = match &names[..] {
        [first, second, more @ ..] if more.len() > 2 => {
            format!("{first}, {second} and {} more", count(more.len() as u64))
        }
        names => names.join(", "),
    };
    Some(format!("no interval for {named}: {reason}"))
}
