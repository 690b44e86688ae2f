//! Counters: what a worker keeps of its rows until they are all counted.

use std::any::Any;

use super::{ALL, Aggregate, Aggregates, Entry};
use crate::error::{Error, Result};
use crate::kernel::rows::Block;
use crate::tally::{Confusion, Rows, Spec};

/// What counters are made for.
#[derive(Clone, Copy, Debug)]
pub struct Counting<'a> {
    /// What is counted.
    pub spec: &'a Spec,
    /// Number of classes.
    pub classes: usize,
}

/// A worker's rows, counted for one aggregate.
pub trait Counter: Any + Send {
    /// Counts the rows of a block that were scored.
    fn update(&mut self, block: &Block<'_>);

    /// Takes in what another one of its kind counted, or gives it back where there is no
    /// room for both in one.
    fn absorb(&mut self, more: Box<dyn Counter>) -> Option<Box<dyn Counter>>;
}

/// A counter from which an aggregate is made.
pub trait Counts<A>: Counter + Sized {
    /// Nothing kept yet.
    fn new(counting: Counting<'_>) -> Self;

    /// The state of the rows of all workers.
    ///
    /// # Errors
    ///
    /// As [`Aggregate::merge`], and what reading rows again may give.
    fn finish(counters: Vec<Self>, finish: &Finish<'_>) -> Result<A>;
}

/// What all workers found, from which aggregates are finished.
pub struct Finish<'a> {
    /// What was counted.
    pub counting: Counting<'a>,
    /// How many rows went where.
    pub rows: &'a Rows,
    /// Scored rows by label and prediction.
    pub confusion: &'a Confusion,
    /// Reads the rows once more.
    pub again: &'a dyn Again,
}

/// A source of rows that can be read once more.
pub trait Again {
    /// Counts all scored rows with a counter for each worker.
    ///
    /// # Errors
    ///
    /// What reading gives; [`Error::Format`](crate::error::Error::Format) if other rows
    /// are scored than in the first pass.
    fn count(&self, new: &(dyn Fn() -> Box<dyn Counter> + Sync)) -> Result<Vec<Box<dyn Counter>>>;
}

/// A worker's counters, one for each aggregate that is wanted.
#[derive(Default)]
pub struct Counters {
    counters: Vec<(&'static Entry, Box<dyn Counter>)>,
}

impl Counters {
    /// Nothing counted yet, of those aggregates for which `is_counted`.
    pub fn new(counting: Counting<'_>, is_counted: impl Fn(&Entry) -> bool) -> Self {
        let wanted = ALL.iter().filter(|it| (it.is_wanted)(counting.spec) && is_counted(it));
        Self { counters: wanted.map(|entry| (entry, (entry.counter)(counting))).collect() }
    }

    /// Counts a block of rows for all of them.
    #[inline]
    pub fn update(&mut self, block: &Block<'_>) {
        self.counters.iter_mut().for_each(|(_, counter)| counter.update(block));
    }

    /// Whether no plane is read but those of predictions and states.
    pub fn read_predictions_only(&self, spec: &Spec) -> bool {
        self.entries().all(|entry| !(entry.reads)(spec).all_planes)
    }

    /// The aggregates.
    pub fn entries(&self) -> impl Iterator<Item = &'static Entry> {
        self.counters.iter().map(|(entry, _)| *entry)
    }

    /// The counter of each aggregate.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&'static Entry, &mut dyn Counter)> {
        self.counters.iter_mut().map(|(entry, counter)| (*entry, &mut **counter))
    }
}

/// The counters of several workers.
#[derive(Default)]
pub struct AllCounters {
    counters: Vec<(&'static Entry, Vec<Box<dyn Counter>>)>,
}

impl From<Counters> for AllCounters {
    fn from(one: Counters) -> Self {
        Self {
            counters: one.counters.into_iter().map(|(it, counter)| (it, vec![counter])).collect(),
        }
    }
}

impl AllCounters {
    /// Adds those of more workers.
    pub fn extend(&mut self, more: Self) {
        for (entry, more) in more.counters {
            match self.counters.iter_mut().find(|(it, _)| it.name == entry.name) {
                Some((_, own)) => own.extend(more),
                None => self.counters.push((entry, more)),
            }
        }
    }

    /// Puts counters of one kind together as far as there is room, so that memory does
    /// not grow with their number.
    pub fn absorb(&mut self) {
        for (_, counters) in &mut self.counters {
            let mut together: Vec<Box<dyn Counter>> = Vec::new();
            for more in counters.drain(..) {
                let rest = match together.last_mut() {
                    Some(last) => last.absorb(more),
                    None => Some(more),
                };
                together.extend(rest);
            }
            *counters = together;
        }
    }

    /// How many counters there are of the aggregate that has the most.
    pub fn most(&self) -> usize {
        self.counters.iter().map(|(_, counters)| counters.len()).max().unwrap_or(0)
    }

