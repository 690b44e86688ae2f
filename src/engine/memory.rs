//! Whether there is memory to put rows in order.

use super::plan::Plan;
use crate::error::{Error, Result};
use crate::exact::grid::BINS;
use crate::input::{Input, Shape};
use crate::tally::{Auc, Ordered, Task};

/// Bytes of a bin of one class of a matrix on one thread.
const BIN_BYTES: u64 = 8;

/// Refuses an order that this machine cannot hold, before rows are read. Where
/// the number of rows or the free memory is not known, nothing is refused.
///
/// # Errors
///
/// [`Error::Usage`], saying what is needed and what there is.
pub(super) fn check(input: &Input, plan: &Plan) -> Result<()> {
    let Some(free) = available() else { return Ok(()) };
    let classes = match input.shape() {
        Shape::Matrix { columns, .. } => *columns as u64,
        Shape::Binary | Shape::Predictions => 1,
    };
    let threads = plan.threads as u64;
    let (needed, what, instead) = match plan.spec.auc {
        Auc::None => return Ok(()),
        Auc::Binned => {
            let bytes = BINS as u64 * BIN_BYTES * classes * (threads + 2);
            (
                bytes,
                format!("{classes} classes on {threads} threads"),
                "use fewer --threads, or --auc exact",
            )
        }
        Auc::Exact => {
            let Some(rows) = input.rows() else { return Ok(()) };
            let each = row_bytes(plan);
            (
                rows.saturating_mul(each),
                format!("{rows} rows of {each} bytes"),
                "use --auc binned, or none",
            )
        }
    };
    if needed <= free {
        return Ok(());
    }
    let gib = |bytes: u64| bytes as f64 / (1_u64 << 30) as f64;
    Err(Error::Usage(format!(
        "--auc {} takes {:.1} GiB of memory for {what}, of which {:.1} GiB are free; {instead}",
        plan.spec.auc.name(),
        gib(needed),
        gib(free)
    )))
}

/// Bytes that the exact order takes for a row: its key without 16 bits, in growing
/// memory; of a matrix, the key and class of its label and its place in the index.
fn row_bytes(plan: &Plan) -> u64 {
    let confidence = if plan.spec.order.confidence { 3 } else { 0 };
    let spec = &plan.spec;
    let of_one = if spec.orders_doubles() { 12 } else { 3 };
    let score = match (spec.task, spec.ordered) {
        (Task::Matrix, Ordered::Classes) => 60,
        (Task::Matrix, Ordered::Both) => 60 + of_one,
        _ => of_one,
    };
    score + confidence
}

/// Bytes that the system says could be used without swapping.
fn available() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemAvailable:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}
