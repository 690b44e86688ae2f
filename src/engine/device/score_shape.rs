//! What rows with scores are made of, and what is counted of them.

use super::counters::ScoreCounters;
use super::score_kernels::{in_order, narrow, reads_predictions_only};
use super::score_slot::ScoreSlot;
use super::slots::{Division, Needs, slot_bytes};
use super::{OnDevice, workers};
use crate::engine::plan::settled::{Plan, params};
use crate::error::{Error, Result};
use crate::kernel::order::shader::By;
use crate::kernel::rows::Params;
use crate::kernel::rows::shader::{self, Format, PLANES};
use crate::tally::aggregate::{self, DeviceForm};
use crate::tally::{Spec, Task};

/// The fewest rows of a slot whose rows are put in order exactly: half as many as
/// there are counters of buckets.
const LEAST_IN_ORDER: usize = 1 << 16;

/// The most rows of a slot: squares of losses are below 2¹⁰⁴, and the device
/// adds them up in 128 bits.
const MOST_ROWS: usize = (1 << 24) - 1;

/// What a row is made of.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) spec: Spec,
    /// Scores in a row.
    pub(super) columns: usize,
    pub(super) classes: usize,
    pub(super) format: Format,
    /// What rows are put in order by, and the class of positive ones.
    pub(super) orders: &'static [By],
    pub(super) positive: u32,
    /// Whether of the scores nothing is counted but predictions.
    pub(super) predictions_only: bool,
    /// What the host counts of rows that the device has scored.
    pub(super) on_host: OnHost,
    /// How the row kernel reads it.
    pub(super) params: shader::Params,
}

/// What the host counts of rows that the device has scored.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnHost {
    /// Whether from their planes.
    pub(super) planes: bool,
    /// Whether from their scores as well.
    pub(super) scores: bool,
}

impl OnHost {
    fn of(plan: &Plan) -> Self {
        let spec = &plan.spec;
        let is_on_host = |entry: &&aggregate::Entry| {
            (entry.is_wanted)(spec) && matches!((entry.device)(spec), DeviceForm::Host)
        };
        let mut on_host = aggregate::ALL.iter().filter(is_on_host).peekable();
        let planes = on_host.peek().is_some() || plan.correctness_up_to.is_some();
        Self { planes, scores: on_host.any(|entry| (entry.reads)(spec).scores) }
    }
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
                (1, shader::Task::Binary { positive, threshold: plan.threshold().unwrap_or(0.0) })
            }
            _ => (classes, shader::Task::Matrix { classes }),
        };
        let params = shader::Params::new(&params(plan), format, task);
        let predictions_only = reads_predictions_only(spec);
        let orders = in_order(spec).map_or(&[][..], |(_, form)| form.by);
        let on_host = OnHost::of(plan);
        let spec = spec.clone();
        Ok(Self {
            spec,
            columns,
            classes,
            format,
            orders,
            positive,
            predictions_only,
            on_host,
            params,
        })
    }

    /// Bytes of the scores of a row.
    pub(super) fn row_bytes(&self) -> usize {
        self.columns * self.format.bytes()
    }

    /// Bytes of a row in the buffers that kernels read and write: scores, label,
    /// what the row kernel leaves, and half a word for each exact order.
    pub(super) fn device_bytes(&self) -> u64 {
        let laid_out = 2 * self.orders.iter().filter(|by| !by.is_binned()).count() as u64;
        self.row_bytes() as u64 + 4 + 4 * PLANES as u64 + laid_out
    }

    /// The fewest rows of a slot. Of an exact order, every slot is fetched with
    /// counters of all buckets, which must not outweigh its rows.
    pub(super) fn least_rows(&self) -> usize {
        match self.orders.iter().all(|by| by.is_binned()) {
            true => 1,
            false => LEAST_IN_ORDER,
        }
    }
}

/// How the device's memory is divided among workers and their slots.
///
/// # Errors
///
/// [`Error::Device`] if it is too little.
pub(super) fn divided(
    plan: &Plan,
    backend: &OnDevice,
    params: &Params,
    shape: &Shape,
    host_confusion: bool,
) -> Result<Division> {
    let device = &backend.device;
    let about = device.about();
    let wanted = slot_bytes(about.kind.shares_memory());
    let most = wanted.min(about.max_binding_bytes).min(about.max_buffer_bytes);
    let most = usize::try_from(most / shape.device_bytes()).unwrap_or(usize::MAX).min(MOST_ROWS);
    if most == 0 {
        let row = shape.device_bytes();
        return Err(device.error(format!("a row takes {row} bytes, more than its buffers hold")));
    }
    let needs = Needs {
        fixed: ScoreCounters::bytes(&plan.spec, params, shape, host_confusion),
        worker: ScoreSlot::row_bytes(shape),
        slot: |rows| ScoreSlot::bytes(device, shape, host_confusion, rows),
    };
    let least = shape.least_rows().min(most);
    needs.divide(device, backend.memory, least, Division { workers: workers(plan), rows: most })
}
