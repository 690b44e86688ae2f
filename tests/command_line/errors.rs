//! Every error of the command line and the engine, word for word.

use std::fmt::Write as _;
use std::fs;

use super::{sound, tallyho};
use crate::common::files::{Folder, npy, npy_header, npy_matrix};

const T: &str = "eval t.csv --labels label --predictions prediction";
const S: &str = "eval t.csv --labels label --scores 's*'";
const Y: &str = "eval --labels y.npy";

/// Command lines by topic; `{T}`, `{S}` and `{Y}` stand for the lines above.
const LINES: &[(&str, &[&str])] = &[
    (
        "usage",
        &[
            "",
            "evaluate",
            "eval",
            "eval t.csv --labels label",
            "{T} --scores 's*'",
            "{T} --no-such-option",
            "{T} --threads 0",
            "{T} --threads many",
            "{T} --batch-rows 0",
            "{T} --interval 1",
            "{T} --interval 0",
            "{T} --interval-method wald",
            "{T} --replicates -1",
            "{T} --replicates 1000001",
            "{T} --beta -1",
            "{T} --beta inf",
            "{S} --top-k 0",
            "{S} --bins 0",
            "{S} --bins 2000000",
            "{S} --bins few",
            "{S} --bin-edges open",
            "{S} --ties random",
            "{S} --scores-are odds",
            "{S} --score-type f8",
            "{T} --zero-division 2",
            "{T} --on-invalid ignore",
            "{T} --color sometimes",
            "{T} --quiet --json",
            "{T} --metrics accurracy",
            "{T} --metrics recall",
            "{T} --metrics fbeta_macro",
            "{T} --metrics top_0_accuracy",
            "{T} --metrics ''",
            "{T} --metrics log_loss",
            "completions tcsh",
        ],
    ),
    (
        "options that do not fit the input",
        &[
            "{T} --scores-are logits",
            "{T} --top-k 2",
            "{T} --threshold 0.5",
            "{T} --positive 1",
            "{Y} --scores three.npy --threshold 0.5",
            "{Y} --scores three.npy --positive 1",
            "{S} --classes three.txt",
            "eval t.csv --labels label --scores s1 --classes three.txt",
            "eval t.csv --labels label --scores s1 --positive 2",
            "eval t.csv --labels label --scores s1 --threshold nan",
            "{T} --score-type f32",
            "{Y} --scores three.npy --score-type f32",
        ],
    ),
    (
        "classes",
        &[
            "{T} --classes absent.txt",
            "{T} --classes none.txt",
            "{T} --classes twice.txt",
            "{T} --classes broken.json",
            "{T} --classes floats.json",
            "{T} --classes object.json",
            "{T} --classes zero.txt",
            "eval names.csv --labels label --predictions number",
            "eval one.csv --labels label --scores s",
            "eval three.csv --labels label --scores s",
        ],
    ),
    (
        "rules",
        &[
            "{T} --require ''",
            "{T} --require accuracy",
            "{T} --require 'accuracy >= high'",
            "{T} --require 'accuracy >= 0.9 or so'",
            "{T} --require 'accurracy >= 0.9'",
            "{T} --require 'accuracy(2) >= 0.9'",
            "{T} --require 'fbeta_macro >= 0.9'",
            "{T} --require 'recall >= 0.9'",
            "{T} --require 'recal[1] >= 0.9'",
            "{T} --require 'accuracy[1] >= 0.9'",
            "{T} --require 'recall[2] >= 0.9'",
            "eval names.csv --labels label --predictions prediction --require 'recall[cot] >= 0'",
            "{T} --require 'recall[1 >= 0.9'",
            "{T} --require 'accuracy{country=DE} >= 0.9'",
            "{T} --require 'log_loss <= 0.9'",
        ],
    ),
    (
        "files",
        &[
            "{Y} --predictions absent.npy",
            "{Y} --predictions empty.npy",
            "{Y} --predictions cut.npy",
            "{Y} --predictions text.npy",
            "{Y} --predictions object.npy",
            "{Y} --predictions notes.txt",
            "{Y} --predictions folder",
            "{Y} --predictions p3.npy",
            "{Y} --predictions s.npy",
            "{Y} --predictions half.npy",
            "{Y} --scores p.npy",
            "{Y} --predictions t.csv",
            "eval y.npy --labels label --predictions prediction",
            "eval t.csv --labels lable --predictions prediction",
            "eval t.csv --labels label --scores 'z*'",
            "eval t.csv --labels label --scores '[s'",
            "eval 'absent/*.csv' --labels label --predictions prediction",
            "eval '***' --labels label --predictions prediction",
            "eval header.csv --labels label --predictions prediction",
            "eval short.csv --labels label --predictions prediction",
            "eval t.csv other.csv --labels label --scores 's*'",
            "eval t.csv renamed.csv --labels label --scores 's*'",
            "eval t.csv logits.csv --labels label --scores 's*'",
        ],
    ),
    (
        "rows",
        &[
            "{Y} --scores nan.npy",
            "{Y} --scores inf.npy",
            "{Y} --scores masked.npy",
            "{Y} --scores sum.npy --scores-are probabilities",
            "{Y} --scores negative.npy --scores-are probabilities",
            "{Y} --scores b_nan.npy",
            "{Y} --scores above.npy --scores-are probabilities",
            "eval --labels y_outside.npy --scores s.npy",
            "eval --labels y_outside.npy --scores s.npy --classes names.txt",
            "eval --labels y_outside.npy --predictions p.npy --classes zero_one.txt",
            "eval --labels p.npy --predictions y_outside.npy --classes zero_one.txt",
            "eval words.csv --labels label --scores 's*'",
            "eval missing.csv --labels label --predictions prediction",
            "{Y} --scores all_nan.npy --on-invalid skip",
            "{T} --ignore-label 0 --ignore-label 1",
        ],
    ),
    (
        "outputs",
        &[
            "{T} -o report",
            "{T} -o report.html",
            "{T} -o report.txt",
            "{T} -o folder.json",
            "{T} -o absent/report.json",
            "{T} -o r.json -o r.json",
            "{T} -o r.json -o ./r.json",
            "{T} -o t.csv",
            "{T} -o ./t.csv",
            "{T} -o read_only.json",
            "{T} --classes zero_one.csv -o zero_one.csv",
        ],
    ),
    (
        "states",
        &[
            "merge",
            "merge absent.tally",
            "merge empty.tally",
            "merge t.csv",
            "merge cut_header.tally",
            "merge cut.tally",
            "merge flipped.tally",
            "merge newer.tally",
            "merge a.tally scores.tally",
            "merge scores.tally bins.tally",
            "merge scores.tally logits.tally",
            "merge scores.tally ties.tally",
            "merge scores.tally f32.tally",
            "merge a.tally given.tally",
            "merge given.tally given_more.tally",
            "merge given.tally given_other.tally",
            "merge a.tally -o a.txt",
            "merge a.tally -o a.json -o a.json",
            "merge a.tally --require 'log_loss < 1'",
            "merge a.tally --require 'recall[7] > 0'",
        ],
    ),
];

