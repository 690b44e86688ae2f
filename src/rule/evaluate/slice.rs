//! The slice that a subject selects: the rows with one value of a column.

use super::finding::{Abort, NoVerdict};
use crate::error::{Error, Result};
use crate::rule::syntax::subject::Subject;
use crate::tally::Tallies;

/// Whether rows in groups by some columns have the slice of a subject, but for its value.
///
/// # Errors
///
/// [`Error::Usage`], saying what to do, if not.
pub(crate) fn check(subject: &Subject, columns: Option<&[String]>) -> Result<()> {
    let mut slices = subject.slices();
    let Some((column, _)) = slices.next() else { return Ok(()) };
    if let Some((other, _)) = slices.next() {
        return Err(Error::Usage(format!(
            "{subject} selects rows by '{column}' and by '{other}'; a rule is about one slice"
        )));
    }
    let Some(columns) = columns.filter(|columns| !columns.contains(column)) else { return Ok(()) };
    let known = match columns {
        [] => "no column makes slices; name it by --slice".to_owned(),
        columns => format!("slices are made by '{}'", columns.join("', '")),
    };
    Err(Error::Usage(format!("{subject} is of a slice by '{column}', but {known}")))
}

/// The tallies that a subject is about, of those of all rows; `of` says which these are,
/// as in " in run 12".
///
/// # Errors
///
/// [`Abort::NoVerdict`] if there is no such slice.
pub(crate) fn select<'t>(
    subject: &Subject,
    tallies: &'t Tallies,
    of: &str,
) -> std::result::Result<&'t Tallies, Abort> {
    let Some((column, value)) = subject.slices().next() else { return Ok(tallies) };
    tallies
        .slice(column, value)
        .map_err(|reason| NoVerdict::undefined(format!("{reason}{of}")).into())
}
