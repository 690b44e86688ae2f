//! The judge of rules: from an evaluation and earlier runs to verdicts.

use super::context::Context;
use super::finding::{Abort, Finding, NoVerdict, judgement};
use super::pending::{Alarm, Pending, Stage};
use super::run_history::{Evaluated, RunHistory};
use super::{alarm, compare, drift, sigma, slice};
use crate::error::{Error, Result};
use crate::metric::Summary;
use crate::rule::syntax::ast::Form;
use crate::rule::syntax::bound::Bound;
use crate::rule::syntax::rule::Rule;
use crate::rule::syntax::validate;
use crate::rule::verdict::Verdict;
use crate::tally::Spec;

/// Whether rows that are counted as `spec` says, and in groups by the `slices` if these are
/// known, can answer `rule` at all. To be called before any rows are read; only classes, splits and values
/// of slices are left for [`judge`].
///
/// # Errors
///
/// [`Error::Usage`], saying what is needed, if they cannot.
pub fn check(rule: &Rule, spec: &Spec, slices: Option<&[String]>) -> Result<()> {
    let subjects = rule.form.subjects();
    let fit = || {
        subjects.iter().try_for_each(|subject| slice::check(subject, slices))?;
        subjects.iter().try_for_each(|subject| subject.check(spec))?;
        rule.form.distribution().map_or(Ok(()), |distribution| distribution.check(spec))?;
        validate::fits(&rule.form, rule.config.baseline)
    };
    fit().map_err(|error| match error {
        Error::Usage(problem) => Error::Usage(format!("rule '{rule}': {problem}")),
        other => other,
    })
}

/// Whether an evaluation keeps `rule`, given the runs before it.
///
/// # Errors
///
/// [`Error::Usage`] if the rule names a class or slice that is not there, or a
/// metric that these tallies cannot have; and what reading earlier runs may give.
pub fn judge(rule: &Rule, evaluated: &Evaluated<'_>, past: &dyn RunHistory) -> Result<Pending> {
    let summary = Summary::new(evaluated.tallies);
    judge_by(rule, evaluated, &summary, past)
}

/// [`judge`] for several rules; the tallies are added up once.
///
/// # Errors
///
/// That of the first rule that has one.
pub fn judge_all(
    rules: &[Rule],
    evaluated: &Evaluated<'_>,
    past: &dyn RunHistory,
) -> Result<Vec<Pending>> {
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let summary = Summary::new(evaluated.tallies);
    rules.iter().map(|rule| judge_by(rule, evaluated, &summary, past)).collect()
}

fn judge_by<'e>(
    rule: &Rule,
    evaluated: &Evaluated<'e>,
    summary: &Summary<'e>,
    past: &dyn RunHistory,
) -> Result<Pending> {
    summary.check()?;
    check(rule, &summary.tallies.spec, None)?;
    let context = Context { rule, text: rule.to_string(), evaluated, summary, past };
    let value = match value(&context) {
        Ok(value) => value,
        Err(Abort::Error(error)) => return Err(error),
        Err(Abort::NoVerdict(_)) => None,
    };
    let found = few_rows(&context).and_then(|few| match few {
        Some(no_verdict) => Err(no_verdict.into()),
        None => found(&context),
    });
    match found {
        Ok(Found::Alarm(alarm)) => Ok(Pending(Stage::Alarm(alarm))),
        Ok(Found::Findings(findings)) => Ok(settled(&context, findings)),
        Err(Abort::NoVerdict(no_verdict)) => {
            Ok(settled(&context, vec![no_verdict.finding(None, value)]))
        }
        Err(Abort::Error(error)) => Err(error),
    }
}

fn settled(context: &Context<'_, '_>, found: Vec<Finding>) -> Pending {
    let overrides = context.rule.config.overrides;
    Pending(Stage::Judged(judgement(context.text.clone(), overrides, found)))
}

/// Tonight's value, which is kept whatever comes of the rule: later nights
/// compare with it.
fn value(context: &Context<'_, '_>) -> Result<Option<f64>, Abort> {
    let [subject] = context.rule.form.subjects()[..] else { return Ok(None) };
    if subject.is_each() {
        return Ok(None);
    }
    let cases = context.cases(subject)?;
    Ok(cases.first().and_then(|case| case.measure.value.as_ref().ok().copied()))
}

fn few_rows(context: &Context<'_, '_>) -> Result<Option<NoVerdict>, Abort> {
    let least = context.rule.config.min_rows;
    let mut rows = context.summary.rows;
    for subject in context.rule.form.subjects() {
        if subject.is_of_slice() {
            rows = rows.min(context.rows(subject)?.rows);
        }
    }
    Ok((rows < least).then(|| NoVerdict {
        verdict: Verdict::TooFewRows,
        reason: format!("{rows} rows were scored, and the rule is judged from {least} rows on"),
    }))
}

/// What comes of one rule.
pub(crate) enum Found {
    Findings(Vec<Finding>),
    Alarm(Alarm),
}

fn found(context: &Context<'_, '_>) -> Result<Found, Abort> {
    match &context.rule.form {
        Form::Compare { subject, less: Some(less), op, bound: Bound::Number(bound), .. } => {
            compare::difference(context, [subject, less], *op, *bound).map(Found::Findings)
        }
        Form::Compare {
            subject, op, bound: Bound::Of { offset, .. }, proof: Some(level), ..
        } => alarm::proof(context, subject, *op, *offset, *level).map(Found::Findings),
        Form::Compare { subject, op, bound, .. } => {
            compare::compare(context, subject, *op, *bound).map(Found::Findings)
        }
        Form::Within { subject, sigmas, last } => {
            sigma::within(context, subject, *sigmas, *last).map(Found::Findings)
        }
        Form::Worse { subject, by, level, .. } => {
            alarm::worse(context, subject, *by, *level).map(Found::Alarm)
        }
        Form::Distance { statistic, distribution, op, bound, .. } => {
            drift::distance(context, *statistic, *distribution, (*op, *bound)).map(Found::Findings)
        }
        Form::Drifted { distribution, level, .. } => {
            drift::drifted(context, *distribution, *level).map(Found::Alarm)
        }
    }
}
