//! Labels and predictions, counted on the device straight from their columns.
//!
//! The device counts integers of a window of the number line, which the host
//! hands over as numbers of the window where that is fewer bytes. What lies outside,
//! strings, and rows at fault are counted by the host as on the CPU; a window
//! that turns out too small is widened after the round.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::backend::OnDevice;
use super::pair_staging_buffer::{Columns, PairStagingBuffer, divided};
use super::pair_window::{Counts, Limits, MOST_CLASSES, Window};
use super::staging_buffers::{Division, STAGING_BUFFERS, StagingBuffers, shrinking};
use super::work::Work;
use crate::batch::Batch;
use crate::engine::cpu::pairs::Pairs;
use crate::engine::cpu::window::{consecutive, integer_range};
use crate::engine::plan::settled::Plan;
use crate::engine::results::finalize;
use crate::engine::results::worker_result::{Failure, PairRuns, WorkerResult};
use crate::engine::rows::row_counts::RowCounts;
use crate::error::Result;
use crate::gpu::Device;
use crate::notice::{self, Notice};
use crate::tally::Tallies;

/// Counting labels and predictions.
pub(super) struct PairWork<'a> {
    plan: &'a Plan,
    device: &'a Device,
    limits: Limits,
    window: OnceLock<Window>,
    /// Whether classes were given, so that the window must not move.
    fixed: bool,
    /// The integers that did not fit the window.
    outside: Mutex<Option<(i64, i64)>>,
    widen: AtomicBool,
    /// Rows given to the device since its counters were fetched.
    given: AtomicU64,
    /// Whether no more may be given before that.
    full: AtomicBool,
    /// Rows that the host counted, of all.
    on_host: AtomicU64,
    rows: AtomicU64,
    workers: usize,
    spare: Mutex<Vec<PairStagingBuffer>>,
}

/// What one thread keeps.
pub(super) struct PairWorker<'a> {
    /// Counts of the rows that are not for the device.
    host: Box<Pairs>,
    rows: RowCounts<'a>,
    buffers: StagingBuffers<PairStagingBuffer>,
}

impl<'a> PairWork<'a> {
    pub(super) fn new(plan: &'a Plan, backend: &'a OnDevice) -> Result<Self> {
        let device = &backend.device;
        let limits = Limits::new(device, backend.memory);
        let given = plan.classes.as_ref().and_then(consecutive);
        let given = given.filter(|(_, count)| *count as u64 <= MOST_CLASSES);
        let window = given.map(|(base, count)| Window::new(device, base, count as u64, 1, limits));
        let Division { workers, rows: fours } = divided(plan, backend, limits)?;
        let spare = shrinking(device, fours, |fours| {
            (0..workers * STAGING_BUFFERS)
                .map(|_| PairStagingBuffer::new(device, 4 * fours))
                .collect()
        })?;
        Ok(Self {
            plan,
            device,
            limits,
            window: window.transpose()?.map_or_else(OnceLock::new, OnceLock::from),
            fixed: plan.classes.is_some(),
            outside: Mutex::default(),
            widen: AtomicBool::new(false),
            given: AtomicU64::new(0),
            full: AtomicBool::new(false),
            on_host: AtomicU64::new(0),
            rows: AtomicU64::new(0),
            workers,
            spare: Mutex::new(spare),
        })
    }

