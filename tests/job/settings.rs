//! Settings by their three ways in: an option that is typed, a key of a file for
//! `--options`, and a key of a job.

use std::collections::BTreeSet;

use serde_json::Value;

use super::on;
use crate::command_line::tallyho;
use crate::common::files::{Folder, npy_matrix};
use crate::common::program::PROVENANCE;

/// A setting with a value that makes a difference.
struct Case {
    key: &'static str,
    /// The value in TOML.
    value: &'static str,
    /// The same as it is typed.
    typed: &'static str,
    /// What it is asked of.
    rows: Rows,
}

/// Rows by the table that they are in, or none, and the names of their roles.
#[derive(Clone, Copy)]
struct Rows {
    table: Option<&'static str>,
    labels: &'static str,
    /// `predictions` or `scores`, and their name.
    answers: [&'static str; 2],
}

const fn rows(labels: &'static str, answers: [&'static str; 2]) -> Rows {
    Rows { table: Some("t.csv"), labels, answers }
}

const PAIRS: Rows = rows("y", ["predictions", "p"]);
const BINARY: Rows = rows("y", ["scores", "s"]);
const MATRIX: Rows = rows("y3", ["scores", "m_*"]);
const VOTES: Rows = rows("y3", ["scores", "v_*"]);

const fn case(key: &'static str, value: &'static str, typed: &'static str, rows: Rows) -> Case {
    Case { key, value, typed, rows }
}

const CASES: &[Case] = &[
    case("scores_are", "'unnormalized'", "--scores-are unnormalized", VOTES),
    case("score_type", "'f32'", "--score-type f32", MATRIX),
    case(
        "labels_are",
        "'rows'",
        "--labels-are rows",
        Rows { table: None, labels: "y.npy", answers: ["predictions", "p.npy"] },
    ),
    case(
        "csv",
        "'repeated-header=skip'",
        "--csv repeated-header=skip",
        Rows { table: Some("again.csv"), ..PAIRS },
    ),
    case("ignore_label", "['b']", "--ignore-label b", PAIRS),
    case("on_invalid", "'skip'", "--on-invalid skip", rows("y", ["predictions", "missing"])),
    case("strict", "true", "--strict", rows("y", ["predictions", "other"])),
    case("match_classes", "'loose'", "--match-classes loose", rows("y", ["predictions", "upper"])),
    case("outside", "'wrong'", "--outside wrong", rows("y", ["predictions", "other"])),
    case("average_over", "['b']", "--average-over b", PAIRS),
    case("positive", "'a'", "--positive a", BINARY),
    case("threshold", "0.7", "--threshold 0.7", BINARY),
    case("metrics", "['accuracy', 'f1_macro']", "--metrics accuracy,f1_macro", PAIRS),
    case("bins", "5", "--bins 5", BINARY),
    case("bin_edges", "'left-closed'", "--bin-edges left-closed", BINARY),
    case("ties", "'sklearn-top-k'", "--ties sklearn-top-k", MATRIX),
    case("ordinal", "true", "--ordinal", rows("y3", ["predictions", "y"])),
    case("zero_division", "'1'", "--zero-division 1", rows("y", ["predictions", "other"])),
    case("top_k", "[1, 2]", "--top-k 1,2", MATRIX),
    case("beta", "[2, 0.5]", "--beta 2,0.5", PAIRS),
    case("interval", "0.9", "--interval 0.9", PAIRS),
    case("interval_method", "'clopper-pearson'", "--interval-method clopper-pearson", PAIRS),
    case("replicates", "10", "--replicates 10", PAIRS),
    case("seed", "7", "--seed 7", PAIRS),
    case("auc", "'binned'", "--auc binned", BINARY),
    case("max_fpr", "[0.5]", "--max-fpr 0.5", BINARY),
    case("threshold_for", "['recall >= 0.5']", "--threshold-for 'recall >= 0.5'", BINARY),
    case("cost", "['fp=1,fn=2']", "--cost fp=1,fn=2", BINARY),
];

