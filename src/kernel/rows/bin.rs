//! Calibration bins: which one a probability falls into.

use super::{Params, narrow, narrow_u64};
use crate::exact::Denominator;

/// The most calibration bins: a quotient times their number fits 64 bits.
pub const MAX_BINS: usize = 1 << 20;

/// The upper edges k/B of B bins.
pub fn edges(bins: usize) -> Vec<f64> {
    (1..=bins).map(|k| k as f64 / bins as f64).collect()
}

/// What decides the bin of a quotient.
#[derive(Clone, Copy)]
pub(in crate::kernel) struct Bins {
    count: u64,
    right_closed: bool,
}

impl Bins {
    /// The bin of the quotient `part / whole` ≤ 1, decided before rounding it.
    /// `part` is at most 2⁴⁰ and there are at most [`MAX_BINS`] bins.
    #[inline(always)]
    pub(in crate::kernel) fn of_quotient(self, part: u64, whole: Denominator) -> u32 {
        // At most 2⁶⁰.
        let (bin, rest) = whole.divide(part.wrapping_mul(self.count));
        // A quotient on an edge has no rest: it is above that edge unless bins
        // hold their upper edges.
        let bin = bin.saturating_sub(u64::from(self.right_closed & (rest == 0)));
        narrow_u64(bin.min(self.count.saturating_sub(1)))
    }
}

impl Params {
    #[inline]
    pub(in crate::kernel) fn bins(&self) -> Bins {
        Bins { count: self.edges.len() as u64, right_closed: self.right_closed }
    }

    /// The bin of the quotient `part / whole` ≤ 1, decided before rounding it.
    /// `part` is at most 2⁴⁰ and there are at most [`MAX_BINS`] bins.
    #[inline]
    pub fn bin_of_quotient(&self, part: u64, whole: Denominator) -> u32 {
        self.bins().of_quotient(part, whole)
    }

    /// The bin of a probability, by comparison with the edges k/B in f64.
    #[inline]
    pub fn bin_of_value(&self, value: f64) -> u32 {
        let bins = self.edges.len();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a guess within 0..=bins that the comparisons below put right"
        )]
        let mut bin = ((value * bins as f64) as usize).min(bins - 1);
        let above = |edge: f64| if self.right_closed { value > edge } else { value >= edge };
        while bin > 0 && !above(self.edges[bin - 1]) {
            bin -= 1;
        }
        while bin + 1 < bins && above(self.edges[bin]) {
            bin += 1;
        }
        narrow(bin)
    }
}
