//! The state of one rule of one evaluation tonight, or of the evaluation itself.

use crate::history::{Date, Identity, RunId, Verdict};
use crate::terminal::shortened;

/// What became of a rule tonight or, if `rule` is empty, of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertState {
    /// What was evaluated.
    pub identity: Identity,
    /// The rule in its canonical spelling; empty for the evaluation as a whole.
    pub rule: String,
    /// Its run; `None` if there is none.
    pub run: Option<RunId>,
    /// The night.
    pub night: Date,
    /// "holds", "broken", "undefined", …; "failed" for an evaluation without a run.
    pub verdict: String,
    /// Whether somebody is to be woken.
    pub fails: bool,
    /// What was compared; `None` if there is no value.
    pub value: Option<f64>,
    /// The numbers in words.
    pub reason: String,
    /// The run that it was compared with; of a mean or a window, the latest one.
    pub baseline: Option<RunId>,
}

/// The verdict on an evaluation that has no run.
pub(super) const FAILED: &str = "failed";

const HOLDS: &str = "holds";

impl AlertState {
    /// An evaluation that was done, which is news if the last one failed.
    pub fn evaluated(identity: &Identity, night: Date, run: RunId) -> Self {
        Self { run: Some(run), ..Self::done(identity, night, "evaluated") }
    }

    /// What the job does beside its evaluations, such as files that it writes, and
    /// what was in the way.
    pub fn of_the_job(job: &str, night: Date, problems: &[String]) -> Self {
        let job = Identity { job: job.to_owned(), ..Identity::default() };
        match problems {
            [] => Self::done(&job, night, "without problems"),
            problems => Self::failed(&job, night, &problems.join("; ")),
        }
    }

    fn done(identity: &Identity, night: Date, reason: &str) -> Self {
        Self {
            identity: identity.clone(),
            rule: String::new(),
            run: None,
            night,
            verdict: HOLDS.to_owned(),
            fails: false,
            value: None,
            reason: reason.to_owned(),
            baseline: None,
        }
    }

    /// An evaluation that failed, with the message.
    pub fn failed(identity: &Identity, night: Date, reason: &str) -> Self {
        Self {
            identity: identity.clone(),
            rule: String::new(),
            run: None,
            night,
            verdict: FAILED.to_owned(),
            fails: true,
            value: None,
            reason: shortened(reason),
            baseline: None,
        }
    }

    /// A rule that was judged. Only "broken" and "undefined" wake somebody; where
    /// a job decides otherwise, it sets [`AlertState::fails`].
    pub fn judged(identity: &Identity, night: Date, run: RunId, verdict: &Verdict) -> Self {
        Self {
            identity: identity.clone(),
            rule: verdict.rule.clone(),
            run: Some(run),
            night,
            verdict: verdict.verdict.clone(),
            fails: matches!(verdict.verdict.as_str(), "broken" | "undefined"),
            value: verdict.value,
            reason: shortened(&verdict.reason),
            baseline: verdict.baseline,
        }
    }

    /// Whether the rule holds, or the evaluation was done.
    pub fn holds(&self) -> bool {
        self.verdict == HOLDS
    }

    /// Whether it is about the job itself, and none of its evaluations.
    pub(super) fn is_of_the_job(&self) -> bool {
        let Identity { dataset, model, .. } = &self.identity;
        dataset.is_empty() && model.is_empty()
    }

    /// Whether it is about a rule.
    pub(super) fn is_of_a_rule(&self) -> bool {
        !self.rule.is_empty()
    }
}
