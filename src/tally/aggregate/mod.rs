//! Aggregates: every tally of scored rows beside their confusion, each one unit.
//!
//! A unit is one file or folder: its state with the laws of tallies (identity, merge,
//! relabelling), its canonical bytes, and what rows can have given. [`ALL`] lists them;
//! merging, states, digests and checks walk that list and name none.

mod brier_by_class;
mod calibration;
mod classwise;
mod confidence_powers;
mod counter;
mod device;
mod loss_by_class;
mod ranks;
mod row_sums;
mod set;
mod tempered;

pub use brier_by_class::BrierByClass;
pub use calibration::{Bin, Calibration};
pub use classwise::Classwise;
pub use confidence_powers::ConfidencePowers;
pub(super) use counter::typed;
pub use counter::{
    Again, AllCounters, Counter, Counters, Counting, Counts, Finish, Reduced, Updated,
};
pub use device::{DeviceForm, Input, OrderForm, WordForm};
pub use loss_by_class::{ClassLoss, LossByClass};
pub use ranks::Ranks;
pub use row_sums::{Moments, RowSums};
pub use set::Aggregates;
pub use tempered::{Tempered, inverse_temperatures};

use std::any::Any;
use std::fmt;

pub use super::check::Margins;
pub use super::codec::{Reader, Writer};
use super::order::Order;
use super::{ScoresAre, Spec, Tallies};
use crate::error::{Error, Result};
use crate::kernel::Score;
use crate::kernel::rows::{self, Block, Decision};

/// Every aggregate, in the order of canonical bytes. Those of one
/// [`Presence`] stand together, the kinds in their order.
pub const ALL: &[Entry] = &[
    Entry::of::<Ranks>(),
    Entry::of::<RowSums>(),
    Entry::of::<Calibration>(),
    Entry::of::<Classwise>(),
    Entry::of::<Tempered>(),
    Entry::of::<Order>(),
    Entry::of::<LossByClass>(),
    Entry::of::<BrierByClass>(),
    Entry::of::<ConfidencePowers>(),
];

/// How canonical bytes say that an aggregate was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// One flag stands for all of these.
    Together,
    /// A flag of its own; there only beside those above.
    Flag,
    /// A code, of which 0 means that it was not counted.
    Code,
    /// A section by name, at the end.
    Section,
}

/// What is said of an aggregate that is counted only when asked for.
#[derive(Clone, Copy, Debug)]
pub struct OnRequest {
    /// The metric that asks for it.
    pub metric: &'static str,
    /// Whether only logits have it.
    pub of_logits: bool,
}

/// The aggregate of that name.
pub fn entry(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name)
}

/// A tally of scored rows: the state of one aggregate.
///
/// It obeys the laws of tallies: [`empty`](Self::empty) is the identity of
/// [`merge`](Self::merge), which is associative and commutative; parts merge to the
/// whole; and [relabelling](Self::relabel) goes with merging.
pub trait Aggregate: Any + Clone + fmt::Debug + PartialEq + Send + Sync {
    /// What a worker keeps of its rows.
    type Counter: Counts<Self>;

    /// Its name in states, digests and messages.
    const NAME: &'static str;
    /// What it is, in words, of several.
    const WHAT: &'static str;
    /// How canonical bytes say that it is there.
    const PRESENCE: Presence;
    /// Of one that is counted only when asked for, what to say of it.
    const ON_REQUEST: Option<OnRequest> = None;

    /// Whether rows counted as `spec` says have it.
    fn is_wanted(spec: &Spec) -> bool {
        let are_logits = spec.scores_are == Some(ScoresAre::Logits);
        let is_asked = |on: OnRequest| spec.asks_for(Self::NAME) && (are_logits || !on.of_logits);
        spec.counts_scores() && Self::ON_REQUEST.is_none_or(is_asked)
    }

    /// Nothing counted yet, of rows of so many classes.
    fn empty(spec: &Spec, classes: usize) -> Self;

    /// Adds what other rows gave.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if a sum passes its end.
    fn merge(&mut self, other: &Self) -> Result<()>;

    /// The same over `classes` classes: class c is class `places[c]` of them.
    fn relabel(&mut self, places: &[u32], classes: usize);

    /// Appends its canonical bytes.
    fn write(&self, out: &mut Writer);

    /// Appends those that a digest covers: of what merges.
    fn write_mergeable(&self, out: &mut Writer) {
        self.write(out);
    }

