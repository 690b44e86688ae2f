//! Counters on the device for the integers of a window of the number line: a dense
//! table, or, of more classes than that can have, a hash table.

use super::counters::fetch_and_clear;
use crate::error::Result;
use crate::gpu::{Binding, Device, Storage};
use crate::kernel::confusion::{Entry, SPILL_HEAD, entries};

/// The most bytes of a dense table: 4,095 classes a side, and a count of all else.
const MOST_DENSE_BYTES: u64 = 64 << 20;

/// The most bytes of a hash table with its spill list: the more, the more rows
/// there may be in a round.
const MOST_SPARSE_BYTES: u64 = 256 << 20;

/// The most classes of a hash table: shaders know 2³² − 1 as no class.
pub(super) const MOST_CLASSES: u64 = u32::MAX as u64 - 1;

/// How large windows may be on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// The most bytes of a dense table.
    pub(super) dense_bytes: u64,
    /// Slots of a hash table, as a power of 2.
    pub(super) slots: u32,
    /// Pairs that a spill list has room for: no more rows are given to a hash table
    /// in one round, so that none is lost even if every row spills.
    pub(super) room: u32,
}

impl Limits {
    /// Those where `memory` bytes are all there are.
    pub(super) fn new(device: &Device, memory: u64) -> Self {
        let most = device.about().max_binding_bytes.min(memory / 4);
        // A third for the table, of 16 bytes a slot; the rest for the list, of 12 bytes
        // a pair.
        let sparse = most.min(MOST_SPARSE_BYTES);
        let slots = (sparse / 3 / 16).max(1).ilog2();
        let room = (sparse - sparse / 3).saturating_sub(HEAD_BYTES) / 12;
        Self {
            dense_bytes: most.min(MOST_DENSE_BYTES),
            slots,
            room: u32::try_from(room).unwrap_or(u32::MAX),
        }
    }

    /// The most classes of a dense table.
    fn most_dense(self) -> u64 {
        (self.dense_bytes / 4).saturating_sub(1).isqrt()
    }

    /// The first integer and the classes of a window that holds those from `least` to
    /// `greatest`, with room to grow, so that few windows are needed: as long as a
    /// dense table can have it, and there are such integers.
    pub(super) fn around(self, least: i64, greatest: i64) -> (i64, u64) {
        let span = greatest.abs_diff(least).saturating_add(1);
        let most = if span <= self.most_dense() { self.most_dense() } else { MOST_CLASSES };
        let classes = span.checked_next_power_of_two().unwrap_or(u64::MAX).min(most);
        let base = if least >= 0 && greatest.cast_unsigned() < classes { 0 } else { least };
        (base, classes.min(i64::MAX.abs_diff(base).saturating_add(1)))
    }

    /// The most bytes that a window takes, one kind being left before another is made.
    pub(super) fn bytes(self) -> u64 {
        let sparse = Device::size_of(self.table_bytes()) + Device::size_of(self.spill_bytes());
        Device::size_of(self.dense_bytes).max(sparse)
    }

    fn table_bytes(self) -> u64 {
        16 << self.slots
    }

    fn spill_bytes(self) -> u64 {
        HEAD_BYTES + 12 * u64::from(self.room)
    }
}

const HEAD_BYTES: u64 = 4 * SPILL_HEAD as u64;

/// Counters for the integers `base..base + classes`.
pub(super) struct Window {
    pub(super) base: i64,
    pub(super) classes: u64,
    /// Which window this is; a slot is bound to one.
    pub(super) number: usize,
    pub(super) limits: Limits,
    counters: Counters,
}

enum Counters {
    /// `[classes · classes + 1]`: of each pair, and of all else.
    Dense(Storage),
    /// As `confusion_sparse` counts.
    Sparse { table: Storage, spill: Storage },
}

/// What a window counted.
pub(super) enum Counts {
    /// `[classes, classes]`.
    Dense(Vec<u32>),
    Sparse(Vec<Entry>),
}

