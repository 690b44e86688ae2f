//! Adding tallies, and putting their classes in order.

use super::confusion::checked_add;
use super::{Cell, MOST_ROWS, Ordered, Rows, Tallies};
use crate::class::{Classes, Origin};
use crate::error::{Error, Result};

impl Tallies {
    /// Adds `other` into `self`. Classes that were discovered merge by union.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] names the first option or class that differs, and a
    /// count that passes 2⁶⁴ − 1.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let is_nothing = |it: &Self| it.rows.read == 0 && it.slices.is_empty();
        let [is_first, is_alone] = [&*self, other].map(is_nothing);
        self.merge_whole(other)?;
        match (is_first, is_alone) {
            (true, _) => self.slices.clone_from(&other.slices),
            (false, true) => {}
            (false, false) => self.merge_slices(other)?,
        }
        Ok(())
    }

    fn merge_whole(&mut self, other: &Self) -> Result<()> {
        if let Some(difference) = self.spec.difference(&other.spec) {
            return Err(Error::Mismatch(difference));
        }
        // Only where both were said to be exact, several spellings are no slip.
        let matching = &mut self.spec.class_options.matching;
        *matching = matching.and(other.spec.class_options.matching);
        // Of exact orders none is left, and binned ones are those of the classes.
        if self.spec.ordered != other.spec.ordered {
            self.spec.ordered = Ordered::Classes;
        }
        if self.classes == other.classes {
            return self.add(other);
        }
        let both_discovered = [&self.classes, &other.classes]
            .into_iter()
            .all(|classes| classes.origin() == Origin::Discovered);
        if !both_discovered {
            return Err(Error::Mismatch(class_difference(&self.classes, &other.classes)));
        }
        // One that counted nothing has no classes yet.
        if other.classes.is_empty() {
            return self.add(other);
        }
        let union = self.classes.union(&other.classes);
        if self.classes != union {
            *self = self.with_classes(&union)?;
        }
        match other.classes == union {
            true => self.add(other),
            false => self.add(&other.with_classes(&union)?),
        }
    }

    /// The same tallies over `classes`, which holds all that occur.
    fn with_classes(&self, classes: &Classes) -> Result<Self> {
        let missing = || Error::Internal("a class is missing from the union of classes".into());
        let places = self.classes.places_in(classes).ok_or_else(missing)?;
        let confusion = self.confusion.renumbered(&places)?;
        let aggregates = self.aggregates.relabelled(&places, classes.len());
        let (spec, classes, rows) = (self.spec.clone(), classes.clone(), self.rows);
        let slices = self.slices.clone();
        Ok(Self { spec, classes, rows, confusion, aggregates, slices })
    }

    fn add(&mut self, other: &Self) -> Result<()> {
        self.rows.add(&other.rows)?;
        if !self.has_room() {
            return Err(Error::Mismatch(format!(
                "together there are more than {MOST_ROWS} rows, or too many for their classes"
            )));
        }
        self.confusion.merge(&other.confusion)?;
        self.aggregates.merge(&other.aggregates)
    }
}

impl Rows {
    fn add(&mut self, other: &Self) -> Result<()> {
        let pairs = [
            (&mut self.read, other.read),
            (&mut self.scored, other.scored),
            (&mut self.ignored, other.ignored),
            (&mut self.invalid, other.invalid),
            (&mut self.infinite_loss, other.infinite_loss),
        ];
        pairs.into_iter().try_for_each(|(own, more)| {
            *own = checked_add(*own, more)?;
            Ok(())
        })
    }
}

/// Says how two class lists that must be equal differ.
fn class_difference(own: &Classes, other: &Classes) -> String {
    if own.len() != other.len() {
        return format!("{} classes against {}", own.len(), other.len());
    }
    let differing = own.names().iter().zip(other.names()).position(|(a, b)| a != b);
    match differing {
        Some(at) => format!("class {at} is '{}' against '{}'", own.names()[at], other.names()[at]),
        None => match own.origin() {
            Origin::Given => "classes given by name against classes found in the rows".into(),
            Origin::Discovered => "classes found in the rows against classes given by name".into(),
        },
    }
}

/// Counts by name, from counts by any numbering: only names that occur become
/// classes, in canonical order.
///
/// # Errors
///
/// [`Error::Mismatch`] if a count passes 2⁶⁴ − 1.
pub fn discover(names: &[String], mut cells: Vec<Cell>) -> Result<(Classes, super::Confusion)> {
    let mut occurs = vec![false; names.len()];
    for cell in cells.iter().filter(|cell| cell.count > 0) {
        occurs[cell.label as usize] = true;
        occurs[cell.prediction as usize] = true;
    }
    let kept = (0..).zip(names).zip(&occurs).filter(|(_, occurs)| **occurs);
    let kept = kept.map(|((id, name), _): ((u32, &String), _)| (name.clone(), id)).collect();
    let (classes, ids) = Classes::discovered_as(kept);
    let mut places = vec![0; names.len()];
    (0..).zip(ids).for_each(|(place, id)| places[id as usize] = place);
    for cell in &mut cells {
        cell.label = places[cell.label as usize];
        cell.prediction = places[cell.prediction as usize];
    }
    Ok((classes.clone(), super::Confusion::from_cells(cells)?))
}
