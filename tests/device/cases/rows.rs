use std::collections::BTreeSet;

use half::{bf16, f16};
use tallyho::exact::fixed;
use tallyho::kernel::planes::{INFINITE, Plane};
use tallyho::kernel::rows::shader::{Format, PLANES, Params, Task, state, tables};
use tallyho::kernel::rows::{self, Params as Reading};
use tallyho::kernel::{self, Level};

use crate::check::{Case, bind};
use crate::common::Rng;

/// How wide rows are and how many of them, for a kernel: those that meet at
/// barriers take long where the device is software.
fn shapes(name: &str) -> Vec<(usize, usize)> {
    if name.ends_with("_thread") {
        let rows = [1, 31, 63, 64, 65, 200, 1_000];
        let columns = [1, 2, 3, 4, 5, 10, 16, 17, 31, 32];
        let each = |columns| rows.map(|rows| (columns, rows));
        columns.into_iter().flat_map(each).collect()
    } else if name.ends_with("_subgroup") {
        let narrow = [1, 2, 7, 33, 100, 257].into_iter().flat_map(|columns| {
            [1, 3, 8, 9, 64, 65, 300].map(|rows| (columns, rows)) //
        });
        narrow.chain([(1_000, 100), (1_025, 70), (5_000, 9)]).collect()
    } else {
        let few = [1, 2, 3, 17];
        let each = |columns| few.map(|rows| (columns, rows));
        [1, 33, 257, 1_000, 1_025, 2_049].into_iter().flat_map(each).collect()
    }
}

/// The formats that a kernel reads.
fn formats(name: &str) -> &'static [Format] {
    if name.contains("_f64_") { &[Format::F64] } else { Format::SINGLES }
}

/// Bins, and how they and ties are decided.
const RULES: [(usize, bool, bool); 5] = [
    (15, true, false),
    (15, false, true),
    (1, true, false),
    (7, false, false),
    (4_096, true, true),
];

pub fn cases(name: &str, rng: &mut Rng) -> Vec<Case> {
    let mut cases = Vec::new();
    for (number, (columns, rows)) in shapes(name).into_iter().enumerate() {
        for (turn, &format) in formats(name).iter().enumerate() {
            for probabilities in [false, true] {
                let (bins, right_closed, higher_first) = match number % 24 {
                    23 => (rows::MAX_BINS, turn == 1, false),
                    _ => RULES[(number + turn) % RULES.len()],
                };
                let reading = reading(probabilities, bins, right_closed, higher_first, format);
                let task = task(name, columns, number, &reading);
                let label = format!("{rows} rows of {columns}, {format:?}, {task:?}, {reading:?}");
                let scores = matrix(rng, &reading, task, format, rows, columns);
                cases
                    .push(Case { label, slots: slots(rng, &reading, format, task, rows, &scores) });
            }
        }
    }
    cases
}

fn reading(
    probabilities: bool,
    bins: usize,
    right_closed: bool,
    higher_first: bool,
    format: Format,
) -> Reading {
    let epsilon = match format {
        Format::F32 | Format::Bf16 => f32::EPSILON.into(),
        Format::F16 => f16::EPSILON.into(),
        Format::F64 => f64::EPSILON,
    };
    let edges = rows::edges(bins);
    // Of rounded probabilities it is wider.
    let wider = if bins == 7 { 8 } else { 1 };
    let sum_tolerance = wider * rows::sum_tolerance(format.score_type());
    let level = Level::PLAIN;
    Reading { probabilities, higher_first, epsilon, sum_tolerance, edges, right_closed, level }
}

/// One column is two classes by turns, where the kernel reads such rows.
fn task(name: &str, columns: usize, number: usize, reading: &Reading) -> Task {
    if columns > 1 || !name.ends_with("_thread") || number.is_multiple_of(4) {
        return Task::Matrix { classes: columns };
    }
    let thresholds = match reading.probabilities {
        true => [0.5, 0.1, 1.0 / 3.0, f64::NAN],
        false => [0.0, -1e-300, 1e300, f64::NEG_INFINITY],
    };
    Task::Binary { positive: number % 2, threshold: thresholds[number % 4] }
}

