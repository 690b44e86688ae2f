//! Memory of the device for a chunk of rows with scores, and what is done to it.

use half::f16;

use super::counters::ScoreCounters;
use super::scores::bytes_of;
use crate::batch::Batch;
use crate::engine::cells::CellCounts;
use crate::engine::outcome::Place;
use crate::error::Result;
use crate::exact::ScoreType;
use crate::gpu::{Binding, Bound, Device, Download, Storage, Uniform, Upload};
use crate::kernel::confusion::{self, Column, ColumnType};
use crate::kernel::planes::Plane;
use crate::kernel::rows::shader::{self, NONE, PLANES};
use crate::kernel::rows::twin;
use crate::kernel::sums::{self, Sums};
use crate::kernel::{Kernel, Launch, bins, ranks};

/// What a row is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Scores in a row.
    pub(super) columns: usize,
    pub(super) classes: usize,
    pub(super) score_type: ScoreType,
    /// How the row kernel reads it.
    pub(super) params: shader::Params,
}

impl Shape {
    /// Bytes of the scores of a row.
    pub(super) fn row_bytes(&self) -> usize {
        self.columns * self.score_type.bytes()
    }

    /// Bytes of a row on the device: scores, label, and what kernels leave.
    pub(super) fn device_bytes(&self) -> u64 {
        self.row_bytes() as u64 + 4 + 4 * PLANES as u64
    }
}

/// Rows in a slot that came from one batch.
struct Segment {
    /// The first of them in the slot.
    at: usize,
    place: Place,
}

/// A chunk of rows.
pub(super) struct ScoreSlot {
    shape: Shape,
    scores: Upload,
    labels: Upload,
    planes: Storage,
    sums: Storage,
    status: Download,
    /// Where confusion is counted by the host.
    predictions: Option<Download>,
    row_params: Uniform,
    rank_params: Uniform,
    bin_params: Uniform,
    sum_params: Uniform,
    confusion_params: Uniform,
    bound: Vec<Bound>,
    capacity: usize,
    stride: usize,
    /// Classes of the rows, kept where the host counts the confusion.
    label_ids: Vec<u32>,
    filled: usize,
    segments: Vec<Segment>,
    submitted: bool,
}

impl ScoreSlot {
    pub(super) fn new(
        device: &Device,
        shape: &Shape,
        counters: &ScoreCounters,
        capacity: usize,
    ) -> Result<Self> {
        let stride = capacity.next_multiple_of(64);
        let words = |count: usize| 4 * count as u64;
        let scores = device.upload("scores", (capacity * shape.row_bytes()) as u64)?;
        let labels = device.upload("labels", words(capacity))?;
        let planes = device.storage("planes", PLANES as u64 * words(stride))?;
        let mut slot = Self {
            shape: *shape,
            scores,
            labels,
            planes,
            sums: device.storage("sums", words(sums::WORDS))?,
            status: device.download("status", words(sums::WORDS))?,
            predictions: match counters.host_confusion() {
                true => Some(device.download("predictions", words(capacity))?),
                false => None,
            },
            row_params: device.uniform("rows", size_of::<shader::Params>() as u64)?,
            rank_params: device.uniform("ranks", 16)?,
            bin_params: device.uniform("bins", 16)?,
            sum_params: device.uniform("sums", 16)?,
            confusion_params: device.uniform("confusion", size_of::<confusion::Params>() as u64)?,
            bound: Vec::new(),
            capacity,
            stride,
            label_ids: Vec::new(),
            filled: 0,
            segments: Vec::new(),
            submitted: false,
        };
        slot.bound = slot.bind(device, counters)?;
        Ok(slot)
    }

