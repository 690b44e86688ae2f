//! Dense counts of pairs of integers within a window of the number line, where
//! no class needs to be looked up.

use std::ops::Range;

use crate::batch::{Batch, Names};
use crate::class::{Classes, is_canonical_integer};
use crate::kernel::Level;
use crate::kernel::confusion::{self, BLOCK, Counters, Numbers, Table};
use crate::tally::max_shift;

/// Calls `$body` with `$values` bound to the typed integers of `$names`.
macro_rules! with_integers {
    ($names:expr, $values:ident => $body:expr, else $text:expr) => {
        match $names {
            Names::U8($values) => $body,
            Names::U16($values) => $body,
            Names::U32($values) => $body,
            Names::I32($values) => $body,
            Names::I64($values) => $body,
            Names::Text(_) => $text,
        }
    };
}

/// The classes of a block of rows.
pub(crate) struct Block {
    level: Level,
    labels: [u32; BLOCK],
    predictions: [u32; BLOCK],
}

impl Block {
    pub(crate) fn new() -> Self {
        Self { level: Level::best(), labels: [0; BLOCK], predictions: [0; BLOCK] }
    }

    /// Finds the classes of at most [`BLOCK`] rows; whether all their integers are
    /// in `base..base + limit`.
    pub(crate) fn find(
        &mut self,
        batch: &Batch,
        rows: Range<usize>,
        base: i64,
        limit: u64,
    ) -> bool {
        let (level, count) = (self.level, rows.len());
        let greatest = |names: &Names, classes: &mut [u32]| {
            with_integers!(
                names,
                values => confusion::classes(level, &values[rows.clone()], base, classes),
                else u64::MAX
            )
        };
        greatest(&batch.labels, &mut self.labels[..count]) < limit
            && greatest(&batch.predictions, &mut self.predictions[..count]) < limit
    }

    /// The counters to increment for the `rows` rows whose classes were found.
    pub(crate) fn numbers(&mut self, table: Table, rows: usize) -> Numbers<'_> {
        let (labels, predictions) = (&mut self.labels[..rows], &mut self.predictions[..rows]);
        confusion::counter_numbers(self.level, table, labels, predictions)
    }
}

/// Counters for the integers `base..base + limit`.
pub(crate) struct Window {
    level: Level,
    /// Most integers it may hold.
    most: u64,
    /// Integers it may count; 0 while it counts none.
    limit: u64,
    /// Whether other integers are not classes, so that it must not move.
    fixed: bool,
    counters: Counters,
    is_empty: bool,
    block: Block,
}

impl Window {
    /// A window that follows the integers it meets or, when the classes given
    /// are consecutive integers, holds just them.
    pub(crate) fn new(given: Option<&Classes>, threads: usize) -> Self {
        let mut window = Self {
            level: Level::best(),
            most: 1 << max_shift(threads),
            limit: 0,
            fixed: given.is_some(),
            counters: Counters::default(),
            is_empty: true,
            block: Block::new(),
        };
        let consecutive = given.and_then(consecutive);
        if let Some((base, count)) = consecutive.filter(|(_, count)| *count as u64 <= window.most) {
            let shift = count.next_power_of_two().trailing_zeros();
            window.counters = Counters::new(window.level, Table { base, shift });
            window.limit = count as u64;
        }
        window
    }

    /// Whether it holds no integers and never will.
    pub(crate) fn is_closed(&self) -> bool {
        self.fixed && self.limit == 0
    }

    /// Counts a block of at most [`BLOCK`] rows, or none of it if it does not
    /// fit the window and the window cannot be made to hold it.
    pub(crate) fn count(&mut self, batch: &Batch, block: Range<usize>) -> bool {
        let rows = block.len();
        if !self.holds(batch, block.clone()) {
            let widened =
                integer_range(batch, block.clone()).is_some_and(|range| self.widen(range));
            if !widened || !self.holds(batch, block) {
                return false;
            }
        }
        self.counters.count(self.block.numbers(self.counters.table(), rows));
        self.is_empty = false;
        true
    }

    fn holds(&mut self, batch: &Batch, block: Range<usize>) -> bool {
        self.block.find(batch, block, self.counters.table().base, self.limit)
    }

    /// Moves the window so that it also holds `range`, if it may and can.
    fn widen(&mut self, range: (i64, i64)) -> bool {
        if self.fixed {
            return false;
        }
        let (mut least, mut greatest) = range;
        if self.limit > 0 {
            let base = self.counters.table().base;
            least = least.min(base);
            greatest = greatest.max(base.saturating_add_unsigned(self.limit - 1));
        }
        if least >= 0 && greatest.cast_unsigned() < self.most {
            least = 0;
        }
        let span = greatest.abs_diff(least).saturating_add(1);
        if span > self.most {
            return false;
        }
        let table = Table { base: least, shift: span.next_power_of_two().trailing_zeros() };
        self.counters = match self.is_empty {
            true => Counters::new(self.level, table),
            false => self.counters.widened(table),
        };
        self.limit = (1_u64 << table.shift).min(i64::MAX.abs_diff(least).saturating_add(1));
        true
    }

    /// What was counted; `None` if nothing was.
    pub(crate) fn into_counters(self) -> Option<Counters> {
        (!self.is_empty).then_some(self.counters)
    }
}

/// The first integer and the number of classes that are consecutive integers.
pub(crate) fn consecutive(classes: &Classes) -> Option<(i64, usize)> {
    let integer = |name: &String| name.parse::<i64>().ok().filter(|_| is_canonical_integer(name));
    let values: Vec<i64> = classes.names().iter().map(integer).collect::<Option<_>>()?;
    let dense = values.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1]));
    dense.then_some((*values.first()?, values.len()))
}

/// The least and the greatest integer of a block.
pub(crate) fn integer_range(batch: &Batch, block: Range<usize>) -> Option<(i64, i64)> {
    let range = |names: &Names| with_integers!(names, values => confusion::range(&values[block.clone()]), else None);
    let (labels, predictions) = (range(&batch.labels)?, range(&batch.predictions)?);
    Some((labels.0.min(predictions.0), labels.1.max(predictions.1)))
}
