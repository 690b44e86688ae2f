//! Predictions of no class, which count as wrong.
//!
//! They are counted by name as long as tallies may merge: a name that is only predicted
//! here may be a label elsewhere. What is shown has them in one column, the last.

use std::borrow::Cow;

use super::Tallies;
use crate::class::{Classes, Origin};
use crate::error::Result;

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

    /// How many classes there are, without what is none.
    pub fn class_count(&self) -> usize {
        let proper = self.proper_classes();
        proper.map_or(self.classes.len(), |proper| proper.iter().filter(|it| **it).count())
    }

    /// The same tallies with all predictions of no class in one column, the last.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`](crate::error::Error::Mismatch) if their count passes 2⁶⁴ − 1.
    pub fn with_outside_as_one(&self) -> Result<Cow<'_, Self>> {
        let Some(proper) = self.proper_classes() else { return Ok(Cow::Borrowed(self)) };
        let names = self.classes.names().iter().zip(&proper);
        let kept: Vec<String> =
            names.filter(|(_, proper)| **proper).map(|(name, _)| name.clone()).collect();
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
