//! Which rows were right, in input order: what a paired test of two models on
//! the same rows needs.

use super::ids::Ids;
use crate::batch::{Batch, Role};
use crate::error::{Error, Result};

/// The outcome of every row of an input, and a fingerprint of its labels.
///
/// Neither depends on batches, threads, or the split of the rows into files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Rows read.
    pub rows: u64,
    /// A fingerprint of the class names of all labels in order: two inputs with
    /// the same one have the same labels in the same order.
    pub labels: Fingerprint,
    /// Rows that were scored: neither ignored nor invalid.
    pub scored: Bits,
    /// Scored rows whose prediction is their label.
    pub hits: Bits,
}

/// Rows of two evaluations, scored by both, by who was right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Both were right.
    pub both: u64,
    /// Only the first.
    pub only_first: u64,
    /// Only the second.
    pub only_second: u64,
    /// Neither.
    pub neither: u64,
}

impl Outcomes {
    /// The rows that both evaluations scored, by who was right; `None` if their
    /// labels are not the same ones in the same order.
    pub fn agreement(&self, other: &Self) -> Option<Agreement> {
        if (self.rows, self.labels) != (other.rows, other.labels) {
            return None;
        }
        let words = |bits: &Self| {
            let pairs = bits.scored.words.iter().zip(&bits.hits.words);
            pairs.map(|(scored, hits)| (*scored, *hits)).collect::<Vec<_>>()
        };
        let mut found = Agreement::default();
        for ((scored, hits), (others, other_hits)) in words(self).into_iter().zip(words(other)) {
            let count = |bits: u64| u64::from((bits & scored & others).count_ones());
            found.both += count(hits & other_hits);
            found.only_first += count(hits & !other_hits);
            found.only_second += count(!hits & other_hits);
            found.neither += count(!hits & !other_hits);
        }
        Some(found)
    }
}

/// A list of bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// `len` bits that are not set.
    pub fn zeros(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    /// Number of bits.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Sets one bit.
    pub fn set(&mut self, at: usize) {
        self.words[at / 64] |= 1 << (at % 64);
    }

    /// Whether a bit is set.
    pub fn get(&self, at: usize) -> bool {
        self.words[at / 64] >> (at % 64) & 1 == 1
    }

    /// How many bits are set.
    pub fn ones(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// The bits in words of 64, the first bit lowest; bits past the end are 0.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The first `len` bits of `words`; `None` unless the words are as many as
    /// that takes and bits past the end are 0.
    pub fn from_words(words: Vec<u64>, len: usize) -> Option<Self> {
        let past =
            words.last().is_some_and(|last| !len.is_multiple_of(64) && *last >> (len % 64) > 0);
        (words.len() == len.div_ceil(64) && !past).then_some(Self { words, len })
    }

    /// Appends other bits.
    fn extend(&mut self, other: &Self) {
        let shift = self.len % 64;
        self.len += other.len;
        if shift == 0 {
            self.words.extend(&other.words);
            return;
        }
        for word in &other.words {
            if let Some(last) = self.words.last_mut() {
                *last |= word << shift;
            }
            self.words.push(word >> (64 - shift));
        }
        self.words.truncate(self.len.div_ceil(64));
    }
}

/// A fingerprint of a sequence, computed from its pieces in any order: the
/// polynomial Σ hᵢ Bⁿ⁻¹⁻ⁱ in two bases modulo 2⁶¹ − 1, hᵢ the hash of item i.
///
/// # Source
///
/// R. M. Karp, M. O. Rabin, "Efficient randomized pattern-matching algorithms",
/// 1987, doi:10.1147/rd.312.0249.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint([u64; 2]);

const PRIME: u64 = (1 << 61) - 1;
/// Any two numbers below the prime serve; these are digits of π.
const BASES: [u64; 2] = [0x043f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344];

impl Fingerprint {
    /// Appends an item.
    fn push(&mut self, hash: u64) {
        for (own, base) in self.0.iter_mut().zip(BASES) {
            *own = modulo(u128::from(*own) * u128::from(base) + u128::from(hash));
        }
    }

    /// Appends a sequence of `len` items.
    fn extend(&mut self, other: Self, len: u64) {
        for ((own, other), base) in self.0.iter_mut().zip(other.0).zip(BASES) {
            *own = modulo(u128::from(*own) * u128::from(power(base, len)) + u128::from(other));
        }
    }

    /// 32 hex digits.
    pub fn to_hex(self) -> String {
        format!("{:016x}{:016x}", self.0[0], self.0[1])
    }

    /// From its 32 hex digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let half = |range| u64::from_str_radix(text.get(range)?, 16).ok();
        (text.len() == 32).then_some(())?;
        Some(Self([half(0..16)?, half(16..32)?]))
    }
}

/// The remainder of division by 2⁶¹ − 1.
fn modulo(product: u128) -> u64 {
    // 2⁶¹ is 1 here: the digits in that base are added up.
    let folded = (product & u128::from(PRIME)) + (product >> 61);
    let folded = (folded & u128::from(PRIME)) + (folded >> 61);
    let sum = u64::try_from(folded).unwrap_or(u64::MAX);
    if sum >= PRIME { sum - PRIME } else { sum }
}

fn power(base: u64, mut exponent: u64) -> u64 {
    let (mut power, mut square) = (1, base);
    while exponent > 0 {
        if exponent % 2 == 1 {
            power = modulo(u128::from(power) * u128::from(square));
        }
        square = modulo(u128::from(square) * u128::from(square));
        exponent /= 2;
    }
    power
}

