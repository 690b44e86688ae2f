//! The exact unconditional test of two shares of different rows against a margin.
//!
//! The p-value is the largest chance of a table whose score statistic is as small, over
//! the values of the nuisance parameter that an interval of confidence 1 − γ holds, plus
//! γ. It is never below γ, so that sums may leave out what is less than 10⁻¹³.
//!
//! # Source
//!
//! R. L. Berger, D. D. Boos, "P Values Maximized Over a Confidence Set for the Nuisance
//! Parameter", 1994, doi:10.1080/01621459.1994.10476836.

use std::f64::consts::FRAC_PI_2;

use super::binomial::{binomial_tails, ln_mass};
use super::proportion::clopper_pearson;
use super::score::of_shares;

/// The chance that the nuisance parameter lies outside its interval.
pub(super) const GAMMA: f64 = 1e-9;
/// Points of table and nuisance parameter up to which a test is worth its time: some 20
/// milliseconds.
pub(super) const MOST_POINTS: f64 = 6e6;
/// Points that a score takes as long as.
pub(super) const SCORE: f64 = 60.0;
/// Nuisance parameters are this far apart, in standard deviations of its estimate.
const SPACING: f64 = 0.15;

/// How likely as small a score is, of shares of different rows, each (hits, rows), if the
/// second is not below the first by more than `margin`, which is not 0.
pub(super) fn unpaired(first: (u64, u64), second: (u64, u64), margin: f64) -> f64 {
    let misses = |(hits, rows): (u64, u64)| (rows - hits, rows);
    if first.1 > second.1 {
        // The same of misses, with the sides exchanged: fewer rows come first.
        return ordered(misses(second), misses(first), margin, true);
    }
    ordered(first, second, margin, false)
}

/// The same where the first side has no more rows; whether it is `tonight`'s.
fn ordered(first: (u64, u64), second: (u64, u64), margin: f64, tonight: bool) -> f64 {
    let Some((low, high)) = clopper_pearson(second.0, second.1, 1.0 - GAMMA) else { return 1.0 };
    // In terms of the first share, which is the second's plus the margin.
    let (low, high) = (low + margin, high + margin);
    let (least, most) = (margin.max(0.0), (1.0 + margin).min(1.0));
    if low > most {
        // The second lies so high that no first could be above it by the margin.
        return 1.0;
    }
    if high < least {
        // It lies so low that every first is above it by less than was to be excluded.
        return GAMMA;
    }
    let (low, high) = (low.max(least), high.min(most));
    let tables = Tables::new(first, second, margin, (low, high));
    let all = (first.1 as f64 + second.1 as f64).sqrt();
    match tables {
        Some(tables) => highest((low, high), all, |p| tables.chance(p)),
        None => bounded(first, second, margin, tonight),
    }
}

/// The tail of tonight's hits at the least share that the reference leaves.
fn bounded(first: (u64, u64), second: (u64, u64), margin: f64, tonight: bool) -> f64 {
    let misses = |(hits, rows): (u64, u64)| (rows - hits, rows);
    let (reference, new) = if tonight { (misses(second), misses(first)) } else { (first, second) };
    let level = 1.0 - 2.0 * GAMMA;
    let least = clopper_pearson(reference.0, reference.1, level).map_or(0.0, |it| it.0);
    let share = (least - margin).clamp(0.0, 1.0);
    (binomial_tails(new.0, new.1, share).0 + GAMMA).min(1.0)
}

/// The tables whose score is as small as that of one.
struct Tables {
    rows: (f64, f64),
    margin: f64,
    /// The fewest hits of the first that are looked at.
    start: f64,
    /// The most hits of the second, from that number of the first on; −1 if none.
    most: Vec<f64>,
}

/// How far counts reach from their mean, but for 10⁻¹³ of the chance.
pub(super) fn reach(n: f64, p: f64) -> (f64, f64) {
    let (mean, reach) = (n * p, 8.0 * libm::sqrt(n * p * (1.0 - p)) + 30.0);
    (libm::floor(mean - reach).max(0.0), libm::ceil(mean + reach).min(n))
}

