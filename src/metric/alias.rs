//! Names that other tools use for the same metrics.

/// Values of a class by the names that they have elsewhere, with ours.
const OF_A_CLASS: &[(&str, &str)] = &[
    ("sensitivity", "recall"),
    ("tpr", "recall"),
    ("true_positive_rate", "recall"),
    ("hit_rate", "recall"),
    ("ppv", "precision"),
    ("positive_predictive_value", "precision"),
    ("tnr", "specificity"),
    ("true_negative_rate", "specificity"),
    ("fpr", "false_positive_rate"),
    ("fall_out", "false_positive_rate"),
    ("fnr", "false_negative_rate"),
    ("miss_rate", "false_negative_rate"),
    ("dice", "f1"),
    ("f_measure", "f1"),
    ("f", "f1"),
    ("iou", "jaccard"),
    ("jaccard_index", "jaccard"),
];

/// Names of what is no single metric here, or not quite the same, with what to ask
/// for instead.
const ANSWERS: &[(&[&str], &str)] = &[
    (
        &["pr_auc", "aupr", "auprc", "auc_pr", "aucpr", "prauc"],
        "the area under the precision-recall curve is average_precision: by steps, not by \
         trapezoids, which are too large",
    ),
    (
        &["weighted_kappa", "kappa_weighted"],
        "write cohen_kappa_linear or cohen_kappa_quadratic, by how classes are apart",
    ),
    (
        &["fbeta", "f_beta"],
        "write fbeta_macro(beta=2), fbeta_micro(beta=2) or fbeta_weighted(beta=2)",
    ),
    (&["f2"], "write fbeta_macro(beta=2), fbeta_micro(beta=2) or fbeta_weighted(beta=2)"),
    (
        &["f0.5", "f05"],
        "write fbeta_macro(beta=0.5), fbeta_micro(beta=0.5) or fbeta_weighted(beta=0.5)",
    ),
    (
        &["confusion", "confusion_matrix", "classification_report", "per_class"],
        "every report has it (-o report.json), whatever --metrics says",
    ),
    (
        &["calibration", "calibration_curve", "reliability_diagram"],
        "every report of scores has the bins (-o report.json); expected_calibration_error is their sum",
    ),
    (
        &["roc_curve", "precision_recall_curve", "roc", "pr_curve"],
        "--curves FILE.csv writes curves; roc_auc and average_precision are areas under them",
    ),
    (&["loss"], "write log_loss for the cross-entropy, or brier_score"),
];

/// How averages are named, as ends of names here and as beginnings elsewhere.
const AVERAGES: &[&str] = &["macro", "micro", "weighted"];

/// Our name of a value of a class that is called `name` elsewhere.
pub(super) fn of_a_class(name: &str) -> Option<&'static str> {
    let plain = plain(name);
    let plain = plain.strip_suffix("_score").unwrap_or(&plain);
    OF_A_CLASS.iter().find(|(theirs, _)| *theirs == plain).map(|(_, ours)| *ours)
}

/// What to ask for instead of `name`.
pub(super) fn answer(name: &str) -> Option<String> {
    let plain = plain(name);
    let plain = plain.strip_suffix("_score").unwrap_or(&plain);
    let known = ANSWERS.iter().find(|(names, _)| names.contains(&plain));
    known.map(|(_, answer)| (*answer).to_owned()).or_else(|| at_k(plain))
}

/// What to ask for instead of `recall@5`, `precision_at_5` and `hit@k`, which are of
/// rankings: here each row has one label.
fn at_k(plain: &str) -> Option<String> {
    let (what, k) = plain.split_once('@').or_else(|| plain.split_once("_at_"))?;
    let k = if k == "k" { "5" } else { k };
    if !is_count(k) || k.starts_with('0') {
        return None;
    }
    let ours = format!(
        "write top_{k}_accuracy, the share of rows whose label is among the {k} highest scores"
    );
    match what {
        "recall" | "sensitivity" | "hit" | "hits" | "hit_rate" | "r" | "acc" | "accuracy"
        | "top" => Some(ours),
        "precision" | "prec" | "p" => {
            Some(format!("{ours} (precision of a ranking is that / {k})"))
        }
        _ => None,
    }
}

fn is_count(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The same name as it is spelled here: `macro-F1` is `f1_macro`, `top5` is
/// `top_5_accuracy`. `None` if it is spelled so already.
pub(super) fn respelled(name: &str) -> Option<String> {
    let plain = plain(name);
    let spelled = top_k(&plain).unwrap_or_else(|| {
        let mut words: Vec<&str> = plain.split('_').filter(|word| *word != "score").collect();
        if words.first().is_some_and(|first| AVERAGES.contains(first)) {
            words.rotate_left(1);
        }
        let average = words.pop_if(|last| AVERAGES.contains(last));
        let base = words.join("_");
        let base = match average {
            Some(_) => of_a_class(&base).map_or(base, str::to_owned),
            None => base,
        };
        [base.as_str()].into_iter().chain(average).collect::<Vec<_>>().join("_")
    });
    (spelled != name).then_some(spelled)
}

/// `top_5_accuracy` of `top5`, `top_5`, `top5_acc` and `acc@5`.
fn top_k(plain: &str) -> Option<String> {
    let k = match plain.split_once('@') {
        Some(("acc" | "accuracy" | "top", k)) => k,
        Some(_) => return None,
        None => {
            let rest = plain.strip_prefix("top")?;
            let rest = rest.strip_suffix("_accuracy").or(rest.strip_suffix("_acc")).unwrap_or(rest);
            rest.strip_prefix('_').unwrap_or(rest)
        }
    };
    is_count(k).then(|| format!("top_{k}_accuracy"))
}

/// In lower case, with `_` between words.
fn plain(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::{ALL, ClassMetric, PER_CLASS};

    #[test]
    fn our_own_names_are_answered_as_they_are() {
        for metric in ALL {
            assert_eq!(answer(metric.name), None, "{}", metric.name);
        }
        for metric in PER_CLASS {
            assert_eq!((of_a_class(metric.name), answer(metric.name)), (None, None));
        }
    }

    #[test]
    fn every_value_of_a_class_that_is_named_is_there() {
        for (theirs, ours) in OF_A_CLASS {
            assert!(PER_CLASS.iter().any(|metric| metric.name == *ours), "{theirs} is {ours}");
            assert_eq!(ClassMetric::find(theirs).map(|metric| metric.name), Some(*ours));
        }
    }

    #[test]
    fn spellings_of_others_become_ours() {
        for (theirs, ours) in [
            ("macro-F1", "f1_macro"),
            ("f1_score_weighted", "f1_weighted"),
            ("micro_f1_score", "f1_micro"),
            ("macro sensitivity", "recall_macro"),
            ("top5", "top_5_accuracy"),
            ("top-1", "top_1_accuracy"),
            ("top_5_acc", "top_5_accuracy"),
            ("acc@10", "top_10_accuracy"),
            ("Accuracy", "accuracy"),
            ("log-loss", "log_loss"),
            // Not the precision of a class.
            ("macro_average_precision", "average_precision_macro"),
        ] {
            assert_eq!(respelled(theirs).as_deref(), Some(ours), "{theirs}");
        }
        assert_eq!(respelled("accuracy"), None);
    }
}
