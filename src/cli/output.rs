//! Output files: opened before work begins, replaced in one step at the end.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::atomic_file::{AtomicFile, Kept};
use crate::error::{Error, Result};
use crate::notice::{self, Notice};
use crate::report;
use crate::tally::{Key, Seal, Shards};

/// What a file is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A report in some format.
    Report(report::Format),
    /// The curves in some format.
    Curves(report::CurveFormat),
    /// The tallies.
    State,
}

/// The files of one command. Dropping them without
/// [`put_in_place`](Self::put_in_place) leaves existing files as they were.
#[derive(Debug)]
pub(super) struct Outputs {
    files: Vec<Output>,
    /// What a state among them says beside the tallies.
    seal: Seal,
}

#[derive(Debug)]
struct Output {
    content: Content,
    place: AtomicFile,
}

impl Outputs {
    /// Opens every path of a report, a state or curves, none of which may be one of
    /// `kept`.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for an extension that is not known, and those of
    /// [`AtomicFile::open_all`].
    pub(super) fn open(paths: &[PathBuf], curves: &[PathBuf], kept: &[Kept]) -> Result<Self> {
        let curve = |path: &PathBuf| report::CurveFormat::from_path(path).map(Content::Curves);
        let contents = paths.iter().map(|path| Content::of(path)).chain(curves.iter().map(curve));
        let contents = contents.collect::<Result<Vec<_>>>()?;
        let places = AtomicFile::open_all(&[paths, curves].concat(), kept)?;
        let files = contents.into_iter().zip(places);
        let files = files.map(|(content, place)| Output { content, place }).collect();
        Ok(Self { files, seal: Seal::default() })
    }

    /// The same, with the key in `sign` for the state among them.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if no file is a state, and those of [`Key::read`].
    pub(super) fn signed(mut self, sign: Option<&Path>) -> Result<Self> {
        if let Some(path) = sign {
            self.refuse_without_state("--sign")?;
            self.seal.key = Some(Key::read(path)?);
        }
        Ok(self)
    }

    /// The same, with the name of the one shard that the rows are.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if no file is a state, and those of [`Shards::named`].
    pub(super) fn named(mut self, shard: Option<&str>) -> Result<Self> {
        if let Some(name) = shard {
            self.refuse_without_state("--shard")?;
            self.seal.shards = Shards::named(name)?;
        }
        Ok(self)
    }

    /// The same, with the names of all shards that were merged.
    pub(super) fn of_shards(mut self, shards: Shards) -> Self {
        self.seal.shards = shards;
        self
    }

    fn refuse_without_state(&self, option: &str) -> Result<()> {
        match self.files.iter().any(|file| file.content == Content::State) {
            true => Ok(()),
            false => Err(Error::Usage(format!(
                "{option} has no effect: no output is a state; add -o FILE.tally"
            ))),
        }
    }

    /// What the user should know of a process that was killed before it could
    /// replace files here.
    pub(super) fn notice(&self) -> Option<Notice> {
        let left = self.files.iter().filter(|output| output.place.was_left());
        notice::run_was_killed(left.map(|output| output.place.path()))
    }

    /// Writes every file beside its place: all contents are on disk before the
    /// first file is replaced.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], for a full disk for instance.
    pub(super) fn write(&mut self, render: impl Fn(Content, &Seal) -> Vec<u8>) -> Result<()> {
        for Output { content, place } in &mut self.files {
            match place.file().write_all(&render(*content, &self.seal)) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                result => result.map_err(Error::io(place.path(), WRITING))?,
            }
            place.sync(WRITING)?;
        }
        Ok(())
    }

    /// Replaces every file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], for a folder that was removed for instance.
    pub(super) fn put_in_place(self) -> Result<()> {
        self.files.into_iter().try_for_each(|output| output.place.commit())
    }
}

const WRITING: &str = "write the report";

impl Content {
    /// By the extension of the file.
    fn of(path: &Path) -> Result<Self> {
        match path.extension() {
            Some(extension) if extension.eq_ignore_ascii_case("tally") => Ok(Self::State),
            _ => Ok(Self::Report(report::Format::from_path(path)?)),
        }
    }
}
