//! Counted pairs, put together a run at a time.

use std::cmp::Ordering;

use super::sparse::Entry;

/// Counted pairs in runs, each in order and more than twice as long as the next:
/// to add one costs little, however many there are.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    runs: Vec<Vec<Entry>>,
}

impl Runs {
    /// Adds pairs that are in order, each once.
    pub fn add(&mut self, mut run: Vec<Entry>) {
        while let Some(before) = self.runs.pop_if(|before| before.len() <= 2 * run.len()) {
            run = merged(&before, &run);
        }
        self.runs.push(run);
    }

    /// Adds all pairs of others.
    pub fn append(&mut self, others: Self) {
        others.runs.into_iter().for_each(|run| self.add(run));
    }

    /// Every pair once, in order.
    pub fn into_entries(self) -> Vec<Entry> {
        self.runs.into_iter().rev().reduce(|all, run| merged(&all, &run)).unwrap_or_default()
    }
}

/// The pairs of both, in order, each once.
fn merged(mut a: &[Entry], mut b: &[Entry]) -> Vec<Entry> {
    let place = |entry: &Entry| (entry.label, entry.prediction);
    let mut all = Vec::with_capacity(a.len() + b.len());
    while let ([first, after_a @ ..], [second, after_b @ ..]) = (a, b) {
        match place(first).cmp(&place(second)) {
            Ordering::Less => {
                all.push(*first);
                a = after_a;
            }
            Ordering::Greater => {
                all.push(*second);
                b = after_b;
            }
            Ordering::Equal => {
                all.push(Entry { rows: first.rows + second.rows, ..*first });
                (a, b) = (after_a, after_b);
            }
        }
    }
    all.extend_from_slice(a);
    all.extend_from_slice(b);
    all
}