/// The files that the lines above name, one fault each.
fn faulty() -> Folder {
    let folder = sound();
    let csv = |name: &str, text: &str| folder.file(name, text);
    csv("names.csv", "label,prediction,number\ncat,cat,0\ndog,cat,1\n");
    csv("one.csv", "label,s\ncat,0.5\ncat,0.25\n");
    csv("three.csv", "label,s\na,0.5\nb,0.25\nc,0.25\n");
    csv("header.csv", "label,prediction\n");
    csv("short.csv", "label,prediction\n0,0\n1\n");
    csv("missing.csv", "label,prediction\n0,0\n,1\n");
    csv("words.csv", "label,s0,s1\n0,1,0\nx,0,1\n");
    csv("other.csv", "label,s0,s1,s2\n0,1,0,0\n");
    csv("renamed.csv", "label,scat,sdog\n0,1,0\n");
    csv("logits.csv", "label,s0,s1\n0,3,-2\n1,0,5\n");
    csv("zero_one.csv", "0\n1\n");
    csv("three.txt", "0\n1\n2\n");
    csv("names.txt", "cat\ndog\n");
    csv("zero_one.txt", "0\n1\n");
    csv("zero.txt", "0\n");
    csv("none.txt", "\n\n");
    csv("twice.txt", "0\n1\n0\n");
    csv("broken.json", "[\"0\", ");
    csv("floats.json", "[0, 0.5]");
    csv("object.json", "{\"0\": 1}");
    csv("notes.txt", "0\n1\n");
    csv("empty.npy", "");
    csv("text.npy", "0 1 0 1\n");
    csv("read_only.json", "{}");
    let read_only = folder.path("read_only.json");
    let mut permissions = fs::metadata(&read_only).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&read_only, permissions).unwrap();
    fs::create_dir(folder.path("folder")).unwrap();
    fs::create_dir(folder.path("folder.json")).unwrap();
    arrays(&folder);
    states(&folder);
    folder
}

