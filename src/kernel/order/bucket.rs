//! The groups of equal keys, from keys that are held.

use rayon::prelude::*;

use super::held::{BUCKETS, Held};
use crate::exact::order::{Counts, Fold, Group};

use crate::exact::key::Key;

/// Rows of a bucket from which counting the lower 16 bits is faster than sorting.
const COUNTED: u64 = 4_096;

/// Rows folded by a thread before it looks for other work.
const TASK_ROWS: u64 = 1 << 20;

/// Folds all rows of parts that are [alike](Held::settle), from the highest key down, on the
/// threads of the pool that this is called in. A fold for a stretch of rows begins as `new` makes it.
pub fn fold<K: Key, F: Fold<K>>(parts: &[Held<K>], new: impl Fn() -> F + Sync) -> F {
    let few: Vec<&[(K, bool)]> = parts.iter().filter_map(Held::few).collect();
    if few.len() == parts.len() {
        let mut fold = new();
        fold.groups(Counts::default(), &groups_of(few.concat()));
        return fold;
    }
    debug_assert!(few.is_empty(), "some parts hold few rows, and others hold many");
    fold_buckets(parts, new)
}

/// The groups of a few rows, in falling order.
fn groups_of<K: Key>(mut rows: Vec<(K, bool)>) -> Vec<Group<K>> {
    rows.sort_unstable_by(|a, b| b.cmp(a));
    let group = |rows: &[(K, bool)]| {
        let positive = rows.partition_point(|(_, positive)| *positive);
        let count = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
        let (positive, negative) = (count(positive), count(rows.len() - positive));
        Group { key: rows[0].0, positive, negative }
    };
    rows.chunk_by(|a, b| a.0 == b.0).map(group).collect()
}

fn fold_buckets<K: Key, F: Fold<K>>(parts: &[Held<K>], new: impl Fn() -> F + Sync) -> F {
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

fn tasks<K: Key>(parts: &[Held<K>]) -> Vec<Task> {
    let mut tasks = Vec::new();
    let mut task = Task::default();
    let (mut before, mut rows) = (Counts::default(), 0);
    for bucket in (0..BUCKETS).rev() {
        let size = parts.iter().fold(Counts::default(), |sum, part| sum + part.size(bucket));
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
    /// For buckets where they can't overflow: half the memory, so nearer the core.
    small: Vec<u32>,
    large: Vec<u64>,
    positive: Vec<K::Low>,
    negative: Vec<K::Low>,
    groups: Vec<Group<K>>,
}

impl<K: Key> Default for Scratch<K> {
    fn default() -> Self {
        Self {
            small: Vec::new(),
            large: Vec::new(),
            positive: Vec::new(),
            negative: Vec::new(),
            groups: Vec::new(),
        }
    }
}

/// A counter of both kinds of rows: negatives in its lower half, positives in its
/// upper one.
trait Counter: Copy + Default + Eq {
    fn add(&mut self, positive: bool);
    fn counts(self) -> (u32, u32);
}

#[allow(clippy::cast_possible_truncation, reason = "the two halves")]
impl Counter for u32 {
    #[inline(always)]
    fn add(&mut self, positive: bool) {
        *self += if positive { 1 << 16 } else { 1 };
    }

    #[inline(always)]
    fn counts(self) -> (u32, u32) {
        (self >> 16, self & 0xffff)
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the two halves")]
impl Counter for u64 {
    #[inline(always)]
    fn add(&mut self, positive: bool) {
        *self += if positive { 1 << 32 } else { 1 };
    }

    #[inline(always)]
    fn counts(self) -> (u32, u32) {
        ((self >> 32) as u32, self as u32)
    }
}

impl<K: Key> Scratch<K> {
    /// Finds the groups of a bucket, in falling order.
    fn find(&mut self, parts: &[Held<K>], bucket: usize, size: Counts) {
        let narrow = K::index(K::Low::default()).is_some();
        match size.rows() {
            rows if !narrow || rows < COUNTED => self.sort(parts, bucket),
            rows if rows <= u64::from(u16::MAX) => {
                count(&mut self.small, &mut self.groups, parts, bucket);
            }
            _ => count(&mut self.large, &mut self.groups, parts, bucket),
        }
    }

    fn sort(&mut self, parts: &[Held<K>], bucket: usize) {
        for (positive, lows) in [(true, &mut self.positive), (false, &mut self.negative)] {
            lows.clear();
            let chunks = parts.iter().flat_map(|part| part.chunks(bucket, positive));
            chunks.for_each(|chunk| lows.extend_from_slice(chunk));
            lows.sort_unstable();
        }
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

/// Finds groups by counting every value of the lower 16 bits.
fn count<K: Key, C: Counter>(
    counters: &mut Vec<C>,
    groups: &mut Vec<Group<K>>,
    parts: &[Held<K>],
    bucket: usize,
) {
    counters.resize(BUCKETS, C::default());
    let Some(counters) = counters.first_chunk_mut::<BUCKETS>() else {
        unreachable!("it was just given that length");
    };
    for part in parts {
        for positive in [false, true] {
            for chunk in part.chunks(bucket, positive) {
                for &low in chunk {
                    counters[usize::from(K::index(low).unwrap_or(0))].add(positive);
                }
            }
        }
    }
    let empty = Group { key: K::from_index(0, 0), positive: 0, negative: 0 };
    groups.resize(BUCKETS, empty);
    // A group is written for every counter, and overwritten if it was empty: which
    // are empty is as good as random.
    let mut found = 0;
    for (index, counter) in (0..=u16::MAX).zip(counters).rev() {
        let (positive, negative) = counter.counts();
        groups[found] = Group { key: K::from_index(bucket, index), positive, negative };
        found += usize::from(*counter != C::default());
        *counter = C::default();
    }
    groups.truncate(found);
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
