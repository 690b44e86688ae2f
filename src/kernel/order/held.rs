//! The keys of one worker's rows.

use crate::exact::order::Counts;
use crate::exact::key::Key;

/// Values of the upper 16 bits.
pub(super) const BUCKETS: usize = 1 << 16;

/// Rows that [`Held::extend`] takes at once: their keys stay in the first cache.
const BLOCK: usize = 1_024;

/// Keys in no particular order, positives and negatives apart.
#[derive(Debug)]
pub struct Held<K> {
    pub(super) positive: Side<K>,
    pub(super) negative: Side<K>,
}

/// Keys of one kind, and how many there are in each bucket.
#[derive(Debug)]
pub(super) struct Side<K> {
    pub(super) keys: Vec<K>,
    pub(super) sizes: Vec<u32>,
}

impl<K: Key> Default for Held<K> {
    fn default() -> Self {
        let side = || Side { keys: Vec::new(), sizes: vec![0; BUCKETS] };
        Self { positive: side(), negative: side() }
    }
}

impl<K: Key> Held<K> {
    /// Holds one row.
    #[inline]
    pub fn push(&mut self, key: K, positive: bool) {
        let side = if positive { &mut self.positive } else { &mut self.negative };
        side.sizes[key.bucket()] += 1;
        side.keys.push(key);
    }

    /// Holds a row for each of `rows`: its key, and whether it is positive.
    pub fn extend(&mut self, rows: impl ExactSizeIterator<Item = (K, bool)>) {
        let mut rows = rows;
        while rows.len() > 0 {
            self.extend_block(rows.by_ref().take(BLOCK));
        }
    }

    /// Which side a key belongs to is as good as random, so both get it and only
    /// one counts it: no branch to be mispredicted.
    fn extend_block(&mut self, rows: impl Iterator<Item = (K, bool)>) {
        let zero = K::from_index(0, 0);
        let (mut positive, mut negative) = ([zero; BLOCK], [zero; BLOCK]);
        let (mut positives, mut negatives) = (0, 0);
        for (key, is_positive) in rows {
            positive[positives % BLOCK] = key;
            negative[negatives % BLOCK] = key;
            positives += usize::from(is_positive);
            negatives += usize::from(!is_positive);
        }
        self.positive.extend(&positive[..positives]);
        self.negative.extend(&negative[..negatives]);
    }

    /// The number of rows.
    pub fn counts(&self) -> Counts {
        Counts {
            positive: self.positive.keys.len() as u64,
            negative: self.negative.keys.len() as u64,
        }
    }
}

impl<K: Key> Side<K> {
    fn extend(&mut self, keys: &[K]) {
        self.keys.extend_from_slice(keys);
        for key in keys {
            self.sizes[key.bucket()] += 1;
        }
    }
}
