//! One digest for the same rows, however they come.

use std::fs::File;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use zip::CompressionMethod;

use super::{random_pairs, tallyho};
use crate::common::Rng;
use crate::common::files::{Folder, npy, npy_matrix, npz};

/// Columns of a parquet table.
enum Column<'a> {
    Integers(&'a [i64]),
    Texts(&'a [String]),
    Floats(Vec<f32>),
}

/// Writes a table of required columns in row groups of `group` rows.
fn parquet(folder: &Folder, name: &str, columns: &[(&str, Column<'_>)], group: usize) {
    let field = |(name, column): &(&str, Column<'_>)| match column {
        Column::Integers(_) => format!("required int64 {name};"),
        Column::Texts(_) => format!("required binary {name} (UTF8);"),
        Column::Floats(_) => format!("required float {name};"),
    };
    let fields: Vec<String> = columns.iter().map(field).collect();
    let schema = parse_message_type(&format!("message t {{ {} }}", fields.join(" "))).unwrap();
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let file = File::create(folder.path(name)).unwrap();
    let mut writer =
        SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)).unwrap();
    let rows = match &columns[0].1 {
        Column::Integers(values) => values.len(),
        Column::Texts(values) => values.len(),
        Column::Floats(values) => values.len(),
    };
    for from in (0..rows).step_by(group) {
        let range = from..(from + group).min(rows);
        let mut groups = writer.next_row_group().unwrap();
        for (_, column) in columns {
            let mut next = groups.next_column().unwrap().unwrap();
            match (column, next.untyped()) {
                (Column::Integers(values), ColumnWriter::Int64ColumnWriter(typed)) => {
                    typed.write_batch(&values[range.clone()], None, None).unwrap();
                }
                (Column::Texts(values), ColumnWriter::ByteArrayColumnWriter(typed)) => {
                    let values: Vec<ByteArray> = values[range.clone()]
                        .iter()
                        .map(|text| ByteArray::from(text.as_str()))
                        .collect();
                    typed.write_batch(&values, None, None).unwrap();
                }
                (Column::Floats(values), ColumnWriter::FloatColumnWriter(typed)) => {
                    typed.write_batch(&values[range.clone()], None, None).unwrap();
                }
                _ => unreachable!("the schema is made from the columns"),
            }
            next.close().unwrap();
        }
        groups.close().unwrap();
    }
    writer.close().unwrap();
}

fn digest(folder: &Folder, line: &str) -> String {
    let report = tallyho(folder, &format!("{line} --json")).expect(0).json();
    report["digest"].as_str().unwrap().to_owned()
}

/// Asserts that all lines give one digest, and gives it.
fn one_digest(folder: &Folder, lines: &[String]) -> String {
    let first = digest(folder, &lines[0]);
    for line in &lines[1..] {
        assert_eq!(digest(folder, line), first, "{line}\nagainst {}", lines[0]);
    }
    first
}

/// The same lines on other numbers of threads and rows in a batch.
fn in_other_ways(lines: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    for ways in ["--threads 1", "--threads 3 --batch-rows 7", "--threads 2 --batch-rows 1000000"] {
        all.extend(lines.iter().map(|line| format!("{line} {ways}")));
    }
    all
}

fn csv(header: &str, rows: std::ops::Range<usize>, row: impl Fn(usize) -> String) -> String {
    rows.fold(format!("{header}\n"), |text, at| text + &row(at) + "\n")
}

#[test]
fn predictions_have_one_digest_in_every_format_split_and_order() {
    let folder = Folder::new();
    let (labels, predictions) = random_pairs(3_000, 12, 1);
    let texts = |values: &[i64]| values.iter().map(i64::to_string).collect::<Vec<_>>();
    let row = |at: usize| format!("{},{}", labels[at], predictions[at]);
    folder.file("t.csv", csv("label,prediction", 0..3_000, row));
    for (shard, range) in [0..1, 1..1_000, 1_000..3_000].into_iter().enumerate() {
        folder.file(&format!("shard{shard}.csv"), csv("label,prediction", range, row));
    }
    folder.file("y.npy", npy(&labels));
    folder.file("p.npy", npy(&predictions));
    let narrow: Vec<u8> = predictions.iter().map(|value| *value as u8).collect();
    folder.file("p_u8.npy", npy(&narrow));
    let arrays = [("label", npy(&labels)), ("prediction", npy(&narrow))];
    folder.file("stored.npz", npz(&arrays, CompressionMethod::Stored, false));
    folder.file("deflated.npz", npz(&arrays, CompressionMethod::Deflated, true));
    let integers =
        [("label", Column::Integers(&labels)), ("prediction", Column::Integers(&predictions))];
    parquet(&folder, "t.parquet", &integers, 700);
    let (label_texts, prediction_texts) = (texts(&labels), texts(&predictions));
    let strings = [
        ("label", Column::Texts(&label_texts)),
        ("prediction", Column::Texts(&prediction_texts)),
    ];
    parquet(&folder, "t_text.parquet", &strings, 3_000);

    let names = "--labels label --predictions prediction";
    let tables = [
        "t.csv", "stored.npz", "deflated.npz", "t.parquet", "t_text.parquet", "'shard*.csv'",
        "shard2.csv shard0.csv shard1.csv",
    ]
    .map(|tables| format!("eval {tables} {names}"));
    let mut lines: Vec<&str> = tables.iter().map(String::as_str).collect();
    lines.push("eval --labels y.npy --predictions p.npy");
    lines.push("eval --labels y.npy --predictions p_u8.npy");
    let whole = one_digest(&folder, &in_other_ways(&lines));

    for shard in 0..3 {
        let line = format!("eval shard{shard}.csv {names} -q -o {shard}.tally");
        tallyho(&folder, &line).expect(0);
    }
    for states in ["0.tally 1.tally 2.tally", "2.tally 0.tally 1.tally"] {
        assert_eq!(digest(&folder, &format!("merge {states}")), whole, "{states}");
    }
    // The digest tells other rows apart, too.
    assert_ne!(digest(&folder, "merge 0.tally 1.tally"), whole);
    let swapped = "eval --labels p.npy --predictions y.npy";
    assert_ne!(digest(&folder, swapped), whole);
}

#[test]
fn scores_have_one_digest_in_every_format_split_and_order() {
    let folder = Folder::new();
    let (rows, classes) = (1_500, 5);
    let mut rng = Rng::new(2);
    let labels: Vec<i64> = (0..rows).map(|_| i64::from(rng.below(5))).collect();
    let scores: Vec<f32> = (0..rows * classes).map(|_| 3.0 * rng.normal()).collect();
    let row = |at: usize| {
        let scores: Vec<String> =
            scores[at * classes..][..classes].iter().map(f32::to_string).collect();
        format!("{},{}", labels[at], scores.join(","))
    };
    let header = "label,s0,s1,s2,s3,s4";
    folder.file("t.csv", csv(header, 0..rows, row));
    folder.file("shard0.csv", csv(header, 0..400, row));
    folder.file("shard1.csv", csv(header, 400..rows, row));
    folder.file("y.npy", npy(&labels));
    folder.file("s.npy", npy_matrix(&scores, classes));
    let arrays = [("label", npy(&labels)), ("s", npy_matrix(&scores, classes))];
    folder.file("t.npz", npz(&arrays, CompressionMethod::Deflated, false));
    let names = ["s0", "s1", "s2", "s3", "s4"];
    let column = |class: usize| (0..rows).map(|row| scores[row * classes + class]).collect();
    let mut columns = vec![("label", Column::Integers(&labels))];
    columns.extend(names.iter().enumerate().map(|(k, name)| (*name, Column::Floats(column(k)))));
    parquet(&folder, "t.parquet", &columns, 333);

    let lines = in_other_ways(&[
        "eval --labels y.npy --scores s.npy",
        "eval t.csv --labels label --scores 's*' --score-type f32",
        "eval shard1.csv shard0.csv --labels label --scores 's*' --score-type f32",
        "eval t.npz --labels label --scores s",
        "eval t.parquet --labels label --scores 's*'",
    ]);
    let whole = one_digest(&folder, &lines);
    for shard in 0..2 {
        let line = format!("eval shard{shard}.csv --labels label --scores 's*' --score-type f32");
        tallyho(&folder, &format!("{line} -q -o {shard}.tally")).expect(0);
    }
    assert_eq!(digest(&folder, "merge 1.tally 0.tally"), whole);
    let f64 = digest(&folder, "eval t.csv --labels label --scores 's*'");
    assert_ne!(f64, whole, "another type of scores is another evaluation");
}
