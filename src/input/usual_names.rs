//! Names that columns, arrays and files usually have: for advice, never to decide what
//! is read.

use crate::batch::Role;

/// Names of labels, the likelier first.
pub const LABELS: &[&str] = &[
    "label",
    "labels",
    "y_true",
    "true_label",
    "y",
    "target",
    "targets",
    "truth",
    "ground_truth",
    "gt",
    "actual",
    "class",
    "true_class",
    "answer",
    "category",
];

/// Names of predictions, the likelier first. Others that begin with "pred" follow.
pub const PREDICTIONS: &[&str] = &[
    "prediction",
    "predictions",
    "pred",
    "preds",
    "y_pred",
    "predicted",
    "predicted_label",
    "pred_label",
    "yhat",
    "y_hat",
    "output",
    "p",
];

/// Names of scores, the likelier first.
pub const SCORES: &[&str] = &[
    "scores",
    "score",
    "probs",
    "prob",
    "probabilities",
    "probability",
    "logits",
    "logit",
    "proba",
    "y_score",
    "y_prob",
    "y_proba",
    "p",
    "s",
    "confidence",
];

/// A name as the lists spell it.
pub fn lower(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace(['-', ' ', '.'], "_")
}

/// The name that is most likely that of a role, if one is.
pub(super) fn likeliest<'a>(role: Role, names: &[&'a str]) -> Option<&'a str> {
    let usual = match role {
        Role::Labels => LABELS,
        Role::Predictions => PREDICTIONS,
        Role::Scores => SCORES,
        Role::Slices => &[],
    };
    let called = |usual: &&str| names.iter().find(|name| lower(name) == **usual);
    let predicted = |name: &&&str| role == Role::Predictions && lower(name).starts_with("pred");
    usual.iter().find_map(called).or_else(|| names.iter().find(predicted)).copied()
}

/// Whether a column is called as what names or numbers its rows.
pub(super) fn says_id(name: &str) -> bool {
    const WORDS: [&str; 12] = [
        "id", "ids", "uid", "uuid", "guid", "key", "index", "idx", "path", "file", "filename",
        "url",
    ];
    let name = name.trim();
    let last = name.rsplit(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
    WORDS.contains(&last.to_lowercase().as_str()) || last.ends_with("Id") || last.ends_with("ID")
}

#[cfg(test)]
mod tests {
    use super::{likeliest, says_id};
    use crate::batch::Role;

    #[test]
    fn names_are_known_by_their_role() {
        let names = ["id", "Y-true", "predicted_class", "label_2", "score"];
        assert_eq!(likeliest(Role::Labels, &names), Some("Y-true"));
        assert_eq!(likeliest(Role::Predictions, &names), Some("predicted_class"));
        assert_eq!(likeliest(Role::Scores, &names), Some("score"));
        assert_eq!(likeliest(Role::Scores, &names[..3]), None);
    }

    #[test]
    fn an_id_is_called_so() {
        for name in ["id", "ID", "image_id", "rowId", " uuid", "file.path"] {
            assert!(says_id(name), "{name}");
        }
        for name in ["covid", "valid", "cat", "idle", ""] {
            assert!(!says_id(name), "{name}");
        }
    }
}
