//! What becomes of rows, and of workers: where each row went, why a worker
//! stopped, and the evaluation that all of them make together.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use super::clip::Clipped;
use super::invalid::Invalid;
use super::outcomes::{self, Piece, Recorder};
use super::plan::{OnInvalid, Plan};
use super::second_pass::SecondPass;
use super::slices::FoundSlices;
use super::{Evaluation, row_notices, tables};
use crate::batch::{Batch, Fault, Role};
use crate::error::{Error, Result};
use crate::input::Source;
use crate::kernel::confusion::{Counters, Runs};
use crate::tally::aggregate::{AllCounters, Counting, Finish};
use crate::tally::{Outside, Rows, Tallies};

/// A row of the input; in input order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) part: usize,
    pub(super) row: u64,
}

impl Place {
    /// The row after the last of a batch.
    #[cfg(feature = "gpu")]
    pub(super) fn after(batch: &Batch) -> Self {
        Self::of(batch, batch.rows)
    }

    pub(super) fn of(batch: &Batch, row: usize) -> Self {
        Self { part: batch.part, row: batch.first_row + row as u64 }
    }
}

/// Where a worker's rows went.
pub(super) struct RowCounts<'a> {
    plan: &'a Plan,
    pub(super) counts: Rows,
    /// Which rows were right, if that is to be kept.
    pub(super) recorder: Option<Recorder>,
    pub(super) first_invalid: Option<Invalid>,
    pub(super) clipped: Clipped,
}

impl<'a> RowCounts<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let recorder = plan.outcomes_up_to.map(Recorder::new);
        Self {
            plan,
            counts: Rows::default(),
            recorder,
            first_invalid: None,
            clipped: Clipped::default(),
        }
    }
}

impl RowCounts<'_> {
    /// The fault of a row, if reading it found one. Where the label is fit and
    /// `ignored`, no other fault matters.
    pub(super) fn fault<'b>(
        &self,
        batch: &'b Batch,
        row: usize,
        ignored: bool,
    ) -> Option<&'b Fault> {
        if batch.faults.is_empty() {
            return None;
        }
        let at = batch.faults.binary_search_by_key(&row, |fault| fault.row).ok()?;
        Some(&batch.faults[at]).filter(|fault| fault.role == Role::Labels || !ignored)
    }

    /// Counts a row to be ignored for the label in that place of those to be.
    pub(super) fn ignore(&mut self, label: Option<usize>) {
        self.counts.ignored += 1;
        if let Some(label) = label {
            self.plan.met.ignored(label);
        }
    }

    /// Counts a row whose prediction is of no class or, unless such rows are left out,
    /// fails with it.
    #[cold]
    pub(super) fn outside(
        &mut self,
        batch: &Batch,
        row: usize,
        problem: impl FnOnce() -> String,
    ) -> Result<(), Invalid> {
        let describe = |place| Invalid::outside(place, problem());
        if self.plan.outside != Some(Outside::Skip) {
            return self.invalid(batch, row, describe);
        }
        self.counts.invalid += 1;
        let place = Place::of(batch, row);
        self.keep_first(place, || Ok(describe(place)))
    }

    /// Counts an invalid row or, unless such rows are skipped, fails with it.
    #[cold]
    pub(super) fn invalid(
        &mut self,
        batch: &Batch,
        row: usize,
        describe: impl FnOnce(Place) -> Invalid,
    ) -> Result<(), Invalid> {
        self.counts.invalid += 1;
        let place = Place::of(batch, row);
        self.note_invalid(place, || Ok(describe(place)))
    }

    /// Notes an invalid row that is counted already or, unless such rows are
    /// skipped, fails with it. It is described only if it matters.
    pub(super) fn note_invalid<E: From<Invalid>>(
        &mut self,
        place: Place,
        describe: impl FnOnce() -> Result<Invalid, E>,
    ) -> Result<(), E> {
        match self.plan.on_invalid {
            OnInvalid::Error => Err(describe()?.into()),
            OnInvalid::Skip => self.keep_first(place, describe),
        }
    }

    fn keep_first<E: From<Invalid>>(
        &mut self,
        place: Place,
        describe: impl FnOnce() -> Result<Invalid, E>,
    ) -> Result<(), E> {
        if self.first_invalid.as_ref().is_none_or(|first| place < first.place) {
            self.first_invalid = Some(describe()?);
        }
        Ok(())
    }
}

/// Why a worker stopped before the end.
pub(super) enum Failure {
    Row(Invalid),
    /// What could not be read, and from which row on.
    Input(Place, Error),
    /// What has no place in the input.
    Other(Error),
    /// The device cannot go on; the rows can still be counted elsewhere.
    #[cfg(feature = "gpu")]
    Device(Error),
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        Self::Row(invalid)
    }
}

impl Failure {
    pub(super) fn place(&self) -> Place {
        match self {
            Self::Row(invalid) => invalid.place,
            Self::Input(place, _) => *place,
            _ => Place { part: usize::MAX, row: u64::MAX },
        }
    }

