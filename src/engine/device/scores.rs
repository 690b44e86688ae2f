//! Rows of scores, counted on the device.
//!
//! The host decides about labels (which class, ignored, at fault); the device
//! scores the rest. Rows that it finds invalid are rare: only then are their
//! scores fetched back, to say what is wrong with them.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::backend::OnDevice;
use super::counters::{CountersRead, ScoreCounters};
use super::row_layout::RowLayout;
use super::score_staging_buffer::{ScoreStagingBuffer, divided};
use super::staging_buffers::{Division, STAGING_BUFFERS, StagingBuffers, shrinking};
use super::work::Work;
use crate::batch::{Batch, Role, Scores, Widened};
use crate::class::Classes;
use crate::engine::plan::settled::{Plan, decision, may_all_pass, params};
use crate::engine::results::worker_result::{Failure, WorkerResult};
use crate::engine::rows::invalid::Invalid;
use crate::engine::rows::invalid_scores::{InvalidScores, look_like_probabilities, scored};
use crate::engine::rows::label_filter::LabelFilter;
use crate::engine::rows::row_counts::{Clipped, RowCounts};
use crate::engine::rows::row_position::RowPosition;
use crate::error::{Error, Result};
use crate::gpu::Device;
use crate::kernel::Score;
use crate::kernel::order::shader::By;
use crate::kernel::rows::{self, Block, Params};
use crate::kernel::sums::Sums;
use crate::tally::aggregate::{Counters, Counting, DeviceForm};
use crate::tally::{Confusion, ConfusionCounter, Rows, Spec, Tallies, confusion_of};

/// Counting rows of scores.
pub(super) struct ScoreWork<'a> {
    plan: &'a Plan,
    classes: &'a Classes,
    device: &'a Device,
    params: Params,
    faults: InvalidScores,
    counters: ScoreCounters,
    /// Rows that the device scored since its counters were fetched.
    scored: AtomicU64,
    workers: usize,
    /// Slots that no worker has yet.
    spare: Mutex<Vec<ScoreStagingBuffer>>,
}

/// What one thread keeps.
pub(super) struct ScoreWorker<'a> {
    labels: LabelFilter,
    buffers: StagingBuffers<ScoreStagingBuffer>,
    label_ids: Vec<u32>,
    rows: RowCounts<'a>,
    /// Where the host counts it.
    confusion: ConfusionCounter,
    /// What is not counted in words that stay on the device.
    counters: Counters,
    all_pass: bool,
    first_infinite: Option<RowPosition>,
}

impl<'a> ScoreWork<'a> {
    pub(super) fn new(plan: &'a Plan, backend: &'a OnDevice) -> Result<Self> {
        let device = &backend.device;
        let no_classes = || Error::Internal("scores without classes".into());
        let classes = plan.classes.as_ref().ok_or_else(no_classes)?;
        let params = params(plan);
        let layout = RowLayout::of(plan, classes.len())?;
        let host_confusion = ScoreCounters::leave_to_host(device, classes.len(), backend.memory);
        let Division { workers, rows } = divided(plan, backend, &params, &layout, host_confusion)?;
        let counters = ScoreCounters::new(device, &plan.spec, &params, &layout, host_confusion)?;
        let spare = shrinking(device, rows, |rows| {
            let buffers = 0..workers * STAGING_BUFFERS;
            buffers.map(|_| ScoreStagingBuffer::new(device, &layout, &counters, rows)).collect()
        })?;
        Ok(Self {
            plan,
            classes,
            device,
            params,
            faults: InvalidScores::new(plan),
            counters,
            scored: AtomicU64::new(0),
            workers,
            spare: Mutex::new(spare),
        })
    }

