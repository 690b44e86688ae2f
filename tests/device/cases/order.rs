use half::{bf16, f16};
use tallyho::kernel::order::shader::{By, COUNT_WORDS, Params, SLOTS, ScanParams};
use tallyho::kernel::order::twin::{Rows, count, scan};
use tallyho::kernel::rows::shader::Format;

use super::ROWS;
use crate::check::Case;
use crate::common::Rng;

/// What scores are like: all kinds, one, few, or in one bucket; all of one class.
const PATTERNS: [&str; 5] = ["any", "constant", "few", "one bucket", "one class"];

/// Rows as the row kernels leave them, to be counted or scattered.
pub fn cases(rng: &mut Rng, scattered: bool) -> Vec<Case> {
    let mut cases = Vec::new();
    for (number, rows) in ROWS.into_iter().enumerate() {
        for by in By::ALL.into_iter().filter(|by| !(scattered && by.is_binned())) {
            let patterns = PATTERNS.into_iter().enumerate();
            // Counters are many; a part of the patterns for each size.
            for (_, pattern) in patterns.filter(|(at, _)| rows > 1_000 || at % 3 == number % 3) {
                let format = Format::SINGLES[rng.below(3) as usize];
                let label = format!("{rows} rows by {by:?}, {format:?}, {pattern}");
                let mut slots = inputs(rng, rows, by, format, pattern);
                match scattered {
                    false => slots.push(rng.words(COUNT_WORDS, u32::MAX)),
                    true => add_outputs(rng, &mut slots),
                }
                cases.push(Case { label, slots });
            }
        }
    }
    cases
}

fn inputs(rng: &mut Rng, rows: usize, by: By, format: Format, pattern: &str) -> Vec<Vec<u32>> {
    let stride = (rows + 1).next_multiple_of(64);
    let params = Params::new(format, by, rng.below(2)).of_rows(rows as u32, stride as u32);
    let mut planes = rng.words(8 * stride, u32::MAX);
    let mut scores = Vec::new();
    let mut labels = Vec::new();
    for row in 0..rows {
        let score = score(rng, by, pattern);
        let score = match format {
            Format::F32 => score,
            Format::F16 => f16::from_f32(score).to_f32(),
            Format::Bf16 => bf16::from_f32(score).to_f32(),
            Format::F64 => unreachable!("no order is of doubles"),
        };
        let fits = match by {
            By::ProbabilityBin => (0.0..=1.0).contains(&score),
            _ => score < f32::INFINITY,
        };
        // Some rows were not scored, whatever their score is.
        let state = if fits && rng.below(9) > 0 { 0 } else { 1 + rng.below(4) };
        scores.push(score);
        labels.push(if pattern == "one class" { 1 } else { rng.below(2) });
        planes[row] = rng.below(2);
        let unit = 1 << 30;
        planes[2 * stride + row] = match (pattern, rng.below(8)) {
            ("constant", _) => unit / 2,
            (_, 0) => [0, 1, unit, unit - 1, unit / 2][rng.below(5) as usize],
            (_, 1) => unit - rng.below(1 << 10),
            _ => rng.below(unit),
        };
        planes[7 * stride + row] = state;
    }
    vec![bytemuck::cast_slice(&[params]).to_vec(), words(&scores, format), labels, planes]
}

fn score(rng: &mut Rng, by: By, pattern: &str) -> f32 {
    let unit = |rng: &mut Rng| rng.below(1 << 24) as f32 / (1 << 24) as f32;
    let edges = [0.0, -0.0, 1.0, 0.5, 1e-45, 0.499_999_97, 0.500_000_06, 0.999_999_94, 1e-11];
    let odd = [f32::NEG_INFINITY, f32::MAX, f32::MIN, -0.0, 0.0, 1e-45, -1e-45, 1.2e-38];
    let none = [f32::NAN, -f32::NAN, f32::INFINITY];
    match (pattern, by, rng.below(10)) {
        ("constant", ..) => 0.25,
        ("few", ..) => rng.below(4) as f32 / 4.0,
        ("one bucket", ..) => f32::from_bits(0x3f00_0000 | rng.below(1 << 16)),
        (_, _, 0) => none[rng.below(3) as usize],
        (_, By::ProbabilityBin, 1..4) => edges[rng.below(9) as usize],
        (_, By::ProbabilityBin, 4) => 1.0 - unit(rng) * 1e-6,
        (_, By::ProbabilityBin, 5) => unit(rng) * 1e-9,
        (_, By::ProbabilityBin, _) => unit(rng),
        (_, _, 1..3) => odd[rng.below(8) as usize],
        (_, _, 3) => f32::from_bits(rng.next_u32()),
        (_, _, 4) => rng.normal() * 1e-5,
        (_, _, 5) => rng.normal() * 1e6,
        _ => rng.normal() * 3.0,
    }
}

/// Scores as they are stored.
fn words(scores: &[f32], format: Format) -> Vec<u32> {
    let half = |score: f32| match format {
        Format::F16 => f16::from_f32(score).to_bits(),
        _ => bf16::from_f32(score).to_bits(),
    };
    let pair = |pair: &[f32]| {
        u32::from(half(pair[0])) | pair.get(1).map_or(0, |&score| u32::from(half(score))) << 16
    };
    match format {
        Format::F32 => scores.iter().map(|score| score.to_bits()).collect(),
        _ => scores.chunks(2).map(pair).collect(),
    }
}

/// Cursors at the starts, and words of zeros for as many rows as there are, with
/// others behind them.
fn add_outputs(rng: &mut Rng, slots: &mut Vec<Vec<u32>>) {
    let params = bytemuck::pod_read_unaligned(bytemuck::cast_slice(&slots[0]));
    let mut counts = vec![0; COUNT_WORDS];
    count(&Rows::new(params, &slots[1], &slots[2], &slots[3]), &mut counts);
    let mut starts = vec![0; SLOTS];
    scan(ScanParams { counters: SLOTS as u32, pad: [0; 3] }, &counts, &mut starts);
    let rows: u32 = counts[..SLOTS].iter().sum();
    let mut lows = vec![0; rows.div_ceil(2) as usize];
    lows.extend(rng.words(5, u32::MAX));
    slots.push(starts);
    slots.push(lows);
}

pub fn scans(rng: &mut Rng) -> Vec<Case> {
    let mut cases = Vec::new();
    for counters in [0, 1, 2, 127, 128, 255, 256, 257, 1_000, 4_097, SLOTS] {
        for most in [1, 2, u32::MAX] {
            let params = vec![counters as u32, 0, 0, 0];
            // Words behind the counters, to see that nothing is written there.
            let slots = vec![params, rng.words(counters, most), rng.words(counters + 9, u32::MAX)];
            cases.push(Case { label: format!("{counters} counters below {most}"), slots });
        }
    }
    cases
}
