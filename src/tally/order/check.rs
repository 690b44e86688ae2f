//! The limits of sums over rows in order.

use super::points;
use crate::exact::fixed::UNIT;
use crate::exact::order::{Counts, MassBin, PRECISION_BITS, Sums};
use crate::tally::check::{Margins, moments_fit};
use crate::tally::{
    Auc, BinnedOrder, ConfidenceOrder, Counted, ExactOrder, MOST_PAIRED, Moments, Order, Ordered,
    RowSums, ScoreBins, Tallies, Task, Wide,
};

/// Rows of an exact order are numbered in 32 bits.
const MOST_EXACT_ROWS: u64 = u32::MAX as u64;

/// Whether scored rows can lie in this order.
pub(super) fn fit(order: &Order, tallies: &Tallies, margins: &Margins) -> bool {
    let auc = tallies.spec.auc;
    match order {
        Order::Merged => auc == Auc::Exact,
        Order::Exact(order) => {
            auc == Auc::Exact
                && margins.scored <= MOST_EXACT_ROWS
                && exact_fits(order, tallies, margins)
        }
        Order::Binned(order) => auc == Auc::Binned && binned_fits(order, tallies, margins),
    }
}

/// The positive and the negative rows of each order, one after another.
fn totals(tallies: &Tallies, margins: &Margins) -> Vec<Counts> {
    let spec = &tallies.spec;
    let of = |class: usize| margins.one_against_rest(class);
    let each = (0..tallies.classes.len()).filter(|_| spec.has_each_class()).map(of);
    each.chain(apart(tallies).map(of)).collect()
}

/// The positive class, where it has an order of its own and so a curve.
fn apart(tallies: &Tallies) -> Option<usize> {
    let spec = &tallies.spec;
    let is_apart = spec.task != Task::Matrix || spec.ordered != Ordered::Classes;
    spec.positive_class().filter(|_| is_apart)
}

fn binned_fits(order: &BinnedOrder, tallies: &Tallies, margins: &Margins) -> bool {
    let totals = totals(tallies, margins);
    let has_confidence = tallies.spec.counted != Counted::Order;
    order.classes.len() == totals.len()
        && order.classes.iter().zip(&totals).all(|(bins, all)| bins_fit(bins, *all))
        && order.confidence.is_some() == has_confidence
        && order.confidence.iter().all(|bins| bins_fit(bins, margins.wrong_and_right()))
}

/// Whether so many rows of either kind can lie in these bins.
fn bins_fit(bins: &ScoreBins, all: Counts) -> bool {
    let sum = |of: fn(&Counts) -> u64| {
        bins.bins().iter().map(|(_, rows)| u128::from(of(rows))).sum::<u128>()
    };
    sum(|rows| rows.positive) == u128::from(all.positive)
        && sum(|rows| rows.negative) == u128::from(all.negative)
}

fn exact_fits(order: &ExactOrder, tallies: &Tallies, margins: &Margins) -> bool {
    let spec = &tallies.spec;
    let totals = totals(tallies, margins);
    let classes = tallies.classes.len() as u64;
    let micro =
        Counts { positive: margins.scored, negative: margins.scored * classes.saturating_sub(1) };
    order.classes.len() == totals.len()
        && order.classes.iter().zip(&totals).all(|(sums, all)| sums_fit(sums, *all))
        && pairs_fit(order, tallies, margins)
        && order
            .micro
            .as_ref()
            .is_none_or(|sums| spec.order.micro && spec.has_each_class() && sums_fit(sums, micro))
        && match apart(tallies).and(order.classes.last()) {
            None => order.curve.is_empty() && order.answers.is_empty(),
            Some(sums) => points::fit(order, sums, tallies),
        }
        && match &order.confidence {
            None => !spec.order.confidence || margins.scored == 0,
            Some(confidence) => {
                spec.order.confidence && is_by_confidence(confidence, tallies, margins)
            }
        }
}

