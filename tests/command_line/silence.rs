//! What would otherwise be a wrong number without a word: missing values as classes,
//! labels and predictions that have nothing in common, one column for both.

use serde_json::Value;

use super::tallyho;
#[cfg(feature = "parquet")]
use crate::common::files::{Column, parquet};
use crate::common::files::{Folder, npy};
use crate::common::program::Ran;

const NAMES: &str = "--labels y --predictions p --device cpu";

fn table(rows: &str) -> Folder {
    let folder = Folder::new();
    folder.file("t.csv", format!("y,p\n{rows}"));
    folder
}

fn eval(rows: &str, options: &str) -> Ran {
    tallyho(&table(rows), &format!("eval t.csv {NAMES} {options}"))
}

/// The codes of all findings and notices of a report.
fn codes(report: &Value) -> Vec<&str> {
    let lists = ["findings", "warnings"].map(|key| report[key].as_array().unwrap());
    lists.into_iter().flatten().map(|notice| notice["code"].as_str().unwrap()).collect()
}

#[test]
fn every_usual_name_of_a_missing_value_is_warned_of_as_a_class() {
    for name in
        ["nan", "NaN", "null", "NULL", "None", "<NA>", "#N/A", "N/A", "NA", "\\N", "-", "?", "."]
    {
        let ran = eval(&format!("0,0\n1,1\n{name},1\n1,{name}\n0,0\n"), "-q").expect(0);
        assert_eq!(
            ran.stderr,
            format!(
                "tallyho: warning TH515: classes are called as missing values are: '{name}' \
                 (labels: 1, predictions: 1), and all other classes are integers; their rows \
                 count as any; --ignore-label '{name}' leaves such labels out; if they are \
                 classes, name all in --classes\n"
            )
        );
        eval(&format!("0,0\n{name},0\n"), "-q --strict").expect(2);
    }
}

