//! Output files: opened before work begins, replaced in one step at the end.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::place::Place;
use crate::report;

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

/// The files of one command. Dropping them without [`write`](Self::write)
/// leaves existing files as they were.
#[derive(Debug)]
pub(super) struct Outputs {
    files: Vec<Output>,
}

#[derive(Debug)]
struct Output {
    content: Content,
    place: Place,
}

impl Outputs {
    /// Opens every path of a report, a state or curves, none of which may be one of
    /// `inputs`.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for an extension that is not known, and those of
    /// [`Place::open_all`].
    pub(super) fn open<'a>(
        paths: &[PathBuf],
        curves: &[PathBuf],
        inputs: impl Iterator<Item = &'a Path>,
    ) -> Result<Self> {
        let curve = |path: &PathBuf| report::CurveFormat::from_path(path).map(Content::Curves);
        let contents = paths.iter().map(|path| Content::of(path)).chain(curves.iter().map(curve));
        let contents = contents.collect::<Result<Vec<_>>>()?;
        let places = Place::open_all(&[paths, curves].concat(), inputs)?;
        let files = contents.into_iter().zip(places);
        Ok(Self { files: files.map(|(content, place)| Output { content, place }).collect() })
    }

    /// Writes every file, then puts all of them in place: either all contents
    /// are on disk before the first file is replaced, or nothing is replaced.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], for a full disk for instance.
    pub(super) fn write(self, render: impl Fn(Content) -> Vec<u8>) -> Result<()> {
        let mut files = self.files;
        for Output { content, place } in &mut files {
            match place.file().write_all(&render(*content)) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                result => result.map_err(Error::io(place.path(), WRITING))?,
            }
            place.settle(WRITING)?;
        }
        files.into_iter().try_for_each(|output| output.place.put_in_place())
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
