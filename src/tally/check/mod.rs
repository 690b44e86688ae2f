//! The guarantees that counting gives of tallies, so that a state that says otherwise is
//! refused.
//!
//! Each file holds what one section of a state must satisfy. Nothing is recomputed that
//! needs the rows: a state that passes may still be made up, but no metric of it leaves
//! its range and no sum over it passes the end of its integers. `docs/states.md` lists
//! the same for readers.

mod options;

use super::aggregate::{self, Entry};
use super::{Counts, Moments, Origin, RowSums, Tallies, Task, Wide};
use crate::class::OUTSIDE;

/// The most rows that one set of tallies may hold: products of two counts and a distance
/// between classes stay within 128 bits, and pairs of rows and classes within 64.
pub const MOST_ROWS: u64 = 1 << 48;

/// What most sections are compared with.
pub struct Margins {
    /// Rows of each class, `[C]`.
    pub(super) support: Vec<u64>,
    /// Whether each class is a label or a prediction, `[C]`.
    occurs: Vec<bool>,
    /// Rows whose prediction is their label.
    pub(super) correct: u64,
    /// Scored rows.
    pub(super) scored: u64,
}

/// Whether a section is one that rows with these margins can have given.
type Fit = fn(&Tallies, &Margins) -> bool;

impl Margins {
    /// Rows of one class and of all others.
    pub(super) fn one_against_rest(&self, class: usize) -> Counts {
        let positive = self.support[class];
        Counts { positive, negative: self.scored - positive }
    }

    /// Wrong rows, as positive ones, and right ones.
    pub(super) fn wrong_and_right(&self) -> Counts {
        Counts { positive: self.scored - self.correct, negative: self.correct }
    }
}

/// The first section that no rows can have given, in words; `None` if all agree.
pub(super) fn contradiction(tallies: &Tallies) -> Option<&'static str> {
    if !rows_fit(tallies) {
        return Some("counts of rows");
    }
    let Some(margins) = margins(tallies) else { return Some("confusion") };
    let sections: [(&str, Fit); 3] = [
        ("options", |tallies, _| options::fit(tallies)),
        ("classes", classes_fit),
        ("classes", |tallies, _| tallies.spec.class_options.check(&tallies.classes).is_ok()),
    ];
    let section = sections.into_iter().find(|(_, fit)| !fit(tallies, &margins));
    let contradiction = section.map(|(name, _)| name);
    let contradiction = contradiction.or_else(|| aggregates_contradict(tallies, &margins));
    contradiction.or_else(|| (!tallies.slices_fit()).then_some("slices"))
}

/// Whether no rows can have given these tallies of a group, in which classes that
/// options name may be absent.
pub(super) fn group_contradicts(tallies: &Tallies) -> bool {
    let fits = |margins: Margins| {
        classes_fit(tallies, &margins) && aggregates_contradict(tallies, &margins).is_none()
    };
    !rows_fit(tallies) || !margins(tallies).is_some_and(fits)
}

/// The first aggregate that is there though it was not asked for, or the other way
/// round, or that no rows can have given.
fn aggregates_contradict(tallies: &Tallies, margins: &Margins) -> Option<&'static str> {
    let is_amiss =
        |entry: &&Entry| (entry.is_wanted)(&tallies.spec) != tallies.aggregates.has(entry);
    let amiss = aggregate::ALL.iter().find(is_amiss).map(|entry| entry.name);
    amiss.or_else(|| {
        let mut states = tallies.aggregates.states();
        states.find(|state| !state.fits(tallies, margins)).map(|state| state.entry().name)
    })
}

/// Whether `rows` values of at most `most` can have these sums: Σv ≤ n·most,
/// Σv² ≤ most·Σv, and (Σv)² ≤ n·Σv².
pub(super) fn moments_fit(moments: &Moments, rows: u64, most: u64) -> bool {
    moments.sum <= u128::from(rows) * u128::from(most)
        && moments.squares <= Wide::product(moments.sum, most)
        && moments.deviation(rows).is_some()
}

fn rows_fit(tallies: &Tallies) -> bool {
    let rows = &tallies.rows;
    let went: u128 = [rows.scored, rows.ignored, rows.invalid].map(u128::from).iter().sum();
    went == u128::from(rows.read)
        && tallies.has_room()
        && rows.infinite_loss <= rows.scored
        && (tallies.get::<RowSums>().is_some() || rows.infinite_loss == 0)
}

/// The margins of the confusion; `None` if a cell is of no class or the cells are not
/// those of all scored rows.
fn margins(tallies: &Tallies) -> Option<Margins> {
    let classes = tallies.classes.len();
    let (mut support, mut occurs) = (vec![0; classes], vec![false; classes]);
    let (mut rows, mut correct, mut is_inside) = (0_u128, 0_u128, true);
    for row in tallies.confusion.rows() {
        let mut own = 0_u128;
        row.for_each(|prediction, count| {
            own += u128::from(count);
            match occurs.get_mut(prediction as usize) {
                Some(occurs) => *occurs |= count > 0,
                None => is_inside &= count == 0,
            }
        });
        *support.get_mut(row.label() as usize)? = u64::try_from(own).ok()?;
        occurs[row.label() as usize] = true;
        correct += u128::from(row.count(row.label()));
        rows += own;
    }
    let scored = tallies.rows.scored;
    let correct = u64::try_from(correct).ok()?;
    let is_whole = is_inside && rows == u128::from(scored);
    is_whole.then_some(Margins { support, occurs, correct, scored })
}

/// Whether there is a class of no class only where its predictions count, and no label
/// is it; and whether classes that were found in the rows all occur.
fn classes_fit(tallies: &Tallies, margins: &Margins) -> bool {
    let Tallies { spec, classes, .. } = tallies;
    let outside = classes.names().iter().position(|name| name == OUTSIDE);
    let has_predictions = spec.task == Task::Predictions;
    let are_found = has_predictions && classes.origin() == Origin::Discovered;
    outside == classes.outside()
        && outside.is_none_or(|at| spec.class_options.outside_is_wrong && margins.support[at] == 0)
        && (!spec.class_options.outside_is_wrong || has_predictions)
        && (!are_found || !margins.occurs.contains(&false))
}

impl Tallies {
    /// Whether there are no more rows than any sum over them has room for.
    pub(super) fn has_room(&self) -> bool {
        self.rows.read <= MOST_ROWS
            && u128::from(self.rows.scored) * (self.classes.len() as u128) <= 1 << 62
    }
}
