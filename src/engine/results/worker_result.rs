//! The result of a worker: what it found, or why it stopped before the end.

use std::collections::BTreeMap;

use crate::engine::rows::invalid::Invalid;
use crate::engine::rows::row_correctness::Piece;
use crate::engine::rows::row_counts::Clipped;
use crate::engine::rows::row_position::RowPosition;
use crate::engine::slices::results::SliceResults;
use crate::error::{Error, Result};
use crate::input::Source;
use crate::kernel::confusion::{Counters, Runs};
use crate::tally::Tallies;
use crate::tally::aggregate::AllCounters;

/// Why a worker stopped before the end.
pub(crate) enum Failure {
    Row(Invalid),
    /// What could not be read, and from which row on.
    Input(RowPosition, Error),
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
    pub(crate) fn place(&self) -> RowPosition {
        match self {
            Self::Row(invalid) => invalid.place,
            Self::Input(place, _) => *place,
            _ => RowPosition { part: usize::MAX, row: u64::MAX },
        }
    }

    /// The failure that decides: that of a device, for then others are not known
    /// for certain, or else the one that comes first in the input.
    #[cfg(feature = "gpu")]
    pub(crate) fn first(failures: impl IntoIterator<Item = Self>) -> Self {
        let key = |failure: &Self| (!matches!(failure, Self::Device(_)), failure.place());
        let nothing = || Self::Other(Error::Internal("a failure without a cause".into()));
        failures.into_iter().min_by_key(key).unwrap_or_else(nothing)
    }

    pub(crate) fn into_error<S: Source>(self, source: &S) -> Error {
        match self {
            Self::Row(invalid) => {
                let RowPosition { part, row } = invalid.place;
                Error::row(source.path(part, invalid.role), row, invalid.message())
            }
            Self::Input(_, error) | Self::Other(error) => error,
            #[cfg(feature = "gpu")]
            Self::Device(error) => error,
        }
    }
}

/// Counted pairs of integers, as numbers from a first integer on.
pub(crate) type PairRuns = BTreeMap<i64, Runs>;

/// What one worker found.
pub(crate) struct WorkerResult {
    pub(crate) tallies: Tallies,
    /// What was counted beside the tallies, in a window.
    pub(crate) window: Option<Counters>,
    /// And of more integers than a dense table holds, by the one that their numbers
    /// begin at.
    pub(crate) pairs: PairRuns,
    /// What else was counted of rows with scores.
    pub(crate) counters: AllCounters,
    pub(crate) first_invalid: Option<Invalid>,
    pub(crate) first_infinite: Option<RowPosition>,
    pub(crate) all_pass: bool,
    /// Scores a hair outside of 0 to 1.
    pub(crate) clipped: Clipped,
    /// Which rows were right.
    pub(crate) pieces: Vec<Piece>,
    /// The same of rows in groups.
    pub(crate) slices: SliceResults,
}

impl WorkerResult {
    /// Tallies alone.
    pub(crate) fn of(tallies: Tallies) -> Self {
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
            slices: SliceResults::default(),
        }
    }
}

/// The results of all workers, or the failure that comes first in the input.
pub(crate) fn first_failure<S: Source>(
    source: &S,
    results: Vec<Result<WorkerResult, Failure>>,
) -> Result<Vec<WorkerResult>> {
    let mut found = Vec::new();
    let mut first: Option<(RowPosition, Failure)> = None;
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