/// With P positive and N negative rows: 2U is at most 2PN, its terms at most 2P each, the
/// terms of the positives sum to what 2U leaves of 2PN, and the curve is at least as far
/// from the diagonal somewhere as it is on average.
fn sums_fit(sums: &Sums, all: Counts) -> bool {
    let pairs = u128::from(all.positive) * u128::from(all.negative);
    let terms = |sum: u128, squares: u128, rows: u64, others: u64| {
        let moments = Moments { sum, squares: Wide::from(squares) };
        moments_fit(&moments, rows, 2 * others)
    };
    sums.all == all
        && sums.negative <= 2 * pairs
        && terms(sums.negative, sums.negative_squares, all.negative, all.positive)
        && terms(2 * pairs - sums.negative, sums.positive_squares, all.positive, all.negative)
        && sums.precision <= u128::from(all.positive) << PRECISION_BITS
        && (sums.precision > 0 || all.positive == 0)
        && sums.distance <= pairs
        && sums.negative.abs_diff(pairs) <= 2 * sums.distance
}

/// The rows of a class against those of another are at most all pairs of them, against
/// its own as often above as below, and against all others what its order says.
fn pairs_fit(order: &ExactOrder, tallies: &Tallies, margins: &Margins) -> bool {
    let classes = tallies.classes.len();
    if order.pairs.is_empty() {
        return true;
    }
    let square = |rows: u64| u128::from(rows) * u128::from(rows);
    let row_fits = |class: usize| {
        let (row, own) = (&order.pairs[class * classes..][..classes], margins.support[class]);
        let most = |other: usize| 2 * u128::from(own) * u128::from(margins.support[other]);
        let mut others = (0..classes).filter(|other| *other != class);
        let sum: u128 = others.clone().map(|other| row[other].min(most(other))).sum();
        row[class] == square(own)
            && others.all(|other| row[other] <= most(other))
            && order.classes.get(class).is_some_and(|sums| sums.negative == sum)
    };
    tallies.spec.has_each_class()
        && tallies.spec.order.pairs
        && classes <= MOST_PAIRED
        && order.pairs.len() == classes * classes
        && (0..classes).all(row_fits)
}

/// Whether rows can lie so by their confidence.
fn is_by_confidence(order: &ConfidenceOrder, tallies: &Tallies, margins: &Margins) -> bool {
    let all = margins.wrong_and_right();
    let spec = &tallies.spec;
    let confidence = tallies.get::<RowSums>().map(|sums| sums.confidence.sum);
    let is_whole = |bins: &[MassBin]| {
        let sum =
            |of: fn(&MassBin) -> u64| bins.iter().map(|bin| u128::from(of(bin))).sum::<u128>();
        let keys: u128 = bins.iter().map(|bin| bin.keys).sum();
        sum(|bin| bin.rows.positive) == u128::from(all.positive)
            && sum(|bin| bin.rows.negative) == u128::from(all.negative)
            && confidence.is_none_or(|sum| sum == keys)
    };
    points::by_confidence_fit(order, all, &spec.order.questions(true))
        && order.bins.len() == spec.order.mass_bins
        && order.bins.iter().all(mass_fits)
        && falling(&order.bins)
        && (order.bins.is_empty() || is_whole(&order.bins))
}

fn mass_fits(bin: &MassBin) -> bool {
    bin.keys <= u128::from(bin.rows.rows()) * u128::from(UNIT)
}

/// Whether the mean confidence falls from bin to bin.
fn falling(bins: &[MassBin]) -> bool {
    let filled: Vec<&MassBin> = bins.iter().filter(|bin| bin.rows.rows() > 0).collect();
    let rows = |bin: &MassBin| u128::from(bin.rows.rows());
    filled.windows(2).all(|pair| pair[0].keys * rows(pair[1]) >= pair[1].keys * rows(pair[0]))
}
