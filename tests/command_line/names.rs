//! Names of other tools: options, subcommands, metrics.

use super::{sound, tallyho};

#[test]
fn options_of_other_tools_are_answered_with_ours_in_one_line() {
    let folder = sound();
    for (line, ours) in [
        ("eval --preds p.npy", "--predictions"),
        ("eval --pred=p.npy", "--predictions"),
        ("eval --y-pred p.npy", "--predictions"),
        ("eval --y_pred p.npy", "--predictions"),
        ("eval --y-true y.npy", "--labels"),
        ("eval --truth y.npy", "--labels"),
        ("eval --target y.npy", "--labels"),
        ("eval --gt y.npy", "--labels"),
        ("eval --label y.npy", "--labels"),
        ("eval --probs s.npy", "--scores"),
        ("eval --logits s.npy", "--scores"),
        ("eval --y_score s.npy", "--scores"),
        ("eval --proba s.npy", "--scores"),
        ("eval --pos_label 1", "--positive"),
        ("eval --top_k 3", "--top-k"),
        ("eval --ignore-index -100", "--ignore-label"),
        ("eval --gpu", "--device gpu"),
        ("eval --config x.toml", "--options"),
    ] {
        let ran = tallyho(&folder, line).expect(2);
        let answer = format!("it is {ours} here");
        assert!(ran.stderr.starts_with("tallyho: eval has no option --"), "{line}: {ran:?}");
        assert!(ran.stderr.contains(&answer), "{line}: {ran:?}");
        assert_eq!(ran.stderr.lines().count(), 1, "{line}");
    }
}

#[cfg(feature = "history")]
#[test]
fn the_file_of_the_history_is_found_by_either_name() {
    let folder = sound();
    for (line, ours) in [
        ("eval t.csv --db x.db", "eval has no option --db; it is --history here"),
        ("history --history x.db list", "history has no option --history; it is --db here"),
        ("history list --history x.db", "history has no option --history; it is --db here"),
    ] {
        let ran = tallyho(&folder, line).expect(2);
        assert!(ran.stderr.contains(ours), "{line}: {ran:?}");
    }
}

#[test]
fn subcommands_of_other_tools_are_answered_with_ours() {
    let folder = sound();
    for (line, ours) in [
        ("evaluate --labels y.npy", "`tallyho eval`"),
        ("score t.csv", "`tallyho eval`"),
        ("diff a b", "`tallyho history compare`"),
        ("report t.csv", "`tallyho eval … -o report.md`"),
        ("benchmark", "`tallyho bench`"),
        ("combine a.tally b.tally", "`tallyho merge`"),
        ("t.csv --labels y", "tallyho eval t.csv --labels NAME --predictions NAME"),
        ("--labels y.npy --predictions p.npy", "tallyho eval --labels …"),
    ] {
        let ran = tallyho(&folder, line).expect(2);
        assert!(
            ran.stderr.starts_with("tallyho: ") && ran.stderr.contains(ours),
            "{line}: {ran:?}"
        );
        assert_eq!(ran.stderr.lines().count(), 1, "{line}");
    }
}

#[test]
fn metrics_are_known_by_the_names_that_other_tools_have() {
    let folder = sound();
    for (theirs, ours) in [
        ("acc", "accuracy"),
        ("mcc", "matthews_corrcoef"),
        ("kappa", "cohen_kappa"),
        ("mean_iou", "jaccard_macro"),
        ("mIoU", "jaccard_macro"),
        ("zero_one_loss", "error_rate"),
        ("hamming_loss", "error_rate"),
        ("macro-f1", "f1_macro"),
        ("f1_score_weighted", "f1_weighted"),
        ("macro_sensitivity", "recall_macro"),
        ("cross_entropy", "log_loss"),
        ("nll", "log_loss"),
        ("brier", "brier_score"),
        ("ece", "expected_calibration_error"),
        ("top1", "top_1_accuracy"),
        ("acc@1", "top_1_accuracy"),
        ("accuracy@1", "top_1_accuracy"),
        ("top-1", "top_1_accuracy"),
    ] {
        let line = format!("eval t.csv --labels label --scores 's?' --metrics {theirs} --json");
        let report = tallyho(&folder, &line).expect(0).json();
        let names: Vec<&String> = report["metrics"].as_object().unwrap().keys().collect();
        assert_eq!(names, [ours], "{theirs}");
    }
    for (theirs, ours) in [
        ("auc", "roc_auc"),
        ("AUROC", "roc_auc"),
        ("ap", "average_precision"),
        ("ks", "ks_statistic"),
    ] {
        let line = format!("eval --labels y.npy --scores b.npy --metrics {theirs} --json");
        let report = tallyho(&folder, &line).expect(0).json();
        assert!(report["metrics"].get(ours).is_some(), "{theirs}: {}", report["metrics"]);
    }
}

