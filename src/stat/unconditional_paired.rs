//! The exact unconditional test of two shares of the same rows against a margin.
//!
//! As [`unconditional`](super::unconditional); the nuisance parameter is the share of rows
//! that only one side is right about.
//!
//! # Source
//!
//! H.-M. Hsueh, J.-P. Liu, J. J. Chen, "Unconditional Exact Tests for Equivalence or
//! Noninferiority for Paired Binary Endpoints", 2001, doi:10.1111/j.0006-341X.2001.00478.x.

use super::beta::regularized_beta;
use super::binomial::{binomial_tails, ln_mass};
use super::proportion::clopper_pearson;
use super::score::of_apart;
use super::unconditional::{
    GAMMA, MOST_POINTS, Masses, SCORE, farthest, highest, reach, steps, whole,
};

/// How likely as small a score is, of the same `n` rows, of which only the first and only
/// the second is right about so many, if the second share is not below the first by more
/// than `margin`, which is not 0.
pub(super) fn paired((first, second): (u64, u64), n: u64, margin: f64) -> f64 {
    let apart = first + second;
    let Some((low, high)) = clopper_pearson(apart, n, 1.0 - GAMMA) else { return 1.0 };
    if high < margin.abs() {
        // The shares cannot be as far apart as the margin.
        return if margin > 0.0 { 1.0 } else { GAMMA };
    }
    let (low, high) = (low.max(margin.abs()), high);
    let rows = n as f64;
    match Tables::new((first, second), rows, margin, (low, high)) {
        Some(tables) => highest((low, high), rows.sqrt(), |differ| tables.chance(differ)),
        None => {
            // Given the rows that differ, a binomial tail at the share of them that is
            // least favourable.
            let differ = if margin > 0.0 { low } else { high };
            let share = (0.5 - margin / (2.0 * differ)).clamp(0.0, 1.0);
            (binomial_tails(second, apart, share).0 + GAMMA).min(1.0)
        }
    }
}

/// The tables whose score is as small as that of one.
struct Tables {
    rows: f64,
    margin: f64,
    /// The fewest rows that differ that are looked at.
    start: f64,
    /// The most of them that only the second is right about, from that number on; −1 if
    /// none.
    most: Vec<f64>,
}

impl Tables {
    /// `None` if they are too many.
    fn new(
        (first, second): (u64, u64),
        rows: f64,
        margin: f64,
        (low, high): (f64, f64),
    ) -> Option<Self> {
        let (start, end) = (reach(rows, low).0, reach(rows, high).1);
        let middle = reach(rows, low + (high - low) / 2.0);
        let each = (middle.1 - middle.0) * 4.0;
        if each * steps((low, high), rows.sqrt()) + (end - start) * SCORE > MOST_POINTS {
            return None;
        }
        let score = |apart: f64, second: f64| of_apart((apart - second, second), rows, margin).z;
        let seen = score((first + second) as f64, second as f64);
        let limit = seen + 1e-9 * seen.abs().max(1.0);
        let (mut most, mut apart, mut hits) = (Vec::new(), start, -1.0);
        while apart <= end {
            hits = farthest(hits, apart, |second| score(apart, second) <= limit);
            most.push(hits);
            apart += 1.0;
        }
        Some(Self { rows, margin, start, most })
    }

    /// The chance of these tables if so large a share of the rows differs.
    fn chance(&self, differ: f64) -> f64 {
        let share = 0.5 - self.margin / (2.0 * differ);
        let mut masses = Masses::new(self.rows, differ);
        let skipped = whole((masses.k - self.start).max(0.0));
        let hits = self.most.get(skipped).copied().unwrap_or(-1.0);
        let (mut tail, mut sum) = (Tail::new(share, masses.k, hits), 0.0);
        for &hits in self.most.iter().skip(skipped) {
            if masses.k > masses.end {
                break;
            }
            tail.go_to(masses.k, hits);
            sum += masses.next() * tail.up_to;
        }
        sum.min(1.0)
    }
}

/// P(X ≤ hits) of n with a chance, as both rise step by step.
struct Tail {
    share: f64,
    n: f64,
    hits: f64,
    /// P(X = hits), and P(X ≤ hits); of −1 hits neither.
    mass: f64,
    up_to: f64,
}

impl Tail {
    fn new(share: f64, n: f64, hits: f64) -> Self {
        // Neither end, at which odds are none.
        let share = share.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);
        let (mass, up_to) = match hits {
            hits if hits < 0.0 => (0.0, 0.0),
            hits if hits >= n => (libm::exp(ln_mass(n, n, share, 1.0 - share)), 1.0),
            hits => (
                libm::exp(ln_mass(hits, n, share, 1.0 - share)),
                regularized_beta(hits + 1.0, n - hits, share).1,
            ),
        };
        Self { share, n, hits: hits.min(n), mass, up_to }
    }

    fn go_to(&mut self, n: f64, hits: f64) {
        let (p, q) = (self.share, 1.0 - self.share);
        while self.n < n {
            self.up_to -= p * self.mass;
            self.n += 1.0;
            self.mass *= self.n / (self.n - self.hits) * q;
        }
        while self.hits < hits {
            self.hits += 1.0;
            self.mass = match self.hits {
                0.0 => libm::exp(self.n * libm::log1p(-p)),
                hits => self.mass * ((self.n - hits + 1.0) / hits) * (p / q),
            };
            self.up_to += self.mass;
        }
    }
}
