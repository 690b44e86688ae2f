//! Rows of scores, counted on the device.
//!
//! The host decides about labels (which class, ignored, at fault); the device
//! scores the rest. Rows that it finds invalid are rare: only then are their
//! scores fetched back, to say what is wrong with them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::counters::{Drained, ScoreCounters};
use super::score_shape::{Shape, divided};
use super::score_slot::ScoreSlot;
use super::slots::{Division, SLOTS, Slots, shrinking};
use super::{OnDevice, Work};
use crate::batch::{Batch, Role, Scores, Widened};
use crate::class::Classes;
use crate::engine::cells::CellCounts;
use crate::engine::clip::Clipped;
use crate::engine::invalid::Invalid;
use crate::engine::labels::Labels;
use crate::engine::order::OrderRows;
use crate::engine::outcome::{Failure, Found, PairRuns, Place, RowCounts};
use crate::engine::plan::{Plan, may_all_pass, params};
use crate::engine::score_faults::{ScoreFaults, look_like_probabilities, scored};
use crate::error::{Error, Result};
use crate::gpu::Device;
use crate::kernel::order::shader::By;
use crate::kernel::rows::{self, Params};
use crate::kernel::sums;
use crate::tally::{Auc, Confusion, Counted, Moments, ScoreTallies, Tallies};

/// Counting rows of scores.
pub(super) struct ScoreWork<'a> {
    plan: &'a Plan,
    classes: &'a Classes,
    device: &'a Device,
    params: Params,
    faults: ScoreFaults,
    counters: ScoreCounters,
    /// Rows that the device scored since its counters were fetched.
    scored: AtomicU64,
    workers: usize,
    /// Slots that no worker has yet.
    spare: Mutex<Vec<ScoreSlot>>,
}

/// What one thread keeps.
pub(super) struct ScoreWorker<'a> {
    labels: Labels,
    slots: Slots<ScoreSlot>,
    label_ids: Vec<u32>,
    rows: RowCounts<'a>,
    /// What scores add, unless only predictions are counted.
    tallies: Option<ScoreTallies>,
    cells: CellCounts,
    /// Rows to be put in order, unless their bins are counted on the device.
    order: Option<OrderRows>,
    all_pass: bool,
    first_infinite: Option<Place>,
}

