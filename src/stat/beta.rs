//! The incomplete beta function, and so the tails of binomial counts.
//!
//! Libraries compute it from differences of ln Γ, which at a = b = 10⁸ have no
//! digit left, or step through a continued fraction of √a terms. Here the
//! power terms come from [`excess`] and [`stirling`], whose errors do not grow
//! with a and b, and the integral of a large pair from a quadrature, whose
//! cost does not.
//!
//! # Source
//!
//! C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000,
//! for the power terms; A. R. DiDonato, A. H. Morris, "Algorithm 708", 1992,
//! doi:10.1145/131766.131776, for the continued fraction.

use super::gamma::{excess, fraction, stirling};
use super::normal_quantile;
use super::product::exact_product;

/// The regularised incomplete beta function and its complement,
/// (Iₓ(a, b), 1 − Iₓ(a, b)), for a, b ≥ 1 and x in [0, 1]; else NaN.
///
/// The smaller of the two has a relative error below 10⁻¹¹, whatever its size
/// down to 10⁻³⁰⁰, for a and b up to 10¹⁰ and any ratio of them; the tests
/// measure it. Its cost does not grow with a and b.
pub fn regularized_beta(a: f64, b: f64, x: f64) -> (f64, f64) {
    if !(a >= 1.0 && b >= 1.0 && (0.0..=1.0).contains(&x)) {
        return (f64::NAN, f64::NAN);
    }
    tails(a, b, Share { x, y: 1.0 - x })
}

/// The x with Iₓ(a, b) = `p` and 1 − x, for a, b ≥ 1 and p in [0, ½]; else NaN.
///
/// For p above ½ ask for 1 − p of (b, a), which gives 1 − x and x.
///
/// Relative error of x below 10⁻¹⁴ for a and b up to 10¹⁰, as far as tests know.
pub fn beta_quantile(a: f64, b: f64, p: f64) -> (f64, f64) {
    if !(a >= 1.0 && b >= 1.0 && (0.0..=0.5).contains(&p)) {
        return (f64::NAN, f64::NAN);
    }
    if p == 0.0 {
        return (0.0, 1.0);
    }
    // In u = ln(x / y) the logarithm of I is increasing and concave, so that
    // Newton's steps from anywhere come to the root from below.
    let mut u = libm::log(a / b) + normal_quantile(p) * libm::sqrt(1.0 / a + 1.0 / b);
    let goal = libm::log(p);
    for _ in 0..200 {
        let (logarithm, slope) = ln_lower(a, b, Share::from_logit(u));
        let step = (goal - logarithm) / slope;
        u = (u + step).clamp(-FARTHEST, FARTHEST);
        if step.abs() <= 1e-15 * u.abs().max(1.0) {
            break;
        }
    }
    let Share { x, y } = Share::from_logit(u);
    (x, y)
}

/// Logits beyond this are of no number that has all its digits.
const FARTHEST: f64 = 700.0;

/// ln Iₓ(a, b) and its derivative by the logit of x, which is that of the
/// power terms over I.
fn ln_lower(a: f64, b: f64, share: Share) -> (f64, f64) {
    if share.below_mean(a, b) >= 0.0 {
        let factor = lower_factor(a, b, share);
        let Power { scale, exponent } = Power::new(a, b, share);
        (exponent + libm::log(scale * factor), 1.0 / factor)
    } else {
        let power = Power::new(a, b, share).value();
        let upper = power * lower_factor(b, a, share.swapped());
        (libm::log1p(-upper), power / (1.0 - upper))
    }
}

/// A number in [0, 1] and what is left of 1, each with all its digits.
#[derive(Clone, Copy, Debug)]
struct Share {
    x: f64,
    y: f64,
}

impl Share {
    fn from_logit(u: f64) -> Self {
        let odds = libm::exp(-u.abs());
        let (less, more) = (odds / (1.0 + odds), 1.0 / (1.0 + odds));
        if u < 0.0 { Self { x: less, y: more } } else { Self { x: more, y: less } }
    }

    fn swapped(self) -> Self {
        Self { x: self.y, y: self.x }
    }

    /// a y − b x: how far x lies below the mean, a / (a + b), times a + b.
    /// Taken of exact products, as a rounded one is off by n·10⁻¹⁶.
    fn below_mean(self, a: f64, b: f64) -> f64 {
        let n = a + b;
        if self.x <= self.y {
            let (product, rest) = exact_product(n, self.x);
            (a - product) - rest
        } else {
            let (product, rest) = exact_product(n, self.y);
            (product - b) + rest
        }
    }
}

/// Both tails; the smaller is computed, the other is what it leaves.
fn tails(a: f64, b: f64, share: Share) -> (f64, f64) {
    if share.x <= 0.0 {
        (0.0, 1.0)
    } else if share.y <= 0.0 {
        (1.0, 0.0)
    } else if share.below_mean(a, b) >= 0.0 {
        let lower = Power::new(a, b, share).value() * lower_factor(a, b, share);
        (lower, 1.0 - lower)
    } else {
        let upper = Power::new(a, b, share).value() * lower_factor(b, a, share.swapped());
        (1.0 - upper, upper)
    }
}