fn slots(
    rng: &mut Rng,
    reading: &Reading,
    format: Format,
    task: Task,
    rows: usize,
    scores: &[f64],
) -> Vec<Vec<u32>> {
    // Words behind the rows, to see that nothing is written there.
    let stride = (rows + 1).next_multiple_of(64);
    let params = Params::new(reading, format, task).of_rows(rows as u32, stride as u32);
    let labels = (0..rows)
        .map(|_| match rng.below(12) {
            0 => params.classes + rng.below(2),
            1 => u32::MAX,
            _ => rng.below(params.classes),
        })
        .collect();
    vec![
        bytemuck::cast_slice(&[params]).to_vec(),
        words(scores, format),
        labels,
        tables(reading, format),
        (0..PLANES * stride).map(|_| rng.next_u32()).collect(),
    ]
}

/// Scores as they are stored; what is behind the last one is no score.
fn words(scores: &[f64], format: Format) -> Vec<u32> {
    let singles = scores.iter().map(|&score| score as f32);
    let halves: Vec<u16> = match format {
        Format::F64 => return bytemuck::cast_slice(scores).to_vec(),
        Format::F32 => return singles.map(f32::to_bits).collect(),
        Format::F16 => singles.map(|score| f16::from_f32(score).to_bits()).collect(),
        Format::Bf16 => singles.map(|score| bf16::from_f32(score).to_bits()).collect(),
    };
    let word = |pair: &[u16]| u32::from(pair[0]) | u32::from(*pair.get(1).unwrap_or(&0x7fff)) << 16;
    halves.chunks(2).map(word).collect()
}

fn matrix(
    rng: &mut Rng,
    reading: &Reading,
    task: Task,
    format: Format,
    rows: usize,
    columns: usize,
) -> Vec<f64> {
    let row = |_| {
        let row = match (reading.probabilities, task) {
            (true, Task::Binary { .. }) => vec![single_probability(rng)],
            (true, Task::Matrix { .. }) => probabilities(rng, format, columns),
            (false, _) => logits(rng, columns),
        };
        match (format, reading.probabilities) {
            (Format::F64, true) => row.into_iter().map(|p| doubled_probability(rng, p)).collect(),
            (Format::F64, false) if rng.below(3) == 0 => logits_of_doubles(rng, columns),
            (Format::F64, false) => {
                let digits = rng.below(3) > 0;
                row.into_iter().map(|score| doubled(rng, score, digits)).collect()
            }
            _ => row.into_iter().map(f64::from).collect::<Vec<f64>>(),
        }
    };
    (0..rows).flat_map(row).collect()
}

/// A double like a single: at the ends of its own range where that is at those of singles,
/// perhaps with `digits` of its own.
fn doubled(rng: &mut Rng, score: f32, digits: bool) -> f64 {
    let scale = match score.abs() {
        size if size > 1e37 => 5e269,
        size if size < 1.2e-38 => 2_f64.powi(-925),
        _ => 1.0,
    };
    let double = f64::from(score) * scale;
    let own = if digits && scale == 1.0 { rng.below(1 << 29) } else { 0 };
    if score.is_finite() {
        f64::from_bits(double.to_bits() ^ u64::from(own))
    } else {
        f64::from(score)
    }
}

fn doubled_probability(rng: &mut Rng, p: f32) -> f64 {
    match rng.below(8) {
        // Those of votes on the edges of bins, which singles miss.
        0..4 if (0.0..1.0).contains(&p) => {
            let of = f64::from([256_u16, 15, 7][rng.below(3) as usize]);
            let share = (f64::from(p) * of).round() / of;
            if (share - f64::from(p)).abs() < 1e-6 { share } else { f64::from(p) }
        }
        4 if (0.25..1.0).contains(&p) => {
            f64::from_bits(f64::from(p).to_bits() ^ u64::from(rng.below(1 << 29)))
        }
        5 if p == 0.0 => [5e-324, 1e-310, 2_f64.powi(-1_022), -0.0][rng.below(4) as usize],
        _ => f64::from(p),
    }
}