/// The hash of a class name, below the prime.
fn name_hash(name: &str) -> u64 {
    let hash = blake3::hash(name.as_bytes());
    let head = hash.as_bytes().first_chunk().map_or(0, |head| u64::from_le_bytes(*head));
    head & (PRIME - 1)
}

/// What stands for a label that could not be read.
const NO_LABEL: u64 = PRIME - 1;

/// The outcomes of consecutive rows.
#[derive(Debug)]
pub(super) struct Piece {
    part: usize,
    first_row: u64,
    outcomes: Outcomes,
}

/// Notes the outcomes of the batches of one worker.
#[derive(Debug)]
pub(super) struct Recorder {
    /// Rows beyond which nothing is kept.
    most: u64,
    rows: u64,
    hashes: Vec<u64>,
    current: Outcomes,
    pub(super) pieces: Vec<Piece>,
}

impl Recorder {
    /// One that keeps the outcomes of up to `most` rows.
    pub(super) fn new(most: u64) -> Self {
        let current = Outcomes::default();
        Self { most, rows: 0, hashes: Vec::new(), current, pieces: Vec::new() }
    }

    /// Begins a batch.
    pub(super) fn begin(&mut self, batch: &Batch) {
        self.rows += batch.rows as u64;
        if self.rows > self.most {
            self.pieces.clear();
        }
        let zeros = Bits::zeros(batch.rows);
        let labels = Fingerprint::default();
        let rows = batch.rows as u64;
        self.current = Outcomes { rows, labels, scored: zeros.clone(), hits: zeros };
    }

    /// Notes that a row of the batch was scored.
    #[inline]
    pub(super) fn scored(&mut self, row: usize, hit: bool) {
        self.current.scored.set(row);
        if hit {
            self.current.hits.set(row);
        }
    }

    /// Ends a batch, whose labels have the numbers `labels` among `ids`.
    pub(super) fn end(&mut self, batch: &Batch, labels: &[u32], ids: &Ids) {
        if self.rows > self.most {
            return;
        }
        let known = self.hashes.len();
        self.hashes.extend(ids.names()[known..].iter().map(|name| name_hash(name)));
        let mut faults =
            batch.faults.iter().filter(|it| it.role == Role::Labels).map(|it| it.row).peekable();
        for (row, label) in labels.iter().enumerate() {
            let unread = faults.next_if_eq(&row).is_some();
            let hash = if unread { NO_LABEL } else { self.hashes[*label as usize] };
            self.current.labels.push(hash);
        }
        let outcomes = std::mem::take(&mut self.current);
        self.pieces.push(Piece { part: batch.part, first_row: batch.first_row, outcomes });
    }
}

/// The outcomes of all rows, of which there are `rows`; `None` if they are more
/// than `most`.
pub(super) fn join(mut pieces: Vec<Piece>, rows: u64, most: u64) -> Result<Option<Outcomes>> {
    if rows > most {
        return Ok(None);
    }
    pieces.sort_unstable_by_key(|piece| (piece.part, piece.first_row));
    let mut whole = Outcomes::default();
    for Piece { outcomes, .. } in &pieces {
        whole.rows += outcomes.rows;
        whole.labels.extend(outcomes.labels, outcomes.rows);
        whole.scored.extend(&outcomes.scored);
        whole.hits.extend(&outcomes.hits);
    }
    match whole.rows == rows {
        true => Ok(Some(whole)),
        false => Err(Error::Internal("the outcomes of some rows are missing".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_any_length_give_the_bits_and_the_fingerprint_of_the_whole() {
        let hashes: Vec<u64> = (0..300).map(|it| name_hash(&(it % 7).to_string())).collect();
        let of = |range: std::ops::Range<usize>| {
            let (mut bits, mut print) = (Bits::zeros(range.len()), Fingerprint::default());
            for (at, row) in range.enumerate() {
                print.push(hashes[row]);
                if row % 3 == 0 {
                    bits.set(at);
                }
            }
            (bits, print)
        };
        let whole = of(0..300);
        for cuts in [[0, 0, 300], [1, 65, 300], [64, 128, 192], [63, 64, 299], [7, 150, 151]] {
            let (mut bits, mut print) = (Bits::default(), Fingerprint::default());
            let bounds = [&[0][..], &cuts, &[300]].concat();
            for pair in bounds.windows(2) {
                let (more, other) = of(pair[0]..pair[1]);
                bits.extend(&more);
                print.extend(other, (pair[1] - pair[0]) as u64);
            }
            assert_eq!((&bits, print), (&whole.0, whole.1), "{cuts:?}");
        }
        assert_eq!(Bits::from_words(whole.0.words.clone(), 300).as_ref(), Some(&whole.0));
        assert_eq!(Bits::from_words(vec![u64::MAX], 3), None);
        assert_eq!(Fingerprint::from_hex(&whole.1.to_hex()), Some(whole.1));
    }

    #[test]
    fn swapping_two_labels_changes_the_fingerprint() {
        let print = |names: &[&str]| {
            let mut print = Fingerprint::default();
            names.iter().for_each(|name| print.push(name_hash(name)));
            print
        };
        assert_ne!(print(&["0", "1", "1"]), print(&["1", "0", "1"]));
        assert_ne!(print(&["0"]), print(&["0", "0"]));
    }
}
