//! The staging buffer of rows with scores: memory of the device for a chunk of them, and what
//! is done to it.

use std::ops::Range;

use super::backend::{OnDevice, workers};
use super::counters::ScoreCounters;
use super::device_caps::to_u32;
use super::order_staging_buffer::{Inputs, OrderStagingBuffer};
use super::row_layout::RowLayout;
use super::score_kernels::{Memory, ScoreKernels};
use super::staging_buffers::{Division, Needs, staging_bytes};
use crate::batch::{Batch, Scores, Widened};
use crate::engine::plan::settled::Plan;
use crate::engine::rows::row_position::RowPosition;
use crate::error::Result;
use crate::gpu::{Device, Download, Storage, Upload};
use crate::kernel::order::shader::By;
use crate::kernel::planes::Plane;
use crate::kernel::rows::shader::{Format, NONE, PLANES};
use crate::kernel::rows::{Block, BlockScores, Decision, Params};
use crate::kernel::sums;
use crate::tally::ConfusionCounter;

/// Planes begin at multiples of 256 bytes.
const PLANE_ROWS: usize = 64;

/// The most rows of a staging buffer: squares of losses are below 2¹⁰⁴, and the device
/// adds them up in 128 bits.
const MOST_ROWS: usize = (1 << 24) - 1;

/// Rows in a staging buffer that came from one batch.
struct Segment {
    /// The first of them in the staging buffer.
    at: usize,
    place: RowPosition,
}

/// Scores that the host counts from: of one of both types.
#[derive(Default)]
struct HostScores {
    singles: Vec<f32>,
    doubles: Vec<f64>,
}

impl HostScores {
    fn add(&mut self, scores: &Scores, own: Range<usize>) {
        match scores.widened(&mut Vec::new()) {
            Widened::F32(scores) => self.singles.extend_from_slice(&scores[own]),
            Widened::F64(scores) => self.doubles.extend_from_slice(&scores[own]),
        }
    }
}

/// A chunk of rows.
pub(super) struct ScoreStagingBuffer {
    layout: RowLayout,
    scores: Upload,
    labels: Upload,
    planes: Storage,
    sums: Storage,
    status: Download,
    /// Where confusion is counted by the host.
    predictions: Option<Download>,
    /// All planes, where the host counts from them.
    fetched_planes: Option<Download>,
    /// The scores, where the host counts from them.
    host_scores: HostScores,
    kernels: ScoreKernels,
    orders: Vec<OrderStagingBuffer>,
    capacity: usize,
    stride: usize,
    /// Classes of the rows, kept where the host counts the confusion.
    label_ids: Vec<u32>,
    filled: usize,
    segments: Vec<Segment>,
    submitted: bool,
}

impl ScoreStagingBuffer {
    /// Bytes on the device of a staging buffer of `rows` rows.
    pub(super) fn bytes(
        device: &Device,
        layout: &RowLayout,
        host_confusion: bool,
        rows: usize,
    ) -> u64 {
        let words = |count: usize| Device::size_of(4 * count as u64);
        let filled = device.size_of_upload((rows * layout.row_bytes()) as u64)
            + device.size_of_upload(4 * rows as u64);
        let planes = words(PLANES * rows.next_multiple_of(PLANE_ROWS));
        let predictions = if host_confusion { words(rows) } else { 0 };
        let fetched = if layout.on_host.planes { planes } else { 0 };
        let orders =
            layout.orders.iter().map(|&by| OrderStagingBuffer::bytes(by, rows)).sum::<u64>();
        let kernels = ScoreKernels::bytes(&layout.spec);
        filled + planes + fetched + 2 * words(sums::WORDS) + predictions + kernels + orders
    }

    /// Bytes on the device while the scores of a row are fetched back.
    pub(super) fn row_bytes(layout: &RowLayout) -> u64 {
        Device::size_of(layout.row_bytes() as u64 + 8)
    }

