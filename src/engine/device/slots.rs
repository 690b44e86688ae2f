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

    /// Does something to every slot.
    pub(super) fn each(&mut self, change: impl FnMut(&mut T)) {
        self.slots.iter_mut().for_each(change);
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

/// How memory is divided among workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Division {
    pub(super) workers: usize,
    /// Rows of each of a worker's slots.
    pub(super) rows: usize,
}

/// What takes memory of a device.
pub(super) struct Needs<B> {
    /// Bytes beside those of workers.
    pub(super) fixed: u64,
    /// Bytes of a worker beside its slots.
    pub(super) worker: u64,
    /// Bytes of a slot of as many rows, no fewer for more rows.
    pub(super) slot: B,
}

impl<B: Fn(usize) -> u64> Needs<B> {
    /// Divides `memory` bytes: among as many workers as there can be, up to those
    /// of `most`, whose slots have the `least` number of rows; and then as many
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
        let worker = self.worker + SLOTS as u64 * (self.slot)(division.rows);
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
