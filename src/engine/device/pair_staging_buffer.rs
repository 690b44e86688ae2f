//! The staging buffer of labels and predictions: memory of the device for a chunk of them.

use std::borrow::Cow;
use std::ops::Range;

use bytemuck::Pod;

use super::backend::{OnDevice, workers};
use super::device_caps::device_caps;
use super::pair_window::{Limits, Window};
use super::staging_buffers::{Division, Needs, staging_bytes};
use crate::batch::{Batch, Names};
use crate::engine::plan::settled::Plan;
use crate::error::Result;
use crate::gpu::{Binding, Device, Dispatch, Uniform, Upload};
use crate::kernel::Level;
use crate::kernel::confusion::{self, BLOCK, Column, ColumnType, Integer, Traits};

/// Bytes of the widest value that travels: a window has fewer than 2³² classes.
const WIDEST: usize = 4;

/// The columns of a batch as they travel.
pub(super) struct Columns<'b> {
    labels: Packed<'b>,
    predictions: Packed<'b>,
}

impl<'b> Columns<'b> {
    /// `None` unless both are integers within the window.
    pub(super) fn of(batch: &'b Batch, window: &Window) -> Option<Self> {
        Some(Self {
            labels: Packed::of(&batch.labels, window)?,
            predictions: Packed::of(&batch.predictions, window)?,
        })
    }

    fn kinds(&self) -> Kinds {
        (self.labels.column, self.predictions.column)
    }
}

/// What labels and predictions are.
type Kinds = (Column, Column);

/// The narrowest type of a window's classes.
fn class_type(window: &Window) -> ColumnType {
    match window.classes {
        0..=0x100 => ColumnType::U8,
        0x101..=0x1_0000 => ColumnType::U16,
        _ => ColumnType::U32,
    }
}

/// A column in its own width, or as classes of the window where those are
/// narrower: the way to the device is what takes longest.
struct Packed<'b> {
    column: Column,
    bytes: Cow<'b, [u8]>,
}

impl<'b> Packed<'b> {
    fn of(names: &'b Names, window: &Window) -> Option<Self> {
        let kind = class_type(window);
        match names {
            Names::U8(values) => Self::own(ColumnType::U8, values, window),
            Names::U16(values) if kind.bytes() >= 2 => Self::own(ColumnType::U16, values, window),
            Names::U32(values) if kind.bytes() >= 4 => Self::own(ColumnType::U32, values, window),
            Names::I32(values) if kind.bytes() >= 4 => Self::own(ColumnType::I32, values, window),
            Names::U16(values) => Self::classes(kind, values, window),
            Names::U32(values) => Self::classes(kind, values, window),
            Names::I32(values) => Self::classes(kind, values, window),
            Names::I64(values) => Self::classes(kind, values, window),
            Names::Text(_) => None,
        }
    }

    /// The values as they are, if they lie in the window.
    fn own<T: Integer + Pod>(kind: ColumnType, values: &'b [T], window: &Window) -> Option<Self> {
        let inside = window.holds(confusion::range(values)?);
        inside.then(|| Self {
            column: Column { kind, base: window.base },
            bytes: Cow::Borrowed(bytemuck::cast_slice(values)),
        })
    }

    /// The classes of the window that the values are, if they lie in it.
    fn classes<T: Integer>(kind: ColumnType, values: &[T], window: &Window) -> Option<Self> {
        let level = Level::best();
        let mut bytes = Vec::with_capacity(values.len() * kind.bytes());
        let mut classes = [0; BLOCK];
        for values in values.chunks(BLOCK) {
            let classes = &mut classes[..values.len()];
            if confusion::classes(level, values, window.base, classes) >= window.classes {
                return None;
            }
            #[allow(clippy::cast_possible_truncation, reason = "below the window's classes")]
            match kind {
                ColumnType::U8 => bytes.extend(classes.iter().map(|&class| class as u8)),
                ColumnType::U16 => {
                    bytes.extend(classes.iter().flat_map(|&class| (class as u16).to_le_bytes()));
                }
                _ => bytes.extend_from_slice(bytemuck::cast_slice(classes)),
            }
        }
        Some(Self { column: Column { kind, base: 0 }, bytes: Cow::Owned(bytes) })
    }

