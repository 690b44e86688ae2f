//! The functions of `shaders/exact.wgsl` and `doubles.wgsl` against those of `tallyho::exact`, on
//! values from their edges and at random.

use half::f16;
use libtest_mimic::Failed;
use tallyho::exact::{Denominator, doubles, exp, fixed, ln, ratio_restoring};
use tallyho::gpu::Device;
use tallyho::kernel::rows::{MAX_BINS, Params as Reading, edges};
use tallyho::kernel::{Access, Kernel, Launch, Level, Slot};

use crate::check::{Case, disagreement, on_cpu, on_gpu};
use crate::common::Rng;

const KERNEL: Kernel = Kernel {
    name: "arithmetic",
    wgsl: &[
        include_str!("../../shaders/integers.wgsl"),
        include_str!("../../shaders/floats.wgsl"),
        include_str!("../../shaders/exact.wgsl"),
        include_str!("../../shaders/doubles.wgsl"),
        include_str!("arithmetic.wgsl"),
    ],
    bindings: &[Access::Uniform, Access::Read, Access::Read, Access::ReadWrite],
    params_size: 16,
    params_fields: &[],
    subgroups: false,
    launch: Launch { workgroups: 16, workgroup: 64, constants: &[] },
    cpu: |slots| twin(slots, 0),
    canonical: None,
    samples: Vec::new,
};

type Item = [u32; 8];

const FUNCTIONS: u32 = 14;
const ITEMS_OF_EACH: u32 = 6_000;
/// The function that all arguments are tried of: there are 65,536.
const HALVES: u32 = 6;

pub fn the_arithmetic_of_shaders_is_that_of_the_cpu(device: &Device) -> Result<(), Failed> {
    for function in 0..FUNCTIONS {
        let case = case(function);
        let found = on_gpu(device, &KERNEL, &KERNEL.launch, &case)?;
        if let Some(difference) = disagreement(&on_cpu(&KERNEL, &case), &found) {
            return Err(format!("function {function}: {difference}").into());
        }
    }
    Ok(())
}

/// Arithmetic that is off by one unit anywhere would be seen.
pub fn wrong_arithmetic_is_caught(device: &Device) -> Result<(), Failed> {
    let wrong = Kernel { cpu: |slots| twin(slots, 1), ..KERNEL };
    for function in 0..FUNCTIONS {
        let case = case(function);
        let found = on_gpu(device, &wrong, &wrong.launch, &case)?;
        if disagreement(&on_cpu(&wrong, &case), &found).is_none() {
            return Err(format!("function {function} went unnoticed").into());
        }
    }
    Ok(())
}

fn case(function: u32) -> Case {
    let mut rng = Rng::new(u64::from(function));
    let count = if function == HALVES { 1 << 16 } else { ITEMS_OF_EACH };
    let items: Vec<Item> = (0..count).map(|number| item(&mut rng, function, number)).collect();
    let tables = [ln::LN_TABLE, ln::INVERSE].concat();
    let outputs = (0..4 * items.len()).map(|_| rng.next_u32()).collect();
    Case {
        label: format!("function {function}"),
        slots: vec![vec![items.len() as u32, 0, 0, 0], items.concat(), tables, outputs],
    }
}

fn words(value: u64) -> [u32; 2] {
    [value as u32, (value >> 32) as u32]
}

fn word(words: &[u32]) -> u64 {
    u64::from(words[0]) | u64::from(words[1]) << 32
}

/// Numbers of every length, with runs of ones and zeros, below 2^`bits`.
fn integer(rng: &mut Rng, bits: u32) -> u64 {
    let value = match rng.below(4) {
        0 => rng.next_u64(),
        1 => (1 << rng.below(63)) - u64::from(rng.below(2)),
        2 => u64::MAX >> rng.below(63),
        _ => rng.next_u64() & rng.next_u64(),
    };
    (value >> rng.below(bits)) & ((1 << bits) - 1)
}

/// A softmax sum: 2⁴⁰ or more.
fn sum(rng: &mut Rng) -> u64 {
    let bits = 41 + rng.below(21);
    integer(rng, bits).max(exp::ONE + u64::from(rng.below(3)))
}

/// A score that is finite, of any size.
fn finite(rng: &mut Rng) -> f32 {
    let score = match rng.below(8) {
        0 => [0.0, -0.0, f32::MAX, f32::MIN, 1e-45, -1e-45, 1.0, -1.0][rng.below(8) as usize],
        1 => 2_f32.powi(rng.below(255) as i32 - 127) * [1.0, -1.0][rng.below(2) as usize],
        2 => f32::from_bits(2_147_483_648_f32.to_bits() + rng.below(64) - 32),
        3 => -f32::from_bits(2_147_483_648_f32.to_bits() + rng.below(64) - 32),
        4 => rng.normal() * 1e6,
        5 => f32::from_bits(rng.next_u32()),
        _ => rng.normal() * 4.0,
    };
    if score.is_finite() { score } else { 0.5 }
}

