//! Memory of the device for a chunk of labels and predictions.

use std::ops::Range;

use super::pairs::Window;
use super::score_kernels::traits;
use super::slots::{Division, Needs, slot_bytes};
use super::{OnDevice, workers};
use crate::batch::{Batch, Names};
use crate::engine::plan::Plan;
use crate::error::Result;
use crate::gpu::{Binding, Bound, Device, Uniform, Upload};
use crate::kernel::confusion::{self, Column, ColumnType};

/// Bytes of the widest value of a column.
const WIDEST: usize = 8;

/// One column of integers as it lies in memory.
#[derive(Clone, Copy)]
struct Raw<'b> {
    kind: ColumnType,
    bytes: &'b [u8],
    range: (i64, i64),
}

impl<'b> Raw<'b> {
    /// `None` of strings, and of no rows.
    fn of(names: &'b Names) -> Option<Self> {
        let (kind, bytes, range) = match names {
            Names::U8(values) => (ColumnType::U8, values.as_slice(), confusion::range(values)?),
            Names::U16(values) => {
                (ColumnType::U16, bytemuck::cast_slice(values), confusion::range(values)?)
            }
            Names::U32(values) => {
                (ColumnType::U32, bytemuck::cast_slice(values), confusion::range(values)?)
            }
            Names::I32(values) => {
                (ColumnType::I32, bytemuck::cast_slice(values), confusion::range(values)?)
            }
            Names::I64(values) => {
                (ColumnType::I64, bytemuck::cast_slice(values), confusion::range(values)?)
            }
            Names::Text(_) => return None,
        };
        Some(Self { kind, bytes, range })
    }

    fn rows(&self, rows: Range<usize>) -> &'b [u8] {
        &self.bytes[rows.start * self.kind.bytes()..rows.end * self.kind.bytes()]
    }
}

/// The columns of a batch.
pub(super) struct Columns<'b> {
    labels: Raw<'b>,
    predictions: Raw<'b>,
}

impl<'b> Columns<'b> {
    /// `None` unless both are integers.
    pub(super) fn of(batch: &'b Batch) -> Option<Self> {
        Some(Self { labels: Raw::of(&batch.labels)?, predictions: Raw::of(&batch.predictions)? })
    }

    /// The least and the greatest integer of both.
    pub(super) fn range(&self) -> (i64, i64) {
        let (labels, predictions) = (self.labels.range, self.predictions.range);
        (labels.0.min(predictions.0), labels.1.max(predictions.1))
    }

    fn kinds(&self) -> Kinds {
        (self.labels.kind, self.predictions.kind)
    }
}

/// The types of labels and predictions.
type Kinds = (ColumnType, ColumnType);

/// A chunk of rows.
pub(super) struct PairSlot {
    labels: Upload,
    predictions: Upload,
    params: Uniform,
    /// The kernel for those types, bound to the window of that number.
    bound: Option<(usize, Kinds, Bound)>,
    kinds: Option<Kinds>,
    capacity: usize,
    filled: usize,
}

impl PairSlot {
    /// Bytes on the device of a slot of `rows` rows.
    pub(super) fn bytes(device: &Device, rows: usize) -> u64 {
        let params = Device::size_of(size_of::<confusion::Params>() as u64);
        2 * device.size_of_upload((rows * WIDEST) as u64) + params
    }

    /// Memory for `capacity` rows, a multiple of 4.
    pub(super) fn new(device: &Device, capacity: usize) -> Result<Self> {
        let bytes = (capacity * WIDEST) as u64;
        Ok(Self {
            labels: device.upload("labels", bytes)?,
            predictions: device.upload("predictions", bytes)?,
            params: device.uniform("confusion", size_of::<confusion::Params>() as u64)?,
            bound: None,
            kinds: None,
            capacity,
            filled: 0,
        })
    }

    /// Rows of these columns that still fit.
    pub(super) fn room(&self, columns: &Columns<'_>) -> usize {
        match self.kinds {
            Some(kinds) if kinds != columns.kinds() => 0,
            _ => self.capacity - self.filled,
        }
    }

    /// Adds rows of a batch.
    pub(super) fn fill(
        &mut self,
        device: &Device,
        columns: &Columns<'_>,
        rows: Range<usize>,
    ) -> Result<()> {
        let at = self.filled;
        self.filled += rows.len();
        self.kinds = Some(columns.kinds());
        let Columns { labels, predictions } = columns;
        device.write(&mut self.labels, at * labels.kind.bytes(), labels.rows(rows.clone()))?;
        device.write(&mut self.predictions, at * predictions.kind.bytes(), predictions.rows(rows))
    }

    /// Has the device count what was filled in.
    pub(super) fn submit(&mut self, device: &Device, window: &Window) -> Result<()> {
        let Some(kinds @ (label_kind, prediction_kind)) = self.kinds.take() else { return Ok(()) };
        let column = |kind| Column { kind, base: window.base };
        let classes = u32::try_from(window.classes).unwrap_or(u32::MAX);
        let rows = u32::try_from(self.filled).unwrap_or(u32::MAX);
        let (kernel, replicas) = confusion::choose(classes, traits(device));
        let params =
            confusion::Params::new(rows, classes, column(label_kind), column(prediction_kind));
        let params = confusion::Params { replicas, ..params };
        device.set(&self.params, &params);
        let is_bound = self
            .bound
            .as_ref()
            .is_some_and(|(number, bound, _)| (*number, *bound) == (window.number, kinds));
        if !is_bound {
            let bindings = [
                Binding::Uniform(&self.params),
                Binding::Upload(&self.labels),
                Binding::Upload(&self.predictions),
                Binding::Storage(&window.cells),
            ];
            let launch = confusion::launch(&kernel, &params);
            self.bound = Some((window.number, kinds, device.bind(&kernel, &launch, &bindings)?));
        }
        let mut commands = device.commands();
        commands.send(&mut self.labels, (self.filled * label_kind.bytes()) as u64);
        commands.send(&mut self.predictions, (self.filled * prediction_kind.bytes()) as u64);
        if let Some((_, _, bound)) = &self.bound {
            commands.run([bound]);
        }
        self.filled = 0;
        commands.submit()
    }

    /// Lets go of the window that the slot is bound to.
    pub(super) fn unbind(&mut self) {
        self.bound = None;
    }

    /// Waits until the slot can be filled again.
    pub(super) fn settle(&mut self, device: &Device) -> Result<()> {
        device.regain(&mut self.labels)?;
        device.regain(&mut self.predictions)
    }
}

/// How the device's memory is divided, with a window of up to `most` classes. Rows
/// come in fours, of up to 8 bytes in each of two columns.
pub(super) fn divided(plan: &Plan, backend: &OnDevice, most: u64) -> Result<Division> {
    let device = &backend.device;
    let wanted = slot_bytes(device.about().kind.shares_memory());
    let fours = usize::try_from(wanted / 64).unwrap_or(usize::MAX);
    let needs = Needs {
        // The counters, and what they are fetched into.
        fixed: 2 * Device::size_of(Window::bytes(most)),
        worker: 0,
        slot: |fours| PairSlot::bytes(device, 4 * fours),
    };
    needs.divide(device, backend.memory, 1, Division { workers: workers(plan), rows: fours })
}
