//! Scores in order, from the options to the files.

use std::fs;

use serde_json::{Value, json};

use super::{sound, tallyho};
use crate::common::Rng;
use crate::common::files::{Folder, npy, npy_matrix};

const B: &str = "eval --labels y.npy --scores b.npy";
const S: &str = "eval --labels y.npy --scores s.npy";

fn report(folder: &Folder, line: &str) -> Value {
    tallyho(folder, &format!("{line} --json")).expect(0).json()
}

/// 3,000 binary logits in whole.npy, and the same in two parts.
fn parts() -> Folder {
    let folder = Folder::new();
    let mut rng = Rng::new(2);
    let rows = 3_000;
    let labels: Vec<i64> = (0..rows).map(|_| i64::from(rng.below(2))).collect();
    let scores: Vec<f32> = labels.iter().map(|label| rng.normal() + *label as f32).collect();
    for (name, part) in [("whole", 0..rows), ("one", 0..1_000), ("two", 1_000..rows)] {
        folder.file(&format!("{name}_y.npy"), npy(&labels[part.clone()]));
        folder.file(&format!("{name}_s.npy"), npy(&scores[part]));
    }
    folder
}

#[test]
fn one_score_per_row_is_put_in_order_unasked_and_a_matrix_is_not() {
    let folder = sound();
    let binary = report(&folder, B);
    assert_eq!(binary["options"]["auc"], "exact");
    // Scores 0.25 and 0.75 of class 0 against 0.75 and 1 of class 1.
    assert_eq!(binary["metrics"]["roc_auc"]["value"], 0.875);
    assert_eq!(binary["per_class"][1]["roc_auc"], 0.875);
    assert_eq!(binary["per_class"][0]["average_precision"], Value::Null);
    let matrix = report(&folder, S);
    assert_eq!(matrix["options"]["auc"], "none");
    assert_eq!(matrix["metrics"]["roc_auc_ovr_macro"], Value::Null);
    assert!(matrix["per_class"][0].get("roc_auc").is_none());
    assert_eq!(report(&folder, &format!("{B} --auc none"))["metrics"]["roc_auc"], Value::Null);
    let asked = report(&folder, &format!("{S} --auc exact"));
    assert_eq!(asked["metrics"]["roc_auc_ovr_macro"]["value"], 0.875);
    assert_eq!(asked["digest"], matrix["digest"]);
}

#[test]
fn a_metric_in_order_that_is_asked_for_puts_a_matrix_in_order() {
    let folder = sound();
    let rule = "--require 'roc_auc[1] >= 0.8' --require 'roc_auc_ovr_micro >= 0.8'";
    let judged = report(&folder, &format!("{S} {rule}"));
    assert_eq!(judged["options"]["auc"], "exact");
    assert_eq!(judged["rules"][0]["value"], 0.875);
    let asked = report(&folder, &format!("{S} --metrics aurc,roc_auc_ovr_macro,accuracy"));
    assert_eq!(asked["metrics"].as_object().unwrap().len(), 3);
    let points = "--metrics 'precision_at_recall(1),coverage_at_risk(0.5)'";
    let asked = report(&folder, &format!("{B} {points}"));
    assert_eq!(asked["metrics"]["precision_at_recall(1)"]["value"], 2.0 / 3.0);
    assert_eq!(asked["metrics"]["coverage_at_risk(0.5)"]["value"], 1.0);
}

/// What only the order is needed for is not counted otherwise, and says so.
#[test]
fn metrics_of_the_order_alone_have_the_values_of_a_full_report() {
    let folder = parts();
    let line = "eval --labels whole_y.npy --scores whole_s.npy";
    let full = report(&folder, line);
    let alone = report(&folder, &format!("{line} --metrics roc_auc,average_precision,accuracy"));
    for name in ["roc_auc", "average_precision", "accuracy"] {
        assert_eq!(alone["metrics"][name], full["metrics"][name], "{name}");
    }
    assert_eq!(alone["confusion"], full["confusion"]);
    assert_eq!(alone["calibration"], json!([]));
    assert_ne!(alone["digest"], full["digest"]);
    let both = format!("{line} --metrics roc_auc --require 'log_loss <= 1'");
    assert_eq!(report(&folder, &both)["digest"], full["digest"]);
}

