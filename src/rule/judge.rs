//! Whether an evaluation keeps a rule.

use super::alarm::{self, Alarm};
use super::bound::{Bound, Reference};
use super::finding::{Finding, Lack, Stop, judgement};
use super::form::Form;
use super::past::{Evaluated, Past};
use super::scene::Scene;
use super::verdict::{Judgement, Verdict};
use super::{Rule, compare, drift, sigma, sound};
use crate::error::{Error, Result};
use crate::metric::Summary;
use crate::tally::Spec;

/// What came of a rule so far: alarms wait for all others of the night, see
/// [`settle`](super::settle).
#[derive(Clone, Debug)]
pub struct Pending(pub(super) Stage);

#[derive(Clone, Debug)]
pub(super) enum Stage {
    Judged(Judgement),
    Alarm(Alarm),
}

impl Pending {
    /// What comes of a rule that rows do not fit: undefined, unless its terms say
    /// otherwise.
    pub fn unfit(rule: &Rule, reason: impl Into<String>) -> Self {
        let found = vec![Lack::undefined(reason).finding(None, None)];
        Self(Stage::Judged(judgement(rule.to_string(), rule.terms.outcomes, found)))
    }
}

/// Whether rows that are counted as `spec` says can answer `rule` at all. To be
/// called before any rows are read; only classes and splits are left for
/// [`judge`].
///
/// # Errors
///
/// [`Error::Usage`], saying what is needed, if they cannot.
pub fn check(rule: &Rule, spec: &Spec) -> Result<()> {
    let subjects = rule.form.subjects();
    if let Some(column) = subjects.iter().find_map(|subject| subject.slice()) {
        return Err(Error::Usage(format!(
            "rule '{rule}': these rows are not counted by slice, so there is none by '{column}'; \
             leave out the braces"
        )));
    }
    let fit = || {
        subjects.iter().try_for_each(|subject| subject.check(spec))?;
        rule.form.spread().map_or(Ok(()), |spread| spread.check(spec))?;
        sound::fits(&rule.form, rule.terms.baseline)
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
pub fn judge(rule: &Rule, evaluated: &Evaluated<'_>, past: &dyn Past) -> Result<Pending> {
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
    past: &dyn Past,
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
    past: &dyn Past,
) -> Result<Pending> {
    summary.check()?;
    check(rule, &summary.tallies.spec)?;
    let scene = Scene { rule, text: rule.to_string(), evaluated, summary, past };
    let value = match value(&scene) {
        Ok(value) => value,
        Err(Stop::Fault(error)) => return Err(error),
        Err(Stop::Lack(_)) => None,
    };
    let found = match few_rows(&scene) {
        Some(lack) => Err(lack.into()),
        None => found(&scene),
    };
    match found {
        Ok(Found::Alarm(alarm)) => Ok(Pending(Stage::Alarm(alarm))),
        Ok(Found::Findings(findings)) => Ok(settled(&scene, findings)),
        Err(Stop::Lack(lack)) => Ok(settled(&scene, vec![lack.finding(None, value)])),
        Err(Stop::Fault(error)) => Err(error),
    }
}

fn settled(scene: &Scene<'_, '_>, found: Vec<Finding>) -> Pending {
    let outcomes = scene.rule.terms.outcomes;
    Pending(Stage::Judged(judgement(scene.text.clone(), outcomes, found)))
}

/// Tonight's value, which is kept whatever comes of the rule: later nights
/// compare with it.
fn value(scene: &Scene<'_, '_>) -> Result<Option<f64>, Stop> {
    let [subject] = scene.rule.form.subjects()[..] else { return Ok(None) };
    if subject.is_each() {
        return Ok(None);
    }
    let cases = scene.cases(subject)?;
    Ok(cases.first().and_then(|case| case.measure.value.as_ref().ok().copied()))
}

fn few_rows(scene: &Scene<'_, '_>) -> Option<Lack> {
    let (rows, least) = (scene.summary.rows, scene.rule.terms.min_rows);
    (rows < least).then(|| Lack {
        verdict: Verdict::TooFewRows,
        reason: format!("{rows} rows were scored, and the rule is judged from {least} rows on"),
    })
}

/// What comes of one rule.
pub(super) enum Found {
    Findings(Vec<Finding>),
    Alarm(Alarm),
}

fn found(scene: &Scene<'_, '_>) -> Result<Found, Stop> {
    match &scene.rule.form {
        Form::Compare { subject, less: Some(less), op, bound: Bound::Number(bound), .. } => {
            compare::difference(scene, [subject, less], *op, *bound).map(Found::Findings)
        }
        Form::Compare {
            subject, op, bound: Bound::Of { offset, .. }, proof: Some(level), ..
        } => alarm::proof(scene, subject, *op, *offset, *level).map(Found::Findings),
        Form::Compare { subject, op, bound, .. } => {
            compare::compare(scene, subject, *op, *bound).map(Found::Findings)
        }
        Form::Within { subject, sigmas, last } => {
            sigma::within(scene, subject, *sigmas, *last).map(Found::Findings)
        }
        Form::Worse { subject, by, level, .. } => {
            alarm::worse(scene, subject, *by, *level).map(Found::Alarm)
        }
        Form::Distance { statistic, spread, op, bound, .. } => {
            drift::distance(scene, *statistic, *spread, (*op, *bound)).map(Found::Findings)
        }
        Form::Drifted { spread, level, .. } => {
            drift::drifted(scene, *spread, *level).map(Found::Alarm)
        }
    }
}

impl Scene<'_, '_> {
    /// The runs that the rule compares with; `baseline` as it is configured.
    pub(super) fn reference(&self) -> Reference {
        match self.rule.form.reference() {
            Some(Reference::Baseline) => self.rule.terms.baseline,
            Some(reference) => reference,
            None => Reference::Previous,
        }
    }
}
