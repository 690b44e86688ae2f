//! What options do to the report.

use serde_json::{Value, json};

use super::{sound, tallyho};
use crate::common::files::{Folder, npy, npy_matrix};
use crate::common::program::warnings;

const T: &str = "eval t.csv --labels label --predictions prediction";
const S: &str = "eval t.csv --labels label --scores 's*'";
const B: &str = "eval t.csv --labels label --scores s1";

fn report(folder: &Folder, line: &str) -> Value {
    tallyho(folder, &format!("{line} --json")).expect(0).json()
}

fn metric(report: &Value, name: &str) -> f64 {
    report["metrics"][name]["value"].as_f64().unwrap_or_else(|| panic!("{name}: {report}"))
}

#[test]
fn classes_may_be_lines_or_json_and_more_than_occur() {
    let folder = sound();
    folder.file("classes.txt", "1\r\n0\r\nnever\r\n");
    folder.file("marked.txt", "\u{feff}1\n0\nnever");
    folder.file("classes.json", " [1, \"0\", \"never\"]");
    for file in ["classes.txt", "marked.txt", "classes.json"] {
        let report = report(&folder, &format!("{T} --classes {file}"));
        assert_eq!(report["classes"], json!(["1", "0", "never"]), "{file}");
        assert_eq!(report["confusion"]["counts"], json!([[2, 0, 0], [1, 1, 0], [0, 0, 0]]));
        let never = &report["per_class"][2];
        assert_eq!((&never["support"], &never["recall"]), (&json!(0), &Value::Null));
    }
    folder.file("bools.json", "[false, true]");
    let found = report(&folder, &format!("{T} --classes bools.json"));
    assert_eq!(found["classes"], json!(["0", "1"]));
    // Names for columns of scores that carry none: labels are names, too.
    folder.file("names.txt", "cat\ndog\n");
    folder.file("named.csv", "label\ncat\ndog\ncat\ndog\n");
    let named = report(&folder, "eval --labels named.csv --scores s.npy --classes names.txt");
    assert_eq!(named["confusion"]["counts"], json!([[1, 1], [0, 2]]));
}

#[test]
fn ignored_labels_leave_no_trace_but_a_count() {
    let folder = sound();
    let ignored = report(&folder, &format!("{T} --ignore-label 1 --ignore-label nothing"));
    assert_eq!(ignored["rows"]["ignored"], 2);
    assert_eq!(ignored["rows"]["scored"], 2);
    folder.file("t.csv", "label,prediction\n0,0\n0,1\n");
    let without = report(&folder, T);
    for key in ["digest", "metrics", "confusion", "classes"] {
        assert_eq!(ignored[key], without[key], "{key}");
    }
    // A label below 0 must be written with `=`, or it reads as an option.
    folder.file("t.csv", "label,prediction\n0,0\n-1,1\n");
    assert_eq!(report(&folder, &format!("{T} --ignore-label=-1"))["rows"]["ignored"], 1);
}

#[test]
fn skipped_rows_are_counted_and_the_first_is_named() {
    let folder = sound();
    folder.file("t.csv", "label,s0,s1\n0,1,0\n1,nan,0\n0,0.75,0.25\n7,1,0\n1,0,1\n");
    for ways in ["--threads 1", "--threads 2 --batch-rows 1", "--threads 4 --batch-rows 2"] {
        let report = report(&folder, &format!("{S} --on-invalid skip {ways}"));
        let counts = json!(
            {"read": 5, "scored": 3, "ignored": 0, "invalid": 2, "infinite_loss": 0});
        assert_eq!(report["rows"], counts);
        let warnings = warnings(&report);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert_eq!(warnings[0]["code"], "TH204");
        let text = warnings[0]["text"].as_str().unwrap();
        assert!(
            text.starts_with("2 invalid rows (40.0 % of all) were left out, so values may be"),
            "{text}"
        );
    }
    let text = tallyho(&folder, &format!("{S} --on-invalid skip")).expect(0).stdout;
    assert!(text.contains("t.csv, row 1"), "{text}");
}

#[test]
fn positive_and_threshold_decide_binary_predictions() {
    let folder = sound();
    let confusion = |line: &str| report(&folder, line)["confusion"]["counts"].clone();
    assert_eq!(confusion(B), json!([[1, 1], [0, 2]]));
    // A score that equals the threshold is a positive prediction.
    assert_eq!(confusion(&format!("{B} --threshold 0.75")), json!([[1, 1], [0, 2]]));
    assert_eq!(confusion(&format!("{B} --threshold 0.7500001")), json!([[2, 0], [1, 1]]));
    assert_eq!(confusion(&format!("{B} --threshold -1")), json!([[0, 2], [0, 2]]));
    assert_eq!(confusion(&format!("{B} --positive 0")), json!([[1, 1], [2, 0]]));
    let options = report(&folder, &format!("{B} --positive 0 --threshold 0.25"))["options"].clone();
    assert_eq!((&options["positive"], &options["threshold"]), (&json!("0"), &json!(0.25)));
    let options = report(&folder, B)["options"].clone();
    assert_eq!((&options["positive"], &options["threshold"]), (&json!("1"), &json!(0.5)));
    let logits = report(&folder, &format!("{B} --scores-are logits"));
    assert_eq!(logits["options"]["threshold"], 0.0);
}

