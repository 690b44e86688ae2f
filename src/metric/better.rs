//! The direction in which a metric gets better.

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

impl Better {
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
        self.metric().better
    }
}

impl ClassMetric {
    /// Which way it gets better.
    pub fn better(&self) -> Better {
        self.better
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::ALL;

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
            assert_eq!(metric.better == Better::Higher, known, "{}", metric.name);
        }
    }
}
