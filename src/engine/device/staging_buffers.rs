//! The staging buffers of a worker, which take turns: one is filled while the device works on
//! the others.

use crate::error::{Error, Result};
use crate::gpu::Device;

/// Slots of one worker.
pub(super) const STAGING_BUFFERS: usize = 2;

/// The staging buffers of one worker, the one to be filled first.
pub(super) struct StagingBuffers<T> {
    buffers: Vec<T>,
    current: usize,
}

impl<T> StagingBuffers<T> {
    pub(super) fn new(buffers: Vec<T>) -> Self {
        Self { buffers, current: 0 }
    }

    /// The staging buffer that is being filled.
    pub(super) fn current(&mut self) -> &mut T {
        &mut self.buffers[self.current]
    }

    /// Goes on to the staging buffer that was handed over longest ago.
    pub(super) fn advance(&mut self) -> &mut T {
        self.current = (self.current + 1) % self.buffers.len();
        self.current()
    }

    /// Does something to every staging buffer.
    pub(super) fn each(&mut self, change: impl FnMut(&mut T)) {
        self.buffers.iter_mut().for_each(change);
    }

    /// Every staging buffer, the one that was handed over longest ago first.
    pub(super) fn count(&self) -> usize {
        self.buffers.len()
    }
}

/// Bytes of rows in one staging buffer: enough to make the cost of a submission small; less
/// where host and device share memory and caches.
pub(super) fn staging_bytes(shares_memory: bool) -> u64 {
    if shares_memory { 8 << 20 } else { 32 << 20 }
}

/// How memory is divided among workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Division {
    pub(super) workers: usize,
    /// Rows of each of a worker's staging buffers.
    pub(super) rows: usize,
}

/// What takes memory of a device.
pub(super) struct Needs<B> {
    /// Bytes beside those of workers.
    pub(super) fixed: u64,
    /// Bytes of a worker beside its staging buffers.
    pub(super) worker: u64,
    /// Bytes of a staging buffer of as many rows, no fewer for more rows.
    pub(super) buffer: B,
}

impl<B: Fn(usize) -> u64> Needs<B> {
    /// Divides `memory` bytes: among as many workers as there can be, up to those
    /// of `most`, whose staging buffers have the `least` number of rows; and then as many
    /// rows as there can be.
    ///
    /// # Errors
    ///
    /// [`Error::Device`] that says how much one worker needs.
    pub(super) fn divide(
        &self,
        device: &Device,
        memory: u64,
        least: usize,
        most: Division,
    ) -> Result<Division> {
        let fits = |division: Division| self.bytes(division) <= memory;
        let workers = (1..=most.workers).rev();
        let Some(workers) =
            workers.into_iter().find(|&workers| fits(Division { workers, rows: least }))
        else {
            return Err(too_little(device, self.bytes(Division { workers: 1, rows: least })));
        };
        let (mut rows, mut beyond) = (least, most.rows.max(least) + 1);
        while beyond - rows > 1 {
            let middle = rows.midpoint(beyond);
            match fits(Division { workers, rows: middle }) {
                true => rows = middle,
                false => beyond = middle,
            }
        }
        Ok(Division { workers, rows })
    }

    fn bytes(&self, division: Division) -> u64 {
        let worker = self.worker + STAGING_BUFFERS as u64 * (self.buffer)(division.rows);
        self.fixed + division.workers as u64 * worker
    }
}

/// What to say where memory is too short.
fn too_little(device: &Device, least: u64) -> Error {
    let needed = match least {
        ..0x10_0000 => format!("{} KiB", least.div_ceil(1 << 10)),
        _ => format!("{} MiB", least.div_ceil(1 << 20)),
    };
    let problem = format!(
        "this input needs at least {needed} of its memory; raise --device-memory, or use \
         --device cpu"
    );
    Error::device(&device.about().name, problem)
}

/// Calls `allocate` with ever fewer rows until it succeeds, from `rows` down.
///
/// # Errors
///
/// The last error, once there is but one row or the device is lost.
pub(super) fn shrinking<T>(
    device: &Device,
    mut rows: usize,
    allocate: impl Fn(usize) -> Result<T>,
) -> Result<T> {
    loop {
        match allocate(rows) {
            Err(_) if rows > 1 && device.check().is_ok() => rows /= 2,
            result => return result,
        }
    }
}
