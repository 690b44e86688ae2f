//! The speed at which a device is fed and moves bytes: short measurements.

use std::time::{Duration, Instant};

use super::device::Device;
use crate::error::Result;

/// The most bytes of one piece of memory that is filled at a time.
const PIECE: usize = 16 << 20;
/// Pieces that one thread fills in turn, so that it fills one while the device
/// takes the other.
const PIECES: usize = 2;
/// More threads than this do not fill memory faster.
const MOST_THREADS: usize = 8;
/// Bytes of each of the two buffers of a copy: beyond what caches hold.
const COPY_BYTES: u64 = 256 << 20;

/// Bytes per second from memory of the host to where kernels read them, on
/// `threads` threads, measured for about `time` with up to `memory` bytes, or 8 KiB
/// for each thread.
///
/// # Errors
///
/// [`Error::Device`](crate::error::Error::Device) if the device cannot.
pub fn upload_rate(device: &Device, threads: usize, memory: u64, time: Duration) -> Result<f64> {
    let threads = threads.clamp(1, MOST_THREADS);
    // What is staged is there twice.
    let share = memory / (2 * PIECES * threads) as u64;
    let words = usize::try_from(share).unwrap_or(PIECE).clamp(2 << 10, PIECE) / 16 * 4;
    let source: Vec<u32> = (0_u32..).take(words).collect();
    let source = bytemuck::cast_slice(&source);
    // Memory that the driver has just made is slow at its first use.
    upload(device, source, Instant::now())?;
    let started = Instant::now();
    let until = started + time;
    let bytes = std::thread::scope(|scope| {
        let feed = || upload(device, source, until);
        let feeders: Vec<_> = (0..threads).map(|_| scope.spawn(feed)).collect();
        let fed = feeders.into_iter().map(|feeder| match feeder.join() {
            Ok(bytes) => bytes,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        fed.sum::<Result<u64>>()
    })?;
    Ok(bytes as f64 / started.elapsed().as_secs_f64())
}

/// One thread's uploads; at least one of each piece.
fn upload(device: &Device, source: &[u8], until: Instant) -> Result<u64> {
    let mut pieces = Vec::new();
    for _ in 0..PIECES {
        pieces.push(device.upload("measured upload", source.len() as u64)?);
    }
    let mut bytes = 0;
    loop {
        for piece in &mut pieces {
            device.regain(piece)?;
            device.write(piece, 0, source)?;
            let mut commands = device.commands();
            commands.send(piece, source.len() as u64);
            commands.submit()?;
            bytes += source.len() as u64;
        }
        if Instant::now() >= until {
            break;
        }
    }
    pieces.iter_mut().try_for_each(|piece| device.regain(piece))?;
    Ok(bytes)
}

/// Bytes per second that the device reads and writes when it copies its own
/// memory, each byte counted twice, measured for about `time` in at most `limit`
/// bytes.
///
/// # Errors
///
/// [`Error::Device`](crate::error::Error::Device) if the device cannot.
pub fn copy_rate(device: &Device, limit: u64, time: Duration) -> Result<f64> {
    let memory = device.about().memory_bytes.unwrap_or(u64::MAX);
    let bytes = COPY_BYTES.min(device.about().max_buffer_bytes).min(memory / 16).min(limit / 4);
    let bytes = (bytes & !15).max(16);
    let from = device.storage("measured copy, from", bytes)?;
    let to = device.storage("measured copy, to", bytes)?;
    let mut end = device.download("measured copy, end", 16)?;
    let mut copy = |times: u32| -> Result<Duration> {
        let started = Instant::now();
        let mut commands = device.commands();
        (0..times).for_each(|_| commands.duplicate(&from, &to, bytes));
        commands.fetch(&to, 0, 16, &mut end);
        commands.submit()?;
        device.read(&mut end)?;
        Ok(started.elapsed())
    };
    // Once, so that the memory is there and zeroed.
    copy(1)?;
    let mut times = 1;
    loop {
        let took = copy(times)?;
        if took * 2 >= time || times >= 1 << 16 {
            return Ok(2.0 * bytes as f64 * f64::from(times) / took.as_secs_f64());
        }
        let wanted = time.as_secs_f64() / took.as_secs_f64().max(1e-6);
        times *= [16, 8, 4].into_iter().find(|&more| f64::from(more) <= wanted).unwrap_or(2);
    }
}
