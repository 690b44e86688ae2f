//! CPU against device on this machine: which is faster, by how much, and why.
//!
//! Both must give the same digest before anything is timed. Rows are generated
//! in memory, so that no disk is measured, or read from the user's files.

mod clocked;
mod json;
mod markdown;
mod text;
mod win;
mod workload;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

pub use json::json;
pub use markdown::markdown;
pub use text::text;
pub use workload::{CLASSES, Workload};

use self::clocked::Clocked;
#[cfg(feature = "gpu")]
use crate::engine::OnDevice;
use crate::engine::{self, Backend, Plan, choice};
use crate::error::{Error, Result};
use crate::input::{Memory, Source, Until};
use crate::tally;

/// Everything that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Bench {
    /// The processor.
    pub cpu: String,
    /// Threads that read and count, or fill the device's memory.
    pub threads: usize,
    /// The device, if there was one.
    pub device: Option<DeviceLine>,
    /// What was timed.
    pub lines: Vec<Line>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// The device.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceLine {
    /// Its name.
    pub name: String,
    /// "discrete", "software", ….
    #[serde(rename = "type")]
    pub kind: String,
    /// "vulkan", "metal", "dx12".
    pub backend: String,
    /// The driver and its version.
    pub driver: String,
    /// Seconds from opening it to its first result.
    pub first_use_seconds: f64,
    /// Bytes that reach its memory.
    pub upload_bytes_per_second: f64,
    /// Bytes that it reads plus bytes that it writes when it copies its memory.
    pub copy_bytes_per_second: f64,
}

/// One workload.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// "pairs", "scores f32", or what files were read.
    pub workload: String,
    /// Number of classes.
    pub classes: usize,
    /// Rows of one run.
    pub rows: u64,
    /// Bytes of their columns in memory.
    pub bytes: u64,
    /// Of the tallies, the same on both sides.
    pub digest: String,
    /// On all threads of the CPU.
    pub cpu: Side,
    /// On the device.
    pub device: Option<Side>,
}

/// One workload on one side. The parts overlap: cores read and fill while the
/// device computes.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Side {
    /// From the first row to the tallies; the least of several runs.
    pub seconds: f64,
    /// Rows of one such second.
    pub rows_per_second: f64,
    /// Bytes of columns of one such second.
    pub bytes_per_second: f64,
    /// Reading, or copying from memory; per thread.
    pub read_seconds: f64,
    /// Filling the device's memory, per thread, and its transfer; nothing if no
    /// row went there.
    pub upload_seconds: Option<f64>,
    /// Counting: on the CPU all but reading; on a device by its own clock.
    pub compute_seconds: Option<f64>,
    /// Fetching results, per thread.
    pub download_seconds: Option<f64>,
    /// Bytes of columns per second of counting, of the copy bandwidth.
    pub copy_share: Option<f64>,
}

/// What to do and how long.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Threads.
    pub threads: usize,
    /// Seconds for all workloads together, about.
    pub seconds: f64,
}

/// A device to bench, opened and measured.
#[cfg(feature = "gpu")]
#[derive(Debug)]
pub struct Contender {
    backend: Backend,
    line: DeviceLine,
}

/// Without a GPU in this build there is none.
#[cfg(not(feature = "gpu"))]
#[derive(Debug)]
pub enum Contender {}

#[cfg(feature = "gpu")]
impl Contender {
    /// Opens `adapter` and measures it.
    ///
    /// # Errors
    ///
    /// [`Error::Device`] if it cannot be used.
    pub fn open(adapter: &crate::gpu::Adapter, memory: u64, threads: usize) -> Result<Self> {
        use std::sync::Arc;

        use crate::gpu::{Device, measure};
        const MEASURING: Duration = Duration::from_millis(300);
        let workload = Workload { score_type: None, classes: 10 };
        let (batches, plan) = (workload.batches(1 << 20)?, workload.plan(threads));
        let started = Instant::now();
        let device = Arc::new(Device::open(adapter)?);
        let backend = Backend::Gpu(OnDevice::new(Arc::clone(&device), memory));
        let stop = AtomicBool::new(false);
        engine::evaluate(&Memory::new(&batches, Until::Batches(1)), &plan, &backend, &stop)?;
        let first_use_seconds = started.elapsed().as_secs_f64();
        device.keep_time();
        let about = &adapter.about;
        let line = DeviceLine {
            name: about.name.clone(),
            kind: about.kind.name().into(),
            backend: about.backend.clone(),
            driver: about.driver.clone(),
            first_use_seconds,
            upload_bytes_per_second: measure::upload_rate(&device, threads, MEASURING)?,
            copy_bytes_per_second: measure::copy_rate(&device, MEASURING)?,
        };
        Ok(Self { backend, line })
    }

