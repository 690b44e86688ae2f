//! Options about classes, held against the input.

use super::options::Options;
use super::settled::Plan;
use crate::batch::Role;
use crate::class::{alike, folded};
use crate::error::{Error, Result};
use crate::input::{Dataset, Shape, Source};
use crate::tally::{Outside, Tallies};

/// Classes in a message.
const FEW: usize = 5;

/// Settles labels to be ignored, and what becomes of predictions of no class.
///
/// # Errors
///
/// [`Error::Usage`] if there can be no such predictions, or if it is known too late
/// which they are.
pub(crate) fn settle(input: &dyn Dataset, options: &Options, plan: &mut Plan) -> Result<()> {
    let loose = plan.spec.class_options.is_loose();
    let mut ignore: Vec<String> = Vec::new();
    for label in &options.ignore {
        let label = if loose { folded(label).into_owned() } else { label.clone() };
        if !ignore.contains(&label) {
            ignore.push(label);
        }
    }
    plan.ignore = ignore;
    plan.spec.class_options.outside_is_wrong = options.outside == Some(Outside::Wrong);
    let Some(outside) = options.outside else { return Ok(()) };
    if *input.shape() != Shape::Predictions {
        return Err(Error::Usage(
            "--outside is for predictions; rows of scores always predict one of their classes"
                .into(),
        ));
    }
    if outside == Outside::Skip && options.classes.is_none() {
        return Err(Error::Usage(
            "--outside skip needs --classes: only the last row tells which classes the labels \
             have; name them, or count predictions of other names with --outside wrong"
                .into(),
        ));
    }
    Ok(())
}

/// Whether labels have every predicted class, where anything else was said to be an error
/// and no one named the classes: only the whole tells which those of the labels are.
///
/// # Errors
///
/// [`Error::Format`] with the classes that are only predicted.
pub(crate) fn refuse_outside<S: Source>(source: &S, plan: &Plan, tallies: &Tallies) -> Result<()> {
    if plan.outside != Some(Outside::Error) || plan.classes.is_some() {
        return Ok(());
    }
    let only = tallies.only_predicted();
    let rows: u64 = only.iter().map(|(_, rows)| rows).sum();
    if rows == 0 {
        return Ok(());
    }
    let shown: Vec<String> =
        only.iter().take(FEW).map(|(name, rows)| format!("'{name}' ({rows})")).collect();
    let more = if only.len() > FEW { ", …" } else { "" };
    let problem = format!(
        "{rows} of {} predictions are of classes that no label has, which --outside error \
         refuses: {}{more}; correct them, name all classes with --classes, or count such as wrong \
         with --outside wrong",
        tallies.rows.scored,
        shown.join(", ")
    );
    Err(Error::format(source.path(0, Role::Predictions), problem))
}

/// Settles what was asked about the classes, where they are known.
///
/// # Errors
///
/// [`Error::Usage`] if two are one class, or a class that is named is none of them.
pub(crate) fn check(plan: &mut Plan) -> Result<()> {
    let Some(classes) = &plan.classes else { return Ok(()) };
    let class_options = &mut plan.spec.class_options;
    if class_options.is_loose()
        && let Some([first, second, ..]) = alike(classes.names()).first().map(Vec::as_slice)
    {
        let names = classes.names();
        return Err(Error::Usage(format!(
            "--match-classes loose cannot tell the classes '{}' and '{}' apart; rename one, or use \
             --match-classes exact",
            names[*first], names[*second]
        )));
    }
    class_options.settle(classes)
}
