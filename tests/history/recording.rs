//! What `eval` and `merge` record.

use serde_json::Value;
use tallyho::history::{Filter, History};

use super::history;
use crate::command_line::{random_pairs, sound, tallyho};
use crate::common::files::{Folder, npy};

const T: &str = "eval t.csv --labels label --predictions prediction";
const AS: &str = "--history h.db --dataset cats --model steady";

#[test]
fn what_eval_reports_is_what_history_shows() {
    let folder = sound();
    let line =
        format!("eval t.csv --labels label --scores 's*' {AS} --split test --date 2026-10-01");
    let report = tallyho(&folder, &format!("{line} --json")).expect(0).json();
    let shown = history(&folder, "show latest --db h.db --json").expect(0).json();
    assert_eq!(shown["schema"], "tallyho.history.run/1");
    for (key, value) in [
        ("job", "eval"),
        ("dataset", "cats"),
        ("model", "steady"),
        ("split", "test"),
        ("night", "2026-10-01"),
    ] {
        assert_eq!(shown[key], value);
    }
    assert_eq!(shown["digest"], report["digest"]);
    assert_eq!(shown["timing"], report["timing"]);
    assert_eq!(shown["rows"]["scored"], report["rows"]["scored"]);
    assert_eq!(shown["inputs"][0]["path"], "t.csv");
    assert_eq!(shown["inputs"][0]["fingerprint"].as_str().unwrap().len(), 32);
    let metrics = report["metrics"].as_object().unwrap();
    assert_eq!(shown["metrics"].as_array().unwrap().len(), metrics.len());
    for metric in shown["metrics"].as_array().unwrap() {
        let reported = &metrics[metric["name"].as_str().unwrap()];
        for key in ["value", "interval", "numerator", "denominator"] {
            let null = Value::Null;
            let of = |value: &Value| value.get(key).unwrap_or(&null).clone();
            assert_eq!(of(metric), of(reported), "{metric}");
        }
    }
}

