//! The first page: nothing on it that does not hold or that nobody asked.

use super::{sound, tallyho};
use crate::common::files::{Folder, npy, npy_matrix};

/// A table with classes of these names, of which the first row is wrong.
fn labelled(names: [&str; 3]) -> Folder {
    let folder = Folder::new();
    let [a, b, c] = names;
    folder.file("t.csv", format!("y,p\n{a},{b}\n{a},{a}\n{b},{b}\n{c},{c}\n"));
    folder
}

const EVAL: &str = "eval t.csv --labels y --predictions p";

#[test]
fn there_is_no_word_of_gpus_where_none_was_looked_at() {
    let folder = sound();
    for line in [
        "eval t.csv --labels label --predictions prediction",
        "eval t.csv --labels label --scores 's?'",
        "eval t.csv --labels label --predictions prediction --device cpu",
        "eval t.csv --labels label --predictions prediction --json",
    ] {
        let ran = tallyho(&folder, line).expect(0);
        assert!(!ran.stdout.to_lowercase().contains("gpu"), "{line}: {}", ran.stdout);
    }
}

#[test]
fn weighted_kappas_are_for_classes_with_an_order() {
    let has = |folder: &Folder, options: &str| {
        let report = tallyho(folder, &format!("{EVAL} --json {options}")).expect(0).json();
        ["cohen_kappa_linear", "cohen_kappa_quadratic"]
            .map(|name| report["metrics"].get(name).cloned())
    };
    let numbers = labelled(["0", "1", "10"]);
    let [linear, quadratic] = has(&numbers, "").map(Option::unwrap);
    assert!(linear["note"].is_null() && quadratic["value"].is_f64(), "{linear}");

    let texts = labelled(["low", "medium", "high"]);
    assert_eq!(has(&texts, ""), [None, None]);
    let [linear, _] = has(&texts, "--ordinal").map(Option::unwrap);
    let note =
        "the order of the classes is taken to be high < low < medium; --classes gives another";
    assert_eq!(linear["note"], note);
    // By name they are given all the same, with the same note.
    let [named, none] = has(&texts, "--metrics cohen_kappa_linear");
    assert_eq!((named, none), (Some(linear), None));
    texts.file("order.txt", "low\nmedium\nhigh\n");
    let [given, _] = has(&texts, "--ordinal --classes order.txt").map(Option::unwrap);
    assert!(given["note"].as_str().unwrap().contains("low < medium < high"), "{given}");
    // low taken for medium is less far than high taken for medium.
    let by_numbers = labelled(["0", "1", "2"]);
    let [numbered, _] = has(&by_numbers, "").map(Option::unwrap);
    assert_eq!(given["value"], numbered["value"]);
}

#[test]
fn an_order_of_classes_is_said_when_states_are_merged() {
    let texts = labelled(["a", "b", "c"]);
    tallyho(&texts, &format!("{EVAL} --ordinal -q -o t.tally")).expect(0);
    let merged = tallyho(&texts, "merge t.tally --json").expect(0).json();
    assert!(merged["metrics"].get("cohen_kappa_linear").is_none());
    let merged = tallyho(&texts, "merge t.tally --ordinal --json").expect(0).json();
    assert!(merged["metrics"].get("cohen_kappa_linear").is_some());
}

#[test]
fn intervals_that_are_not_given_take_one_line() {
    let folder = sound();
    for line in [
        "eval t.csv --labels label --scores 's?'",
        "eval --labels y.npy --scores b.npy",
        "eval t.csv --labels label --predictions prediction --replicates 0",
    ] {
        let ran = tallyho(&folder, line).expect(0);
        let lines = ran.stdout.lines().filter(|line| line.contains("no interval for"));
        assert!(lines.count() <= 1, "{}", ran.stdout);
    }
    let line = "eval t.csv --labels label --predictions prediction --replicates 0 -o r.md -q";
    tallyho(&folder, line).expect(0);
    let markdown = std::fs::read_to_string(folder.path("r.md")).unwrap();
    assert_eq!(markdown.matches("no interval for").count(), 1, "{markdown}");
}

/// Sums are in units of 2^-30 and 2^-32, so that a mean is within 1e-6.
#[test]
fn more_digits_are_not_printed_than_hold() {
    let folder = Folder::new();
    let row = [1.0 - 1e-7, 1e-7];
    folder.file("y.npy", npy(&[0i64, 0, 0, 1]));
    folder.file("s.npy", npy_matrix(&[row, row, row, [1e-7, 1.0 - 1e-7]].concat(), 2));
    let eval = "eval --labels y.npy --scores s.npy --scores-are probabilities";
    let ran = tallyho(&folder, &format!("{eval} -o r.md")).expect(0);
    let markdown = std::fs::read_to_string(folder.path("r.md")).unwrap();
    for page in [&ran.stdout, &markdown] {
        for name in ["brier_score", "log_loss", "mean_confidence", "expected_calibration_error"] {
            let line = page.lines().find(|line| line.contains(name)).unwrap();
            let numbers = line.split(|c: char| !c.is_ascii_digit() && c != '.' && c != 'e');
            let decimals = numbers.filter_map(|it| it.split_once('.')).map(|(_, behind)| behind);
            for decimals in decimals {
                assert!(decimals.len() <= 6 && !decimals.contains('e'), "{line}");
            }
        }
    }
    assert!(ran.stdout.contains("0.000000"), "{}", ran.stdout);
    // JSON has the numbers as they were computed.
    let report = tallyho(&folder, &format!("{eval} --json")).expect(0).json();
    let loss = report["metrics"]["log_loss"]["value"].as_f64().unwrap();
    assert!(loss > 0.0 && (loss - 1e-7).abs() < 1e-9, "{loss}");
}
