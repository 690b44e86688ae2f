//! The standard error of metrics that are means over rows, or areas.

use super::request::Request;
use super::summary::Summary;

impl Request {
    /// The standard error of its value; `None` if it is not a mean over rows and
    /// not an area, or if there are too few rows. [`check`](Self::check) comes
    /// first.
    pub(crate) fn standard_error(&self, summary: &Summary<'_>) -> Option<f64> {
        (self.metric().standard_error?)(summary)
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
        let error = |name: &str| Request::new(name, None).unwrap().standard_error(&summary);
        assert_eq!(error("log_loss"), Some(1.0));
        // For two classes squared errors count half: 0.5 and 0.
        assert_eq!(error("brier_score"), Some(0.25));
        assert_eq!(error("accuracy"), None);
    }
}