    /// Writes the class of every row to be scored into `worker.label_ids`, and
    /// for the others a number that is no class. The rows up to the first that
    /// ends the evaluation, and that one.
    fn admit(&self, worker: &mut ScoreWorker<'a>, batch: &Batch) -> (usize, Option<Invalid>) {
        worker.labels.of(batch, &mut worker.label_ids);
        if let Some(recorder) = &mut worker.rows.recorder {
            recorder.begin(batch);
            recorder.end(batch, &worker.label_ids, worker.labels.ids());
        }
        if batch.faults.is_empty() && worker.labels.are_plain(&worker.label_ids) {
            return (batch.rows, None);
        }
        for (row, label) in worker.label_ids.iter_mut().enumerate() {
            match worker.labels.admit(batch, row, *label, &mut worker.rows) {
                Ok(true) => {}
                Ok(false) => *label = u32::MAX,
                Err(invalid) => return (row, Some(invalid)),
            }
        }
        (batch.rows, None)
    }

    /// Hands the current staging buffer to the device and makes room in another.
    fn hand_over(&self, worker: &mut ScoreWorker<'a>) -> Result<(), Failure> {
        let buffer = worker.buffers.current();
        buffer.submit(self.device, &self.counters).map_err(Failure::Device)?;
        worker.buffers.advance();
        self.settle(worker)
    }

    /// Takes in what the device found in the current staging buffer, and empties it.
    fn settle(&self, worker: &mut ScoreWorker<'a>) -> Result<(), Failure> {
        let ScoreWorker { buffers, rows, confusion, counters, first_infinite, .. } = worker;
        let buffer = buffers.current();
        let Some(words) = buffer.settle(self.device).map_err(Failure::Device)? else {
            return Ok(());
        };
        let sums = Sums::of(&words);
        rows.counts.scored += u64::from(sums.scored);
        self.scored.fetch_add(sums.scored.into(), Ordering::Relaxed);
        rows.counts.invalid += u64::from(sums.invalid);
        rows.counts.infinite_loss += u64::from(sums.infinite_loss);
        buffer.count_predictions(self.device, sums.scored, confusion).map_err(Failure::Device)?;
        for (entry, counter) in counters.iter_mut() {
            match (entry.device)(&self.plan.spec) {
                DeviceForm::RowSums(take) => take(counter, &words),
                DeviceForm::Orders(form) => {
                    let take = |by: By, counts: &[u32], lows: &[u16]| {
                        (form.take)(counter, by, counts, lows);
                    };
                    buffer.put_in_order(self.device, sums.scored, take).map_err(Failure::Device)?;
                }
                DeviceForm::Words(_) | DeviceForm::Host => {}
            }
        }
        let on_host =
            |block: &Block<'_>, segments: &mut dyn Iterator<Item = (RowPosition, Range<usize>)>| {
                count_on_host(&self.plan.spec, block, counters);
                if let Some(recorder) = &mut rows.recorder {
                    segments.for_each(|(place, range)| recorder.note(place, range, block));
                }
            };
        let reading = (&self.params, decision(self.plan));
        buffer
            .count_on_host(self.device, reading, sums.scored, on_host)
            .map_err(Failure::Device)?;
        if let Some(row) = sums.first_infinite {
            let place = buffer.place(row);
            *first_infinite = Some(first_infinite.map_or(place, |first| first.min(place)));
        }
        if let Some(row) = sums.first_invalid {
            let place = buffer.place(row);
            rows.note_invalid(place, || {
                let problem = self.explain(buffer, place.part, row)?;
                Ok::<_, Failure>(Invalid::new(place, Role::Scores, problem))
            })?;
        }
        buffer.empty();
        Ok(())
    }
}

