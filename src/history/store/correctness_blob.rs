//! The blobs of which rows were right, for paired tests.

use rusqlite::Connection;

use super::blob;
use super::database::History;
use super::run::Run;
use crate::engine::{Agreement, Bitmap, RowCorrectness};
use crate::error::Result;
use crate::stat;

/// Outcomes, ready to be stored.
pub(in crate::history) struct Packed {
    labels: String,
    scored: blob::Packed,
    hits: blob::Packed,
}

/// The columns `labels`, `scored` and `hits` of a run.
pub(in crate::history) type Columns = (Option<String>, Option<i64>, Option<i64>);

impl Packed {
    pub(in crate::history) fn new(correctness: &RowCorrectness) -> Result<Self> {
        Ok(Self {
            labels: correctness.labels.to_hex(),
            scored: blob::Packed::new(&bytes(&correctness.scored))?,
            hits: blob::Packed::new(&bytes(&correctness.hits))?,
        })
    }

    pub(in crate::history) fn store(&self, connection: &Connection) -> rusqlite::Result<Columns> {
        let (scored, hits) = (self.scored.store(connection)?, self.hits.store(connection)?);
        Ok((Some(self.labels.clone()), Some(scored), Some(hits)))
    }
}

fn bytes(bits: &Bitmap) -> Vec<u8> {
    bits.words().iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn bits(bytes: &[u8], rows: u64) -> Option<Bitmap> {
    let (words, rest) = bytes.as_chunks::<8>();
    let words = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
    rest.is_empty().then_some(())?;
    Bitmap::from_words(words, usize::try_from(rows).ok()?)
}

impl History {
    /// The outcome of every row of a run; `None` if they were not kept.
    ///
    /// # Errors
    ///
    /// [`Error::Format`](crate::error::Error::Format) if they are damaged.
    pub fn correctness(&self, run: &Run) -> Result<Option<RowCorrectness>> {
        let (Some((scored, hits)), Some(labels)) = (run.correctness, run.labels) else {
            return Ok(None);
        };
        let rows = run.rows.read;
        let read = |id| {
            let bits = bits(&self.blob(id)?, rows);
            bits.ok_or_else(|| self.damaged(format!("the outcomes of run {} are too few", run.id)))
        };
        Ok(Some(RowCorrectness { rows, labels, scored: read(scored)?, hits: read(hits)? }))
    }

    /// Who was right in the rows that two runs both scored; `None` unless both
    /// kept their outcomes and have the same labels in the same order.
    ///
    /// # Errors
    ///
    /// As [`History::correctness`].
    pub fn agreement(&self, first: &Run, second: &Run) -> Result<Option<Agreement>> {
        if first.labels.is_none() || first.labels != second.labels {
            return Ok(None);
        }
        let (Some(first), Some(second)) = (self.correctness(first)?, self.correctness(second)?)
        else {
            return Ok(None);
        };
        Ok(first.agreement(&second))
    }
}

impl From<Agreement> for stat::Agreement {
    fn from(rows: Agreement) -> Self {
        let Agreement { both, only_first: first, only_second: second, neither } = rows;
        Self { both, first, second, neither }
    }
}
