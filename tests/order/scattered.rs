//! The kernels that lay rows out by bucket, against naive counts; shaders are
//! compared with these kernels in the tests that need a device.

use std::collections::BTreeMap;

use tallyho::exact::order::{Counts, Sums};
use tallyho::exact::{grid, key};
use tallyho::kernel::order::shader::{By, COUNT_WORDS, Params, SLOTS, ScanParams};
use tallyho::kernel::order::twin::{Rows, count, marks, scan, scatter};
use tallyho::kernel::order::{Held, fold};
use tallyho::kernel::rows::shader::Format;

use crate::common::Rng;

/// Labels, states and scores of some rows, and what the kernels read of them.
struct Input {
    labels: Vec<u32>,
    scores: Vec<f32>,
    planes: Vec<u32>,
    stride: usize,
}

impl Input {
    fn new(rng: &mut Rng, rows: usize) -> Self {
        let stride = (rows + 1).next_multiple_of(64);
        let mut planes = rng.words(8 * stride, u32::MAX);
        let score = |rng: &mut Rng| match rng.below(6) {
            0 => [0.0, -0.0, 1e-45, -1e-45, f32::NEG_INFINITY, 1.0][rng.below(6) as usize],
            1 => rng.below(4) as f32,
            _ => rng.normal(),
        };
        for row in 0..rows {
            planes[row] = rng.below(2);
            planes[2 * stride + row] = rng.below((1 << 30) + 1);
            planes[7 * stride + row] = u32::from(rng.below(5) == 0) * (1 + rng.below(4));
        }
        let scores = (0..rows).map(|_| score(rng)).collect();
        Self { labels: rng.words(rows, 2), scores, planes, stride }
    }

    /// The key of every row that was scored, and whether it is positive.
    fn keys(&self, by: By) -> Vec<(u32, bool)> {
        let scored = (0..self.labels.len()).filter(|row| self.planes[7 * self.stride + row] == 0);
        let of = |row: usize| {
            let confidence = self.planes[2 * self.stride + row];
            let wrong = self.labels[row] != self.planes[row];
            match by {
                By::Score => (key::of_f32(self.scores[row]), self.labels[row] == 1),
                By::LogitBin => (
                    u32::from(grid::of_logit(self.scores[row].into())) << 16,
                    self.labels[row] == 1,
                ),
                By::ConfidenceBin => (u32::from(grid::of_confidence(confidence)) << 16, wrong),
                _ => (confidence, wrong),
            }
        };
        scored.map(of).collect()
    }

    /// Counts, the sum of all marks and the half words that the kernels make.
    fn laid_out(&self, by: By) -> (Vec<u32>, u32, Vec<u16>) {
        let rows = self.labels.len();
        let words: Vec<u32> = self.scores.iter().map(|score| score.to_bits()).collect();
        let params = Params::new(Format::F32, by, 1).of_rows(rows as u32, self.stride as u32);
        let rows = Rows::new(params, &words, &self.labels, &self.planes);
        let (mut counts, mut cursors) = (vec![0; COUNT_WORDS], vec![u32::MAX; SLOTS]);
        count(&rows, &mut counts);
        let sum = counts.pop().unwrap();
        scan(ScanParams { counters: SLOTS as u32, pad: [0; 3] }, &counts, &mut cursors);
        let mut lows = vec![0; self.labels.len().div_ceil(2)];
        scatter(&rows, &mut cursors, &mut lows);
        (counts, sum, bytemuck::cast_slice(&lows).to_vec())
    }
}

#[test]
fn rows_are_counted_by_the_upper_half_of_their_key() {
    let mut rng = Rng::new(41);
    for rows in [0, 1, 2, 63, 64, 3_001] {
        let input = Input::new(&mut rng, rows);
        for by in [By::Score, By::Confidence, By::LogitBin, By::ConfidenceBin] {
            let mut expected = vec![0; SLOTS];
            for (key, positive) in input.keys(by) {
                expected[2 * (key >> 16) as usize + usize::from(positive)] += 1;
            }
            assert!(input.laid_out(by).0 == expected, "{rows} rows by {by:?}");
        }
    }
}

