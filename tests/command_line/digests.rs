//! One digest for the same rows, however they come.

use zip::CompressionMethod;

use super::{random_pairs, tallyho};
use crate::common::Rng;
use crate::common::files::{Column, Folder, npy, npy_matrix, npz, parquet};

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
    let integers = |values: &[i64]| Column::I64(values.iter().copied().map(Some).collect());
    let columns = [("label", integers(&labels)), ("prediction", integers(&predictions))];
    folder.file("t.parquet", parquet(&columns, 700));
    let texts = |values: &[i64]| Column::Text(values.iter().map(|v| Some(v.to_string())).collect());
    let columns = [("label", texts(&labels)), ("prediction", texts(&predictions))];
    folder.file("t_text.parquet", parquet(&columns, 3_000));

    let names = "--labels label --predictions prediction";
    let tables = [
        "t.csv",
        "stored.npz",
        "deflated.npz",
        "t.parquet",
        "t_text.parquet",
        "'shard*.csv'",
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
    let column = |class| (0..rows).map(|row| Some(scores[row * classes + class])).collect();
    let mut columns = vec![("label", Column::I64(labels.iter().copied().map(Some).collect()))];
    for (class, name) in ["s0", "s1", "s2", "s3", "s4"].into_iter().enumerate() {
        columns.push((name, Column::F32(column(class))));
    }
    folder.file("t.parquet", parquet(&columns, 333));

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
