//! What most metrics start from, computed once.

use std::ops::{Add, Mul};

use super::bootstrap;
use super::class::ClassMeasures;
use super::measure::Measure;
use super::request::{self, Request};
use crate::error::{Error, Result};
use crate::tally::{Auc, Cell, Counted, ScoreTallies, Spec, Tallies, Task};

/// The marginals of a set of tallies. Its memory is that of the classes, never
/// classes × classes.
#[derive(Clone, Debug)]
pub struct Summary<'a> {
    /// Where it comes from.
    pub tallies: &'a Tallies,
    /// The non-zero cells of the confusion that is summed up: that of the
    /// tallies, or a resample of it.
    pub(super) cells: &'a [Cell],
    /// Scored rows, n.
    pub rows: u64,
    /// Rows whose prediction is their label, c.
    pub correct: u64,
    /// The counts of each class, `[C]`.
    pub counts: Vec<Counts>,
    /// Σ |i − j| over the rows, of label i and prediction j. At most n C, so it
    /// fits, and so does the sum of squares.
    pub(super) apart: u128,
    /// Σ (i − j)² over the rows.
    pub(super) apart_squared: u128,
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
        Self::of_cells(tallies, tallies.confusion.cells())
    }

    /// The same of other counts of as many rows: those of a resample. Cells
    /// may be empty.
    pub(super) fn of_cells(tallies: &'a Tallies, cells: &'a [Cell]) -> Self {
        let classes = tallies.classes.len();
        let mut counts = vec![Counts::default(); classes];
        let mut predicted = vec![0; classes];
        let (mut apart, mut apart_squared) = (0, 0);
        let farthest = (classes as u64).saturating_mul(classes as u64);
        for row in cells.chunk_by(|a, b| a.label == b.label) {
            let label = row[0].label;
            let (mut support, mut tp) = (0, 0);
            for cell in row {
                predicted[cell.prediction as usize] += cell.count;
                support += cell.count;
                tp += if cell.prediction == label { cell.count } else { 0 };
            }
            counts[label as usize].support += support;
            counts[label as usize].tp += tp;
            // Words are faster, where no sum can pass one.
            let fits = farthest.checked_mul(support).is_some();
            let [linear, squared] =
                if fits { distances::<u64>(row) } else { distances::<u128>(row) };
            apart += linear;
            apart_squared += squared;
        }
        counts.iter_mut().zip(predicted).for_each(|(counts, sum)| counts.predicted = sum);
        let correct = counts.iter().map(|class| class.tp).sum();
        Self { tallies, cells, rows: tallies.rows.scored, correct, counts, apart, apart_squared }
    }

    /// See [`measures`](super::measures).
    ///
    /// # Errors
    ///
    /// The same.
    pub fn measures(&self) -> Result<Vec<(String, Measure)>> {
        self.check()?;
        let requests = request::shown(&self.tallies.spec, self.classes())?;
        let of = |request: &Request| (request.to_string(), request.measure(self));
        let mut measures: Vec<_> = requests.iter().map(of).collect();
        bootstrap::add_intervals(self, &requests, &mut measures);
        Ok(measures)
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
        let whole = match &self.tallies.scores {
            Some(scores) => {
                (scores.classwise.is_some() || !spec.classwise)
                    && (scores.tempered.is_some() || !spec.temperature)
            }
            None => spec.task == Task::Predictions || spec.counted != Counted::All,
        };
        let ordered = spec.auc == Auc::None || self.tallies.order.is_some();
        let lacking = || Error::Internal("the tallies lack scores that their options name".into());
        if whole && ordered { Ok(()) } else { Err(lacking()) }
    }

    /// Number of classes, C.
    pub fn classes(&self) -> usize {
        self.counts.len()
    }

    /// The options of the evaluation.
    pub(super) fn spec(&self) -> &'a Spec {
        &self.tallies.spec
    }

    /// What scores add.
    pub(super) fn scores(&self) -> &'a ScoreTallies {
        match &self.tallies.scores {
            Some(scores) => scores,
            None => unreachable!("Request::check and Summary::check come first"),
        }
    }

    /// Σ predicted · support over the classes. At most n², so it fits.
    pub(super) fn chance(&self) -> u128 {
        let product = |class: &Counts| u128::from(class.predicted) * u128::from(class.support);
        self.counts.iter().map(product).sum()
    }
}

/// Σ |i − j| and Σ (i − j)² over the rows of cells, in sums that hold them.
fn distances<T>(cells: &[Cell]) -> [u128; 2]
where
    T: Copy + From<u32> + From<u64> + Add<Output = T> + Mul<Output = T> + Into<u128>,
{
    let mut sums = [T::from(0_u32); 2];
    for cell in cells {
        let distance = T::from(cell.label.abs_diff(cell.prediction));
        let rows_apart = distance * T::from(cell.count);
        sums = [sums[0] + rows_apart, sums[1] + distance * rows_apart];
    }
    sums.map(Into::into)
}
