//! The validation of a rule that follows the grammar: the senseless ones, and why.

use super::ast::Form;
use super::bound::{Bound, Reference};
use super::subject::Subject;
use crate::error::{Error, Result};
use crate::metric::Better;

/// The form itself, if it makes sense.
///
/// # Errors
///
/// [`Error::Usage`], saying what to write instead, if not.
pub(crate) fn checked(form: Form<Subject>) -> Result<Form<Subject>> {
    for subject in form.subjects() {
        if subject.is_figure() && !subject.slices.is_empty() {
            return refuse(format!("{subject} is a figure of the whole job; leave out the braces"));
        }
    }
    match &form {
        Form::Compare { subject, less: Some(less), bound, proof, .. } => {
            difference([subject, less], *bound, proof.is_some())?;
        }
        Form::Compare { subject, less: None, op, bound, proof } => {
            best(subject, bound.reference())?;
            if proof.is_some() {
                proven(subject, *bound, op.upward().is_some())?;
            }
        }
        Form::Worse { subject, reference, .. } => {
            tested(subject, Some(*reference))?;
            best(subject, Some(*reference))?;
            if subject.better() == Better::Neither {
                return refuse(format!(
                    "{subject} is neither good nor bad, so that it cannot get worse; compare it \
                     with a bound, or write {subject} within 3 sigma of last 30"
                ));
            }
        }
        Form::Distance { reference, .. } | Form::Drifted { reference, .. } => {
            if *reference == Reference::Best {
                return refuse(
                    "a distribution has no best; write previous, mean of last N or run N",
                );
            }
        }
        Form::Within { .. } => {}
    }
    Ok(form)
}

fn refuse<T>(problem: impl Into<String>) -> Result<T> {
    Err(Error::Usage(problem.into()))
}

fn difference(subjects: [&Subject; 2], bound: Bound, proof: bool) -> Result<()> {
    for subject in subjects {
        if subject.is_each() {
            return refuse(format!("a difference is of single values; name a class in {subject}"));
        }
        if subject.is_figure() {
            return refuse(format!(
                "a difference is of metrics, and {subject} is a figure of the job"
            ));
        }
    }
    match bound {
        Bound::Number(_) if !proof => Ok(()),
        Bound::Number(_) => {
            refuse("a difference of two values cannot be proven; leave out the level")
        }
        Bound::Of { .. } => refuse("a difference of two values is compared with a number"),
    }
}

/// Whether `best` means something for the subject.
fn best(subject: &Subject, reference: Option<Reference>) -> Result<()> {
    if reference == Some(Reference::Best) && subject.better() == Better::Neither {
        return refuse(format!("{subject} is neither good nor bad, so that it has no best value"));
    }
    Ok(())
}

fn proven(subject: &Subject, bound: Bound, ordered: bool) -> Result<()> {
    let Bound::Of { factor, reference, .. } = bound else {
        return refuse(format!(
            "a proof compares with an earlier run: write {subject} >= previous - 0.01 @ 95%"
        ));
    };
    if factor != 1.0 {
        return refuse("a proof is about a difference; leave out the factor");
    }
    if !ordered {
        return refuse("a proof has a direction: one of >= <= > <");
    }
    tested(subject, Some(reference))
}

/// Whether a test can compare the subject with an earlier run.
pub(crate) fn tested(subject: &Subject, reference: Option<Reference>) -> Result<()> {
    if subject.is_figure() {
        return refuse(format!(
            "{subject} is a figure of the job, which no test applies to: write {subject} <= 1.5 * \
             mean of last 7, or {subject} within 3 sigma of last 30"
        ));
    }
    if subject.is_each() && reference == Some(Reference::Best) {
        return refuse("the best run differs by class; name one, or compare with previous");
    }
    Ok(())
}

/// Whether what `baseline` stands for fits the form.
///
/// # Errors
///
/// As in [`checked`].
pub(crate) fn fits(form: &Form<Subject>, baseline: Reference) -> Result<()> {
    if form.reference() != Some(Reference::Baseline) || baseline != Reference::Best {
        return Ok(());
    }
    let tests = matches!(form, Form::Worse { .. } | Form::Compare { proof: Some(_), .. });
    match form.subjects().first() {
        None => refuse("its baseline is configured as best, and a distribution has no best"),
        Some(subject) if tests => {
            tested(subject, Some(baseline)).and_then(|()| best(subject, Some(baseline)))
        }
        Some(subject) => best(subject, Some(baseline)),
    }
}