/// Two scores, the higher one first; often next to each other.
fn pair(rng: &mut Rng) -> [f32; 2] {
    let one = finite(rng);
    let other = match rng.below(5) {
        0 => one,
        1 => f32::from_bits(one.to_bits() ^ rng.below(8)),
        2 => one + rng.normal() * 8.0,
        3 => one - 28.0 + rng.below(1_000) as f32 * 1e-5,
        _ => finite(rng),
    };
    let other = if other.is_finite() { other } else { one };
    if one > other { [one, other] } else { [other, one] }
}

/// A double that is finite, of any size.
fn double(rng: &mut Rng) -> f64 {
    let single = f64::from(finite(rng));
    let score = match rng.below(8) {
        0 => [f64::MAX, f64::MIN, 5e-324, -5e-324, f64::MIN_POSITIVE, 0.0, -0.0, 1.0]
            [rng.below(8) as usize],
        1 => f64::from_bits(rng.next_u64()),
        2 => 2_f64.powi(rng.below(140) as i32 - 60) * [1.0, -1.0][rng.below(2) as usize],
        3 => f64::from_bits((1_f64.to_bits() << 1 >> 1) + (79 << 52) + rng.next_u64() % (1 << 53)),
        4 => single,
        _ => single * (1.0 + f64::from(rng.normal()) * 2_f64.powi(-(rng.below(54) as i32))),
    };
    if score.is_finite() { score } else { -0.5 }
}

/// Two doubles, the higher one first; often next to each other, or a tie of roundings.
fn pair_of_doubles(rng: &mut Rng) -> [f64; 2] {
    let one = double(rng);
    let other = match rng.below(6) {
        0 => one,
        1 => f64::from_bits(one.to_bits() ^ u64::from(rng.below(8))),
        2 => one + f64::from(rng.normal()) * 8.0,
        3 => one - f64::from(rng.below(1 << 25)) * 2_f64.powi(-24) + f64::from(finite(rng)) * 1e-16,
        4 => one - 28.0 + f64::from(rng.below(1_000)) * 1e-15,
        _ => double(rng),
    };
    let other = if other.is_finite() { other } else { one };
    if one > other { [one, other] } else { [other, one] }
}

fn double_probability(rng: &mut Rng) -> f64 {
    match rng.below(4) {
        0 => f64::from(probability(rng)),
        1 => f64::from_bits(rng.next_u64() % (1_f64.to_bits() + 1)),
        2 => 1.0 - f64::from(rng.below(1 << 12)) * f64::EPSILON / 2.0,
        _ => (rng.next_u64() >> 11) as f64 / 2_f64.powi(53),
    }
}

fn item(rng: &mut Rng, function: u32, number: u32) -> Item {
    let [mut a, mut b, mut bins] = [[0; 2]; 3];
    match function {
        0 | 7 => {
            let whole = sum(rng);
            let most = if function == 7 { whole.min(exp::ONE) } else { whole };
            let part = match rng.below(3) {
                0 => most,
                1 => whole / u64::from(1 + rng.below(64)),
                _ => integer(rng, 61),
            };
            [a, b] = [words(part.min(most)), words(whole)];
            let count = [1, 2, 3, 10, 15, 1 << 10, MAX_BINS as u32 - 1, MAX_BINS as u32];
            bins = [count[rng.below(8) as usize], rng.below(2)];
        }
        1 => a = words(sum(rng)),
        2 => a[0] = probability(rng).clamp(f32::MIN_POSITIVE, 1.0).to_bits(),
        3 => {
            let [high, low] = pair(rng);
            a = [high.to_bits(), low.to_bits()];
        }
        4 => {
            let [max, score] = pair(rng);
            let masked = rng.below(20) == 0;
            let score = if masked { f32::NEG_INFINITY } else { score };
            a = [score.to_bits(), max.to_bits()];
        }
        5 => a[0] = probability(rng).to_bits(),
        // Whether a NaN signals is of no matter, and lost in the conversion.
        HALVES => a[0] = if number & 0x7fff > 0x7c00 { number | 0x200 } else { number },
        8 | 9 => {
            [a, b] = [words(rng.next_u64()), words(integer(rng, 63))];
            if rng.below(8) == 0 {
                b = a;
            }
        }
        11 => {
            let [high, low] = pair_of_doubles(rng);
            [a, b] = [words(high.to_bits()), words(low.to_bits())];
        }
        12 => {
            let [p, normal] = [double_probability(rng), double_probability(rng)];
            [a, b] = [words(p.to_bits()), words(normal.max(f64::MIN_POSITIVE).to_bits())];
        }
        13 => {
            let any = f64::from_bits(rng.next_u64());
            let special = [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, any, 0.0, -0.0];
            let score =
                if rng.below(2) == 0 { special[rng.below(7) as usize] } else { double(rng) };
            [a, b] = [words(double_probability(rng).to_bits()), words(score.to_bits())];
        }
        _ => {
            let any = f32::from_bits(rng.next_u32());
            let special = [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY, any, 0.0, -0.0];
            a = [finite(rng).to_bits(), finite(rng).to_bits()];
            if rng.below(2) == 0 {
                a[rng.below(2) as usize] = special[rng.below(7) as usize].to_bits();
            }
        }
    }
    [function, a[0], a[1], b[0], b[1], bins[0], bins[1], 0]
}

