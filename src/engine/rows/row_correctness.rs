//! The correctness of every row, in input order: what a paired test of two models on the same
//! rows needs.

#[cfg(feature = "gpu")]
use std::ops::Range;

use super::bitmap::Bitmap;
use super::fingerprint::{Fingerprint, NO_NAME, name_hash};
#[cfg(feature = "gpu")]
use super::row_position::RowPosition;
use crate::batch::{Batch, Role};
use crate::engine::plan::class_index::ClassIndex;
use crate::error::{Error, Result};
#[cfg(feature = "gpu")]
use crate::kernel::planes::Plane;
#[cfg(feature = "gpu")]
use crate::kernel::rows::Block;

/// The outcome of every row of an input, and a fingerprint of its labels.
///
/// Neither depends on batches, threads, or the split of the rows into files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowCorrectness {
    /// Rows read.
    pub rows: u64,
    /// A fingerprint of the class names of all labels in order: two inputs with
    /// the same one have the same labels in the same order.
    pub labels: Fingerprint,
    /// Rows that were scored: neither ignored nor invalid.
    pub scored: Bitmap,
    /// Scored rows whose prediction is their label.
    pub hits: Bitmap,
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

impl RowCorrectness {
    /// The rows that both evaluations scored, by who was right; `None` if their
    /// labels are not the same ones in the same order.
    pub fn agreement(&self, other: &Self) -> Option<Agreement> {
        if (self.rows, self.labels) != (other.rows, other.labels) {
            return None;
        }
        let words = |bits: &Self| {
            let pairs = bits.scored.words().iter().zip(bits.hits.words());
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

/// The outcomes of consecutive rows.
#[derive(Debug)]
pub(crate) struct Piece {
    part: usize,
    first_row: u64,
    correctness: RowCorrectness,
}

/// Notes the outcomes of the batches of one worker.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// Rows beyond which nothing is kept.
    most: u64,
    rows: u64,
    hashes: Vec<u64>,
    current: RowCorrectness,
    pub(crate) pieces: Vec<Piece>,
}

impl Recorder {
    /// One that keeps the outcomes of up to `most` rows.
    pub(crate) fn new(most: u64) -> Self {
        let current = RowCorrectness::default();
        Self { most, rows: 0, hashes: Vec::new(), current, pieces: Vec::new() }
    }

    /// Begins a batch.
    pub(crate) fn begin(&mut self, batch: &Batch) {
        self.rows += batch.rows as u64;
        if self.rows > self.most {
            self.pieces.clear();
        }
        let zeros = Bitmap::zeros(batch.rows);
        let labels = Fingerprint::default();
        let rows = batch.rows as u64;
        self.current = RowCorrectness { rows, labels, scored: zeros.clone(), hits: zeros };
    }

    /// Notes that a row of the batch was scored.
    #[inline]
    pub(crate) fn scored(&mut self, row: usize, hit: bool) {
        self.current.scored.set(row);
        if hit {
            self.current.hits.set(row);
        }
    }

    /// Notes the rows of a block from one place on, of batches that were ended before.
    #[cfg(feature = "gpu")]
    pub(crate) fn note(&mut self, place: RowPosition, range: Range<usize>, block: &Block<'_>) {
        // A worker's batches come in the order of the input.
        let from = |piece: &Piece| RowPosition { part: piece.part, row: piece.first_row };
        let after = self.pieces.partition_point(|piece| from(piece) <= place);
        let Some(piece) = after.checked_sub(1).and_then(|at| self.pieces.get_mut(at)) else {
            return;
        };
        let first = usize::try_from(place.row - piece.first_row).unwrap_or(usize::MAX);
        let predictions = block.plane(Plane::Prediction);
        for row in range.clone().filter(|&row| block.is_scored(row)) {
            piece.correctness.scored.set(first + row - range.start);
            if predictions[row] == block.labels[row] {
                piece.correctness.hits.set(first + row - range.start);
            }
        }
    }

    /// Ends a batch, whose labels have the numbers `labels` among `ids`.
    pub(crate) fn end(&mut self, batch: &Batch, labels: &[u32], ids: &ClassIndex) {
        if self.rows > self.most {
            return;
        }
        let known = self.hashes.len();
        self.hashes.extend(ids.names_from(known).map(|name| name_hash(name)));
        let mut faults =
            batch.faults.iter().filter(|it| it.role == Role::Labels).map(|it| it.row).peekable();
        for (row, label) in labels.iter().enumerate() {
            let unread = faults.next_if_eq(&row).is_some();
            let hash = if unread { NO_NAME } else { self.hashes[*label as usize] };
            self.current.labels.push(hash);
        }
        let correctness = std::mem::take(&mut self.current);
        self.pieces.push(Piece { part: batch.part, first_row: batch.first_row, correctness });
    }
}

/// The outcomes of all rows, of which there are `rows`; `None` if they are more
/// than `most`.
pub(crate) fn join(mut pieces: Vec<Piece>, rows: u64, most: u64) -> Result<Option<RowCorrectness>> {
    if rows > most {
        return Ok(None);
    }
    pieces.sort_unstable_by_key(|piece| (piece.part, piece.first_row));
    let mut whole = RowCorrectness::default();
    for Piece { correctness, .. } in &pieces {
        whole.rows += correctness.rows;
        whole.labels.extend(correctness.labels, correctness.rows);
        whole.scored.extend(&correctness.scored);
        whole.hits.extend(&correctness.hits);
    }
    match whole.rows == rows {
        true => Ok(Some(whole)),
        false => Err(Error::Internal("the outcomes of some rows are missing".into())),
    }
}