    fn is_software(&self) -> bool {
        self.line.kind == crate::gpu::Kind::Software.name()
    }
}

#[cfg(not(feature = "gpu"))]
impl Contender {
    fn is_software(&self) -> bool {
        match *self {}
    }
}

/// Bytes of generated rows, beyond what caches hold; and where the device is
/// software, which is slow. They are handed out again and again.
const BYTES: usize = 128 << 20;
const BYTES_IN_SOFTWARE: usize = 8 << 20;
/// The most times that the generated rows are handed out in one run.
const MOST_REPEATS: u64 = 256;
/// Runs of each side that should fit into its time.
const RUNS: f64 = 4.0;

/// Times every one of `workloads`.
///
/// # Errors
///
/// [`Error::Internal`] if a digest differs; [`Error::Interrupted`] after `stop`;
/// [`Error::Device`] if the device fails.
pub fn run(
    workloads: &[Workload],
    contender: Option<&Contender>,
    settings: Settings,
    stop: &AtomicBool,
) -> Result<Bench> {
    let software = contender.is_some_and(Contender::is_software);
    let bytes = if software { BYTES_IN_SOFTWARE } else { BYTES };
    let each = settings.seconds / workloads.len().max(1) as f64;
    let mut lines = Vec::new();
    for &workload in workloads {
        let batches = workload.batches(bytes)?;
        let plan = workload.plan(settings.threads);
        let count = batches.len() as u64;
        let once = Memory::new(&batches, Until::Batches(count));
        let took = slower(&once, &plan, contender, stop)?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
        let repeats = ((each / 2.0 / RUNS / took) as u64).clamp(1, MOST_REPEATS);
        let source = Memory::new(&batches, Until::Batches(count * repeats));
        let name = (workload.kind(), workload.classes as usize);
        lines.push(line(name, &source, &plan, contender, each, stop)?);
    }
    Ok(bench(lines, contender, settings))
}

/// Times one source of the user's.
///
/// # Errors
///
/// As [`run`], and whatever makes the source unreadable.
pub fn run_source<S: Source>(
    name: &str,
    source: &S,
    plan: &Plan,
    contender: Option<&Contender>,
    settings: Settings,
    stop: &AtomicBool,
) -> Result<Bench> {
    let classes = plan.classes.as_ref().map_or(0, crate::class::Classes::len);
    let line = line((name.into(), classes), source, plan, contender, settings.seconds, stop)?;
    Ok(bench(vec![line], contender, settings))
}

fn bench(lines: Vec<Line>, contender: Option<&Contender>, settings: Settings) -> Bench {
    #[cfg(feature = "gpu")]
    let device = contender.map(|contender| contender.line.clone());
    #[cfg(not(feature = "gpu"))]
    let device = contender.map(|contender| match *contender {});
    let notes = win::notes(&lines, device.as_ref());
    Bench { cpu: choice::cpu_name(), threads: settings.threads, device, lines, notes }
}

fn line<S: Source>(
    (workload, classes): (String, usize),
    source: &S,
    plan: &Plan,
    contender: Option<&Contender>,
    seconds: f64,
    stop: &AtomicBool,
) -> Result<Line> {
    let source = Clocked::new(source);
    // Both sides once: the digests must agree before anything is timed.
    let first = engine::evaluate(&source, plan, &Backend::Cpu, stop)?;
    let (rows, bytes) = (first.tallies.rows.read, source.bytes());
    let (classes, digest) =
        (first.tallies.classes.len().max(classes), tally::digest(&first.tallies));
    #[cfg(feature = "gpu")]
    if let Some(contender) = contender {
        source.rewind()?;
        let found = engine::evaluate(&source, plan, &contender.backend, stop)?;
        if let Some(remark) = found.remarks.iter().find(|it| it.code.starts_with("device-")) {
            return Err(Error::device(&contender.line.name, remark.text.clone()));
        }
        let found = tally::digest(&found.tallies);
        if found != digest {
            return Err(Error::Internal(format!(
                "{workload}, {classes} classes: digest {found} on {}, {digest} on the CPU",
                contender.line.name
            )));
        }
    }
    let sides = if contender.is_some() { 2.0 } else { 1.0 };
    let share = Duration::from_secs_f64((seconds / sides).clamp(0.0, 1e6));
    let size = Size { rows, bytes, threads: plan.threads };
    let cpu = on_cpu(&source, plan, size, share, stop)?;
    #[cfg(feature = "gpu")]
    let device = match contender {
        Some(contender) => Some(on_device(&source, plan, size, contender, share, stop)?),
        None => None,
    };
    #[cfg(not(feature = "gpu"))]
    let device = None;
    Ok(Line { workload, classes, rows, bytes, digest, cpu, device })
}

