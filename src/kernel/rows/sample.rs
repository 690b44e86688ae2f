//! Batches that a device must score as the CPU does before it is used: every
//! format and task, and rows of every kind that goes wrong somewhere.

use half::{bf16, f16};

use super::Params as Reading;
use super::shader::{self, Format, PLANES, Params, Task, tables};
use crate::kernel::Level;
use crate::kernel::sample::Garbage;

/// For an invocation to each row: few columns, and one.
pub(super) fn narrow(formats: &[Format]) -> Vec<Vec<Vec<u32>>> {
    let matrices = formats.iter().flat_map(|&format| {
        [(3, false), (10, true), (32, false)].map(|(columns, probabilities)| {
            batch(format, Task::Matrix { classes: columns }, probabilities, 131)
        })
    });
    let binary = formats.iter().flat_map(|&format| {
        [(0, 0.0, false), (1, 0.5, true)].map(|(positive, threshold, probabilities)| {
            batch(format, Task::Binary { positive, threshold }, probabilities, 67)
        })
    });
    matrices.chain(binary).collect()
}

/// For many invocations to each row; few rows, since barriers are slow in software.
pub(super) fn wide(formats: &[Format]) -> Vec<Vec<Vec<u32>>> {
    let each = formats.iter().flat_map(|&format| {
        [(45, false), (301, true), (1_283, false)].map(|(columns, probabilities)| {
            batch(format, Task::Matrix { classes: columns }, probabilities, 15)
        })
    });
    each.collect()
}

fn batch(format: Format, task: Task, probabilities: bool, rows: usize) -> Vec<Vec<u32>> {
    let columns = match task {
        Task::Matrix { classes } => classes,
        Task::Binary { .. } => 1,
    };
    let mut garbage = Garbage::new((columns * 8 + format.bytes()) as u64);
    let reading = Reading {
        probabilities,
        higher_first: columns % 2 == 1,
        epsilon: match format {
            Format::F32 | Format::Bf16 => f32::EPSILON.into(),
            Format::F16 => f16::EPSILON.into(),
            Format::F64 => f64::EPSILON,
        },
        sum_tolerance: tolerance(format, columns),
        edges: super::edges(15),
        right_closed: columns != 3,
        level: Level::best(),
    };
    let stride = (rows + 1).next_multiple_of(64);
    let params =
        Params::new(&reading, format, task).of_rows(super::narrow(rows), super::narrow(stride));
    let row = |kind| match (probabilities, columns) {
        (false, _) => logits(&mut garbage, kind, columns, format),
        (true, 1) => vec![single_probability(kind)],
        (true, _) => of_probabilities(&mut garbage, kind, columns),
    };
    let scores: Vec<f64> = (0..rows).flat_map(row).collect();
    let label = |row| if row % 13 == 12 { params.classes } else { garbage.below(params.classes) };
    let labels = (0..rows).map(label).collect();
    let planes = (0..PLANES * stride).map(|_| garbage.word()).collect();
    vec![
        bytemuck::cast_slice(&[params]).to_vec(),
        words(&scores, format),
        labels,
        tables(&reading, format),
        planes,
    ]
}

/// The usual one, a wider one for rounded probabilities, and one that takes any sum.
fn tolerance(format: Format, columns: usize) -> u64 {
    let usual = super::sum_tolerance(format.score_type());
    match (columns, format) {
        (10, _) => 9 * usual,
        (301, Format::F16) => super::ANY_SUM,
        _ => usual,
    }
}

/// A row of logits; consecutive numbers are of every kind.
fn logits(garbage: &mut Garbage, number: usize, columns: usize, format: Format) -> Vec<f64> {
    // 64 digits, of which the format keeps its own.
    let mut spread = |scale: f64| -> Vec<f64> {
        let unit = |high: u32, low: u32| {
            (f64::from(high) + f64::from(low) / 2_f64.powi(32)) / 2_f64.powi(31) - 1.0
        };
        (0..columns).map(|_| unit(garbage.word(), garbage.word()) * scale).collect()
    };
    let [least, subnormal, most] = match format {
        Format::F64 => [1e-308, 1e-320, f64::MAX],
        _ => [1e-38, 1e-42, 3.4e38],
    };
    let usual = spread(6.0);
    let with = |score: f64| {
        let mut row = usual.clone();
        row[number % columns] = score;
        row
    };
    match number % 15 {
        // Ties, and both zeros among them.
        0 => (0..columns).map(|class| [0.0, -0.0, -1.0][class % 3]).collect(),
        1 => vec![1.5; columns],
        2 => spread(least),
        3 => spread(subnormal),
        4 => spread(most),
        5 => spread(100.0),
        6 => (0..columns).map(|class| (class % 20) as f64 * std::f64::consts::LN_2).collect(),
        7 => with(f64::NAN),
        8 => with(f64::INFINITY),
        9 => with(f64::NEG_INFINITY),
        10 => vec![f64::NEG_INFINITY; columns],
        11 => with(0.9 * most),
        12 => with(-most),
        _ => usual,
    }
}

/// A row of probabilities, or of what is nearly that.
fn of_probabilities(garbage: &mut Garbage, number: usize, columns: usize) -> Vec<f64> {
    let mut votes = vec![0_u32; columns];
    // Of 15 voters, many lie on the edges of bins.
    let voters = [15, 3, 1, 64][number % 4];
    (0..voters).for_each(|_| votes[garbage.below(super::narrow(columns)) as usize] += 1);
    let mut row: Vec<f64> = votes.iter().map(|&votes| f64::from(votes) / voters as f64).collect();
    let place = number % columns;
    match number % 11 {
        0 => row[place] = -0.0,
        1 => row[place] = f64::NAN,
        2 => row[place] = -1e-3,
        3 => row[place] = 1.000_1,
        4 => row[place] += 0.01,
        // Within the tolerance, and for bf16 beyond that of others.
        5 => row[place] += if number.is_multiple_of(2) { 0.000_9 } else { 0.004 },
        6 => row = vec![1.0 / columns as f64; columns],
        7 => row[place] = f64::INFINITY,
        _ => {}
    }
    row
}

fn single_probability(number: usize) -> f64 {
    let ends = [0.0, -0.0, 1.0, 0.5, 1e-45, -1e-3, 1.001, f64::NAN, f64::INFINITY, 0.499_999_97];
    ends.get(number).copied().unwrap_or((number % 31) as f64 / 30.0)
}

/// Scores as they are stored, in units of 16 bytes.
fn words(scores: &[f64], format: Format) -> Vec<u32> {
    let mut words: Vec<u32> = match format {
        Format::F32 => scores.iter().map(|&score| single(score).to_bits()).collect(),
        Format::F16 => pairs(scores, |score| f16::from_f32(single(score)).to_bits()),
        Format::Bf16 => pairs(scores, |score| bf16::from_f32(single(score)).to_bits()),
        Format::F64 => scores.iter().flat_map(|score| shader::words(score.to_bits())).collect(),
    };
    words.resize(words.len().next_multiple_of(4), 0x7fff_ffff);
    words
}

fn pairs(scores: &[f64], half: impl Fn(f64) -> u16) -> Vec<u32> {
    let word = |pair: &[f64]| {
        let upper = pair.get(1).map_or(0x7fff, |&score| half(score));
        u32::from(half(pair[0])) | u32::from(upper) << 16
    };
    scores.chunks(2).map(word).collect()
}

#[allow(clippy::cast_possible_truncation, reason = "rounding to the nearest is meant")]
fn single(score: f64) -> f32 {
    score as f32
}