    /// The failure that decides: that of a device, for then others are not known
    /// for certain, or else the one that comes first in the input.
    #[cfg(feature = "gpu")]
    pub(super) fn first(failures: impl IntoIterator<Item = Self>) -> Self {
        let key = |failure: &Self| (!matches!(failure, Self::Device(_)), failure.place());
        let nothing = || Self::Other(Error::Internal("a failure without a cause".into()));
        failures.into_iter().min_by_key(key).unwrap_or_else(nothing)
    }

    pub(super) fn into_error<S: Source>(self, source: &S) -> Error {
        match self {
            Self::Row(invalid) => {
                let Place { part, row } = invalid.place;
                Error::row(source.path(part, invalid.role), row, invalid.message())
            }
            Self::Input(_, error) | Self::Other(error) => error,
            #[cfg(feature = "gpu")]
            Self::Device(error) => error,
        }
    }
}

/// Counted pairs of integers, as numbers from a first integer on.
pub(super) type PairRuns = BTreeMap<i64, Runs>;

/// What one worker found.
pub(super) struct Found {
    pub(super) tallies: Tallies,
    /// What was counted beside the tallies, in a window.
    pub(super) window: Option<Counters>,
    /// And of more integers than a dense table holds, by the one that their numbers
    /// begin at.
    pub(super) pairs: PairRuns,
    /// What else was counted of rows with scores.
    pub(super) counters: AllCounters,
    pub(super) first_invalid: Option<Invalid>,
    pub(super) first_infinite: Option<Place>,
    pub(super) all_pass: bool,
    /// Scores a hair outside of 0 to 1.
    pub(super) clipped: Clipped,
    /// Which rows were right.
    pub(super) pieces: Vec<Piece>,
    /// The same of rows in groups.
    pub(super) slices: FoundSlices,
}

impl Found {
    /// Tallies alone.
    pub(super) fn of(tallies: Tallies) -> Self {
        Self {
            tallies,
            window: None,
            pairs: PairRuns::new(),
            counters: AllCounters::default(),
            first_invalid: None,
            first_infinite: None,
            all_pass: false,
            clipped: Clipped::default(),
            pieces: Vec::new(),
            slices: FoundSlices::default(),
        }
    }
}

/// The results of all workers, or the failure that comes first in the input.
pub(super) fn first_failure<S: Source>(
    source: &S,
    results: Vec<Result<Found, Failure>>,
) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    let mut first: Option<(Place, Failure)> = None;
    for result in results {
        match result {
            Ok(result) => found.push(result),
            Err(failure) => {
                let place = failure.place();
                if first.as_ref().is_none_or(|(known, _)| place < *known) {
                    first = Some((place, failure));
                }
            }
        }
    }
    first.map_or(Ok(found), |(_, failure)| Err(failure.into_error(source)))
}

/// What all workers found together.
pub(super) fn sum(plan: &Plan, mut found: Vec<Found>) -> Result<Found> {
    // The largest first: it stays where it is while others are added.
    let windows = found.iter_mut().filter_map(|found| found.window.take()).collect();
    let mut tallies = tables::tallies(plan, windows)?.into_iter();
    let mut found = found.into_iter();
    let mut all = found.next().ok_or_else(|| Error::Internal("no worker ran".into()))?;
    if let Some(mut window) = tallies.next() {
        window.merge(&all.tallies)?;
        all.tallies = window;
    }
    tallies.try_for_each(|window| all.tallies.merge(&window))?;
    for more in found {
        all.tallies.merge(&more.tallies)?;
        all.first_infinite = all.first_infinite.into_iter().chain(more.first_infinite).min();
        let both = all.first_invalid.into_iter().chain(more.first_invalid);
        all.first_invalid = both.min_by_key(|invalid| invalid.place);
        all.all_pass &= more.all_pass;
        all.clipped.merge(more.clipped);
        all.counters.extend(more.counters);
        for (base, runs) in more.pairs {
            all.pairs.entry(base).or_default().append(runs);
        }
        all.pieces.extend(more.pieces);
        all.slices.extend(more.slices)?;
    }
    Ok(all)
}

/// The evaluation that all workers make together, with its notices.
pub(super) fn merge<S: Source>(
    source: &S,
    plan: &Plan,
    found: Vec<Found>,
    stop: &AtomicBool,
) -> Result<Evaluation> {
    let mut found = sum(plan, found)?;
    for (base, runs) in std::mem::take(&mut found.pairs) {
        let pairs = tables::of_pairs(plan, base, runs.into_entries())?;
        let others = std::mem::replace(&mut found.tallies, pairs);
        found.tallies.merge(&others)?;
    }
    let again = SecondPass { source, plan, scored: found.tallies.rows.scored, stop };
    let finish = Finish {
        counting: Counting { spec: &plan.spec, classes: found.tallies.classes.len() },
        rows: &found.tallies.rows,
        confusion: &found.tallies.confusion,
        again: &again,
    };
    found.tallies.aggregates = std::mem::take(&mut found.counters).finish(&finish)?;
    found.tallies.slices = std::mem::take(&mut found.slices).finish(plan)?;
    if stop.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    let outcomes = match plan.outcomes_up_to {
        Some(most) => {
            outcomes::join(std::mem::take(&mut found.pieces), found.tallies.rows.read, most)?
        }
        None => None,
    };
    let notices = row_notices::notices(source, plan, &found);
    Ok(Evaluation { tallies: found.tallies, notices, outcomes })
}