impl Window {
    pub(super) fn new(
        device: &Device,
        base: i64,
        classes: u64,
        number: usize,
        limits: Limits,
    ) -> Result<Self> {
        let counters = if classes <= limits.most_dense() {
            Counters::Dense(device.storage("confusion", 4 * (classes * classes + 1))?)
        } else {
            Counters::Sparse {
                table: device.storage("pairs", limits.table_bytes())?,
                spill: device.storage("spilled pairs", limits.spill_bytes())?,
            }
        };
        Ok(Self { base, classes, number, limits, counters })
    }

    pub(super) fn holds(&self, (least, greatest): (i64, i64)) -> bool {
        least >= self.base && greatest.abs_diff(self.base) < self.classes
    }

    /// The most rows between one fetch and the next.
    pub(super) fn most_rows(&self) -> u64 {
        match self.counters {
            Counters::Dense(_) => u64::MAX,
            Counters::Sparse { .. } => self.limits.room.into(),
        }
    }

    /// What a kernel that counts into the window is bound to, after its columns.
    pub(super) fn bindings(&self) -> Vec<Binding<'_>> {
        match &self.counters {
            Counters::Dense(cells) => vec![Binding::Storage(cells)],
            Counters::Sparse { table, spill } => {
                vec![Binding::Storage(table), Binding::Storage(spill)]
            }
        }
    }

    /// What was counted, and the rows beyond the window; counters start anew.
    pub(super) fn fetch(&self, device: &Device) -> Result<(Counts, u64)> {
        match &self.counters {
            Counters::Dense(cells) => {
                let bytes = 4 * (self.classes * self.classes + 1);
                let mut cells = fetch_and_clear(device, &[(cells, bytes)])?.concat();
                let beyond = cells.pop().unwrap_or(0);
                Ok((Counts::Dense(cells), beyond.into()))
            }
            Counters::Sparse { table, spill } => self.fetch_sparse(device, table, spill),
        }
    }

    /// Of the spill list only what is there comes over.
    fn fetch_sparse(
        &self,
        device: &Device,
        table: &Storage,
        spill: &Storage,
    ) -> Result<(Counts, u64)> {
        let head = fetch(device, spill, HEAD_BYTES)?;
        let spilled = head.first().copied().unwrap_or(0);
        if spilled > self.limits.room {
            return Err(device.error(format!(
                "spilled {spilled} pairs, more than the {} rows that it may be given",
                self.limits.room
            )));
        }
        let beyond = u64::from(head[2]) << 32 | u64::from(head[1]);
        let bytes = HEAD_BYTES + 12 * u64::from(spilled);
        let wanted = [(table, self.limits.table_bytes()), (spill, bytes)];
        let fetched = fetch_and_clear(device, &wanted)?;
        let [table, spill] = &fetched[..] else { unreachable!("two were asked for") };
        let entries = entries(table, spill);
        let inside = |entry: &Entry| u64::from(entry.label.max(entry.prediction)) < self.classes;
        match entries.iter().all(inside) {
            true => Ok((Counts::Sparse(entries), beyond)),
            false => Err(device.error("counted pairs beyond its window")),
        }
    }
}

/// The first `bytes` of a buffer.
fn fetch(device: &Device, storage: &Storage, bytes: u64) -> Result<Vec<u32>> {
    let mut download = device.download("counters", bytes)?;
    let mut commands = device.commands();
    commands.fetch(storage, 0, bytes, &mut download);
    commands.submit()?;
    device.read(&mut download)
}

impl Counts {
    /// Rows that were counted.
    pub(super) fn rows(&self) -> u64 {
        match self {
            Self::Dense(cells) => cells.iter().map(|&count| u64::from(count)).sum(),
            Self::Sparse(entries) => {
                entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.rows))
            }
        }
    }
}
