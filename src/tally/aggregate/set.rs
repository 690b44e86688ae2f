//! The states of the aggregates of one set of rows.

use std::any::Any;

use super::{ALL, Aggregate, Entry, Presence, State};
use crate::error::{Error, Result};
use crate::tally::Spec;
use crate::tally::codec::{Reader, Writer};

/// What was counted of some rows beside their confusion: of each aggregate its state,
/// or none.
#[derive(Debug, Default)]
pub struct Aggregates {
    /// In the order of [`ALL`].
    states: Vec<Box<dyn State>>,
}

impl Aggregates {
    /// Nothing counted yet of every aggregate that `spec` wants.
    pub fn empty(spec: &Spec, classes: usize) -> Self {
        let wanted = ALL.iter().filter(|entry| (entry.is_wanted)(spec));
        Self { states: wanted.map(|entry| (entry.empty)(spec, classes)).collect() }
    }

    /// The state of an aggregate, if it was counted.
    pub fn get<A: Aggregate>(&self) -> Option<&A> {
        self.states.iter().find_map(|state| (&**state as &dyn Any).downcast_ref())
    }

    /// The same, to be changed.
    pub fn get_mut<A: Aggregate>(&mut self) -> Option<&mut A> {
        self.states.iter_mut().find_map(|state| (&mut **state as &mut dyn Any).downcast_mut())
    }

    /// All states, to be changed: each is an [`Aggregate`].
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut dyn Any> {
        self.states.iter_mut().map(|state| &mut **state as &mut dyn Any)
    }

    /// Puts in the state of an aggregate, or takes it out.
    pub fn set<A: Aggregate>(&mut self, state: Option<A>) {
        self.states.retain(|known| known.entry().name != A::NAME);
        if let Some(state) = state {
            self.put(Box::new(state));
        }
    }

    /// Takes out the state of the aggregate of that name.
    pub fn leave_out(&mut self, name: &str) {
        self.states.retain(|known| known.entry().name != name);
    }

    pub(super) fn put(&mut self, state: Box<dyn State>) {
        let place = |state: &dyn State| {
            ALL.iter().position(|entry| entry.name == state.entry().name).unwrap_or(ALL.len())
        };
        let own = place(&*state);
        let at = self.states.partition_point(|known| place(&**known) < own);
        self.states.insert(at, state);
    }

    /// Whether an aggregate was counted.
    pub(in crate::tally) fn has(&self, entry: &Entry) -> bool {
        self.states().any(|state| state.entry().name == entry.name)
    }

    /// Those that were counted.
    pub(in crate::tally) fn states(&self) -> impl Iterator<Item = &dyn State> {
        self.states.iter().map(|state| &**state)
    }

    /// Adds what other rows gave.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if something else was counted of them, or a sum passes its
    /// end.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let entries = |set: &Self| set.states().map(|it| it.entry().name).collect::<Vec<_>>();
        if entries(self) != entries(other) {
            return Err(Error::Mismatch("one has scores, the other has only predictions".into()));
        }
        let mut pairs = self.states.iter_mut().zip(&other.states);
        pairs.try_for_each(|(own, more)| own.merge_with(&**more))
    }

    /// The same over other classes, see [`Aggregate::relabel`].
    pub fn relabelled(&self, places: &[u32], classes: usize) -> Self {
        let mut relabelled = self.clone();
        relabelled.states.iter_mut().for_each(|state| state.relabel(places, classes));
        relabelled
    }

    /// Appends the canonical bytes of all but [sections](Presence::Section).
    pub(in crate::tally) fn write(&self, out: &mut Writer) {
        let together = self.states().any(|state| state.entry().presence == Presence::Together);
        out.u8(u8::from(together));
        self.write_together(out, together);
        for entry in ALL.iter().filter(|entry| entry.presence == Presence::Code) {
            match self.states().find(|state| state.entry().name == entry.name) {
                Some(state) => state.write(out),
                None => out.u8(0),
            }
        }
    }

    fn write_together(&self, out: &mut Writer, together: bool) {
        for entry in ALL.iter().filter(|_| together) {
            let state = self.states().find(|state| state.entry().name == entry.name);
            match entry.presence {
                Presence::Together => {}
                Presence::Flag => out.u8(u8::from(state.is_some())),
                Presence::Code | Presence::Section => continue,
            }
            if let Some(state) = state {
                state.write(out);
            }
        }
    }

    /// Appends the bytes that a digest covers.
    pub(in crate::tally) fn write_mergeable(&self, out: &mut Writer) {
        let together = self.states().any(|state| state.entry().presence == Presence::Together);
        self.write_together(out, together);
        for state in self.states() {
            match state.entry().presence {
                Presence::Together | Presence::Flag => continue,
                Presence::Code => {}
                Presence::Section => out.text(state.entry().name),
            }
            state.write_mergeable(out);
        }
    }

    /// Reads what [`write`](Self::write) wrote; `None` if it is not that.
    pub(in crate::tally) fn read(input: &mut Reader<'_>, spec: &Spec) -> Option<Self> {
        let together = input.flag()?;
        let mut states = Vec::new();
        for entry in ALL {
            let is_there = match entry.presence {
                Presence::Together => together,
                Presence::Flag => together && input.flag()?,
                Presence::Code => !input.skip_zero(),
                Presence::Section => false,
            };
            if is_there {
                states.push((entry.read)(input, spec)?);
            }
        }
        Some(Self { states })
    }

    /// Whether some aggregate is a [section](Presence::Section) of its own.
    pub(in crate::tally) fn has_sections(&self) -> bool {
        self.states().any(|state| state.entry().presence == Presence::Section)
    }

    /// Appends the [sections](Presence::Section) that are there, each by its name.
    pub(in crate::tally) fn write_sections(&self, out: &mut Writer) {
        for state in self.states().filter(|it| it.entry().presence == Presence::Section) {
            out.text(state.entry().name);
            state.write(out);
        }
    }

    /// Reads the sections that come next, and puts them in.
    pub(in crate::tally) fn read_sections(
        &mut self,
        input: &mut Reader<'_>,
        spec: &mut Spec,
    ) -> Option<()> {
        for entry in ALL.iter().filter(|entry| entry.presence == Presence::Section) {
            if input.skip_name(entry.name) {
                spec.asked.insert(entry.name);
                self.put((entry.read)(input, spec)?);
            }
        }
        Some(())
    }
}

impl Clone for Aggregates {
    fn clone(&self) -> Self {
        Self { states: self.states().map(State::copy).collect() }
    }
}

impl PartialEq for Aggregates {
    fn eq(&self, other: &Self) -> bool {
        self.states.len() == other.states.len()
            && self.states().zip(other.states()).all(|(own, other)| own.equals(other))
    }
}
