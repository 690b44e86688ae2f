//! The marginals that most metrics start from, computed once.

use std::ops::{Add, Mul};
use std::sync::Arc;

use rayon::prelude::*;

use super::bootstrap;
use super::class::ClassMeasures;
use super::measure::Measure;
use super::occupied::Occupied;
use super::request::{self, Request};
use super::selection::Selection;
use crate::class::is_canonical_integer;
use crate::error::{Error, Result};
use crate::tally::{Aggregate, Cell, Row, Spec, Tallies, aggregate};

/// The marginals of a set of tallies. Its memory is that of the classes, never
/// classes × classes.
#[derive(Clone, Debug)]
pub struct Summary<'a> {
    /// Where it comes from.
    pub tallies: &'a Tallies,
    /// Scored rows, n.
    pub rows: u64,
    /// Rows whose prediction is their label, c.
    pub correct: u64,
    /// The counts of each class, `[C]`; of a resample, of each that is occupied.
    pub counts: Vec<Counts>,
    /// The classes that `counts` is of, if not of all.
    occupied: Option<Arc<Occupied>>,
    /// Σ |i − j| over the rows, of label i and prediction j. At most n C, so it
    /// fits, and so does the sum of squares.
    pub(super) apart: u128,
    /// Σ (i − j)² over the rows.
    pub(super) apart_squared: u128,
    /// Rows predicted as no class; no class counts them as predicted.
    pub outside: u64,
    /// Which classes there are, and which averages are over, by their places in
    /// `counts`.
    pub(super) selection: Selection,
}

/// One class against the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of the class predicted as it.
    pub tp: u64,
    /// Rows of the class.
    pub support: u64,
    /// Rows predicted as it.
    pub predicted: u64,
}

impl<'a> Summary<'a> {
    /// Adds up the confusion cells by label, by prediction and by distance, in
    /// one pass: there may be millions.
    pub fn new(tallies: &'a Tallies) -> Self {
        let selection = Selection::of(tallies);
        match distances_fit(tallies) {
            true => Sums::<u64>::of_confusion(tallies).summary(tallies, selection),
            false => Sums::<u128>::of_confusion(tallies).summary(tallies, selection),
        }
    }

    /// The same of other counts of as many rows: those of a resample of
    /// [`cells`](Self::cells), [placed](Occupied::placed) by `occupied`. Cells may be
    /// empty.
    pub(super) fn of_cells(&self, cells: &[Cell], occupied: &Arc<Occupied>) -> Self {
        let (tallies, selection) = (self.tallies, occupied.selection.clone());
        let found = match distances_fit(tallies) {
            true => Sums::<u64>::of_cells(cells, occupied).summary(tallies, selection),
            false => Sums::<u128>::of_cells(cells, occupied).summary(tallies, selection),
        };
        Self { occupied: Some(Arc::clone(occupied)), ..found }
    }

    /// The classes that some of [`cells`](Self::cells) are of.
    pub(super) fn occupied(&self, cells: &[Cell]) -> Arc<Occupied> {
        Arc::new(Occupied::of(cells, self.classes(), &self.selection))
    }

    /// Whether it is of a resample, of which nothing but values is wanted.
    pub(super) fn is_resample(&self) -> bool {
        self.occupied.is_some()
    }

    /// The counts of a class.
    pub(crate) fn counts_of(&self, class: usize) -> Counts {
        match &self.occupied {
            None => self.counts[class],
            Some(occupied) => {
                occupied.place(class).map_or(Counts::default(), |place| self.counts[place])
            }
        }
    }

