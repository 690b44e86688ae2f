//! The counters of a table, and which of them each row increments.
//!
//! Rows of one cell in a row would wait for its counter, so hot cells have
//! several: all cells of a small table, the diagonal of a large one. These lie
//! together and stay in the first-level cache. The others are bytes that carry
//! into words, so that 1,000 classes fit the second-level cache; to look for
//! a carry takes longer than to count, so hot counters are words, emptied before
//! they can wrap.

use crate::kernel::simd::Level;

/// Counters of a hot cell.
pub(in crate::kernel) const SETS: u32 = 4;

/// Tables of up to 2^this classes have several counters for every cell.
const SMALL_SHIFT: u32 = 5;

/// A table may have up to 2^this classes.
pub const MAX_SHIFT: u32 = 11;

/// Hot counters of the largest table; every table has as many, so that numbers
/// need no check but a mask.
const HOT: usize = (SETS as usize) << MAX_SHIFT;

/// A table of 2^`shift` × 2^`shift` cells over the integers from `base` on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The integer of class 0.
    pub base: i64,
    /// Bits of a class: at most [`MAX_SHIFT`] for [`Counters`].
    pub shift: u32,
}

impl Table {
    /// Number of classes.
    pub fn side(self) -> usize {
        1 << self.shift
    }

    /// Whether every cell is hot.
    pub(in crate::kernel) fn is_small(self) -> bool {
        self.shift <= SMALL_SHIFT
    }

    /// Number of hot cells: all, or the diagonal.
    fn hot_cells(self) -> usize {
        if self.is_small() { self.side() * self.side() } else { self.side() }
    }

    /// Number of cold cells: none, or all, those of the diagonal being left at 0.
    fn cold_cells(self) -> usize {
        if self.is_small() { 0 } else { self.side() * self.side() }
    }
}

/// The numbers of the counters that the rows of a block increment.
#[derive(Clone, Copy, Debug)]
pub struct Numbers<'a> {
    /// Those of hot cells.
    pub(super) hot: &'a [u32],
    /// Those of cold cells.
    pub(super) cold: &'a [u32],
}

/// Turns the classes of labels and predictions (both below 2^`shift`) into the
/// numbers of the counters to increment, in no particular order.
pub fn counter_numbers<'a>(
    level: Level,
    table: Table,
    labels: &'a mut [u32],
    predictions: &'a mut [u32],
) -> Numbers<'a> {
    let rows = labels.len().min(predictions.len());
    let (labels, predictions) = (&mut labels[..rows], &mut predictions[..rows]);
    let [hot, cold] = level.counter_numbers(table, labels, predictions);
    Numbers { hot: &labels[..hot], cold: &predictions[..cold] }
}

/// The numbers of a small table, all of them hot, in place of the labels. In
/// plain Rust; compiled again for every level.
#[inline(always)]
pub(in crate::kernel) fn all_hot(table: Table, labels: &mut [u32], predictions: &[u32]) {
    // Shifts by less than 32, and a number of which only the lowest bits matter:
    // checks would keep this from becoming vector instructions.
    let mut set = 0_u32;
    for (label, prediction) in labels.iter_mut().zip(predictions) {
        let first = (set % SETS).wrapping_shl(2 * table.shift);
        *label = first | label.wrapping_shl(table.shift) | prediction;
        set = set.wrapping_add(1);
    }
}

/// The numbers of a large table for the rows `from` on, where `[hot, cold]` have
/// been put at the beginnings of labels and predictions; how many there are then.
#[inline]
pub(in crate::kernel) fn split(
    table: Table,
    labels: &mut [u32],
    predictions: &mut [u32],
    from: usize,
    [mut hot, mut cold]: [usize; 2],
) -> [usize; 2] {
    for (set, row) in (0_u32..).zip(from..labels.len().min(predictions.len())) {
        let (label, prediction) = (labels[row], predictions[row]);
        // Neither number passes a row that is still to be read.
        labels[hot] = ((set % SETS) << table.shift) | label;
        predictions[cold] = (label << table.shift) | prediction;
        hot += usize::from(label == prediction);
        cold += usize::from(label != prediction);
    }
    [hot, cold]
}

/// The counters of a table of at most 2^[`MAX_SHIFT`] classes.
#[derive(Clone, Debug)]
pub struct Counters {
    level: Level,
    table: Table,
    /// Rows of hot cells since they were last emptied, `[SETS, hot cells]`.
    hot: Box<[u32; HOT]>,
    /// The sum of all those; no counter is greater.
    hot_rows: u32,
    /// Rows of hot cells before that; of none until they are first emptied.
    emptied: Vec<u64>,
    /// Rows of cold cells, modulo 256.
    low: Vec<u8>,
    /// Rows of cold cells, in units of 256.
    high: Vec<u32>,
    /// Which rows of `high` are not all 0; those that are cost no memory.
    carried: Vec<bool>,
}

impl Counters {
    /// All counters of `table`, at 0.
    pub fn new(level: Level, table: Table) -> Self {
        Self {
            level,
            table,
            hot: Box::new([0; HOT]),
            hot_rows: 0,
            emptied: Vec::new(),
            low: vec![0; table.cold_cells()],
            high: vec![0; table.cold_cells()],
            carried: vec![false; table.cold_cells() >> table.shift],
        }
    }