#[test]
fn every_key_is_laid_out_with_those_of_its_bucket() {
    let mut rng = Rng::new(42);
    for rows in [1, 64, 2_000] {
        let input = Input::new(&mut rng, rows);
        for by in [By::Score, By::Confidence] {
            let (counts, _, lows) = input.laid_out(by);
            let mut expected: BTreeMap<usize, Vec<u16>> = BTreeMap::new();
            for (key, positive) in input.keys(by) {
                let slot = 2 * (key >> 16) as usize + usize::from(positive);
                expected.entry(slot).or_default().push(key as u16);
            }
            let mut at = 0;
            for (slot, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let mut found = lows[at..at + count as usize].to_vec();
                let mut wanted = expected.remove(&slot).unwrap_or_default();
                found.sort_unstable();
                wanted.sort_unstable();
                assert_eq!(found, wanted, "{rows} rows by {by:?}, slot {slot}");
                at += count as usize;
            }
            assert!(expected.is_empty(), "{expected:?}");
        }
    }
}

/// In whatever order the rows of a bucket are; not elsewhere, nor with one bit
/// changed or a row left out.
#[test]
fn marks_tell_rows_in_their_places_from_others() {
    let mut rng = Rng::new(44);
    let input = Input::new(&mut rng, 3_000);
    for by in [By::Score, By::Confidence] {
        let (counts, sum, lows) = input.laid_out(by);
        assert_eq!(marks(&counts, &lows), sum, "{by:?}");
        let rows = counts.iter().sum::<u32>() as usize;
        let slot_of = |at: usize| {
            let mut end = 0;
            counts.iter().position(|&count| {
                end += count as usize;
                at < end
            })
        };
        for _ in 0..300 {
            let [one, other] = [0; 2].map(|_| rng.below(rows as u32) as usize);
            let mut swapped = lows.clone();
            swapped.swap(one, other);
            let same = slot_of(one) == slot_of(other) || lows[one] == lows[other];
            assert_eq!(marks(&counts, &swapped) == sum, same, "{by:?}: {one} and {other}");
            let mut changed = lows.clone();
            changed[one] ^= 1 << rng.below(16);
            assert_ne!(marks(&counts, &changed), sum, "{by:?}: {one}");
            changed = lows.clone();
            changed[one] = 0;
            assert_eq!(marks(&counts, &changed) == sum, lows[one] == 0, "{by:?}: {one}");
        }
        let mut moved = counts.clone();
        let slot = counts.iter().position(|&count| count > 0).unwrap();
        moved.swap(slot, slot ^ 1);
        assert_ne!(marks(&moved, &lows), sum, "{by:?}: another kind");
        assert_ne!(marks(&counts, &lows[..rows - 1]), sum, "{by:?}: one too few");
    }
}

/// 2U of all pairs, one by one.
fn twice_u(rows: &[(u32, bool)]) -> u128 {
    let of = |kind: bool| rows.iter().filter(move |row| row.1 == kind).map(|row| row.0);
    of(true)
        .flat_map(|own| of(false).map(move |other| (own, other)))
        .fold(0, |sum, (own, other)| sum + u128::from(own > other) * 2 + u128::from(own == other))
}

#[test]
fn rows_laid_out_in_parts_give_the_area_of_all_pairs() {
    let mut rng = Rng::new(43);
    let inputs: Vec<Input> = [700, 1, 300, 1_200].map(|rows| Input::new(&mut rng, rows)).into();
    for by in [By::Score, By::Confidence] {
        let rows: Vec<(u32, bool)> = inputs.iter().flat_map(|input| input.keys(by)).collect();
        let positive = rows.iter().filter(|row| row.1).count() as u64;
        let all = Counts { positive, negative: rows.len() as u64 - positive };
        // Two workers, one of which holds some rows by itself.
        let mut parts = [Held::<u32>::default(), Held::default()];
        for (number, input) in inputs.iter().enumerate().skip(1) {
            let (counts, _, lows) = input.laid_out(by);
            parts[number % 2].extend(&counts, &lows);
        }
        inputs[0].keys(by).into_iter().for_each(|(key, positive)| parts[0].push(key, positive));
        Held::settle(&mut parts);
        let mut single = Held::default();
        rows.iter().for_each(|&(key, positive)| single.push(key, positive));
        let found = fold(&parts, || Sums::new(all));
        assert_eq!(found, fold(&[single], || Sums::new(all)), "{by:?}");
        assert_eq!(found.negative, twice_u(&rows), "{by:?}");
    }
}
