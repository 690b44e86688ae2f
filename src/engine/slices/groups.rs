//! The groups of a worker's rows, by the values of each slice column.

use std::collections::BTreeMap;

use crate::batch::{Batch, SliceColumn};
use crate::engine::plan::class_index::ClassIndex;
use crate::engine::plan::settled::Plan;
use crate::error::Result;
use crate::tally::{Grouped, MOST_VALUES, Rows, SliceValue};

/// What became of a row that is not scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unscored {
    Ignored,
    Invalid,
}

/// The groups of one worker's rows, by each slice column.
pub(crate) struct Groups<G> {
    pub(super) columns: Vec<Column<G>>,
}

/// The groups by the values of one column.
pub(super) struct Column<G> {
    pub(super) name: String,
    values: ClassIndex,
    /// The group of each row of a batch, `[rows]`: 0 without a value, else 1 more than
    /// the number of its value.
    pub(super) numbers: Vec<u32>,
    /// By number; none for numbers that no row has.
    pub(super) groups: Vec<Option<G>>,
}

impl<G> Groups<G> {
    /// No group yet; nothing where rows are not to be put into any.
    pub(crate) fn new(plan: &Plan) -> Option<Self> {
        let column = |name: &String| Column {
            name: name.clone(),
            values: ClassIndex::of_names(),
            numbers: Vec::new(),
            groups: Vec::new(),
        };
        let columns: Vec<_> = plan.slices.iter().map(column).collect();
        (!columns.is_empty()).then_some(Self { columns })
    }

    /// Finds the groups of the rows of a batch.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if a column has too many values.
    pub(crate) fn begin(&mut self, batch: &Batch, new: impl Fn() -> G) -> Result<()> {
        for (column, slice) in self.columns.iter_mut().zip(&batch.slices) {
            column.begin(batch.rows, slice, &new)?;
        }
        Ok(())
    }

    /// The group of a row of the batch in hand, by each column.
    pub(super) fn of_row(&mut self, row: usize) -> impl Iterator<Item = &mut G> {
        self.columns.iter_mut().filter_map(move |column| {
            let number = column.numbers[row] as usize;
            column.groups[number].as_mut()
        })
    }
}

impl<G> Column<G> {
    fn begin(&mut self, rows: usize, slice: &SliceColumn, new: &impl Fn() -> G) -> Result<()> {
        self.values.of(&slice.names, 0..rows, &mut self.numbers);
        self.numbers.iter_mut().for_each(|number| *number += 1);
        slice.missing.iter().for_each(|&row| self.numbers[row] = 0);
        let most = self.numbers.iter().fold(0, |most, &number| most.max(number)) as usize;
        if most > MOST_VALUES {
            return Grouped::refuse(&self.name, self.values.found_names().iter());
        }
        self.groups.resize_with(self.groups.len().max(most + 1), || None);
        for &number in &self.numbers {
            self.groups[number as usize].get_or_insert_with(new);
        }
        Ok(())
    }

    /// The groups that there are, by value.
    pub(super) fn into_groups(self) -> BTreeMap<SliceValue, G> {
        let names = self.values.found_names();
        let value = |number: usize| number.checked_sub(1).map(|place| names[place].clone());
        let groups = self.groups.into_iter().enumerate();
        groups.filter_map(|(number, group)| Some((value(number), group?))).collect()
    }
}

impl Rows {
    pub(super) fn add_unscored(&mut self, why: Unscored) {
        match why {
            Unscored::Ignored => self.ignored += 1,
            Unscored::Invalid => self.invalid += 1,
        }
    }
}
