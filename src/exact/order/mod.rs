//! Exact sums over rows in falling order of their scores.
//!
//! Rows of one score come as a [`Group`] of positives and negatives; they enter
//! together, which is what "ties count half" means. A [`Fold`] takes in groups
//! and can be joined with another that took in those that follow, so that any
//! number of threads gives the same integers.

mod curve;
mod mass;
mod question;
mod sums;

pub use curve::Curve;
pub use mass::{MassBin, MassBins};
pub use question::{Answer, Question, Questions, Rate};
pub use sums::{PRECISION_BITS, RiskSum, Sums};

use super::key::Key;

/// Positive and negative rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Positive rows.
    pub positive: u64,
    /// Negative rows.
    pub negative: u64,
}

impl Counts {
    /// All rows.
    pub fn rows(self) -> u64 {
        self.positive + self.negative
    }
}

impl std::ops::Add for Counts {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self { positive: self.positive + more.positive, negative: self.negative + more.negative }
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        *self = *self + more;
    }
}

/// The rows of one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Group<K> {
    /// The key.
    pub key: K,
    /// Positive rows.
    pub positive: u32,
    /// Negative rows.
    pub negative: u32,
}

impl<K> Group<K> {
    /// Its rows.
    #[inline(always)]
    pub fn counts(&self) -> Counts {
        Counts { positive: self.positive.into(), negative: self.negative.into() }
    }
}

/// The rows whose key is at least a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The threshold, as a wide key; `None` above all of them.
    pub key: Option<u64>,
    /// How many rows of either kind.
    pub above: Counts,
}

impl Point {
    /// The point above all rows.
    pub const START: Self = Self { key: None, above: Counts { positive: 0, negative: 0 } };
}

/// What is made of groups in falling order of their keys.
pub trait Fold<K: Key>: Send {
    /// Takes in groups that follow one another; `before` are the rows above them.
    fn groups(&mut self, before: Counts, groups: &[Group<K>]);

    /// Takes in what another one made of the groups that follow.
    fn join(&mut self, next: Self);
}

/// Two folds at once.
impl<K: Key, A: Fold<K>, B: Fold<K>> Fold<K> for (A, B) {
    fn groups(&mut self, before: Counts, groups: &[Group<K>]) {
        self.0.groups(before, groups);
        self.1.groups(before, groups);
    }

    fn join(&mut self, next: Self) {
        self.0.join(next.0);
        self.1.join(next.1);
    }
}

/// None, or one.
impl<K: Key, A: Fold<K>> Fold<K> for Option<A> {
    fn groups(&mut self, before: Counts, groups: &[Group<K>]) {
        if let Some(fold) = self {
            fold.groups(before, groups);
        }
    }

    fn join(&mut self, next: Self) {
        if let (Some(fold), Some(next)) = (self, next) {
            fold.join(next);
        }
    }
}
