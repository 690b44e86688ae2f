//! Random counts that are the same on every machine.

use super::binomial::ln_binomial;
use super::philox::{halves, philox4x32};

/// A sequence of random bits, one for each seed and replicate.
///
/// Philox with the seed as its key, and the counter made of the place in the
/// sequence (two words), the replicate and what the sequence is for.
#[derive(Clone, Debug)]
pub struct Draws {
    key: [u32; 2],
    replicate: u32,
    purpose: u32,
    place: u64,
}

impl Draws {
    /// The sequence of `replicate` under `seed`; `purpose` keeps the sequences
    /// of different uses apart.
    pub fn new(seed: u64, replicate: u32, purpose: u32) -> Self {
        let (high, low) = halves(seed);
        Self { key: [low, high], replicate, purpose, place: 0 }
    }

    /// Two independent numbers, uniform on the multiples of 2⁻⁵³ in [0, 1).
    #[inline]
    pub fn uniforms(&mut self) -> [f64; 2] {
        const UNIT: f64 = 1.0 / 9_007_199_254_740_992.0; // 2⁻⁵³
        let (high, low) = halves(self.place);
        self.place += 1;
        let [a, b, c, d] = philox4x32([low, high, self.replicate, self.purpose], self.key);
        [(a, b), (c, d)].map(|(high, low)| {
            let word = u64::from(high) << 32 | u64::from(low);
            (word >> 11) as f64 * UNIT
        })
    }

    /// The successes in `n` trials of a chance.
    ///
    /// An exact sampler up to the rounding of doubles: inversion while fewer
    /// than ten are expected, transformed rejection above that.
    #[inline]
    pub fn binomial(&mut self, n: u64, chance: &Chance) -> u64 {
        let rare = match () {
            () if chance.p <= 0.0 || n == 0 => 0,
            () if chance.p * (n as f64) < 10.0 => self.inversion(n, chance),
            () => self.rejection(n, chance),
        };
        if chance.flipped { n - rare } else { rare }
    }

    /// Walks up the cumulative distribution from 0.
    fn inversion(&mut self, n: u64, chance: &Chance) -> u64 {
        /// Less likely than 10⁻⁷⁰ when ten are expected; past it, rounding has
        /// eaten up the last of the probabilities.
        const MOST: u64 = 110;
        let none = libm::exp(n as f64 * chance.ln_q);
        'again: loop {
            let ([mut left, _], mut share) = (self.uniforms(), none);
            let (mut k, mut rest) = (0, n as f64);
            while left >= share {
                left -= share;
                k += 1;
                if k > MOST || k > n {
                    continue 'again;
                }
                share *= chance.odds * rest / k as f64;
                rest -= 1.0;
            }
            return k;
        }
    }

    /// # Source
    ///
    /// W. Hörmann, "The generation of binomial random variates", 1993,
    /// doi:10.1080/00949659308811496, algorithm BTRS.
    fn rejection(&mut self, n: u64, chance: &Chance) -> u64 {
        let (trials, p) = (n as f64, chance.p);
        let q = 1.0 - p;
        let spread = libm::sqrt(trials * p * q);
        let b = 1.15 + 2.53 * spread;
        let a = -0.0873 + 0.0248 * b + 0.01 * p;
        let centre = trials * p + 0.5;
        let inner = 0.92 - 4.2 / b;
        let mut at_mode = None;
        loop {
            let [u, v] = self.uniforms();
            let u = u - 0.5;
            let from_edge = 0.5 - u.abs();
            let k = libm::floor((2.0 * a / from_edge + b) * u + centre);
            let inside = (0.0..=trials).contains(&k);
            if inside && from_edge >= 0.07 && v <= inner {
                return whole(k);
            }
            if !inside {
                continue;
            }
            let ln = |k: f64| ln_count(k, trials, p, q);
            let mode = libm::floor((trials + 1.0) * p);
            let at_mode = *at_mode.get_or_insert_with(|| ln(mode));
            let hat = (2.83 + 5.1 / b) * spread / (a / (from_edge * from_edge) + b);
            if libm::log(v * hat) <= ln(k) - at_mode {
                return whole(k);
            }
        }
    }
}

/// ln P(X = k) for any count from 0 to n.
fn ln_count(k: f64, n: f64, p: f64, q: f64) -> f64 {
    if k <= 0.0 {
        n * libm::log1p(-p)
    } else if k >= n {
        n * libm::log(p)
    } else {
        ln_binomial(k, n, p, q)
    }
}

/// A count that was computed as a double.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number from 0 to the number of trials, which is a u64"
)]
fn whole(k: f64) -> u64 {
    k as u64
}

/// A probability that trials are drawn with many times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chance {
    /// The smaller of the probability and its complement.
    p: f64,
    /// Whether that is the complement.
    flipped: bool,
    /// ln (1 − p).
    ln_q: f64,
    /// p / (1 − p).
    odds: f64,
}

impl Chance {
    /// `part` / `whole`, for `part` ≤ `whole` and `whole` above 0.
    pub fn new(part: u64, whole: u64) -> Self {
        let other = whole - part;
        let flipped = part > other;
        let less = if flipped { other } else { part };
        let p = less as f64 / whole as f64;
        Self { p, flipped, ln_q: libm::log1p(-p), odds: less as f64 / (whole - less) as f64 }
    }
}

/// Draws rows with replacement, given how many there are of each kind: the
/// counts of a bootstrap resample, without its rows.
///
/// The count of a kind, given those before it, is binomial.
#[derive(Clone, Debug)]
pub struct Resampler {
    chances: Vec<Chance>,
    rows: u64,
}

impl Resampler {
    /// For `counts` that are all above 0 and whose sum fits 64 bits.
    pub fn new(counts: &[u64]) -> Self {
        let rows = counts.iter().sum();
        let mut left = rows;
        let chances = counts.iter().map(|&count| {
            let chance = Chance::new(count, left);
            left -= count;
            chance
        });
        Self { chances: chances.collect(), rows }
    }

    /// Writes the counts of as many rows, drawn anew.
    pub fn resample(&self, draws: &mut Draws, counts: &mut [u64]) {
        let mut left = self.rows;
        for (chance, count) in self.chances.iter().zip(counts) {
            // The last of the kinds has the chance 1.
            *count = draws.binomial(left, chance);
            left -= *count;
        }
    }
}