/// One row of logits whose differences lie on ties of two roundings, or that differ in
/// digits that singles don't have.
fn logits_of_doubles(rng: &mut Rng, columns: usize) -> Vec<f64> {
    let max = f64::from(rng.normal()) * [1.0, 4.0, 1e6][rng.below(3) as usize];
    let kind = rng.below(4);
    let mut row: Vec<f64> = (0..columns)
        .map(|_| match kind {
            // A multiple of half the last digit of a single, and a hair.
            0 => {
                let gap = f64::from(rng.below(1 << 25)) * 2_f64.powi(-23 - rng.below(4) as i32);
                let hair = f64::from(rng.normal()) * 2_f64.powi(-40 - rng.below(16) as i32);
                max - gap + hair
            }
            1 => f64::from_bits(max.to_bits() + u64::from(rng.below(4))),
            2 => f64::from_bits(rng.next_u64()),
            _ => f64::from(large(rng)) * (1.0 + f64::from(rng.below(3)) * f64::EPSILON),
        })
        .map(|score| if kind < 3 && !score.is_finite() { max } else { score })
        .collect();
    let place = rng.below(columns as u32) as usize;
    match rng.below(4) {
        0 => row[place] = [f64::NEG_INFINITY, f64::MIN, f64::MAX, 5e-324][rng.below(4) as usize],
        // The pair that tells one rounding from two.
        1 => {
            row[place] = f64::from_bits(0xbe87_fd97_e532_290e);
            row[columns - 1] = f64::from_bits(0x400b_7eb8_b802_681b);
        }
        _ => {}
    }
    row
}

/// One row of logits, of a kind that goes wrong somewhere.
fn logits(rng: &mut Rng, columns: usize) -> Vec<f32> {
    let mut row: Vec<f32> = match rng.below(12) {
        // Ties, both zeros, few values.
        0 => (0..columns).map(|_| [0.0, -0.0, 1.0, -1.0][rng.below(4) as usize]).collect(),
        1 => vec![rng.normal(); columns],
        2 => vec![f32::NEG_INFINITY; columns],
        // The least float that is finite, beside masked classes.
        3 => (0..columns).map(|_| [f32::MIN, f32::NEG_INFINITY][rng.below(2) as usize]).collect(),
        4 => (0..columns).map(|_| rng.normal() * 3e38_f32).map(finite).collect(),
        // Subnormal.
        5 => (0..columns)
            .map(|_| f32::from_bits(rng.below(1 << 23) | (rng.below(2) << 31)))
            .collect(),
        // Around 2³¹ and 2²⁰, where losses meet their cap.
        6 => (0..columns).map(|_| large(rng)).collect(),
        7 => (0..columns).map(|_| f32::from_bits(rng.next_u32())).collect(),
        8 => (0..columns).map(|_| rng.normal() * 30.0).collect(),
        9 => (0..columns).map(|_| rng.below(20) as f32 * std::f32::consts::LN_2).collect(),
        _ => (0..columns).map(|_| rng.normal() * 4.0).collect(),
    };
    let places = [0, columns - 1, rng.below(columns as u32) as usize];
    let place = places[rng.below(3) as usize];
    match rng.below(24) {
        0 => row[place] = f32::NAN,
        1 => row[place] = -f32::NAN,
        2 => row[place] = f32::INFINITY,
        3 | 4 => row[place] = f32::NEG_INFINITY,
        5..8 => {
            let masked = row.iter_mut().filter(|_| rng.below(2) == 0);
            masked.for_each(|score| *score = f32::NEG_INFINITY);
        }
        8 => row[place] = 3e38,
        9 => row[place] = -3e38,
        _ => {}
    }
    row
}

fn finite(score: f32) -> f32 {
    score.clamp(f32::MIN, f32::MAX)
}

fn large(rng: &mut Rng) -> f32 {
    let exponent = [20, 29, 30, 31, 32, 40, 51, 52, 79, 80, 81][rng.below(11) as usize];
    let base = 2_f32.powi(exponent);
    let near = f32::from_bits((base.to_bits() + rng.below(16)).wrapping_sub(8));
    if rng.below(4) == 0 { -near } else { near }
}

