//! The spread of labels and predictions over the classes.

use super::measure::{Measure, NO_ROWS};
use super::summary::{Counts, Summary};

/// −Σ (t/n) ln (t/n), in nats.
pub(super) fn label_entropy(summary: &Summary<'_>) -> Measure {
    entropy(summary, |class| class.support, 0)
}

/// −Σ (p/n) ln (p/n), in nats; predictions of no class are one class here.
pub(super) fn prediction_entropy(summary: &Summary<'_>) -> Measure {
    entropy(summary, |class| class.predicted, summary.outside)
}

fn entropy(summary: &Summary<'_>, count: fn(&Counts) -> u64, outside: u64) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let n = summary.rows as f64;
    let shares = summary.counts.iter().map(count).chain([outside]).map(|rows| rows as f64 / n);
    let terms = shares.filter(|share| *share > 0.0).map(|share| -share * libm::log(share));
    // The term of a share of 1 is −0, which is not to be shown.
    Measure::value(terms.fold(0.0, |sum, term| sum + term))
}
