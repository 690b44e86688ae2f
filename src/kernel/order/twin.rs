//! The compute shaders of [`order`](super), and their twins.
//!
//! Three kernels bring the rows of a dispatch into their buckets: how many there
//! are of each ([`COUNT`]), where each begins ([`SCAN`]), and what keys hold
//! below their upper 16 bits, bucket by bucket ([`SCATTER`]). The host goes on
//! from there, over the rows of all dispatches ([`fold`](super::fold)). Bins are
//! counted by the first alone.

use super::sample;
use super::shader::{By, COUNT_WORDS, Params, SLOTS, ScanParams};
use crate::exact::{grid, key};
use crate::kernel::planes::Plane;
use crate::kernel::rows::twin::score;
use crate::kernel::{Access, Kernel, Launch, Slot};

const FLOATS: &str = include_str!("../../../shaders/floats.wgsl");
const ORDER: &str = include_str!("../../../shaders/order.wgsl");

/// The shader `shaders/order_count.wgsl` and its twin [`count`].
pub const COUNT: Kernel = Kernel {
    name: "order_count",
    wgsl: &[FLOATS, ORDER, include_str!("../../../shaders/order_count.wgsl")],
    bindings: &[Access::Uniform, Access::Read, Access::Read, Access::Read, Access::ReadWrite],
    params_size: size_of::<Params>(),
    params_fields: Params::FIELDS,
    subgroups: false,
    launch: Launch { workgroups: 64, workgroup: 64, constants: &[] },
    cpu: |slots: &mut [Slot<'_>]| {
        let [params, scores, labels, planes, counts] = slots else { unreachable!("five bindings") };
        let rows = Rows::new(params.params(), scores.words(), labels.words(), planes.words());
        count(&rows, counts.write());
    },
    canonical: None,
    samples: sample::count,
};

/// The shader `shaders/order_scan.wgsl` and its twin [`scan`].
pub const SCAN: Kernel = Kernel {
    name: "order_scan",
    wgsl: &[include_str!("../../../shaders/order_scan.wgsl")],
    bindings: &[Access::Uniform, Access::Read, Access::ReadWrite],
    params_size: size_of::<ScanParams>(),
    params_fields: ScanParams::FIELDS,
    subgroups: false,
    launch: Launch { workgroups: 1, workgroup: 256, constants: &[] },
    cpu: |slots: &mut [Slot<'_>]| {
        let [params, counts, starts] = slots else { unreachable!("three bindings") };
        scan(params.params(), counts.words(), starts.write());
    },
    canonical: None,
    samples: sample::scan,
};

/// The shader `shaders/order_scatter.wgsl` and its twin [`scatter`].
pub const SCATTER: Kernel = Kernel {
    name: "order_scatter",
    wgsl: &[FLOATS, ORDER, include_str!("../../../shaders/order_scatter.wgsl")],
    bindings: &[
        Access::Uniform,
        Access::Read,
        Access::Read,
        Access::Read,
        Access::ReadWrite,
        Access::ReadWrite,
    ],
    params_size: size_of::<Params>(),
    params_fields: Params::FIELDS,
    subgroups: false,
    launch: Launch { workgroups: 64, workgroup: 64, constants: &[] },
    cpu: |slots: &mut [Slot<'_>]| {
        let [params, scores, labels, planes, cursors, lows] = slots else {
            unreachable!("six bindings")
        };
        let rows = Rows::new(params.params(), scores.words(), labels.words(), planes.words());
        scatter(&rows, cursors.write(), lows.write());
    },
    canonical: Some(sorted),
    samples: sample::scatter,
};

/// What the kernels read of rows.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    params: Params,
    scores: &'a [u32],
    labels: &'a [u32],
    planes: &'a [u32],
}

impl<'a> Rows<'a> {
    /// Rows with `scores` as they are stored and `labels`, both `[rows]`, and the
    /// `planes` that the row kernels left of them, `[8, stride]`.
    pub fn new(params: Params, scores: &'a [u32], labels: &'a [u32], planes: &'a [u32]) -> Self {
        Self { params, scores, labels, planes }
    }

