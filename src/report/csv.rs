//! The per-class table for spreadsheets and data frames.

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
/// An undefined value is an empty field; numbers read back as the same bits.
pub fn csv(report: &Report) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let columns = match report.tallies.order {
        Some(_) => COLUMNS.len(),
        None => COLUMNS.len() - ORDERED,
    };
    let outside = report.outside();
    let names = COLUMNS[..columns].iter().copied();
    let mut written = writer.write_record(names.chain(outside.iter().map(|_| OUTSIDE)));
    for measures in &report.per_class {
        let record = record(report.class(measures.class), measures);
        let outside = outside.as_ref().map(|rows| rows[measures.class].to_string());
        let fields = record[..columns].iter().chain(&outside);
        written = written.and_then(|()| writer.write_record(fields));
    }
    let bytes = written.ok().and_then(|()| writer.into_inner().ok());
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| unreachable!("records of one length, of UTF-8, written to memory"))
}

fn record(name: &str, measures: &ClassMeasures) -> [String; COLUMNS.len()] {
    // `{:?}` of an f64 is the shortest text that reads back as the same bits.
    let value = |value: &Result<f64, String>| {
        value.as_ref().map_or_else(|_| String::new(), |value| format!("{value:?}"))
    };
    [
        name.to_owned(),
        measures.tp.to_string(),
        measures.fp.to_string(),
        measures.fn_.to_string(),
        measures.tn.to_string(),
        measures.support.to_string(),
        measures.predicted.to_string(),
        value(&measures.precision),
        value(&measures.recall),
        value(&measures.f1),
        value(&measures.specificity),
        value(&measures.jaccard),
        measures.order.as_ref().map_or_else(String::new, |it| value(&it.roc_auc)),
        measures.order.as_ref().map_or_else(String::new, |it| value(&it.average_precision)),
    ]
}