    /// The states of all aggregates.
    ///
    /// # Errors
    ///
    /// What [`Counts::finish`] gives.
    pub fn finish(self, finish: &Finish<'_>) -> Result<Aggregates> {
        let mut found = Aggregates::default();
        for (entry, counters) in self.counters {
            found.put((entry.finish)(counters, finish)?);
        }
        Ok(found)
    }
}

/// The counters of one aggregate by their type.
pub(in crate::tally) fn typed<C: Counter>(counters: Vec<Box<dyn Counter>>) -> Result<Vec<C>> {
    let typed = |counter: Box<dyn Counter>| {
        let counter = (counter as Box<dyn Any>).downcast::<C>();
        counter
            .map(|counter| *counter)
            .map_err(|_| Error::Internal("a counter of another kind".into()))
    };
    counters.into_iter().map(typed).collect()
}

/// An aggregate that a reducer counts in words of 32 bits: the CPU with the twin, a device
/// with the shader.
pub trait Reduced: Aggregate {
    /// Number of words.
    fn words(counting: Counting<'_>) -> usize;

    /// Adds the rows of a block to the words, which hold fewer than 2³² rows.
    fn reduce(block: &Block<'_>, words: &mut [u32]);

    /// Adds what was counted in words.
    fn take(&mut self, words: &[u32]);
}

/// The counter of an aggregate that is counted in words.
pub struct WordCounter<A> {
    words: Vec<u32>,
    /// Rows in the words.
    rows: u32,
    state: A,
}

impl<A: Reduced> WordCounter<A> {
    /// Adds words that were counted elsewhere.
    pub(super) fn take(&mut self, words: &[u32]) {
        self.state.take(words);
    }

    fn drain(&mut self) {
        self.state.take(&self.words);
        self.words.fill(0);
        self.rows = 0;
    }

    fn into_state(mut self) -> A {
        self.drain();
        self.state
    }
}

impl<A: Reduced> Counter for WordCounter<A> {
    #[inline]
    fn update(&mut self, block: &Block<'_>) {
        let rows = u32::try_from(block.rows()).unwrap_or(u32::MAX);
        self.rows = self.rows.checked_add(rows).unwrap_or_else(|| {
            self.drain();
            rows
        });
        A::reduce(block, &mut self.words);
    }

    fn absorb(&mut self, more: Box<dyn Counter>) -> Option<Box<dyn Counter>> {
        absorb(self, more, |counter: &mut Self| {
            counter.drain();
            &mut counter.state
        })
    }
}

impl<A: Reduced> Counts<A> for WordCounter<A> {
    fn new(counting: Counting<'_>) -> Self {
        let state = A::empty(counting.spec, counting.classes);
        Self { words: vec![0; A::words(counting)], rows: 0, state }
    }

    fn finish(counters: Vec<Self>, finish: &Finish<'_>) -> Result<A> {
        merged(counters.into_iter().map(Self::into_state), finish.counting)
    }
}

/// An aggregate whose state rows are added to as they are.
pub trait Updated: Aggregate {
    /// Room to work in.
    type Scratch: Default + Send;

    /// Adds the rows of a block that were scored.
    fn update(&mut self, block: &Block<'_>, scratch: &mut Self::Scratch);
}

/// The counter of an aggregate whose state is updated.
pub struct StateCounter<A: Updated> {
    state: A,
    scratch: A::Scratch,
}

impl<A: Updated> Counter for StateCounter<A> {
    fn update(&mut self, block: &Block<'_>) {
        self.state.update(block, &mut self.scratch);
    }

    fn absorb(&mut self, more: Box<dyn Counter>) -> Option<Box<dyn Counter>> {
        absorb(self, more, |counter: &mut Self| &mut counter.state)
    }
}

impl<A: Updated> Counts<A> for StateCounter<A> {
    fn new(counting: Counting<'_>) -> Self {
        let state = A::empty(counting.spec, counting.classes);
        Self { state, scratch: A::Scratch::default() }
    }

    fn finish(counters: Vec<Self>, finish: &Finish<'_>) -> Result<A> {
        merged(counters.into_iter().map(|counter| counter.state), finish.counting)
    }
}

/// Merges the state of a counter into that of another one of its kind.
fn absorb<C: Counter, A: Aggregate>(
    own: &mut C,
    more: Box<dyn Counter>,
    state: impl Fn(&mut C) -> &mut A,
) -> Option<Box<dyn Counter>> {
    let Ok(mut more) = (more as Box<dyn Any>).downcast::<C>() else {
        unreachable!("counters of one aggregate are of one kind")
    };
    let mut sum = state(own).clone();
    match sum.merge(state(&mut more)) {
        Ok(()) => {
            *state(own) = sum;
            None
        }
        // What passes the end of a sum is told of when all are merged.
        Err(_) => Some(more),
    }
}

/// All states in one.
fn merged<A: Aggregate>(mut states: impl Iterator<Item = A>, counting: Counting<'_>) -> Result<A> {
    let mut all = A::empty(counting.spec, counting.classes);
    states.try_for_each(|state| all.merge(&state))?;
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Level;
    use crate::kernel::planes::Plane;
    use crate::kernel::rows::shader::PLANES;
    use crate::kernel::rows::{BlockScores, Decision, Params, edges};
    use crate::tally::{Ranks, ScoresAre, Task};

    /// As if almost as many rows had come as 32 bits count.
    #[test]
    fn words_are_drained_before_they_can_wrap() {
        let spec =
            Spec { task: Task::Matrix, scores_are: Some(ScoresAre::Logits), ..Spec::default() };
        let mut counter = WordCounter::<Ranks>::new(Counting { spec: &spec, classes: 2 });
        counter.words = vec![u32::MAX - 1, 0];
        counter.rows = u32::MAX - 1;
        let mut planes = vec![0; PLANES * 3];
        planes[Plane::Rank as usize * 3..][..3].copy_from_slice(&[0, 0, 1]);
        let params = Params {
            probabilities: false,
            higher_first: false,
            epsilon: 0.0,
            sum_tolerance: 0,
            edges: edges(1),
            right_closed: true,
            level: Level::PLAIN,
        };
        let block = Block {
            params: &params,
            decision: Decision::Highest,
            classes: 2,
            labels: &[0; 3],
            planes: &planes,
            stride: 3,
            scores: BlockScores::F32(&[0.0; 6]),
            columns: 2,
        };
        counter.update(&block);
        assert_eq!((counter.rows, counter.words.as_slice()), (3, &[2, 1][..]));
        assert_eq!(counter.into_state(), Ranks(vec![u64::from(u32::MAX) + 1, 1]));
    }
}
