//! Rows by calibration bin: how many, how many right, and their confidence.

use bytemuck::{Pod, Zeroable};

use super::confusion::WORKGROUP_WORDS;
use super::planes::{self, Plane};
use super::sample::{Garbage, planes as sample_planes};
use super::shader::fields;
use super::{Access, Kernel, Launch, Slot};

/// Counters in workgroup memory: `shaders/bins.wgsl`, up to [`FEW`] bins.
pub const WORKGROUP: Kernel =
    Kernel { name: "bins", wgsl: &[ROWS, include_str!("../../shaders/bins.wgsl")], ..GLOBAL };

/// Counters in the memory of the device: `shaders/bins_global.wgsl`.
pub const GLOBAL: Kernel = Kernel {
    name: "bins_global",
    wgsl: &[ROWS, include_str!("../../shaders/bins_global.wgsl")],
    bindings: &[Access::Uniform, Access::Read, Access::Read, Access::ReadWrite],
    params_size: size_of::<Params>(),
    params_fields: fields!(Params { rows, stride, bins, replicas }),
    subgroups: false,
    launch: Launch { workgroups: 64, workgroup: 64, constants: &[] },
    cpu: |slots: &mut [Slot<'_>]| {
        let [params, labels, planes, counters] = slots else { unreachable!("four bindings") };
        bins(params.params(), labels.words(), planes.words(), counters.write());
    },
    canonical: None,
    samples,
};

const ROWS: &str = include_str!("../../shaders/bin_rows.wgsl");

/// The most bins of [`WORKGROUP`].
pub const FEW: u32 = 256;

/// Mirrors `Params` in the shaders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Params {
    /// Rows in this dispatch, below 2³¹.
    pub rows: u32,
    /// Words of a plane.
    pub stride: u32,
    /// Number of bins, B, at most 2²⁰.
    pub bins: u32,
    /// Counters of a bin in workgroup memory, as a power of 2;
    /// 4·B·2^`replicas` is at most [`WORKGROUP_WORDS`].
    pub replicas: u32,
}

/// The kernel for `bins` bins, launched as suits the device, with
/// [`Params::replicas`]. On a device that is the CPU several counters of a bin
/// only cost.
pub fn choose(bins: u32, software: bool) -> (Kernel, u32) {
    let launch = Launch::over_rows(software);
    if bins > FEW || software {
        return (Kernel { launch, ..GLOBAL }, 0);
    }
    // Half of workgroup memory, so that two workgroups fit beside each other.
    let most = WORKGROUP_WORDS / 2 / 4 / bins.max(1);
    (Kernel { launch, ..WORKGROUP }, most.max(1).ilog2().min(5))
}

/// Adds every row that has a bin below B to the four counters of the bin
/// (`[B][4]`): rows, rows of which the prediction is the label, and the sum of
/// confidence in units of 2⁻³⁰, low word first. `labels` is `[rows]`, `planes`
/// what the row kernels wrote.
pub fn bins(params: Params, labels: &[u32], planes: &[u32], counters: &mut [u32]) {
    let rows = params.rows as usize;
    let plane = |plane| planes::plane(planes, plane, params.stride, rows);
    let (predictions, confidences) = (plane(Plane::Prediction), plane(Plane::Confidence));
    let bins = plane(Plane::Bin);
    for from in (0..rows).step_by(BLOCK) {
        let part = from..rows.min(from + BLOCK);
        let rights = predictions[part.clone()].iter().zip(&labels[part.clone()]);
        let mut words = [0; BLOCK];
        for (word, ((prediction, label), &confidence)) in
            words.iter_mut().zip(rights.zip(&confidences[part.clone()]))
        {
            *word = u64::from(confidence) | ROW | (u64::from(prediction == label) * RIGHT);
        }
        let (bins, words) = (&bins[part.clone()], &words[..part.len()]);
        match params.bins {
            count @ ..32 => in_sets::<32>(count as usize, bins, words, counters),
            count @ 32..128 => in_sets::<128>(count as usize, bins, words, counters),
            _ => {
                let rows = bins.iter().zip(words).filter(|(bin, _)| **bin < params.bins);
                rows.for_each(|(&bin, &word)| add(counters, bin as usize, word));
            }
        }
    }
}

/// Rows that are counted in one word for each bin and set.
const BLOCK: usize = 512;

/// Counters of a bin: rows of one bin in a row would wait for its counter.
const SETS: usize = 8;

/// In a word of 64 bits, one row: above the sum of the confidences of a block.
const ROW: u64 = 1 << 42;

/// In a word of 64 bits, one row that is right: above the rows of a block.
const RIGHT: u64 = 1 << 52;

/// Adds a block of rows, given as words, to the counters of fewer than `SLOTS` bins.
fn in_sets<const SLOTS: usize>(count: usize, bins: &[u32], words: &[u64], counters: &mut [u32]) {
    let mut sets = [[0_u64; SETS]; SLOTS];
    let ((all_bins, last_bins), (all_words, last_words)) =
        (bins.as_chunks::<SETS>(), words.as_chunks::<SETS>());
    for (bins, words) in all_bins.iter().zip(all_words) {
        for set in 0..SETS {
            // Rows without a bin go to one that is not looked at.
            let counter = &mut sets[(bins[set] as usize).min(count) % SLOTS][set];
            // Cannot wrap: of at most BLOCK rows.
            *counter = counter.wrapping_add(words[set]);
        }
    }
    for (&bin, &word) in last_bins.iter().zip(last_words) {
        let counter = &mut sets[(bin as usize).min(count) % SLOTS][0];
        *counter = counter.wrapping_add(word);
    }
    for (bin, sets) in sets.iter().enumerate().take(count) {
        add(counters, bin, sets.iter().fold(0, |sum: u64, word| sum.wrapping_add(*word)));
    }
}

/// Adds a word of at most a block of rows to the counters of a bin.
#[allow(clippy::cast_possible_truncation, reason = "the fields of a word")]
#[inline(always)]
fn add(counters: &mut [u32], bin: usize, word: u64) {
    let [rows, correct, low, high] = &mut counters[4 * bin..][..4] else {
        unreachable!("four words")
    };
    let confidence = word % ROW;
    *rows = rows.wrapping_add((word / ROW % (RIGHT / ROW)) as u32);
    *correct = correct.wrapping_add((word / RIGHT) as u32);
    let (sum, carry) = low.overflowing_add(confidence as u32);
    *low = sum;
    // A carry of 1, and of a block at most 2¹⁰ times 2³².
    *high = high.wrapping_add((confidence >> 32) as u32).wrapping_add(carry.into());
}

/// Rows with a bin and without, into counters that are about to carry.
fn samples() -> Vec<Vec<Vec<u32>>> {
    const ROWS: u32 = 1_003;
    const BINS: u32 = 15;
    let mut garbage = Garbage::new(3);
    let labels = (0..ROWS).map(|_| garbage.below(3)).collect();
    let (stride, planes) = sample_planes(&mut garbage, ROWS, BINS);
    let params = Params { rows: ROWS, stride, bins: BINS, replicas: 2 };
    let counters = (0..4 * BINS).map(|at| u32::MAX - at).collect();
    vec![vec![bytemuck::cast_slice(&[params]).to_vec(), labels, planes, counters]]
}
