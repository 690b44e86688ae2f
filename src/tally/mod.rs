//! Tallies: exact integers that can be added up in any order.
//!
//! Every tally obeys three laws, checked in `tests/laws.rs`: the empty tally is
//! the identity of `merge`; `merge` is associative and commutative; and
//! tallying all rows at once equals merging the tallies of any split of them.
//!
//! The one exception is an exact [`Order`]: how rows of one part lie among those of
//! another is not known, so merging leaves [`Order::Merged`]. It is kept in states
//! and is not part of the digest.
//!
//! Rows may be put into groups, each with tallies of its own: [`Slices`]. Weighted tallies
//! will be more sections of the same state file.

pub mod aggregate;
mod alike;
mod check;
mod class_options;
mod codec;
mod confusion;
mod digest;
mod format_2;
mod key;
mod merge;
mod order;
mod outside;
mod shards;
mod slices;
mod spec;
mod state;

pub use aggregate::{
    Aggregate, Aggregates, Bin, Calibration, Classwise, Moments, Ranks, RowSums, Tempered,
    inverse_temperatures,
};
pub use check::MOST_ROWS;
pub use class_options::{AverageOver, ClassOptions};
pub use confusion::{Cell, Confusion, ConfusionCounter, Row, confusion_of};
pub(crate) use confusion::{CellCounts, max_shift};
pub use digest::{digest, has_digest, order_digest};
pub use key::Key;
pub use merge::discover;
pub use order::{
    BinnedOrder, ConfidenceOrder, ExactOrder, MOST_PAIRED, Order, OrderCounter, OrderWish,
    ScoreBins, threshold,
};
pub use shards::Shards;
pub use slices::{Grouped, MOST_VALUES, SliceValue, Slices};
pub use spec::{
    Auc, BinEdges, Counted, IntervalMethod, Matching, Ordered, Outside, ScoresAre, Spec, Task,
    Ties, ZeroDivision,
};
pub use state::{Seal, State, decode, decode_sealed, encode, encode_sealed};

pub use crate::exact::order::{
    Answer, Counts, Curve, MassBin, PRECISION_BITS, Point, Question, Questions, Rate, Sums,
};
pub use crate::exact::{ScoreType, Wide};

use crate::class::{Classes, Origin};

/// The version of the canonical bytes; a change to them, or to what they mean,
/// raises it.
pub const FORMAT: u32 = 3;

/// The version of a state that holds what the format above has no place for: options
/// that seldom are given, each a section. An earlier tallyho then says that it is too old.
const FORMAT_WITH_SECTIONS: u32 = 4;

/// The version of a state that has the digest of an exact order, names or a signature.
const FORMAT_WITH_SEAL: u32 = 5;

/// The version of a state that has an aggregate which is a section of its own.
const FORMAT_WITH_AGGREGATES: u32 = 6;

/// The version of a state that has tallies of groups of rows.
const FORMAT_WITH_SLICES: u32 = 7;

/// The first version that can still be read.
const OLDEST: u32 = format_2::FORMAT_2;

/// Everything that was counted about a set of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Tallies {
    /// What was counted, and how.
    pub spec: Spec,
    /// The classes, in the order that the indices below refer to.
    pub classes: Classes,
    /// How many rows went where.
    pub rows: Rows,
    /// Scored rows by label and prediction.
    pub confusion: Confusion,
    /// What else was counted of them.
    pub aggregates: Aggregates,
    /// The same of the rows in groups, by the values of some columns.
    pub slices: Slices,
}

impl Tallies {
    /// Rows of which nothing but their confusion is counted.
    pub fn of_confusion(spec: Spec, classes: Classes, rows: Rows, confusion: Confusion) -> Self {
        let (aggregates, slices) = (Aggregates::default(), Slices::new());
        Self { spec, classes, rows, confusion, aggregates, slices }
    }

    /// The state of an aggregate, if it was counted.
    pub fn get<A: Aggregate>(&self) -> Option<&A> {
        self.aggregates.get()
    }

    /// Whether an aggregate was counted.
    pub fn has(&self, aggregate: &aggregate::Entry) -> bool {
        self.aggregates.has(aggregate)
    }

    /// Forgets an aggregate that was asked for, by its name.
    pub fn leave_out(&mut self, aggregate: &str) {
        self.spec.asked.remove(aggregate);
        self.aggregates.leave_out(aggregate);
        let groups = self.slices.iter_mut().flat_map(|grouped| grouped.groups.values_mut());
        groups.for_each(|group| group.leave_out(aggregate));
    }

    /// Rows in the order of their scores, if they were put in order.
    pub fn order(&self) -> Option<&Order> {
        self.get()
    }
}

/// How many rows went where. `read = scored + ignored + invalid`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Rows in the input.
    pub read: u64,
    /// Rows that count.
    pub scored: u64,
    /// Rows whose label is to be ignored.
    pub ignored: u64,
    /// Rows that cannot be scored, under `--on-invalid skip`.
    pub invalid: u64,
    /// Scored rows that give their label probability 0; `loss` leaves them out.
    pub infinite_loss: u64,
}

impl Rows {
    /// The share of invalid rows in percent, where they are more than 1 %.
    pub fn many_invalid(&self) -> Option<f64> {
        let is_many = u128::from(self.invalid) * 100 > u128::from(self.read);
        is_many.then(|| self.invalid as f64 / self.read as f64 * 100.0)
    }
}
