//! The bench: CPU against device on this machine, which is faster, by how much, and why.
//!
//! Both must give the same digest before anything is timed. Rows are generated
//! in memory, so that no disk is measured, or read from the user's files.

mod break_even;
mod clocked;
mod contender;
mod json;
mod markdown;
mod text;
mod timing;
mod workload;

use std::sync::atomic::AtomicBool;

use serde::Serialize;

pub use contender::Contender;
pub use json::json;
pub use markdown::markdown;
pub use text::text;
pub use workload::{CLASSES, Workload};

use self::timing::{line, slower};
use crate::engine::{Plan, device_choice};
use crate::error::Result;
use crate::input::{Memory, Source, Until};

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
/// [`Internal`](crate::error::Error::Internal) if a digest differs,
/// [`Interrupted`](crate::error::Error::Interrupted) after `stop`,
/// [`Device`](crate::error::Error::Device) if the device fails.
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
    let device = contender.map(|contender| contender.line().clone());
    let notes = break_even::notes(&lines, device.as_ref());
    Bench { cpu: device_choice::cpu_name(), threads: settings.threads, device, lines, notes }
}
