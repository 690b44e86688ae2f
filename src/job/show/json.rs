//! The schema `tallyho.run/1`.

use serde::{Serialize, Serializer};

use crate::alert::Delivery;
use crate::job::{Evaluated, JobRun, Outcome};
use crate::notice::Notice;
use crate::report::Timing;
use crate::rule::Judgement;

#[derive(Serialize)]
struct Page<'a> {
    schema: &'static str,
    tool: Tool,
    job: &'a str,
    night: String,
    history: String,
    status: &'static str,
    seconds: f64,
    evaluations: Vec<Evaluation<'a>>,
    written: Vec<String>,
    told: Vec<Told<'a>>,
    problems: &'a [String],
    notices: &'a [Notice],
    not_begun: usize,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Told<'a> {
    channel: &'a str,
    events: usize,
    delivered: bool,
    attempts: u32,
    answer: &'a str,
}

impl<'a> From<&'a Delivery> for Told<'a> {
    fn from(delivery: &'a Delivery) -> Self {
        Self {
            channel: &delivery.message.channel,
            events: delivery.message.events.len(),
            delivered: delivery.delivered,
            attempts: delivery.attempts,
            answer: &delivery.answer,
        }
    }
}

#[derive(Serialize)]
struct Evaluation<'a> {
    dataset: &'a str,
    model: &'a str,
    split: &'a str,
    #[serde(flatten)]
    outcome: Came<'a>,
}

#[derive(Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
enum Came<'a> {
    Done {
        run: i64,
        time: String,
        found: bool,
        digest: &'a str,
        rows: u64,
        scored: u64,
        invalid: u64,
        timing: &'a Timing,
        /// `null` where a metric is undefined.
        metrics: Metrics<'a>,
        rules: Vec<Rule<'a>>,
    },
    Failed {
        reason: &'a str,
    },
}

/// Values by name, in the order of the registry.
struct Metrics<'a>(&'a Evaluated);

impl Serialize for Metrics<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.metrics().map(|(name, measure)| (name, measure.value.as_ref().ok())))
    }
}

#[derive(Serialize)]
struct Rule<'a> {
    rule: &'a str,
    verdict: &'static str,
    fails: bool,
    value: Option<f64>,
    baseline: Option<i64>,
    reason: &'a str,
}

/// The night as JSON.
pub fn json(night: &JobRun) -> String {
    let page = Page {
        schema: "tallyho.run/1",
        tool: Tool { name: "tallyho", version: env!("CARGO_PKG_VERSION") },
        job: &night.job,
        night: night.run_date.to_string(),
        history: night.history.display().to_string(),
        status: status(night),
        seconds: night.seconds,
        evaluations: night.results.iter().map(evaluation).collect(),
        written: night.written.iter().map(|path| path.display().to_string()).collect(),
        told: night.told.iter().map(Told::from).collect(),
        problems: &night.problems,
        notices: &night.notices,
        not_begun: night.left,
    };
    // Maps of strings to plain values cannot fail.
    serde_json::to_string_pretty(&page).unwrap_or_default() + "\n"
}

fn status(night: &JobRun) -> &'static str {
    match () {
        () if night.left > 0 => "interrupted",
        () if night.has_failures() => "failed",
        () if night.has_broken_rules() => "broken",
        () => "holds",
    }
}

fn evaluation(result: &Outcome) -> Evaluation<'_> {
    let identity = result.identity();
    let outcome = match result {
        Outcome::Failed(_, reason) => Came::Failed { reason },
        Outcome::Done(done, judgements) => Came::Done {
            run: done.run.0,
            time: done.time.to_string(),
            found: done.found,
            digest: &done.digest,
            rows: done.tallies.rows.read,
            scored: done.tallies.rows.scored,
            invalid: done.tallies.rows.invalid,
            timing: &done.provenance.timing,
            metrics: Metrics(done),
            rules: judgements.iter().map(rule).collect(),
        },
    };
    Evaluation {
        dataset: &identity.dataset,
        model: &identity.model,
        split: &identity.split,
        outcome,
    }
}

fn rule(judgement: &Judgement) -> Rule<'_> {
    let Judgement { rule, verdict, value, baseline, reason } = judgement;
    Rule {
        rule,
        verdict: verdict.name(),
        fails: verdict.fails(),
        value: *value,
        baseline: *baseline,
        reason,
    }
}
