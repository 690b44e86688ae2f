//! Judging a night: every rule of every evaluation, all alarms together.

use super::{Evaluated, Job, Night};
use crate::alert::{Broke, Happening};
use crate::error::{Error, Result};
use crate::history::{Date, History, Identity};
use crate::rule;
use crate::rule::{Judgement, Pending, Rule, Verdict};
use crate::tally::Tallies;

/// The verdicts on each evaluation of `night` that was done, in their order.
///
/// # Errors
///
/// Those of the history.
pub(super) fn judge(job: &Job, history: &History, night: &Night) -> Result<Vec<Vec<Judgement>>> {
    let bench = Bench::new(job, history, night)?;
    let (mut pending, mut counts) = (Vec::new(), Vec::new());
    for &evaluated in &bench.done {
        let before = pending.len();
        for rule in rules(job, evaluated) {
            pending.push(bench.judge(evaluated, rule, night.night)?);
        }
        counts.push(pending.len() - before);
    }
    let mut settled = rule::settle(pending).into_iter();
    Ok(counts.into_iter().map(|count| settled.by_ref().take(count).collect()).collect())
}

/// The rules of an evaluation.
fn rules<'j>(job: &'j Job, evaluated: &Evaluated) -> impl Iterator<Item = &'j Rule> {
    let work = job.evaluations.iter().find(|work| work.identity == evaluated.identity);
    work.into_iter().flat_map(|work| &work.rules).map(|&at| &job.rules[at].rule)
}

/// All that rules are judged on.
struct Bench<'a> {
    history: &'a History,
    done: Vec<&'a Evaluated>,
    /// Other splits that an earlier start did the same night, if this one does a
    /// part of the job.
    before: Vec<(Identity, Tallies)>,
}

impl<'a> Bench<'a> {
    fn new(job: &Job, history: &'a History, night: &'a Night) -> Result<Self> {
        let done: Vec<&Evaluated> = night.done().map(|(done, _)| done).collect();
        let mut before: Vec<(Identity, Tallies)> = Vec::new();
        for &evaluated in &done {
            for split in rules(job, evaluated).flat_map(Rule::splits) {
                let wanted = of_split(&evaluated.identity, split);
                // What failed tonight is not what was done before it.
                let is_tonight = night.results.iter().any(|it| *it.identity() == wanted);
                if is_tonight || before.iter().any(|(known, _)| *known == wanted) {
                    continue;
                }
                if let Some(run) = history.of_night(&wanted, night.night)? {
                    before.push((wanted, history.tallies(&run)?));
                }
            }
        }
        Ok(Self { history, done, before })
    }

    /// Judges by the runs before `night`.
    fn judge(&self, evaluated: &Evaluated, rule: &Rule, night: Date) -> Result<Pending> {
        let identity = &evaluated.identity;
        let others = |split: &str| self.other_split(identity, split);
        let judged = rule::Evaluated {
            tallies: &evaluated.tallies,
            figures: evaluated.provenance.timing.figures(evaluated.tallies.rows),
            split: &identity.split,
            others: &others,
        };
        let past = self.history.past(identity, night, evaluated.outcomes.as_ref());
        match rule::judge(rule, &judged, &past) {
            // Rows of tonight that the rule does not fit stop no other rule.
            Err(Error::Usage(reason)) => Ok(Pending::unfit(rule, reason)),
            judged => judged,
        }
    }

    /// Tonight's tallies of another split of the same dataset and model.
    fn other_split(&self, identity: &Identity, split: &str) -> Option<&Tallies> {
        let wanted = of_split(identity, split);
        let done = self.done.iter().find(|done| done.identity == wanted);
        let before = || self.before.iter().find(|(known, _)| *known == wanted);
        done.map(|done| &done.tallies).or_else(|| before().map(|(_, tallies)| tallies))
    }
}

fn of_split(identity: &Identity, split: &str) -> Identity {
    Identity { split: split.to_owned(), ..identity.clone() }
}

/// Whether a rule of tonight would hold if it were judged by what was before the
/// night on which it broke.
pub(super) fn held_before<'a>(
    job: &'a Job,
    history: &'a History,
    night: &'a Night,
) -> impl Fn(&Happening, &Broke) -> Result<Option<bool>> + use<'a> {
    move |happening, broke| {
        let bench = Bench::new(job, history, night)?;
        let evaluated = bench.done.iter().find(|done| done.identity == happening.identity);
        let Some(&evaluated) = evaluated else { return Ok(None) };
        let Some(rule) = rules(job, evaluated).find(|it| it.to_string() == happening.rule) else {
            return Ok(None);
        };
        let judged = rule::settle(vec![bench.judge(evaluated, rule, broke.night)?]);
        let verdict = judged.first().map(|judgement| judgement.verdict);
        // Of runs that are gone nothing can be said.
        Ok(verdict.filter(|it| *it != Verdict::NoBaseline).map(|it| it == Verdict::Holds))
    }
}