/// One row of probabilities, or of what is nearly that.
fn probabilities(rng: &mut Rng, format: Format, columns: usize) -> Vec<f32> {
    let mut row: Vec<f32> = match rng.below(8) {
        0 => vec![1.0 / columns as f32; columns],
        1 => {
            let hot = rng.below(columns as u32) as usize;
            (0..columns).map(|class| if class == hot { 1.0 } else { -0.0 }).collect()
        }
        // Votes of few, that lie on edges of bins.
        2 => {
            let mut votes = vec![0_u16; columns];
            // 256 voters: every format holds every share.
            let voters = [256, 1 + rng.below(15)][rng.below(2) as usize];
            (0..voters).for_each(|_| votes[rng.below(columns as u32) as usize] += 1);
            votes.into_iter().map(|votes| f32::from(votes) / voters as f32).collect()
        }
        3 => vec![0.0; columns],
        spread => softmax(rng, spread as f32, columns),
    };
    let place = rng.below(columns as u32) as usize;
    // Narrow formats round the sum away, but for few columns.
    let tolerance = fixed::UNIT as f32;
    match rng.below(20) {
        0 => row[place] = [f32::NAN, -f32::NAN, f32::INFINITY][rng.below(3) as usize],
        1 => row[place] = [-1e-3, -1e-45, 1.000_001, 2.0][rng.below(4) as usize],
        2 => row[place] += 0.01,
        3 => row[place] += (1_073_741.0 + rng.below(3) as f32 - 1.0) / tolerance,
        4 => row[place] = f32::NEG_INFINITY,
        5 if format == Format::F32 => row[place] = f32::from_bits(rng.next_u32()),
        _ => {}
    }
    row
}

fn softmax(rng: &mut Rng, spread: f32, columns: usize) -> Vec<f32> {
    let terms: Vec<f64> = (0..columns).map(|_| f64::from(rng.normal() * spread).exp()).collect();
    let sum: f64 = terms.iter().sum();
    terms.into_iter().map(|term| (term / sum) as f32).collect()
}

fn single_probability(rng: &mut Rng) -> f32 {
    match rng.below(12) {
        0 => [0.0, -0.0, 1.0, 0.5][rng.below(4) as usize],
        1 => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -f32::NAN][rng.below(4) as usize],
        2 => [-1e-45, 1e-45, 1.000_000_1, -0.5][rng.below(4) as usize],
        3 => rng.below(16) as f32 / 15.0,
        4 => f32::from_bits(rng.below(1 << 23)),
        5 => 1.0 - rng.below(1 << 20) as f32 / (1 << 24) as f32,
        _ => rng.below(1 << 24) as f32 / (1 << 24) as f32,
    }
}

/// Rows of every state, in every format, with finite losses and infinite ones:
/// cases that missed one would test less than they seem to.
pub fn reach_everything(name: &str) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let kernel = kernel::ALL.iter().find(|kernel| kernel.name == name).unwrap();
    for mut case in cases(name, &mut Rng::new(1)) {
        (kernel.cpu)(&mut bind(kernel, &mut case.slots));
        let params: Params = bytemuck::pod_read_unaligned(bytemuck::cast_slice(&case.slots[0]));
        let planes: Vec<&[u32]> = case.slots[4].chunks(params.stride as usize).collect();
        let rows = planes[Plane::LossHigh as usize].iter().zip(planes[Plane::State as usize]);
        for (&loss, &state) in rows.take(params.rows as usize) {
            let infinite = u64::from(loss) << 32 == INFINITE;
            let format = format!("{:?}", params.format());
            let probabilities = params.reading().probabilities;
            seen.insert((format, probabilities, state, infinite));
        }
    }
    for format in formats(name).iter().map(|format| format!("{format:?}")) {
        let logits = [state::SCORED, state::SKIPPED, state::NOT_FINITE].map(|state| (false, state));
        let all = [state::SCORED, state::SKIPPED, state::NOT_FINITE, state::NOT_PROBABILITY];
        let each = logits.into_iter().chain(all.map(|state| (true, state)));
        let each = each.chain([(true, state::SUM)]);
        let wanted = each.map(|(probabilities, state)| (probabilities, state, false));
        for (probabilities, state, infinite) in wanted.chain([(false, state::SCORED, true)]) {
            let row = (format.clone(), probabilities, state, infinite);
            if !seen.contains(&row) {
                return Err(format!("no case of {name} has a row of {row:?}"));
            }
        }
    }
    Ok(())
}