#[test]
fn files_that_disagree_about_what_scores_are_are_both_named() {
    let folder = sound();
    folder.file("logits.csv", "label,s0,s1\n0,3,-2\n1,0,5\n");
    let both = "eval t.csv logits.csv --labels label --scores 's*'";
    for line in [both, "eval logits.csv t.csv --labels label --scores 's*'"] {
        let stderr = tallyho(&folder, line).expect(2).stderr;
        for words in ["t.csv holds probabilities", "logits.csv holds logits", "--scores-are"] {
            assert!(stderr.contains(words), "{stderr}");
        }
    }
    let decided = report(&folder, &format!("{both} --scores-are logits"));
    assert_eq!(decided["options"]["scores_are"], "logits");
    assert_eq!(decided["rows"]["scored"], 6);
}

#[test]
fn logits_that_would_pass_as_probabilities_get_a_warning() {
    let folder = sound();
    let report = report(&folder, &format!("{S} --scores-are logits"));
    assert_eq!(warnings(&report)[0]["code"], "TH202");
}

#[test]
fn top_k_and_beta_add_metrics() {
    let folder = sound();
    folder.file("y.npy", npy(&[0i64, 1, 2, 3]));
    folder.file("s.npy", npy_matrix(&(0..16).map(f64::from).collect::<Vec<_>>(), 4));
    let line = "eval --labels y.npy --scores s.npy";
    let top = |report: &Value| {
        let names = report["metrics"].as_object().unwrap().keys();
        names.filter(|name| name.starts_with("top_")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(top(&report(&folder, line)), ["top_1_accuracy", "top_3_accuracy"]);
    let asked = report(&folder, &format!("{line} --top-k 2,4 --top-k 9"));
    assert_eq!(top(&asked), ["top_2_accuracy", "top_4_accuracy", "top_9_accuracy"]);
    let values = ["top_2_accuracy", "top_4_accuracy", "top_9_accuracy"].map(|k| metric(&asked, k));
    assert_eq!(values, [0.5, 1.0, 1.0]);

    let beta = report(&sound(), &format!("{T} --beta 2,0.5"));
    // Of class 0 tp = 1 with 2 labels, 1 prediction; of class 1 tp = 2 with 2, 3.
    let f = |beta: f64| {
        let f = |tp: f64, support: f64, predicted: f64| {
            (1.0 + beta * beta) * tp / (beta * beta * support + predicted)
        };
        (f(1.0, 2.0, 1.0) + f(2.0, 2.0, 3.0)) / 2.0
    };
    assert!((metric(&beta, "fbeta_macro(beta=2)") - f(2.0)).abs() < 1e-15);
    assert!((metric(&beta, "fbeta_macro(beta=0.5)") - f(0.5)).abs() < 1e-15);
}

/// Confidences 0.75 and 1 lie on edges of four bins.
#[test]
fn bins_and_their_edges_decide_the_calibration() {
    let folder = sound();
    let rows = |line: &str| {
        let report = report(&folder, line);
        let bins = report["calibration"].as_array().unwrap();
        bins.iter().map(|bin| bin["rows"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(rows(S).len(), 15);
    assert_eq!(rows(&format!("{S} --bins 4")), [0, 0, 3, 1]);
    assert_eq!(rows(&format!("{S} --bins 4 --bin-edges left-closed")), [0, 0, 0, 4]);
    assert_eq!(rows(&format!("{S} --bins 1")), [4]);
    let options = report(&folder, &format!("{S} --bins 4 --bin-edges left-closed"));
    assert_eq!(options["options"]["bins"], 4);
    assert_eq!(options["options"]["bin_edges"], "left-closed");
}

/// As scikit-learn has it, whose nan is `exclude`; class 2 is never predicted.
#[test]
fn zero_division_decides_what_a_class_without_predictions_is_worth() {
    let folder = sound();
    folder.file("t.csv", "label,prediction\n0,0\n1,1\n2,0\n");
    let found = |value: &str| {
        let report = report(&folder, &format!("{T} --zero-division {value}"));
        assert_eq!(report["options"]["zero_division"], value);
        let precision = report["per_class"][2]["precision"].as_f64();
        (precision, metric(&report, "precision_macro"))
    };
    assert_eq!(found("undefined"), (None, 0.5));
    assert_eq!(found("0"), (Some(0.0), 0.5));
    assert_eq!(found("1"), (Some(1.0), 2.5 / 3.0));
    assert_eq!(found("exclude"), (None, 0.75));
}

#[test]
fn only_the_metrics_asked_for_are_reported() {
    let report = report(&sound(), &format!("{T} --metrics recall_macro,accuracy,error_rate"));
    let names: Vec<&String> = report["metrics"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["accuracy", "error_rate", "recall_macro"]);
}

#[test]
fn the_level_of_intervals_is_as_asked() {
    let folder = sound();
    let width = |level: &str| {
        let report = report(&folder, &format!("{T} --interval {level}"));
        let interval = &report["metrics"]["accuracy"]["interval"];
        assert_eq!(interval["level"], level.parse::<f64>().unwrap());
        interval["high"].as_f64().unwrap() - interval["low"].as_f64().unwrap()
    };
    assert!(width("0.5") < width("0.95") && width("0.95") < width("0.999"));
}

#[test]
fn intervals_are_made_as_asked() {
    let folder = sound();
    folder.file("many.csv", format!("label,prediction\n{}", "0,0\n1,1\n0,1\n1,0\n1,1\n".repeat(9)));
    let many = T.replace("t.csv", "many.csv");
    let of = |options: &str, metric: &str| {
        report(&folder, &format!("{many} {options}"))["metrics"][metric]["interval"].clone()
    };
    assert_eq!(of("", "accuracy")["method"], "wilson");
    assert_eq!(of("--interval-method clopper-pearson", "accuracy")["method"], "clopper-pearson");
    assert_eq!(of("", "f1_macro")["method"], "bootstrap");
    assert_eq!(of("", "f1_macro"), of("--replicates 1000 --seed 0 --threads 1", "f1_macro"));
    assert_ne!(of("", "f1_macro"), of("--seed 1", "f1_macro"));
    let none = report(&folder, &format!("{many} --replicates 0"));
    assert_eq!(none["options"]["replicates"], 0);
    assert_eq!(none["metrics"]["f1_macro"]["interval"], Value::Null);
    assert_eq!(none["metrics"]["f1_macro"]["no_interval"], "no resamples were asked for");
    let text = tallyho(&folder, &format!("{many} --replicates 200 --seed 9")).expect(0).stdout;
    assert!(text.contains("bootstrap of 200 resamples (seed 9)"), "{text}");
}

/// Temperatures are counted only when a metric or a rule asks for them.
#[test]
fn the_temperature_is_there_when_asked_for() {
    let folder = sound();
    let rows: String =
        (0..60).map(|row| format!("{},{}\n", row * 7 % 3 % 2, row % 9 - 4)).collect();
    folder.file("z.csv", format!("label,z\n{rows}"));
    let z = "eval z.csv --labels label --scores z --scores-are logits";
    assert!(report(&folder, z)["metrics"]["temperature"].is_null());
    let asked = report(&folder, &format!("{z} --metrics temperature,brier_reliability"));
    assert!(!asked["metrics"]["temperature"].is_null(), "{asked}");
    assert!(metric(&asked, "brier_reliability") > 0.0);
    let ruled = tallyho(&folder, &format!("{z} --require 'temperature < 100' --json"));
    assert!(!ruled.json()["metrics"]["temperature"].is_null());
    let refused =
        tallyho(&folder, &format!("{B} --scores-are probabilities --metrics temperature"));
    assert!(refused.expect(2).stderr.contains("needs logits"));
}

/// Every table of a run is listed with its own rows.
#[test]
fn inputs_are_listed_with_their_own_rows() {
    let folder = sound();
    folder.file("u.csv", "label,prediction\n1,1\n0,1\n");
    let names = "--labels label --predictions prediction";
    for ways in ["--threads 1", "--threads 2 --batch-rows 1"] {
        let report = report(&folder, &format!("eval t.csv u.csv {names} {ways}"));
        let rows = |at: usize| report["inputs"][at]["rows"].as_u64().unwrap();
        assert_eq!((rows(0), rows(1)), (4, 2));
    }
    let report = report(&folder, "eval --labels y.npy --scores s.npy");
    let roles: Vec<&Value> = (0..2).map(|at| &report["inputs"][at]["role"]).collect();
    assert_eq!(roles, ["labels", "scores"]);
    assert_eq!(report["inputs"][1]["dtype"], "float64");
    assert_eq!(report["inputs"][1]["rows"], 4);
    assert_eq!(report["inputs"][1]["bytes"], folder.path("s.npy").metadata().unwrap().len());
}
