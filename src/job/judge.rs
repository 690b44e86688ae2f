//! Judging a night: every rule of every evaluation.

use super::{Evaluated, Job};
use crate::error::Result;
use crate::history::History;
use crate::rule::{self, Judgement, Rule};

/// The verdicts on each of `done`, in its order.
///
/// # Errors
///
/// Those of the history.
pub(super) fn judge(
    job: &Job,
    _history: &History,
    done: &[&Evaluated],
) -> Result<Vec<Vec<Judgement>>> {
    done.iter()
        .map(|done| {
            let work = job.evaluations.iter().find(|it| it.identity == done.identity);
            let rules = work.iter().flat_map(|work| &work.rules);
            let rules: Vec<Rule> = rules.map(|&at| job.rules[at].rule.clone()).collect();
            rule::judge_all(&rules, &done.tallies)
        })
        .collect()
}
