//! The counts of one label.

use std::ops::Range;

use super::Cell;
use super::counts::{Count, Counts, with_counts};

/// The counts of one label, by prediction.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub(super) label: u32,
    pub(super) right: u64,
    pub(super) predictions: Predictions<'a>,
    pub(super) counts: Counts<'a>,
}

/// The predictions that the counts belong to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Predictions<'a> {
    /// All from this one on; some counts may be 0, and that of the label is.
    From(u32),
    /// These, ascending and without the label; no count is 0.
    Listed(&'a [u32]),
}

impl<'a> Row<'a> {
    /// Index of the true class.
    pub fn label(self) -> u32 {
        self.label
    }

    /// The non-zero cells, by prediction.
    #[inline]
    pub fn cells(self) -> impl Iterator<Item = Cell> + Clone + 'a {
        let cell = move |(prediction, count)| Cell { label: self.label, prediction, count };
        let before = self.predictions.before(self.label).min(self.counts.len());
        self.others(0..before)
            .chain([(self.label, self.right)])
            .chain(self.others(before..self.counts.len()))
            .filter(|(_, count)| *count > 0)
            .map(cell)
    }

    /// The counts of other predictions than the label in those places, ascending, some
    /// that are 0.
    #[inline]
    pub(super) fn others(
        self,
        places: Range<usize>,
    ) -> impl Iterator<Item = (u32, u64)> + Clone + 'a {
        places.map(move |place| (self.predictions.at(place), self.counts.at(place)))
    }

    /// How many counts it has.
    pub(super) fn places(self) -> usize {
        self.counts.len() + 1
    }

    /// One more than the last prediction that has a count.
    pub(super) fn end(self) -> usize {
        let last = self.counts.len().checked_sub(1).map(|last| self.predictions.at(last));
        last.map_or(self.label, |last| last.max(self.label)) as usize + 1
    }

    /// Calls `each` with the label and its count, then with other predictions and
    /// theirs, ascending. Some counts may be 0, the label with 0 among the others, too.
    /// The fast way through a large table.
    #[inline]
    pub fn for_each(self, mut each: impl FnMut(u32, u64)) {
        each(self.label, self.right);
        self.for_others(each);
    }

    /// The same without the label; predictions ascend.
    #[inline]
    pub(super) fn for_others(self, mut each: impl FnMut(u32, u64)) {
        match self.predictions {
            Predictions::From(first) => with_counts!(self.counts, counts => {
                // Places are classes, which are numbered in u32.
                #[allow(clippy::cast_possible_truncation, reason = "a class")]
                let prediction = |place: usize| first + place as u32;
                let counts = counts.iter().enumerate();
                counts.for_each(|(place, &count)| each(prediction(place), count.wide()));
            }),
            Predictions::Listed(predictions) => with_counts!(self.counts, counts => {
                let cells = predictions.iter().zip(counts);
                cells.for_each(|(&prediction, &count)| each(prediction, count.wide()));
            }),
        }
    }

    /// The count of one prediction.
    pub fn count(self, prediction: u32) -> u64 {
        if prediction == self.label {
            return self.right;
        }
        let place = match self.predictions {
            Predictions::From(first) => prediction.checked_sub(first).map(|place| place as usize),
            Predictions::Listed(listed) => listed.binary_search(&prediction).ok(),
        };
        place.filter(|place| *place < self.counts.len()).map_or(0, |place| self.counts.at(place))
    }
}

impl Predictions<'_> {
    #[inline]
    fn at(self, place: usize) -> u32 {
        match self {
            #[allow(clippy::cast_possible_truncation, reason = "a class")]
            Self::From(first) => first + place as u32,
            Self::Listed(listed) => listed[place],
        }
    }

    /// How many places there are before `prediction`, if there are as many at all.
    fn before(self, prediction: u32) -> usize {
        match self {
            Self::From(first) => prediction.saturating_sub(first) as usize,
            Self::Listed(listed) => listed.partition_point(|it| *it < prediction),
        }
    }
}
