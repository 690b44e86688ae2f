//! Runs, and where their time goes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::clocked::Clocked;
use super::{Contender, Line, Side};
use crate::engine::{self, Backend, Plan};
use crate::error::{Error, Result};
use crate::input::Source;
#[cfg(feature = "gpu")]
use crate::notice;
use crate::tally;

/// Times one source on both sides, once their digests agree.
pub(super) fn line<S: Source>(
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
        let elsewhere = [notice::DEVICE_NOT_USED, notice::DEVICE_FAILED];
        if let Some(notice) = found.notices.iter().find(|it| elsewhere.contains(&it.code)) {
            return Err(Error::device(&contender.line().name, notice.text.clone()));
        }
        let found = tally::digest(&found.tallies);
        if found != digest {
            return Err(Error::Internal(format!(
                "{workload}, {classes} classes: digest {found} on {}, {digest} on the CPU",
                contender.line().name
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
pub(super) fn slower<S: Source>(
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
        copy_share: rate.map(|rate| rate / contender.line().copy_bytes_per_second),
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
