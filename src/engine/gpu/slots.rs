//! Taking turns: one slot is filled while the device works on the others.

use crate::error::{Error, Result};
use crate::gpu::Device;

/// Slots of one worker.
pub(super) const SLOTS: usize = 2;

/// The slots of one worker, the one to be filled first.
pub(super) struct Slots<T> {
    slots: Vec<T>,
    current: usize,
}

impl<T> Slots<T> {
    pub(super) fn new(slots: Vec<T>) -> Self {
        Self { slots, current: 0 }
    }

    /// The slot that is being filled.
    pub(super) fn current(&mut self) -> &mut T {
        &mut self.slots[self.current]
    }

    /// Goes on to the slot that was handed over longest ago.
    pub(super) fn advance(&mut self) -> &mut T {
        self.current = (self.current + 1) % self.slots.len();
        self.current()
    }

    /// Every slot, the one that was handed over longest ago first.
    pub(super) fn count(&self) -> usize {
        self.slots.len()
    }
}

/// Bytes of rows in one slot: enough to make the cost of a submission small; less
/// where host and device share memory and caches.
pub(super) fn slot_bytes(shares_memory: bool) -> u64 {
    if shares_memory { 8 << 20 } else { 32 << 20 }
}

/// What to say where memory is too short.
pub(super) fn device_memory(device: &Device, least: u64) -> Error {
    let mebibytes = least.div_ceil(1 << 20);
    let problem = format!(
        "this input needs at least {mebibytes} MiB of its memory; raise --device-memory, lower \
         --threads, or use --device cpu"
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
