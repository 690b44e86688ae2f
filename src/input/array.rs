//! Arrays that lie in a file as they are: `.npy`, and stored members of `.npz`.

use std::io::BufReader;
use std::sync::Arc;

use super::checksum::Pieces;
use super::convert::{Encoding, read_names, swap_scores, whole_scores};
use super::disk::{Cursor, Disk};
use super::dtype::{Dtype, not_scores, one_whole};
use super::lane::{Extent, Lane, Layout, Reader, Scratch};
use super::npy::{self, Array};
use super::one_hot::OneHot;
use super::opened::Opened;
use super::seal::{Seal, Stored};
use super::transpose::transpose;
use crate::batch::{Batch, Role};
use crate::error::{Error, Result};
use crate::exact::ScoreType;

/// An array in one role, read by position.
#[derive(Clone, Debug)]
pub(super) struct ArrayLane {
    opened: Opened,
    /// Where the values begin in the file.
    start: u64,
    checked: Checked,
    /// What its archive says of it, if it lies in one.
    stored: Option<Stored>,
}

/// An array that fits its role.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    pub(super) array: Array,
    pub(super) role: [Role; 1],
    pub(super) layout: Option<Layout>,
    /// Whether the class of a row is the column of its 1.
    pub(super) one_hot: bool,
}

impl Checked {
    /// Checks type and shape; what several dimensions of classes mean is settled
    /// later, when the arrays of all roles are known. `said` is the type that the
    /// user gave for scores. The error says what is wrong, without the file.
    pub(super) fn new(
        mut array: Array,
        role: Role,
        said: Option<ScoreType>,
    ) -> Result<Self, String> {
        let layout = match role {
            Role::Scores => {
                array.dtype = array.dtype.as_scores(said)?;
                Some(score_layout(&array)?)
            }
            _ if array.width() == 0 => {
                return Err(format!("is empty: no values, shape {}", array.shape()));
            }
            _ if array.dtype == Dtype::Void2 => {
                return Err(format!(
                    "holds {} of 2 bytes without a type (V2); expected integers, bools or strings",
                    role.name()
                ));
            }
            _ => None,
        };
        Ok(Self { array, role: [role], layout, one_hot: false })
    }

    /// Whether each row holds several values that are not scores.
    pub(super) fn has_wide_names(&self) -> bool {
        self.layout.is_none() && self.array.width() > 1
    }

    /// How its values lie.
    pub(super) fn encoding(&self) -> Encoding {
        Encoding { dtype: self.array.dtype, swapped: self.array.swapped }
    }

    /// Reads `rows` rows into `batch`, from bytes that `fetch` delivers in row order.
    pub(super) fn read(
        &self,
        rows: usize,
        batch: &mut Batch,
        buffer: &mut Vec<u8>,
        fetch: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<()> {
        match &self.layout {
            None if self.one_hot => {
                let mut one_hot = OneHot::new(self.role[0], rows, self.array.width());
                one_hot.read_rows(self.encoding(), batch, buffer, fetch)?;
                one_hot.finish(batch);
            }
            None => read_names(self.encoding(), rows, self.role[0], batch, buffer, fetch)?,
            Some(layout) if self.array.dtype.is_whole() => {
                buffer.resize(rows * self.array.row_bytes(), 0);
                fetch(buffer)?;
                let target = batch.scores.room(layout.score_type, rows * layout.columns);
                let place = |at| (at / layout.columns, at % layout.columns);
                whole_scores(self.encoding(), buffer, target, place, &mut batch.faults);
            }
            Some(layout) => {
                fetch(batch.scores.room(layout.score_type, rows * layout.columns))?;
                if self.array.swapped {
                    swap_scores(&mut batch.scores);
                }
            }
        }
        Ok(())
    }

    /// Says of the faults from one on where in the array they are, if a row's
    /// number does not say it. The batch begins at row `first`.
    pub(super) fn locate(&self, first: u64, from: usize, batch: &mut Batch) {
        if self.array.dimensions.len() > 1 && self.array.columns.is_none() {
            for fault in &mut batch.faults[from..] {
                let index = self.array.index(first + fault.row as u64);
                fault.problem.push_str(&format!(" (element {index})"));
            }
        }
    }
}

/// The score columns of an array: one column is one score per row.
fn score_layout(array: &Array) -> Result<Layout, String> {
    let shape = array.shape();
    if array.width() == 0 {
        return Err(format!("has no score columns: shape {shape}"));
    }
    let columns = array.width();
    if let [_, others @ .., last] = array.dimensions.as_slice()
        && !others.is_empty()
        && columns > 1
    {
        return Err(format!(
            "has scores of shape {shape}; expected (rows,) or (rows, classes). If the last axis is \
             that of the classes: np.save('s.npy', s.reshape(-1, {last})), and \
             np.save('y.npy', y.ravel()) for the labels; if it is another, \
             np.moveaxis(s, 1, -1) first"
        ));
    }
    if columns == 1 && array.dtype.is_whole() {
        return Err(one_whole(&array.dtype.name()));
    }
    let score_type = array.dtype.score_type().ok_or_else(|| not_scores(&array.dtype.name()))?;
    Ok(Layout::new(columns, columns > 1, None, score_type))
}

impl ArrayLane {
    /// Opens a `.npy` file.
    pub(super) fn open(disk: &Arc<Disk>, role: Role, said: Option<ScoreType>) -> Result<Self> {
        let mut header = BufReader::new(Cursor::new(disk, 0, disk.bytes()));
        let array = npy::read_header(&mut header, disk.bytes())
            .map_err(|problem| Error::format(disk.path(), problem))?;
        array.refuse_empty().map_err(|problem| Error::empty(disk.path(), problem))?;
        let checked = Checked::new(array, role, said)
            .map_err(|problem| Error::format(disk.path(), problem))?;
        let (opened, start) = (disk.opened().clone(), checked.array.header);
        Ok(Self { opened, start, checked, stored: None })
    }

