//! The values of a key column: which are equal however they are written, and which are
//! measures or times.

use std::borrow::Cow;

use crate::batch::{Batch, Names};
use crate::class::{folded, is_missing};

/// The fault of a row, if it has one.
fn problem(batch: &Batch, row: usize) -> Option<&str> {
    let at = batch.faults.binary_search_by_key(&row, |fault| fault.row).ok()?;
    Some(&batch.faults[at].problem)
}

/// Whether a row cannot be read at all: it is told of where it is counted.
pub(super) fn is_unknown(batch: &Batch, row: usize) -> bool {
    problem(batch, row).is_some_and(|it| !it.starts_with("the label ") && !it.starts_with("label "))
}

/// The value in a row in the one spelling that stands for all; `None` if it is missing.
/// One that is no class, such as a number with a fraction, is told by its fault.
pub(super) fn value(batch: &Batch, row: usize) -> Option<Cow<'_, str>> {
    let text = match problem(batch, row) {
        Some(problem) => match problem.strip_prefix("label ") {
            Some(found) => Cow::Borrowed(found.split(' ').next()?),
            None => return None,
        },
        None => match &batch.labels {
            Names::Text(text) => Cow::Borrowed(std::str::from_utf8(text.get(row)).ok()?),
            names => Cow::Owned(names.name(row)),
        },
    };
    if is_missing(text.trim()) {
        return None;
    }
    Some(match text {
        Cow::Borrowed(text) => one_spelling(text),
        Cow::Owned(number) => Cow::Owned(number),
    })
}

/// Whether names are equal as they are.
pub(super) fn is_same_name(a: &Batch, b: &Batch, row: usize) -> bool {
    if !a.faults.is_empty() || !b.faults.is_empty() {
        return false;
    }
    match (&a.labels, &b.labels) {
        (Names::U8(a), Names::U8(b)) => a[row] == b[row],
        (Names::U16(a), Names::U16(b)) => a[row] == b[row],
        (Names::U32(a), Names::U32(b)) => a[row] == b[row],
        (Names::I32(a), Names::I32(b)) => a[row] == b[row],
        (Names::I64(a), Names::I64(b)) => a[row] == b[row],
        (Names::Text(a), Names::Text(b)) => a.get(row) == b.get(row),
        _ => false,
    }
}

/// `7` for ` 7`, `007` and `7.0`; of numbers with a fraction, the nearest single.
fn one_spelling(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let starts = text.bytes().next().is_some_and(|it| it.is_ascii_digit() || b"+-.".contains(&it));
    let Some(number) = text.parse::<f64>().ok().filter(|_| starts) else {
        return Cow::Borrowed(text);
    };
    let exact = folded(text);
    #[allow(clippy::cast_possible_truncation, reason = "the nearest single is wanted")]
    let single = number as f32;
    match exact.contains('.') && single.is_normal() {
        true => Cow::Owned(single.to_string()),
        false => exact,
    }
}

/// Whether a value is a number with a fraction, a date or a time.
pub(super) fn is_measure(value: &str) -> bool {
    let shape: String =
        value.chars().take(8).map(|it| if it.is_ascii_digit() { '0' } else { it }).collect();
    let is_date = ["0000-00-", "0000/00/", "00.00.00", "00/00/00", "00:00:00"];
    is_date.contains(&shape.as_str()) || value.contains('.') && value.parse::<f64>().is_ok()
}

/// Whether the name of a column says that it holds times.
pub(super) fn says_time(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let last = name.rsplit(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
    ["time", "timestamp", "date", "datetime", "latency", "duration"]
        .iter()
        .any(|word| last.ends_with(word))
        || matches!(last, "at" | "ts" | "ms")
}

#[cfg(test)]
mod tests {
    use super::{is_measure, one_spelling, says_time};

    #[test]
    fn keys_are_compared_by_value() {
        let same = |a: &str, b: &str| one_spelling(a) == one_spelling(b);
        for (a, b) in [("7", "007"), ("7", "7.0"), ("x", " x "), ("1e3", "1000"), ("0.1", "0.10")] {
            assert!(same(a, b), "{a} {b}");
        }
        // As single precision is written, and as double precision is.
        assert!(same("0.1", "0.10000000149011612"));
        for (a, b) in [("7", "8"), ("x", "X"), ("9007199254740993", "9007199254740992"), ("", "0")]
        {
            assert!(!same(a, b), "{a} {b}");
        }
    }

    #[test]
    fn measures_and_times_are_told_by_their_form_and_name() {
        for value in ["0.5", "-1.25", "2026-11-30", "30.11.2026", "12:30:00", "2026/11/30 10:00"] {
            assert!(is_measure(value), "{value}");
        }
        for value in ["7", "img_1.jpg", "1.2.3", "12345678", "x"] {
            assert!(!is_measure(value), "{value}");
        }
        assert!(says_time("prediction_time") && says_time("Created At") && says_time("latency"));
        assert!(!says_time("id") && !says_time("country"));
    }
}
