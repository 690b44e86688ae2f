//! Slices at their edges: names that mean something else, values that are not there, many.

use crate::common::files::{Column, Folder, npy, parquet};
use crate::common::program::{Ran, run};

const ROLES: [&str; 4] = ["--labels", "y", "--predictions", "p"];

fn eval(folder: &Folder, table: &str, more: &[&str]) -> Ran {
    run(folder.path("").as_path(), &[&["eval", table], &ROLES[..], more].concat())
}

#[test]
fn a_column_called_split_is_refused_since_rules_mean_another() {
    let folder = Folder::new();
    folder.file("t.csv", "y,p,split\n0,0,a\n1,1,b\n");
    let ran = eval(&folder, "t.csv", &["--slice", "split"]).expect(2);
    assert!(ran.stderr.contains("call the column otherwise"), "{ran:?}");
}

#[test]
fn an_empty_value_beside_no_value_is_not_guessed_between() {
    let folder = Folder::new();
    let lands = [Some(String::new()), None, Some("a".into()), Some(String::new())];
    let classes = || Column::I64([0, 1, 0, 1].map(Some).to_vec());
    let columns = [("y", classes()), ("p", classes()), ("g", Column::Text(lands.to_vec()))];
    folder.file("t.parquet", parquet(&columns, 4));
    let ran = eval(&folder, "t.parquet", &["--slice", "g", "--require", "accuracy{g=\"\"} > 0"]);
    let words: Vec<String> = ran.expect(1).stdout.split_whitespace().map(Into::into).collect();
    assert!(words.join(" ").contains("an empty value may mean both"), "{words:?}");
}

#[test]
fn the_most_values_do_not_depend_on_threads() {
    let folder = Folder::new();
    let rows: String = (0..12_000).map(|row| format!("0,0,{row}\n")).collect();
    folder.file("t.csv", format!("y,p,g\n{rows}"));
    for threads in ["1", "2", "8"] {
        let more = ["--slice", "g", "--batch-rows", "500", "--threads", threads];
        let ran = eval(&folder, "t.csv", &more).expect(2);
        assert!(ran.stderr.contains("more than 10000 values"), "{threads}: {ran:?}");
    }
}

#[test]
fn rows_that_are_no_rows_are_skipped_with_slices_too() {
    let folder = Folder::new();
    folder.file("t.csv", "y,p,g\n0,0,a\n1,1\n1,1,b\n0,0,a,x\n");
    let more = ["--on-invalid", "skip", "--json"];
    let plain = eval(&folder, "t.csv", &more).expect(0).json();
    let sliced = eval(&folder, "t.csv", &[&more[..], &["--slice", "g"]].concat()).expect(0).json();
    assert_eq!(sliced["rows"], plain["rows"]);
    let lost = sliced["slices"].as_array().unwrap().iter().find(|it| it["value"].is_null());
    assert_eq!(lost.unwrap()["rows"]["invalid"], 2, "{sliced}");
    // In a file of its own, nothing else tells of such a row.
    folder.file("y.npy", npy(&[0_i64, 1, 1]));
    folder.file("g.csv", "g,h\na,1\nb\na,1\n");
    let args = ["eval", "--labels", "y.npy", "--predictions", "y.npy", "--slice", "g.csv:g"];
    let ran = run(folder.path("").as_path(), &[&args[..], &["--on-invalid", "skip"]].concat());
    let told = ran.expect(2).stderr;
    assert!(told.contains("row 1: slice 'g': has 1 field") && !told.contains("ranges"), "{told}");
}

#[test]
fn a_metric_without_a_direction_has_no_worst_slice() {
    let folder = Folder::new();
    folder.file("t.csv", "y,p,g\n0,0,a\n1,1,b\n1,0,b\n0,0,a\n");
    let more = ["--slice", "g", "--metrics", "prediction_entropy"];
    let ran = eval(&folder, "t.csv", &more).expect(0);
    assert!(ran.stdout.contains("Slices by g\n"), "{}", ran.stdout);
    let more = ["--slice", "g", "--metrics", "error_rate"];
    let ran = eval(&folder, "t.csv", &more).expect(0);
    let slices = &ran.stdout[ran.stdout.find("Slices by g (◂ worst error_rate)").unwrap()..];
    let worst = slices.lines().skip(1).find(|line| line.ends_with('◂')).unwrap();
    assert!(worst.starts_with('b'), "{}", ran.stdout);
}

/// A rule about slices of one dataset says nothing of another, whose numbers are recorded.
#[test]
fn a_dataset_without_slices_is_evaluated_in_spite_of_rules_about_them() {
    let folder = Folder::new();
    folder.file("t.csv", "y,p,g\n0,0,a\n1,1,b\n");
    folder.file(
        "job.toml",
        "history = \"h.db\"\n\n[[dataset]]\nname = \"d\"\nfiles = [\"t.csv\"]\nlabels = \"y\"\n\
         slices = [\"g\"]\n\n[[dataset]]\nname = \"e\"\nfiles = [\"t.csv\"]\nlabels = \"y\"\n\n\
         [[model]]\nname = \"m\"\npredictions = \"p\"\n\n[[rule]]\n\
         require = \"accuracy{g=a} >= 0.8\"\n",
    );
    let ran = run(folder.path("").as_path(), &["run", "job.toml", "--json"]).expect(1).json();
    let verdicts: Vec<_> = ran["evaluations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["rules"][0]["verdict"].clone())
        .collect();
    assert_eq!(verdicts, ["holds", "undefined"], "{ran}");
}

#[test]
fn values_that_differ_in_their_spelling_are_warned_of() {
    let folder = Folder::new();
    folder.file("a.csv", "y,p,g\n0,0,1\n1,1,2\n");
    folder.file("b.csv", "y,p,g\n0,0,1.0\n1,1,\n");
    let args = ["eval", "a.csv", "b.csv", "--slice", "g", "--json"];
    let ran = run(folder.path("").as_path(), &[&args[..], &ROLES].concat()).expect(0).json();
    let found = ran["findings"].as_array().unwrap();
    let told = found.iter().find(|it| it["code"] == "TH519").unwrap()["text"].as_str().unwrap();
    assert!(told.ends_with("groups of their own: '1' and '1.0'"), "{told}");
    let plain = eval(&folder, "a.csv", &["--slice", "g", "--json"]).expect(0).json();
    assert_eq!(plain["findings"], serde_json::json!([]));
}
