//! Gauges for Prometheus, in its text format 0.0.4: for the textfile collector
//! of a node exporter, or a push gateway.
//!
//! A metric has the name that it has everywhere, after `tallyho_`; parameters
//! and classes are labels. What is undefined is left out, and so are intervals,
//! which the report and the history hold. No series has a time of its own.
//!
//! Source: <https://prometheus.io/docs/instrumenting/exposition_formats/>.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Entry, Figures};
use crate::metric::{Parameter, Request};
use crate::rule::Verdict;

/// The gauges of `entries`, each family once and in one piece.
///
/// Of two entries with the same subject, the first counts; so does the first of
/// two judgements of one rule.
pub fn prometheus(entries: &[Entry]) -> String {
    let mut families = Families::default();
    for entry in entries {
        let labels: Labels =
            entry.subject.names().map(|(of, name)| (of, name.to_owned())).collect();
        state(&mut families, entry, &labels);
        if let Ok(figures) = &entry.figures {
            values(&mut families, figures, &labels);
        }
    }
    families.text()
}

/// Names and values of labels, in the order in which they are written.
type Labels = Vec<(&'static str, String)>;

/// Whether the evaluation worked, and what became of its rules.
fn state(families: &mut Families, entry: &Entry, labels: &Labels) {
    let failed = f64::from(u8::from(entry.figures.is_err()));
    families.add("evaluation_failed", "1 if the evaluation failed, else 0.", labels, None, failed);
    if let Some(time) = entry.last_success {
        let help = "When the evaluation last succeeded, whatever became of its rules, \
                    in seconds since 1970.";
        families.add("last_success_timestamp_seconds", help, labels, None, seconds(time));
    }
    if entry.figures.is_err() {
        return;
    }
    for verdict in Verdict::ALL {
        let count = entry.judgements.iter().filter(|it| it.verdict == verdict).count();
        let label = Some(("verdict", verdict.name().to_owned()));
        families.add("rules", "Rules with this verdict.", labels, label, count as f64);
    }
    for judgement in &entry.judgements {
        let holds = match judgement.verdict {
            Verdict::Holds => 1.0,
            verdict if verdict.fails() => 0.0,
            _ => continue,
        };
        let help = "1 if the rule holds, 0 if it is broken or undefined; \
                    left out if it could not be decided.";
        let label = Some(("rule", judgement.rule.clone()));
        families.add("rule_holds", help, labels, label, holds);
    }
}

fn values(families: &mut Families, figures: &Figures, labels: &Labels) {
    for (name, help, value) in figures.of_the_job() {
        families.add(name, help, labels, None, value);
    }
    for warning in &figures.warnings {
        let label = Some(("code", warning.code.id.to_owned()));
        families.add("warnings", "1 for each warning of the report.", labels, label, 1.0);
    }
    for (name, value) in &figures.metrics {
        // A name that this version does not know has no formula to go with it.
        let Ok(request) = Request::parse(name) else { continue };
        let metric = request.metric();
        let label = match request.parameter() {
            Parameter::None => None,
            Parameter::K(k) => Some(("k", k.to_string())),
            Parameter::Beta(beta) => Some(("beta", beta.to_string())),
            Parameter::Share(share) => Some(("at", share.to_string())),
        };
        let help = format!("{}, in {}", metric.formula, metric.range);
        families.add(&metric.name.replace('K', "k"), &help, labels, label, *value);
    }
    for (metric, class, value) in &figures.per_class {
        let help = format!(
            "{}, in {}; of each class, if there are up to {}",
            metric.formula,
            metric.range,
            super::MOST_CLASSES
        );
        let label = Some(("class", class.clone()));
        families.add(metric.name, &help, labels, label, *value);
    }
}

/// A gauge under several labels.
struct Family {
    name: String,
    help: String,
    /// The labels, as written, with their value.
    samples: Vec<(String, f64)>,
    seen: HashSet<String>,
}

/// Families in the order in which they came first.
#[derive(Default)]
struct Families(Vec<Family>);

impl Families {
    fn add(
        &mut self,
        name: &str,
        help: &str,
        labels: &Labels,
        label: Option<(&'static str, String)>,
        value: f64,
    ) {
        let place = self.0.iter().position(|family| family.name == name).unwrap_or_else(|| {
            let (name, help) = (name.to_owned(), help.to_owned());
            self.0.push(Family { name, help, samples: Vec::new(), seen: HashSet::new() });
            self.0.len() - 1
        });
        let family = &mut self.0[place];
        let pairs: Vec<String> = label
            .iter()
            .chain(labels)
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value, true)))
            .collect();
        let labels = pairs.join(",");
        if family.seen.insert(labels.clone()) {
            family.samples.push((labels, value));
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for Family { name, help, samples, .. } in &self.0 {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# HELP tallyho_{name} {}", escaped(help, false));
            let _ = writeln!(text, "# TYPE tallyho_{name} gauge");
            for (labels, value) in samples {
                let braced =
                    if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
                let _ = writeln!(text, "tallyho_{name}{braced} {}", number(*value));
            }
        }
        text
    }
}

fn escaped(text: &str, quotes: bool) -> String {
    let text = text.replace('\\', "\\\\").replace('\n', "\\n");
    if quotes { text.replace('"', "\\\"") } else { text }
}

/// A number as Go reads it: the shortest text that gives the same bits.
fn number(value: f64) -> String {
    match value {
        _ if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        _ if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value}"),
        _ => format!("{value:?}"),
    }
}

/// Seconds since 1970, to the millisecond.
fn seconds(time: SystemTime) -> f64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    (since.as_secs_f64() * 1000.0).round() / 1000.0
}
