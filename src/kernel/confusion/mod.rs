//! Confusion counts of integer labels and predictions: one counter per cell.
//!
//! Two loops over a block that fits the first-level cache: the first turns
//! values into counter numbers and vectorises; the second increments counters.
//! Rows of one cell in a row would wait for its counter, so hot cells have
//! several: all cells of a small table, the diagonal of a large one, which
//! moreover lies together there and so stays in the cache. Counters are bytes
//! that carry into words, so that 1,000 classes fit the second-level cache.

mod choice;
mod column;
mod sample;
mod shader;
mod sparse;

pub use choice::{Traits, choose, launch};
pub use column::{Column, ColumnType, Params};
pub use shader::{DIAGONAL, GLOBAL, SUBGROUP, WORKGROUP, WORKGROUP_WORDS, confusion};
pub use sparse::{Entry, SPARSE, entries, sparse};

use super::simd::Level;

/// Rows in a block: its cell numbers take 8 KiB.
pub const BLOCK: usize = 2_048;

/// Counters of a hot cell.
pub(super) const SETS: u32 = 4;

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

    /// Whether every cell has several counters.
    pub(super) fn is_small(self) -> bool {
        self.shift <= SMALL_SHIFT
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
    /// Which rows of `high` are not all 0; those that are cost no memory.
    carried: Vec<bool>,
}

impl Counters {
    /// All counters of `table`, at 0.
    pub fn new(table: Table) -> Self {
        let counters = table.counters();
        let carried = vec![false; counters >> table.shift];
        Self { table, low: vec![0; counters], high: vec![0; counters], carried }
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
                self.carried[(number >> self.table.shift) as usize] = true;
            }
        }
    }

    /// Adds the rows counted with `label` to `counts`, by prediction from `first` on.
    pub fn add_row(&self, label: usize, first: usize, counts: &mut [u64]) {
        let (side, cells) = (self.table.side(), self.table.side() * self.table.side());
        let sets = if self.table.is_small() { SETS as usize } else { 1 };
        for set in 0..sets {
            let row = set * side + label;
            let row_of = row * side + first..(row + 1) * side;
            add_each(counts, &self.low[row_of.clone()], 1);
            if self.carried[row] {
                add_each(counts, &self.high[row_of], 256);
            }
        }
        // The places of a large table's diagonal stay 0; its counters lie apart.
        if let (false, Some(right)) = (self.table.is_small(), label.checked_sub(first))
            && let Some(count) = counts.get_mut(right)
        {
            *count +=
                (0..SETS as usize).map(|set| self.counter(cells + label + set * side)).sum::<u64>();
        }
    }

    /// The same counts in a table that holds all integers of this one.
    pub fn widened(&self, table: Table) -> Self {
        let mut wider = Self::new(table);
        let offset = usize::try_from(self.table.base.abs_diff(table.base)).unwrap_or(usize::MAX);
        let mut counts = vec![0; self.table.side()];
        for label in 0..self.table.side() {
            counts.fill(0);
            self.add_row(label, 0, &mut counts);
            for (prediction, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                wider.put(label + offset, prediction + offset, count);
            }
        }
        wider
    }

    /// Sets a cell that is 0.
    fn put(&mut self, label: usize, prediction: usize, count: u64) {
        let Table { shift, .. } = self.table;
        let number = match label == prediction && !self.table.is_small() {
            true => (1 << (2 * shift)) + label,
            false => (label << shift) | prediction,
        };
        #[allow(clippy::cast_possible_truncation, reason = "the two parts of at most 2⁴⁰")]
        let (low, high) = (count as u8, (count >> 8) as u32);
        (self.low[number], self.high[number]) = (low, high);
        self.carried[number >> shift] |= high > 0;
    }

    fn counter(&self, number: usize) -> u64 {
        u64::from(self.high[number]) << 8 | u64::from(self.low[number])
    }
}

/// Adds counts in units of `unit`.
fn add_each<T: Copy + Into<u64>>(sums: &mut [u64], counts: &[T], unit: u64) {
    for (sum, &count) in sums.iter_mut().zip(counts) {
        *sum += unit * count.into();
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
/// numbers of the counters to increment, in place of the labels but in any
/// order. The predictions are of no use afterwards.
pub fn counter_numbers(level: Level, table: Table, labels: &mut [u32], predictions: &mut [u32]) {
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
