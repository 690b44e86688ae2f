//! Bins of equal numbers of rows.

use super::{Counts, Fold, Group, Key};

/// Rows of neighbouring keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MassBin {
    /// How many of either kind.
    pub rows: Counts,
    /// Σ key.
    pub keys: u128,
}

/// Rows in falling order, cut into bins of equal size. Rows of one key stay
/// together: they go to the bin that the first of them falls into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MassBins {
    rows: u64,
    bins: Vec<MassBin>,
}

impl MassBins {
    /// `bins` bins for `rows` rows.
    pub fn new(rows: u64, bins: usize) -> Self {
        Self { rows, bins: vec![MassBin::default(); bins] }
    }

    /// The bins, highest keys first.
    pub fn finish(self) -> Vec<MassBin> {
        self.bins
    }
}

impl<K: Key> Fold<K> for MassBins {
    fn groups(&mut self, before: Counts, groups: &[Group<K>]) {
        let mut above = before;
        for group in groups {
            let place = u128::from(above.rows()) * self.bins.len() as u128 / u128::from(self.rows);
            let rows = group.counts();
            // A group has rows, so fewer than all are above it.
            let place = usize::try_from(place).unwrap_or(usize::MAX).min(self.bins.len() - 1);
            self.bins[place].rows += rows;
            self.bins[place].keys += u128::from(group.key.wide()) * u128::from(rows.rows());
            above += rows;
        }
    }

    fn join(&mut self, next: Self) {
        for (bin, more) in self.bins.iter_mut().zip(next.bins) {
            bin.rows += more.rows;
            bin.keys += more.keys;
        }
    }
}