    /// A stored member of an archive.
    pub(super) fn stored(disk: &Disk, stored: Stored, checked: Checked) -> Self {
        let opened = disk.opened().clone();
        let start = stored.bytes.start + checked.array.header;
        Self { opened, start, checked, stored: Some(stored) }
    }
}

impl Lane for ArrayLane {
    fn opened(&self) -> &Opened {
        &self.opened
    }

    fn dtype(&self) -> String {
        self.checked.array.dtype.name()
    }

    fn roles(&self) -> &[Role] {
        &self.checked.role
    }

    fn layout(&self) -> Option<&Layout> {
        self.checked.layout.as_ref()
    }

    fn rows(&self) -> Option<u64> {
        Some(self.checked.array.rows)
    }

    fn bytes(&self) -> u64 {
        self.checked.array.bytes()
    }

    fn row_bytes(&self) -> usize {
        self.checked.array.row_bytes()
    }

    fn has_checksums(&self) -> bool {
        self.stored.is_some()
    }

    fn array(&self) -> Option<&Checked> {
        Some(&self.checked)
    }

    fn array_mut(&mut self) -> Option<&mut Checked> {
        Some(&mut self.checked)
    }

    fn prefers_tall_batches(&self) -> bool {
        self.checked.array.is_strided()
    }

    fn arrange(&mut self, _order: &[usize], _classes: Option<Vec<String>>) -> Result<()> {
        let problem = "the columns of an array have no names to put them in order by";
        Err(Error::Internal(problem.into()))
    }

    fn reader(&self, _threads: usize, extent: Extent) -> Result<Box<dyn Reader>> {
        let disk = Disk::reopen(&self.opened)?;
        let values = self.start..self.start + self.checked.array.bytes();
        let stored = self.stored.as_ref().filter(|_| extent == Extent::Whole);
        let seal = stored.map(|stored| Seal::new(&disk, stored, &values)).transpose()?;
        let (source, checked) = (Source::Disk(disk), self.checked.clone());
        Ok(Box::new(ArrayReader { source, start: self.start, checked, seal }))
    }
}

/// Where an array's bytes are.
pub(super) enum Source {
    /// In a file.
    Disk(Arc<Disk>),
    /// In memory, because they could only be read in order.
    Memory(Vec<u8>),
}

impl Source {
    fn read_exact_at(&self, buffer: &mut [u8], at: u64) -> Result<()> {
        match self {
            Self::Disk(disk) => disk.read_exact_at(buffer, at),
            Self::Memory(bytes) => {
                let found = usize::try_from(at).ok().and_then(|at| bytes.get(at..));
                let found = found.and_then(|bytes| bytes.get(..buffer.len()));
                let found = found.ok_or_else(|| {
                    Error::Internal(format!("array of {} bytes read at {at}", bytes.len()))
                })?;
                buffer.copy_from_slice(found);
                Ok(())
            }
        }
    }
}

/// A pass over an array.
pub(super) struct ArrayReader {
    pub(super) source: Source,
    /// Where the values begin in the source.
    pub(super) start: u64,
    pub(super) checked: Checked,
    /// The checksum to be checked, if there is one.
    pub(super) seal: Option<Seal>,
}

impl Reader for ArrayReader {
    fn claim(&self, first: u64, rows: usize, _scratch: &mut Scratch) -> Result<usize> {
        let left = self.checked.array.rows.saturating_sub(first);
        Ok(usize::try_from(left).map_or(rows, |left| left.min(rows)))
    }

