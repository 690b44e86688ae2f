//! Arrays that lie in a file as they are: `.npy`, and stored members of `.npz`.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::checksum::Pieces;
use super::convert::{Encoding, read_names, swap_scores};
use super::disk::{Cursor, Disk};
use super::dtype::{Dtype, not_scores};
use super::lane::{Extent, Lane, Layout, Reader, Scratch};
use super::npy::{self, Array};
use super::seal::{Seal, Stored};
use super::transpose::transpose;
use crate::batch::{Batch, Role, Scores};
use crate::error::{Error, Result};
use crate::exact::ScoreType;

/// An array in one role, read by position.
#[derive(Clone, Debug)]
pub(super) struct ArrayLane {
    path: PathBuf,
    /// Size of the file when its header was read.
    file_bytes: u64,
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
}

impl Checked {
    /// Checks type and shape. `said` is the type that the user gave for scores.
    /// The error says what is wrong, without the file.
    pub(super) fn new(
        mut array: Array,
        role: Role,
        said: Option<ScoreType>,
    ) -> Result<Self, String> {
        let layout = match (role, array.columns) {
            (Role::Scores, Some(0)) => {
                return Err(format!("has no score columns: shape {}", array.shape()));
            }
            (Role::Scores, columns) => {
                array.dtype = array.dtype.as_scores(said)?;
                let score_type = array.dtype.score_type();
                let score_type = score_type.ok_or_else(|| not_scores(&array.dtype.name()))?;
                let (columns, matrix) = (columns.unwrap_or(1), columns.is_some());
                Some(Layout {
                    columns,
                    matrix,
                    classes: None,
                    named: None,
                    order: Vec::new(),
                    score_type,
                })
            }
            (_, None | Some(1)) if array.dtype == Dtype::Void2 => {
                return Err(format!(
                    "holds {} of 2 bytes without a type (V2); expected integers, bools or strings",
                    role.name()
                ));
            }
            (_, None | Some(1)) => None,
            (_, Some(_)) => {
                return Err(format!(
                    "holds {} of shape {}; expected one dimension, one value per row",
                    role.name(),
                    array.shape()
                ));
            }
        };
        Ok(Self { array, role: [role], layout })
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
        let Some(layout) = &self.layout else {
            return read_names(self.encoding(), rows, self.role[0], batch, buffer, fetch);
        };
        fetch(batch.scores.room(layout.score_type, rows * layout.columns))?;
        if self.array.swapped {
            swap_scores(&mut batch.scores);
        }
        Ok(())
    }
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
        let (path, file_bytes) = (disk.path().to_owned(), disk.bytes());
        let start = checked.array.header;
        Ok(Self { path, file_bytes, start, checked, stored: None })
    }

    /// A stored member of an archive.
    pub(super) fn stored(disk: &Disk, stored: Stored, checked: Checked) -> Self {
        let (path, file_bytes) = (disk.path().to_owned(), disk.bytes());
        let start = stored.bytes.start + checked.array.header;
        Self { path, file_bytes, start, checked, stored: Some(stored) }
    }
}

impl Lane for ArrayLane {
    fn path(&self) -> &Path {
        &self.path
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

    fn prefers_tall_batches(&self) -> bool {
        self.checked.array.is_strided()
    }

    fn arrange(&mut self, _order: &[usize], _classes: Option<Vec<String>>) -> Result<()> {
        let problem = "the columns of an array have no names to put them in order by";
        Err(Error::Internal(problem.into()))
    }

    fn reader(&self, _threads: usize, extent: Extent) -> Result<Box<dyn Reader>> {
        let disk = Disk::reopen(&self.path, self.file_bytes)?;
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
        if let (true, Some(layout)) = (array.is_strided(), &self.checked.layout) {
            self.fill_strided(first, rows, scratch, layout.score_type, &mut batch.scores)?;
        } else {
            let at = self.start + first * array.row_bytes() as u64;
            let fetch = |buffer: &mut [u8]| self.fetch_all(buffer, at);
            self.checked.read(rows, batch, &mut scratch.block, fetch)?;
        }
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

    /// Reads rows of a Fortran-order matrix: a run of each column, then the
    /// transpose of the block.
    fn fill_strided(
        &self,
        first: u64,
        rows: usize,
        scratch: &mut Scratch,
        score_type: ScoreType,
        scores: &mut Scores,
    ) -> Result<()> {
        let array = &self.checked.array;
        let size = array.dtype.size();
        let run = rows * size;
        scratch.block.resize(run * array.width(), 0);
        let mut pieces = Pieces::default();
        for (column, target) in scratch.block.chunks_exact_mut(run).enumerate() {
            let value = column as u64 * array.rows + first;
            self.fetch(target, self.start + value * size as u64, &mut pieces)?;
        }
        self.settle(&pieces)?;
        transpose(&scratch.block, rows, array.width(), score_type, scores);
        if array.swapped {
            swap_scores(scores);
        }
        Ok(())
    }
}
