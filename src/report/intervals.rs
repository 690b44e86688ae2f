//! Which intervals a report has, and which it has not.

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

/// Which metrics have a value without an interval, in one line, and why if that is
/// one reason; `None` if all have one.
pub(super) fn missing(report: &Report) -> Option<String> {
    let without =
        |(name, measure): &'_ (String, Measure)| Some((name.clone(), measure.no_interval.clone()?));
    let found: Vec<(String, String)> = report.metrics.iter().filter_map(without).collect();
    let named = match &found[..] {
        [] => return None,
        [(first, _), (second, _), more @ ..] if more.len() > 2 => {
            format!("{first}, {second} and {} more", count(more.len() as u64))
        }
        few => few.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "),
    };
    let reason = &found[0].1;
    let why = match found.iter().all(|(_, other)| other == reason) {
        true => format!(": {reason}"),
        false => "; -o report.json has the reasons".to_owned(),
    };
    Some(format!("no interval for {named}{why}"))
}