    fn rows(&self, rows: Range<usize>) -> &[u8] {
        let width = self.column.kind.bytes();
        &self.bytes[rows.start * width..rows.end * width]
    }
}

/// A chunk of rows.
pub(super) struct PairStagingBuffer {
    labels: Upload,
    predictions: Upload,
    params: Uniform,
    /// The kernel for those types, bound to the window of that number.
    dispatch: Option<(usize, Kinds, Dispatch)>,
    kinds: Option<Kinds>,
    capacity: usize,
    filled: usize,
}

impl PairStagingBuffer {
    /// Bytes on the device of a staging buffer of `rows` rows.
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
            dispatch: None,
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
        let (label, prediction) = columns.kinds();
        device.write(&mut self.labels, at * label.kind.bytes(), labels.rows(rows.clone()))?;
        device.write(&mut self.predictions, at * prediction.kind.bytes(), predictions.rows(rows))
    }

    /// Has the device count what was filled in.
    pub(super) fn submit(&mut self, device: &Device, window: &Window) -> Result<()> {
        let Some(kinds @ (label, prediction)) = self.kinds.take() else { return Ok(()) };
        let classes = u32::try_from(window.classes).unwrap_or(u32::MAX);
        let rows = u32::try_from(self.filled).unwrap_or(u32::MAX);
        let limits = window.limits;
        let caps = Traits { binding_bytes: limits.dense_bytes, ..device_caps(device) };
        let (kernel, replicas) = confusion::choose(classes, caps);
        let params = confusion::Params::new(rows, classes, label, prediction);
        let Limits { slots, room, .. } = limits;
        let params = confusion::Params { replicas, slots, room, ..params };
        device.set(&self.params, &params);
        let is_bound = self
            .dispatch
            .as_ref()
            .is_some_and(|(number, known, _)| (*number, *known) == (window.number, kinds));
        if !is_bound {
            let mut bindings = vec![
                Binding::Uniform(&self.params),
                Binding::Upload(&self.labels),
                Binding::Upload(&self.predictions),
            ];
            bindings.extend(window.bindings());
            let launch = confusion::launch(&kernel, &params);
            self.dispatch = Some((window.number, kinds, device.bind(&kernel, &launch, &bindings)?));
        }
        let mut commands = device.commands();
        commands.send(&mut self.labels, (self.filled * label.kind.bytes()) as u64);
        commands.send(&mut self.predictions, (self.filled * prediction.kind.bytes()) as u64);
        if let Some((_, _, dispatch)) = &self.dispatch {
            commands.run([dispatch]);
        }
        self.filled = 0;
        commands.submit()
    }

    /// Lets go of the window that the staging buffer is bound to.
    pub(super) fn unbind(&mut self) {
        self.dispatch = None;
    }

    /// Waits until the staging buffer can be filled again.
    pub(super) fn settle(&mut self, device: &Device) -> Result<()> {
        device.regain(&mut self.labels)?;
        device.regain(&mut self.predictions)
    }
}

/// How the device's memory is divided, with windows of up to those limits. Rows
/// come in fours.
pub(super) fn divided(plan: &Plan, backend: &OnDevice, limits: Limits) -> Result<Division> {
    let device = &backend.device;
    let wanted = usize::try_from(staging_bytes(device.about().kind.shares_memory()));
    let fours = wanted.unwrap_or(usize::MAX) / (4 * 2 * WIDEST);
    let needs = Needs {
        // The counters, and what they are fetched into.
        fixed: 2 * limits.bytes(),
        worker: 0,
        buffer: |fours| PairStagingBuffer::bytes(device, 4 * fours),
    };
    needs.divide(device, backend.memory, 1, Division { workers: workers(plan), rows: fours })
}