#[test]
fn values_at_k_of_rankings_are_answered_with_top_k_accuracy() {
    let folder = sound();
    let line = "eval t.csv --labels label --scores 's?' --metrics";
    for (theirs, answer) in [
        ("recall@k", "write top_5_accuracy, the share of rows whose label is among the 5 highest"),
        ("recall@10", "write top_10_accuracy, the share of rows"),
        ("recall_at_3", "write top_3_accuracy"),
        ("hit-rate@5", "write top_5_accuracy"),
        ("acc@k", "write top_5_accuracy"),
        ("precision@5", "5 highest scores (precision of a ranking is that / 5)"),
        ("Prec@k", "write top_5_accuracy"),
        ("recall@0", "there is no metric 'recall@0'; did you mean"),
        ("ndcg@5", "there is no metric 'ndcg@5'; --list-metrics lists them"),
    ] {
        let ran = tallyho(&folder, &format!("{line} {theirs}")).expect(2);
        assert!(ran.stderr.contains(answer), "{theirs}: {ran:?}");
        assert_eq!(ran.stderr.lines().count(), 1, "{theirs}");
    }
}

/// 1 − accuracy, from counts.
#[test]
fn the_error_rate_is_a_metric_with_its_exact_quotient() {
    let line = "eval t.csv --labels label --predictions prediction --metrics zero_one_loss --json";
    let report = tallyho(&sound(), line).expect(0).json();
    let rate = &report["metrics"]["error_rate"];
    assert_eq!((&rate["numerator"], &rate["denominator"]), (&1.into(), &4.into()));
    assert_eq!(rate["value"], 0.25);
}

#[test]
fn rules_know_the_names_of_other_tools_too() {
    let folder = sound();
    let eval = "eval t.csv --labels label --predictions prediction -q --require";
    for (rule, status) in [
        ("mcc >= 0.5", 0),
        ("mcc >= 0.9", 1),
        ("zero_one_loss <= 0.25", 0),
        ("macro_f1 >= 0.99", 1),
        ("sensitivity[1] >= 0.9", 0),
        ("iou[0] >= 0.9", 1),
    ] {
        tallyho(&folder, &format!("{eval} '{rule}'")).expect(status);
    }
}

#[test]
fn names_of_several_metrics_are_answered_with_the_choice() {
    let folder = sound();
    for (name, answer) in [
        ("precision", "precision_macro, precision_micro, precision_weighted"),
        ("recall", "write recall[CLASS], or recall_macro, recall_micro, recall_weighted"),
        ("f1", "f1_macro, f1_micro, f1_weighted"),
        ("f1_score", "(f1 here): write f1[CLASS]"),
        ("sensitivity", "(recall here): write recall[CLASS]"),
        ("iou", "jaccard_macro"),
        ("pr_auc", "average_precision"),
        ("weighted_kappa", "cohen_kappa_linear or cohen_kappa_quadratic"),
        ("fbeta", "fbeta_macro(beta=2)"),
        ("confusion_matrix", "every report has it"),
        ("acuracy", "did you mean 'accuracy'?"),
    ] {
        let line = format!("eval t.csv --labels label --predictions prediction --metrics {name}");
        let ran = tallyho(&folder, &line).expect(2);
        assert!(ran.stderr.contains(answer), "{name}: {ran:?}");
        let rule =
            format!("eval t.csv --labels label --predictions prediction --require '{name} >= 0.5'");
        assert!(tallyho(&folder, &rule).expect(2).stderr.contains(answer), "{name} in a rule");
    }
}
