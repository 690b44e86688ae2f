//! Score columns that no label speaks of.

use crate::input::Input;
use crate::notice::{self, Notice};
use crate::tally::Tallies;

/// Rows for each class from which on every class should have been a label.
const ENOUGH: u64 = 5;

/// Columns that are named in a notice.
const FEW: usize = 3;

/// A warning of score columns whose class is the label of no row: a price or the
/// largest of the others is a number as well.
pub(super) fn unlabelled(input: &Input, tallies: &Tallies) -> Option<Notice> {
    let columns = input.score_columns()?;
    let mut labelled = vec![false; columns.len()];
    for cell in tallies.confusion.cells() {
        if let Some(label) = labelled.get_mut(cell.label as usize) {
            *label = true;
        }
    }
    let none = labelled.iter().zip(&columns).filter(|(labelled, _)| !**labelled);
    let none: Vec<&str> = none.map(|(_, column)| *column).collect();
    let (count, all) = (none.len(), columns.len());
    // Where most classes are rare, some have no row by chance.
    let unexpected = 4 * count <= all || tallies.rows.scored >= ENOUGH * all as u64;
    if count == 0 || !unexpected {
        return None;
    }
    let mut names: Vec<String> = none.iter().take(FEW).map(|name| format!("'{name}'")).collect();
    names.extend((count > FEW).then(|| "…".to_owned()));
    let text =
        format!("no label belongs to {count} of the {all} score columns: {}", names.join(", "));
    let hint = "if one of them holds no score, leave it out: --scores takes a list of columns, too";
    Some(Notice::new(notice::UNLABELLED_COLUMN, text).hint(hint))
}
