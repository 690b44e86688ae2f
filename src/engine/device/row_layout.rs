//! The layout of rows with scores, and what is counted of them.

use super::device_caps::to_u32;
use crate::engine::plan::settled::{Plan, params};
use crate::error::{Error, Result};
use crate::kernel::order::shader::By;
use crate::kernel::rows::shader::{self, Format, PLANES};
use crate::tally::aggregate::{self, DeviceForm, Entry, OrderForm};
use crate::tally::{Spec, Task};

/// The fewest rows of a staging buffer whose rows are put in order exactly: half as many as
/// there are counters of buckets.
const LEAST_IN_ORDER: usize = 1 << 16;

/// What a row is made of.
#[derive(Clone, Debug)]
pub(super) struct RowLayout {
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
        let is_on_host = |entry: &&Entry| {
            (entry.is_wanted)(spec) && matches!((entry.device)(spec), DeviceForm::Host)
        };
        let mut on_host = aggregate::ALL.iter().filter(is_on_host).peekable();
        let planes = on_host.peek().is_some() || plan.correctness_up_to.is_some();
        Self { planes, scores: on_host.any(|entry| (entry.reads)(spec).scores) }
    }
}

impl RowLayout {
    pub(super) fn of(plan: &Plan, classes: usize) -> Result<Self> {
        let spec = &plan.spec;
        let format = plan.stored_as.map(Format::of);
        let format = format.ok_or_else(|| Error::Internal("scores of no type".into()))?;
        let positive = match spec.task {
            Task::Binary { positive } => to_u32(positive),
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

    /// The fewest rows of a staging buffer. Of an exact order, every staging buffer is fetched with
    /// counters of all buckets, which must not outweigh its rows.
    pub(super) fn least_rows(&self) -> usize {
        match self.orders.iter().all(|by| by.is_binned()) {
            true => 1,
            false => LEAST_IN_ORDER,
        }
    }
}

/// Whether no plane is read but those of predictions and states.
pub(super) fn reads_predictions_only(spec: &Spec) -> bool {
    let mut wanted = aggregate::ALL.iter().filter(|entry| (entry.is_wanted)(spec));
    wanted.all(|entry| !(entry.reads)(spec).all_planes)
}

/// The aggregate that the device puts rows in order for, if there is one.
pub(super) fn in_order(spec: &Spec) -> Option<(&'static Entry, OrderForm)> {
    let mut wanted = aggregate::ALL.iter().filter(|entry| (entry.is_wanted)(spec));
    wanted.find_map(|entry| match (entry.device)(spec) {
        DeviceForm::Orders(form) => Some((entry, form)),
        _ => None,
    })
}
