//! The check that some class is both a label and a prediction: else every metric would be 0 and
//! mean nothing.

use std::collections::HashSet;

use crate::batch::Role;
use crate::class::{folded, is_canonical_integer};
use crate::error::{Error, Result};
use crate::input::Source;
use crate::tally::Tallies;

/// Fewest rows, and fewest classes on either side, that two sets of words do not keep
/// apart because a model is bad.
const FEWEST_ROWS: u64 = 3;
const FEWEST_CLASSES: usize = 2;

/// Whether labels and predictions may be of the same classes.
///
/// # Errors
///
/// [`Error::Format`] if they have no class in common, and either are spelled differently
/// or are words that are too many for chance.
pub(crate) fn check<S: Source>(source: &S, tallies: &Tallies) -> Result<()> {
    if tallies.confusion.diagonal().any(|rows| rows > 0) {
        return Ok(());
    }
    let Some((labels, predictions)) = sides(tallies) else { return Ok(()) };
    let spelling = |names: &[&str]| names.iter().map(|name| Spelling::of(name)).max();
    let path = || source.path(0, Role::Labels);
    if spelling(&labels) != spelling(&predictions) {
        return Err(Error::format(path(), spelled_apart(&labels, &predictions)));
    }
    let many = labels.len().min(predictions.len()) >= FEWEST_CLASSES;
    let words = spelling(&labels) == Some(Spelling::Text);
    if !words || !many || tallies.rows.scored < FEWEST_ROWS || are_alike(&labels, &predictions) {
        return Ok(());
    }
    let hint = match is_repr(&labels) != is_repr(&predictions) {
        true => "those with b'' are bytes that Python wrote: decode them first",
        false => {
            "map one to the other first; if every row is wrong, --outside wrong counts them so"
        }
    };
    Err(Error::format(
        path(),
        format!(
            "labels and predictions have no class in common: labels are {}, predictions {}; {hint}",
            first_few(&labels),
            first_few(&predictions)
        ),
    ))
}

/// The classes that labels have, and those that predictions have; `None` if they share one.
fn sides(tallies: &Tallies) -> Option<(Vec<&str>, Vec<&str>)> {
    let names = tallies.classes.names();
    let mut labels = vec![false; names.len()];
    let mut predictions = vec![false; names.len()];
    for cell in tallies.confusion.cells() {
        labels[cell.label as usize] = true;
        predictions[cell.prediction as usize] = true;
    }
    let of = |found: &[bool]| -> Vec<&str> {
        names.iter().zip(found).filter(|(_, found)| **found).map(|(name, _)| &**name).collect()
    };
    let shares = labels.iter().zip(&predictions).any(|(label, prediction)| *label && *prediction);
    (!shares).then(|| (of(&labels), of(&predictions)))
}

fn spelled_apart(labels: &[&str], predictions: &[&str]) -> String {
    let first = |names: &[&str]| names.first().copied().unwrap_or_default().to_owned();
    let prediction = first(predictions);
    let hint = match prediction.parse::<f64>() {
        _ if are_alike(labels, predictions) => {
            "--match-classes loose takes such spellings for one class"
        }
        Ok(value) if value.fract() != 0.0 => "if those are scores, name them with --scores",
        _ => "map one to the other first",
    };
    format!(
        "labels and predictions have no class in common: labels are spelled like '{}', \
         predictions like '{prediction}'; {hint}",
        first(labels),
    )
}

/// Whether some label and some prediction are spellings of one class.
fn are_alike(labels: &[&str], predictions: &[&str]) -> bool {
    let of = |names: &[&str]| -> HashSet<String> {
        names.iter().map(|name| folded(name).into_owned()).collect()
    };
    !of(labels).is_disjoint(&of(predictions))
}

/// Whether names are bytes as Python prints them: `b'cat'`.
fn is_repr(names: &[&str]) -> bool {
    let quoted = |name: &str| {
        let inner = name.strip_prefix('b').unwrap_or_default();
        inner.len() > 1
            && ['\'', '"'].iter().any(|it| inner.starts_with(*it) && inner.ends_with(*it))
    };
    names.iter().all(|name| quoted(name))
}

fn first_few(names: &[&str]) -> String {
    const FEW: usize = 3;
    let shown: Vec<String> = names.iter().take(FEW).map(|name| format!("'{name}'")).collect();
    let more = if names.len() > FEW { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// How a class is spelled, the narrowest way first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spelling {
    Integer,
    Number,
    Text,
}

impl Spelling {
    fn of(name: &str) -> Self {
        if is_canonical_integer(name) {
            Self::Integer
        } else if name.parse::<f64>().is_ok() {
            Self::Number
        } else {
            Self::Text
        }
    }
}
