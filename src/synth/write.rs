//! The writing of rows to files, block by block: one is written while the next is made.

use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::block::{Block, Rows, Wanted};
use super::recipe::{Content, Recipe};
use super::{csv, npy, npz};
use crate::error::{Error, Result};
use crate::tally::ScoreType;

/// Bytes of the arrays that a block holds, about. Two blocks are held.
const BLOCK_BYTES: u64 = 8 << 20;

/// The same where a block becomes a row group.
#[cfg(feature = "parquet")]
const GROUP_BYTES: u64 = 64 << 20;

/// Most rows of a block.
const MOST_BLOCK_ROWS: u64 = 1 << 20;

/// A format that holds whole rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// Text with a header.
    Csv,
    /// A zip archive of arrays, stored.
    Npz,
    /// Parquet.
    Parquet,
}

impl TableFormat {
    /// The format of a path, by its extension.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for any other extension.
    pub fn from_path(path: &Path) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("npz") => Ok(Self::Npz),
            Some("parquet") if cfg!(feature = "parquet") => Ok(Self::Parquet),
            Some("parquet") => Err(Error::format(
                path,
                "is parquet, which this tallyho was built without; build it with \
                 `--features parquet`",
            )),
            _ => Err(Error::Usage(format!(
                "{}: expected a table with the extension .csv, .npz or .parquet; for npy name a \
                 file for each role, with --labels and --predictions or --scores",
                path.display()
            ))),
        }
    }
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// Whole rows.
    Table(TableFormat),
    /// The labels as an npy array, int64 `[rows]`.
    Labels,
    /// The predictions as an npy array, int64 `[rows]`, or the scores as one of
    /// `[rows, classes]`, or `[rows]` for binary scores.
    Content,
}

/// How far the writing has come; for whoever watches.
#[derive(Debug, Default)]
pub struct Progress {
    /// Rows written, those of each array of an archive counted for themselves.
    pub rows: AtomicU64,
    /// Bytes written.
    pub bytes: AtomicU64,
}

impl Contents {
    /// How many times [`Progress`] will count every row.
    pub fn passes(self) -> u64 {
        if self == Self::Table(TableFormat::Npz) { 2 } else { 1 }
    }
}

/// Writes rows to `file`, on the threads of the current rayon pool.
///
/// # Errors
///
/// [`Error::Io`] under the name `path`, for a full disk for instance;
/// [`Error::Usage`] if the format cannot hold such rows; [`Error::Interrupted`]
/// soon after `stop` is set. The file then holds a part.
pub fn write<W: Write + Seek + Send>(
    rows: &Rows,
    contents: Contents,
    path: &Path,
    file: W,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<()> {
    if contents == Contents::Table(TableFormat::Parquet) && is_bf16(rows.recipe()) {
        let problem = "parquet has no bf16; write .csv, .npz or .npy, or use --score-type f32";
        return Err(Error::format(path, problem));
    }
    let mut file = Counted { file, bytes: &progress.bytes };
    let passes = Passes { rows, rows_done: &progress.rows, stop };
    let written = match contents {
        Contents::Labels => npy::write(&passes, Wanted::LABELS, &mut file),
        Contents::Content => npy::write(&passes, Wanted::CONTENT, &mut file),
        Contents::Table(TableFormat::Csv) => csv::write(&passes, &mut file),
        Contents::Table(TableFormat::Npz) => npz::write(&passes, &mut file),
        #[cfg(feature = "parquet")]
        Contents::Table(TableFormat::Parquet) => super::parquet::write(&passes, &mut file),
        #[cfg(not(feature = "parquet"))]
        Contents::Table(TableFormat::Parquet) => Err(io::ErrorKind::Unsupported.into()),
    };
    if stop.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    written.and_then(|()| file.flush()).map_err(Error::io(path, "write the rows"))
}

fn is_bf16(recipe: &Recipe) -> bool {
    matches!(recipe.content, Content::Scores(kind) if kind.score_type == ScoreType::Bf16)
}

/// Goes over all rows, as often as a format needs.
pub(super) struct Passes<'a> {
    pub(super) rows: &'a Rows,
    rows_done: &'a AtomicU64,
    stop: &'a AtomicBool,
}

impl Passes<'_> {
    /// Hands every row to `sink`, in blocks of a size for arrays and text.
    pub(super) fn run(
        &self,
        wanted: Wanted,
        sink: impl FnMut(&Block) -> io::Result<()> + Send,
    ) -> io::Result<()> {
        self.blocks(wanted, BLOCK_BYTES, sink)
    }

    /// The same in blocks of a size for row groups.
    #[cfg(feature = "parquet")]
    pub(super) fn run_groups(
        &self,
        sink: impl FnMut(&Block) -> io::Result<()> + Send,
    ) -> io::Result<()> {
        self.blocks(Wanted::ALL, GROUP_BYTES, sink)
    }

    fn blocks(
        &self,
        wanted: Wanted,
        bytes: u64,
        mut sink: impl FnMut(&Block) -> io::Result<()> + Send,
    ) -> io::Result<()> {
        let recipe = self.rows.recipe();
        let block_rows = (bytes / recipe.row_bytes()).clamp(1, MOST_BLOCK_ROWS);
        let make = |done: u64, block: &mut Block| {
            let rows = block_rows.min(recipe.rows - done);
            let Ok(rows) = usize::try_from(rows) else { unreachable!("at most MOST_BLOCK_ROWS") };
            self.rows.fill(recipe.first_row + done, rows, wanted, block);
        };
        let (mut ready, mut next) = (Block::default(), Block::default());
        let mut made = 0;
        while made < recipe.rows || ready.rows > 0 {
            if self.stop.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            next.rows = 0;
            let (written, ()) = rayon::join(
                || if ready.rows > 0 { sink(&ready) } else { Ok(()) },
                || {
                    if made < recipe.rows {
                        make(made, &mut next)
                    }
                },
            );
            written?;
            self.rows_done.fetch_add(ready.rows as u64, Ordering::Relaxed);
            made += next.rows as u64;
            std::mem::swap(&mut ready, &mut next);
        }
        Ok(())
    }
}

/// A file that counts what is written.
pub(super) struct Counted<'a, W> {
    file: W,
    bytes: &'a AtomicU64,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes.fetch_add(written as u64, Ordering::Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl<W: Seek> Seek for Counted<'_, W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