fn arrays(folder: &Folder) {
    let good = fs::read(folder.path("p.npy")).unwrap();
    folder.file("cut.npy", &good[..good.len() - 3]);
    folder.file("object.npy", npy_header("|O", false, &[4], 1));
    folder.file("p3.npy", npy(&[0i64, 1, 1]));
    folder.file("half.npy", npy(&[0.0f64, 1.0, 0.5, 1.0]));
    folder.file("y_outside.npy", npy(&[0i64, 1, 7, 1]));
    folder.file("b_nan.npy", npy(&[0.25f64, 0.75, f64::NAN, 1.0]));
    folder.file("above.npy", npy(&[0.25f64, 0.75, 0.5, 1.5]));
    let matrix = |name: &str, third: [f64; 2]| {
        let scores = [0.75, 0.25, 0.25, 0.75, third[0], third[1], 0.0, 1.0];
        folder.file(name, npy_matrix(&scores, 2));
    };
    matrix("nan.npy", [0.5, f64::NAN]);
    matrix("inf.npy", [f64::INFINITY, 0.5]);
    matrix("masked.npy", [f64::NEG_INFINITY; 2]);
    matrix("sum.npy", [0.5, 0.75]);
    matrix("negative.npy", [-0.25, 1.25]);
    folder.file("all_nan.npy", npy_matrix(&[f64::NAN; 8], 2));
    folder.file("three.npy", npy_matrix(&[0.5, 0.25, 0.25].repeat(4), 3));
    folder.file("logits.npy", npy_matrix(&[3.0, -2.0, 0.0, 5.0, -1.0, 1.0, 0.0, 2.0], 2));
    folder.file("s_f32.npy", npy_matrix(&[0.75f32, 0.25, 0.25, 0.75, 0.25, 0.75, 0.0, 1.0], 2));
}

fn states(folder: &Folder) {
    let matrix = "eval --labels y.npy --scores s.npy";
    let lines = [
        ("a", T.to_owned()),
        ("given", format!("{T} --classes zero_one.txt")),
        ("given_more", format!("{T} --classes three.txt")),
        (
            "given_other",
            "eval names.csv --labels label --predictions prediction --classes names.txt".into(),
        ),
        ("scores", matrix.to_owned()),
        ("bins", format!("{matrix} --bins 10")),
        ("ties", format!("{matrix} --ties sklearn-top-k")),
        ("logits", "eval --labels y.npy --scores logits.npy".into()),
        ("f32", "eval --labels y.npy --scores s_f32.npy".into()),
    ];
    for (name, line) in lines {
        tallyho(folder, &format!("{line} --quiet -o {name}.tally")).expect(0);
    }
    let good = fs::read(folder.path("a.tally")).unwrap();
    folder.file("empty.tally", "");
    folder.file("cut_header.tally", &good[..13]);
    folder.file("cut.tally", &good[..good.len() - 40]);
    let mut flipped = good.clone();
    flipped[60] ^= 4;
    folder.file("flipped.tally", &flipped);
    let mut newer = good;
    newer[8] = 99;
    folder.file("newer.tally", &newer);
}

/// One or two lines, the last of them ending; a message of the argument parser
/// has its usage besides. What lists a table's columns is longer.
fn check_shape(line: &str, stderr: &str) {
    assert!(stderr.ends_with('\n'), "{line}: {stderr:?}");
    assert!(!stderr.contains(".tmp"), "{line}: names a temporary file: {stderr}");
    assert!(!stderr.contains("panicked") && !stderr.contains("internal error"), "{line}: {stderr}");
    if stderr.contains("\n\n") && stderr.contains("\ntallyho eval ") {
        // What is in a table, and a command to start from: `listing` tests it.
    } else if stderr.starts_with("tallyho: ") {
        assert!(stderr.lines().count() <= 2, "{line}: {stderr}");
    } else {
        assert!(stderr.starts_with("error: ") || line.is_empty(), "{line}: {stderr}");
    }
}

#[test]
fn every_error_is_reported_with_status_2_and_says_what_to_do() {
    let folder = faulty();
    let before = super::names(&folder.path(""));
    let mut table = String::new();
    for (topic, lines) in LINES {
        writeln!(table, "# {topic}\n").unwrap();
        for line in *lines {
            let line = line.replace("{T}", T).replace("{S}", S).replace("{Y}", Y);
            let ran = tallyho(&folder, &line);
            writeln!(table, "$ tallyho {line}\n{}", ran.stderr).unwrap();
            assert_eq!(ran.status, 2, "{line}: {ran:?}");
            assert_eq!(ran.stdout, "", "{line}");
            check_shape(&line, &ran.stderr);
        }
    }
    assert_eq!(super::names(&folder.path("")), before, "a failed run left files behind");
    insta::assert_snapshot!("errors", table);
}