    /// The kernels in the order in which they run.
    fn bind(&self, device: &Device, counters: &ScoreCounters) -> Result<Vec<Bound>> {
        let plane = |plane: Plane| {
            let bytes = 4 * self.stride as u64;
            Binding::Part(&self.planes, plane as u64 * bytes, bytes)
        };
        let traits = traits(device);
        let bind = |kernel: &Kernel, launch: &Launch, bindings: &[Binding<'_>]| {
            device.bind(kernel, launch, bindings)
        };
        let labels = Binding::Upload(&self.labels);
        let planes = Binding::Storage(&self.planes);
        let rows = twin::variant(self.shape.columns, traits.subgroups, traits.software);
        let over_rows = Launch::over_rows(traits.software);
        let (bins, _) = bins::choose(narrow(counters.bins), traits.software);
        let mut bound = vec![
            bind(
                rows,
                &row_launch(rows, traits.software),
                &[
                    Binding::Uniform(&self.row_params),
                    Binding::Upload(&self.scores),
                    labels,
                    Binding::Storage(&counters.tables),
                    planes,
                ],
            )?,
            bind(
                &sums::KERNEL,
                &over_rows,
                &[Binding::Uniform(&self.sum_params), planes, Binding::Storage(&self.sums)],
            )?,
            bind(
                &ranks::KERNEL,
                &over_rows,
                &[
                    Binding::Uniform(&self.rank_params),
                    plane(Plane::Rank),
                    Binding::Storage(&counters.ranks),
                ],
            )?,
            bind(
                &bins,
                &bins.launch,
                &[
                    Binding::Uniform(&self.bin_params),
                    labels,
                    planes,
                    Binding::Storage(&counters.bin_words),
                ],
            )?,
        ];
        if let Some(cells) = &counters.cells {
            let (kernel, params) = self.confusion(device, 0);
            bound.push(bind(
                &kernel,
                &confusion::launch(&kernel, &params),
                &[
                    Binding::Uniform(&self.confusion_params),
                    labels,
                    plane(Plane::Prediction),
                    Binding::Storage(cells),
                ],
            )?);
        }
        Ok(bound)
    }

    /// How the confusion of as many rows is counted.
    fn confusion(&self, device: &Device, rows: u32) -> (Kernel, confusion::Params) {
        let classes = narrow(self.shape.classes);
        let (kernel, replicas) = confusion::choose(classes, traits(device));
        let column = Column { kind: ColumnType::U32, base: 0 };
        let params = confusion::Params::new(rows, classes, column, column);
        (kernel, confusion::Params { replicas, ..params })
    }

    /// Rows that still fit.
    pub(super) fn room(&self) -> usize {
        self.capacity - self.filled
    }

    /// Adds rows of a batch, from row `from` on, with the classes of their labels.
    pub(super) fn fill(
        &mut self,
        device: &Device,
        batch: &Batch,
        from: usize,
        labels: &[u32],
    ) -> Result<()> {
        let (at, columns) = (self.filled, self.shape.columns);
        let scores = bytes_of(&batch.scores, from * columns, (from + labels.len()) * columns);
        device.write(&mut self.scores, at * self.shape.row_bytes(), scores)?;
        device.write(&mut self.labels, at * 4, bytemuck::cast_slice(labels))?;
        if self.predictions.is_some() {
            self.label_ids.extend_from_slice(labels);
        }
        self.segments.push(Segment { at, place: Place::of(batch, from) });
        self.filled += labels.len();
        Ok(())
    }

    /// Has the device score and count what was filled in.
    pub(super) fn submit(&mut self, device: &Device, counters: &ScoreCounters) -> Result<()> {
        if self.filled == 0 {
            return Ok(());
        }
        let rows = narrow(self.filled);
        let stride = narrow(self.stride);
        let classes = narrow(self.shape.classes);
        let bins = narrow(counters.bins);
        let (_, replicas) = bins::choose(bins, traits(device).software);
        device.set(&self.row_params, &self.shape.params.of_rows(rows, stride));
        device.set(&self.rank_params, &ranks::Params { rows, classes, pad: [0; 2] });
        device.set(&self.bin_params, &bins::Params { rows, stride, bins, replicas });
        let sums = sums::Params { rows, stride, pad: [0; 2] };
        device.set(&self.sum_params, &sums);
        device.set(&self.confusion_params, &self.confusion(device, rows).1);
        let mut commands = device.commands();
        commands.send(&mut self.scores, (self.filled * self.shape.row_bytes()) as u64);
        commands.send(&mut self.labels, 4 * self.filled as u64);
        commands.clear(&self.sums);
        commands.run(&self.bound);
        commands.fetch(&self.sums, 0, 4 * sums::WORDS as u64, &mut self.status);
        if let Some(predictions) = &mut self.predictions {
            commands.fetch(&self.planes, 0, 4 * self.filled as u64, predictions);
        }
        self.submitted = true;
        commands.submit()
    }

