//! Confusion counts of integer labels and predictions: one counter per cell.
//!
//! Two loops over a block that fits the first-level cache: the first turns
//! values into counter numbers and vectorises; the second increments counters.
//! Rows of one cell in a row would wait for its counter, so hot cells have
//! several: all cells of a small table, the diagonal of a large one, which
//! moreover lies together there and so stays in the cache. Counters are bytes
//! that carry into words, so that 1,000 classes fit the second-level cache.

mod column;
mod shader;

pub use column::{Column, ColumnType, Params};
pub use shader::{GLOBAL, WORKGROUP, confusion};

use super::simd::Level;

/// Rows in a block: its cell numbers take 8 KiB.
pub const BLOCK: usize = 2_048;

/// Counters of a hot cell.
const SETS: u32 = 4;

/// Tables of up to 2^this classes have several counters for every cell.
const SMALL_SHIFT: u32 = 5;

/// An integer type that classes are stored in.
pub trait Integer: Copy + Ord + Send + Sync + 'static {
    /// The value.
    fn wide(self) -> i64;
}

macro_rules! integers {
    ($($type:ty),+) => {
        $(impl Integer for $type {
            #[inline(always)]
            fn wide(self) -> i64 {
                i64::from(self)
            }
        })+
    };
}
integers!(u8, u16, u32, i32, i64);

/// The least and the greatest of `values`; `None` if there are none.
pub fn range<T: Integer>(values: &[T]) -> Option<(i64, i64)> {
    let (least, greatest) = values.iter().fold(None, |seen: Option<(T, T)>, &value| {
        let (least, greatest) = seen.unwrap_or((value, value));
        Some((least.min(value), greatest.max(value)))
    })?;
    Some((least.wide(), greatest.wide()))
}

/// A table of 2^`shift` × 2^`shift` cells over the integers from `base` on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The integer of class 0.
    pub base: i64,
    /// Bits of a class; at most 14.
    pub shift: u32,
}

impl Table {
    /// Number of classes.
    pub fn side(self) -> usize {
        1 << self.shift
    }

    /// Number of counters.
    fn counters(self) -> usize {
        let cells = self.side() * self.side();
        match self.shift <= SMALL_SHIFT {
            true => SETS as usize * cells,
            false => cells + SETS as usize * self.side(),
        }
    }
}

/// The counters of a table.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    table: Table,
    /// Rows counted, modulo 256.
    low: Vec<u8>,
    /// Rows counted, in units of 256.
    high: Vec<u32>,
}

impl Counters {
    /// All counters of `table`, at 0.
    pub fn new(table: Table) -> Self {
        let counters = table.counters();
        Self { table, low: vec![0; counters], high: vec![0; counters] }
    }

    /// The table.
    pub fn table(&self) -> Table {
        self.table
    }

    /// Adds 1 to each of the counters numbered, at most 2⁴⁰ times in all.
    pub fn count(&mut self, numbers: &[u32]) {
        for &number in numbers {
            let low = &mut self.low[number as usize];
            *low = low.wrapping_add(1);
            if *low == 0 {
                self.high[number as usize] += 1;
            }
        }
    }

    /// The rows counted in one cell.
    pub fn cell(&self, label: usize, prediction: usize) -> u64 {
        let Table { shift, .. } = self.table;
        let (side, cells) = (self.table.side(), self.table.side() * self.table.side());
        let cell = (label << shift) | prediction;
        match shift <= SMALL_SHIFT {
            true => (0..SETS as usize).map(|set| self.counter(cell + set * cells)).sum(),
            false if label == prediction => {
                (0..SETS as usize).map(|set| self.counter(cells + label + set * side)).sum()
            }
            false => self.counter(cell),
        }
    }

    /// Calls `found` with label, prediction and count of every cell that is not
    /// 0, in order.
    pub fn each(&self, mut found: impl FnMut(usize, usize, u64)) {
        let side = self.table.side();
        if self.table.shift <= SMALL_SHIFT {
            for label in 0..side {
                for prediction in 0..side {
                    let count = self.cell(label, prediction);
                    if count > 0 {
                        found(label, prediction, count);
                    }
                }
            }
            return;
        }
        let rows = self.low.chunks_exact(side).zip(self.high.chunks_exact(side)).take(side);
        for (label, (low, high)) in rows.enumerate() {
            for (prediction, (&low, &high)) in low.iter().zip(high).enumerate() {
                // The diagonal is counted elsewhere; its places here stay 0.
                let count = u64::from(high) << 8 | u64::from(low);
                if count > 0 {
                    found(label, prediction, count);
                } else if label == prediction && self.cell(label, label) > 0 {
                    found(label, label, self.cell(label, label));
                }
            }
        }
    }

    fn counter(&self, number: usize) -> u64 {
        u64::from(self.high[number]) << 8 | u64::from(self.low[number])
    }
}

/// Writes the class of every value, `value − base`, into `classes`.
///
/// Returns the greatest class, or `u64::MAX` if some value lies outside
/// `base..base + 2³²`; `classes` is then of no use.
pub fn classes<T: Integer>(level: Level, values: &[T], base: i64, classes: &mut [u32]) -> u64 {
    level.classes(values, base, classes)
}

/// Turns the classes of labels and predictions (both below 2^`shift`) into the
/// numbers of the counters to increment, in place of the labels.
pub fn counter_numbers(level: Level, table: Table, labels: &mut [u32], predictions: &[u32]) {
    level.counter_numbers(table, labels, predictions);
}

/// [`classes`] in plain Rust; compiled again for every level.
#[inline(always)]
pub(in crate::kernel) fn classes_loop<T: Integer>(
    values: &[T],
    base: i64,
    classes: &mut [u32],
) -> u64 {
    let mut beyond = 0_u64;
    let mut greatest = 0_u32;
    for (class, &value) in classes.iter_mut().zip(values) {
        let offset = value.wide().wrapping_sub(base).cast_unsigned();
        beyond |= offset >> 32;
        #[allow(clippy::cast_possible_truncation, reason = "checked by `beyond`")]
        let low = offset as u32;
        greatest = greatest.max(low);
        *class = low;
    }
    if beyond == 0 { u64::from(greatest) } else { u64::MAX }
}

/// [`counter_numbers`] in plain Rust; compiled again for every level.
#[inline(always)]
pub(in crate::kernel) fn counter_numbers_loop(
    table: Table,
    labels: &mut [u32],
    predictions: &[u32],
) {
    let shift = table.shift;
    let (cells, side) = (1_u32 << (2 * shift), 1_u32 << shift);
    if shift <= SMALL_SHIFT {
        for (set, (label, prediction)) in (0_u32..).zip(labels.iter_mut().zip(predictions)) {
            *label = (set % SETS * cells) | (*label << shift) | prediction;
        }
    } else {
        for (set, (label, prediction)) in (0_u32..).zip(labels.iter_mut().zip(predictions)) {
            let on_diagonal = cells + set % SETS * side + *label;
            let off_diagonal = (*label << shift) | prediction;
            *label = if label == prediction { on_diagonal } else { off_diagonal };
        }
    }
}