    /// The slot of every row that was scored, twice its bucket and one more for a
    /// positive one, and the lower half of its key.
    fn places(&self) -> impl Iterator<Item = (usize, u32)> {
        let rows = 0..self.params.rows as usize;
        let scored = rows.filter(|&row| self.plane(Plane::State, row) == 0);
        scored.map(|row| {
            let by = self.params.by();
            let positive = match by.is_confidence() {
                true => self.labels[row] != self.plane(Plane::Prediction, row),
                false => self.labels[row] == self.params.positive(),
            };
            let key = match by.is_confidence() {
                true => key_of_confidence(by, self.plane(Plane::Confidence, row)),
                false => key_of_score(by, score(self.params.format(), self.scores, row)),
            };
            (2 * (key >> 16) as usize + usize::from(positive), key & 0xffff)
        })
    }

    fn plane(&self, plane: Plane, row: usize) -> u32 {
        self.planes[plane as usize * self.params.stride as usize + row]
    }
}

fn key_of_score(by: By, score: f32) -> u32 {
    match by {
        By::LogitBin => u32::from(grid::of_logit(score.into())) << 16,
        By::ProbabilityBin => u32::from(grid::of_probability(score.into())) << 16,
        _ => key::of_f32(score),
    }
}

fn key_of_confidence(by: By, confidence: u32) -> u32 {
    match by {
        By::ConfidenceBin => u32::from(grid::of_confidence(confidence)) << 16,
        _ => confidence,
    }
}

/// Adds every row that was scored to the count of its slot, and its mark to the
/// last word.
///
/// # Shapes and units
///
/// `counts` is [`COUNT_WORDS`] words: for each bucket
/// negatives, then positives; and the sum of marks, modulo 2³².
pub fn count(rows: &Rows<'_>, counts: &mut [u32]) {
    for (slot, low) in rows.places() {
        counts[slot] = counts[slot].wrapping_add(1);
        counts[SLOTS] = counts[SLOTS].wrapping_add(mark(slot, low));
    }
}

/// A number that tells a row in one place from one in another, mostly; the sum of
/// those of all rows, in whatever order, says whether they are the same rows.
fn mark(slot: usize, low: u32) -> u32 {
    #[allow(clippy::cast_possible_truncation, reason = "one of 2^17 slots")]
    let mixed =
        (slot as u32).wrapping_mul(0x9e37_79b1) ^ low.wrapping_add(1).wrapping_mul(0x85eb_ca77);
    (mixed ^ mixed >> 15).wrapping_mul(0xc2b2_ae3d)
}

/// The sum of the marks of rows as [`scatter`] laid them out, by the counts of
/// their slots: what [`count`] leaves in its last word, if every row is in its
/// place.
pub fn marks(counts: &[u32], mut lows: &[u16]) -> u32 {
    let mut sum = 0_u32;
    for (slot, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (own, rest) = lows.split_at(lows.len().min(count as usize));
        lows = rest;
        let own = own.iter().map(|&low| mark(slot, low.into()));
        sum = sum.wrapping_add(own.fold(0, u32::wrapping_add));
    }
    sum
}

/// Writes the sum of the `counts` before each to `starts`.
pub fn scan(params: ScanParams, counts: &[u32], starts: &mut [u32]) {
    let mut before = 0_u32;
    for (start, count) in starts[..params.counters as usize].iter_mut().zip(counts) {
        *start = before;
        before = before.wrapping_add(*count);
    }
}

/// Puts the lower half of each key where the cursor of its slot says, which moves
/// on by one.
///
/// # Shapes and units
///
/// `cursors` is what [`scan`] made of the counts of slots. `lows` holds two
/// half words to a word, the earlier one in its lower half; those that rows go to
/// are 0.
pub fn scatter(rows: &Rows<'_>, cursors: &mut [u32], lows: &mut [u32]) {
    for (slot, low) in rows.places() {
        let at = cursors[slot] as usize;
        cursors[slot] += 1;
        lows[at / 2] |= low << (16 * (at % 2));
    }
}

/// The half words of each slot in rising order: which came first depends on the
/// device. Cursors stand at the ends of slots.
fn sorted(slots: &mut [Vec<u32>]) {
    let [params, scores, labels, planes, cursors, lows] = slots else {
        unreachable!("six bindings")
    };
    let params = bytemuck::pod_read_unaligned(bytemuck::cast_slice(params));
    let mut counts = vec![0; COUNT_WORDS];
    count(&Rows::new(params, scores, labels, planes), &mut counts);
    let lows: &mut [u16] = bytemuck::cast_slice_mut(lows);
    for (&end, &count) in cursors.iter().zip(&counts) {
        // What a device got wrong may lie anywhere.
        let start = end.saturating_sub(count) as usize;
        if let Some(slot) = lows.get_mut(start..end as usize) {
            slot.sort_unstable();
        }
    }
}