/// xᵃ yᵇ / B(a, b), as `scale` · exp(`exponent`).
#[derive(Clone, Copy, Debug)]
struct Power {
    scale: f64,
    exponent: f64,
}

impl Power {
    fn new(a: f64, b: f64, share: Share) -> Self {
        let Share { x, y } = share;
        let n = a + b;
        let below = share.below_mean(a, b);
        let apart = a * excess(-below / a, n * (x / a)) + b * excess(below / b, n * (y / b));
        let corrections = stirling(a) + stirling(b) - stirling(n);
        Self {
            scale: libm::sqrt(a / std::f64::consts::TAU * (b / n)),
            exponent: -apart - corrections,
        }
    }

    fn value(self) -> f64 {
        self.scale * libm::exp(self.exponent)
    }
}

/// Iₓ(a, b) over the power terms, for x at or below the mean.
fn lower_factor(a: f64, b: f64, share: Share) -> f64 {
    /// The continued fraction takes some √min(a, b) steps near the mean.
    const LARGE: f64 = 1_000.0;
    let below = share.below_mean(a, b);
    if a.min(b) > LARGE {
        quadrature(a, b, share, below)
    } else {
        1.0 / continued_fraction(a, b, share, below)
    }
}

/// DiDonato and Morris' continued fraction, of which the power terms are to be
/// divided by.
fn continued_fraction(a: f64, b: f64, share: Share, below: f64) -> f64 {
    let Share { x, .. } = share;
    let numerators = (1_u32..).map(|m| {
        let m = f64::from(m);
        let place = a + 2.0 * m - 1.0;
        ((a + m - 1.0) / place) * ((a + b + m - 1.0) / place) * (m * (b - m) * x * x)
    });
    let denominators = (0_u32..).map(|m| {
        let m = f64::from(m);
        let place = a + 2.0 * m;
        // The first has no such term; it would be 0/0 at a = 1.
        let middle = if m > 0.0 { m * (b - m) * x / (place - 1.0) } else { 0.0 };
        m + middle + (a + m) * (below + 1.0 + m * (2.0 - x)) / (place + 1.0)
    });
    fraction(denominators, numerators)
}

/// ∫₀¹ exp(g(v)) / ((1 − v) (y + v x)) dv, with g(v) the logarithm of the power
/// terms at x (1 − v) relative to those at x.
///
/// With e − ln(1 + e) written out, g is a sum of three terms of one sign:
/// −v (a y − b x)/y, −a excess(−v) and −b excess(v x/y). It is concave, and
/// beyond `end` less than −40.
fn quadrature(a: f64, b: f64, share: Share, below: f64) -> f64 {
    const PANELS: u32 = 4;
    let Share { x, y } = share;
    let (odds, slope) = (x / y, below / y);
    // excess(−v) ≥ v²/2, and excess(w) ≥ w²/2 / (1 + w).
    let reach = |curvature: f64| 80.0 / (slope + libm::sqrt(slope * slope + 80.0 * curvature));
    let mut end = reach(a);
    for _ in 0..8 {
        end = reach(a + b * odds * odds / (1.0 + end * odds));
    }
    let end = end.min(1.0);
    let integrand = |v: f64| {
        let w = v * odds;
        let g = -v * slope - a * excess(-v, 1.0 - v) - b * excess(w, 1.0 + w);
        libm::exp(g) / ((1.0 - v) * (y + v * x))
    };
    let half = end / f64::from(2 * PANELS);
    let panel = |panel: u32| {
        let middle = half * f64::from(2 * panel + 1);
        let pair = |(node, weight): &(f64, f64)| {
            weight * (integrand(middle - half * node) + integrand(middle + half * node))
        };
        GAUSS_LEGENDRE.iter().map(pair).sum::<f64>()
    };
    half * (0..PANELS).map(panel).sum::<f64>()
}

/// The positive nodes and the weights of the rule with 16 points on [−1, 1].
/// From mpmath 1.3 with 40 digits.
#[allow(clippy::excessive_precision, reason = "as computed")]
const GAUSS_LEGENDRE: [(f64, f64); 8] = [
    (0.095_012_509_837_637_440_185, 0.189_450_610_455_068_496_29),
    (0.281_603_550_779_258_913_23, 0.182_603_415_044_923_588_87),
    (0.458_016_777_657_227_386_34, 0.169_156_519_395_002_538_19),
    (0.617_876_244_402_643_748_45, 0.149_595_988_816_576_732_08),
    (0.755_404_408_355_003_033_9, 0.124_628_971_255_533_872_05),
    (0.865_631_202_387_831_743_88, 0.095_158_511_682_492_784_81),
    (0.944_575_023_073_232_576_08, 0.062_253_523_938_647_892_863),
    (0.989_400_934_991_649_932_6, 0.027_152_459_411_754_094_852),
];
