//! The sampling error of metrics that are means over rows, or areas.

use super::order;
use super::registry::Needs;
use super::request::Request;
use super::summary::Summary;

/// How the value of a metric varies with the rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sampling {
    /// A mean over rows, its standard error, and the most that a row may count.
    Mean { error: f64, most: f64 },
    /// An area under the ROC curve, or `scale` times it: the standard error by DeLong,
    /// and the rows of both kinds.
    Area { error: f64, scale: f64, positives: u64, negatives: u64 },
}

/// The largest loss that a row is taken to have where none was seen, in nats: that of a
/// label given a probability of 10⁻⁷.
const MOST_LOSS: f64 = 16.0;

impl Request {
    /// How its value varies; `None` if it is not a mean over rows and not an area, or if
    /// there are too few rows. [`check`](Self::check) comes first.
    pub(crate) fn sampling(&self, summary: &Summary<'_>) -> Option<Sampling> {
        let metric = self.metric();
        let error = (metric.standard_error?)(summary)?;
        if metric.needs == Needs::BinaryOrder {
            let (positives, negatives) = order::kinds(summary)?;
            let scale = if metric.name == "gini" { 2.0 } else { 1.0 };
            return Some(Sampling::Area { error, scale, positives, negatives });
        }
        let most = match metric.name {
            "log_loss" => MOST_LOSS,
            "brier_score" if summary.classes() > 2 => 2.0,
            _ => 1.0,
        };
        Some(Sampling::Mean { error, most })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;
    use crate::class::Classes;
    use crate::tally::{Aggregates, Cell, Confusion, RowSums, Rows, Spec, Tallies, Task};

    /// Losses of 1 and 3 nats: deviation 2, error √(2 / 1 / 2) = 1.
    #[test]
    fn the_error_of_a_mean_is_that_of_its_rows() {
        let spec = Spec { task: Task::Matrix, ..Spec::default() };
        let mut sums = RowSums::default();
        sums.loss.add(1 << 32);
        sums.loss.add(3 << 32);
        sums.squared_error.add(1 << 30);
        sums.squared_error.add(0);
        let mut aggregates = Aggregates::empty(&spec, 2);
        aggregates.set(Some(sums));
        let cells = vec![Cell { label: 0, prediction: 0, count: 2 }];
        let tallies = Tallies {
            spec,
            classes: Classes::numbered(2),
            rows: Rows { read: 2, scored: 2, ..Rows::default() },
            confusion: Confusion::from_cells(cells).unwrap(),
            aggregates,
            slices: Vec::new(),
        };
        let summary = Summary::new(&tallies);
        let of = |name: &str| Request::new(name, None).unwrap().sampling(&summary);
        assert_eq!(of("log_loss"), Some(Sampling::Mean { error: 1.0, most: 16.0 }));
        // For two classes squared errors count half: 0.5 and 0.
        assert_eq!(of("brier_score"), Some(Sampling::Mean { error: 0.25, most: 1.0 }));
        assert_eq!(of("accuracy"), None);
    }
}
