//! The agreement of labels and predictions: accuracy and correlation-like metrics.

use super::measure::{Measure, NO_ROWS};
use super::summary::{Counts, Summary};
use crate::tally::{Ranks, Wide};

/// c / n.
pub(super) fn accuracy(summary: &Summary<'_>) -> Measure {
    Measure::proportion(summary.correct, summary.rows, summary.spec())
}

/// (n − c) / n, from counts rather than from the rounded accuracy.
pub(super) fn error_rate(summary: &Summary<'_>) -> Measure {
    Measure::proportion(summary.rows - summary.correct, summary.rows, summary.spec())
}

/// The share of rows with fewer than `k` classes ahead of their label.
pub(super) fn top_k_accuracy(summary: &Summary<'_>, k: usize) -> Measure {
    let hits = summary.aggregate::<Ranks>().0.iter().take(k).sum();
    Measure::proportion(hits, summary.rows, summary.spec())
}

/// The mean recall of the classes that occur in the labels.
pub(super) fn balanced_accuracy(summary: &Summary<'_>) -> Measure {
    let present = || summary.counts.iter().filter(|class| class.support > 0);
    let count = present().count();
    if count == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let sum: f64 = present().map(|class| class.tp as f64 / class.support as f64).sum();
    let classes = summary.proper_classes();
    let absent = classes - count;
    let have = if absent == 1 { "has" } else { "have" };
    let note =
        (absent > 0).then(|| format!("{absent} of {classes} classes {have} no rows, left out"));
    Measure::value(sum / count as f64).with_note(note)
}

/// Matthews correlation coefficient in its multiclass form, R_K.
///
/// No term passes n², so all are exact in 128 bits, up to 2⁶⁴ rows.
pub(super) fn matthews_corrcoef(summary: &Summary<'_>) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let (label_spread, predicted_spread) = (
        summary.spread(|class| class.support, 0),
        summary.spread(|class| class.predicted, summary.outside),
    );
    let covariance = difference(summary.agreement(), summary.chance());
    match (label_spread, predicted_spread) {
        (0, 0) => Measure::undefined("all labels are one class, and all predictions are"),
        (0, _) => Measure::undefined("all labels are one class"),
        (_, 0) => Measure::undefined("all predictions are one class"),
        // Cauchy–Schwarz bounds the quotient by 1; the clamp takes off rounding.
        _ => Measure::value(
            (covariance / (label_spread as f64 * predicted_spread as f64).sqrt()).clamp(-1.0, 1.0),
        ),
    }
}

/// Cohen's kappa, (c n − Σ p t) / (n² − Σ p t), exact up to the division.
pub(super) fn cohen_kappa(summary: &Summary<'_>) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let chance = summary.chance();
    let room = summary.square() - chance;
    if room == 0 {
        return Measure::undefined(ONE_CLASS);
    }
    Measure::value(difference(summary.agreement(), chance) / room as f64)
}

/// Cohen's kappa with disagreement |i − j| between classes i and j.
///
/// The disagreement of independent raters, Σ |i − j| tᵢ pⱼ, is a sum over the
/// gaps m | m + 1 between classes: each is crossed by the rows that one puts
/// below and the other above it.
pub(super) fn cohen_kappa_linear(summary: &Summary<'_>) -> Measure {
    let mut expected = Wide::default();
    let (mut labels, mut predicted) = (0u64, 0u64);
    for (class, run) in summary.runs() {
        labels += class.support;
        predicted += class.predicted;
        let crossed = |below: u64| u128::from(below) * u128::from(run);
        add_product(&mut expected, crossed(labels), summary.rows - predicted);
        add_product(&mut expected, crossed(predicted), summary.rows - labels);
    }
    weighted_kappa(summary, summary.apart, expected)
}

/// Cohen's kappa with disagreement (i − j)² between classes i and j.
///
/// The square is the sum of the odd numbers below 2 |i − j|, one a gap, so
/// that again one pass over the gaps is enough.
pub(super) fn cohen_kappa_quadratic(summary: &Summary<'_>) -> Measure {
    let mut expected = Wide::default();
    let mut one_way = Crossing::default();
    let mut other_way = Crossing::default();
    for (class, run) in summary.runs() {
        let one = one_way.pass(class.support, run);
        let other = other_way.pass(class.predicted, run);
        add_product(&mut expected, one, summary.rows - other_way.below);
        add_product(&mut expected, other, summary.rows - one_way.below);
    }
    weighted_kappa(summary, summary.apart_squared, expected)
}

/// Rows at or below class m, and Σ (2 (m − i) + 1) over them.
#[derive(Default)]
struct Crossing {
    below: u64,
    odd: u128,
}

impl Crossing {
    /// Goes on by a class of so many rows and the empty ones of its run; the sum of
    /// `odd` over them, which fits as runs are at most 2¹⁶ long.
    fn pass(&mut self, rows: u64, run: u32) -> u128 {
        self.odd += 2 * u128::from(self.below) + u128::from(rows);
        self.below += rows;
        let (run, below) = (u128::from(run), u128::from(self.below));
        let sum = run * self.odd + run * (run - 1) * below;
        self.odd += 2 * (run - 1) * below;
        sum
    }
}

/// 1 − n Σ w O / Σ w t p, from the two sums.
fn weighted_kappa(summary: &Summary<'_>, observed: u128, expected: Wide) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    if summary.outside > 0 {
        return Measure::undefined(format!(
            "{} predictions are of no class, which is at no distance from a class",
            summary.outside
        ));
    }
    if expected == Wide::default() {
        return Measure::undefined(ONE_CLASS);
    }
    let scaled = Wide::product(observed, summary.rows);
    Measure::value(1.0 - scaled.to_f64() / expected.to_f64()).with_note(order_taken(summary))
}

/// Classes that a note names.
const NAMED: usize = 5;

/// What order classes were taken to have, where their names do not tell.
fn order_taken(summary: &Summary<'_>) -> Option<String> {
    if summary.is_resample() || summary.has_numbers() {
        return None;
    }
    let names = summary.tallies.classes.proper_names();
    let few = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(" < ");
    let more = if names.len() > NAMED { " < …" } else { "" };
    Some(format!("the order of the classes is taken to be {few}{more}; --classes gives another"))
}

/// Why kappa is undefined: chance agrees always.
const ONE_CLASS: &str = "all labels and all predictions are one class";

impl Summary<'_> {
    /// n².
    fn square(&self) -> u128 {
        u128::from(self.rows) * u128::from(self.rows)
    }

    /// c n.
    fn agreement(&self) -> u128 {
        u128::from(self.correct) * u128::from(self.rows)
    }

    /// n² − Σ count², rows of no class as one class more.
    fn spread(&self, count: fn(&Counts) -> u64, outside: u64) -> u128 {
        let square = |rows: u64| u128::from(rows) * u128::from(rows);
        let rows = self.counts.iter().map(count).chain([outside]);
        self.square() - rows.map(square).sum::<u128>()
    }
}

/// a − b, rounded once.
pub(super) fn difference(a: u128, b: u128) -> f64 {
    if a >= b { (a - b) as f64 } else { -((b - a) as f64) }
}

/// Adds a product to a sum that stays below n² C², and so within 192 bits.
fn add_product(sum: &mut Wide, a: u128, b: u64) {
    *sum = sum
        .checked_add(Wide::product(a, b))
        .unwrap_or_else(|| unreachable!("rows and classes are fewer than 2^64 and 2^32"));
}