    /// Reads what [`write`](Self::write) wrote of rows counted so; `None` if it is not
    /// that.
    fn read(input: &mut Reader<'_>, spec: &Spec) -> Option<Self>;

    /// Whether rows with these margins can have given it.
    fn fits(&self, tallies: &Tallies, margins: &Margins) -> bool;

    /// What it reads of rows counted as `spec` says.
    fn reads(_spec: &Spec) -> Reads {
        Reads { all_planes: true, scores: false }
    }

    /// How a device counts it.
    fn device(_spec: &Spec) -> DeviceForm {
        DeviceForm::Host
    }
}

/// What an aggregate reads of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reads {
    /// Whether planes other than those of predictions and states.
    pub all_planes: bool,
    /// Whether scores.
    pub scores: bool,
}

/// The state of some aggregate.
pub(super) trait State: Any + fmt::Debug + Send + Sync {
    fn entry(&self) -> &'static Entry;
    fn copy(&self) -> Box<dyn State>;
    fn equals(&self, other: &dyn State) -> bool;
    fn merge_with(&mut self, other: &dyn State) -> Result<()>;
    fn relabel(&mut self, places: &[u32], classes: usize);
    fn write(&self, out: &mut Writer);
    fn write_mergeable(&self, out: &mut Writer);
    fn fits(&self, tallies: &Tallies, margins: &Margins) -> bool;
}

impl<A: Aggregate> State for A {
    fn entry(&self) -> &'static Entry {
        entry(A::NAME).unwrap_or_else(|| unreachable!("{} is not in ALL", A::NAME))
    }

    fn copy(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }

    fn equals(&self, other: &dyn State) -> bool {
        (other as &dyn Any).downcast_ref::<A>() == Some(self)
    }

    fn merge_with(&mut self, other: &dyn State) -> Result<()> {
        match (other as &dyn Any).downcast_ref::<A>() {
            Some(other) => self.merge(other),
            None => Err(Error::Internal(format!("{} merged with something else", A::NAME))),
        }
    }

    fn relabel(&mut self, places: &[u32], classes: usize) {
        Aggregate::relabel(self, places, classes);
    }

    fn write(&self, out: &mut Writer) {
        Aggregate::write(self, out);
    }

    fn write_mergeable(&self, out: &mut Writer) {
        Aggregate::write_mergeable(self, out);
    }

    fn fits(&self, tallies: &Tallies, margins: &Margins) -> bool {
        Aggregate::fits(self, tallies, margins)
    }
}

/// Makes the state of the counters of all workers.
type Finisher = fn(Vec<Box<dyn Counter>>, &Finish<'_>) -> Result<Box<dyn State>>;

/// What the list of [`ALL`] says of an aggregate.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its name in states, digests and messages.
    pub name: &'static str,
    /// What it is, in words, of several.
    pub what: &'static str,
    /// How canonical bytes say that it is there.
    pub presence: Presence,
    /// Of one that is counted only when asked for, what to say of it.
    pub on_request: Option<OnRequest>,
    /// Whether rows counted as a spec says have it.
    pub is_wanted: fn(&Spec) -> bool,
    pub(super) empty: fn(&Spec, usize) -> Box<dyn State>,
    pub(super) read: fn(&mut Reader<'_>, &Spec) -> Option<Box<dyn State>>,
    counter: fn(Counting<'_>) -> Box<dyn Counter>,
    finish: Finisher,
    /// What it reads of rows counted as a spec says.
    pub reads: fn(&Spec) -> Reads,
    /// How a device counts it.
    pub device: fn(&Spec) -> DeviceForm,
}

impl Entry {
    const fn of<A: Aggregate>() -> Self {
        Self {
            name: A::NAME,
            what: A::WHAT,
            presence: A::PRESENCE,
            on_request: A::ON_REQUEST,
            is_wanted: A::is_wanted,
            empty: |spec, classes| Box::new(A::empty(spec, classes)),
            read: |input, spec| Some(Box::new(A::read(input, spec)?)),
            counter: |counting| Box::new(A::Counter::new(counting)),
            finish: |counters, finish| Ok(Box::new(A::Counter::finish(typed(counters)?, finish)?)),
            reads: A::reads,
            device: A::device,
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Gives `each` the rows of a block that were scored, with a score of each class: one
/// score of two classes stands for a pair.
fn each_class<T: Score>(block: &Block<'_>, scores: &[T], mut each: impl FnMut(usize, &[T])) {
    for row in block.scored() {
        let scores = &scores[row * block.columns..][..block.columns];
        match block.decision {
            Decision::OneScore { positive, .. } => {
                each(row, &rows::pair(block.params, scores[0], positive));
            }
            _ => each(row, scores),
        }
    }
}

/// A number of rows in a block, or of words that are counted in.
#[allow(clippy::cast_possible_truncation, reason = "there are far fewer")]
fn to_u32(count: usize) -> u32 {
    count as u32
}
