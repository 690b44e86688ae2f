//! The points of a curve that show at the resolution of a plot.

use super::{Counts, Fold, Group, Key, Point};

/// Cells along an axis of shares.
const CELLS: u64 = 500;

/// Bits of the number of rows above that tell cells near the start apart, where
/// precision moves fast: 8 cells to an octave.
const OCTAVE_BITS: u32 = 3;

/// Points of a curve, reduced.
///
/// A point is kept when it is the first in a new cell of recall, of false
/// positive rate, or, by its logarithm, of the rows above: fewer than 1,400 of
/// any number. Which are kept follows from the rows alone. Metrics never come
/// from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curve {
    all: Counts,
    points: Vec<Point>,
}

impl Curve {
    /// No points yet, of `all` rows to come.
    pub fn new(all: Counts) -> Self {
        Self { all, points: Vec::new() }
    }

    /// The points, from above all rows to below all of them.
    pub fn finish(self) -> Vec<Point> {
        let mut points = self.points;
        points.insert(0, Point::START);
        points
    }

    /// Takes in groups of any size, each with its key.
    pub fn add(&mut self, before: Counts, groups: impl Iterator<Item = (u64, Counts)>) {
        let mut above = before;
        let mut next = Next::after(before, self.all);
        for (key, rows) in groups {
            above += rows;
            self.point(Point { key: Some(key), above }, &mut next);
        }
    }

    /// Takes in one point.
    fn point(&mut self, point: Point, next: &mut Next) {
        let above = point.above;
        if above.positive >= next.positive
            || above.negative >= next.negative
            || above.rows() >= next.rows
            || above == self.all
        {
            self.points.push(point);
            *next = Next::after(above, self.all);
        }
    }
}

/// Where the next cells begin.
struct Next {
    positive: u64,
    negative: u64,
    rows: u64,
}

impl Next {
    fn after(above: Counts, all: Counts) -> Self {
        let next = |count: u64, all: u64| {
            let cell = all.div_ceil(CELLS).max(1);
            (count / cell + 1) * cell
        };
        let bits = u64::BITS - above.rows().leading_zeros();
        let shift = bits.saturating_sub(OCTAVE_BITS + 1);
        Self {
            positive: next(above.positive, all.positive),
            negative: next(above.negative, all.negative),
            rows: ((above.rows() >> shift) + 1) << shift,
        }
    }
}

impl<K: Key> Fold<K> for Curve {
    fn groups(&mut self, before: Counts, groups: &[Group<K>]) {
        self.add(before, groups.iter().map(|group| (group.key.wide(), group.counts())));
    }

    fn join(&mut self, next: Self) {
        self.points.extend(next.points);
    }
}
