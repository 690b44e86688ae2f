//! Predictions of no class, which count as wrong.
//!
//! They are counted by name as long as tallies may merge: a name that is only predicted
//! here may be a label elsewhere. What is shown has them in one column, the last.

use std::borrow::Cow;

use super::Tallies;
use crate::class::{Classes, Origin};
use crate::error::{Error, Result};

impl Tallies {
    /// Which classes are classes, `[C]`; `None` if all are.
    ///
    /// Where predictions of no class count as wrong, classes that were found in the rows
    /// are those of the labels, and [`OUTSIDE`](crate::class::OUTSIDE) is none.
    pub fn proper_classes(&self) -> Option<Vec<bool>> {
        if !self.spec.class_options.outside_is_wrong {
            return None;
        }
        let found = self.classes.origin() == Origin::Discovered;
        let mut proper = vec![!found; self.classes.len()];
        if found {
            self.confusion.rows().for_each(|row| proper[row.label() as usize] = true);
        }
        if let Some(outside) = self.classes.outside() {
            proper[outside] = false;
        }
        proper.contains(&false).then_some(proper)
    }

    /// The classes that predictions have and no label, each with its rows, the most first.
    pub fn only_predicted(&self) -> Vec<(&str, u64)> {
        let mut rows = vec![0_u64; self.classes.len()];
        let mut is_label = vec![false; self.classes.len()];
        for cell in self.confusion.cells() {
            rows[cell.prediction as usize] += cell.count;
            is_label[cell.label as usize] = true;
        }
        let names = self.classes.names().iter().map(String::as_str).zip(rows).zip(is_label);
        let only = names.filter(|((_, rows), is_label)| *rows > 0 && !is_label);
        let mut only: Vec<(&str, u64)> = only.map(|(found, _)| found).collect();
        only.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        only
    }

    /// Settles which classes averages are over, now that all rows were seen.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if a name is that of no class: also if only predictions have it
    /// where these count as wrong.
    pub fn settle_average_over(&mut self) -> Result<()> {
        let proper = self.proper_classes().filter(|_| self.classes.origin() == Origin::Discovered);
        let Some(proper) = proper else { return self.spec.class_options.settle(&self.classes) };
        let labels = Classes::discovered(self.classes.names_of(&proper));
        let options = &mut self.spec.class_options;
        let (is_loose, Some(over)) = (options.is_loose(), &mut options.average_over) else {
            return Ok(());
        };
        *over = over.resolve(&labels, options.matching)?;
        let is_only_predicted =
            |name: &&String| !labels.has(name, is_loose) && self.classes.has(name, is_loose);
        if let Some(name) = over.names.iter().find(is_only_predicted) {
            return Err(Error::Usage(format!(
                "--average-over: '{name}' is the label of no row, so that --outside wrong counts \
                 its predictions as wrong and not as a class; leave it out, or name all classes \
                 with --classes"
            )));
        }
        options.check(&labels)
    }

    /// How many classes there are, without what is none.
    pub fn class_count(&self) -> usize {
        let proper = self.proper_classes();
        proper.map_or(self.classes.len(), |proper| proper.iter().filter(|it| **it).count())
    }

    /// The same tallies with all predictions of no class in one column, the last.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if their count passes 2⁶⁴ − 1.
    pub fn with_outside_as_one(&self) -> Result<Cow<'_, Self>> {
        let Some(proper) = self.proper_classes() else { return Ok(Cow::Borrowed(self)) };
        let kept = self.classes.names_of(&proper);
        let outside = u32::try_from(kept.len()).unwrap_or(u32::MAX);
        let mut next = 0..outside;
        let place = |proper: &bool| match proper {
            true => next.next().unwrap_or(outside),
            false => outside,
        };
        let places: Vec<u32> = proper.iter().map(place).collect();
        let classes = match self.classes.origin() {
            Origin::Given => self.classes.clone(),
            Origin::Discovered => Classes::discovered(kept).and_outside(),
        };
        let confusion = self.confusion.renumbered(&places)?;
        Ok(Cow::Owned(Self { classes, confusion, ..self.clone() }))
    }
}