    pub(super) fn new(
        device: &Device,
        layout: &RowLayout,
        counters: &ScoreCounters,
        capacity: usize,
    ) -> Result<Self> {
        let stride = capacity.next_multiple_of(PLANE_ROWS);
        let words = |count: usize| 4 * count as u64;
        let scores = device.upload("scores", (capacity * layout.row_bytes()) as u64)?;
        let labels = device.upload("labels", words(capacity))?;
        let planes = device.storage("planes", PLANES as u64 * words(stride))?;
        let sums = device.storage("sums", words(sums::WORDS))?;
        let memory =
            Memory { scores: &scores, labels: &labels, planes: &planes, stride, sums: &sums };
        let kernels = ScoreKernels::new(device, layout, counters, &memory)?;
        let inputs = Inputs { scores: &scores, labels: &labels, planes: &planes, capacity };
        let order =
            |&by: &By| OrderStagingBuffer::new(device, layout, by, counters.bins_of(by), &inputs);
        let orders = layout.orders.iter().map(order).collect::<Result<_>>()?;
        Ok(Self {
            layout: layout.clone(),
            scores,
            labels,
            planes,
            sums,
            status: device.download("status", words(sums::WORDS))?,
            predictions: match counters.host_confusion() {
                true => Some(device.download("predictions", words(capacity))?),
                false => None,
            },
            fetched_planes: match layout.on_host.planes {
                true => Some(device.download("planes", PLANES as u64 * words(stride))?),
                false => None,
            },
            host_scores: HostScores::default(),
            kernels,
            orders,
            capacity,
            stride,
            label_ids: Vec::new(),
            filled: 0,
            segments: Vec::new(),
            submitted: false,
        })
    }

    /// Rows that still fit.
    pub(super) fn room(&self) -> usize {
        self.capacity - self.filled
    }

    /// Adds rows of a batch, from row `from` on, with the classes of their labels and
    /// the batch's scores as they are to be counted.
    pub(super) fn fill(
        &mut self,
        device: &Device,
        batch: &Batch,
        from: usize,
        labels: &[u32],
        scores: &Scores,
    ) -> Result<()> {
        let (at, columns) = (self.filled, self.layout.columns);
        let own = from * columns..(from + labels.len()) * columns;
        let bytes = scores.bytes(own.clone());
        device.write(&mut self.scores, at * self.layout.row_bytes(), bytes)?;
        device.write(&mut self.labels, at * 4, bytemuck::cast_slice(labels))?;
        if self.layout.on_host.scores {
            self.host_scores.add(scores, own);
        }
        if self.predictions.is_some() || self.layout.on_host.planes {
            self.label_ids.extend_from_slice(labels);
        }
        self.segments.push(Segment { at, place: RowPosition::of(batch, from) });
        self.filled += labels.len();
        Ok(())
    }

    /// Has the device score and count what was filled in.
    pub(super) fn submit(&mut self, device: &Device, counters: &ScoreCounters) -> Result<()> {
        if self.filled == 0 {
            return Ok(());
        }
        let rows = [to_u32(self.filled), to_u32(self.stride)];
        self.kernels.set(device, &self.layout, counters, rows);
        let mut commands = device.commands();
        commands.send(&mut self.scores, (self.filled * self.layout.row_bytes()) as u64);
        commands.send(&mut self.labels, 4 * self.filled as u64);
        commands.clear(&self.sums);
        self.orders.iter().for_each(|order| order.begin(device, &mut commands, rows));
        let in_order = self.orders.iter().flat_map(OrderStagingBuffer::kernels);
        commands.run(self.kernels.dispatches.iter().chain(in_order));
        self.orders.iter_mut().for_each(|order| order.fetch(&mut commands, rows[0]));
        commands.fetch(&self.sums, 0, 4 * sums::WORDS as u64, &mut self.status);
        if let Some(predictions) = &mut self.predictions {
            commands.fetch(&self.planes, 0, 4 * self.filled as u64, predictions);
        }
        if let Some(planes) = &mut self.fetched_planes {
            commands.fetch(&self.planes, 0, 4 * (PLANES * self.stride) as u64, planes);
        }
        self.submitted = true;
        commands.submit()
    }

    /// Waits for the device; what it found, if it was given anything.
    pub(super) fn settle(&mut self, device: &Device) -> Result<Option<[u32; sums::WORDS]>> {
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
        let sums = sums::Sums::of(words);
        let rows = [sums.scored, sums.skipped, sums.invalid].map(u64::from).iter().sum::<u64>();
        if rows != self.filled as u64 {
            let problem = format!("was given {} rows and accounts for {rows}", self.filled);
            return Err(device.error(problem));
        }
        Ok(Some(*words))
    }

