//! Forms in which a device counts an aggregate, if it does.

use super::counter::{Counter, Counting, Reduced, WordCounter};
use crate::kernel::Kernel;
use crate::kernel::confusion::Traits;
use crate::kernel::order::shader::By;
use crate::kernel::planes::Plane;

/// How a device counts an aggregate.
#[derive(Clone, Copy)]
pub enum DeviceForm {
    /// Not at all: the host updates its counter from planes that are fetched.
    Host,
    /// In words that stay on the device for many rows.
    Words(WordForm),
    /// In the words of [`sums`](crate::kernel::sums), which say what became of rows, too.
    RowSums(fn(&mut dyn Counter, &[u32])),
    /// In orders of rows: the host keeps buckets of them, or bins.
    Orders(OrderForm),
}

/// The orders that a device puts rows in.
#[derive(Clone, Copy)]
pub struct OrderForm {
    /// What rows are ordered by.
    pub by: &'static [By],
    /// Adds rows of one order to a counter: negatives and positives of each bucket, and
    /// the lower halves of their keys, of which bins have none.
    pub take: fn(&mut dyn Counter, By, &[u32], &[u16]),
}

impl OrderForm {
    /// Whether rows are counted in bins that stay on the device for many rows.
    pub fn is_binned(&self) -> bool {
        self.by.iter().all(|by| by.is_binned())
    }
}

/// What a reducer reads before the words that it counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The classes of labels.
    Labels,
    /// All planes.
    Planes,
    /// One of them.
    Plane(Plane),
}

/// A reducer that counts in words.
#[derive(Clone, Copy)]
pub struct WordForm {
    /// Number of words.
    pub words: fn(Counting<'_>) -> usize,
    /// The kernel, for a device of such traits.
    pub kernel: fn(Counting<'_>, Traits) -> Kernel,
    /// Its parameters for `[rows, stride]`.
    pub params: fn(Counting<'_>, Traits, [u32; 2]) -> [u32; 4],
    /// What it reads.
    pub inputs: &'static [Input],
    /// How many rows are in the words.
    pub rows: fn(&[u32]) -> u64,
    /// Adds words to a counter.
    pub take: fn(&mut dyn Counter, &[u32]),
}

/// Adds words that a device counted to the counter of an aggregate.
pub(super) fn take<A: Reduced>(counter: &mut dyn Counter, words: &[u32]) {
    let counter = (counter as &mut dyn std::any::Any).downcast_mut::<WordCounter<A>>();
    match counter {
        Some(counter) => counter.take(words),
        None => unreachable!("the counter of {} counts in words", A::NAME),
    }
}
