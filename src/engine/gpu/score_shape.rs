//! What rows with scores are made of, and what is counted of them.

use super::orders::{COUNTER_BYTES, orders};
use super::score_kernels::narrow;
use crate::batch::Scores;
use crate::engine::plan::{Plan, params};
use crate::error::{Error, Result};
use crate::kernel::order::shader::By;
use crate::kernel::rows::shader::{self, Format, PLANES};
use crate::tally::{Counted, ScoreType, Task};

/// What a row is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Scores in a row.
    pub(super) columns: usize,
    pub(super) classes: usize,
    pub(super) score_type: ScoreType,
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
        let (format, score_type) = match spec.score_type {
            Some(score_type @ ScoreType::F32) => (Format::F32, score_type),
            Some(score_type @ ScoreType::F16) => (Format::F16, score_type),
            _ => return Err(Error::Internal("scores of a type that no kernel reads".into())),
        };
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
        let params = shader::Params::new(&params(spec), format, task);
        let predictions_only = spec.counted != Counted::All;
        let orders = orders(spec);
        Ok(Self { columns, classes, score_type, orders, positive, predictions_only, params })
    }

    /// Bytes of the scores of a row.
    pub(super) fn row_bytes(&self) -> usize {
        self.columns * self.score_type.bytes()
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

/// The bytes of rows of a batch.
pub(super) fn bytes_of(scores: &Scores, from: usize, to: usize) -> &[u8] {
    match scores {
        Scores::F16(values) => bytemuck::cast_slice(&values[from..to]),
        Scores::F32(values) => bytemuck::cast_slice(&values[from..to]),
        Scores::F64(values) => bytemuck::cast_slice(&values[from..to]),
    }
}