    /// Counts the predictions that were fetched for the host to count.
    pub(super) fn count_predictions(
        &mut self,
        device: &Device,
        scored: u32,
        confusion: &mut ConfusionCounter,
    ) -> Result<()> {
        let Some(download) = &mut self.predictions else { return Ok(()) };
        let predictions = device.read(download)?;
        let (mut labels, mut scored_as) = (Vec::new(), Vec::new());
        for (&label, &prediction) in self.label_ids.iter().zip(&predictions) {
            if (prediction as usize) < self.layout.classes {
                labels.push(label);
                scored_as.push(prediction);
            } else if prediction != NONE {
                return Err(device
                    .error(format!("predicted class {prediction} of {}", self.layout.classes)));
            }
        }
        confusion.add(&labels, &scored_as);
        match labels.len() as u64 == u64::from(scored) {
            true => Ok(()),
            false => {
                let counted = labels.len();
                Err(device.error(format!("scored {scored} rows, but predicted {counted}")))
            }
        }
    }

    /// Gives `each` all rows with their planes, where the host counts from them, and the
    /// rows that came from each batch.
    pub(super) fn count_on_host(
        &mut self,
        device: &Device,
        (params, decision): (&Params, Decision),
        scored: u32,
        each: impl FnOnce(&Block<'_>, &mut dyn Iterator<Item = (RowPosition, Range<usize>)>),
    ) -> Result<()> {
        let Some(download) = &mut self.fetched_planes else { return Ok(()) };
        let planes = device.read(download)?;
        let block = Block {
            params,
            decision,
            classes: self.layout.classes,
            labels: &self.label_ids,
            planes: &planes,
            stride: self.stride,
            scores: match self.layout.format {
                Format::F64 => BlockScores::F64(&self.host_scores.doubles),
                _ => BlockScores::F32(&self.host_scores.singles),
            },
            columns: self.layout.columns,
        };
        let is_outside = |row| block.plane(Plane::Prediction)[row] as usize >= block.classes;
        if block.scored_rows() != u64::from(scored) || block.scored().any(is_outside) {
            return Err(device.error("gave other planes back than it had counted"));
        }
        let ends = self.segments.iter().skip(1).map(|segment| segment.at).chain([self.filled]);
        let mut segments =
            self.segments.iter().zip(ends).map(|(from, end)| (from.place, from.at..end));
        each(&block, &mut segments);
        Ok(())
    }

    /// Takes in the order of the rows, of which `scored` were scored.
    pub(super) fn put_in_order(
        &mut self,
        device: &Device,
        scored: u32,
        mut take: impl FnMut(By, &[u32], &[u16]),
    ) -> Result<()> {
        self.orders.iter_mut().try_for_each(|it| it.take(device, scored, &mut take))
    }

    /// Makes room for other rows.
    pub(super) fn empty(&mut self) {
        self.filled = 0;
        self.segments.clear();
        self.label_ids.clear();
        self.host_scores.singles.clear();
        self.host_scores.doubles.clear();
    }

    /// Where a row of this staging buffer came from.
    pub(super) fn place(&self, row: u32) -> RowPosition {
        let row = row as usize;
        let after = self.segments.partition_point(|segment| segment.at <= row);
        let Segment { at, place } = &self.segments[after - 1];
        RowPosition { row: place.row + (row - at) as u64, ..*place }
    }

    /// The scores of a row, fetched back from the device.
    pub(super) fn scores(&mut self, device: &Device, row: u32) -> Result<Scores> {
        let row_bytes = self.layout.row_bytes();
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
        let mut scores = Scores::default();
        scores.room(self.layout.format.score_type(), self.layout.columns).copy_from_slice(bytes);
        Ok(scores)
    }
}

/// How the device's memory is divided among workers and their staging buffers.
///
/// # Errors
///
/// [`Error::Device`](crate::error::Error::Device) if it is too little.
pub(super) fn divided(
    plan: &Plan,
    backend: &OnDevice,
    params: &Params,
    layout: &RowLayout,
    host_confusion: bool,
) -> Result<Division> {
    let device = &backend.device;
    let about = device.about();
    let wanted = staging_bytes(about.kind.shares_memory());
    let most = wanted.min(about.max_binding_bytes).min(about.max_buffer_bytes);
    let most = usize::try_from(most / layout.device_bytes()).unwrap_or(usize::MAX).min(MOST_ROWS);
    if most == 0 {
        let row = layout.device_bytes();
        return Err(device.error(format!("a row takes {row} bytes, more than its buffers hold")));
    }
    let needs = Needs {
        fixed: ScoreCounters::bytes(&plan.spec, params, layout, host_confusion),
        worker: ScoreStagingBuffer::row_bytes(layout),
        buffer: |rows| ScoreStagingBuffer::bytes(device, layout, host_confusion, rows),
    };
    let least = layout.least_rows().min(most);
    needs.divide(device, backend.memory, least, Division { workers: workers(plan), rows: most })
}