    /// The columns of a batch, if the device can count them.
    fn columns<'b>(&self, batch: &'b Batch) -> Result<Option<(&Window, Columns<'b>)>> {
        if !batch.faults.is_empty() {
            return Ok(None);
        }
        if self.window.get().is_none() && !self.fixed {
            self.open(batch)?;
        }
        let window = self.window.get();
        let columns = window.and_then(|window| Some((window, Columns::of(batch, window)?)));
        if columns.is_none()
            && let Some(range) = integer_range(batch, 0..batch.rows)
        {
            self.note_outside(range);
        }
        Ok(columns)
    }

    /// Makes the first window, for the integers of a batch.
    fn open(&self, batch: &Batch) -> Result<()> {
        let Some((least, greatest)) = integer_range(batch, 0..batch.rows) else { return Ok(()) };
        let _alone = self.outside.lock().unwrap_or_else(PoisonError::into_inner);
        if self.window.get().is_none() && greatest.abs_diff(least) < MOST_CLASSES {
            let (base, classes) = self.limits.around(least, greatest);
            let first = Window::new(self.device, base, classes, 1, self.limits)?;
            self.window.get_or_init(|| first);
        }
        Ok(())
    }

    /// Notes that a wider window would be of use, if there can be one.
    fn note_outside(&self, range: (i64, i64)) {
        if self.fixed {
            return;
        }
        let mut outside = self.outside.lock().unwrap_or_else(PoisonError::into_inner);
        let union = union(self.window.get(), union_of(*outside, range));
        if union.1.abs_diff(union.0) < MOST_CLASSES {
            *outside = Some(union);
            self.widen.store(true, Ordering::Relaxed);
        }
    }

    /// Replaces the window by one that also holds what was outside.
    fn widen(&mut self) -> Result<()> {
        let outside = self.outside.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((least, greatest)) = outside {
            let (base, classes) = self.limits.around(least, greatest);
            let number = self.window.take().map_or(1, |window| window.number + 1);
            let wider = Window::new(self.device, base, classes, number, self.limits)?;
            self.window.get_or_init(|| wider);
        }
        self.widen.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Whether as many rows more may be given to the device before its counters
    /// are fetched; if so, they count as given.
    fn reserve(&self, rows: u64, window: &Window) -> bool {
        let given = self.given.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |given| {
            given.checked_add(rows).filter(|sum| *sum <= window.most_rows())
        });
        if given.is_err() {
            self.full.store(true, Ordering::Relaxed);
        }
        given.is_ok()
    }

    /// What the device counted, whose counters start anew.
    fn fetch(&self) -> Result<(Tallies, PairRuns), Failure> {
        let given = self.given.swap(0, Ordering::Relaxed);
        self.full.store(false, Ordering::Relaxed);
        let Some(window) = self.window.get() else {
            return self.nothing();
        };
        let (counts, beyond) = window.fetch(self.device).map_err(Failure::Device)?;
        let counted = counts.rows();
        if counted != given {
            let problem = format!(
                "was given {given} rows and counted {counted}, {beyond} of them beyond its window"
            );
            return Err(Failure::Device(self.device.error(problem)));
        }
        match counts {
            Counts::Dense(cells) => {
                let side = usize::try_from(window.classes).unwrap_or(usize::MAX);
                let dense = Dense { base: window.base, side, cells };
                let tallies = finalize::of_window(self.plan, dense).map_err(Failure::Other)?;
                Ok((tallies, PairRuns::new()))
            }
            // Classes get their names once, in the end.
            Counts::Sparse(entries) => {
                let (tallies, mut pairs) = self.nothing()?;
                pairs.entry(window.base).or_default().add(entries);
                Ok((tallies, pairs))
            }
        }
    }

    fn nothing(&self) -> Result<(Tallies, PairRuns), Failure> {
        let none = finalize::of_pairs(self.plan, 0, Vec::new()).map_err(Failure::Other)?;
        Ok((none, PairRuns::new()))
    }

    fn submit(&self, buffer: &mut PairStagingBuffer) -> Result<(), Failure> {
        match self.window.get() {
            Some(window) => buffer.submit(self.device, window).map_err(Failure::Device),
            None => Ok(()),
        }
    }
}

/// What a dense table counted, `[side, side]`.
struct Dense {
    base: i64,
    side: usize,
    cells: Vec<u32>,
}

impl finalize::Window for Dense {
    fn base(&self) -> i64 {
        self.base
    }

    fn side(&self) -> usize {
        self.side
    }

    fn add_row(&self, label: usize, first: usize, counts: &mut [u64]) {
        let row = &self.cells[label * self.side..][..self.side];
        counts.iter_mut().zip(&row[first..]).for_each(|(sum, &count)| *sum += u64::from(count));
    }
}

