//! Double precision from integers alone against the CPU's operations. The variable
//! `TALLYHO_DOUBLES` says how many pairs of random bits are tried.

use tallyho::exact::exp::term;
use tallyho::exact::{doubles, fixed, ln};
use tallyho::kernel::Score;

use crate::common::{Campaign, Rng, campaign};

/// Pairs, the higher score first.
const ADVERSARIAL: &[[f64; 2]] = &[
    // Rounded once, to single precision, these give another term.
    [f64::from_bits(0x400b_7eb8_b802_681b), f64::from_bits(0xbe87_fd97_e532_290e)],
    [1.7e308, -1.7e308],
    [f64::MAX, f64::MIN],
    [f64::MAX, 0.0],
    [0.0, f64::MIN],
    [0.0, -0.0],
    [-0.0, 0.0],
    [5e-324, -5e-324],
    [5e-324, 0.0],
    [1.0, 5e-324],
    [1.0, -5e-324],
    [f64::MIN_POSITIVE, f64::MIN_POSITIVE / 2.0],
    [28.0, 0.0],
    [28.0, 1e-15],
    [28.0, 4e-15],
    [0.0, -27.999_999_999_999_996],
    [1e15, 1e15 - 1.0],
    [9_007_199_254_740_992.0, 9_007_199_254_740_991.0],
    [2_147_483_648.0, -2_147_483_648.0],
    [2_147_483_648.0, 2_147_483_647.999_999_8],
    [2_147_483_647.999_999_8, -0.1],
    [1e24, 1e24],
    [1_208_925_819_614_629_174_706_176.0, 1_208_925_819_614_629_040_488_448.0],
    [1_208_925_819_614_629_040_488_448.0, 1_208_925_819_614_628_906_270_720.0],
];

/// Fails unless all that shaders compute of two finite scores are the CPU's bits.
fn agree(one: f64, other: f64) {
    assert_eq!(
        (doubles::key(one.to_bits()).cmp(&doubles::key(other.to_bits()))),
        one.partial_cmp(&other).unwrap(),
        "{one:e} {other:e}"
    );
    let (high, low) = if one > other { (one, other) } else { (other, one) };
    let [h, l] = [high.to_bits(), low.to_bits()];
    let (right, found) = (low.half_gap(high), f32::from_bits(doubles::half_gap(h, l)));
    assert_eq!(term(found), term(right), "gap of {high:e} and {low:e}: {found:e}, not {right:e}");
    if (1e-12..15.9).contains(&right) {
        assert_eq!(found.to_bits(), right.to_bits(), "gap of {high:e} and {low:e}");
    }
    assert_eq!(doubles::difference(h, l), fixed::difference(high, low), "{high:e} - {low:e}");
}

/// Fails unless all that shaders compute of a probability are the CPU's bits.
fn agree_on_probability(p: f64) {
    let bits = p.to_bits();
    assert_eq!(doubles::complement(bits), p.complement().to_bits(), "1 - {p:e}");
    assert_eq!(doubles::unit(bits), fixed::unit_f64(p), "{p:e}");
    let clipped = p.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
    assert_eq!(doubles::neg_ln(clipped.to_bits()), ln::neg_ln(clipped), "ln {clipped:e}");
}

/// Bits whose digits are at random, or next to a tie, or few.
fn digits(rng: &mut Rng) -> u64 {
    let any = rng.next_u64();
    match rng.below(6) {
        0 => any & !0 << rng.below(53),
        1 => any | ((1 << rng.below(53)) - 1),
        2 => (any & !0 << 30) | 1 << 29 | u64::from(rng.below(3)),
        3 => (any & !0 << 30) | ((1 << 29) - u64::from(rng.below(3))),
        _ => any,
    }
}

/// A finite double with an exponent near `around`.
fn near(rng: &mut Rng, around: u32, spread: u32) -> f64 {
    let exponent = (around + rng.below(spread)).saturating_sub(spread / 2).min(2046);
    let sign = u64::from(rng.below(2)) << 63;
    f64::from_bits(digits(rng) & ((1 << 52) - 1) | u64::from(exponent) << 52 | sign)
}

