//! Judging a night: every rule of every evaluation.

use super::{Evaluated, Job, Night};
use crate::alert::{Broke, Happening};
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

/// Whether a rule of tonight would hold if it were judged by what was before the
/// night on which it broke.
pub(super) fn held_before<'a>(
    _job: &'a Job,
    _history: &'a History,
    _night: &Night,
) -> impl Fn(&Happening, &Broke) -> Result<Option<bool>> + use<'a> {
    |_, _| Ok(None)
}