    /// The table.
    pub fn table(&self) -> Table {
        self.table
    }

    /// Adds 1 to each of the counters numbered, fewer than 2³² at once; to a cold
    /// one at most 2⁴⁰ times in all.
    pub fn count(&mut self, numbers: Numbers<'_>) {
        self.expect_hot(numbers.hot.len());
        for &number in numbers.hot {
            let hot = &mut self.hot[number as usize % HOT];
            // Cannot wrap: emptied before there are 2³² rows in all of them.
            *hot = hot.wrapping_add(1);
        }
        for &number in numbers.cold {
            let low = &mut self.low[number as usize];
            *low = low.wrapping_add(1);
            if *low == 0 {
                self.high[number as usize] += 1;
                self.carried[(number >> self.table.shift) as usize] = true;
            }
        }
    }

    /// Makes room for as many more rows of hot cells.
    fn expect_hot(&mut self, rows: usize) {
        let sum = u32::try_from(rows).ok().and_then(|rows| self.hot_rows.checked_add(rows));
        self.hot_rows = sum.unwrap_or_else(|| {
            self.empty_hot();
            u32::try_from(rows).unwrap_or(u32::MAX)
        });
    }

    fn empty_hot(&mut self) {
        self.emptied.resize(self.table.hot_cells(), 0);
        for set in self.hot.chunks_exact(self.table.hot_cells()) {
            add_each(&mut self.emptied, set, 1);
        }
        self.hot.fill(0);
    }

    /// Adds the rows counted with `label` to `counts`, by prediction from `first` on.
    pub fn add_row(&self, label: usize, first: usize, counts: &mut [u64]) {
        let side = self.table.side();
        let row = label * side + first..(label + 1) * side;
        if self.table.is_small() {
            for set in self.hot.chunks_exact(self.table.hot_cells()) {
                add_each(counts, &set[row.clone()], 1);
            }
            add_each(counts, self.emptied.get(row).unwrap_or_default(), 1);
            return;
        }
        self.level.add_bytes(counts, &self.low[row.clone()]);
        if self.carried[label] {
            add_each(counts, &self.high[row], 256);
        }
        if let Some(right) = label.checked_sub(first)
            && let Some(count) = counts.get_mut(right)
        {
            let sets = self.hot.chunks_exact(side).map(|set| u64::from(set[label]));
            *count += sets.sum::<u64>() + self.emptied.get(label).copied().unwrap_or(0);
        }
    }

    /// The same counts in a table that holds all integers of this one.
    pub fn widened(&self, table: Table) -> Self {
        let mut wider = Self::new(self.level, table);
        wider.emptied = vec![0; table.hot_cells()];
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

    /// Sets a cell that is 0; there is room for hot ones in `emptied`.
    fn put(&mut self, label: usize, prediction: usize, count: u64) {
        let number = (label << self.table.shift) | prediction;
        if self.table.is_small() {
            self.emptied[number] = count;
        } else if label == prediction {
            self.emptied[label] = count;
        } else {
            #[allow(clippy::cast_possible_truncation, reason = "the two parts of at most 2⁴⁰")]
            let (low, high) = (count as u8, (count >> 8) as u32);
            (self.low[number], self.high[number]) = (low, high);
            self.carried[label] |= high > 0;
        }
    }
}

impl Default for Counters {
    fn default() -> Self {
        Self::new(Level::PLAIN, Table::default())
    }
}

/// Adds counts of one byte. In plain Rust; compiled again for every level.
#[inline(always)]
pub(in crate::kernel) fn add_bytes(sums: &mut [u64], counts: &[u8]) {
    add_each(sums, counts, 1);
}

/// Adds counts in units of `unit`.
#[inline(always)]
fn add_each<T: Copy + Into<u64>>(sums: &mut [u64], counts: &[T], unit: u64) {
    for (sum, &count) in sums.iter_mut().zip(counts) {
        *sum += unit * count.into();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    /// Rows of one cell, as many as a counter holds and more.
    #[test]
    fn hot_counters_are_emptied_before_they_wrap() {
        for (shift, cell) in [(3, 2 * 8 + 5), (6, 9)] {
            let mut counters = Counters::new(Level::PLAIN, Table { base: 0, shift });
            let [label, prediction] = if shift == 3 { [2, 5] } else { [9, 9] };
            let mut expected = 0;
            for _ in 0..3 {
                counters.count(Numbers { hot: &[cell; 7], cold: &[] });
                // As if that cell had come until its counter was almost full.
                let room = u32::MAX - 3 - counters.hot_rows;
                counters.hot[cell as usize] += room;
                counters.hot_rows += room;
                expected += 7 + u64::from(room);
            }
            assert!(expected > 2 << 32, "{expected}");
            let mut row = vec![0; counters.table().side()];
            counters.add_row(label, 0, &mut row);
            assert_eq!(row[prediction], expected);
            assert_eq!(row.iter().sum::<u64>(), expected);
            let table = Table { base: -3, shift: 7 };
            let mut wider = vec![0; 128];
            counters.widened(table).add_row(label + 3, 0, &mut wider);
            assert_eq!(wider[prediction + 3], expected);
        }
    }
}
