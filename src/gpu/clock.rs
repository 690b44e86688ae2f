//! The clock of a device, for benches: where its time goes; off unless asked for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use wgpu::BufferUsages;

use super::buffer::Mapped;
use super::device::Device;
use crate::error::Result;

/// What a device and those who fed it spent their time on. These overlap: threads
/// fill memory while the device computes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// Filling memory for the device, of all threads together.
    pub fill: Duration,
    /// Bytes that were filled.
    pub filled_bytes: u64,
    /// Between memory of the host and the device, on the device's own clock;
    /// nothing where they share memory.
    pub transfer: Duration,
    /// In kernels, on the device's own clock; `None` if it has none.
    pub compute: Option<Duration>,
    /// Waiting for results and copying them, of all threads together.
    pub download: Duration,
}

/// Gathers [`Spent`]. Its lock is never asked for by who holds the device's gate.
#[derive(Debug, Default)]
pub(super) struct Clock {
    on: AtomicBool,
    sums: Mutex<Sums>,
}

#[derive(Debug, Default)]
struct Sums {
    spent: Spent,
    running: Vec<Running>,
    idle: Vec<Stopwatch>,
}

/// Timestamps of one submission.
#[derive(Debug)]
struct Stopwatch {
    stamps: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    arrived: wgpu::Buffer,
}

/// A submission whose timestamps have not arrived.
#[derive(Debug)]
struct Running {
    watch: Stopwatch,
    mapped: Receiver<Mapped>,
    spans: Vec<Span>,
}

/// Timestamps by number: of one pass, and of a mark before its uploads.
#[derive(Clone, Copy, Debug)]
struct Span {
    mark: Option<u32>,
    begin: u32,
    end: u32,
}

/// Timestamps of one submission; passes beyond are not timed.
const STAMPS: u32 = 64;
/// Bytes of a timestamp.
const STAMP_BYTES: u64 = 8;

/// What [`Commands`](super::Commands) keeps of the timestamps it takes.
#[derive(Debug)]
pub(super) struct Taking {
    watch: Stopwatch,
    used: u32,
    mark: Option<u32>,
    spans: Vec<Span>,
}

impl Device {
    /// Begins, or goes on, to note where time goes.
    pub fn keep_time(&self) {
        self.clock.on.store(true, Ordering::Relaxed);
    }

    /// Where time went since this was last asked; all that was submitted must
    /// have been waited for.
    ///
    /// # Errors
    ///
    /// [`Error::Device`](crate::error::Error::Device) if the device was lost.
    pub fn spent(&self) -> Result<Spent> {
        let mut sums = self.clock.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let running = std::mem::take(&mut sums.running);
        for running in running {
            self.await_mapped(&running.mapped)?;
            self.add(&mut sums, running)?;
        }
        Ok(std::mem::take(&mut sums.spent))
    }

    /// Timestamps for the next submission, if time is kept and the device can.
    pub(super) fn take_time(&self) -> Option<Taking> {
        if !self.clock.on.load(Ordering::Relaxed) || !self.about().timestamps {
            return None;
        }
        let mut sums = self.clock.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = sums.idle.pop();
        drop(sums);
        let watch = idle.map_or_else(|| self.caught("timestamps", || self.stopwatch()), Ok).ok()?;
        Some(Taking { watch, used: 0, mark: None, spans: Vec::new() })
    }