    /// The counts of classes in order, each with how many classes it leads up to:
    /// itself, and those after it that have no row.
    pub(super) fn runs(&self) -> Box<dyn Iterator<Item = (Counts, u32)> + '_> {
        match &self.occupied {
            None => Box::new(self.counts.iter().map(|&counts| (counts, 1))),
            Some(occupied) => Box::new(occupied.runs(&self.counts)),
        }
    }

    /// The counts of the classes that averages are over, but for so many that have no
    /// row and no prediction.
    pub(super) fn averaged_counts(&self) -> (impl Iterator<Item = &Counts>, usize) {
        let counts = self.counts.iter().enumerate();
        let averaged = counts.filter(|(place, _)| self.selection.is_averaged(*place));
        let elsewhere = self.occupied.as_ref().map_or(0, |it| it.averaged_elsewhere);
        (averaged.map(|(_, counts)| counts), elsewhere)
    }

    /// How many classes are classes at all.
    pub(super) fn proper_classes(&self) -> usize {
        let here = (0..self.counts.len()).filter(|place| self.selection.is_proper(*place)).count();
        here + self.occupied.as_ref().map_or(0, |it| it.proper_elsewhere)
    }

    /// The cells that are not empty, those of predictions of no class as one a label.
    pub(super) fn cells(&self) -> Vec<Cell> {
        self.selection.cells(self.tallies)
    }

    /// Whether a class is one, and not a name that only predictions have where those
    /// count as wrong.
    pub fn is_class(&self, class: usize) -> bool {
        self.selection.is_proper(class)
    }

    /// The same with averages over no more than the classes that `keep` names, `[C]`.
    pub(crate) fn averaged_over(&self, keep: &[bool]) -> Self {
        let selection = self.selection.averaged_over(keep.iter().copied());
        Self { selection, ..self.clone() }
    }

    /// The classes that averages are over.
    pub(crate) fn averaged(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.classes()).filter(|class| self.selection.is_averaged(*class))
    }

    /// See [`measures`](super::measures).
    ///
    /// # Errors
    ///
    /// The same.
    pub fn measures(&self) -> Result<Vec<(String, Measure)>> {
        self.check()?;
        let requests = request::shown(&self.tallies.spec, self.classes(), self.is_ordered())?;
        let of = |request: &Request| (request.to_string(), request.measure(self));
        let mut measures: Vec<_> = requests.iter().map(of).collect();
        bootstrap::add_intervals(self, &requests, &mut measures);
        Ok(measures)
    }

    /// The same of one of many groups of rows: with intervals by resampling only where
    /// these were asked for.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn group_measures(&self) -> Result<Vec<(String, Measure)>> {
        if self.spec().replicates.is_some() {
            return self.measures();
        }
        self.check()?;
        let requests = request::shown(&self.tallies.spec, self.classes(), self.is_ordered())?;
        Ok(requests.iter().map(|request| (request.to_string(), request.measure(self))).collect())
    }

    /// Whether the order of the classes means something: they are numbers, or are
    /// said to have one.
    fn is_ordered(&self) -> bool {
        self.tallies.spec.ordinal || self.has_numbers()
    }

    /// Whether all classes are numbers.
    pub(super) fn has_numbers(&self) -> bool {
        self.tallies.classes.proper_names().iter().all(|name| is_canonical_integer(name))
    }

    /// The value of one metric with its interval, as it stands among
    /// [`measures`](Self::measures). [`Request::check`] comes first.
    pub fn measure(&self, request: &Request) -> Measure {
        let mut measures = [(request.to_string(), request.measure(self))];
        bootstrap::add_intervals(self, std::slice::from_ref(request), &mut measures);
        let [(_, measure)] = measures;
        measure
    }

    /// See [`per_class`](super::per_class).
    pub fn per_class(&self) -> Vec<ClassMeasures> {
        (0..self.classes()).map(|class| ClassMeasures::new(self, class)).collect()
    }

    /// Whether the tallies hold the scores that their spec speaks of.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if they do not.
    pub(crate) fn check(&self) -> Result<()> {
        let spec = &self.tallies.spec;
        let lacking =
            aggregate::ALL.iter().find(|it| (it.is_wanted)(spec) && !self.tallies.has(it));
        match lacking {
            None => Ok(()),
            Some(entry) => {
                let name = entry.name;
                Err(Error::Internal(format!("the tallies lack {name}, which their options name")))
            }
        }
    }

    /// Number of classes, C.
    pub fn classes(&self) -> usize {
        self.tallies.classes.len()
    }

    /// The options of the evaluation.
    pub(super) fn spec(&self) -> &'a Spec {
        &self.tallies.spec
    }

    /// The state of an aggregate that a metric needs.
    pub(super) fn aggregate<A: Aggregate>(&self) -> &'a A {
        match self.tallies.get() {
            Some(state) => state,
            None => unreachable!("Request::check and Summary::check come first"),
        }
    }

    /// Σ predicted · support over the classes. At most n², so it fits.
    pub(super) fn chance(&self) -> u128 {
        let product = |class: &Counts| u128::from(class.predicted) * u128::from(class.support);
        self.counts.iter().map(product).sum()
    }
}

/// Whether sums of squared distances over all rows fit words, which are faster.
fn distances_fit(tallies: &Tallies) -> bool {
    let classes = tallies.classes.len() as u64;
    let farthest = classes.checked_mul(classes);
    farthest.and_then(|farthest| farthest.checked_mul(tallies.rows.scored)).is_some()
}

/// Cells that are worth a thread of their own: a quarter of a millisecond.
const CELLS_AT_ONCE: usize = 1 << 18;