/// Seconds of the slower side, which also warms both up.
fn slower<S: Source>(
    source: &S,
    plan: &Plan,
    contender: Option<&Contender>,
    stop: &AtomicBool,
) -> Result<f64> {
    let source = Clocked::new(source);
    let on_cpu = timed(&source, plan, &Backend::Cpu, stop)?;
    #[cfg(feature = "gpu")]
    if let Some(contender) = contender {
        return Ok(on_cpu.max(timed(&source, plan, &contender.backend, stop)?));
    }
    #[cfg(not(feature = "gpu"))]
    let _ = contender;
    Ok(on_cpu)
}

/// What one run counts.
#[derive(Clone, Copy)]
struct Size {
    rows: u64,
    bytes: u64,
    threads: usize,
}

fn on_cpu<S: Source>(
    source: &Clocked<'_, S>,
    plan: &Plan,
    size: Size,
    share: Duration,
    stop: &AtomicBool,
) -> Result<Side> {
    let (seconds, read) = fastest(share, stop, || {
        let seconds = timed(source, plan, &Backend::Cpu, stop)?;
        Ok((seconds, source.time().as_secs_f64() / size.threads as f64))
    })?;
    let compute_seconds = Some((seconds - read).max(0.0));
    Ok(Side { compute_seconds, ..Side::new(size, seconds, read) })
}

#[cfg(feature = "gpu")]
fn on_device<S: Source>(
    source: &Clocked<'_, S>,
    plan: &Plan,
    size: Size,
    contender: &Contender,
    share: Duration,
    stop: &AtomicBool,
) -> Result<Side> {
    let Backend::Gpu(on_device) = &contender.backend else { unreachable!("made with a device") };
    let device = &on_device.device;
    let threads = engine::device_threads(plan) as f64;
    let (seconds, (read, spent)) = fastest(share, stop, || {
        device.spent()?;
        let seconds = timed(source, plan, &contender.backend, stop)?;
        Ok((seconds, (source.time().as_secs_f64() / threads, device.spent()?)))
    })?;
    if spent.filled_bytes == 0 {
        return Ok(Side::new(size, seconds, read));
    }
    let compute = spent.compute.map(|compute| compute.as_secs_f64());
    let rate = compute.map(|compute| size.bytes as f64 / compute.max(1e-9));
    Ok(Side {
        upload_seconds: Some(spent.fill.as_secs_f64() / threads + spent.transfer.as_secs_f64()),
        compute_seconds: compute,
        download_seconds: Some(spent.download.as_secs_f64() / threads),
        copy_share: rate.map(|rate| rate / contender.line.copy_bytes_per_second),
        ..Side::new(size, seconds, read)
    })
}

impl Side {
    fn new(size: Size, seconds: f64, read_seconds: f64) -> Self {
        Self {
            seconds,
            rows_per_second: size.rows as f64 / seconds,
            bytes_per_second: size.bytes as f64 / seconds,
            read_seconds,
            upload_seconds: None,
            compute_seconds: None,
            download_seconds: None,
            copy_share: None,
        }
    }
}

/// One evaluation of all rows.
fn timed<S: Source>(
    source: &Clocked<'_, S>,
    plan: &Plan,
    backend: &Backend,
    stop: &AtomicBool,
) -> Result<f64> {
    source.rewind()?;
    let started = Instant::now();
    engine::evaluate(source, plan, backend, stop)?;
    Ok(started.elapsed().as_secs_f64().max(1e-9))
}

/// The fastest of the runs that fit into `share`, of at least one.
fn fastest<T>(
    share: Duration,
    stop: &AtomicBool,
    mut run: impl FnMut() -> Result<(f64, T)>,
) -> Result<(f64, T)> {
    let started = Instant::now();
    let mut best = run()?;
    while started.elapsed() + Duration::from_secs_f64(best.0) < share {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let next = run()?;
        if next.0 < best.0 {
            best = next;
        }
    }
    Ok(best)
}