const TABLE: &str = "\
y,p,other,missing,upper,s,y3,m_a,m_b,m_c,v_a,v_b,v_c
a,a,a,a,a,0.1,a,0.5,0.25,0.25,3,1,1
b,b,x,,B,0.65,b,0.4,0.4,0.2,1,4,0
b,a,b,b,b,0.9,c,0.3,0.3,0.4,2,2,2
a,a,a,a,a,0.6,c,0.1,0.7,0.2,0,1,5
b,b,b,b,b,0.2,a,0.6,0.1,0.3,2,1,1
";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.file("t.csv", TABLE);
    folder.file("again.csv", "y,p\na,a\nb,a\ny,p\nb,b\n");
    folder.file("y.npy", npy_matrix(&[0_u8, 1, 1, 0], 2));
    folder.file("p.npy", npy_matrix(&[0_u8, 1, 0, 0], 2));
    folder
}

/// A report less its provenance, and less what to do about findings, which is told in
/// options or in keys.
fn compared(report: &str) -> Value {
    let mut report: Value = serde_json::from_str(report).unwrap();
    let object = report.as_object_mut().unwrap();
    object.retain(|key, _| !PROVENANCE.contains(&key.as_str()));
    for finding in object["findings"].as_array_mut().unwrap() {
        finding.as_object_mut().unwrap().remove("hint");
    }
    report
}

/// The exit status and the report, if there is one.
fn evaluated(folder: &Folder, rows: Rows, options: &str) -> (i32, Option<Value>) {
    let Rows { table, labels, answers: [role, name] } = rows;
    let table = table.unwrap_or_default();
    let line = format!(
        "eval {table} --labels {labels} --{role} '{name}' --device cpu --json --history e.db \
         --dataset d --model m {options}"
    );
    let ran = tallyho(folder, &line);
    (ran.status, ran.stdout.starts_with('{').then(|| compared(&ran.stdout)))
}

fn of_job(folder: &Folder, rows: Rows, key: &str) -> (i32, Option<Value>) {
    let Rows { table, labels, answers: [role, name] } = rows;
    let files = table.map_or_else(String::new, |table| format!("files = ['{table}']\n"));
    let config = format!(
        "device = 'cpu'\n[options]\n{key}\n[output]\nreports = ['{{model}}.json']\n\
         [[dataset]]\nname = 'd'\n{files}labels = '{labels}'\n\
         [[model]]\nname = 'm'\n{role} = '{name}'\n"
    );
    folder.file("night.toml", config);
    let _ = std::fs::remove_file(folder.path("m.json"));
    let ran = on(folder, "2026-11-21", "-q");
    let report = std::fs::read_to_string(folder.path("m.json"));
    assert!(report.is_ok() || !ran.stderr.is_empty(), "{ran:?}");
    (ran.status, report.ok().map(|report| compared(&report)))
}

#[test]
fn every_setting_is_the_same_as_an_option_in_a_file_and_in_a_job() {
    for Case { key, value, typed, rows } in CASES {
        let folder = folder();
        let line = format!("{key} = {value}\n");
        folder.file("o.toml", &line);
        let found = evaluated(&folder, *rows, typed);
        assert_eq!(evaluated(&folder, *rows, "--options o.toml"), found, "{key} in a file");
        assert_eq!(of_job(&folder, *rows, &line), found, "{key} in a job");
        assert_ne!(evaluated(&folder, *rows, ""), found, "{key} makes no difference");
        let status = if *key == "strict" { 2 } else { 0 };
        assert_eq!((found.0, found.1.is_none()), (status, status == 2), "{key}");
    }
}

#[test]
fn every_setting_has_a_case() {
    let schema = schemars::schema_for!(tallyho::evaluation::Settings);
    let keys = schema.get("properties").and_then(|it| it.as_object()).unwrap().keys();
    let keys: BTreeSet<&str> = keys.map(String::as_str).collect();
    let cases: BTreeSet<&str> = CASES.iter().map(|case| case.key).collect();
    assert_eq!(cases, keys);
    assert_eq!(cases.len(), CASES.len(), "a key has two cases");
}