#[test]
fn real_classes_of_such_names_are_no_warning_once_they_are_named() {
    let folder = table("US,US\nNA,US\nNA,NA\n");
    folder.file("classes.txt", "US\nNA\n");
    let line = format!("eval t.csv {NAMES} -q --strict");
    let ran = tallyho(&folder, &line).expect(2);
    assert!(ran.stderr.contains("TH515"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("integers"), "{}", ran.stderr);
    tallyho(&folder, &format!("{line} --classes classes.txt")).expect(0);
    let report = tallyho(&folder, &format!("eval t.csv {NAMES} --json --ignore-label NA"));
    let report = report.expect(0).json();
    assert_eq!((&report["rows"]["ignored"], codes(&report)), (&Value::from(2), vec![]));
    for name in ["none", "na", "other", "missing", "N", "--"] {
        let ran = eval(&format!("{name},{name}\ncat,cat\n"), "-q").expect(0);
        assert_eq!(ran.stderr, "", "{name}");
    }
}

#[test]
fn a_missing_value_that_is_only_predicted_may_count_as_wrong() {
    let rows = "0,0\n1,NaN\n1,1\n";
    let ran = eval(rows, "-q").expect(0);
    assert!(ran.stderr.contains("TH515") && ran.stderr.contains("--outside wrong"), "{ran:?}");
    assert!(eval(rows, "-q --outside wrong").expect(0).stderr.is_empty());
    // As a label it is one all the same.
    let ran = eval("0,0\nNaN,0\n1,1\n", "-q --outside wrong").expect(0);
    assert!(ran.stderr.contains("--ignore-label 'NaN'"), "{ran:?}");
}

#[test]
fn a_missing_label_beside_one_score_is_warned_of() {
    let folder = Folder::new();
    folder.file("t.csv", "y,s\n1,0.9\nNaN,0.1\n1,0.8\n");
    let ran = tallyho(&folder, "eval t.csv --labels y --scores s -q").expect(0);
    assert!(ran.stderr.contains("TH515"), "{ran:?}");
}

#[cfg(feature = "parquet")]
#[test]
fn an_empty_text_in_parquet_is_warned_of_as_a_class() {
    let folder = Folder::new();
    let texts = |texts: [&str; 3]| {
        Column::Text(texts.into_iter().map(|text| Some(text.to_owned())).collect())
    };
    let columns = [("y", texts(["1", "", "2"])), ("p", texts(["1", "1", "2"]))];
    folder.file("t.parquet", parquet(&columns, 8));
    let line = format!("eval t.parquet {NAMES} -q");
    let ran = tallyho(&folder, &line).expect(0);
    assert!(ran.stderr.contains("values are: '' (labels: 1, predictions: 0)"), "{ran:?}");
    tallyho(&folder, &format!("{line} --strict --ignore-label ''")).expect(0);
}

#[test]
fn words_that_have_nothing_in_common_are_refused() {
    let french = "chat,cat\nchien,dog\nchat,cat\n";
    assert_eq!(
        eval(french, "").expect(2).stderr,
        "tallyho: t.csv: labels and predictions have no class in common: labels are 'chat', \
         'chien', predictions 'cat', 'dog'; map one to the other first; if every row is wrong, \
         --outside wrong counts them so\n"
    );
    let ran = eval("b'cat',cat\nb'dog',dog\nb'cat',cat\n", "").expect(2);
    assert!(ran.stderr.contains("those with b'' are bytes that Python wrote"), "{ran:?}");
    // They may be answers in free text, or all wrong.
    eval(french, "--outside wrong -q").expect(0);
    let folder = table(french);
    folder.file("classes.txt", "cat\nchat\nchien\ndog\n");
    let ran = tallyho(&folder, &format!("eval t.csv {NAMES} -q --classes classes.txt")).expect(0);
    assert!(ran.stderr.contains("TH516"), "{ran:?}");
    // A small shard of one label says nothing, nor do few rows.
    let ran = eval("cat,dog\ncat,cow\ncat,dog\n", "-q").expect(0);
    assert!(ran.stderr.contains("TH516"), "{ran:?}");
    assert!(!eval("cat,dog\ncow,emu\n", "-q").expect(0).stderr.contains("TH516"));
    // Spellings are told as such.
    let ran = eval("Cat,cat\nDog,dog\nCat,cat\n", "-q").expect(0);
    assert!(ran.stderr.contains("TH511") && !ran.stderr.contains("TH516"), "{ran:?}");
}

#[test]
fn integers_of_which_none_is_right_are_warned_of() {
    let report = eval("0,1\n1,2\n2,3\n0,1\n", "--json").expect(0).json();
    assert_eq!(codes(&report), ["TH516", "TH514"]);
    assert_eq!(
        report["findings"][0]["text"],
        "no row is right: labels are 0 to 2, predictions 1 to 3"
    );
    let hint = report["findings"][0]["hint"].as_str().unwrap();
    assert!(hint.contains("each label + 1"), "{hint}");
    let report = eval("0,1\n1,1\n2,3\n0,0\n", "--json").expect(0).json();
    assert_eq!(codes(&report), ["TH518"]);
    assert!(eval("0,1\n1,0\n", "-q").expect(0).stderr.is_empty());
}

#[test]
fn scores_of_which_no_row_is_right_are_warned_of() {
    let folder = Folder::new();
    folder.file("t.csv", "y,s\n0,0.9\n1,0.1\n1,0.2\n0,0.7\n");
    let ran = tallyho(&folder, "eval t.csv --labels y --scores s -q").expect(0);
    assert!(ran.stderr.contains("TH516") && ran.stderr.contains("--positive"), "{ran:?}");
}

#[test]
fn one_column_for_labels_and_predictions_is_warned_of() {
    let folder = table("0,0\n1,0\n");
    folder.file("y.npy", npy(&[0_i64, 1]));
    for line in [
        "eval t.csv --labels y --predictions y",
        "eval --labels y.npy --predictions y.npy",
        "eval --labels y.npy --predictions ./y.npy",
    ] {
        let ran = tallyho(&folder, &format!("{line} -q")).expect(0);
        assert!(ran.stderr.starts_with("tallyho: warning TH517: "), "{ran:?}");
        tallyho(&folder, &format!("{line} -q --strict")).expect(2);
    }
}

#[test]
fn a_shard_of_ones_says_which_classes_were_taken() {
    let folder = Folder::new();
    folder.file("ones.csv", "y,s\n1,0.9\n1,0.7\n");
    folder.file("both.csv", "y,s\n1,0.9\n0,0.7\n");
    let report = |file: &str| {
        tallyho(&folder, &format!("eval {file} --labels y --scores s --json")).expect(0).json()
    };
    assert!(codes(&report("ones.csv")).contains(&"TH163"));
    assert!(!codes(&report("both.csv")).contains(&"TH163"));
}

#[test]
fn the_ways_out_of_a_third_label_work() {
    let folder = Folder::new();
    folder.file("t.csv", "y,s\na,0.1\nb,0.9\nc,0.2\n");
    folder.file("two.txt", "a\nb\n");
    let line = "eval t.csv --labels y --scores s -q";
    let ran = tallyho(&folder, line).expect(2);
    assert!(
        ran.stderr.contains("--ignore-label 'c' leaves such rows out, or name the two with"),
        "{ran:?}"
    );
    tallyho(&folder, &format!("{line} --ignore-label c")).expect(0);
    tallyho(&folder, &format!("{line} --classes two.txt --on-invalid skip")).expect(0);
}

#[test]
fn a_label_to_be_ignored_that_is_only_predicted_is_not_suggested_again() {
    let ran = eval("1,0\n1,1\n2,2\n", "-q --ignore-label 0").expect(0);
    assert!(!ran.stderr.contains("did you mean"), "{ran:?}");
    assert!(ran.stderr.contains("only predictions are '0', and those rows count"), "{ran:?}");
}

#[test]
fn spellings_that_look_alike_are_told_apart_where_they_were_matched() {
    let rows = "cafe\u{301},caf\u{e9}\ntea,tea\n";
    let report = eval(rows, "--json --match-classes loose").expect(0).json();
    let text = report["warnings"][0]["text"].as_str().unwrap();
    assert!(text.ends_with("'cafe\\u{301}' as 'caf\u{e9}'"), "{text}");
}

#[test]
fn names_in_errors_and_warnings_are_fit_for_a_terminal() {
    let folder = Folder::new();
    let long = "x".repeat(100_000);
    folder.file("long.csv", format!("y,p\ncat,cat\n{long},cat\n"));
    folder.file("escape.csv", "y,p\ncat,cat\n\"a\u{1b}[31m\nb\",cat\n");
    folder.file("classes.txt", "cat\n");
    let line = "--labels y --predictions p --classes classes.txt";
    let ran = tallyho(&folder, &format!("eval long.csv {line}")).expect(2);
    assert!(ran.stderr.len() < 600 && ran.stderr.contains("[…99800 characters…]"), "{ran:?}");
    let ran = tallyho(&folder, &format!("eval escape.csv {line}")).expect(2);
    assert!(ran.stderr.contains(r"label 'a\u{1b}[31m\nb' is not"), "{ran:?}");
    assert_eq!(ran.stderr.lines().count(), 1);
    let ran = tallyho(&folder, "eval escape.csv --labels 'y\u{1b}' --predictions p").expect(2);
    assert!(!ran.stderr.contains('\u{1b}'), "{ran:?}");
}
