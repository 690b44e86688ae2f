//! The files that spell a class otherwise than the rest.

use std::collections::HashMap;

use crate::class::{alike, apart};
use crate::engine::Plan;
use crate::error::Result;
use crate::input::Input;
use crate::notice::{self, Notice};
use crate::tally::Tallies;

/// Rows of each file that are looked at, and files.
const LOOK_AT: usize = 1_024;
const MOST_FILES: usize = 1_024;

/// Spellings in a message, and lists of files.
const FEW: usize = 5;
const FEW_LISTS: usize = 3;

/// A warning that says where spellings are that only some files have, of classes that
/// differ in nothing but their spelling. The findings give their rows.
///
/// # Errors
///
/// Whatever makes a file unreadable.
pub(super) fn in_some_files(
    input: &Input,
    plan: &Plan,
    tallies: &Tallies,
) -> Result<Option<Notice>> {
    if input.parts() < 2 || tallies.spec.class_options.matching.is_some() {
        return Ok(None);
    }
    let names = tallies.classes.proper_names();
    let groups = alike(names);
    if groups.is_empty() {
        return Ok(None);
    }
    let places: HashMap<&str, usize> =
        groups.iter().flatten().map(|&class| (names[class].as_str(), class)).collect();
    let files = files_of(input, plan, &places)?;
    let none = Vec::new();
    let of = |class: &usize| files.get(class).unwrap_or(&none);
    // The spelling of the fewest files is most likely the one to be mended.
    let odd = groups.iter().filter_map(|group| {
        let seen: Vec<usize> = group.iter().copied().filter(|it| !of(it).is_empty()).collect();
        let fewest = seen.iter().copied().min_by_key(|it| (of(it).len(), usize::MAX - it))?;
        seen.iter().any(|it| of(it) != of(&fewest)).then_some(fewest)
    });
    let mut lists: Vec<(&Vec<usize>, Vec<usize>)> = Vec::new();
    for class in odd {
        match lists.iter_mut().find(|(known, _)| *known == of(&class)) {
            Some((_, classes)) => classes.push(class),
            None => lists.push((of(&class), vec![class])),
        }
    }
    let words = |(parts, classes): &(&Vec<usize>, Vec<usize>)| {
        let path = input.path(parts[0], crate::batch::Role::Labels).display();
        let spelled: Vec<String> =
            classes.iter().take(FEW).map(|&it| format!("'{}'", apart(&names[it]))).collect();
        let are = if classes.len() == 1 { "is" } else { "are" };
        format!(
            "{}{} {are} only in {path}{}",
            spelled.join(" and "),
            more(" and", classes.len() - spelled.len()),
            more(" and", parts.len() - 1)
        )
    };
    let shown: Vec<String> = lists.iter().take(FEW_LISTS).map(words).collect();
    let rest = more("; and", lists.len() - shown.len());
    Ok((!shown.is_empty()).then(|| {
        let text = format!(
            "files spell classes differently: by their first {LOOK_AT} rows, {}{rest}",
            shown.join("; ")
        );
        Notice::new(notice::SPELLED_IN_FILES, text)
    }))
}

/// How many are not listed.
fn more(and: &str, count: usize) -> String {
    if count == 0 { String::new() } else { format!("{and} {count} more") }
}

/// The files in whose first rows each of some classes is, by their places.
fn files_of(
    input: &Input,
    plan: &Plan,
    places: &HashMap<&str, usize>,
) -> Result<HashMap<usize, Vec<usize>>> {
    let mut files: HashMap<usize, Vec<usize>> = HashMap::new();
    for part in 0..input.parts().min(MOST_FILES) {
        let head = input.head(part, LOOK_AT, plan.threads)?;
        for names in [&head.labels, &head.predictions] {
            for row in 0..names.len().min(LOOK_AT) {
                let Some(&class) = places.get(names.name(row).as_str()) else { continue };
                let parts = files.entry(class).or_default();
                if parts.last() != Some(&part) {
                    parts.push(part);
                }
            }
        }
    }
    Ok(files)
}
