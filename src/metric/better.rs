//! Which way a metric gets better.

use super::{ClassMetric, Request};

/// Which way a value gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More is better: accuracy.
    Higher,
    /// Less is better: log loss.
    Lower,
    /// Neither way: a description, such as an entropy.
    Neither,
}

/// Metrics of all rows of which less is better.
const LOWER: &[&str] = &[
    "error_rate",
    "log_loss",
    "brier_score",
    "expected_calibration_error",
    "maximum_calibration_error",
    "classwise_ece",
    "expected_calibration_error_equal_mass",
    "brier_reliability",
    "aurc",
];

/// Metrics of all rows that are neither good nor bad. Overconfidence is best at
/// 0, a temperature at 1, and Brier's uncertainty is how often rows are right.
const NEITHER: &[&str] = &[
    "mean_confidence",
    "overconfidence",
    "prediction_entropy",
    "label_entropy",
    "temperature",
    "brier_uncertainty",
];

/// Values of a class of which less is better.
const LOWER_OF_CLASS: &[&str] = &["fp", "fn", "false_positive_rate", "false_negative_rate"];

/// Values of a class that are neither good nor bad.
const NEITHER_OF_CLASS: &[&str] = &["support", "predicted", "predicted_share"];

impl Better {
    fn of(name: &str, lower: &[&str], neither: &[&str]) -> Self {
        match () {
            () if lower.contains(&name) => Self::Lower,
            () if neither.contains(&name) => Self::Neither,
            () => Self::Higher,
        }
    }

    /// Whether `value` is worse than `other`.
    pub fn is_worse(self, value: f64, other: f64) -> bool {
        match self {
            Self::Higher => value < other,
            Self::Lower => value > other,
            Self::Neither => false,
        }
    }
}

impl Request {
    /// Which way it gets better.
    pub fn better(&self) -> Better {
        Better::of(self.metric().name, LOWER, NEITHER)
    }
}

impl ClassMetric {
    /// Which way it gets better.
    pub fn better(&self) -> Better {
        Better::of(self.name, LOWER_OF_CLASS, NEITHER_OF_CLASS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::{ALL, PER_CLASS};

    /// A metric that is new has to be thought about: the rest is all that gets
    /// better upward.
    #[test]
    fn more_is_better_of_shares_of_right_rows_of_areas_and_of_agreement() {
        const PARTS: &[&str] = &[
            "accuracy",
            "precision",
            "recall",
            "f1_",
            "fbeta_",
            "jaccard_",
            "specificity_",
            "matthews_corrcoef",
            "cohen_kappa",
            "roc_auc",
            "tpr_at_fpr",
            "ks_statistic",
            "gini",
            "coverage_at_risk",
            "brier_resolution",
        ];
        for metric in ALL {
            let known = PARTS.iter().any(|part| metric.name.contains(part));
            let better = Better::of(metric.name, LOWER, NEITHER);
            assert_eq!(better == Better::Higher, known, "{}", metric.name);
        }
    }

    #[test]
    fn every_listed_name_is_that_of_a_metric() {
        for name in LOWER.iter().chain(NEITHER) {
            assert!(ALL.iter().any(|metric| metric.name == *name), "{name}");
        }
        for name in LOWER_OF_CLASS.iter().chain(NEITHER_OF_CLASS) {
            assert!(PER_CLASS.iter().any(|metric| metric.name == *name), "{name}");
        }
    }
}
