//! The excerpt of a report that is too long to show whole.

use std::cmp::Ordering;

use super::Report;
use super::figures::{count, counted};
use crate::metric::ClassMeasures;
use crate::tally::{Cell, Confusion};

/// Classes up to which all are shown.
const ALL_CLASSES: usize = 25;
/// The worst classes shown beyond that.
const WORST: usize = 10;
/// The best classes shown beyond that.
const BEST: usize = 3;
/// The confused pairs shown.
const PAIRS: usize = 10;

/// The classes to show.
#[derive(Debug)]
pub(super) enum Classes<'a> {
    /// All, in their order.
    All(&'a [ClassMeasures]),
    /// Those with the lowest F1, worst first, and with the highest, best first.
    Ends {
        worst: Vec<&'a ClassMeasures>,
        best: Vec<&'a ClassMeasures>,
        /// How many lie between.
        between: usize,
        /// How many have no F1.
        undefined: usize,
    },
}

/// Whether each class has its areas against the others: of two, they are those
/// of the metrics.
pub(super) fn has_areas(report: &Report) -> bool {
    report.tallies.spec.has_each_class()
        && report.per_class.iter().all(|class| class.order.is_some())
}

/// Picks the classes to show.
///
/// Among classes of one F1 the one with more rows comes first: it matters more.
pub(super) fn classes(all: &[ClassMeasures]) -> Classes<'_> {
    if all.len() <= ALL_CLASSES {
        return Classes::All(all);
    }
    let mut ranked: Vec<(f64, &ClassMeasures)> =
        all.iter().filter_map(|class| class.f1.ok().map(|f1| (f1, class))).collect();
    let undefined = all.len() - ranked.len();
    let rows = |a: &ClassMeasures, b: &ClassMeasures| {
        b.support.cmp(&a.support).then(a.class.cmp(&b.class))
    };
    ranked.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then_with(|| rows(a.1, b.1)));
    let worst: Vec<_> = ranked.iter().take(WORST).map(|(_, class)| *class).collect();
    let mut rest = ranked.split_off(worst.len());
    rest.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| rows(a.1, b.1)));
    let best: Vec<_> = rest.iter().take(BEST).map(|(_, class)| *class).collect();
    let between = rest.len() - best.len();
    Classes::Ends { worst, best, between, undefined }
}

/// A line that says how many classes are not shown.
pub(super) fn left_out(between: usize, undefined: usize) -> String {
    let mut line = format!("… and {} more", count((between + undefined) as u64));
    if undefined > 0 {
        let classes = counted(undefined as u64, "of them has", "of them have");
        line.push_str(&format!(" ({classes} no f1)"));
    }
    line
}

/// What a dash means in a table of classes.
pub(super) const UNDEFINED: &str = "– undefined: the count that it would be divided by is 0";

/// The class with the lowest F1, if one stands out from the best.
pub(super) fn worst(all: &[ClassMeasures]) -> Option<usize> {
    let f1 = |class: &ClassMeasures| class.f1.ok().map(|f1| (f1, class.class));
    let by_value = |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0);
    let lowest = all.iter().filter_map(f1).min_by(by_value)?;
    let highest = all.iter().filter_map(f1).max_by(by_value)?;
    (lowest.0 < highest.0).then_some(lowest.1)
}

/// The pairs of different classes that are confused most often, and the number
/// of pairs that are confused at all.
pub(super) fn confused_pairs(confusion: &Confusion) -> (Vec<Cell>, usize) {
    let more = |a: &Cell, b: &Cell| -> Ordering {
        b.count.cmp(&a.count).then((a.label, a.prediction).cmp(&(b.label, b.prediction)))
    };
    let mut pairs: Vec<Cell> = Vec::with_capacity(PAIRS + 1);
    // Below this count a cell has no place. Cells come in order, so one that ties
    // with the last one shown stays behind it.
    let mut least = 1;
    // One pass over what may be a million cells, holding only those shown.
    for row in confusion.rows() {
        let label = row.label();
        row.for_each(|prediction, count| {
            if count < least || prediction == label {
                return;
            }
            let cell = Cell { label, prediction, count };
            let place = pairs.partition_point(|shown| more(shown, &cell).is_lt());
            pairs.insert(place, cell);
            pairs.truncate(PAIRS);
            if let Some(last) = pairs.get(PAIRS - 1) {
                least = last.count + 1;
            }
        });
    }
    let right = confusion.diagonal().filter(|rows| *rows > 0).count();
    (pairs, confusion.len() - right)
}
