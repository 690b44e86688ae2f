//! Two score columns of a binary problem, and which options have an effect on which
//! input.

use std::fs;

use serde_json::{Value, json};

use super::tallyho;
use crate::common::files::{Folder, npy, npy_matrix};

const P: &str = "eval --labels y.npy --predictions p.npy";
const ONE: &str = "eval --labels y.npy --scores one.npy";
const TWO: &str = "eval --labels y.npy --scores two.npy";
const LOGITS: &str = "eval --labels y.npy --scores logits.npy";
const THREE: &str = "eval --labels three_y.npy --scores three.npy";
const TABLE: &str = "eval t.csv --labels y --scores 'p_*'";

/// 16 rows of probabilities with two digits.
const ROWS: [(&str, f64); 16] = [
    ("malignant", 0.40),
    ("benign", 0.97),
    ("benign", 0.39),
    ("benign", 0.24),
    ("benign", 0.25),
    ("malignant", 0.46),
    ("malignant", 0.34),
    ("malignant", 0.55),
    ("benign", 0.48),
    ("benign", 0.26),
    ("benign", 0.63),
    ("benign", 0.27),
    ("malignant", 0.68),
    ("benign", 0.78),
    ("benign", 0.50),
    ("benign", 0.20),
];

/// The rows as a table with the classes' names, and as arrays: probabilities of
/// class 1, of both classes, their logits, and three columns of other rows.
fn files() -> Folder {
    let folder = Folder::new();
    let mut table = String::from("y,p_benign,p_malignant\n");
    for (label, p) in ROWS {
        table.push_str(&format!("{label},{:.2},{p:.2}\n", 1.0 - p));
    }
    folder.file("t.csv", table);
    let labels: Vec<i64> = ROWS.iter().map(|row| i64::from(row.0 == "malignant")).collect();
    folder.file("y.npy", npy(&labels));
    folder.file("p.npy", npy(&ROWS.map(|(_, p)| i64::from(p > 0.5))));
    folder.file("one.npy", npy(&ROWS.map(|(_, p)| p)));
    let pairs = |of: fn(f64) -> [f64; 2]| ROWS.iter().flat_map(|row| of(row.1)).collect::<Vec<_>>();
    folder.file("two.npy", npy_matrix(&pairs(|p| [1.0 - p, p]), 2));
    folder.file("logits.npy", npy_matrix(&pairs(|p| [3.0, 3.0 + (p / (1.0 - p)).ln()]), 2));
    folder.file("three_y.npy", npy(&[0i64, 1, 2, 1]));
    folder.file(
        "three.npy",
        npy_matrix(&[0.5, 0.25, 0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.25, 0.125, 0.75, 0.125], 3),
    );
    folder
}

fn report(folder: &Folder, line: &str) -> Value {
    tallyho(folder, &format!("{line} --json")).expect(0).json()
}

fn value(report: &Value, name: &str) -> f64 {
    report["metrics"][name]["value"].as_f64().unwrap_or_else(|| panic!("{name}: {report}"))
}

fn codes(report: &Value) -> Vec<&str> {
    report["warnings"].as_array().unwrap().iter().filter_map(|it| it["code"].as_str()).collect()
}

/// Made with scikit-learn 1.9.1: `roc_auc_score`, `average_precision_score`,
/// `max(abs(tpr - fpr))`, `roc_auc_score(max_fpr=0.1)`, and the best points of
/// `precision_recall_curve` and `roc_curve`.
#[test]
fn metrics_of_the_positive_class_are_those_of_scikit_learn() {
    let folder = files();
    let asked = "roc_auc,average_precision,ks_statistic,gini,partial_roc_auc(0.1),\
                 precision_at_recall(0.75),tpr_at_fpr(0.25)";
    let of_malignant = [
        0.6181818181818182,
        0.4014646464646464,
        0.4545454545454546,
        2.0 * 0.6181818181818182 - 1.0,
        0.47368421052631576,
        0.45454545454545453,
        0.2,
    ];
    for line in [TABLE, TWO, LOGITS] {
        let found = report(&folder, &format!("{line} --metrics '{asked}'"));
        for (name, expected) in asked.split(',').zip(of_malignant) {
            assert!((value(&found, name) - expected).abs() < 2e-15, "{line}: {name}: {found}");
        }
        assert_eq!(found["options"]["auc"], "exact");
        // Which of two diagnoses is positive, nothing tells.
        let code = if line == TABLE { "TH166" } else { "TH161" };
        assert!(codes(&found).contains(&code), "{found}");
    }
    let of_benign = report(&folder, &format!("{TABLE} --positive benign --max-fpr 0.1"));
    for (name, expected) in [
        ("roc_auc", 0.6181818181818182),
        ("average_precision", 0.8482627221263586),
        ("partial_roc_auc(0.1)", 0.7129186602870813),
    ] {
        assert!((value(&of_benign, name) - expected).abs() < 2e-15, "{name}");
    }
    assert_eq!(of_benign["options"]["positive"], "benign");
    assert_eq!(codes(&of_benign), ["TH102", "TH208"]);
    // One column of the two gives the same bits.
    let alone = report(&folder, &format!("{ONE} --metrics '{asked}'"));
    let both = report(&folder, &format!("{TWO} --metrics '{asked}'"));
    assert_eq!(alone["metrics"], both["metrics"]);
}