#[test]
fn thresholds_are_found_for_rates_and_costs() {
    let folder = sound();
    let asked = "--threshold-for 'recall >= 1' --threshold-for 'precision >= 1' --cost fp=1,fn=10";
    let found = report(&folder, &format!("{B} {asked}"));
    let points = found["operating_points"].as_array().unwrap();
    let of = |at: usize, key: &str| points[at][key].clone();
    assert_eq!([of(0, "asked"), of(0, "threshold")], [json!("recall >= 1"), json!(0.75)]);
    assert_eq!(
        [of(0, "tp"), of(0, "fp"), of(0, "fn"), of(0, "tn")].map(|it| it.as_u64()),
        [2, 1, 0, 1].map(Some)
    );
    assert_eq!([of(1, "asked"), of(1, "threshold")], [json!("precision >= 1"), json!(1.0)]);
    assert_eq!([of(2, "threshold"), of(2, "cost")], [json!(0.75), json!(1.0)]);
    let text = tallyho(&folder, &format!("{B} {asked}")).expect(0).stdout;
    assert!(text.contains("Thresholds") && text.contains("cost fp=1,fn=10"), "{text}");
    tallyho(&folder, &format!("{B} {asked} -q -o t.md")).expect(0);
    let page = fs::read_to_string(folder.path("t.md")).unwrap();
    assert!(page.contains("`recall >= 1`") && page.contains("0.7500"), "{page}");
}

#[test]
fn curves_are_written_as_csv_and_json() {
    let folder = sound();
    tallyho(&folder, &format!("{B} -q --curves c.csv --curves c.json")).expect(0);
    let csv = fs::read_to_string(folder.path("c.csv")).unwrap();
    for line in [
        "curve,x,y,threshold",
        "roc,0.0,0.0,",
        "roc,0.0,0.5,1.0",
        "roc,0.5,1.0,0.75",
        "roc,1.0,1.0,0.25",
        "precision_recall,1.0,0.6666666666666666,0.75",
        "gains,0.75,1.0,0.75",
        "threshold_recall,0.75,1.0,0.75",
        "risk_coverage,1.0,0.25,",
    ] {
        assert!(csv.lines().any(|found| found == line), "{line} in {csv}");
    }
    let read = fs::read_to_string(folder.path("c.json")).unwrap();
    let document: Value = serde_json::from_str(&read).unwrap();
    assert_eq!(document["schema"], "tallyho.curves/1");
    let names: Vec<&str> = document["curves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    let expected = [
        "roc",
        "precision_recall",
        "gains",
        "threshold_precision",
        "threshold_recall",
        "threshold_f1",
        "reliability",
        "risk_coverage",
    ];
    assert_eq!(names, expected);
    tallyho(&folder, &format!("{S} -q --curves m.csv")).expect(0);
    let csv = fs::read_to_string(folder.path("m.csv")).unwrap();
    assert!(csv.contains("risk_coverage,") && csv.contains("roc,0.0,0.5,1.0"), "{csv}");
}

#[test]
fn merged_bins_are_those_of_the_whole_and_a_merged_exact_order_is_undefined() {
    let folder = parts();
    for auc in ["binned", "exact"] {
        for part in ["one", "two"] {
            let line = format!("eval --labels {part}_y.npy --scores {part}_s.npy --auc {auc}");
            tallyho(&folder, &format!("{line} -q -o {part}.tally")).expect(0);
        }
        let merged = report(&folder, "merge one.tally two.tally");
        let whole =
            report(&folder, &format!("eval --labels whole_y.npy --scores whole_s.npy --auc {auc}"));
        assert_eq!(merged["digest"], whole["digest"]);
        let (area, of_whole) = (&merged["metrics"]["roc_auc"], &whole["metrics"]["roc_auc"]);
        if auc == "binned" {
            tallyho(&folder, "merge one.tally two.tally -q --curves c.csv").expect(0);
            let csv = fs::read_to_string(folder.path("c.csv")).unwrap();
            assert!(csv.lines().filter(|line| line.starts_with("roc,")).count() > 100);
            assert_eq!(area, of_whole);
            let interval = &area["interval"];
            assert_eq!(
                (&interval["method"], &interval["level"]),
                (&json!("certified"), &json!(1.0))
            );
        } else {
            assert!(of_whole["value"].is_f64());
            let reason = area["undefined"].as_str().unwrap();
            assert_eq!(reason, "exact AUC does not merge; use --auc binned or evaluate together");
            let judged = tallyho(&folder, "merge one.tally two.tally -q --require 'roc_auc >= 0'");
            judged.expect(1);
            let alone = report(&folder, "merge one.tally");
            assert!(alone["metrics"]["roc_auc"]["value"].is_f64());
        }
    }
}