#[test]
fn a_run_is_told_about_unless_its_report_is_for_a_program() {
    let folder = sound();
    let told = tallyho(&folder, &format!("{T} {AS}")).expect(0);
    assert!(told.stdout.ends_with("history  run 1 in h.db\n"), "{}", told.stdout);
    let plain = tallyho(&folder, &format!("{T} --json")).expect(0).json();
    let json = tallyho(&folder, &format!("{T} {AS} --json")).expect(0).json();
    assert_eq!(json["digest"], plain["digest"]);
    assert_eq!(tallyho(&folder, &format!("{T} {AS} -q")).expect(0).stdout, "");
    assert_eq!(
        history(&folder, "list --db h.db --json").expect(0).json()["runs"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn a_broken_rule_is_recorded_with_its_reason() {
    let folder = sound();
    tallyho(&folder, &format!("{T} {AS} --require 'accuracy > 0.99' --require 'recall[1] >= 1'"))
        .expect(1);
    let shown = history(&folder, "show 1 --db h.db --json").expect(0).json();
    let verdicts = shown["verdicts"].as_array().unwrap();
    assert_eq!(verdicts[0]["rule"], "accuracy > 0.99");
    assert_eq!(verdicts[0]["verdict"], "broken");
    assert_eq!(verdicts[0]["reason"], "accuracy is 0.75 (3 of 4), required > 0.99");
    assert_eq!(verdicts[1]["verdict"], "holds");
    assert_eq!((&shown["rules"], &shown["rules_not_holding"]), (&2.into(), &1.into()));
}

#[test]
fn an_evaluation_that_fails_records_nothing() {
    let folder = sound();
    tallyho(&folder, &format!("{T} {AS} -q")).expect(0);
    tallyho(&folder, &format!("{T} {AS} -q -o absent/r.json")).expect(2);
    folder.file("bad.csv", "label,prediction\n0,0\n,1\n");
    tallyho(&folder, &format!("eval bad.csv --labels label --predictions prediction {AS}"))
        .expect(2);
    assert_eq!(
        History::open(&folder.path("h.db")).unwrap().runs(&Filter::default()).unwrap().len(),
        1
    );
}

#[test]
fn a_run_needs_names_and_a_date_that_is_one() {
    let folder = sound();
    for (options, hint) in [
        ("--history h.db --model steady", "--dataset <NAME>"),
        ("--model steady", "--history <FILE>"),
        ("--history h.db --model '' --dataset cats", "the model of a run needs a name"),
        (&format!("{AS} --date 1.10.2026"), "found '1.10.2026'"),
        (&format!("{AS} --date 2026-02-30"), "found '2026-02-30'"),
    ] {
        let ran = tallyho(&folder, &format!("{T} {options}")).expect(2);
        assert!(ran.stderr.contains(hint), "{}", ran.stderr);
    }
    assert!(!folder.path("h.db").exists());
}

#[test]
fn merged_shards_are_recorded_as_one_run() {
    let folder = sound();
    tallyho(&folder, &format!("{T} -q -o a.tally")).expect(0);
    std::fs::copy(folder.path("a.tally"), folder.path("b.tally")).unwrap();
    tallyho(&folder, &format!("merge a.tally b.tally -q {AS} --job shards")).expect(0);
    let shown = history(&folder, "show latest --db h.db --json").expect(0).json();
    assert_eq!((&shown["job"], &shown["rows"]["scored"]), (&"shards".into(), &8.into()));
    assert_eq!(shown["labels"], Value::Null, "shards have no order");
}

/// The stored tallies are the state file, whole.
#[test]
fn the_tallies_come_back_to_the_bit() {
    let folder = sound();
    let line = format!("eval t.csv --labels label --scores 's*' {AS} -q -o t.tally");
    tallyho(&folder, &line).expect(0);
    let history = History::open(&folder.path("h.db")).unwrap();
    let run = history.runs(&Filter::default()).unwrap().remove(0);
    let state = std::fs::read(folder.path("t.tally")).unwrap();
    assert_eq!(tallyho::tally::encode(&history.tallies(&run).unwrap()), state);
}

fn table(folder: &Folder, name: &str, labels: &[i64], predictions: &[i64]) {
    let rows = labels.iter().zip(predictions).map(|(label, it)| format!("{label},{it}\n"));
    folder.file(name, format!("label,prediction\n{}", rows.collect::<String>()));
}

#[test]
fn outcomes_depend_on_neither_threads_batches_formats_nor_shards() {
    let folder = Folder::new();
    let (labels, predictions) = random_pairs(5_000, 7, 1);
    folder.file("y.npy", npy(&labels));
    folder.file("p.npy", npy(&predictions));
    table(&folder, "all.csv", &labels, &predictions);
    table(&folder, "a1.csv", &labels[..1_777], &predictions[..1_777]);
    table(&folder, "a2.csv", &labels[1_777..], &predictions[1_777..]);
    let names = "--labels label --predictions prediction";
    for input in [
        "--labels y.npy --predictions p.npy --threads 1".to_owned(),
        "--labels y.npy --predictions p.npy --threads 3 --batch-rows 97".to_owned(),
        format!("all.csv {names} --threads 2 --batch-rows 64"),
        format!("a1.csv a2.csv {names} --threads 2"),
    ] {
        tallyho(&folder, &format!("eval {input} {AS} -q")).expect(0);
    }
    let history = History::open(&folder.path("h.db")).unwrap();
    let runs = history.runs(&Filter::default()).unwrap();
    let first = history.correctness(&runs[0]).unwrap().unwrap();
    for run in &runs[1..] {
        assert_eq!(history.correctness(run).unwrap().unwrap(), first);
    }
    for (row, (label, prediction)) in labels.iter().zip(&predictions).enumerate() {
        assert_eq!((first.scored.get(row), first.hits.get(row)), (true, label == prediction));
    }
}

/// Two models on the same rows, one of which could not score some.
#[test]
fn rows_of_two_models_are_paired_where_both_scored_them() {
    let folder = Folder::new();
    folder.file("a.csv", "label,prediction\n0,0\n1,1\n0,1\n9,0\n1,0\n0,0\n");
    folder.file("b.csv", "label,prediction\n0,0\n1,0\n0,0\n9,0\n1,\n0,0\n");
    folder.file("c.csv", "label,prediction\n0,0\n1,0\n0,0\n9,0\n0,0\n1,0\n");
    for model in ["a", "b", "c"] {
        let line = format!(
            "eval {model}.csv --labels label --predictions prediction --ignore-label 9 \
             --on-invalid skip -q --history h.db --dataset d --model {model}"
        );
        tallyho(&folder, &line).expect(0);
    }
    let compared = history(&folder, "compare 1 2 --db h.db --json").expect(0).json();
    let expected = serde_json::json!({"both_right": 2, "only_first_right": 1,
        "only_second_right": 1, "neither_right": 0, "mcnemar_p": 1.0});
    assert_eq!(compared["rows"], expected);
    let text = history(&folder, "compare 1 2 --db h.db").expect(0).stdout;
    assert!(text.contains("Rows that both scored"), "{text}");
    assert!(text.contains("McNemar") && text.contains("p = 1.0000 by chance"), "{text}");
    let other_labels = history(&folder, "compare 1 3 --db h.db --json").expect(0).json();
    assert_eq!(other_labels["rows"], Value::Null);
}

#[test]
fn outcomes_of_scores_are_those_of_their_predictions() {
    let folder = sound();
    tallyho(&folder, &format!("{T} {AS} -q")).expect(0);
    for scores in ["eval t.csv --labels label --scores 's*'", "eval --labels y.npy --scores b.npy"]
    {
        tallyho(&folder, &format!("{scores} {AS} -q --threads 2")).expect(0);
    }
    let history = History::open(&folder.path("h.db")).unwrap();
    let runs = history.runs(&Filter::default()).unwrap();
    let found: Vec<_> = runs.iter().map(|run| history.correctness(run).unwrap().unwrap()).collect();
    assert_eq!(found[0], found[1]);
    // One score: 0.25, 0.75, 0.75, 1 for class 1, of the labels 0, 1, 0, 1.
    assert_eq!(found[0], found[2]);
    assert_eq!(found[0].hits.words(), [0b1011]);
}

/// What is stored for every night of an unchanged model is a few hundred bytes.
#[test]
fn tallies_and_outcomes_of_unchanged_nights_are_stored_once() {
    let folder = Folder::new();
    let (labels, predictions) = random_pairs(20_000, 50, 2);
    folder.file("y.npy", npy(&labels));
    folder.file("p.npy", npy(&predictions));
    for night in 1..=3 {
        let line =
            format!("eval --labels y.npy --predictions p.npy -q {AS} --date 2026-10-0{night}");
        tallyho(&folder, &line).expect(0);
    }
    let database = rusqlite::Connection::open(folder.path("h.db")).unwrap();
    let count = |table: &str| -> i64 {
        database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("run"), count("blob")), (3, 3));
}
