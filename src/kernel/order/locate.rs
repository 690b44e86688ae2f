//! Negatives located among sorted positives.

use crate::exact::key::Key;
use crate::exact::order::{Counts, Sums};

/// Cells of the index over keys for each key: few keys share one.
const CELLS_PER_KEY: usize = 2;

/// Keys that are looked at without asking how many a cell has: a loop of one
/// length is not mispredicted.
const WINDOW: usize = 4;

/// The distinct keys of positives, with an index over the range of keys.
#[derive(Clone, Debug)]
pub struct Locator<K> {
    /// Distinct, rising; then [`WINDOW`] of the greatest that there can be.
    keys: Vec<K>,
    /// Positives of each key.
    rows: Vec<u32>,
    /// Twice the positives above, plus those equal, for each slot; empty where
    /// every key has one positive.
    placements: Vec<u32>,
    least: u64,
    shift: u32,
    last_cell: u64,
    /// How many keys lie before each cell.
    cells: Vec<u32>,
}

impl<K: Key> Locator<K> {
    /// From the keys of positives in any order, fewer than 2³¹.
    pub fn new(mut positives: Vec<K>) -> Self {
        positives.sort_unstable();
        let (mut keys, mut rows) = (Vec::new(), Vec::new());
        for group in positives.chunk_by(|a, b| a == b) {
            keys.push(group[0]);
            rows.push(u32::try_from(group.len()).unwrap_or(u32::MAX));
        }
        let (least, greatest) = (wide(keys.first()), wide(keys.last()));
        let wanted = (keys.len() * CELLS_PER_KEY).max(1) as u64;
        let span = greatest - least;
        let shift = (u64::BITS - span.leading_zeros()).saturating_sub(wanted.ilog2());
        let mut cells = Vec::new();
        let mut before = 0;
        for cell in 0..=(span >> shift) {
            cells.push(before);
            while let Some(key) = keys.get(before as usize)
                && (key.wide() - least) >> shift <= cell
            {
                before += 1;
            }
        }
        cells.push(before);
        keys.extend([K::MAX; WINDOW]);
        let alone = rows.iter().all(|rows| *rows == 1);
        let placements = if alone { Vec::new() } else { placements(&rows) };
        Self { keys, rows, placements, least, shift, last_cell: span >> shift, cells }
    }

    /// Number of slots: one for each key, and one for each gap around them.
    pub fn slots(&self) -> usize {
        2 * self.rows.len() + 1
    }

    /// Number of positives.
    pub fn positives(&self) -> u64 {
        self.rows.iter().map(|&rows| u64::from(rows)).sum()
    }

    /// The slot of a key: 2 k + 1 if it is key number k, 2 k if it lies below it.
    #[inline]
    pub fn slot(&self, key: K) -> usize {
        // Keys outside the range go to its ends, where comparing puts them right.
        let cell = (key.wide().saturating_sub(self.least) >> self.shift).min(self.last_cell);
        #[allow(clippy::cast_possible_truncation, reason = "below the number of cells")]
        let cell = cell as usize;
        // Cells rise, and all that is added here numbers keys: nothing wraps.
        let (from, to) = (self.cells[cell] as usize, self.cells[cell.wrapping_add(1)] as usize);
        let below = if to.wrapping_sub(from) <= WINDOW {
            // Keys of later cells are not below this one.
            let window = &self.keys[from..from.wrapping_add(WINDOW)];
            let below = |below: usize, other: &K| below.wrapping_add((*other < key).into());
            window.iter().fold(0, below)
        } else {
            self.keys[from..to].partition_point(|other| *other < key)
        };
        let place = from.wrapping_add(below);
        (place << 1) | usize::from((self.keys[place] == key) & (place < self.rows.len()))
    }

    /// Twice the positives above a slot, plus those in it.
    #[inline]
    pub fn placement(&self, slot: usize) -> u64 {
        match self.placements.is_empty() {
            // A slot is at most twice the keys.
            true => (2 * self.rows.len()).wrapping_sub(slot) as u64,
            false => self.placements[slot].into(),
        }
    }

    /// Rows by slot without the positives themselves.
    pub fn without_own(&self, mut rows: Vec<u64>) -> Vec<u64> {
        for (slot, &own) in rows.iter_mut().skip(1).step_by(2).zip(&self.rows) {
            *slot = slot.saturating_sub(own.into());
        }
        rows
    }

    /// The sums, given the negatives in each slot.
    pub fn sums(&self, negatives: &[u64]) -> Sums {
        let all = Counts { positive: self.positives(), negative: negatives.iter().sum() };
        let mut sums = Sums::new(all);
        let slots = (0..self.slots()).rev().zip(negatives.iter().rev());
        let groups = slots.map(|(slot, &negative)| {
            let positive = if slot % 2 == 1 { self.rows[slot / 2].into() } else { 0 };
            Counts { positive, negative }
        });
        sums.add(Counts::default(), groups.filter(|group| group.rows() > 0));
        sums
    }
}

fn wide<K: Key>(key: Option<&K>) -> u64 {
    key.map_or(0, |key| key.wide())
}

fn placements(rows: &[u32]) -> Vec<u32> {
    let mut placements = vec![0; 2 * rows.len() + 1];
    let mut above = 0;
    for (place, &rows) in rows.iter().enumerate().rev() {
        placements[2 * place + 1] = 2 * above + rows;
        above += rows;
        placements[2 * place] = 2 * above;
    }
    placements
}
