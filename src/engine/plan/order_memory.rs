//! The memory that it takes to put rows in order, held against what there is.

use super::settled::Plan;
use crate::error::Result;
use crate::exact::grid::BINS;
use crate::input::{Dataset, Shape};
use crate::memory;
use crate::tally::{Auc, Ordered, Task};

/// Bytes of a bin of one class of a matrix on one thread.
const BIN_BYTES: u64 = 8;

/// Refuses an order that this machine cannot hold, before rows are read. Where
/// the number of rows is not known, nothing is refused.
///
/// # Errors
///
/// [`Error::Memory`](crate::error::Error::Memory), saying what is needed and what there is.
pub(crate) fn check(input: &dyn Dataset, plan: &Plan) -> Result<()> {
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
    let what = || format!("--auc {} of {what}", plan.spec.auc.name());
    memory::need(needed, what, instead)
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
