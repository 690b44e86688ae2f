//! The shares of rows that averages over classes are made of.

use super::request::Request;
use super::summary::{Counts, Summary};

impl Request {
    /// The class, hits and rows of each share that its value is the mean of, but for
    /// classes without rows; `None` of any other metric.
    pub(crate) fn class_shares(&self, summary: &Summary<'_>) -> Option<Vec<ClassShare>> {
        let share: fn(Counts, u64) -> (u64, u64) = match self.metric().name {
            "balanced_accuracy" | "recall_macro" => |class, _| (class.tp, class.support),
            "precision_macro" => |class, _| (class.tp, class.predicted),
            "specificity_macro" => |class, rows| {
                let others = rows - class.support;
                (others - (class.predicted - class.tp), others)
            },
            _ => return None,
        };
        let of = |class: usize| (class, share(summary.counts_of(class), summary.rows));
        // Balanced accuracy is over all classes, whatever averages are over.
        let whole = self.metric().name == "balanced_accuracy";
        let classes: Vec<usize> = match whole {
            true => (0..summary.classes()).filter(|class| summary.is_class(*class)).collect(),
            false => summary.averaged().collect(),
        };
        Some(classes.into_iter().map(of).filter(|(_, (_, rows))| *rows > 0).collect())
    }

    /// Whether its value is an unweighted mean over classes.
    pub(crate) fn is_macro(&self) -> bool {
        self.metric().name.ends_with("_macro")
    }
}

/// A class with its hits and rows.
pub(crate) type ClassShare = (usize, (u64, u64));
