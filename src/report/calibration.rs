//! The calibration bins in units that people use.

use serde::Serialize;

use crate::tally::{Calibration, Tallies};

/// The rows whose confidence lies between `low` and `high`, in schema order.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Bin {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) rows: u64,
    pub(super) correct: u64,
    pub(super) confidence_sum: f64,
}

#[allow(clippy::cast_precision_loss, reason = "the one rounding that a division needs")]
impl Bin {
    /// Mean confidence; only of a bin with rows.
    pub(super) fn confidence(&self) -> f64 {
        self.confidence_sum / self.rows as f64
    }

    /// The share of rows that are right; only of a bin with rows.
    pub(super) fn accuracy(&self) -> f64 {
        self.correct as f64 / self.rows as f64
    }
}

/// The bins of the top confidence, from 0 to 1; none without scores.
pub(super) fn bins(tallies: &Tallies) -> Vec<Bin> {
    let bins = tallies.get::<Calibration>().map_or(&[][..], |calibration| &calibration.0);
    #[allow(clippy::cast_precision_loss, reason = "bins are few; a sum is rounded once")]
    let in_units = |(place, bin): (usize, &crate::tally::Bin)| Bin {
        low: place as f64 / bins.len() as f64,
        high: (place + 1) as f64 / bins.len() as f64,
        rows: bin.rows,
        correct: bin.correct,
        confidence_sum: bin.confidence as f64 / f64::from(1 << 30),
    };
    bins.iter().enumerate().map(in_units).collect()
}
