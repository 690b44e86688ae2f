//! Which intervals a report has, and which it has not.

use super::Report;
use super::figures::{count, value};
use crate::metric::{Interval, Measure};

/// "0.9585 – 0.9749".
pub(super) fn ends(interval: &Interval) -> String {
    format!("{} – {}", value(interval.low), value(interval.high))
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

/// A line for each reason why defined metrics have no interval, naming them.
pub(super) fn missing(report: &Report) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, Measure { no_interval, .. }) in &report.metrics {
        let Some(reason) = no_interval else { continue };
        match reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, names)) => names.push(name),
            None => reasons.push((reason, vec![name])),
        }
    }
    reasons
        .into_iter()
        .map(|(reason, names)| {
            let named = match &names[..] {
                [first, second, more @ ..] if more.len() > 2 => {
                    format!("{first}, {second} and {} more", count(more.len() as u64))
                }
                names => names.join(", "),
            };
            format!("no interval for {named}: {reason}")
        })
        .collect()
}