#[test]
fn many_classes_are_read_twice_and_hold_one_order() {
    let folder = Folder::new();
    let mut rng = Rng::new(12);
    let (rows, classes) = (1_500, 150);
    let labels: Vec<i64> = (0..rows).map(|_| i64::from(rng.below(classes))).collect();
    let scores: Vec<f32> = labels
        .iter()
        .flat_map(|label| {
            (0..i64::from(classes)).map(move |class| f32::from(u8::from(class == *label)))
        })
        .map(|own| own * 2.0 + rng.normal())
        .collect();
    folder.file("y.npy", npy(&labels));
    folder.file("s.npy", npy_matrix(&scores, classes as usize));
    let line = "eval --labels y.npy --scores s.npy --auc exact";
    let one = report(&folder, &format!("{line} --threads 1"));
    let many = report(&folder, &format!("{line} --threads 3 --batch-rows 11"));
    assert_eq!(one["metrics"], many["metrics"]);
    let mean = one["metrics"]["roc_auc_ovr_macro"]["value"].as_f64().unwrap();
    assert!((0.85..0.98).contains(&mean), "{mean}");
    let pairs = &one["metrics"]["roc_auc_ovo_macro"]["undefined"];
    assert_eq!(pairs, "there are 150 classes, over 100");
    let binned = report(&folder, "eval --labels y.npy --scores s.npy --auc binned");
    let interval = &binned["metrics"]["roc_auc_ovr_macro"]["interval"];
    let (low, high) = (interval["low"].as_f64().unwrap(), interval["high"].as_f64().unwrap());
    assert!(low <= mean && mean <= high && high - low < 1e-2, "{low} {mean} {high}");
}

#[test]
fn what_cannot_be_put_in_order_is_refused() {
    let folder = sound();
    let p = "eval --labels y.npy --predictions p.npy";
    for (line, words) in [
        (format!("{p} --auc exact"), "--auc needs scores"),
        (format!("{p} --max-fpr 0.1"), "--max-fpr needs scores"),
        (format!("{p} --curves c.csv"), "--curves needs scores"),
        (format!("{p} --metrics roc_auc"), "roc_auc needs scores"),
        (format!("{S} --metrics roc_auc --auc none"), "needs rows in order"),
        (format!("{B} --metrics roc_auc_ovr_macro"), "needs a score for each class"),
        (format!("{B} --auc none --metrics roc_auc"), "needs rows in order"),
        (format!("{B} --metrics partial_roc_auc"), "write partial_roc_auc(0.1)"),
        (format!("{B} --metrics 'tpr_at_fpr(1.5)'"), "takes a rate from 0 up to 1, found '1.5'"),
        (format!("{B} --max-fpr 0"), "--max-fpr takes a rate above 0 up to 1, found 0"),
        (format!("{B} --threshold-for 'recall > 0.5'"), "--threshold-for takes 'recall >= R'"),
        (format!("{B} --threshold-for 'accuracy >= 0.5'"), "found 'accuracy >= 0.5'"),
        (format!("{B} --cost fp=1"), "as 'fp=1,fn=10', found 'fp=1'"),
        (format!("{B} --cost fp=1,fn=-1"), "found 'fp=1,fn=-1'"),
        (format!("{B} --auc binned --cost fp=1,fn=1"), "--cost needs --auc exact"),
        (format!("{B} --curves c.txt"), "c.txt: curves are written as .csv or .json"),
        (format!("{B} --curves b.npy.csv -o b.npy.csv"), "is named by two outputs"),
    ] {
        let stderr = tallyho(&folder, &line).expect(2).stderr;
        assert!(stderr.contains(words), "{line}: {stderr}");
    }
}