fn probability(rng: &mut Rng) -> f32 {
    match rng.below(6) {
        0 => [0.0, 1.0, 0.5, 1e-45, f32::EPSILON, 1.0 - f32::EPSILON][rng.below(6) as usize],
        1 => f32::from_bits(rng.below(1.0_f32.to_bits() + 1)),
        2 => 1.0 - rng.below(1 << 12) as f32 / (1 << 24) as f32,
        _ => rng.below((1 << 24) + 1) as f32 / (1 << 24) as f32,
    }
}

/// `off` is 0, or 1 for arithmetic that is wrong in the last item.
fn twin(slots: &mut [Slot<'_>], off: u32) {
    let [_, given, _, Slot::InOut(found)] = slots else { unreachable!("four bindings") };
    let mut last = 0;
    for (item, (given, found)) in given.words().chunks(8).zip(found.chunks_mut(4)).enumerate() {
        found.copy_from_slice(&evaluated(given));
        last = item;
    }
    found[4 * last] = found[4 * last].wrapping_add(off);
}

fn evaluated(given: &[u32]) -> [u32; 4] {
    let (a, b) = (word(&given[1..3]), word(&given[3..5]));
    let (x, y) = (f32::from_bits(given[1]), f32::from_bits(given[2]));
    let double = |value: u64| [words(value)[0], words(value)[1], 0, 0];
    match given[0] {
        0 => [ratio_restoring(a, b), 0, 0, 0],
        1 => double(ln::ln_sum(a)),
        2 => double(ln::neg_ln(x.into())),
        3 => double(fixed::difference(x.into(), y.into())),
        4 => {
            let term = exp::term(y * 0.5 - x * 0.5);
            [words(term.value), words(term.square)].concat().try_into().unwrap()
        }
        5 => [fixed::unit(x), 0, 0, 0],
        HALVES => [f16::from_bits(given[1] as u16).to_f32().to_bits(), 0, 0, 0],
        7 => {
            let bins = given[5] as usize;
            [bin_of_quotient(a, b, bins, given[6] == 1), 0, 0, 0]
        }
        8 => {
            let product = words(u64::from(given[1]) * u64::from(given[2]));
            [product, words(a.wrapping_add(b))].concat().try_into().unwrap()
        }
        9 => {
            let rest = words(a.wrapping_sub(b));
            [rest[0], rest[1], u32::from(a < b), words(a.min(b))[0]]
        }
        11 => {
            let gap = words(doubles::difference(a, b));
            [doubles::half_gap(a, b), gap[0], gap[1], 0]
        }
        12 => {
            let [rest, loss] = [doubles::complement(a), doubles::neg_ln(b)].map(words);
            [rest[0], rest[1], loss[0], loss[1]]
        }
        13 => {
            let key = doubles::key(b);
            [doubles::unit(a), words(key)[0], words(key)[1], words(doubles::bits_of_key(key))[1]]
        }
        _ => order(x, y),
    }
}

fn bin_of_quotient(part: u64, whole: u64, bins: usize, right_closed: bool) -> u32 {
    Reading {
        probabilities: false,
        higher_first: false,
        epsilon: 0.0,
        sum_tolerance: 0,
        edges: edges(bins),
        right_closed,
        level: Level::PLAIN,
    }
    .bin_of_quotient(part, Denominator::new(whole))
}

/// What keys are to say of two scores, one of which may be no number to score.
fn order(x: f32, y: f32) -> [u32; 4] {
    let bad = |score: f32| score.is_nan() || score == f32::INFINITY;
    let less = if bad(y) { !bad(x) } else { x < y };
    let bits = if x == 0.0 { 0 } else { x.to_bits() };
    [u32::from(less), u32::from(x == y), u32::from(bad(x)), bits]
}
