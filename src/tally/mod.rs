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
//! Weighted and sliced tallies will be more sections of the same state file.

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
mod order_codec;
mod outside;
mod shards;
mod spec;
mod state;
mod sums;
mod tempered;

pub use check::MOST_ROWS;
pub use class_options::{AverageOver, ClassOptions};
pub use confusion::{Cell, Confusion, Row};
pub use digest::{digest, has_digest, order_digest};
pub use key::Key;
pub use merge::discover;
pub use order::{
    BinnedOrder, ConfidenceOrder, ExactOrder, MOST_PAIRED, Order, OrderWish, ScoreBins, threshold,
};
pub use shards::Shards;
pub use spec::{
    Auc, BinEdges, Counted, IntervalMethod, Matching, Ordered, Outside, ScoresAre, Spec, Task,
    Ties, ZeroDivision,
};
pub use state::{Seal, State, decode, decode_sealed, encode, encode_sealed};
pub use sums::{Bin, Moments};
pub use tempered::inverse_temperatures;

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
    /// What scores add; `None` for hard predictions, and unless all is counted.
    pub scores: Option<ScoreTallies>,
    /// Rows in the order of their scores, if they were put in order.
    pub order: Option<Order>,
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

/// Tallies of rows that came with scores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoreTallies {
    /// `ranks[r]` rows have r classes ahead of their label, `[C]`.
    pub ranks: Vec<u64>,
    /// −ln p(label), in units of 2⁻³² nats.
    pub loss: Moments,
    /// Σ (p − onehot)² of a row, in units of 2⁻³⁰.
    pub squared_error: Moments,
    /// The probability of the predicted class, in units of 2⁻³⁰.
    pub confidence: Moments,
    /// Rows by confidence, `[bins]`; `correct` counts right predictions.
    pub calibration: Vec<Bin>,
    /// Per class its probability in every row, `[C * bins]` class-major;
    /// `correct` counts rows with that label. Only when asked for.
    pub classwise: Option<Vec<Bin>>,
    /// Σ of the loss with all logits multiplied by each of
    /// [`inverse_temperatures`]. Only when asked for.
    pub tempered: Option<Vec<u128>>,
}

impl ScoreTallies {
    /// Nothing counted yet.
    pub fn new(spec: &Spec, classes: usize) -> Self {
        Self {
            ranks: vec![0; classes],
            loss: Moments::default(),
            squared_error: Moments::default(),
            confidence: Moments::default(),
            calibration: vec![Bin::default(); spec.bins],
            classwise: spec.classwise.then(|| vec![Bin::default(); spec.bins * classes]),
            tempered: spec.temperature.then(|| vec![0; inverse_temperatures().len()]),
        }
    }
}