impl<'a> ScoreWork<'a> {
    pub(super) fn new(plan: &'a Plan, backend: &'a OnDevice) -> Result<Self> {
        let device = &backend.device;
        let no_classes = || Error::Internal("scores without classes".into());
        let classes = plan.classes.as_ref().ok_or_else(no_classes)?;
        let params = params(plan);
        let shape = Shape::of(plan, classes.len())?;
        let host_confusion = ScoreCounters::leave_to_host(device, classes.len(), backend.memory);
        let Division { workers, rows } = divided(plan, backend, &params, &shape, host_confusion)?;
        let counters = ScoreCounters::new(device, &plan.spec, &params, &shape, host_confusion)?;
        let spare = shrinking(device, rows, |rows| {
            let slots = 0..workers * SLOTS;
            slots.map(|_| ScoreSlot::new(device, &shape, &counters, rows)).collect()
        })?;
        Ok(Self {
            plan,
            classes,
            device,
            params,
            faults: ScoreFaults::new(plan),
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
        if batch.faults.is_empty()
            && worker.label_ids.iter().all(|&label| worker.labels.is_plain(label))
        {
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

    /// Hands the current slot to the device and makes room in another.
    fn hand_over(&self, worker: &mut ScoreWorker<'a>) -> Result<(), Failure> {
        let slot = worker.slots.current();
        slot.submit(self.device, &self.counters).map_err(Failure::Device)?;
        worker.slots.advance();
        self.settle(worker)
    }

    /// Takes in what the device found in the current slot, and empties it.
    fn settle(&self, worker: &mut ScoreWorker<'a>) -> Result<(), Failure> {
        let ScoreWorker { slots, rows, tallies, cells, order, first_infinite, .. } = worker;
        let slot = slots.current();
        let Some(sums) = slot.settle(self.device).map_err(Failure::Device)? else {
            return Ok(());
        };
        if let Some(tallies) = tallies {
            add(&mut tallies.loss, sums.loss);
            add(&mut tallies.squared_error, sums.squared_error);
            add(&mut tallies.confidence, sums.confidence);
        }
        rows.counts.scored += u64::from(sums.scored);
        self.scored.fetch_add(sums.scored.into(), Ordering::Relaxed);
        rows.counts.invalid += u64::from(sums.invalid);
        rows.counts.infinite_loss += u64::from(sums.infinite_loss);
        slot.count_predictions(self.device, sums.scored, cells).map_err(Failure::Device)?;
        if let Some(order) = order {
            slot.put_in_order(self.device, sums.scored, order).map_err(Failure::Device)?;
        }
        if let Some(row) = sums.first_infinite {
            let place = slot.place(row);
            *first_infinite = Some(first_infinite.map_or(place, |first| first.min(place)));
        }
        if let Some(row) = sums.first_invalid {
            let place = slot.place(row);
            rows.note_invalid(place, || {
                let problem = self.explain(slot, place.part, row)?;
                Ok::<_, Failure>(Invalid::new(place, Role::Scores, problem))
            })?;
        }
        slot.empty();
        Ok(())
    }
}

impl ScoreWork<'_> {
    /// Tallies of no scores, where there are to be some.
    fn no_tallies(&self) -> Option<ScoreTallies> {
        let spec = &self.plan.spec;
        (spec.counted == Counted::All).then(|| ScoreTallies::new(spec, self.classes.len()))
    }

    /// An order of no rows, where workers are to have one.
    fn no_order(&self) -> Option<OrderRows> {
        let spec = &self.plan.spec;
        (spec.auc == Auc::Exact).then(|| OrderRows::new(spec, self.classes.len())).flatten()
    }

    /// The order by bins that the device counted.
    fn binned(&self, bins: &[(By, Vec<u32>)]) -> Option<OrderRows> {
        let spec = &self.plan.spec;
        let new = || OrderRows::new(spec, self.classes.len());
        let mut order = (spec.auc == Auc::Binned).then(new).flatten()?;
        for (by, counts) in bins {
            order.extend(by.is_confidence(), counts, &[]);
        }
        Some(order)
    }

    /// Fails unless every counter has every row that was scored.
    fn account(&self, drained: &Drained) -> Result<(), Failure> {
        let Drained { cells, scores, orders } = drained;
        let scored = self.scored.swap(0, Ordering::Relaxed);
        let mut counted = Vec::new();
        if !self.counters.host_confusion() {
            counted.push(("cells", cells.iter().map(|cell| cell.count).sum::<u64>()));
        }
        if let Some(scores) = scores {
            counted.push(("ranks", scores.ranks.iter().sum()));
            counted.push(("bins", scores.calibration.iter().map(|bin| bin.rows).sum()));
        }
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
    fn score(&self, scores: &[f32]) -> Result<(), rows::Invalid> {
        let threshold = self.plan.threshold().unwrap_or(0.0);
        scored(&self.params, self.plan.spec.task, threshold, scores)
    }

    /// The scores of a batch with those a hair outside of 0 to 1 clipped, in rows that
    /// are fit to be scored then; `None` if no row needs that. The device only counts.
    fn clipped(&self, batch: &Batch, labels: &[u32], clipped: &mut Clipped) -> Option<Scores> {
        if !self.params.probabilities || batch.scores.all_in_unit_range() {
            return None;
        }
        let columns = batch.scores.len() / batch.rows.max(1);
        let (mut buffer, mut treated) = (Vec::new(), None);
        let Widened::F32(scores) = batch.scores.widened(&mut buffer) else { return None };
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
            clipped.add(Place::of(batch, row), mended.clipped);
            let treated = treated.get_or_insert_with(|| batch.scores.clone());
            treated.clip_to_unit_range(row * columns..(row + 1) * columns);
        }
        treated
    }

    /// What is wrong with a row that the device found invalid.
    fn explain(&self, slot: &mut ScoreSlot, part: usize, row: u32) -> Result<String, Failure> {
        let scores = slot.scores(self.device, row).map_err(Failure::Device)?;
        let not_so = || Failure::Device(self.device.error("found a row invalid that is not"));
        let reason = self.score(&scores).err().ok_or_else(not_so)?;
        let mended = self.faults.mend(part, &scores, reason, |scores| self.score(scores));
        let reason = mended.err().ok_or_else(not_so)?;
        Ok(self.faults.describe(part, &self.params, &scores, reason))
    }
}

/// Adds the sums of some rows.
fn add(moments: &mut Moments, more: sums::Moments) {
    moments.sum += more.sum;
    let squares = moments.squares.checked_add(more.squares.into());
    moments.squares = squares
        .unwrap_or_else(|| unreachable!("2^64 squares fit, which is more than there are rows"));
}

impl<'a> Work for ScoreWork<'a> {
    type Worker = ScoreWorker<'a>;

    fn workers(&self) -> usize {
        self.workers
    }

    fn worker(&self) -> Result<ScoreWorker<'a>> {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let left = spare.len().saturating_sub(SLOTS);
        Ok(ScoreWorker {
            labels: Labels::new(self.plan, self.classes),
            slots: Slots::new(spare.split_off(left)),
            label_ids: Vec::new(),
            rows: RowCounts::new(self.plan),
            tallies: self.no_tallies(),
            cells: CellCounts::new(self.plan.threads),
            order: self.no_order(),
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
            let slot = worker.slots.current();
            let to = rows.min(from + slot.room());
            let labels = &worker.label_ids[from..to];
            slot.fill(self.device, batch, from, labels, scores).map_err(Failure::Device)?;
            if slot.room() == 0 {
                self.hand_over(worker)?;
            }
            from = to;
        }
        invalid.map_or(Ok(()), |invalid| Err(Failure::Row(invalid)))
    }

    fn rest(&self, worker: &mut ScoreWorker<'a>) -> Result<Found, Failure> {
        for _ in 0..worker.slots.count() {
            self.hand_over(worker)?;
        }
        let spec = &self.plan.spec;
        let cells = std::mem::replace(&mut worker.cells, CellCounts::new(self.plan.threads));
        let mut rows = std::mem::replace(&mut worker.rows, RowCounts::new(self.plan));
        let tallies = Tallies {
            spec: spec.clone(),
            classes: self.classes.clone(),
            rows: rows.counts,
            confusion: Confusion::from_cells(cells.into_cells()).map_err(Failure::Other)?,
            scores: std::mem::replace(&mut worker.tallies, self.no_tallies()),
            order: None,
        };
        let order = std::mem::replace(&mut worker.order, self.no_order());
        let first_infinite = worker.first_infinite.take();
        let (first_invalid, clipped) = (rows.first_invalid.take(), rows.clipped);
        Ok(Found {
            tallies,
            window: None,
            pairs: PairRuns::new(),
            orders: order.into_iter().collect(),
            first_invalid,
            first_infinite,
            all_pass: worker.all_pass,
            clipped,
            pieces: Vec::new(),
        })
    }

    fn wants_rest(&self) -> bool {
        false
    }

    fn drain(&mut self) -> Result<Found, Failure> {
        let drained = self.counters.drain(self.device, &self.plan.spec).map_err(Failure::Device)?;
        self.account(&drained)?;
        let Drained { cells, scores, orders } = drained;
        let tallies = Tallies {
            spec: self.plan.spec.clone(),
            classes: self.classes.clone(),
            rows: Default::default(),
            confusion: Confusion::from_cells(cells).map_err(Failure::Other)?,
            scores,
            order: None,
        };
        Ok(Found {
            tallies,
            window: None,
            pairs: PairRuns::new(),
            orders: self.binned(&orders).into_iter().collect(),
            first_invalid: None,
            first_infinite: None,
            all_pass: true,
            clipped: Clipped::default(),
            pieces: Vec::new(),
        })
    }
}