impl ScoreWork<'_> {
    /// What counters are made for.
    fn counting(&self) -> Counting<'_> {
        Counting { spec: &self.plan.spec, classes: self.classes.len() }
    }

    /// Counters of nothing, of those aggregates that stay on the device for many rows or of
    /// the others.
    fn counters(&self, stay: bool) -> Counters {
        let spec = &self.plan.spec;
        Counters::new(self.counting(), |entry| {
            stay == match (entry.device)(spec) {
                DeviceForm::Words(_) => true,
                DeviceForm::Orders(form) => form.is_binned(),
                DeviceForm::RowSums(_) | DeviceForm::Host => false,
            }
        })
    }

    fn confusion(&self) -> ConfusionCounter {
        let classes = if self.counters.host_confusion() { self.classes.len() } else { 0 };
        ConfusionCounter::new(classes, self.plan.threads)
    }

    fn tallies(&self, rows: Rows, confusion: Confusion) -> Tallies {
        let (spec, classes) = (self.plan.spec.clone(), self.classes.clone());
        Tallies::of_confusion(spec, classes, rows, confusion)
    }

    /// Fails unless every counter has every row that was scored.
    fn account(&self, drained: &CountersRead) -> Result<(), Failure> {
        let CountersRead { cells, words, orders } = drained;
        let scored = self.scored.swap(0, Ordering::Relaxed);
        let mut counted = Vec::new();
        if !self.counters.host_confusion() {
            counted.push(("cells", cells.iter().map(|cell| cell.count).sum::<u64>()));
        }
        counted.extend(words.iter().map(|(entry, form, words)| (entry.name, (form.rows)(words))));
        for (_, bins) in orders {
            counted.push(("bins in order", bins.iter().map(|&rows| u64::from(rows)).sum()));
        }
        match counted.iter().find(|(_, rows)| *rows != scored) {
            None => Ok(()),
            Some((what, rows)) => {
                let problem = format!("scored {scored} rows, but its {what} hold {rows}");
                Err(Failure::Device(self.device.error(problem)))
            }
        }
    }

    /// Whether the CPU finds a row fit to be scored.
    fn score<T: Score>(&self, scores: &[T]) -> Result<(), rows::Invalid> {
        let threshold = self.plan.threshold().unwrap_or(0.0);
        scored(&self.params, self.plan.spec.task, threshold, scores)
    }

    /// The scores of a batch with those a hair outside of 0 to 1 clipped, in rows that
    /// are fit to be scored then; `None` if no row needs that. The device only counts.
    fn clipped(&self, batch: &Batch, labels: &[u32], clipped: &mut Clipped) -> Option<Scores> {
        if !self.params.probabilities || batch.scores.all_in_unit_range() {
            return None;
        }
        match batch.scores.widened(&mut Vec::new()) {
            Widened::F32(scores) => self.clipped_of(batch, scores, labels, clipped),
            Widened::F64(scores) => self.clipped_of(batch, scores, labels, clipped),
        }
    }

    fn clipped_of<T: Score>(
        &self,
        batch: &Batch,
        scores: &[T],
        labels: &[u32],
        clipped: &mut Clipped,
    ) -> Option<Scores> {
        let columns = scores.len() / batch.rows.max(1);
        let mut treated = None;
        for (row, (scores, &label)) in scores.chunks_exact(columns).zip(labels).enumerate() {
            if label as usize >= self.classes.len() {
                continue;
            }
            let Err(reason) = self.score(scores) else { continue };
            let Ok(mended) =
                self.faults.mend(batch.part, scores, reason, |scores| self.score(scores))
            else {
                continue;
            };
            clipped.add(RowPosition::of(batch, row), mended.clipped);
            let treated = treated.get_or_insert_with(|| batch.scores.clone());
            treated.clip_to_unit_range(row * columns..(row + 1) * columns);
        }
        treated
    }

    /// What is wrong with a row that the device found invalid.
    fn explain(
        &self,
        buffer: &mut ScoreStagingBuffer,
        part: usize,
        row: u32,
    ) -> Result<String, Failure> {
        let scores = buffer.scores(self.device, row).map_err(Failure::Device)?;
        match scores.widened(&mut Vec::new()) {
            Widened::F32(scores) => self.explain_of(part, scores),
            Widened::F64(scores) => self.explain_of(part, scores),
        }
    }

    fn explain_of<T: Score>(&self, part: usize, scores: &[T]) -> Result<String, Failure> {
        let not_so = || Failure::Device(self.device.error("found a row invalid that is not"));
        let reason = self.score(scores).err().ok_or_else(not_so)?;
        let mended = self.faults.mend(part, scores, reason, |scores| self.score(scores));
        let reason = mended.err().ok_or_else(not_so)?;
        Ok(self.faults.describe(part, &self.params, scores, reason))
    }
}