fn finite(bits: u64) -> f64 {
    let score = f64::from_bits(bits);
    if score.is_finite() { score } else { f64::from_bits(bits ^ 1 << 62) }
}

#[test]
fn scores_at_the_edges_give_the_bits_of_the_cpu() {
    let mut scores = vec![0.0, f64::MIN_POSITIVE, 1.0, 14.0, 28.0, 5e-324, f64::MAX, 1.7e308];
    scores.extend((-1074..1024).step_by(7).map(|power| 2_f64.powi(power)));
    scores.extend([29, 30, 31, 32, 51, 52, 53, 79, 80, 81].map(|power| 2_f64.powi(power)));
    let beside = |it: f64| [it.next_down(), it, it.next_up()];
    let scores: Vec<f64> = scores.into_iter().flat_map(beside).flat_map(|it| [it, -it]).collect();
    let scores: Vec<f64> = scores.into_iter().filter(|it| it.is_finite()).collect();
    for (number, &one) in scores.iter().enumerate() {
        scores[number..].iter().for_each(|&other| agree(one, other));
    }
    ADVERSARIAL.iter().for_each(|&[high, low]| agree(high, low));
}

#[test]
fn scores_of_random_bits_give_the_bits_of_the_cpu() {
    let Campaign { count, seed } = campaign("TALLYHO_DOUBLES", 100_000);
    let mut rng = Rng::new(seed);
    for number in 0..count {
        match number % 4 {
            0 => agree(finite(rng.next_u64()), finite(rng.next_u64())),
            // Around the scores of models, any distance apart.
            1 => {
                let one = near(&mut rng, 1023, 12);
                agree(one, near(&mut rng, 1015, 64));
            }
            2 => {
                let one = near(&mut rng, 1023, 120);
                let other = one - f64::from(rng.below(1 << 30)) * 2_f64.powi(-25);
                agree(one, other);
                agree(one, f64::from_bits(one.to_bits() ^ u64::from(rng.below(1 << 20))));
            }
            _ => {
                let p = near(&mut rng, 1015, 40).abs();
                agree_on_probability(if p > 1.0 { 1.0 / p } else { p });
            }
        }
    }
}

#[test]
fn probabilities_at_the_edges_give_the_bits_of_the_cpu() {
    let powers = (0..1075).map(|power| 0.5_f64.powi(power));
    for it in powers.chain([0.1, 0.3, 1.0 / 3.0, 0.999, 0.0]) {
        for p in [it.next_down(), it, it.next_up(), 1.0 - it] {
            if (0.0..=1.0).contains(&p) {
                agree_on_probability(p.abs());
            }
        }
    }
}

#[test]
fn keys_of_doubles_lead_back_and_tell_what_is_no_score() {
    for score in [0.0, 1.0, -1.0, 5e-324, -5e-324, f64::MAX, f64::MIN, f64::NEG_INFINITY] {
        let key = doubles::key(score.to_bits());
        assert!(key < doubles::INFINITE_KEY);
        assert_eq!(f64::from_bits(doubles::bits_of_key(key)), score);
    }
    assert_eq!(doubles::key(f64::NEG_INFINITY.to_bits()), 0);
    assert_eq!(doubles::bits_of_key(doubles::key((-0.0_f64).to_bits())), 0);
    for bits in [0x7ff0 << 48, 0x7ff0 << 48 | 1, u64::MAX >> 1, u64::MAX, 0xfff0 << 48 | 1] {
        assert!(doubles::key(bits) >= doubles::INFINITE_KEY, "{bits:x}");
    }
}

/// The pair above tells one rounding from two.
#[test]
fn rounding_once_gives_another_gap() {
    let [max, score] = ADVERSARIAL[0];
    // What is lost of the difference, by Dekker.
    let (half, other) = (max * 0.5, -score * 0.5);
    let sum = half + other;
    let rest = other - (sum - half);
    let single = sum as f32;
    let below = f64::from(single) - sum;
    assert_ne!(rest > 0.0, below > 0.0, "what was lost is on the other side");
    assert_ne!(rest, 0.0);
    assert_eq!(below.abs(), (f64::from(single.next_up()) - f64::from(single)) / 2.0, "a tie");
    assert_eq!(doubles::half_gap(max.to_bits(), score.to_bits()), single.to_bits());
}