fn union_of(known: Option<(i64, i64)>, range: (i64, i64)) -> (i64, i64) {
    known.map_or(range, |known| (known.0.min(range.0), known.1.max(range.1)))
}

/// The integers of a window and of a range.
fn union(window: Option<&Window>, range: (i64, i64)) -> (i64, i64) {
    let of =
        |window: &Window| (window.base, window.base.saturating_add_unsigned(window.classes - 1));
    union_of(window.map(of), range)
}

impl<'a> Work for PairWork<'a> {
    type Worker = PairWorker<'a>;

    fn workers(&self) -> usize {
        self.workers
    }

    fn worker(&self) -> Result<PairWorker<'a>> {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let left = spare.len().saturating_sub(STAGING_BUFFERS);
        Ok(PairWorker {
            host: Box::new(Pairs::new(self.plan)),
            rows: RowCounts::new(self.plan),
            buffers: StagingBuffers::new(spare.split_off(left)),
        })
    }

    fn take(&self, worker: &mut PairWorker<'a>, batch: &Batch) -> Result<(), Failure> {
        worker.rows.counts.read += batch.rows as u64;
        let rows = batch.rows as u64;
        self.rows.fetch_add(rows, Ordering::Relaxed);
        let columns = self.columns(batch).map_err(Failure::Device)?;
        let columns = columns.filter(|(window, _)| self.reserve(rows, window));
        let Some((window, columns)) = columns else {
            self.on_host.fetch_add(rows, Ordering::Relaxed);
            return worker.host.count(batch, &mut worker.rows);
        };
        let mut from = 0;
        while from < batch.rows {
            let buffer = worker.buffers.current();
            let room = buffer.room(&columns);
            if room == 0 {
                buffer.submit(self.device, window).map_err(Failure::Device)?;
                worker.buffers.advance().settle(self.device).map_err(Failure::Device)?;
                continue;
            }
            let to = batch.rows.min(from + room);
            buffer.fill(self.device, &columns, from..to).map_err(Failure::Device)?;
            from = to;
        }
        worker.host.keep(batch, &mut worker.rows)
    }

    fn finish_round(&self, worker: &mut PairWorker<'a>) -> Result<WorkerResult, Failure> {
        for _ in 0..worker.buffers.count() {
            self.submit(worker.buffers.current())?;
            worker.buffers.advance().settle(self.device).map_err(Failure::Device)?;
        }
        // The window may be replaced, and must not take memory beside the next one.
        worker.buffers.each(PairStagingBuffer::unbind);
        let host = std::mem::replace(&mut worker.host, Box::new(Pairs::new(self.plan)));
        let mut rows = std::mem::replace(&mut worker.rows, RowCounts::new(self.plan));
        let found = host.finish(self.plan, &mut rows).map_err(Failure::Other)?;
        let first_invalid = rows.first_invalid.take();
        let pieces = rows.recorder.map_or_else(Vec::new, |recorder| recorder.pieces);
        Ok(WorkerResult { first_invalid, pieces, ..found })
    }

    fn wants_to_finish(&self) -> bool {
        self.widen.load(Ordering::Relaxed) || self.full.load(Ordering::Relaxed)
    }

    fn notice(&self) -> Option<Notice> {
        let [on_host, rows] = [&self.on_host, &self.rows].map(|rows| rows.load(Ordering::Relaxed));
        (on_host > rows / 2).then(|| {
            let text = format!(
                "{on_host} of {rows} rows were counted on the CPU: a device counts integers less \
                 than 2^32 apart, once it has seen some, in batches that --device-memory has room \
                 for; the result is the same"
            );
            Notice::new(notice::DEVICE_NOT_USED, text)
        })
    }

    fn read_counters(&mut self) -> Result<WorkerResult, Failure> {
        let (tallies, pairs) = self.fetch()?;
        self.widen().map_err(Failure::Device)?;
        Ok(WorkerResult { pairs, ..WorkerResult::of(tallies) })
    }
}
