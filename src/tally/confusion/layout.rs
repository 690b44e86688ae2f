//! The layout of the counts of a label: a function of the counts alone, so
//! that equal counts have equal bytes.

use super::counts::{Stores, Width};
use super::row::{Predictions, Row};
use super::{Cell, Confusion};

/// What is known of a label, and where the rest lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) label: u32,
    /// The count of the label as its own prediction: mostly greater than all others,
    /// which would need to be as wide.
    pub(super) right: u64,
    pub(super) width: Width,
    pub(super) numbering: Numbering,
    /// How many counts of other predictions there are.
    pub(super) places: usize,
    /// The first of them in the store of the width.
    pub(super) start: usize,
}

impl Head {
    /// The prediction of the last count or, if predictions are listed, how many are.
    pub(super) fn last_or_listed(&self) -> u32 {
        // Predictions are numbered in u32, and the label is none of those listed.
        #[allow(clippy::cast_possible_truncation, reason = "a class, or fewer than classes")]
        match self.numbering {
            Numbering::From(first) => first + (self.places - 1) as u32,
            Numbering::Listed(_) => self.places as u32,
        }
    }
}

/// Which predictions there are counts of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbering {
    /// All from this one on to the last that is not empty.
    From(u32),
    /// Those listed from this place on.
    Listed(usize),
}

/// What a layout follows from: the cells off the diagonal that are not empty.
#[derive(Clone, Copy, Debug)]
struct Shape {
    cells: usize,
    first: u32,
    last: u32,
    /// The bits of all counts.
    bits: u64,
}

impl Shape {
    /// That of counts by prediction, from 0 on.
    fn of_counts(counts: &[u64]) -> Self {
        let occurs = |count: &u64| *count > 0;
        // Places of counts are classes, which are numbered in u32.
        #[allow(clippy::cast_possible_truncation, reason = "a class")]
        let class = |place: Option<usize>| place.map_or(0, |place| place as u32);
        Self {
            cells: counts.iter().filter(|count| occurs(count)).count(),
            first: class(counts.iter().position(occurs)),
            last: class(counts.iter().rposition(occurs)),
            bits: counts.iter().fold(0, |bits, count| bits | count),
        }
    }

    /// That of no cells: it has no span.
    const NONE: Self = Self { cells: 0, first: u32::MAX, last: 0, bits: 0 };

    /// That of one more cell, further on.
    fn with(self, prediction: u32, count: u64) -> Self {
        Self {
            cells: self.cells + 1,
            first: self.first.min(prediction),
            last: prediction,
            bits: self.bits | count,
        }
    }

    fn width(self) -> Width {
        Width::of(self.bits)
    }

    fn span(self) -> usize {
        (self.last - self.first) as usize + 1
    }

    /// How many counts it takes.
    fn places(self) -> usize {
        if self.is_dense() { self.span() } else { self.cells }
    }

    /// Whether a list of predictions would take no less room than empty cells.
    fn is_dense(self) -> bool {
        let width = self.width().bytes();
        let list = self.cells * (size_of::<u32>() + width);
        self.cells > 0 && self.span().saturating_mul(width) <= list
    }
}

impl Row<'_> {
    /// The shape of what it has off the diagonal; `None` if predictions do not ascend
    /// or the label is among them.
    fn shape(self) -> Option<Shape> {
        let ascends = match self.predictions {
            Predictions::From(first) => {
                u64::from(first) + self.counts.len() as u64 <= 1 << u32::BITS
            }
            Predictions::Listed(listed) => listed.is_sorted_by(|a, b| a < b),
        };
        let (mut shape, mut is_apart) = (Shape::NONE, true);
        if ascends {
            self.for_others(|prediction, count| {
                if count > 0 {
                    shape = shape.with(prediction, count);
                    is_apart &= prediction != self.label;
                }
            });
        }
        (ascends && is_apart).then_some(shape)
    }
}

impl Confusion {
    /// Appends the counts of a label beyond all others, by prediction; nothing if
    /// all are 0. That of the label itself is taken out of `counts`.
    pub(super) fn push_counts(&mut self, label: u32, counts: &mut [u64]) {
        let right = counts.get_mut(label as usize).map_or(0, std::mem::take);
        let shape = Shape::of_counts(counts);
        if shape.is_dense() {
            self.push_head(label, right, shape);
            let counts = &counts[shape.first as usize..=shape.last as usize];
            self.stores.extend(shape.width(), counts.iter().copied());
        } else {
            let cells = (0..).zip(counts.iter().copied()).filter(|(_, count)| *count > 0);
            self.push_listed(label, right, shape, cells);
        }
    }

