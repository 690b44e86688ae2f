//! Fisher's exact test of two shares of different rows.

use super::binomial::ln_mass;

/// The chance of as few hits in the `second` rows as there are, or fewer, if both
/// shares are equal, given the hits of both together; each is (hits, rows).
/// One-sided: small where the second share has fallen. 1 without rows on a side.
///
/// Relative error below 10⁻¹⁰ down to 10⁻³⁰⁰. Its steps grow with the root of the
/// rows: 10⁵ of them at 10¹⁰ rows.
///
/// # Source
///
/// R. A. Fisher, "The Logic of Inductive Inference", 1935, doi:10.2307/2342435.
pub fn fisher_fall(first: (u64, u64), second: (u64, u64)) -> f64 {
    let table = Margins::new(first, second);
    let Margins { drawn, hits, rest } = table;
    if drawn == 0.0 || rest + drawn == drawn || hits == 0.0 || hits == rest + drawn {
        return 1.0;
    }
    let seen = second.0 as f64;
    // From the mean on, the other tail is the one that keeps its digits.
    if seen < drawn * (hits / (rest + drawn)) {
        table.sum(seen, -1.0)
    } else {
        1.0 - table.sum(seen + 1.0, 1.0)
    }
}

/// What is given of the table: the rows drawn, all hits, and the rows not drawn.
struct Margins {
    drawn: f64,
    hits: f64,
    rest: f64,
}

impl Margins {
    fn new(first: (u64, u64), second: (u64, u64)) -> Self {
        Self {
            drawn: second.1 as f64,
            hits: first.0 as f64 + second.0 as f64,
            rest: first.1 as f64,
        }
    }

    /// P(X = `from`) and all beyond it, downwards or upwards, each from the one before.
    fn sum(&self, from: f64, step: f64) -> f64 {
        let Self { drawn, hits, rest } = *self;
        if from < (hits - rest).max(0.0) || from > drawn.min(hits) {
            return 0.0;
        }
        let (mut term, mut sum, mut k) = (1.0, 1.0, from);
        while term > sum * (f64::EPSILON / 16.0) {
            term *= if step < 0.0 {
                (k / (drawn - k + 1.0)) * ((rest - hits + k) / (hits - k + 1.0))
            } else {
                ((drawn - k) / (k + 1.0)) * ((hits - k) / (rest - hits + k + 1.0))
            };
            sum += term;
            k += step;
        }
        (libm::exp(self.ln_mass(from)) * sum).min(1.0)
    }

    fn ln_mass(&self, k: f64) -> f64 {
        let Self { drawn, hits, rest } = *self;
        let all = drawn + rest;
        let (p, q) = (hits / all, (all - hits) / all);
        ln_mass(k, drawn, p, q) + ln_mass(hits - k, rest, p, q) - ln_mass(hits, all, p, q)
    }
}
