//! The per-class table for spreadsheets and data frames, and how names stand in CSV.

use std::borrow::Cow;

use super::Report;
use crate::metric::ClassMeasures;

/// The columns, in order.
const COLUMNS: [&str; 14] = [
    "class",
    "tp",
    "fp",
    "fn",
    "tn",
    "support",
    "predicted",
    "precision",
    "recall",
    "f1",
    "specificity",
    "jaccard",
    "roc_auc",
    "average_precision",
];

/// Columns that are there only if rows were put in order, the last ones.
const ORDERED: usize = 2;

/// The column after them, where predictions of no class count: rows of the class with one.
const OUTSIDE: &str = "outside";

/// The per-class table as CSV with a header, one line per class.
///
/// An undefined value is an empty field; numbers read back as the same bits. A name that
/// a spreadsheet would compute has a `'` before it.
pub fn csv(report: &Report) -> String {
    let columns = match report.tallies.order() {
        Some(_) => COLUMNS.len(),
        None => COLUMNS.len() - ORDERED,
    };
    let outside = report.outside();
    let asked = report.per_class.first().map_or(&[][..], |class| &class.asked);
    let names = COLUMNS[..columns].iter().copied().chain(asked.iter().map(|(name, _)| *name));
    let mut text = line(names.chain(outside.iter().map(|_| OUTSIDE)));
    for measures in &report.per_class {
        let record = record(report.class(measures.class), measures);
        let outside = outside.as_ref().map(|rows| rows[measures.class].to_string());
        let asked: Vec<String> =
            measures.asked.iter().map(|(_, it)| value(it.as_ref().ok().copied())).collect();
        text += &line(record[..columns].iter().chain(&asked).chain(&outside));
    }
    text
}

/// What a cell begins with that Excel, LibreOffice or Google Sheets compute.
///
/// Source: OWASP, "CSV Injection".
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A name as a cell: with a `'` before what a spreadsheet would take for a formula, and
/// before such a name that has a `'` already, so that each reads back by leaving one out.
/// A number is none.
pub(crate) fn name(name: &str) -> Cow<'_, str> {
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it));
    let is_number = digits(name) && name.parse::<f64>().is_ok();
    match name.trim_start_matches('\'').starts_with(FORMULA) && !is_number {
        true => Cow::Owned(format!("'{name}")),
        false => Cow::Borrowed(name),
    }
}

/// A line with its end. Fields are in quotes also where programs of another locale would
/// part them.
pub(crate) fn line(fields: impl Iterator<Item = impl AsRef<str>>) -> String {
    let mut text = String::new();
    for (place, field) in fields.enumerate() {
        let field = field.as_ref();
        text.extend((place > 0).then_some(','));
        match field.contains([',', ';', '\t', '"', '\r', '\n']) {
            true => text.extend(["\"", &field.replace('"', "\"\""), "\""]),
            false => text.push_str(field),
        }
    }
    text + "\n"
}

/// A value as a cell: the shortest text that reads back as the same bits.
fn value(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| format!("{value:?}"))
}

fn record(class: &str, measures: &ClassMeasures) -> [String; COLUMNS.len()] {
    let area = |area: &Result<f64, String>| value(area.as_ref().ok().copied());
    [
        name(class).into_owned(),
        measures.tp.to_string(),
        measures.fp.to_string(),
        measures.fn_.to_string(),
        measures.tn.to_string(),
        measures.support.to_string(),
        measures.predicted.to_string(),
        value(measures.precision.ok()),
        value(measures.recall.ok()),
        value(measures.f1.ok()),
        value(measures.specificity.ok()),
        value(measures.jaccard.ok()),
        measures.order.as_ref().map_or_else(String::new, |it| area(&it.roc_auc)),
        measures.order.as_ref().map_or_else(String::new, |it| area(&it.average_precision)),
    ]
}

#[cfg(test)]
mod tests {
    use super::{line, name};

    #[test]
    fn formulas_are_text_numbers_stay_and_every_name_reads_back() {
        for (given, cell) in [
            ("=cmd|' /C calc'!A1", "'=cmd|' /C calc'!A1"),
            ("+1+1", "'+1+1"),
            ("-1+1", "'-1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("'=1", "''=1"),
            ("＝1", "'＝1"),
            ("-", "'-"),
            ("-inf", "'-inf"),
            ("-0.5", "-0.5"),
            ("+1e-3", "+1e-3"),
            ("'90s", "'90s"),
            ("cat", "cat"),
            ("", ""),
        ] {
            assert_eq!(name(given), cell);
        }
    }

    #[test]
    fn fields_are_quoted_where_any_program_would_part_them() {
        let fields = ["a", "b,c", "d;=1", "e\tf", "g\"h", "i\r\n", ""];
        let found = line(fields.iter());
        assert_eq!(found, "a,\"b,c\",\"d;=1\",\"e\tf\",\"g\"\"h\",\"i\r\n\",\n");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(found.as_bytes());
        assert!(reader.records().flatten().any(|record| record == *fields.as_slice()));
    }
}
