//! One pass over the input, drawn from by many threads.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Source;
use super::lane::{Extent, Reader, Scratch};
use super::open::{Part, lengths_differ};
use crate::batch::{Batch, Role};
use crate::error::Result;
use crate::memory;

/// Bytes of columns in a batch, for the second-level cache.
const BATCH_BYTES: usize = 384 << 10;

/// Bytes of all tall batches together: runs of columns, to be transposed.
const TALL_BYTES: usize = 32 << 20;

/// Bytes of one tall batch.
const TALL_BATCH_BYTES: usize = 16 << 20;

/// Bytes of all batches together that no wish for more rows may exceed.
const MOST_BYTES: usize = 128 << 20;

/// Least and most rows of a batch, unless the user or memory says otherwise.
const LEAST_ROWS: usize = 64;
const MOST_ROWS: usize = 1 << 16;

/// One pass over the input.
pub struct Stream<'a> {
    parts: &'a [Part],
    /// The number of the first of `parts`.
    first_part: usize,
    batch_rows: Option<usize>,
    threads: usize,
    extent: Extent,
    turn: Mutex<Turn>,
    /// Memory of batches under way, one for each thread in time.
    spare: Mutex<Vec<Vec<Scratch>>>,
    bytes_read: AtomicU64,
    rows_read: AtomicU64,
}

/// Which rows are next.
#[derive(Default)]
struct Turn {
    /// Index into the parts.
    part: usize,
    /// The first row not yet claimed.
    row: u64,
    pass: Option<Arc<Pass>>,
    /// Rows of each part that has ended.
    ended: Vec<u64>,
}

/// The readers of one part, a reader for each lane.
struct Pass {
    readers: Vec<Box<dyn Reader>>,
    batch_rows: usize,
}

/// Rows claimed for a batch.
struct Claim {
    pass: Arc<Pass>,
    part: usize,
    first: u64,
    rows: usize,
}

impl<'a> Stream<'a> {
    /// A pass over `parts`, which are numbered from `first_part` on.
    pub(super) fn over(
        parts: &'a [Part],
        first_part: usize,
        batch_rows: Option<usize>,
        threads: usize,
        extent: Extent,
    ) -> Self {
        Self {
            parts,
            first_part,
            batch_rows,
            threads,
            extent,
            turn: Mutex::default(),
            spare: Mutex::default(),
            bytes_read: AtomicU64::new(0),
            rows_read: AtomicU64::new(0),
        }
    }

    /// Bytes read so far, of [`Input::bytes`](super::Input::bytes) for each pass.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    /// Rows handed out so far.
    pub fn rows_read(&self) -> u64 {
        self.rows_read.load(Ordering::Relaxed)
    }

    /// Rows of each part, in order, of those that have ended.
    pub fn part_rows(&self) -> Vec<u64> {
        locked(&self.turn).ended.clone()
    }

    /// See [`Source::next`].
    pub(super) fn next_batch(&self, batch: &mut Batch) -> Result<bool> {
        let mut scratch = locked(&self.spare).pop().unwrap_or_default();
        let claim = self.claim(&mut scratch).inspect_err(|_| {
            let turn = locked(&self.turn);
            batch.part = self.first_part + turn.part;
            batch.first_row = turn.row;
        })?;
        let filled = match claim {
            None => Ok(false),
            Some(claim) => self.fill(&claim, &mut scratch, batch).map(|()| true),
        };
        // After an error, what the scratch holds of the readers is let go.
        if filled.is_ok() {
            locked(&self.spare).push(scratch);
        }
        filled
    }

    /// Claims the next rows, going on to the next part where one ends. After an
    /// error there are no more: a reader that has failed is not asked again.
    fn claim(&self, scratch: &mut Vec<Scratch>) -> Result<Option<Claim>> {
        let mut turn = locked(&self.turn);
        let claim = self.claim_next(&mut turn, scratch);
        if claim.is_err() {
            *turn = Turn { part: self.parts.len(), ..Turn::default() };
        }
        claim
    }

    fn claim_next(&self, turn: &mut Turn, scratch: &mut Vec<Scratch>) -> Result<Option<Claim>> {
        while let Some(part) = self.parts.get(turn.part) {
            let pass = match &turn.pass {
                Some(pass) => Arc::clone(pass),
                None => Arc::clone(turn.pass.insert(Arc::new(self.start(part)?))),
            };
            scratch.resize_with(pass.readers.len().max(scratch.len()), Scratch::default);
            let rows = pass.claim(part, turn.row, scratch)?;
            if rows > 0 {
                let claim = Claim { pass, part: turn.part, first: turn.row, rows };
                turn.row += rows as u64;
                return Ok(Some(claim));
            }
            let rows = turn.row;
            turn.ended.push(rows);
            (turn.part, turn.row, turn.pass) = (turn.part + 1, 0, None);
        }
        Ok(None)
    }

    fn start(&self, part: &Part) -> Result<Pass> {
        let batch_rows = self.rows_of(part);
        self.need(part, batch_rows)?;
        let readers = part.lanes.iter().map(|lane| lane.reader(self.threads, self.extent));
        Ok(Pass { readers: readers.collect::<Result<_>>()?, batch_rows })
    }

