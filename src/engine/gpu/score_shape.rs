//! What rows with scores are made of, and what is counted of them.

use super::orders::{COUNTER_BYTES, orders};
use super::score_kernels::narrow;
use crate::engine::plan::{Plan, params};
use crate::error::{Error, Result};
use crate::kernel::order::shader::By;
use crate::kernel::rows::shader::{self, Format, PLANES};
use crate::tally::{Counted, Task};

/// What a row is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Scores in a row.
    pub(super) columns: usize,
    pub(super) classes: usize,
    pub(super) format: Format,
    /// What rows are put in order by, and the class of positive ones.
    pub(super) orders: &'static [By],
    pub(super) positive: u32,
    /// Whether of the scores nothing is counted but predictions.
    pub(super) predictions_only: bool,
    /// How the row kernel reads it.
    pub(super) params: shader::Params,
}

impl Shape {
    pub(super) fn of(plan: &Plan, classes: usize) -> Result<Self> {
        let spec = &plan.spec;
        let format = plan.stored_as.and_then(Format::of);
        let format = format
            .ok_or_else(|| Error::Internal("scores of a type that no kernel reads".into()))?;
        let positive = match spec.task {
            Task::Binary { positive } => narrow(positive),
            _ => 0,
        };
        let (columns, task) = match spec.task {
            Task::Binary { positive } => {
                (1, shader::Task::Binary { positive, threshold: spec.threshold.unwrap_or(0.0) })
            }
            _ => (classes, shader::Task::Matrix { classes }),
        };
        let params = shader::Params::new(&params(plan), format, task);
        let predictions_only = spec.counted != Counted::All;
        let orders = orders(spec);
        Ok(Self { columns, classes, format, orders, positive, predictions_only, params })
    }

    /// Bytes of the scores of a row.
    pub(super) fn row_bytes(&self) -> usize {
        self.columns * self.format.bytes()
    }

    /// Bytes of a row on the device: scores, label, and what kernels leave.
    pub(super) fn device_bytes(&self) -> u64 {
        let laid_out = 2 * self.exact_orders() as u64;
        self.row_bytes() as u64 + 4 + 4 * PLANES as u64 + laid_out
    }

    /// Bytes of a slot on the device, however few its rows are.
    pub(super) fn slot_bytes(&self) -> u64 {
        2 * COUNTER_BYTES * self.exact_orders() as u64
    }

    fn exact_orders(&self) -> usize {
        self.orders.iter().filter(|by| !by.is_binned()).count()
    }
}
