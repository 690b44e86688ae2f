//! Predicted classes that no label has.

use std::collections::HashSet;

use super::FEW;
use crate::class::{Origin, alike, is_missing};
use crate::notice::{self, Notice};
use crate::tally::Tallies;

/// Of so many rows one, or of so many classes one, is worth a warning.
const ROWS: u64 = 1_000;
const CLASSES: usize = 100;

/// Classes that no label has may be answers outside the classes; averages over classes
/// count each, and mostly as 0. It is a warning where they are many rows or many of the
/// classes, and no other warning tells of them; `is_told` says that one tells of all.
pub(super) fn only_predicted(tallies: &Tallies, is_told: bool) -> Option<Notice> {
    if tallies.classes.origin() == Origin::Given {
        return None;
    }
    let only = tallies.only_predicted();
    if only.is_empty() {
        return None;
    }
    let rows: u64 = only.iter().map(|(_, rows)| rows).sum();
    let shown: Vec<String> = only.iter().take(FEW).map(|(name, _)| format!("'{name}'")).collect();
    let more = match only.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (averaged, all) = averaged(tallies, only.iter().map(|(name, _)| *name).collect());
    let code = match averaged > 0 && !is_told && are_many(tallies, &only, all) {
        true => notice::AVERAGES_OF_ONLY_PREDICTED,
        false => notice::ONLY_PREDICTED,
    };
    let (class, are) = if only.len() == 1 { ("class", "is") } else { ("classes", "are") };
    let averages = match averaged {
        0 => "averages leave out".to_owned(),
        _ => format!("{are} {averaged} of the {all} classes that averages are over"),
    };
    let text = format!(
        "no label has the predicted {class} {}{more} ({rows} of {} rows), which {averages}",
        shown.join(", "),
        tallies.rows.scored
    );
    let hint = "--outside wrong counts such predictions as wrong and not as classes; if they \
                are classes, name all in --classes";
    Some(Notice::new(code, text).hint(hint))
}

/// Whether those that no other warning tells of are many rows, or many of `all` classes.
fn are_many(tallies: &Tallies, only: &[(&str, u64)], all: usize) -> bool {
    let told = told_of(tallies);
    let untold: Vec<u64> =
        only.iter().filter(|(name, _)| !told.contains(name)).map(|(_, rows)| *rows).collect();
    let rows: u64 = untold.iter().sum();
    !untold.is_empty()
        && (rows.saturating_mul(ROWS) >= tallies.rows.scored
            || untold.len().saturating_mul(CLASSES) >= all)
}

/// How many of the names averages are over, and how many classes.
fn averaged(tallies: &Tallies, only: HashSet<&str>) -> (usize, usize) {
    let options = &tallies.spec.class_options;
    let over = options.average_over.as_ref();
    let selected = over.map(|over| over.selected(&tallies.classes, options.matching));
    let is_averaged = |class: usize| selected.as_ref().is_none_or(|selected| selected[class]);
    let names = tallies.classes.names().iter().enumerate();
    let names = names.filter(|(class, _)| is_averaged(*class));
    names.fold((0, 0), |(found, all), (_, name)| {
        (found + usize::from(only.contains(name.as_str())), all + 1)
    })
}

/// The names that warnings of their own tell of: other spellings, which someone may have
/// said to be classes, and missing values.
fn told_of(tallies: &Tallies) -> HashSet<&str> {
    let names = tallies.classes.names();
    let missing = names.iter().filter(|name| is_missing(name)).map(String::as_str);
    let spelled = alike(names).into_iter().flatten();
    missing.chain(spelled.map(|class| names[class].as_str())).collect()
}