    /// Waits for the device; what it found, if it was given anything.
    pub(super) fn settle(&mut self, device: &Device) -> Result<Option<Sums>> {
        if !self.submitted {
            return Ok(None);
        }
        self.submitted = false;
        let status = device.read(&mut self.status)?;
        device.regain(&mut self.scores)?;
        device.regain(&mut self.labels)?;
        let Some(words) = status.first_chunk() else {
            return Err(device.error("gave too few words back"));
        };
        let sums = Sums::of(words);
        let rows = [sums.scored, sums.skipped, sums.invalid].map(u64::from).iter().sum::<u64>();
        if rows != self.filled as u64 {
            let problem = format!("was given {} rows and accounts for {rows}", self.filled);
            return Err(device.error(problem));
        }
        Ok(Some(sums))
    }

    /// Counts the predictions that were fetched for the host to count.
    pub(super) fn count_predictions(
        &mut self,
        device: &Device,
        cells: &mut CellCounts,
    ) -> Result<()> {
        let Some(download) = &mut self.predictions else { return Ok(()) };
        let predictions = device.read(download)?;
        cells.expect(predictions.len());
        for (&label, &prediction) in self.label_ids.iter().zip(&predictions) {
            if prediction != NONE {
                cells.add(label, prediction);
            }
        }
        Ok(())
    }

    /// Makes room for other rows.
    pub(super) fn empty(&mut self) {
        self.filled = 0;
        self.segments.clear();
        self.label_ids.clear();
    }

    /// Where a row of this slot came from.
    pub(super) fn place(&self, row: u32) -> Place {
        let row = row as usize;
        let after = self.segments.partition_point(|segment| segment.at <= row);
        let Segment { at, place } = &self.segments[after - 1];
        Place { row: place.row + (row - at) as u64, ..*place }
    }

    /// The scores of a row, fetched back from the device.
    pub(super) fn scores(&mut self, device: &Device, row: u32) -> Result<Vec<f32>> {
        let row_bytes = self.shape.row_bytes();
        let start = row as usize * row_bytes;
        let (from, to) = (start / 4 * 4, (start + row_bytes).next_multiple_of(4));
        let bytes = (to - from) as u64;
        let mut download = device.download("row", bytes)?;
        let mut commands = device.commands();
        commands.fetch_back(&mut self.scores, from as u64, bytes, &mut download);
        commands.submit()?;
        let words = device.read(&mut download)?;
        device.regain(&mut self.scores)?;
        let bytes = &bytemuck::cast_slice::<u32, u8>(&words)[start - from..][..row_bytes];
        Ok(match self.shape.score_type {
            ScoreType::F16 => {
                let halves: Vec<f16> = bytemuck::pod_collect_to_vec(bytes);
                halves.iter().map(|score| score.to_f32()).collect()
            }
            _ => bytemuck::pod_collect_to_vec(bytes),
        })
    }
}

/// How the row kernel is started. In software a few workgroups have many rows
/// each, so that the lanes of a subgroup share the work of finishing them.
fn row_launch(kernel: &Kernel, software: bool) -> Launch {
    let workgroups = if software { 8 } else { kernel.launch.workgroups };
    Launch { workgroups, ..kernel.launch }
}

/// What the choice of kernels depends on.
pub(super) fn traits(device: &Device) -> confusion::Traits {
    let about = device.about();
    confusion::Traits {
        binding_bytes: about.max_binding_bytes,
        subgroups: about.subgroup_sizes.is_some(),
        software: about.kind == crate::gpu::Kind::Software,
    }
}

/// Rows, classes and bins of one dispatch are far below 2³².
#[allow(clippy::cast_possible_truncation, reason = "bounded by the memory of a slot")]
pub(super) fn narrow(count: usize) -> u32 {
    count as u32
}
