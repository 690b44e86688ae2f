//! Rows that cannot be scored, and what the user can do about them.

use std::borrow::Cow;

use super::row_position::RowPosition;
use crate::batch::{Batch, Fault, Role};

/// A row that cannot be scored.
#[derive(Clone, Debug)]
pub(crate) struct Invalid {
    pub(crate) place: RowPosition,
    pub(crate) role: Role,
    pub(crate) problem: String,
    /// What the user can do about it; nothing, if the problem says so.
    hint: Cow<'static, str>,
}

/// What to do about a row that may be left out.
const CORRECT_OR_SKIP: &str = "correct it, or leave such rows out with --on-invalid skip";

/// The same about a prediction of no class.
const CORRECT_OR_WRONG_OR_SKIP: &str = "correct it, count such predictions as wrong with \
    --outside wrong, or leave such rows out with --on-invalid skip";

/// The same about a prediction with a fraction.
const CORRECT_OR_SCORES_OR_SKIP: &str = "correct it, name it with --scores if it is a score, or \
    leave such rows out with --on-invalid skip";

/// How input says that there is a fraction where a class should be.
const FRACTION: &str = "is not an integer";

/// How input ends what has ways out of its own.
const WAY_OUT: &str = "use --csv repeated-header=keep";

/// The same about a label without a column of scores.
const NAME_OR_IGNORE_OR_SKIP: &str = "name the classes of the columns, in their order, with \
    --classes, leave this label out with --ignore-label, or all such rows with --on-invalid skip";

impl Invalid {
    /// A row that may be left out.
    pub(crate) fn new(place: RowPosition, role: Role, problem: String) -> Self {
        let hint = match role {
            _ if problem.ends_with(WAY_OUT) => "",
            Role::Predictions if problem.ends_with(FRACTION) => CORRECT_OR_SCORES_OR_SKIP,
            _ => CORRECT_OR_SKIP,
        };
        Self { place, role, problem, hint: hint.into() }
    }

    /// A row at whose reading a fault was found.
    pub(crate) fn of(place: RowPosition, fault: &Fault) -> Self {
        Self::new(place, fault.role, fault.problem.clone())
    }

    /// A row whose prediction is of no class.
    pub(crate) fn outside(place: RowPosition, problem: String) -> Self {
        Self { place, role: Role::Predictions, problem, hint: CORRECT_OR_WRONG_OR_SKIP.into() }
    }

    /// A row whose label has no column of scores.
    pub(crate) fn unscored(place: RowPosition, problem: String) -> Self {
        Self { place, role: Role::Labels, problem, hint: NAME_OR_IGNORE_OR_SKIP.into() }
    }

    /// A row whose label is a third one where only two were found.
    pub(crate) fn third_label(batch: &Batch, row: usize, problem: String) -> Self {
        let hint = format!(
            "--ignore-label '{}' leaves such rows out, or name the two with --classes and leave \
             all others out with --on-invalid skip",
            batch.labels.name(row)
        );
        let place = RowPosition::of(batch, row);
        Self { place, role: Role::Labels, problem, hint: hint.into() }
    }

    /// The problem and what to do about it.
    pub(crate) fn message(&self) -> String {
        match self.hint.as_ref() {
            "" => self.problem.clone(),
            hint => format!("{}; {hint}", self.problem),
        }
    }
}
