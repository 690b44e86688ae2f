//! What is counted follows from the metrics and rules that are asked for.

use serde_json::Value;

use super::{sound, tallyho};
use crate::common::files::Folder;

const B: &str = "eval --labels y.npy --scores b.npy";
const S: &str = "eval --labels y.npy --scores s.npy";
const P: &str = "eval --labels y.npy --predictions p.npy";

fn report(folder: &Folder, line: &str) -> Value {
    tallyho(folder, &format!("{line} --json")).expect(0).json()
}

fn counted(folder: &Folder, line: &str) -> String {
    report(folder, line)["options"]["counted"].as_str().unwrap().to_owned()
}

#[test]
fn metrics_of_the_confusion_alone_make_counts_alone() {
    let folder = sound();
    for scores in [S, B] {
        let whole = report(&folder, scores);
        let counts = report(&folder, &format!("{scores} --metrics accuracy,f1_macro"));
        assert_eq!(
            (&whole["options"]["counted"], &counts["options"]["counted"]),
            (&"all".into(), &"counts".into())
        );
        for key in ["rows", "classes", "confusion"] {
            assert_eq!(counts[key], whole[key], "{key}");
        }
        for metric in ["accuracy", "f1_macro"] {
            assert_eq!(counts["metrics"][metric], whole["metrics"][metric]);
        }
        assert_eq!(counts["metrics"].as_object().unwrap().len(), 2);
        assert_eq!(counts["calibration"], Value::Array(Vec::new()));
        assert_ne!(counts["digest"], whole["digest"]);
        let text = tallyho(&folder, &format!("{scores} --metrics accuracy")).expect(0).stdout;
        assert!(text.contains("counts only: loss, calibration, ranks and order left"), "{text}");
    }
}

#[test]
fn what_asks_for_more_makes_more() {
    let folder = sound();
    let accuracy = "--metrics accuracy";
    for (line, expected) in [
        (format!("{S} {accuracy}"), "counts"),
        (format!("{S} {accuracy} --require 'recall[1] >= 0' --require 'f1_macro >= 0'"), "counts"),
        (format!("{S} {accuracy} --require 'log_loss < 100'"), "all"),
        (format!("{S} {accuracy},top_1_accuracy"), "all"),
        (format!("{S} {accuracy},brier_score"), "all"),
        (format!("{S} {accuracy} --bins 5"), "all"),
        (format!("{S} {accuracy} --top-k 2"), "all"),
        (format!("{S} {accuracy} --ties sklearn-top-k"), "all"),
        (format!("{S} {accuracy} --ties lowest"), "all"),
        (format!("{B} {accuracy},roc_auc --ties lowest"), "all"),
        (format!("{B} {accuracy},roc_auc --bin-edges right-closed"), "all"),
        (format!("{S} {accuracy} --auc none"), "counts"),
        (format!("{S} {accuracy} --auc binned"), "all"),
        (format!("{S} --require 'accuracy >= 0'"), "all"),
        (format!("{B} {accuracy}"), "counts"),
        (format!("{B} {accuracy} --auc exact"), "all"),
        (format!("{B} {accuracy},roc_auc"), "order"),
        (format!("{B} {accuracy} --max-fpr 0.5"), "all"),
        (format!("{B} {accuracy} --require 'roc_auc >= 0'"), "order"),
        (format!("{B} {accuracy} --curves c.csv"), "all"),
        (format!("{P} {accuracy}"), "all"),
        (format!("{S} {accuracy} --history h.db --dataset d --model m"), "all"),
    ] {
        assert_eq!(counted(&folder, &line), expected, "{line}");
    }
}

#[test]
fn what_was_left_out_cannot_be_asked_of_a_state() {
    let folder = sound();
    for (scores, metric) in
        [(S, "log_loss"), (S, "top_1_accuracy"), (B, "roc_auc"), (S, "roc_auc_ovr_macro")]
    {
        tallyho(&folder, &format!("{scores} --metrics accuracy -q -o c.tally")).expect(0);
        let asked =
            tallyho(&folder, &format!("merge c.tally -q --require '{metric} >= 0'")).expect(2);
        assert!(asked.stderr.contains("--metrics left out"), "{}", asked.stderr);
        assert!(asked.stderr.contains("name it there, too"), "{}", asked.stderr);
        // What it says to do helps.
        let named = tallyho(&folder, &format!("{scores} --metrics accuracy,{metric}")).expect(0);
        assert!(named.stdout.contains(metric), "{}", named.stdout);
        assert!(!named.stdout.contains("undefined"), "{}", named.stdout);
    }
    tallyho(&folder, &format!("{S} -q -o whole.tally")).expect(0);
    tallyho(&folder, &format!("{S} --metrics accuracy -q -o c.tally")).expect(0);
    let mixed = tallyho(&folder, "merge c.tally whole.tally -q").expect(2);
    assert!(mixed.stderr.contains("what is counted is counts against all"), "{}", mixed.stderr);
}
