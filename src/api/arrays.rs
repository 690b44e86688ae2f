//! Labels and outputs in memory, read as files are: in batches, on all threads.

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::columns::Labels;
use super::outputs::{Outputs, Values};
use crate::batch::{Batch, Role};
use crate::error::{Error, Result};
use crate::exact::ScoreType;
use crate::input::{Dataset, OneColumn, Shape, Source};
use crate::notice::Notice;
use crate::report;

/// Bytes of a batch, for the second-level cache.
const BATCH_BYTES: usize = 384 << 10;

/// Least and most rows of a batch.
const LEAST_ROWS: usize = 64;
const MOST_ROWS: usize = 1 << 16;

/// Labels with what a model gave for the same rows, as views.
///
/// Each thread copies some hundred kilobytes of rows at a time into a buffer of its own;
/// there is never a second copy of the whole.
#[derive(Debug)]
pub struct Arrays<'a> {
    pub(super) labels: Labels<'a>,
    pub(super) outputs: Outputs<'a>,
    shape: Shape,
}

impl<'a> Arrays<'a> {
    /// The rows of `labels` and `outputs`. Whether there are as many of both is looked
    /// at before they are counted.
    pub fn new(labels: impl Into<Labels<'a>>, outputs: impl Into<Outputs<'a>>) -> Self {
        let (labels, outputs) = (labels.into(), outputs.into());
        let shape = match &outputs.values {
            Values::Predictions(_) => Shape::Predictions,
            Values::Scores(scores) => match scores.columns() {
                1 => Shape::Binary,
                columns => Shape::Matrix { columns, names: None },
            },
        };
        Self { labels, outputs, shape }
    }

    pub(super) fn has_scores(&self) -> bool {
        self.shape != Shape::Predictions
    }

    pub(super) fn len(&self) -> usize {
        self.labels.rows()
    }

    /// Both shapes, for messages.
    pub(super) fn shapes(&self) -> String {
        format!("labels have shape ({},), {}", self.labels.rows(), self.outputs.shape())
    }

    /// Refuses rows without labels, labels without rows, and rows without scores.
    pub(super) fn check(&self) -> Result<()> {
        let shapes = self.shapes();
        if self.labels.rows() != self.outputs.rows() {
            return Err(Error::Mismatch(format!(
                "{shapes}: expected a label for each row; give views of the same rows"
            )));
        }
        if matches!(self.shape, Shape::Matrix { columns: 0, .. }) {
            return Err(Error::Mismatch(format!("{shapes}: expected a score for each class")));
        }
        Ok(())
    }

    /// As [`check`](Self::check); and refuses what has no rows at all.
    pub(super) fn check_some(&self) -> Result<()> {
        self.check()?;
        match self.len() {
            0 => Err(Error::Mismatch(format!("{}: there are no rows to score", self.shapes()))),
            _ => Ok(()),
        }
    }

    fn row_bytes(&self) -> usize {
        self.labels.value_bytes()
            + match &self.outputs.values {
                Values::Predictions(column) => column.value_bytes(),
                Values::Scores(scores) => scores.row_bytes(),
            }
    }

    /// Bytes of all values, of strings their addresses.
    pub(super) fn bytes(&self) -> u64 {
        self.row_bytes() as u64 * self.len() as u64
    }

    /// Rows of a batch.
    pub(super) fn batch_rows(&self) -> usize {
        (BATCH_BYTES / self.row_bytes().max(1)).clamp(LEAST_ROWS, MOST_ROWS)
    }

    /// Replaces what a batch holds by some rows; `before` rows came in earlier arrays.
    pub(super) fn fill(&self, rows: Range<usize>, before: u64, batch: &mut Batch) {
        batch.part = 0;
        batch.first_row = before + rows.start as u64;
        batch.rows = rows.len();
        batch.faults.clear();
        self.labels.fill(rows.clone(), &mut batch.labels);
        match &self.outputs.values {
            Values::Predictions(column) => column.fill(rows, &mut batch.predictions),
            Values::Scores(scores) => scores.fill(rows, &mut batch.scores),
        }
    }

    /// Both arrays as inputs of a report.
    pub(super) fn inputs(&self, rows: u64) -> Vec<report::Input> {
        let input = |role: Role, dtype: String| report::Input {
            role: Some(role.name().to_owned()),
            path: role.name().to_owned(),
            format: "array".to_owned(),
            dtype,
            rows,
            bytes: 0,
            checksums: None,
        };
        let (role, dtype, row_bytes) = match &self.outputs.values {
            Values::Predictions(column) => {
                (Role::Predictions, column.dtype().to_owned(), column.value_bytes())
            }
            Values::Scores(scores) => {
                (Role::Scores, scores.score_type().name().to_owned(), scores.row_bytes())
            }
        };
        let labels = input(Role::Labels, self.labels.dtype().to_owned());
        vec![
            report::Input { bytes: rows * self.labels.value_bytes() as u64, ..labels },
            report::Input { bytes: rows * row_bytes as u64, ..input(role, dtype) },
        ]
    }
}

/// What messages call the array of a role.
pub(super) fn path_of(role: Role) -> &'static Path {
    Path::new(role.name())
}

impl Dataset for Arrays<'_> {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn rows(&self) -> Option<u64> {
        Some(self.len() as u64)
    }

    fn parts(&self) -> usize {
        1
    }

    fn score_type(&self) -> Option<ScoreType> {
        match &self.outputs.values {
            Values::Predictions(_) => None,
            Values::Scores(scores) => Some(scores.score_type()),
        }
    }

    fn stored_type(&self, _part: usize) -> Option<ScoreType> {
        self.score_type()
    }

    fn is_widened(&self) -> bool {
        false
    }

    fn score_names(&self, _part: usize) -> Vec<String> {
        Vec::new()
    }

    fn one_column(&self) -> Option<&OneColumn> {
        None
    }

    fn path(&self, _part: usize, role: Role) -> &Path {
        path_of(role)
    }

    fn head(&self, _part: usize, rows: usize, _threads: usize) -> Result<Batch> {
        let mut batch = Batch::default();
        self.fill(0..rows.min(self.len()), 0, &mut batch);
        Ok(batch)
    }

    fn pass(&self) -> Result<Box<dyn Source + '_>> {
        Ok(Box::new(ArrayPass::new(self)))
    }

    fn check_keys(&self, _stop: &AtomicBool) -> Result<Option<Notice>> {
        Ok(None)
    }
}

/// One pass over arrays, drawn from by many threads.
pub(super) struct ArrayPass<'r, 'a> {
    arrays: &'r Arrays<'a>,
    batch_rows: usize,
    /// Batches handed out.
    taken: AtomicUsize,
}

impl<'r, 'a> ArrayPass<'r, 'a> {
    pub(super) fn new(arrays: &'r Arrays<'a>) -> Self {
        Self { arrays, batch_rows: arrays.batch_rows(), taken: AtomicUsize::new(0) }
    }
}

impl Source for ArrayPass<'_, '_> {
    fn next(&self, batch: &mut Batch) -> Result<bool> {
        let (rows, size) = (self.arrays.len(), self.batch_rows);
        let first = self.taken.fetch_add(1, Ordering::Relaxed).saturating_mul(size);
        if first >= rows {
            return Ok(false);
        }
        self.arrays.fill(first..rows.min(first.saturating_add(size)), 0, batch);
        Ok(true)
    }

    fn rewind(&self) -> Result<()> {
        self.taken.store(0, Ordering::Relaxed);
        Ok(())
    }

    fn path(&self, _part: usize, role: Role) -> &Path {
        path_of(role)
    }
}
