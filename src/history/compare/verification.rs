//! The result of verifying a history.

use crate::history::store::identity::RunId;

/// What verifying a history found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verification {
    /// Runs whose tallies were looked at.
    pub runs: usize,
    /// Metric values that were computed anew.
    pub metrics: usize,
    /// Metrics of which nothing is stored: the tool has learned them since.
    pub new_metrics: usize,
    /// Stored metrics that this version of the tool does not compute.
    pub unknown_metrics: usize,
    /// Rows that were compared with their checksums, of all runs.
    pub rows: usize,
    /// Runs that are older than their checksums: what changed in them before they got
    /// some is not found.
    pub late_runs: usize,
    /// What is wrong with the file itself.
    pub damage: Vec<String>,
    /// Rows that are not those that were written.
    pub changed: Vec<ChangedRow>,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// Something that is stored and is not what the tallies give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The run.
    pub run: RunId,
    /// "digest", "tallies", "rows", or the name of a metric.
    pub what: String,
    /// What is stored.
    pub stored: String,
    /// What was computed.
    pub computed: String,
}

impl Verification {
    /// Whether all is as it should be.
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty() && self.changed.is_empty() && self.differences.is_empty()
    }
}

/// Rows that are not those that were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedRow {
    /// The run that they belong to, if they belong to one.
    pub run: Option<RunId>,
    /// The table.
    pub table: &'static str,
    /// Which of its rows: the number of the row, or a name among those of the run.
    pub row: Option<String>,
    /// What was found: "is not the row that was written".
    pub problem: String,
}