#[test]
fn thresholds_costs_and_curves_are_found_in_the_unit_of_the_positive_score() {
    let folder = files();
    let asked = "--threshold-for 'recall >= 0.9' --cost fp=1,fn=10 --curves c.csv";
    for (line, scale) in [(TABLE, false), (TWO, false), (LOGITS, true)] {
        let found = report(&folder, &format!("{line} {asked}"));
        let points = found["operating_points"].as_array().unwrap();
        for point in points {
            let threshold = point["threshold"].as_f64().unwrap();
            let expected: f64 = if scale { (0.34_f64 / 0.66).ln() } else { 0.34 };
            assert!((threshold - expected).abs() < 1e-12, "{line}: {point}");
            assert_eq!([&point["tp"], &point["fp"]], [&json!(5), &json!(6)], "{line}");
            // What is counted by that threshold is what was promised of it.
            let counted = report(&folder, &format!("{line} --threshold {threshold}"));
            assert_eq!(counted["confusion"]["counts"], json!([[5, 6], [0, 5]]), "{line}");
            let alone = format!("{line} --threshold {threshold} --metrics accuracy");
            let alone = report(&folder, &alone);
            assert_eq!(alone["confusion"]["counts"], counted["confusion"]["counts"]);
            assert_eq!(alone["options"]["counted"], "counts");
        }
        assert_eq!(points[1]["cost"], 6.0);
        let csv = fs::read_to_string(folder.path("c.csv")).unwrap();
        for curve in ["roc,", "precision_recall,", "threshold_recall,", "risk_coverage,"] {
            assert!(csv.lines().any(|line| line.starts_with(curve)), "{curve} in {csv}");
        }
    }
    let swapped = report(&folder, &format!("{TABLE} --positive benign --threshold 0.97"));
    assert_eq!(swapped["confusion"]["counts"], json!([[0, 11], [0, 5]]));
    assert_eq!(swapped["options"]["threshold"], 0.97);
    let text = tallyho(&folder, &format!("{TABLE} --threshold 0.25")).expect(0).stdout;
    assert!(text.contains("class malignant positive, positive from 0.25 up"), "{text}");
}

#[test]
fn without_being_asked_two_columns_are_counted_as_ever_and_told_how_to_ask() {
    let folder = files();
    let usual = report(&folder, TWO);
    assert_eq!(usual["metrics"].get("roc_auc"), None);
    assert_eq!(usual["options"]["positive"], Value::Null);
    assert_eq!(usual["warnings"][0]["code"], "TH162");
    let hint = usual["warnings"][0]["hint"].as_str().unwrap();
    assert!(hint.contains("--positive '1' or --auc exact"), "{hint}");
    for quiet in ["--metrics accuracy", "--metrics log_loss", "--auc none"] {
        assert_eq!(codes(&report(&folder, &format!("{TWO} {quiet}"))), [""; 0], "{quiet}");
    }
    for line in [TWO, LOGITS] {
        let usual = report(&folder, line);
        for asked in ["--positive 1", "--positive 0", "--max-fpr 0.1", "--auc exact"] {
            let found = report(&folder, &format!("{line} {asked}"));
            assert_eq!(found["digest"], usual["digest"], "{asked}");
            for key in ["confusion", "calibration", "rows", "classes"] {
                assert_eq!(found[key], usual[key], "{asked}: {key}");
            }
            for (name, measure) in usual["metrics"].as_object().unwrap() {
                assert_eq!(&found["metrics"][name], measure, "{asked}: {name}");
            }
            assert!((value(&found, "roc_auc") - 0.6181818181818182).abs() < 2e-15);
        }
        let each = report(&folder, &format!("{line} --auc exact"));
        assert_eq!(each["per_class"][1]["roc_auc"], each["metrics"]["roc_auc"]["value"]);
        let ruled = report(&folder, &format!("{line} --require 'roc_auc >= 0.6'"));
        assert_eq!(ruled["rules"][0]["verdict"], "holds");
    }
}

