//! The classes that averages are over, and predictions that are of none.

use std::sync::Arc;

use super::summary::Counts;
use crate::tally::{Cell, Tallies};

/// Which classes count for what; the same for a set of rows and its resamples.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    /// Which classes are classes at all, `[C]`; `None` if all are.
    proper: Option<Arc<[bool]>>,
    /// Which classes averages are over, `[C]`; `None` if over all.
    averaged: Option<Arc<[bool]>>,
}

impl Selection {
    /// What the options of `tallies` say.
    pub(super) fn of(tallies: &Tallies) -> Self {
        let options = &tallies.spec.class_options;
        let proper = tallies.proper_classes();
        let over = options.average_over.as_ref();
        let selected = over.map(|over| over.selected(&tallies.classes, options.matching));
        let averaged = match (selected, &proper) {
            (Some(mut selected), Some(proper)) => {
                selected.iter_mut().zip(proper).for_each(|(it, proper)| *it &= proper);
                Some(selected)
            }
            (selected, proper) => selected.or_else(|| proper.clone()),
        };
        let averaged = averaged.filter(|averaged| averaged.contains(&false));
        Self { proper: proper.map(Into::into), averaged: averaged.map(Into::into) }
    }

    /// The same of some of the classes, by their places among them.
    pub(super) fn of_classes(&self, classes: &[u32]) -> Self {
        let among = |which: &Option<Arc<[bool]>>| {
            let which = which.as_ref()?;
            Some(classes.iter().map(|&class| which[class as usize]).collect())
        };
        Self { proper: among(&self.proper), averaged: among(&self.averaged) }
    }

    /// The same with averages over no more than the classes that `keep` names, `[C]`.
    pub(super) fn averaged_over(&self, keep: impl Iterator<Item = bool>) -> Self {
        let kept = keep.enumerate().map(|(class, keep)| keep && self.is_averaged(class));
        Self { averaged: Some(kept.collect()), ..self.clone() }
    }

    /// Whether a class is one.
    pub(super) fn is_proper(&self, class: usize) -> bool {
        self.proper.as_ref().is_none_or(|proper| proper[class])
    }

    /// Whether averages are over a class, too.
    pub(super) fn is_averaged(&self, class: usize) -> bool {
        self.averaged.as_ref().is_none_or(|averaged| averaged[class])
    }

    /// Takes predictions of what is no class out of `counts`; how many there are.
    pub(super) fn take_outside(&self, counts: &mut [Counts]) -> u64 {
        let Some(proper) = &self.proper else { return 0 };
        let improper = counts.iter_mut().zip(proper.iter()).filter(|(_, proper)| !**proper);
        improper.map(|(counts, _)| std::mem::take(&mut counts.predicted)).sum()
    }

    /// How many [`cells`](Self::cells) there are.
    pub(super) fn cell_count(&self, tallies: &Tallies) -> usize {
        match self.proper {
            Some(_) => self.cells(tallies).len(),
            None => tallies.confusion.len(),
        }
    }

    /// The non-zero cells of `tallies`, those of no class as one for each label.
    pub(super) fn cells(&self, tallies: &Tallies) -> Vec<Cell> {
        let cells = tallies.confusion.cells();
        let Some(proper) = &self.proper else { return cells.collect() };
        let Some(outside) = (0..).zip(proper.iter()).find(|(_, proper)| !**proper) else {
            return cells.collect();
        };
        let mut kept: Vec<Cell> = Vec::new();
        for row in tallies.confusion.rows() {
            let mut wrong = 0;
            for cell in row.cells() {
                match proper[cell.prediction as usize] {
                    true => kept.push(cell),
                    false => wrong += cell.count,
                }
            }
            if wrong > 0 {
                let (label, prediction) = (row.label(), outside.0);
                kept.push(Cell { label, prediction, count: wrong });
            }
        }
        kept
    }
}
