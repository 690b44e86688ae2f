//! The judge of a night: every rule of every evaluation, all alarms together.

use std::cell::OnceCell;

use super::evaluate::{Evaluated, found};
use super::{Job, JobRun};
use crate::alert::{AlertState, Broke};
use crate::error::{Error, Result};
use crate::history::{Date, History, Identity};
use crate::rule;
use crate::rule::{Judgement, Pending, Rule, Verdict};
use crate::tally::Tallies;

/// The verdicts on each evaluation of `night` that was done, in their order, and
/// what was in the way of judging.
pub(super) fn judge(
    job: &Job,
    history: &History,
    night: &JobRun,
) -> (Vec<Vec<Judgement>>, Vec<String>) {
    let mut problems = Vec::new();
    // All rules look at the same runs, whatever others record or forget meanwhile.
    let moment = history.snapshot();
    problems.extend(moment.as_ref().err().map(ToString::to_string));
    let context = context(job, history, night, &mut problems);
    let bench = Bench::new(job, history, night, &context);
    let pending = bench.pending(&mut problems);
    let counts: Vec<usize> = night.done().map(|(done, _)| rules(job, done).count()).collect();
    let mut settled =
        rule::apply_holm(pending.into_iter().map(|(.., it)| it).collect()).into_iter();
    // Those of the context come last, and were said before.
    let judged = counts.into_iter().map(|count| settled.by_ref().take(count).collect());
    (judged.collect(), problems)
}

/// What an earlier start did the same night, if this one does a part of the job:
/// rules compare splits, and alarms are corrected over the whole night.
fn context(
    job: &Job,
    history: &History,
    night: &JobRun,
    problems: &mut Vec<String>,
) -> Vec<Evaluated> {
    if night.is_whole {
        return Vec::new();
    }
    // What failed tonight is not what was done before it.
    let is_tonight = |identity: &Identity| night.results.iter().any(|it| it.identity() == identity);
    let others = job.evaluations.iter().filter(|work| !is_tonight(&work.identity));
    let read = |identity: &Identity| -> Result<Option<Evaluated>> {
        history.of_night(identity, night.run_date)?.map(|run| found(history, run)).transpose()
    };
    let mut context = Vec::new();
    for work in others {
        match read(&work.identity) {
            Ok(evaluated) => context.extend(evaluated),
            Err(error) => problems.push(error.to_string()),
        }
    }
    context
}

/// The rules of an evaluation.
fn rules<'j>(job: &'j Job, evaluated: &Evaluated) -> impl Iterator<Item = &'j Rule> {
    let work = job.evaluations.iter().find(|work| work.identity == evaluated.identity);
    work.into_iter().flat_map(|work| &work.rules).map(|&at| &job.rules[at].rule)
}

/// All that rules are judged on.
struct Bench<'a> {
    job: &'a Job,
    history: &'a History,
    night: Date,
    /// What was done now, then what was done before.
    done: Vec<&'a Evaluated>,
}

/// A rule of an evaluation, and what came of it so far.
type Judged<'a> = (&'a Evaluated, &'a Rule, Pending);

impl<'a> Bench<'a> {
    fn new(
        job: &'a Job,
        history: &'a History,
        night: &'a JobRun,
        context: &'a [Evaluated],
    ) -> Self {
        let done = night.done().map(|(done, _)| done).chain(context).collect();
        Self { job, history, night: night.run_date, done }
    }

    /// Every rule of every evaluation.
    fn pending(&self, problems: &mut Vec<String>) -> Vec<Judged<'a>> {
        let mut pending = Vec::new();
        for &evaluated in &self.done {
            for rule in rules(self.job, evaluated) {
                let judged = self.judge(evaluated, rule, self.night).unwrap_or_else(|error| {
                    let subject = evaluated.identity.subject();
                    problems.push(format!("{subject}: {rule}: {error}"));
                    Pending::unfit(rule, format!("cannot be judged: {error}"))
                });
                pending.push((evaluated, rule, judged));
            }
        }
        pending
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
        let past = self.history.past(identity, night, evaluated.correctness.as_ref());
        match rule::judge(rule, &judged, &past) {
            // Rows of tonight that the rule does not fit stop no other rule.
            Err(Error::Usage(reason)) => Ok(Pending::unfit(rule, reason)),
            judged => judged,
        }
    }

    /// Tonight's tallies of another split of the same dataset and model.
    fn other_split(&self, identity: &Identity, split: &str) -> Option<&Tallies> {
        let wanted = Identity { split: split.to_owned(), ..identity.clone() };
        self.done.iter().find(|done| done.identity == wanted).map(|done| &done.tallies)
    }
}

/// Whether a rule of tonight would hold, beside all others, if it were judged by
/// what was before the night on which it broke.
pub(super) fn held_before<'a>(
    job: &'a Job,
    history: &'a History,
    night: &'a JobRun,
) -> impl Fn(&AlertState, &Broke) -> Result<Option<bool>> + use<'a> {
    let context = OnceCell::new();
    move |state, broke| {
        let context = context.get_or_init(|| self::context(job, history, night, &mut Vec::new()));
        let bench = Bench::new(job, history, night, context);
        let mut pending = bench.pending(&mut Vec::new());
        let is_it = |(evaluated, rule, _): &Judged<'_>| {
            evaluated.identity == state.identity && rule.to_string() == state.rule
        };
        let Some(at) = pending.iter().position(is_it) else { return Ok(None) };
        let (evaluated, rule, _) = pending[at];
        pending[at].2 = bench.judge(evaluated, rule, broke.night)?;
        let judged = rule::apply_holm(pending.into_iter().map(|(.., it)| it).collect());
        let verdict = judged.get(at).map(|judgement| judgement.verdict);
        // Of runs that are gone nothing can be said.
        Ok(verdict.filter(|it| *it != Verdict::NoBaseline).map(|it| it == Verdict::Holds))
    }
}
