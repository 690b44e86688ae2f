//! Negatives located among sorted positives.

use crate::exact::key::Key;
use crate::exact::order::{Counts, Sums};

/// Cells of the index over keys for each key: few keys share one.
const CELLS_PER_KEY: usize = 4;

/// The distinct keys of positives, with an index over the range of keys.
#[derive(Clone, Debug)]
pub struct Locator<K> {
    /// Distinct, rising.
    keys: Vec<K>,
    /// Positives of each key.
    rows: Vec<u32>,
    /// Twice the positives above, plus those equal, for each slot.
    placements: Vec<u64>,
    least: u64,
    shift: u32,
    /// How many keys lie before each cell.
    cells: Vec<u32>,
}

impl<K: Key> Locator<K> {
    /// From the keys of positives in any order.
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
        let placements = placements(&rows);
        Self { keys, rows, placements, least, shift, cells }
    }

    /// Number of slots: one for each key, and one for each gap around them.
    pub fn slots(&self) -> usize {
        2 * self.keys.len() + 1
    }

    /// Number of positives.
    pub fn positives(&self) -> u64 {
        self.rows.iter().map(|&rows| u64::from(rows)).sum()
    }

    /// The slot of a key: 2 k + 1 if it is key number k, 2 k if it lies below it.
    #[inline]
    pub fn slot(&self, key: K) -> usize {
        let offset = key.wide().wrapping_sub(self.least);
        let cell = offset >> self.shift;
        if key.wide() < self.least {
            return 0;
        }
        if cell >= self.cells.len() as u64 - 1 {
            return 2 * self.keys.len();
        }
        #[allow(clippy::cast_possible_truncation, reason = "below the number of cells")]
        let cell = cell as usize;
        let (from, to) = (self.cells[cell] as usize, self.cells[cell + 1] as usize);
        let inside = &self.keys[from..to];
        let below = if inside.len() <= 4 {
            inside.iter().map(|other| usize::from(*other < key)).sum::<usize>()
        } else {
            inside.partition_point(|other| *other < key)
        };
        let place = from + below;
        2 * place + usize::from(self.keys.get(place) == Some(&key))
    }

    /// Twice the positives above a slot, plus those in it.
    #[inline]
    pub fn placement(&self, slot: usize) -> u64 {
        self.placements[slot]
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

fn placements(rows: &[u32]) -> Vec<u64> {
    let mut placements = vec![0; 2 * rows.len() + 1];
    let mut above = 0;
    for (place, &rows) in rows.iter().enumerate().rev() {
        placements[2 * place + 1] = 2 * above + u64::from(rows);
        above += u64::from(rows);
        placements[2 * place] = 2 * above;
    }
    placements
}