    /// Asks for the memory of batches: each as it is read and as it is handed out.
    fn need(&self, part: &Part, batch_rows: usize) -> Result<()> {
        let threads = if self.extent == Extent::Head { 1 } else { self.threads as u64 };
        // Of a file that does not say how many rows it has, each takes a byte or more.
        let bytes = || part.lanes.iter().map(|lane| lane.bytes()).max().unwrap_or(0);
        let rows = part.rows().unwrap_or_else(bytes).min(batch_rows as u64);
        let row_bytes: u64 = part.lanes.iter().map(|lane| lane.row_bytes() as u64).sum();
        let bytes = rows.saturating_mul(row_bytes).saturating_mul(2 * threads);
        let what = || {
            let path = part.lanes.last().map(|lane| lane.path().display().to_string());
            let path = path.unwrap_or_default();
            let for_each = if threads == 1 {
                String::new()
            } else {
                format!(" for each of {threads} threads")
            };
            format!("{path}: 2 batches of {rows} rows of {row_bytes} bytes{for_each}")
        };
        memory::need(bytes, what, "use fewer --threads or --batch-rows")
    }

    /// Rows of a batch of this part.
    fn rows_of(&self, part: &Part) -> usize {
        // What the first rows look like must not depend on the threads.
        let threads = if self.extent == Extent::Head { 1 } else { self.threads };
        let row_bytes: usize = part.lanes.iter().map(|lane| lane.row_bytes()).sum::<usize>().max(1);
        let tall = part.lanes.iter().any(|lane| lane.prefers_tall_batches());
        let bytes = if tall { TALL_BATCH_BYTES.min(TALL_BYTES / threads) } else { BATCH_BYTES };
        let most = (MOST_BYTES / threads / row_bytes).max(1);
        let usual = (bytes / row_bytes).clamp(LEAST_ROWS, MOST_ROWS);
        self.batch_rows.unwrap_or(usual).min(most)
    }

    fn fill(&self, claim: &Claim, scratch: &mut [Scratch], batch: &mut Batch) -> Result<()> {
        batch.part = self.first_part + claim.part;
        batch.first_row = claim.first;
        batch.rows = claim.rows;
        batch.faults.clear();
        let mut bytes = 0;
        for (reader, scratch) in claim.pass.readers.iter().zip(scratch) {
            bytes += reader.fill(claim.first, claim.rows, scratch, batch)?;
        }
        if let Some(score_type) = self.parts[claim.part].widened_to {
            batch.scores.widen(score_type);
        }
        // One fault for a row is enough, and the first is the same however the
        // rows were cut into batches.
        batch.faults.sort_by_key(|fault| (fault.row, fault.role));
        batch.faults.dedup_by_key(|fault| fault.row);
        self.bytes_read.fetch_add(bytes, Ordering::Relaxed);
        self.rows_read.fetch_add(claim.rows as u64, Ordering::Relaxed);
        Ok(())
    }
}

impl Source for Stream<'_> {
    fn next(&self, batch: &mut Batch) -> Result<bool> {
        self.next_batch(batch)
    }

    fn rewind(&self) -> Result<()> {
        *locked(&self.turn) = Turn::default();
        locked(&self.spare).clear();
        Ok(())
    }

    fn check_unchanged(&self) -> Result<()> {
        self.parts.iter().flat_map(|part| &part.lanes).try_for_each(|lane| lane.opened().check())
    }

    fn path(&self, part: usize, role: Role) -> &Path {
        self.parts[part - self.first_part].path(role)
    }
}

impl Pass {
    /// Claims the same rows of every lane; 0 when all have ended together.
    fn claim(&self, part: &Part, first: u64, scratch: &mut [Scratch]) -> Result<usize> {
        let left = part.rows().map(|rows| rows.saturating_sub(first));
        let wanted = left.map_or(self.batch_rows, |left| {
            usize::try_from(left).map_or(self.batch_rows, |left| left.min(self.batch_rows))
        });
        // Where some lane knows that it has ended, one more row of the others
        // is asked for, to see whether they have.
        let wanted = wanted.max(1);
        let mut claimed = vec![0; self.readers.len()];
        for ((reader, scratch), claimed) in self.readers.iter().zip(&mut *scratch).zip(&mut claimed)
        {
            *claimed = reader.claim(first, wanted, scratch)?;
        }
        let rows = claimed[0];
        let Some(other) = claimed.iter().position(|&other| other != rows) else {
            return Ok(rows);
        };
        let mut count = |lane: usize| -> Result<u64> {
            let mut end = first + claimed[lane] as u64;
            loop {
                match self.readers[lane].claim(end, MOST_ROWS, &mut scratch[lane])? {
                    0 => return Ok(end),
                    more => end += more as u64,
                }
            }
        };
        let (rows, other_rows) = (count(0)?, count(other)?);
        let lanes = &part.lanes;
        Err(lengths_differ(lanes[0].as_ref(), rows, lanes[other].as_ref(), other_rows))
    }
}

/// A panic elsewhere leaves these locks in order: each holder finishes its
/// change before it calls anything that could panic.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
