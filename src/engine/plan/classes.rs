//! The classes of rows with scores, and the positive one of two.

use std::sync::atomic::{AtomicBool, Ordering};

use super::class_index::ClassIndex;
use super::options::Options;
use super::settled::Plan;
use super::{guessed_positive, one_column};
use crate::batch::{Batch, Role};
use crate::class::{Classes, is_missing};
use crate::error::{Error, Result};
use crate::input::Dataset;
use crate::notice::{self, Notice};

pub(crate) fn matrix_classes(
    columns: usize,
    names: Option<&[String]>,
    options: &Options,
) -> Result<Classes> {
    match (&options.classes, names) {
        (Some(given), _) if given.len() != columns => Err(Error::Mismatch(format!(
            "--classes names {} classes, but there are {columns} score columns; name one for each",
            given.len()
        ))),
        (Some(given), _) => Classes::given(given.clone()),
        (None, Some(names)) => Classes::given(names.to_vec()),
        (None, None) => Ok(Classes::numbered(columns)),
    }
}

/// The two classes of binary scores: {0, 1} when the labels are among them,
/// else the two labels seen; of the positive class alone, that and the rest.
/// Reads labels until two are seen.
pub(crate) fn binary_classes(
    input: &dyn Dataset,
    options: &Options,
    plan: &Plan,
    stop: &AtomicBool,
) -> Result<(Classes, Option<Notice>)> {
    if let Some(given) = &options.classes {
        let classes = Classes::given(given.clone())?;
        return match classes.len() {
            2 => Ok((classes, None)),
            count => Err(Error::Usage(format!(
                "--classes names {count} classes; one score per row needs two"
            ))),
        };
    }
    let mut names = first_two_labels(input, plan, stop)?;
    match (names.as_slice(), &options.positive) {
        ([one], _) if one == "1" => Ok((Classes::numbered(2), Some(one_is_all()))),
        (names, _) if names.iter().all(|name| name == "0" || name == "1") => {
            Ok((Classes::numbered(2), None))
        }
        ([_, _], _) => {
            crate::class::sort(&mut names);
            let notice = names.iter().find(|name| is_missing(name)).map(|name| missing_label(name));
            Ok((Classes::given(names)?, notice))
        }
        ([only], Some(positive)) if only == positive => {
            // All labels were read, so none of them is called so.
            let rest = format!("not {only}");
            let notice = named_rest(only, &rest);
            Ok((Classes::given(vec![rest, names.remove(0)])?, Some(notice)))
        }
        _ => Err(one_class(input, &names.join(""), options)),
    }
}

fn named_rest(only: &str, rest: &str) -> Notice {
    let text = format!("every label is '{only}', so the other class is called '{rest}' here");
    Notice::new(notice::NAMED_REST, text)
        .hint("to merge these rows with others, name both classes with --classes in all of them")
}

/// The classes of rows of {1, 2} look like this, too.
fn one_is_all() -> Notice {
    Notice::new(notice::ONE_IS_ALL, "every label is '1': the classes were taken for 0 and 1")
        .hint("if they are others, such as 1 and 2, name both with --classes")
}

/// A label that many files have where there is no value.
fn missing_label(name: &str) -> Notice {
    let text =
        format!("'{name}', which many files have for a missing value, is one of the classes");
    Notice::new(notice::MISSING_NAMES, text).hint(format!(
        "--ignore-label '{name}' leaves such labels out; if it is a class, name both with --classes"
    ))
}

fn one_class(input: &dyn Dataset, only: &str, options: &Options) -> Error {
    let named = "one score per row needs two classes, name them with --classes";
    let problem = match &options.positive {
        Some(positive) => format!(
            "all labels are '{only}' and none is '{positive}', which --positive names; {named}"
        ),
        None => format!(
            "all labels are '{only}'; {named}, or say --positive '{only}' if that is the positive \
             class"
        ),
    };
    Error::format(input.path(0, Role::Labels), problem)
}

fn first_two_labels(input: &dyn Dataset, plan: &Plan, stop: &AtomicBool) -> Result<Vec<String>> {
    let mut ids = ClassIndex::new(None, plan);
    let mut found: Vec<u32> = Vec::new();
    let (mut batch, mut numbers) = (Batch::default(), Vec::new());
    let stream = input.pass()?;
    while found.len() < 2 && stream.next(&mut batch)? {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        ids.of(&batch.labels, 0..batch.rows, &mut numbers);
        for fault in &batch.faults {
            numbers[fault.row] = u32::MAX;
        }
        for &id in numbers.iter().filter(|&&id| id != u32::MAX && !ids.is_ignored(id)) {
            if found.len() < 2 && !found.contains(&id) {
                found.push(id);
            }
        }
    }
    Ok(found.into_iter().map(|id| ids.found_names()[id as usize].clone()).collect())
}

pub(crate) fn positive(classes: &Classes, options: &Options) -> Result<usize> {
    let Some(name) = &options.positive else { return Ok(1) };
    classes.find(name, options.spec.class_options.is_loose()).ok_or_else(|| {
        Error::Usage(format!(
            "--positive '{name}' is not a class; the classes are '{}'",
            classes.names().join("' and '")
        ))
    })
}

/// The class that one score per row is for: the one that was named, or that its
/// column's name tells, or else the later one.
pub(crate) fn binary_positive(
    input: &dyn Dataset,
    classes: &Classes,
    options: &Options,
    notices: &mut Vec<Notice>,
) -> Result<usize> {
    let usual = positive(classes, options)?;
    if options.positive.is_some() {
        return Ok(usual);
    }
    if let Some((told, notice)) = one_column::positive(input.one_column(), classes, usual)? {
        notices.extend(notice);
        return Ok(told);
    }
    if options.classes.is_none() {
        notices.extend(guessed_positive::notice(classes, usual));
    }
    Ok(usual)
}