    fn fill(
        &self,
        first: u64,
        rows: usize,
        scratch: &mut Scratch,
        batch: &mut Batch,
    ) -> Result<u64> {
        let array = &self.checked.array;
        let bytes = (rows * array.row_bytes()) as u64;
        let faults = batch.faults.len();
        match (array.is_strided(), &self.checked.layout) {
            (true, Some(layout)) => self.fill_strided(first, rows, scratch, layout, batch)?,
            (true, None) => self.fill_one_hot(first, rows, scratch, batch)?,
            (false, _) => {
                let at = self.start + first * array.row_bytes() as u64;
                let fetch = |buffer: &mut [u8]| self.fetch_all(buffer, at);
                self.checked.read(rows, batch, &mut scratch.block, fetch)?;
            }
        }
        self.checked.locate(first, faults, batch);
        Ok(bytes)
    }
}

impl ArrayReader {
    /// Reads all bytes of a batch.
    fn fetch_all(&self, buffer: &mut [u8], at: u64) -> Result<()> {
        let mut pieces = Pieces::default();
        self.fetch(buffer, at, &mut pieces)?;
        self.settle(&pieces)
    }

    /// Adds what a batch has read to the seal, if there is one.
    fn settle(&self, pieces: &Pieces) -> Result<()> {
        self.seal.as_ref().map_or(Ok(()), |seal| seal.add(pieces))
    }

    /// Reads a piece and, if there is a seal, adds it to `pieces` while it is
    /// in the cache.
    fn fetch(&self, buffer: &mut [u8], at: u64, pieces: &mut Pieces) -> Result<()> {
        self.source.read_exact_at(buffer, at)?;
        if self.seal.is_some() {
            pieces.push(at, buffer);
        }
        Ok(())
    }

    /// Where a run of a column of a Fortran-order matrix begins.
    fn run_at(&self, column: usize, first: u64) -> u64 {
        let array = &self.checked.array;
        self.start + (column as u64 * array.rows + first) * array.dtype.size() as u64
    }

    /// Reads rows of a Fortran-order matrix: a run of each column, then the
    /// transpose of the block.
    fn fill_strided(
        &self,
        first: u64,
        rows: usize,
        scratch: &mut Scratch,
        layout: &Layout,
        batch: &mut Batch,
    ) -> Result<()> {
        let array = &self.checked.array;
        let Scratch { raw, block, .. } = scratch;
        let Batch { scores, faults, .. } = batch;
        let run = rows * layout.score_type.bytes();
        block.resize(run * array.width(), 0);
        raw.resize(if array.dtype.is_whole() { rows * array.dtype.size() } else { 0 }, 0);
        let mut pieces = Pieces::default();
        for (column, target) in block.chunks_exact_mut(run).enumerate() {
            let at = self.run_at(column, first);
            if array.dtype.is_whole() {
                self.fetch(raw, at, &mut pieces)?;
                let encoding = self.checked.encoding();
                whole_scores(encoding, raw, target, |row| (row, column), faults);
            } else {
                self.fetch(target, at, &mut pieces)?;
            }
        }
        self.settle(&pieces)?;
        transpose(block, rows, array.width(), layout.score_type, scores);
        if array.swapped && !array.dtype.is_whole() {
            swap_scores(scores);
        }
        Ok(())
    }

    /// Reads rows of a Fortran-order one-hot matrix, a run of each column at a time.
    fn fill_one_hot(
        &self,
        first: u64,
        rows: usize,
        scratch: &mut Scratch,
        batch: &mut Batch,
    ) -> Result<()> {
        let checked = &self.checked;
        let mut pieces = Pieces::default();
        let mut one_hot = OneHot::new(checked.role[0], rows, checked.array.width());
        for column in 0..checked.array.width() {
            let at = self.run_at(column, first);
            let fetch = |buffer: &mut [u8]| self.fetch(buffer, at, &mut pieces);
            one_hot.read_column(column, checked.encoding(), batch, &mut scratch.block, fetch)?;
        }
        self.settle(&pieces)?;
        one_hot.finish(batch);
        Ok(())
    }
}
