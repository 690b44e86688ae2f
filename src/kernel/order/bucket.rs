//! From held keys to groups of equal keys.

use rayon::prelude::*;

use super::held::{BUCKETS, Held, Side};
use crate::exact::order::{Counts, Fold, Group};

use crate::exact::key::Key;

/// Rows of a bucket from which counting the lower 16 bits is faster than sorting.
const COUNTED: u64 = 4_096;

/// Rows folded by a thread before it looks for other work.
const TASK_ROWS: u64 = 1 << 20;

/// The keys of one worker, by bucket.
pub struct Bucketed<K: Key> {
    positive: Buckets<K>,
    negative: Buckets<K>,
}

/// Keys of one kind, without the bits that the bucket tells.
struct Buckets<K: Key> {
    lows: Vec<K::Low>,
    /// Where each bucket begins, and where the last one ends.
    starts: Vec<usize>,
}

impl<K: Key> Bucketed<K> {
    /// Scatters what a worker holds.
    pub fn new(held: Held<K>) -> Self {
        let Held { positive, negative } = held;
        Self { positive: Buckets::new(positive), negative: Buckets::new(negative) }
    }
}

impl<K: Key> Buckets<K> {
    fn new(side: Side<K>) -> Self {
        let mut starts = Vec::with_capacity(BUCKETS + 1);
        let mut end = 0;
        starts.push(0);
        for size in side.sizes {
            end += size as usize;
            starts.push(end);
        }
        let mut lows = vec![K::Low::default(); side.keys.len()];
        let mut next = starts.clone();
        for key in side.keys {
            let place = &mut next[key.bucket()];
            lows[*place] = key.low();
            *place += 1;
        }
        Self { lows, starts }
    }

    fn size(&self, bucket: usize) -> u64 {
        (self.starts[bucket + 1] - self.starts[bucket]) as u64
    }

    fn get(&self, bucket: usize) -> &[K::Low] {
        &self.lows[self.starts[bucket]..self.starts[bucket + 1]]
    }
}

/// Folds all rows, from the highest key down, on the threads of the pool that
/// this is called in. A fold for a stretch of rows begins as `new` makes it.
pub fn fold<K: Key, F: Fold<K>>(parts: &[Bucketed<K>], new: impl Fn() -> F + Sync) -> F {
    let tasks: Vec<F> = tasks(parts)
        .into_par_iter()
        .map(|task| {
            let (mut fold, mut scratch) = (new(), Scratch::default());
            let mut before = task.before;
            for (bucket, size) in task.buckets {
                scratch.find(parts, bucket, size);
                fold.groups(before, &scratch.groups);
                before += size;
            }
            fold
        })
        .collect();
    tasks.into_iter().fold(new(), |mut all, next| {
        all.join(next);
        all
    })
}

/// Buckets in falling order, for one thread.
#[derive(Default)]
struct Task {
    /// The rows above the first of them.
    before: Counts,
    buckets: Vec<(usize, Counts)>,
}

fn tasks<K: Key>(parts: &[Bucketed<K>]) -> Vec<Task> {
    let mut tasks = Vec::new();
    let mut task = Task::default();
    let (mut before, mut rows) = (Counts::default(), 0);
    for bucket in (0..BUCKETS).rev() {
        let mut size = Counts::default();
        for part in parts {
            size.positive += part.positive.size(bucket);
            size.negative += part.negative.size(bucket);
        }
        if size.rows() == 0 {
            continue;
        }
        task.buckets.push((bucket, size));
        before += size;
        rows += size.rows();
        if rows >= TASK_ROWS {
            tasks.push(std::mem::replace(&mut task, Task { before, buckets: Vec::new() }));
            rows = 0;
        }
    }
    tasks.push(task);
    tasks
}

/// Memory for the groups of one bucket at a time.
struct Scratch<K: Key> {
    /// Positives in the upper half of a word, negatives in the lower one.
    counters: Vec<u64>,
    positive: Vec<K::Low>,
    negative: Vec<K::Low>,
    groups: Vec<Group<K>>,
}

impl<K: Key> Default for Scratch<K> {
    fn default() -> Self {
        Self {
            counters: Vec::new(),
            positive: Vec::new(),
            negative: Vec::new(),
            groups: Vec::new(),
        }
    }
}

/// One positive row in a counter.
const POSITIVE: u64 = 1 << 32;

impl<K: Key> Scratch<K> {
    /// Finds the groups of a bucket, in falling order.
    fn find(&mut self, parts: &[Bucketed<K>], bucket: usize, size: Counts) {
        if size.rows() >= COUNTED && K::index(K::Low::default()).is_some() {
            self.count(parts, bucket);
        } else {
            self.sort(parts, bucket);
        }
    }

    fn count(&mut self, parts: &[Bucketed<K>], bucket: usize) {
        self.counters.resize(BUCKETS, 0);
        let counters = &mut self.counters[..];
        let mut add = |lows: &[K::Low], row: u64| {
            for &low in lows {
                counters[usize::from(K::index(low).unwrap_or(0))] += row;
            }
        };
        for part in parts {
            add(part.positive.get(bucket), POSITIVE);
            add(part.negative.get(bucket), 1);
        }
        let empty = Group { key: K::from_index(0, 0), positive: 0, negative: 0 };
        self.groups.resize(BUCKETS, empty);
        // A group is written for every counter, and overwritten if it was empty:
        // which are empty is as good as random.
        let mut found = 0;
        for (index, counter) in (0..=u16::MAX).zip(&mut self.counters).rev() {
            #[allow(clippy::cast_possible_truncation, reason = "the two halves")]
            let (positive, negative) = ((*counter >> 32) as u32, *counter as u32);
            self.groups[found] = Group { key: K::from_index(bucket, index), positive, negative };
            found += usize::from(*counter != 0);
            *counter = 0;
        }
        self.groups.truncate(found);
    }

    fn sort(&mut self, parts: &[Bucketed<K>], bucket: usize) {
        self.positive.clear();
        self.negative.clear();
        for part in parts {
            self.positive.extend_from_slice(part.positive.get(bucket));
            self.negative.extend_from_slice(part.negative.get(bucket));
        }
        self.positive.sort_unstable();
        self.negative.sort_unstable();
        self.groups.clear();
        let (mut positive, mut negative) = (self.positive.as_slice(), self.negative.as_slice());
        while let Some(&low) = positive.last().max(negative.last()) {
            self.groups.push(Group {
                key: K::join(bucket, low),
                positive: pop_equal(&mut positive, low),
                negative: pop_equal(&mut negative, low),
            });
        }
    }
}

/// Takes all that equal `low` off the end; how many there were.
fn pop_equal<T: Copy + Eq>(sorted: &mut &[T], low: T) -> u32 {
    let mut count = 0;
    while let [rest @ .., last] = *sorted
        && *last == low
    {
        *sorted = rest;
        count += 1;
    }
    count
}
