//! What the row kernels leave: rows scored and not, hot bins, huge losses.

use super::ROWS;
use crate::check::Case;
use crate::common::Rng;

const NONE: u32 = u32::MAX;

/// Eight planes, the words after the rows garbage, and the labels.
struct Planes {
    stride: usize,
    labels: Vec<u32>,
    words: Vec<u32>,
}

const PATTERNS: [&str; 5] = ["hot", "any", "sorted", "mixed", "unscored"];

fn planes(rng: &mut Rng, rows: usize, bins: u32, pattern: &str) -> Planes {
    let stride = rows.next_multiple_of(64) + 64;
    let mut words = rng.words(8 * stride, u32::MAX);
    let mut labels = rng.words(rows, 4);
    for row in 0..rows {
        let state = match pattern {
            "mixed" => rng.below(5),
            "unscored" => 1 + rng.below(4),
            _ => 0,
        };
        let bin = match pattern {
            "hot" if rng.below(20) > 0 => bins - 1,
            "sorted" => (row * bins as usize / rows) as u32,
            _ => rng.below(bins),
        };
        let infinite = pattern == "mixed" && rng.below(9) == 0;
        // The greatest loss is 2^20 nats, and 2^53 units more than ever come.
        let loss = rng.next_u64() >> [11, 12, 20, 32, 60][rng.below(5) as usize];
        let (low, high) = if infinite { (0, 1 << 31) } else { (loss as u32, (loss >> 32) as u32) };
        let unit = 1 << 30;
        let error = [rng.below(2 * unit), 0, 2 * unit + 3][rng.below(3) as usize];
        let confidence = [rng.below(unit), unit][rng.below(2) as usize];
        let row_words = match state {
            0 => [rng.below(4), 0, confidence, error, low, high, bin, 0],
            _ => [NONE, NONE, 0, 0, 0, 0, NONE, state],
        };
        if state == 1 {
            labels[row] = NONE;
        }
        for (plane, word) in row_words.into_iter().enumerate() {
            words[plane * stride + row] = word;
        }
    }
    Planes { stride, labels, words }
}

pub fn bins(rng: &mut Rng, all_bins: &[u32]) -> Vec<Case> {
    let mut cases = Vec::new();
    for rows in ROWS {
        for &bins in all_bins {
            for pattern in PATTERNS {
                let Planes { stride, labels, words } = planes(rng, rows, bins, pattern);
                // As many counters of a bin as fit workgroup memory, or fewer.
                let most = (1024 / bins.max(1)).max(1).ilog2().min(5);
                let replicas = rng.below(most + 1);
                let params = vec![rows as u32, stride as u32, bins, replicas];
                let mut counters = rng.words(4 * bins as usize, u32::MAX);
                // Near the end of the low word, which must carry.
                counters[4 * bins as usize - 2] = u32::MAX;
                let label = format!("{rows} rows, {bins} bins, {pattern}, {replicas}");
                cases.push(Case { label, slots: vec![params, labels, words, counters] });
            }
        }
    }
    cases
}

pub fn many_bins(rng: &mut Rng) -> Vec<Case> {
    let mut cases = bins(rng, &[1, 15, 256, 257, 5_000]);
    cases.extend(bins(rng, &[1 << 20]).pop());
    cases
}

pub fn sums(rng: &mut Rng) -> Vec<Case> {
    let mut cases = Vec::new();
    for rows in ROWS {
        for pattern in PATTERNS {
            // From nothing; so that every addition carries through all words; and
            // from any words.
            for sums in [vec![0; 32], vec![NONE; 32], rng.words(32, NONE)] {
                let Planes { stride, words, .. } = planes(rng, rows, 15, pattern);
                let params = vec![rows as u32, stride as u32, 0, 0];
                let label = format!("{rows} rows, {pattern}, onto {:#x}", sums[0]);
                cases.push(Case { label, slots: vec![params, words, sums] });
            }
        }
    }
    cases
}
