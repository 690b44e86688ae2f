//! The past of a rule: what earlier nights of the same series say of it.

use super::alert_state::AlertState;
use crate::error::Result;
use crate::history::{Date, Filter, History, Judged, RunId};
use crate::rule::Rule;

/// What became of a rule, or of an evaluation, on other nights.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    /// The rule in the runs before tonight's, oldest first.
    judged: Vec<Judged>,
    /// The last night before tonight on which it held, or was evaluated.
    pub held: Option<Date>,
    /// The first night on which it failed after that.
    pub failing_since: Option<Date>,
    /// Whether the history knows a later night.
    pub is_over: bool,
    /// The latest run that was accepted in spite of the rule.
    accepted: Option<Accepted>,
}

/// A run that was accepted in spite of a rule.
#[derive(Clone, Copy, Debug)]
struct Accepted {
    night: Date,
    run: RunId,
    /// What was judged.
    value: Option<f64>,
}

/// The part of an accepted value by which a later one may be worse before it is
/// news again: values move a little from night to night.
const ALLOWANCE: f64 = 0.01;

impl Past {
    /// Reads the past of what happened.
    ///
    /// # Errors
    ///
    /// What reading the history may give.
    pub(super) fn read(history: &History, state: &AlertState) -> Result<Self> {
        match state.is_of_a_rule() {
            true => {
                let judged = history.judged(&state.identity, &state.rule)?;
                Ok(Self::of_rule(judged, state))
            }
            false => Self::of_evaluation(history, state),
        }
    }

    fn of_rule(judged: Vec<Judged>, state: &AlertState) -> Self {
        let current = state.night;
        let is_over = judged.iter().any(|it| it.night > current);
        let before = |it: &Judged| it.night <= current && Some(it.run) != state.run;
        let accepted = |it: &&Judged| it.verdict.accepted.is_some() && it.night <= current;
        let accepted = judged.iter().rfind(accepted).map(|it| {
            let (night, run, value) = (it.night, it.run, it.verdict.value);
            Accepted { night, run, value }
        });
        let judged: Vec<Judged> = judged.into_iter().filter(before).collect();
        let held = judged.iter().rposition(|it| it.verdict.holds());
        let streak = &judged[held.map_or(0, |at| at + 1)..];
        let failing = streak.iter().find(|it| {
            let forgiven = accepted.is_some_and(|accepted| it.night <= accepted.night);
            matches!(it.verdict.verdict.as_str(), "broken" | "undefined") && !forgiven
        });
        Self {
            held: held.map(|at| judged[at].night),
            failing_since: failing.map(|it| it.night),
            is_over,
            accepted,
            judged,
        }
    }

    fn of_evaluation(history: &History, state: &AlertState) -> Result<Self> {
        let identity = state.identity.clone();
        let series = Filter {
            job: Some(identity.job),
            dataset: Some(identity.dataset),
            model: Some(identity.model),
            split: Some(identity.split),
            ..Filter::default()
        };
        let current = state.night;
        let runs = history.runs(&series)?;
        let other = runs.iter().filter(|it| it.night <= current && Some(it.id) != state.run);
        let held = other.map(|it| it.night).next_back();
        let failures = history.failures(&series)?;
        let after = |night: &Date| held.is_none_or(|held| *night > held) && *night <= current;
        Ok(Self {
            judged: Vec::new(),
            held,
            failing_since: failures.iter().map(|it| it.night).find(after),
            is_over: runs.iter().any(|it| it.night > current)
                || failures.iter().any(|it| it.night > current),
            accepted: None,
        })
    }

    /// The night of the latest run that was accepted in spite of the rule: what
    /// was told up to then is settled.
    pub(super) fn settled(&self) -> Option<Date> {
        self.accepted.map(|accepted| accepted.night)
    }

    /// Whether what happens tonight is still what was accepted: no worse, the rule
    /// has not held since, and it was not judged against a run that came after.
    pub(super) fn is_accepted(&self, state: &AlertState) -> bool {
        let Some(Accepted { night, run, value }) = self.accepted else { return false };
        let rule = Rule::parse(&state.rule).ok();
        let worse = rule.zip(state.value).zip(value).is_some_and(|((rule, current), value)| {
            rule.worsening(current, value) > ALLOWANCE * value.abs()
        });
        if worse {
            return false;
        }
        let since = |it: &Judged| (it.night, it.run) >= (night, run);
        let held_since = self.judged.iter().any(|it| since(it) && it.verdict.holds());
        let is_baseline = |it: &Judged| since(it) && Some(it.run) == state.baseline;
        !held_since && !self.judged.iter().any(is_baseline)
    }
}
