//! Batches that a device must put in order as the CPU does before it is used.

use half::{bf16, f16};

use super::shader::{By, COUNT_WORDS, Params, SLOTS, ScanParams};
use super::twin::{self, Rows};
use crate::kernel::rows::shader::Format;
use crate::kernel::sample::{Garbage, planes};

const ROWS: u32 = 1_003;

/// Parameters, scores, labels and planes of some rows.
fn rows(by: By, format: Format) -> Vec<Vec<u32>> {
    let mut garbage = Garbage::new(by as u64 + 7 * format.bytes() as u64);
    let (stride, mut planes) = planes(&mut garbage, ROWS, 15);
    let scores: Vec<f32> = (0..ROWS).map(|row| score(&mut garbage, by, row)).collect();
    // Those that are no number must have been found invalid.
    for (row, score) in scores.iter().enumerate() {
        if score.is_nan() {
            planes[7 * stride as usize + row] = 2;
        }
    }
    let labels = (0..ROWS).map(|_| garbage.below(3)).collect();
    let params = Params::new(format, by, 1).of_rows(ROWS, stride);
    let words = match format {
        Format::F32 => scores.iter().map(|score| score.to_bits()).collect(),
        _ => {
            let half = |score: Option<&f32>| {
                u32::from(score.map_or(0, |&score| match format {
                    Format::F16 => f16::from_f32(score).to_bits(),
                    _ => bf16::from_f32(score).to_bits(),
                }))
            };
            scores.chunks(2).map(|pair| half(pair.first()) | half(pair.get(1)) << 16).collect()
        }
    };
    vec![bytemuck::cast_slice(&[params]).to_vec(), words, labels, planes]
}

fn score(garbage: &mut Garbage, by: By, row: u32) -> f32 {
    let unit = garbage.word() as f32 / u32::MAX as f32;
    match (by, row % 8) {
        (By::ProbabilityBin, 0) => {
            [0.0, -0.0, 1.0, 0.5, 1e-45, 0.499_999_97][(row / 8 % 6) as usize]
        }
        (By::ProbabilityBin, 1) => 1.0 - unit * 1e-6,
        (By::ProbabilityBin, 2) => unit * 1e-9,
        (By::ProbabilityBin, _) => unit,
        (_, 0) => [0.0, -0.0, 1e-45, -1e-45, f32::MIN, f32::NEG_INFINITY, f32::NAN]
            [(row / 8 % 7) as usize],
        // Ties, and one bucket of many.
        (_, 1) => 1.0,
        (_, 2) => f32::from_bits(0x3f80_0000 | garbage.below(1 << 16)),
        (_, 3) => (unit - 0.5) * 1e30,
        _ => unit * 12.0 - 6.0,
    }
}

fn each() -> impl Iterator<Item = Vec<Vec<u32>>> {
    By::ALL.into_iter().flat_map(|by| Format::SINGLES.iter().map(move |&format| rows(by, format)))
}

pub(super) fn count() -> Vec<Vec<Vec<u32>>> {
    let mut garbage = Garbage::new(5);
    let with = |mut slots: Vec<Vec<u32>>| {
        slots.push((0..COUNT_WORDS).map(|_| garbage.word()).collect());
        slots
    };
    each().map(with).collect()
}

pub(super) fn scan() -> Vec<Vec<Vec<u32>>> {
    let mut garbage = Garbage::new(6);
    let of = |counters: usize| {
        let params = ScanParams { counters: narrow(counters), pad: [0; 3] };
        let counts = (0..counters).map(|_| garbage.below(40)).collect();
        let starts = (0..counters + 3).map(|_| garbage.word()).collect();
        vec![bytemuck::cast_slice(&[params]).to_vec(), counts, starts]
    };
    [1, 255, 1_000, SLOTS].map(of).to_vec()
}

pub(super) fn scatter() -> Vec<Vec<Vec<u32>>> {
    let with = |mut slots: Vec<Vec<u32>>| {
        let params = bytemuck::pod_read_unaligned(bytemuck::cast_slice(&slots[0]));
        let mut counts = vec![0; COUNT_WORDS];
        twin::count(&Rows::new(params, &slots[1], &slots[2], &slots[3]), &mut counts);
        let mut starts = vec![0; SLOTS];
        let all = ScanParams { counters: narrow(SLOTS), pad: [0; 3] };
        twin::scan(all, &counts, &mut starts);
        slots.push(starts);
        slots.push(vec![0; ROWS as usize]);
        slots
    };
    each().filter(|slots| is_exact(slots)).map(with).collect()
}

/// Of bins nothing is left to be laid out.
fn is_exact(slots: &[Vec<u32>]) -> bool {
    let params: Params = bytemuck::pod_read_unaligned(bytemuck::cast_slice(&slots[0]));
    !params.by().is_binned()
}

#[allow(clippy::cast_possible_truncation, reason = "at most 2^17 counters")]
fn narrow(count: usize) -> u32 {
    count as u32
}
