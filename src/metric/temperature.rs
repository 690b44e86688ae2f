//! The temperature that makes the log loss least.
//!
//! It is read off a sketch: the exact sums of the losses at a grid of
//! temperatures, counted in the one pass and added up like any tally. The log
//! loss is convex in 1/T, so the least of the grid has the least of all beside
//! it; there a polynomial through five sums is within some 10⁻³ of it.

use super::agreement::difference;
use super::measure::{Measure, NO_ROWS};
use super::score;
use super::summary::Summary;
use crate::tally::{Tempered, inverse_temperatures};

/// 1/T at the least point of the polynomial through the five sums around the
/// least sum.
pub(super) fn temperature(summary: &Summary<'_>) -> Measure {
    let sums = &summary.aggregate::<Tempered>().0;
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    if let Err(reason) = score::log_loss(summary).value {
        return Measure::undefined(reason);
    }
    let factors = inverse_temperatures();
    // Of equal sums the last: they are equal where nothing of a loss is left.
    let least = (0..sums.len()).rev().min_by_key(|&place| sums[place]).unwrap_or(0);
    let same = sums.iter().all(|sum| *sum == sums[0]);
    let (first, last) = (EDGE, factors.len() - 1 - EDGE);
    match least {
        _ if same => Measure::undefined("the log loss is the same at every temperature"),
        place if place < first => Measure::undefined("the log loss is least above temperature 16"),
        place if place > last => Measure::undefined("the log loss is least below temperature 1/16"),
        place => {
            let apart = |at: usize| difference(sums[at], sums[place]);
            let around = [apart(place - 2), apart(place - 1), apart(place + 1), apart(place + 2)];
            let steps = lowest(around);
            // Steps are quarters of an octave.
            let factor = factors[place] * libm::exp2(steps / 4.0);
            Measure::value(1.0 / factor)
                .without_interval("it is read off sums of losses, not off rows")
        }
    }
}

/// Temperatures at either end that only serve those between them: an octave.
const EDGE: usize = 4;

/// Where between −1 and 1 the polynomial of degree 4 is least that is 0 at 0
/// and takes the values given at −2, −1, 1 and 2. Its derivative changes its
/// sign there once.
fn lowest([far_below, below, above, far_above]: [f64; 4]) -> f64 {
    let (odd, even) = (above - below, above + below);
    let (far_odd, far_even) = (far_above - far_below, far_above + far_below);
    let linear = (8.0 * odd - far_odd) / 12.0;
    let square = (16.0 * even - far_even) / 24.0;
    let cube = (far_odd - 2.0 * odd) / 12.0;
    let fourth = (far_even - 4.0 * even) / 24.0;
    let slope = |s: f64| linear + s * (2.0 * square + s * (3.0 * cube + s * 4.0 * fourth));
    let (mut low, mut high) = (-1.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if slope(middle) < 0.0 { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}
