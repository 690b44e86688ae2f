//! The workload of an evaluation, as far as time depends on it, and rates of this machine.

use crate::exact::ScoreType;
use crate::tally::{Auc, Counted};

/// What is to be evaluated, as far as time depends on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// Number of rows.
    pub rows: u64,
    /// Scores of a row; 0 where rows have predictions.
    pub columns: usize,
    /// Number of classes, or the best guess.
    pub classes: usize,
    /// The type of the scores, if there are any.
    pub score_type: Option<ScoreType>,
    /// Bytes that are read.
    pub file_bytes: u64,
    /// Whether those are text, which is slow to read.
    pub is_text: bool,
    /// What is counted of scores.
    pub counted: Counted,
    /// How rows are put in order by their scores.
    pub auc: Auc,
    /// Whether they are put in order by their confidence, too.
    pub by_confidence: bool,
    /// Why only the CPU can do it, if so.
    pub cpu_only: Option<String>,
}

/// What was measured: rates for rows like those wanted, of all threads together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Rows that the CPU counts.
    pub cpu_rows_per_second: f64,
    /// Bytes that reach the device's memory.
    pub upload_bytes_per_second: f64,
    /// Rows that the device counts once they are there.
    pub kernel_rows_per_second: f64,
    /// Seconds until a device is open and its kernels are made.
    pub first_use_seconds: f64,
}

/// Bytes of a row on the way to the device: scores and a label of four bytes, or a
/// pair in the narrowest width of its classes.
pub(super) fn row_bytes(workload: &Workload) -> f64 {
    match workload.score_type {
        Some(score_type) => (workload.columns * score_type.bytes() + 4) as f64,
        None => match workload.classes {
            0..=0x100 => 2.0,
            0x101..=0x1_0000 => 4.0,
            _ => 8.0,
        },
    }
}