#[test]
fn states_of_two_columns_keep_their_metrics_and_bins_merge() {
    let folder = files();
    for line in [TWO, LOGITS] {
        tallyho(&folder, &format!("{line} --positive 0 --cost fp=1,fn=1 -q -o x.tally")).expect(0);
        let direct = report(&folder, &format!("{line} --positive 0 --cost fp=1,fn=1"));
        let kept = report(&folder, "merge x.tally");
        for key in ["digest", "metrics", "operating_points", "options"] {
            assert_eq!(kept[key], direct[key], "{key}");
        }
        fs::copy(folder.path("x.tally"), folder.path("same.tally")).unwrap();
        let twice = report(&folder, "merge x.tally same.tally");
        let reason = twice["metrics"]["roc_auc"]["undefined"].as_str().unwrap();
        assert!(reason.starts_with("exact AUC does not merge; use --auc binned"), "{reason}");
    }
    let (first, rest) = ROWS.split_at(7);
    for (name, part) in [("a", first), ("b", rest)] {
        let rows = part.iter().map(|(label, p)| format!("{label},{:.2},{p:.2}\n", 1.0 - p));
        let rows: String = rows.collect();
        folder.file(&format!("{name}.csv"), format!("y,p_benign,p_malignant\n{rows}"));
        let line = format!("eval {name}.csv --labels y --scores 'p_*' --auc binned");
        tallyho(&folder, &format!("{line} -q -o {name}.tally")).expect(0);
    }
    let merged = report(&folder, "merge a.tally b.tally");
    let whole = report(&folder, &format!("{TABLE} --auc binned"));
    assert_eq!(merged["metrics"]["roc_auc"], whole["metrics"]["roc_auc"]);
    assert_eq!(merged["digest"], whole["digest"]);
    assert!((value(&merged, "roc_auc") - 0.6181818181818182).abs() < 2e-15);
    let refused = tallyho(&folder, &format!("{LOGITS} --auc binned --metrics roc_auc")).expect(2);
    assert!(refused.stderr.contains("evaluate with --auc exact"), "{}", refused.stderr);
}