impl Tables {
    /// `None` if they are too many.
    fn new(
        first: (u64, u64),
        second: (u64, u64),
        margin: f64,
        (low, high): (f64, f64),
    ) -> Option<Self> {
        let (n, m) = (first.1 as f64, second.1 as f64);
        let (start, end) = (reach(n, low).0, reach(n, high).1);
        let middle = low + (high - low) / 2.0;
        let width = |rows: f64, p: f64| {
            let (low, high) = reach(rows, p.clamp(0.0, 1.0));
            high - low + 1.0
        };
        let each = width(n, middle) + width(m, middle - margin);
        // The more rows the second has for one of the first, the longer its limit is sought.
        let scores = (end - start) * (1.0 + libm::log2(m / n) / 2.0);
        let points = each * (steps((low, high), (n + m).sqrt()) + 2.0) + scores * SCORE;
        if points > MOST_POINTS {
            return None;
        }
        let score = |x: f64, y: f64| of_shares((x, n), (y, m), margin).z;
        let seen = score(first.0 as f64, second.0 as f64);
        let limit = seen + 1e-9 * seen.abs().max(1.0);
        let mut most = Vec::new();
        let (mut x, mut hits) = (start, -1.0);
        while x <= end {
            hits = farthest(hits, m, |y| score(x, y) <= limit);
            most.push(hits);
            x += 1.0;
        }
        Some(Self { rows: (n, m), margin, start, most })
    }

    /// The chance of these tables at the first share `p`.
    fn chance(&self, p: f64) -> f64 {
        let (n, m) = self.rows;
        let q = (p - self.margin).clamp(0.0, 1.0);
        let (mut first, mut second) = (Masses::new(n, p), Masses::new(m, q));
        let (mut up_to, mut sum) = (0.0, 0.0);
        let places = first.k..=first.end;
        let skipped = (places.start() - self.start).max(0.0);
        for &hits in self.most.iter().skip(whole(skipped)) {
            if first.k > first.end {
                break;
            }
            while second.k <= hits && second.k <= second.end {
                up_to += second.next();
            }
            sum += first.next() * up_to;
        }
        sum.min(1.0)
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number from 0 up to the length of a list"
)]
pub(super) fn whole(count: f64) -> usize {
    count as usize
}

/// The chances of counts, one after another.
pub(super) struct Masses {
    n: f64,
    odds: f64,
    pub(super) k: f64,
    pub(super) end: f64,
    mass: f64,
}

impl Masses {
    pub(super) fn new(n: f64, p: f64) -> Self {
        /// Less than this adds nothing, and would vanish.
        const LEAST: f64 = -100.0;
        let q = 1.0 - p;
        let (mut k, end) = if q > 0.0 { reach(n, p) } else { (n, n) };
        let mut mass = ln_mass(k, n, p, q);
        while mass < LEAST && k < end {
            k += 1.0;
            mass = ln_mass(k, n, p, q);
        }
        Self { n, odds: p / q, k, end, mass: libm::exp(mass) }
    }

    pub(super) fn next(&mut self) -> f64 {
        let mass = self.mass;
        self.mass *= (self.n - self.k) / (self.k + 1.0) * self.odds;
        self.k += 1.0;
        mass
    }
}

/// The largest whole number up to `end` from `start` on that `holds`, if all between do;
/// `start` if the next does not.
pub(super) fn farthest(start: f64, end: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut step) = (start, 1.0);
    while low + step <= end && holds(low + step) {
        low += step;
        step *= 2.0;
    }
    while step > 1.0 {
        step /= 2.0;
        if low + step <= end && holds(low + step) {
            low += step;
        }
    }
    low
}

/// Where shares are as sure everywhere.
fn angle(p: f64) -> f64 {
    libm::asin(libm::sqrt(p.clamp(0.0, 1.0)))
}

pub(super) fn steps((low, high): (f64, f64), root: f64) -> f64 {
    libm::ceil((angle(high) - angle(low)) * 2.0 * root / SPACING).max(1.0)
}

/// The largest chance between two shares, of `root`² rows, plus γ.
pub(super) fn highest((low, high): (f64, f64), root: f64, chance: impl Fn(f64) -> f64) -> f64 {
    let count = steps((low, high), root);
    let (from, to) = (angle(low), angle(high));
    let step = (to - from) / count;
    let at = |angle: f64| {
        let sine = libm::sin(angle.clamp(0.0, FRAC_PI_2));
        chance((sine * sine).clamp(low, high))
    };
    let (mut best, mut place, mut k) = (0.0, from, 0.0);
    while k <= count {
        let found = at(from + k * step);
        if found > best {
            (best, place) = (found, from + k * step);
        }
        k += 1.0;
    }
    // The chance is smooth at this scale: a parabola leads to its top.
    let sides = (at((place - step).max(from)), at((place + step).min(to)));
    let bend = sides.0 + sides.1 - 2.0 * best;
    if bend < 0.0 {
        let top = place + step * ((sides.0 - sides.1) / (2.0 * bend)).clamp(-1.0, 1.0);
        best = at(top.clamp(from, to)).max(best);
    }
    (best + GAMMA).min(1.0)
}
