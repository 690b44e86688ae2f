//! Equal tallies of other rows, and how improbable they are.

use std::f64::consts::PI;

use super::Tallies;

/// Fewest rows of which equal counts mean anything.
const FEWEST_ROWS: u64 = 1_000;

/// What equal counts of other rows must be rarer than: one in as many pairs.
const ONE_IN: f64 = 1e9;

impl Tallies {
    /// Whether other rows hardly ever have the very same tallies. Sums over scores are
    /// exact, so those of other rows differ; two counts of about n rows that are drawn
    /// alike are equal about once in √(4πn) times.
    pub fn hardly_recur(&self) -> bool {
        if self.rows.scored < FEWEST_ROWS || self.scores.is_some() {
            return self.rows.scored >= FEWEST_ROWS;
        }
        let most = self.confusion.cells().map(|cell| cell.count).max().unwrap_or(0);
        let log = |count: u64| 0.5 * (4.0 * PI * count as f64).ln();
        // One of them follows from the others and the number of rows.
        let sum: f64 = self.confusion.cells().map(|cell| log(cell.count)).sum();
        sum - log(most.max(1)) > ONE_IN.ln()
    }
}
