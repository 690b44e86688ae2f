//! The column readers of one thread: they move through the row groups together.

use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::thread::ScopedJoinHandle;

use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{ChunkReader, Length};
use bytes::Bytes;

use super::Plan;
use super::column::Column;
use super::guard::guarded;
use super::schema::Leaf;
use crate::batch::{Batch, Role};
use crate::error::{Error, Result};
use crate::input::convert::names_of;
use crate::input::disk::{Cursor, Disk};
use crate::input::dtype::score_size;
use crate::input::transpose::transpose;

/// Fewest score columns for which threads share the work of one reader.
const SHARED_COLUMNS: usize = 16;

/// A file as the `parquet` crate wants it. Its own implementation for files
/// moves one cursor that all threads would share.
pub(super) struct ChunkFile(pub(super) Arc<Disk>);

impl Length for ChunkFile {
    fn len(&self) -> u64 {
        self.0.bytes()
    }
}

impl ChunkReader for ChunkFile {
    type T = BufReader<Cursor>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        // Such a reader reads one page header, of some 50 bytes.
        Ok(BufReader::with_capacity(512, Cursor::new(&self.0, start, self.0.bytes())))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let mut bytes = Vec::new();
        let end = start.saturating_add(length as u64);
        Cursor::new(&self.0, start, end).read_to_end(&mut bytes)?;
        if bytes.len() != length {
            let problem = format!("{length} bytes wanted at {start}, found {}", bytes.len());
            return Err(ParquetError::EOF(problem));
        }
        Ok(bytes.into())
    }
}

/// Readers of all columns wanted, at the same row.
pub(super) struct Group {
    file: Arc<ChunkFile>,
    plan: Arc<Plan>,
    /// The next row.
    at: u64,
    /// The end of the row group that the readers are in.
    end: u64,
    names: Vec<(Role, Column)>,
    scores: Vec<Column>,
    /// Threads that share the work.
    threads: usize,
}

impl Group {
    pub(super) fn new(disk: &Arc<Disk>, plan: &Arc<Plan>, threads: usize) -> Self {
        let names = [(Role::Labels, &plan.label), (Role::Predictions, &plan.prediction)];
        let names = names
            .into_iter()
            .filter_map(|(role, leaf)| leaf.as_ref().map(|leaf| (role, Column::new(leaf))));
        Self {
            file: Arc::new(ChunkFile(Arc::clone(disk))),
            plan: Arc::clone(plan),
            at: 0,
            end: 0,
            names: names.collect(),
            scores: plan.scores.iter().map(Column::new).collect(),
            threads: threads.max(1),
        }
    }

    /// The next row.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    /// Reads rows into a batch, skipping those before.
    pub(super) fn read(
        &mut self,
        first: u64,
        rows: usize,
        block: &mut Vec<u8>,
        batch: &mut Batch,
    ) -> Result<()> {
        let plan = Arc::clone(&self.plan);
        self.columns().for_each(Column::clear);
        let mut done = 0;
        while done < rows {
            self.seek(first + done as u64)?;
            let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
            let run = left.min(rows - done);
            let width = plan.layout.as_ref().map_or(0, |layout| layout.columns);
            self.decode(|column| column.read(run, width))?;
            self.at += run as u64;
            done += run;
        }
        for (role, column) in &mut self.names {
            let (names, faults) = names_of(batch, *role);
            column.take_names(*role, names, faults);
        }
        self.take_scores(rows, block, batch);
        Ok(())
    }

    /// Moves to a row, which must not be before the present one within its group.
    fn seek(&mut self, row: u64) -> Result<()> {
        if row >= self.end {
            let starts = &self.plan.starts;
            let index = starts.partition_point(|&start| start <= row) - 1;
            (self.at, self.end) = (starts[index], starts[index + 1]);
            self.open(index)?;
        }
        let skipped = usize::try_from(row - self.at).unwrap_or(usize::MAX);
        if skipped > 0 {
            self.decode(|column| column.skip(skipped))?;
            self.at = row;
        }
        Ok(())
    }

    /// Puts all columns at the beginning of a row group.
    fn open(&mut self, index: usize) -> Result<()> {
        let (file, plan) = (Arc::clone(&self.file), Arc::clone(&self.plan));
        self.decode(|column| column.open(&file, plan.metadata.row_group(index)))
    }

    fn columns(&mut self) -> impl Iterator<Item = &mut Column> {
        self.names.iter_mut().map(|(_, column)| column).chain(&mut self.scores)
    }

    /// Does the same work on all columns, in several threads if there are many.
    fn decode(&mut self, work: impl Fn(&mut Column) -> Result<(), String> + Sync) -> Result<()> {
        let guarded = |column: &mut Column| guarded(|| work(column));
        let threads = if self.scores.len() < SHARED_COLUMNS { 1 } else { self.threads };
        let done = if threads == 1 {
            self.columns().try_for_each(guarded)
        } else {
            let mut columns: Vec<&mut Column> = self.columns().collect();
            let share = columns.len().div_ceil(threads);
            std::thread::scope(|scope| {
                let shares = columns.chunks_mut(share).map(|columns| {
                    scope.spawn(|| columns.iter_mut().try_for_each(|column| guarded(column)))
                });
                let shares: Vec<_> = shares.collect();
                let join = |share: ScopedJoinHandle<'_, Result<(), String>>| {
                    share.join().unwrap_or_else(|_| Err("a page cannot be decoded".into()))
                };
                shares.into_iter().map(join).collect::<Vec<_>>().into_iter().collect()
            })
        };
        done.map_err(|problem| {
            // The columns are at different rows now; the next use opens them anew.
            self.end = 0;
            damaged(&self.plan.path, &problem)
        })
    }

    /// Hands over the scores that were read.
    fn take_scores(&mut self, rows: usize, block: &mut Vec<u8>, batch: &mut Batch) {
        let Batch { scores, faults, .. } = batch;
        let Some(layout) = &self.plan.layout else { return };
        if let [list] = self.scores.as_mut_slice()
            && list.is_list()
        {
            list.take_list(scores, faults);
            return;
        }
        let run = rows * score_size(layout.score_type);
        block.resize(run * self.scores.len(), 0);
        for ((place, column), target) in
            self.scores.iter_mut().enumerate().zip(block.chunks_exact_mut(run))
        {
            column.take_scores(layout.score_type, target, place, faults);
        }
        transpose(block, rows, self.scores.len(), layout.score_type, scores);
    }
}

pub(super) fn damaged(path: &Path, problem: &str) -> Error {
    Error::format(path, format!("is not sound parquet: {problem}"))
}

/// The length of the first list in a column that is not empty.
pub(super) fn first_list_length(disk: &Arc<Disk>, plan: &Plan, leaf: &Leaf) -> Result<usize> {
    let file = Arc::new(ChunkFile(Arc::clone(disk)));
    let mut column = Column::new(leaf);
    for group in plan.metadata.row_groups() {
        let length = guarded(|| {
            column.open(&file, group)?;
            column.first_length()
        });
        let length = length.map_err(|problem| damaged(&plan.path, &problem))?;
        if let Some(length) = length {
            return Ok(length);
        }
    }
    Err(Error::format(&plan.path, "has no scores: every list of them is null or empty"))
}
