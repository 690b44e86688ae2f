//! Batches that a device must score as the CPU does before it is used: every
//! format and task, and rows of every kind that goes wrong somewhere.

use half::{bf16, f16};

use super::Params as Reading;
use super::shader::{Format, PLANES, Params, Task, tables};
use crate::kernel::Level;
use crate::kernel::sample::Garbage;

/// For an invocation to each row: few columns, and one.
pub(super) fn narrow() -> Vec<Vec<Vec<u32>>> {
    let matrices = Format::ALL.iter().flat_map(|&format| {
        [(3, false), (10, true), (32, false)].map(|(columns, probabilities)| {
            batch(format, Task::Matrix { classes: columns }, probabilities, 131)
        })
    });
    let binary = Format::ALL.iter().flat_map(|&format| {
        [(0, 0.0, false), (1, 0.5, true)].map(|(positive, threshold, probabilities)| {
            batch(format, Task::Binary { positive, threshold }, probabilities, 67)
        })
    });
    matrices.chain(binary).collect()
}

/// For many invocations to each row; few rows, since barriers are slow in software.
pub(super) fn wide() -> Vec<Vec<Vec<u32>>> {
    let each = Format::ALL.iter().flat_map(|&format| {
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
        (false, _) => logits(&mut garbage, kind, columns),
        (true, 1) => vec![single_probability(kind)],
        (true, _) => of_probabilities(&mut garbage, kind, columns),
    };
    let scores: Vec<f32> = (0..rows).flat_map(row).collect();
    let label = |row| if row % 13 == 12 { params.classes } else { garbage.below(params.classes) };
    let labels = (0..rows).map(label).collect();
    let planes = (0..PLANES * stride).map(|_| garbage.word()).collect();
    vec![
        bytemuck::cast_slice(&[params]).to_vec(),
        words(&scores, format),
        labels,
        tables(&reading),
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
fn logits(garbage: &mut Garbage, number: usize, columns: usize) -> Vec<f32> {
    let mut spread = |scale: f32| -> Vec<f32> {
        let unit = |word: u32| word as f32 / 2_f32.powi(31) - 1.0;
        (0..columns).map(|_| unit(garbage.word()) * scale).collect()
    };
    let usual = spread(6.0);
    let with = |score: f32| {
        let mut row = usual.clone();
        row[number % columns] = score;
        row
    };
    match number % 15 {
        // Ties, and both zeros among them.
        0 => (0..columns).map(|class| [0.0, -0.0, -1.0][class % 3]).collect(),
        1 => vec![1.5; columns],
        2 => spread(1e-38),
        3 => spread(1e-42),
        4 => spread(3.4e38),
        5 => spread(100.0),
        6 => (0..columns).map(|class| (class % 20) as f32 * std::f32::consts::LN_2).collect(),
        7 => with(f32::NAN),
        8 => with(f32::INFINITY),
        9 => with(f32::NEG_INFINITY),
        10 => vec![f32::NEG_INFINITY; columns],
        11 => with(3e38),
        12 => with(f32::MIN),
        _ => usual,
    }
}

/// A row of probabilities, or of what is nearly that.
fn of_probabilities(garbage: &mut Garbage, number: usize, columns: usize) -> Vec<f32> {
    let mut votes = vec![0_u32; columns];
    // Of 15 voters, many lie on the edges of bins.
    let voters = [15, 3, 1, 64][number % 4];
    (0..voters).for_each(|_| votes[garbage.below(super::narrow(columns)) as usize] += 1);
    let mut row: Vec<f32> = votes.iter().map(|&votes| votes as f32 / voters as f32).collect();
    let place = number % columns;
    match number % 11 {
        0 => row[place] = -0.0,
        1 => row[place] = f32::NAN,
        2 => row[place] = -1e-3,
        3 => row[place] = 1.000_1,
        4 => row[place] += 0.01,
        // Within the tolerance, and for bf16 beyond that of others.
        5 => row[place] += if number.is_multiple_of(2) { 0.000_9 } else { 0.004 },
        6 => row = vec![1.0 / columns as f32; columns],
        7 => row[place] = f32::INFINITY,
        _ => {}
    }
    row
}

fn single_probability(number: usize) -> f32 {
    let ends = [0.0, -0.0, 1.0, 0.5, 1e-45, -1e-3, 1.001, f32::NAN, f32::INFINITY, 0.499_999_97];
    ends.get(number).copied().unwrap_or((number % 31) as f32 / 30.0)
}

/// Scores as they are stored, in units of 16 bytes.
fn words(scores: &[f32], format: Format) -> Vec<u32> {
    let mut words: Vec<u32> = match format {
        Format::F32 => scores.iter().map(|score| score.to_bits()).collect(),
        Format::F16 => pairs(scores, |score| f16::from_f32(score).to_bits()),
        Format::Bf16 => pairs(scores, |score| bf16::from_f32(score).to_bits()),
    };
    words.resize(words.len().next_multiple_of(4), 0x7fff_ffff);
    words
}

fn pairs(scores: &[f32], half: impl Fn(f32) -> u16) -> Vec<u32> {
    let word = |pair: &[f32]| {
        let upper = pair.get(1).map_or(0x7fff, |&score| half(score));
        u32::from(half(pair[0])) | u32::from(upper) << 16
    };
    scores.chunks(2).map(word).collect()
}