/// What becomes of an option on an input.
enum Effect {
    /// The report is another one, in this key.
    Changes(&'static str),
    /// Refused with these words.
    Refused(&'static str),
    /// What it says is so without it.
    Usual,
}

use Effect::{Changes, Refused, Usual};

/// Every option about metrics, with what it does to predictions, to one score per
/// row, to two and to more columns of probabilities.
const EFFECTS: &[(&str, [Effect; 4])] = &[
    (
        "--positive 0",
        [
            Refused("--positive needs scores"),
            Changes("confusion"),
            Changes("metrics"),
            Refused("--positive is for one positive class"),
        ],
    ),
    (
        "--threshold 0.3",
        [
            Refused("--threshold needs scores"),
            Changes("confusion"),
            Changes("confusion"),
            Refused("--threshold is for one positive class"),
        ],
    ),
    (
        "--threshold-for 'recall >= 0.5'",
        [
            Refused("--threshold-for needs scores"),
            Changes("operating_points"),
            Changes("operating_points"),
            Refused("--threshold-for is for one positive class"),
        ],
    ),
    (
        "--cost fp=1,fn=2",
        [
            Refused("--cost needs scores"),
            Changes("operating_points"),
            Changes("operating_points"),
            Refused("--cost is for one positive class"),
        ],
    ),
    (
        "--max-fpr 0.1",
        [
            Refused("--max-fpr needs scores"),
            Changes("metrics"),
            Changes("metrics"),
            Refused("--metrics roc_auc_ovr_macro is the mean of all"),
        ],
    ),
    ("--auc exact", [Refused("--auc needs scores"), Usual, Changes("metrics"), Changes("metrics")]),
    (
        "--auc binned",
        [Refused("--auc needs scores"), Changes("digest"), Changes("digest"), Changes("digest")],
    ),
    ("--auc none", [Usual, Changes("metrics"), Usual, Usual]),
    (
        "--scores-are logits",
        [
            Refused("--scores-are needs scores"),
            Changes("digest"),
            Changes("digest"),
            Changes("digest"),
        ],
    ),
    (
        "--ties sklearn-top-k",
        [
            Refused("--ties needs scores"),
            Refused("--ties sklearn-top-k is for a score for each class"),
            Changes("digest"),
            Changes("digest"),
        ],
    ),
    (
        "--bins 4",
        [
            Refused("--bins needs scores"),
            Changes("calibration"),
            Changes("calibration"),
            Changes("calibration"),
        ],
    ),
    (
        "--bin-edges left-closed",
        [
            Refused("--bin-edges needs scores"),
            Changes("digest"),
            Changes("digest"),
            Changes("digest"),
        ],
    ),
    (
        "--top-k 2",
        [
            Refused("--top-k needs scores"),
            Changes("metrics"),
            Changes("metrics"),
            Changes("metrics"),
        ],
    ),
    ("--beta 2", [Changes("metrics"), Changes("metrics"), Changes("metrics"), Changes("metrics")]),
    (
        "--zero-division 1",
        [Changes("options"), Changes("options"), Changes("options"), Changes("options")],
    ),
    (
        "--interval 0.5",
        [Changes("metrics"), Changes("metrics"), Changes("metrics"), Changes("metrics")],
    ),
    (
        "--interval-method clopper-pearson",
        [Changes("metrics"), Changes("metrics"), Changes("metrics"), Changes("metrics")],
    ),
    (
        "--replicates 0",
        [Changes("options"), Changes("options"), Changes("options"), Changes("options")],
    ),
    ("--seed 7", [Changes("options"), Changes("options"), Changes("options"), Changes("options")]),
    (
        "--metrics accuracy",
        [Changes("metrics"), Changes("metrics"), Changes("metrics"), Changes("metrics")],
    ),
    (
        "--metrics roc_auc",
        [
            Refused("roc_auc needs scores"),
            Changes("metrics"),
            Changes("metrics"),
            Refused("name an average such as roc_auc_ovr_macro"),
        ],
    ),
    (
        "--metrics roc_auc_ovr_macro",
        [
            Refused("roc_auc_ovr_macro needs scores"),
            Refused("needs a score for each class"),
            Changes("metrics"),
            Changes("metrics"),
        ],
    ),
    (
        "--require 'roc_auc >= 0'",
        [
            Refused("roc_auc needs scores"),
            Changes("rules"),
            Changes("rules"),
            Refused("name an average such as roc_auc_ovr_macro"),
        ],
    ),
    ("--ignore-label 0", [Changes("rows"), Changes("rows"), Changes("rows"), Changes("rows")]),
];

#[test]
fn an_option_has_an_effect_or_is_refused() {
    let folder = files();
    let inputs = [P, ONE, TWO, THREE];
    let usual = inputs.map(|line| report(&folder, line));
    for (option, effects) in EFFECTS {
        for ((line, usual), effect) in inputs.iter().zip(&usual).zip(effects) {
            let line = format!("{line} {option}");
            match effect {
                Changes(key) => {
                    let found = report(&folder, &line);
                    assert_ne!(found.get(*key), usual.get(*key), "{line} changes no {key}");
                }
                Refused(words) => {
                    let stderr = tallyho(&folder, &line).expect(2).stderr;
                    assert!(stderr.contains(words), "{line}: {stderr}");
                    assert!(stderr.lines().count() <= 2, "{line}: {stderr}");
                }
                Usual => {
                    let found = report(&folder, &line);
                    for key in ["digest", "metrics", "confusion", "options"] {
                        assert_eq!(found[key], usual[key], "{line}: {key}");
                    }
                }
            }
        }
    }
    for (line, file) in inputs.iter().zip(["p", "one", "two", "three"]) {
        let curves = tallyho(&folder, &format!("{line} -q --curves {file}.csv"));
        match file {
            "p" => assert!(curves.expect(2).stderr.contains("--curves needs scores")),
            _ => {
                curves.expect(0);
                let csv = fs::read_to_string(folder.path(&format!("{file}.csv"))).unwrap();
                assert_eq!(csv.contains("\nroc,"), file != "three", "{csv}");
            }
        }
    }
}

#[test]
fn what_would_be_left_without_effect_on_two_columns_is_refused() {
    let folder = files();
    for (line, words) in [
        (format!("{TWO} --positive 0 --auc none"), "--positive is without effect"),
        (format!("{TWO} --max-fpr 0.1 --auc none"), "--max-fpr needs --auc exact or binned"),
        (format!("{TWO} --cost fp=1,fn=1 --auc binned"), "--cost needs --auc exact"),
        (format!("{TABLE} --positive cat"), "the classes are 'benign' and 'malignant'"),
        (format!("{TWO} --threshold nan"), "--threshold must be a finite number"),
    ] {
        let stderr = tallyho(&folder, &line).expect(2).stderr;
        assert!(stderr.contains(words), "{line}: {stderr}");
    }
    // With a threshold the positive class needs no order.
    let found = report(&folder, &format!("{TWO} --positive 0 --threshold 0.9 --auc none"));
    assert_eq!(found["confusion"]["counts"], json!([[0, 11], [0, 5]]));
}
