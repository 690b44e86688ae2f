//! The column readers of one thread: they move through the row groups together.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};

use ::parquet::file::metadata::RowGroupMetaData;

use super::chunk::ChunkFile;
use super::column::{Column, PROBED_ROWS};
use super::guard::guarded;
use super::plan::Plan;
use super::schema::Leaf;
use crate::batch::{Batch, Role};
use crate::error::{Error, Result};
use crate::input::convert::names_of;
use crate::input::disk::Disk;
use crate::memory;

/// Fewest score columns for which threads share the work of one reader.
const SHARED_COLUMNS: usize = 16;

/// Bytes of a value of a list with its levels, in memory that grows.
const LIST_VALUE_BYTES: u64 = 24;

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
    pub(super) fn new(file: &Arc<ChunkFile>, plan: &Arc<Plan>, threads: usize) -> Self {
        let names = [(Role::Labels, &plan.label), (Role::Predictions, &plan.prediction)];
        let names = names
            .into_iter()
            .filter_map(|(role, leaf)| leaf.as_ref().map(|leaf| (role, Column::new(leaf))));
        Self {
            file: Arc::clone(file),
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

    /// Reads rows, skipping those before, into a batch; but score columns into
    /// `block`, one after another.
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
            let is_last = run as u64 == self.end - self.at;
            self.decode(|column| {
                column.read(run, width)?;
                if is_last { column.check_ended() } else { Ok(()) }
            })?;
            self.at += run as u64;
            done += run;
        }
        for (role, column) in &mut self.names {
            let (names, faults) = names_of(batch, *role);
            column.take_names(*role, names, faults);
        }
        self.take_scores(rows, block, batch)
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
        let threads = threads_for(self.threads, self.scores.len());
        let mut columns: Vec<&mut Column> = self.columns().collect();
        let done = share(&mut columns, threads, |column| work(column));
        done.map_err(|problem| {
            // The columns are at different rows now; the next use opens them anew.
            self.end = 0;
            self.file.take_refused().unwrap_or_else(|| damaged(&self.plan.path, &problem))
        })
    }

    /// Hands over the scores that were read.
    fn take_scores(&mut self, rows: usize, block: &mut Vec<u8>, batch: &mut Batch) -> Result<()> {
        let plan = Arc::clone(&self.plan);
        let Batch { scores, faults, .. } = batch;
        let Some(layout) = &plan.layout else { return Ok(()) };
        if let [list] = self.scores.as_mut_slice()
            && list.is_list()
        {
            list.take_list(scores, faults);
            return Ok(());
        }
        let run = rows * layout.score_type.bytes();
        block.resize(run * self.scores.len(), 0);
        let targets = block.chunks_exact_mut(run);
        let mut work: Vec<_> = self
            .scores
            .iter_mut()
            .enumerate()
            .zip(targets)
            .map(|((place, column), target)| (place, column, target, Vec::new()))
            .collect();
        let threads = threads_for(self.threads, work.len());
        share(&mut work, threads, |(place, column, target, faults)| {
            // Names are in the order of the table, columns in that of the classes.
            let name = plan.score_names.get(layout.order.get(*place).copied().unwrap_or(*place));
            column.take_scores(layout.score_type, target, (*place, name), faults);
            Ok(())
        })
        .map_err(|problem| damaged(&plan.path, &problem))?;
        faults.extend(work.into_iter().flat_map(|(.., faults)| faults));
        Ok(())
    }
}

/// How many threads are worth having for so many columns.
fn threads_for(threads: usize, columns: usize) -> usize {
    if columns < SHARED_COLUMNS { 1 } else { threads }
}

/// Does the same work on all items, shared by threads.
fn share<T: Send>(
    items: &mut [T],
    threads: usize,
    work: impl Fn(&mut T) -> Result<(), String> + Sync,
) -> Result<(), String> {
    let work = |items: &mut [T]| items.iter_mut().try_for_each(|item| guarded(|| work(item)));
    let size = items.len().div_ceil(threads).max(1);
    let (own, others) = items.split_at_mut(size.min(items.len()));
    let others: Vec<_> = others.chunks_mut(size).map(|items| Mutex::new(Some(items))).collect();
    let work_on = |items: &Mutex<Option<&mut [T]>>| {
        let items = items.lock().unwrap_or_else(PoisonError::into_inner).take();
        items.map_or(Ok(()), work)
    };
    thread::scope(|scope| {
        let start = |items| thread::Builder::new().spawn_scoped(scope, move || work_on(items));
        let started: Vec<_> = others.iter().map(start).collect();
        let done = work(own);
        let join = |(other, items): (io::Result<ScopedJoinHandle<'_, _>>, _)| match other {
            Ok(other) => other.join().unwrap_or_else(|_| Err("a page cannot be decoded".into())),
            // The system starts no more threads.
            Err(_) => work_on(items),
        };
        started.into_iter().zip(&others).map(join).fold(done, Result::and)
    })
}

pub(super) fn damaged(path: &Path, problem: &str) -> Error {
    Error::format(path, format!("is not sound parquet: {problem}"))
}

/// The length of the first list in a column that is not empty.
pub(super) fn first_list_length(disk: &Arc<Disk>, plan: &Plan, leaf: &Leaf) -> Result<usize> {
    let file = ChunkFile::new(disk);
    let mut column = Column::new(leaf);
    for group in plan.metadata.row_groups() {
        need_lists(plan, leaf, group)?;
        let length = guarded(|| {
            column.open(&file, group)?;
            column.first_length()
        });
        let length = length.map_err(|problem| {
            file.take_refused().unwrap_or_else(|| damaged(&plan.path, &problem))
        })?;
        if let Some(length) = length {
            return Ok(length);
        }
    }
    Err(Error::format(&plan.path, "has no scores: every list of them is null or empty"))
}

/// Asks for the memory of the lists that are looked at for their length, if they are as
/// long as those of the row group are on average.
fn need_lists(plan: &Plan, leaf: &Leaf, group: &RowGroupMetaData) -> Result<()> {
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    let (values, rows) = (number(group.column(leaf.index).num_values()), number(group.num_rows()));
    let probed = rows.min(PROBED_ROWS as u64);
    let bytes = (values / rows.max(1)).saturating_mul(probed).saturating_mul(LIST_VALUE_BYTES);
    let what =
        || format!("{}: {probed} lists of {} scores", plan.path.display(), values / rows.max(1));
    memory::need(bytes, what, "give each class a column of its own")
}
