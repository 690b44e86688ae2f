//! Values of slices that differ in nothing but their spelling.

use crate::class::{alike, apart};
use crate::notice::{self, Notice};
use crate::tally::{Grouped, Tallies};

/// One value in two spellings is two groups, each of a part of its rows.
pub(super) fn spelled_alike(tallies: &Tallies) -> Option<Notice> {
    let (column, pairs) = tallies.slices.iter().find_map(of_column)?;
    let text = format!(
        "values of slice '{column}' that differ in nothing but their spelling are groups of their \
         own: {pairs}"
    );
    Some(Notice::new(notice::SLICES_ALIKE, text).hint("spell each value in one way"))
}

/// The first few such values of a column.
fn of_column(grouped: &Grouped) -> Option<(&String, String)> {
    let names: Vec<String> = grouped.groups.keys().flatten().cloned().collect();
    let groups = alike(&names);
    let spelling = |&value: &usize| format!("'{}'", apart(&names[value]));
    let spellings = |group: &Vec<usize>| {
        group.iter().take(super::FEW).map(spelling).collect::<Vec<_>>().join(" and ")
    };
    let shown: Vec<String> = groups.iter().take(super::FEW).map(spellings).collect();
    let more = match groups.len() - shown.len() {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    (!shown.is_empty()).then(|| (&grouped.column, shown.join("; ") + &more))
}
