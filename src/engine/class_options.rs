//! Options about classes, held against the input.

use super::plan::{Options, Plan};
use crate::class::{Classes, alike, folded};
use crate::error::{Error, Result};
use crate::input::{Input, Shape};
use crate::tally::Outside;

/// Settles labels to be ignored, and what becomes of predictions of no class.
///
/// # Errors
///
/// [`Error::Usage`] if there can be no such predictions, or if it is known too late
/// which they are.
pub(super) fn settle(input: &Input, options: &Options, plan: &mut Plan) -> Result<()> {
    let loose = plan.spec.class_options.is_loose();
    let mut ignore: Vec<String> = Vec::new();
    for label in &options.ignore {
        let label = if loose { folded(label).into_owned() } else { label.clone() };
        if !ignore.contains(&label) {
            ignore.push(label);
        }
    }
    plan.ignore = ignore;
    plan.spec.class_options.outside_is_wrong = options.outside == Outside::Wrong;
    if options.outside == Outside::Error {
        return Ok(());
    }
    if *input.shape() != Shape::Predictions {
        return Err(Error::Usage(
            "--outside is for predictions; rows of scores always predict one of their classes"
                .into(),
        ));
    }
    if options.outside == Outside::Skip && options.classes.is_none() {
        return Err(Error::Usage(
            "--outside skip needs --classes: only the last row tells which classes the labels \
             have; name them, or count predictions of other names with --outside wrong"
                .into(),
        ));
    }
    Ok(())
}

/// Settles what was asked about the classes, where they are known.
///
/// # Errors
///
/// [`Error::Usage`] if two are one class, or a class that is named is none of them.
pub(super) fn check(plan: &mut Plan) -> Result<()> {
    let Some(classes) = &plan.classes else { return Ok(()) };
    let class_options = &mut plan.spec.class_options;
    if let Some([first, second, ..]) = alike(classes.names()).first().map(Vec::as_slice)
        && class_options.is_loose()
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

impl Plan {
    /// The classes of the tallies, if they are given: with a last one for predictions of
    /// no class, where these count.
    pub(super) fn tallied(&self) -> Option<Classes> {
        let classes = self.classes.as_ref()?;
        Some(match self.spec.class_options.outside_is_wrong {
            true => classes.and_outside(),
            false => classes.clone(),
        })
    }
}
