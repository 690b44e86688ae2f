//! Judging a night: every rule of every evaluation, all alarms together.

use super::{Evaluated, Job, Night};
use crate::alert::{Broke, Happening};
use crate::error::{Error, Result};
use crate::history::{Date, History, Identity};
use crate::rule;
use crate::rule::{Judgement, Pending, Rule, Verdict};
use crate::tally::Tallies;

/// The verdicts on each of `done`, in its order.
///
/// # Errors
///
/// Those of the history.
pub(super) fn judge(
    job: &Job,
    history: &History,
    done: &[&Evaluated],
) -> Result<Vec<Vec<Judgement>>> {
    let (mut pending, mut counts) = (Vec::new(), Vec::new());
    let mut refused = Vec::new();
    for &evaluated in done {
        let (mut judged, mut wrong) = (0, Vec::new());
        for rule in rules(job, evaluated) {
            match judge_one(history, done, evaluated, rule, job.night) {
                Ok(one) => {
                    pending.push(one);
                    judged += 1;
                }
                // Rows of tonight that the rule does not fit stop no other rule.
                Err(Error::Usage(reason)) => wrong.push(undefined(rule, reason)),
                Err(error) => return Err(error),
            }
        }
        counts.push(judged);
        refused.push(wrong);
    }
    let mut settled = rule::settle(pending).into_iter();
    let judgements = counts.into_iter().zip(refused).map(|(judged, wrong)| {
        let mut judgements: Vec<Judgement> = settled.by_ref().take(judged).collect();
        judgements.extend(wrong);
        judgements
    });
    Ok(judgements.collect())
}

/// The rules of an evaluation.
fn rules<'j>(job: &'j Job, evaluated: &Evaluated) -> impl Iterator<Item = &'j Rule> {
    let work = job.evaluations.iter().find(|work| work.identity == evaluated.identity);
    work.into_iter().flat_map(|work| &work.rules).map(|&at| &job.rules[at].rule)
}

fn judge_one<'e>(
    history: &History,
    done: &[&'e Evaluated],
    evaluated: &'e Evaluated,
    rule: &Rule,
    night: Date,
) -> Result<Pending> {
    let identity = &evaluated.identity;
    let others = |split: &str| other_split(done, identity, split);
    let judged = rule::Evaluated {
        tallies: &evaluated.tallies,
        figures: evaluated.provenance.timing.figures(evaluated.tallies.rows),
        split: &identity.split,
        others: &others,
    };
    let past = history.past(identity, night, evaluated.outcomes.as_ref());
    rule::judge(rule, &judged, &past)
}

/// Tonight's tallies of another split of the same dataset and model.
fn other_split<'e>(
    done: &[&'e Evaluated],
    identity: &Identity,
    split: &str,
) -> Option<&'e Tallies> {
    let wanted = Identity { split: split.to_owned(), ..identity.clone() };
    done.iter().find(|done| done.identity == wanted).map(|done| &done.tallies)
}

fn undefined(rule: &Rule, reason: String) -> Judgement {
    let verdict = Verdict::Undefined;
    Judgement { rule: rule.to_string(), verdict, value: None, baseline: None, reason }
}

/// Whether a rule of tonight would hold if it were judged by what was before the
/// night on which it broke.
pub(super) fn held_before<'a>(
    job: &'a Job,
    history: &'a History,
    night: &'a Night,
) -> impl Fn(&Happening, &Broke) -> Result<Option<bool>> + use<'a> {
    let done: Vec<&Evaluated> = night.done().map(|(done, _)| done).collect();
    move |happening, broke| {
        let evaluated = done.iter().find(|done| done.identity == happening.identity);
        let Some(&evaluated) = evaluated else { return Ok(None) };
        let Some(rule) = rules(job, evaluated).find(|it| it.to_string() == happening.rule) else {
            return Ok(None);
        };
        let pending = judge_one(history, &done, evaluated, rule, broke.night)?;
        let judged = rule::settle(vec![pending]);
        let verdict = judged.first().map(|judgement| judgement.verdict);
        // Of runs that are gone nothing can be said.
        Ok(verdict.filter(|it| *it != Verdict::NoBaseline).map(|it| it == Verdict::Holds))
    }
}