    fn stopwatch(&self) -> Stopwatch {
        let buffer = |usage| {
            self.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("timestamps"),
                size: u64::from(STAMPS) * STAMP_BYTES,
                usage,
                mapped_at_creation: false,
            })
        };
        Stopwatch {
            stamps: self.device.create_query_set(&wgpu::QuerySetDescriptor {
                label: Some("timestamps"),
                ty: wgpu::QueryType::Timestamp,
                count: STAMPS,
            }),
            resolved: buffer(BufferUsages::QUERY_RESOLVE | BufferUsages::COPY_SRC),
            arrived: buffer(BufferUsages::MAP_READ | BufferUsages::COPY_DST),
        }
    }

    /// Keeps the timestamps of what is about to be submitted.
    pub(super) fn stop_time(&self, taking: Taking, encoder: &mut wgpu::CommandEncoder) {
        let Taking { watch, used, spans, .. } = taking;
        let mut sums = self.clock.sums.lock().unwrap_or_else(PoisonError::into_inner);
        if spans.is_empty() {
            sums.idle.push(watch);
            return;
        }
        let bytes = u64::from(used) * STAMP_BYTES;
        encoder.resolve_query_set(&watch.stamps, 0..used, &watch.resolved, 0);
        encoder.copy_buffer_to_buffer(&watch.resolved, 0, &watch.arrived, 0, bytes);
        let (sender, mapped) = channel();
        encoder.map_buffer_on_submit(&watch.arrived, wgpu::MapMode::Read, ..bytes, move |word| {
            let _ = sender.send(word);
        });
        sums.running.push(Running { watch, mapped, spans });
        // Those that have arrived make room.
        for at in (0..sums.running.len()).rev() {
            if !matches!(sums.running[at].mapped.try_recv(), Err(TryRecvError::Empty)) {
                let running = sums.running.swap_remove(at);
                // A device that was lost is found out by whoever works with it.
                let _ = self.add(&mut sums, running);
            }
        }
    }

    /// Adds the timestamps of a submission that is over.
    fn add(&self, sums: &mut Sums, running: Running) -> Result<()> {
        let Running { watch, spans, .. } = running;
        let _gate = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        self.check()?;
        let used = spans.last().map_or(0, |span| u64::from(span.end) + 1);
        let view = watch.arrived.get_mapped_range(..used * STAMP_BYTES);
        let view = view.map_err(|error| self.error(format!("cannot be timed: {error}")))?;
        let stamps: Vec<u64> = bytemuck::pod_collect_to_vec(&view);
        drop(view);
        watch.arrived.unmap();
        let period = f64::from(self.queue.get_timestamp_period());
        let between = |from: u32, to: u32| {
            let ticks = stamps[to as usize].saturating_sub(stamps[from as usize]);
            Duration::from_secs_f64(ticks as f64 * period * 1e-9)
        };
        for span in spans {
            *sums.spent.compute.get_or_insert_default() += between(span.begin, span.end);
            if let Some(mark) = span.mark {
                sums.spent.transfer += between(mark, span.begin);
            }
        }
        sums.idle.push(watch);
        Ok(())
    }

    /// Notes the time since `started` spent on filling `bytes`.
    pub(super) fn note_fill(&self, started: Option<Instant>, bytes: usize) {
        self.note(started, |spent, time| {
            spent.fill += time;
            spent.filled_bytes += bytes as u64;
        });
    }

    /// Notes the time since `started` spent on results.
    pub(super) fn note_download(&self, started: Option<Instant>) {
        self.note(started, |spent, time| spent.download += time);
    }

    /// The time, if it is kept.
    pub(super) fn now(&self) -> Option<Instant> {
        self.clock.on.load(Ordering::Relaxed).then(Instant::now)
    }

    fn note(&self, started: Option<Instant>, add: impl FnOnce(&mut Spent, Duration)) {
        if let Some(started) = started {
            let time = started.elapsed();
            let mut sums = self.clock.sums.lock().unwrap_or_else(PoisonError::into_inner);
            add(&mut sums.spent, time);
        }
    }
}

impl Taking {
    /// Notes the time before uploads, the first of several.
    pub(super) fn mark(&mut self, encoder: &mut wgpu::CommandEncoder) {
        if self.mark.is_some() || self.used + 3 > STAMPS {
            return;
        }
        let at = self.used;
        self.used += 1;
        self.mark = Some(at);
        let stamps = wgpu::ComputePassTimestampWrites {
            query_set: &self.watch.stamps,
            beginning_of_pass_write_index: None,
            end_of_pass_write_index: Some(at),
        };
        drop(encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
            label: Some("before uploads"),
            timestamp_writes: Some(stamps),
        }));
    }

    /// Where a pass puts its times.
    pub(super) fn pass(&mut self) -> Option<wgpu::ComputePassTimestampWrites<'_>> {
        if self.used + 2 > STAMPS {
            return None;
        }
        let span = Span { mark: self.mark.take(), begin: self.used, end: self.used + 1 };
        self.used += 2;
        self.spans.push(span);
        Some(wgpu::ComputePassTimestampWrites {
            query_set: &self.watch.stamps,
            beginning_of_pass_write_index: Some(span.begin),
            end_of_pass_write_index: Some(span.end),
        })
    }
}