    /// Appends the non-zero cells of a label beyond all others, by prediction;
    /// nothing if there are none.
    pub(super) fn push_cells(&mut self, cells: &[Cell]) {
        let Some(&Cell { label, .. }) = cells.first() else { return };
        let right = cells.iter().find(|cell| cell.prediction == label);
        let right = right.map_or(0, |cell| cell.count);
        let others = cells.iter().filter(|cell| cell.prediction != label);
        let others = others.map(|cell| (cell.prediction, cell.count));
        let with = |shape: Shape, (prediction, count)| shape.with(prediction, count);
        let shape = others.clone().fold(Shape::NONE, with);
        if shape.is_dense() {
            self.push_head(label, right, shape);
            let place = |prediction: u32| (prediction - shape.first) as usize;
            let cells = others.map(|(prediction, count)| (place(prediction), count));
            self.stores.extend_sparsely(shape.width(), shape.span(), cells);
        } else {
            self.push_listed(label, right, shape, others);
        }
    }

    fn push_listed(
        &mut self,
        label: u32,
        right: u64,
        shape: Shape,
        cells: impl Iterator<Item = (u32, u64)> + Clone,
    ) {
        if shape.cells == 0 && right == 0 {
            return;
        }
        self.push_head(label, right, shape);
        self.listed.extend(cells.clone().map(|(prediction, _)| prediction));
        self.stores.extend(shape.width(), cells.map(|(_, count)| count));
    }

    /// Announces counts of that shape, which come next.
    fn push_head(&mut self, label: u32, right: u64, shape: Shape) {
        let numbering = match shape.is_dense() {
            true => Numbering::From(shape.first),
            false => Numbering::Listed(self.listed.len()),
        };
        let (width, places) = (shape.width(), shape.places());
        let start = self.stores.len(width);
        self.heads.push(Head { label, right, width, numbering, places, start });
        self.cells += shape.cells + usize::from(right > 0);
    }

    /// Appends a row of another table, of a label beyond all others.
    pub(super) fn push_row(&mut self, row: Row<'_>) {
        let (width, places) = (row.counts.width(), row.counts.len());
        let (numbering, cells) = match row.predictions {
            Predictions::From(first) => (Numbering::From(first), row.counts.occurring()),
            Predictions::Listed(_) => (Numbering::Listed(self.listed.len()), places),
        };
        let start = self.stores.len(width);
        let (label, right) = (row.label, row.right);
        self.heads.push(Head { label, right, width, numbering, places, start });
        if let Predictions::Listed(listed) = row.predictions {
            self.listed.extend_from_slice(listed);
        }
        self.stores.extend_from(row.counts);
        self.cells += cells + usize::from(right > 0);
    }

    /// A table of these parts, in which heads lie within the rest; `None` unless they
    /// are what pushing its cells would have made.
    pub(super) fn of_parts(heads: Vec<Head>, listed: Vec<u32>, stores: Stores) -> Option<Self> {
        let mut table = Self { heads, listed, stores, cells: 0 };
        let mut cells = 0;
        for head in &table.heads {
            let shape = table.row(head).shape()?;
            let numbered = match head.numbering {
                Numbering::From(first) => shape.is_dense() && shape.first == first,
                Numbering::Listed(_) => !shape.is_dense(),
            };
            let is_pushed = numbered
                && head.width == shape.width()
                && head.places == shape.places()
                && (shape.cells > 0 || head.right > 0);
            if !is_pushed {
                return None;
            }
            cells += shape.cells + usize::from(head.right > 0);
        }
        table.cells = cells;
        table.heads.is_sorted_by(|a, b| a.label < b.label).then_some(table)
    }

    /// One table of those that follow one another by label.
    pub(super) fn concat(parts: Vec<Self>) -> Self {
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_default();
        let rest = parts.as_slice();
        all.heads.reserve_exact(rest.iter().map(|part| part.heads.len()).sum());
        all.listed.reserve_exact(rest.iter().map(|part| part.listed.len()).sum());
        all.stores.reserve_exact(rest.iter().map(|part| &part.stores));
        rest.iter().for_each(|part| all.append(part));
        all
    }

    /// Appends a table whose labels all lie beyond those of this one.
    pub(super) fn append(&mut self, more: &Self) {
        let listed = self.listed.len();
        let moved = |head: &Head| Head {
            numbering: match head.numbering {
                Numbering::From(first) => Numbering::From(first),
                Numbering::Listed(start) => Numbering::Listed(listed + start),
            },
            start: self.stores.len(head.width) + head.start,
            ..*head
        };
        self.heads.extend(more.heads.iter().map(moved));
        self.listed.extend_from_slice(&more.listed);
        self.stores.append(&more.stores);
        self.cells += more.cells;
    }

    pub(super) fn row(&self, head: &Head) -> Row<'_> {
        let predictions = match head.numbering {
            Numbering::From(first) => Predictions::From(first),
            Numbering::Listed(start) => Predictions::Listed(&self.listed[start..][..head.places]),
        };
        let places = head.start..head.start + head.places;
        let counts = self.stores.get(head.width, places);
        Row { label: head.label, right: head.right, predictions, counts }
    }
}
