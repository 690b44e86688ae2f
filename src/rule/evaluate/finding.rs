//! The finding of one value, and of the values of all classes together.

use crate::error::Error;
use crate::rule::syntax::format;
use crate::rule::verdict::{Judgement, Verdict, VerdictOverrides};

/// What was found of one value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finding {
    /// The class, where every class is looked at.
    pub class: Option<String>,
    pub verdict: Verdict,
    pub value: Option<f64>,
    pub baseline: Option<i64>,
    /// How far it is from breaking; the least of several classes is the worst.
    pub slack: f64,
    pub reason: String,
    /// Whether it is left out if other classes have a value.
    pub optional: bool,
}

/// Why there is nothing to judge.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NoVerdict {
    pub verdict: Verdict,
    pub reason: String,
}

impl NoVerdict {
    pub(crate) fn undefined(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::Undefined, reason: reason.into() }
    }

    pub(crate) fn no_baseline(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::NoBaseline, reason: reason.into() }
    }

    /// What is found of a value that cannot be judged.
    pub(crate) fn finding(self, class: Option<String>, value: Option<f64>) -> Finding {
        let Self { verdict, reason } = self;
        Finding { class, verdict, value, baseline: None, slack: 0.0, reason, optional: false }
    }

    /// An undecided test.
    pub(crate) fn undecided(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::Undecided, reason: reason.into() }
    }
}

/// Why judging stops: there is nothing to judge, or a fault.
#[derive(Debug)]
pub(crate) enum Abort {
    NoVerdict(NoVerdict),
    Error(Error),
}

impl From<NoVerdict> for Abort {
    fn from(no_verdict: NoVerdict) -> Self {
        Self::NoVerdict(no_verdict)
    }
}

impl From<Error> for Abort {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// The judgement that follows from what was found: the worst decides.
pub(crate) fn judgement(
    rule: String,
    overrides: VerdictOverrides,
    mut found: Vec<Finding>,
) -> Judgement {
    let left_out = leave_out(&mut found);
    for it in &mut found {
        let reason = std::mem::take(&mut it.reason);
        (it.verdict, it.reason) = overrides.counted(it.verdict, reason);
    }
    found.sort_by(|a, b| {
        let severity = b.verdict.severity().cmp(&a.verdict.severity());
        severity.then(a.slack.total_cmp(&b.slack))
    });
    let Some(worst) = found.first() else {
        let no_verdict = NoVerdict::undefined("there are no classes");
        return judgement(rule, overrides, vec![no_verdict.finding(None, None)]);
    };
    let mut reason = match worst.class {
        Some(_) => among_classes(worst, &found),
        None => worst.reason.clone(),
    };
    if !left_out.is_empty() {
        reason.push_str(&format!("; not compared: {}", format::few(&left_out)));
    }
    let (value, baseline) = (worst.value, worst.baseline);
    Judgement { rule, verdict: worst.verdict, value, baseline, reason }
}

/// Takes out the classes without a value, unless there are no others; their names.
fn leave_out(found: &mut Vec<Finding>) -> Vec<String> {
    if found.iter().all(|it| it.optional) {
        return Vec::new();
    }
    let (without, with) = std::mem::take(found).into_iter().partition(|it| it.optional);
    *found = with;
    let without: Vec<Finding> = without;
    without.into_iter().filter_map(|it| it.class).collect()
}

/// "broken for 2 of 3 classes: owl (0.5), cat (0.61); recall[owl] is …"
fn among_classes(worst: &Finding, found: &[Finding]) -> String {
    let (verdict, all, reason) = (worst.verdict, found.len(), &worst.reason);
    let alike: Vec<&Finding> = found.iter().filter(|it| it.verdict == verdict).collect();
    if verdict == Verdict::Holds {
        return format!("holds for each of {all} classes; nearest to breaking: {reason}");
    }
    let name = verdict.name();
    if let [_] = alike[..] {
        return format!("{name} for 1 of {all} classes: {reason}");
    }
    let entry = |it: &&Finding| {
        let value = it.value.map_or(String::new(), |value| format!(" ({})", format::short(value)));
        format!("{}{value}", it.class.as_deref().unwrap_or_default())
    };
    let names = format::few(&alike.iter().map(entry).collect::<Vec<_>>());
    format!("{name} for {} of {all} classes: {names}; {reason}", alike.len())
}
