//! Rows of which none is right.

use super::{FEW, marginals};
use crate::class::is_canonical_integer;
use crate::notice::{self, Notice};
use crate::tally::{Tallies, Task};

/// Fewer rows may all be wrong by chance.
const FEWEST: u64 = 3;

/// A model that is never right is rarer than labels and predictions by other names.
pub(super) fn none_right(tallies: &Tallies) -> Option<Notice> {
    if tallies.rows.scored < FEWEST || tallies.confusion.diagonal().any(|rows| rows > 0) {
        return None;
    }
    let (labels, predictions) = marginals(tallies);
    let names = tallies.classes.names();
    let proper = tallies.classes.proper_names().len();
    let of = |rows: &[u64]| -> Vec<&str> {
        (0..proper).filter(|&at| rows[at] > 0).map(|at| names[at].as_str()).collect()
    };
    let (labels, predictions) = (of(&labels), of(&predictions));
    let text = format!(
        "no row is right: labels are {}, predictions {}",
        spelled(&labels),
        spelled(&predictions)
    );
    let hint = match tallies.spec.task {
        Task::Predictions => match shift(&labels, &predictions) {
            Some(shift) => {
                let sign = if shift < 0 { '-' } else { '+' };
                let by = shift.unsigned_abs();
                format!("predictions look like each label {sign} {by}: number both alike")
            }
            None => "see whether both call their classes alike".to_owned(),
        },
        Task::Binary { positive } => format!(
            "see whether the score is that of the positive class, '{}'; --positive names another",
            names[positive]
        ),
        Task::Matrix => {
            "see whether the score columns are in the order of the classes; --classes names them"
                .to_owned()
        }
    };
    Some(Notice::new(notice::NONE_RIGHT, text).hint(hint))
}

/// How far all predictions are from labels of as many integers in a row.
fn shift(labels: &[&str], predictions: &[&str]) -> Option<i64> {
    let ends = |names: &[&str]| -> Option<[i64; 2]> {
        let numbers: Option<Vec<i64>> = names.iter().map(|name| name.parse().ok()).collect();
        let numbers = numbers?;
        Some([*numbers.iter().min()?, *numbers.iter().max()?])
    };
    let ([first, last], [low, high]) = (ends(labels)?, ends(predictions)?);
    let shift = low.checked_sub(first)?;
    (shift != 0 && high.checked_sub(last) == Some(shift)).then_some(shift)
}

/// Class names: of integers the ends, of others the first few.
fn spelled(names: &[&str]) -> String {
    match names {
        [] => "of no class".to_owned(),
        [only] => format!("'{only}'"),
        // Integers stand in the order of their values.
        [first, .., last] if names.iter().all(|name| is_canonical_integer(name)) => {
            format!("{first} to {last}")
        }
        _ => {
            let shown: Vec<String> =
                names.iter().take(FEW).map(|name| format!("'{name}'")).collect();
            let more = if names.len() > shown.len() { ", …" } else { "" };
            format!("{}{more}", shown.join(", "))
        }
    }
}