/// Sums over the cells, those of distances in `T`.
struct Sums<T> {
    counts: Vec<Counts>,
    predicted: Vec<u64>,
    apart: T,
    apart_squared: T,
}

/// Sums over the cells of one label.
struct LabelSums<'a, T, D> {
    label: u32,
    predicted: &'a mut [u64],
    distance: D,
    support: u64,
    tp: u64,
    apart: T,
    apart_squared: T,
}

impl<T> Sums<T>
where
    T: Copy + Send + From<u32> + From<u64> + Add<Output = T> + Mul<Output = T> + Into<u128>,
{
    /// On all cores, if there are so many cells that it pays.
    fn of_confusion(tallies: &Tallies) -> Self {
        let rows: Vec<Row<'_>> = tallies.confusion.rows().collect();
        let parts = (tallies.confusion.len() / CELLS_AT_ONCE).min(rayon::current_num_threads());
        let of_rows = |rows: &[Row<'_>]| {
            let mut sums = Self::new(tallies.classes.len());
            for row in rows {
                sums.add(row.label(), u32::abs_diff, |sums| {
                    row.for_each(|prediction, count| sums.add(prediction, count));
                });
            }
            sums
        };
        if parts < 2 {
            return of_rows(&rows);
        }
        let parts = rows.par_chunks(rows.len().div_ceil(parts)).map(of_rows);
        parts.reduce(|| Self::new(tallies.classes.len()), Self::and)
    }

    fn of_cells(cells: &[Cell], occupied: &Occupied) -> Self {
        let mut sums = Self::new(occupied.len());
        let distance = |a, b| occupied.distance(a, b);
        for row in cells.chunk_by(|a, b| a.label == b.label) {
            sums.add(row[0].label, distance, |sums| {
                row.iter().for_each(|cell| sums.add(cell.prediction, cell.count));
            });
        }
        sums
    }

    fn new(classes: usize) -> Self {
        let zero = T::from(0_u32);
        Self {
            counts: vec![Counts::default(); classes],
            predicted: vec![0; classes],
            apart: zero,
            apart_squared: zero,
        }
    }

    /// Adds the cells of a label, which `cells` names.
    #[inline]
    fn add<D: Fn(u32, u32) -> u32>(
        &mut self,
        label: u32,
        distance: D,
        cells: impl FnOnce(&mut LabelSums<'_, T, D>),
    ) {
        let zero = T::from(0_u32);
        let predicted = self.predicted.as_mut_slice();
        let (support, tp, apart, apart_squared) = (0, 0, zero, zero);
        let mut sums = LabelSums { label, predicted, distance, support, tp, apart, apart_squared };
        cells(&mut sums);
        let LabelSums { support, tp, apart, apart_squared, .. } = sums;
        self.apart = self.apart + apart;
        self.apart_squared = self.apart_squared + apart_squared;
        self.counts[label as usize] = Counts { tp, support, predicted: 0 };
    }

    /// The sums over the cells of other labels, too.
    fn and(mut self, more: Self) -> Self {
        for (counts, more) in self.counts.iter_mut().zip(more.counts) {
            counts.tp += more.tp;
            counts.support += more.support;
        }
        self.predicted.iter_mut().zip(more.predicted).for_each(|(sum, more)| *sum += more);
        self.apart = self.apart + more.apart;
        self.apart_squared = self.apart_squared + more.apart_squared;
        self
    }

    fn summary(mut self, tallies: &Tallies, selection: Selection) -> Summary<'_> {
        let counts = self.counts.iter_mut();
        counts.zip(self.predicted).for_each(|(counts, sum)| counts.predicted = sum);
        let correct = self.counts.iter().map(|class| class.tp).sum();
        let outside = selection.take_outside(&mut self.counts);
        Summary {
            tallies,
            rows: tallies.rows.scored,
            correct,
            counts: self.counts,
            occupied: None,
            apart: self.apart.into(),
            apart_squared: self.apart_squared.into(),
            outside,
            selection,
        }
    }
}

impl<T, D> LabelSums<'_, T, D>
where
    T: Copy + From<u32> + From<u64> + Add<Output = T> + Mul<Output = T>,
    D: Fn(u32, u32) -> u32,
{
    #[inline(always)]
    fn add(&mut self, prediction: u32, count: u64) {
        self.predicted[prediction as usize] += count;
        self.support += count;
        self.tp += if prediction == self.label { count } else { 0 };
        let distance = T::from((self.distance)(self.label, prediction));
        let rows_apart = distance * T::from(count);
        self.apart = self.apart + rows_apart;
        self.apart_squared = self.apart_squared + distance * rows_apart;
    }
}
