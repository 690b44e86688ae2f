//! The keys of one worker's rows, by bucket from the start.
//!
//! A bucket is a chain of chunks, of which all but the last are full. A key goes
//! straight to its bucket, which knows its upper 16 bits, so only the rest is
//! held: 2 bytes of a single-precision score, and no second copy to sort. A few rows are
//! held as they come: then a bucket would take more than its rows.

use crate::exact::key::Key;
use crate::exact::order::Counts;

/// Values of the upper 16 bits.
pub(super) const BUCKETS: usize = 1 << 16;

/// Rows of a chunk.
const CHUNK: usize = 256;

/// Places that cursors can number, with room for a partly filled chunk of each
/// bucket.
const MOST_PLACES: u64 = (1 << 32) - (1 << 26);

/// Rows up to which they are held as they come.
const FEW: usize = 1 << 17;

/// Rows in no particular order, by bucket.
#[derive(Debug)]
pub struct Held<K: Key> {
    /// Keys of negatives and of positives, while there are [`FEW`].
    few: Vec<(K, bool)>,
    /// None while there are few. For each bucket, negatives and positives apart: where in `lows` its next
    /// row goes. A multiple of [`CHUNK`] says that it needs a chunk first.
    cursors: Vec<u32>,
    /// Chunks one after another; the first one is never used.
    lows: Vec<K::Low>,
    /// For each chunk the one before it in its bucket, or 0.
    previous: Vec<u32>,
}

impl<K: Key> Default for Held<K> {
    fn default() -> Self {
        Self { few: Vec::new(), cursors: Vec::new(), lows: Vec::new(), previous: Vec::new() }
    }
}

impl<K: Key> Held<K> {
    /// Holds one row. At most 2³² − 2²⁶ can be held.
    #[inline(always)]
    pub fn push(&mut self, key: K, positive: bool) {
        if self.cursors.is_empty() {
            if self.few.len() < FEW {
                return self.few.push((key, positive));
            }
            self.spill();
        }
        let slot = 2 * key.bucket() + usize::from(positive);
        if (self.cursors[slot] as usize).is_multiple_of(CHUNK) {
            self.start_chunk(slot);
        }
        let cursor = &mut self.cursors[slot];
        self.lows[*cursor as usize] = key.low();
        *cursor += 1;
    }

    /// The rows, if there are so few that they are held as they came.
    pub(super) fn few(&self) -> Option<&[(K, bool)]> {
        self.cursors.is_empty().then_some(&self.few)
    }

    /// Puts the rows of all into buckets, unless all hold few.
    pub fn settle(parts: &mut [Self]) {
        if parts.iter().any(|part| part.few().is_none()) {
            parts.iter_mut().for_each(Self::spill);
        }
    }

    /// Puts rows into their buckets, however few there are.
    #[cold]
    #[inline(never)]
    pub(super) fn spill(&mut self) {
        if self.cursors.is_empty() {
            self.cursors = vec![0; 2 * BUCKETS];
            self.lows = vec![K::Low::default(); CHUNK];
            self.previous = vec![0];
            std::mem::take(&mut self.few).into_iter().for_each(|(key, it)| self.push(key, it));
        }
    }

    /// Holds rows that lie one after another by bucket, negatives before
    /// positives, of `counts` rows each.
    pub fn extend(&mut self, counts: &[u32], mut lows: &[K::Low]) {
        self.spill();
        for (slot, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let (own, rest) = lows.split_at(lows.len().min(count as usize));
            lows = rest;
            self.put(slot, own);
        }
    }

    /// Whether there is room for all rows of another.
    pub fn has_room_for(&self, other: &Self) -> bool {
        // Each of a few rows may need a chunk of its own.
        let places = |it: &Self| (it.lows.len() + it.few.len() * CHUNK) as u64;
        places(self) + places(other) <= MOST_PLACES
    }

    /// Holds all rows of another, for which there is room: chunks that are partly
    /// filled are then those of one and not of two.
    pub fn absorb(&mut self, other: &Self) {
        if let Some(few) = other.few() {
            return few.iter().for_each(|&(key, positive)| self.push(key, positive));
        }
        self.spill();
        for slot in 0..2 * BUCKETS {
            for chunk in other.chunks(slot / 2, slot % 2 == 1) {
                self.put(slot, chunk);
            }
        }
    }