/// Counts rows for the aggregates that the device does not count.
fn count_on_host(spec: &Spec, block: &Block<'_>, counters: &mut Counters) {
    for (entry, counter) in counters.iter_mut() {
        if matches!((entry.device)(spec), DeviceForm::Host) {
            counter.update(block);
        }
    }
}

impl<'a> Work for ScoreWork<'a> {
    type Worker = ScoreWorker<'a>;

    fn workers(&self) -> usize {
        self.workers
    }

    fn worker(&self) -> Result<ScoreWorker<'a>> {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let left = spare.len().saturating_sub(STAGING_BUFFERS);
        Ok(ScoreWorker {
            labels: LabelFilter::new(self.plan, self.classes),
            buffers: StagingBuffers::new(spare.split_off(left)),
            label_ids: Vec::new(),
            rows: RowCounts::new(self.plan),
            confusion: self.confusion(),
            counters: self.counters(false),
            all_pass: may_all_pass(&self.plan.spec),
            first_infinite: None,
        })
    }

    fn take(&self, worker: &mut ScoreWorker<'a>, batch: &Batch) -> Result<(), Failure> {
        worker.rows.counts.read += batch.rows as u64;
        let (rows, invalid) = self.admit(worker, batch);
        if worker.all_pass {
            worker.all_pass = look_like_probabilities(
                &self.params,
                batch,
                &worker.label_ids[..rows],
                self.classes.len(),
            );
        }
        let clipped = self.clipped(batch, &worker.label_ids[..rows], &mut worker.rows.clipped);
        let scores = clipped.as_ref().unwrap_or(&batch.scores);
        let mut from = 0;
        while from < rows {
            let buffer = worker.buffers.current();
            let to = rows.min(from + buffer.room());
            let labels = &worker.label_ids[from..to];
            buffer.fill(self.device, batch, from, labels, scores).map_err(Failure::Device)?;
            if buffer.room() == 0 {
                self.hand_over(worker)?;
            }
            from = to;
        }
        invalid.map_or(Ok(()), |invalid| Err(Failure::Row(invalid)))
    }

    fn finish_round(&self, worker: &mut ScoreWorker<'a>) -> Result<WorkerResult, Failure> {
        for _ in 0..worker.buffers.count() {
            self.hand_over(worker)?;
        }
        let confusion = std::mem::replace(&mut worker.confusion, self.confusion());
        let mut rows = std::mem::replace(&mut worker.rows, RowCounts::new(self.plan));
        let confusion = confusion_of(vec![confusion]).map_err(Failure::Other)?;
        let tallies = self.tallies(rows.counts, confusion);
        let counters = std::mem::replace(&mut worker.counters, self.counters(false));
        let first_infinite = worker.first_infinite.take();
        let (first_invalid, clipped) = (rows.first_invalid.take(), rows.clipped);
        let pieces = rows.recorder.map_or_else(Vec::new, |recorder| recorder.pieces);
        Ok(WorkerResult {
            counters: counters.into(),
            first_invalid,
            first_infinite,
            all_pass: worker.all_pass,
            clipped,
            pieces,
            ..WorkerResult::of(tallies)
        })
    }

    fn wants_to_finish(&self) -> bool {
        false
    }

    fn read_counters(&mut self) -> Result<WorkerResult, Failure> {
        let drained = self.counters.read_counters(self.device).map_err(Failure::Device)?;
        self.account(&drained)?;
        let CountersRead { cells, words, orders } = drained;
        let mut counters = self.counters(true);
        for (entry, counter) in counters.iter_mut() {
            if let DeviceForm::Orders(form) = (entry.device)(&self.plan.spec) {
                orders.iter().for_each(|(by, counts)| (form.take)(counter, *by, counts, &[]));
            }
            let own = words.iter().find(|(it, ..)| it.name == entry.name);
            if let Some((_, form, words)) = own {
                (form.take)(counter, words);
            }
        }
        let confusion = Confusion::from_cells(cells).map_err(Failure::Other)?;
        let tallies = self.tallies(Rows::default(), confusion);
        Ok(WorkerResult { counters: counters.into(), all_pass: true, ..WorkerResult::of(tallies) })
    }
}
