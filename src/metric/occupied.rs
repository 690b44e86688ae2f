//! The classes that some row has or is predicted as: all that a resample of the
//! rows can have, so that what it costs does not grow with the others.

use super::selection::Selection;
use super::summary::Counts;
use crate::tally::Cell;

/// Longest run of classes that is handed out at once, so that sums over it fit.
const LONGEST_RUN: u32 = 1 << 16;

/// The classes that are not empty, of `of` classes in all.
#[derive(Debug)]
pub(super) struct Occupied {
    /// In rising order.
    classes: Vec<u32>,
    of: u32,
    /// The same options, by the place of a class among `classes`.
    pub(super) selection: Selection,
    /// Empty classes that averages are over.
    pub(super) averaged_elsewhere: usize,
    /// Empty classes that are classes at all.
    pub(super) proper_elsewhere: usize,
}

impl Occupied {
    /// Those of some cells.
    pub(super) fn of(cells: &[Cell], of: usize, selection: &Selection) -> Self {
        let mut classes: Vec<u32> =
            cells.iter().flat_map(|cell| [cell.label, cell.prediction]).collect();
        classes.sort_unstable();
        classes.dedup();
        let elsewhere = |is: &dyn Fn(usize) -> bool| {
            let all = (0..of).filter(|class| is(*class)).count();
            all - classes.iter().filter(|class| is(**class as usize)).count()
        };
        let averaged_elsewhere = elsewhere(&|class| selection.is_averaged(class));
        let proper_elsewhere = elsewhere(&|class| selection.is_proper(class));
        Self {
            selection: selection.of_classes(&classes),
            averaged_elsewhere,
            proper_elsewhere,
            of: u32::try_from(of).unwrap_or(u32::MAX),
            classes,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.classes.len()
    }

    /// The same cells, by the places of their classes.
    pub(super) fn placed(&self, cells: &[Cell]) -> Vec<Cell> {
        let place = |class| {
            let place = self.classes.partition_point(|&it| it < class);
            u32::try_from(place).unwrap_or_else(|_| unreachable!("classes are fewer than 2^32"))
        };
        let placed = |cell: &Cell| Cell {
            label: place(cell.label),
            prediction: place(cell.prediction),
            count: cell.count,
        };
        cells.iter().map(placed).collect()
    }

    /// The place of a class, if it is not empty.
    pub(super) fn place(&self, class: usize) -> Option<usize> {
        self.classes.binary_search(&u32::try_from(class).ok()?).ok()
    }

    /// How far the classes at two places are apart.
    #[inline]
    pub(super) fn distance(&self, a: u32, b: u32) -> u32 {
        self.classes[a as usize].abs_diff(self.classes[b as usize])
    }

    /// The counts of each class that is not empty, and to how many classes, it and the
    /// empty ones after it, they lead up; long runs are broken up.
    pub(super) fn runs<'a>(
        &'a self,
        counts: &'a [Counts],
    ) -> impl Iterator<Item = (Counts, u32)> + 'a {
        let ends = self.classes.iter().skip(1).copied().chain([self.of]);
        self.classes.iter().zip(ends).zip(counts).flat_map(|((&class, end), &counts)| {
            let starts = (class..end).step_by(LONGEST_RUN as usize);
            starts.map(move |start| {
                let counts = if start == class { counts } else { Counts::default() };
                (counts, (end - start).min(LONGEST_RUN))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_lead_up_to_every_class_once() {
        let cell = |label, prediction| Cell { label, prediction, count: 1 };
        let cells = [cell(3, 5), cell(200_000, 3)];
        let occupied = Occupied::of(&cells, 300_000, &Selection::default());
        assert_eq!((occupied.len(), occupied.averaged_elsewhere), (3, 299_997));
        let counts: Vec<Counts> =
            (1..=3).map(|support| Counts { support, ..Counts::default() }).collect();
        let runs: Vec<(u64, u32)> =
            occupied.runs(&counts).map(|(counts, run)| (counts.support, run)).collect();
        assert_eq!(runs.iter().map(|(_, run)| run).sum::<u32>(), 300_000 - 3);
        assert!(runs.iter().all(|&(_, run)| run > 0 && run <= LONGEST_RUN));
        assert_eq!(runs.iter().filter(|(support, _)| *support > 0).count(), 3);
        assert_eq!(runs[..2], [(1, 2), (2, LONGEST_RUN)]);
        assert_eq!(occupied.placed(&cells), [cell(0, 1), cell(2, 0)]);
        assert_eq!(occupied.distance(2, 1), 199_995);
        assert_eq!((occupied.place(5), occupied.place(4)), (Some(1), None));
    }
}