    fn put(&mut self, slot: usize, mut lows: &[K::Low]) {
        while !lows.is_empty() {
            if (self.cursors[slot] as usize).is_multiple_of(CHUNK) {
                self.start_chunk(slot);
            }
            let at = self.cursors[slot] as usize;
            let (now, later) = lows.split_at(lows.len().min(CHUNK - at % CHUNK));
            self.lows[at..at + now.len()].copy_from_slice(now);
            self.cursors[slot] += narrow(now.len());
            lows = later;
        }
    }

    #[cold]
    #[inline(never)]
    fn start_chunk(&mut self, slot: usize) {
        let full = (self.cursors[slot] as usize / CHUNK).saturating_sub(1);
        self.previous.push(narrow(full));
        self.cursors[slot] = narrow(self.lows.len());
        self.lows.resize(self.lows.len() + CHUNK, K::Low::default());
    }

    /// How many rows a bucket has.
    pub(super) fn size(&self, bucket: usize) -> Counts {
        let rows = |positive| self.chunks(bucket, positive).map(|chunk| chunk.len() as u64).sum();
        Counts { positive: rows(true), negative: rows(false) }
    }

    /// The rows of one kind in a bucket, without the bits that the bucket tells.
    pub(super) fn chunks(&self, bucket: usize, positive: bool) -> impl Iterator<Item = &[K::Low]> {
        let end = self.cursors[2 * bucket + usize::from(positive)] as usize;
        let mut next = (end > 0).then(|| ((end - 1) / CHUNK, end));
        std::iter::from_fn(move || {
            let (chunk, end) = next?;
            let previous = self.previous[chunk] as usize;
            next = (previous > 0).then_some((previous, (previous + 1) * CHUNK));
            Some(&self.lows[chunk * CHUNK..end])
        })
    }
}

#[allow(clippy::cast_possible_truncation, reason = "at most 2^32 - 2^26 rows and their chunks")]
fn narrow(place: usize) -> u32 {
    place as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(from: u32) -> Held<u32> {
        let mut held = Held::default();
        (from..from + 1000).for_each(|key| held.push(key << 16 | key, key % 3 == 0));
        held
    }

    #[test]
    fn what_is_absorbed_takes_the_places_of_its_rows() {
        let mut held = round(0);
        held.spill();
        for _ in 0..50 {
            for from in [0, 500] {
                assert!(held.has_room_for(&round(from)));
                held.absorb(&round(from));
            }
        }
        assert_eq!(held.size(0), Counts { positive: 51, negative: 0 });
        assert_eq!(held.size(700), Counts { positive: 0, negative: 101 });
        assert_eq!(held.size(1499), Counts { positive: 0, negative: 50 });
        assert!(held.chunks(700, false).flatten().all(|low| *low == 700));
        // A chunk for each bucket in use, and the one that is never used.
        assert_eq!(held.lows.len(), 1501 * CHUNK);
    }

    #[test]
    fn a_full_chunk_is_followed_by_another() {
        let mut held = Held::<u32>::default();
        let mut more = Held::<u32>::default();
        held.spill();
        more.spill();
        (0..300).for_each(|low| held.push(low, true));
        (300..1000).for_each(|low| more.push(low, true));
        held.absorb(&more);
        let mut lows: Vec<u16> = held.chunks(0, true).flatten().copied().collect();
        lows.sort_unstable();
        assert_eq!(lows, (0..1000).collect::<Vec<u16>>());
        assert_eq!(held.lows.len(), 5 * CHUNK);
    }

    #[test]
    fn few_rows_are_held_as_they_come_and_many_in_buckets() {
        let mut held = Held::<u32>::default();
        let rows = u32::try_from(FEW).unwrap_or(0);
        (0..rows).for_each(|key| held.push(key << 8, key % 2 == 0));
        assert_eq!(held.few().map(<[_]>::len), Some(FEW));
        held.push(7, true);
        assert!(held.few().is_none());
        let found: u64 = (0..BUCKETS).map(|bucket| held.size(bucket).rows()).sum();
        assert_eq!(found, u64::from(rows) + 1);
        let mut parts = [Held::default(), round(0), held];
        Held::settle(&mut parts);
        assert!(parts.iter().all(|part| part.few().is_none()));
        let mut parts = [Held::default(), round(0)];
        Held::settle(&mut parts);
        assert!(parts.iter().all(|part| part.few().is_some()));
    }
}
