//! The one error type: what went wrong, where, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// The result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One kind of fault each. A message names the place first, then what was
/// expected, what was found and what to do, in one or two lines.
///
/// A rule that is broken is a verdict, not an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An option, a name or a combination of them makes no sense.
    #[error("{0}")]
    Usage(String),
    /// The same, of several mistakes or with a listing: a line each, in which names
    /// have no line ends of their own.
    #[error("{0}")]
    Lines(String),
    /// A file is not what it says it is, or not what was asked for.
    #[error("{}: {problem}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What was expected, what was found, what to do.
        problem: String,
    },
    /// A file has no rows, which a set of others may do without.
    #[error("{}: {problem}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// What was found: "is empty: no rows".
        problem: String,
    },
    /// One row of a file cannot be scored.
    #[error("{}: row {row}: {problem}", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The row within the file, counting from 0; a header is not a row.
        row: u64,
        /// What was expected, what was found, what to do.
        problem: String,
    },
    /// The operating system refused something.
    #[error("{}: cannot {doing}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// A verb phrase: "open the file", "write the report".
        doing: &'static str,
        /// The system's own words.
        source: io::Error,
    },
    /// A device to compute on cannot be used.
    #[error("device {device}: {problem}")]
    Device {
        /// Its name, or what was asked for.
        device: String,
        /// What was found, what to do.
        problem: String,
    },
    /// The file of the history refused something.
    #[error("{}: cannot {doing}: {problem}", path.display())]
    History {
        /// The file.
        path: PathBuf,
        /// A verb phrase: "record the run".
        doing: &'static str,
        /// What was found, what to do.
        problem: String,
    },
    /// There is not enough memory for something.
    #[error("{}", memory_problem(what, *needed, *free, *limit, instead))]
    Memory {
        /// What it is for: "the names of 3,000,000 classes".
        what: String,
        /// Bytes that it needs; as many as the limit where it is not known how many more.
        needed: u64,
        /// Bytes that are left of the limit.
        free: u64,
        /// Bytes that the process may use in all.
        limit: u64,
        /// What else could be done: "use fewer threads".
        instead: &'static str,
    },
    /// Two things that should belong together do not.
    #[error("{0}")]
    Mismatch(String),
    /// The user stopped the work.
    #[error("interrupted; nothing was written")]
    Interrupted,
    /// A bug in tallyho.
    #[error("internal error: {0}; this is a bug in tallyho, please report it")]
    Internal(String),
}

impl Error {
    /// An [`Error::Format`] for `path`.
    pub fn format(path: &Path, problem: impl Into<String>) -> Self {
        Self::Format { path: path.to_owned(), problem: problem.into() }
    }

    /// An [`Error::Empty`] for `path`.
    pub fn empty(path: &Path, problem: impl Into<String>) -> Self {
        Self::Empty { path: path.to_owned(), problem: problem.into() }
    }

    /// An [`Error::Row`] for `path`.
    pub fn row(path: &Path, row: u64, problem: impl Into<String>) -> Self {
        Self::Row { path: path.to_owned(), row, problem: problem.into() }
    }

    /// An [`Error::Device`].
    pub fn device(device: &str, problem: impl Into<String>) -> Self {
        Self::Device { device: device.to_owned(), problem: problem.into() }
    }

    /// For `map_err`: an [`Error::Io`] for `path`.
    pub fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, doing, source }
    }
}

fn memory_problem(what: &str, needed: u64, free: u64, limit: u64, instead: &str) -> String {
    let more = if needed == limit { "more than " } else { "" };
    let may = match free == limit {
        true => format!("{} may be used", size(limit)),
        false => format!("{} are left of the {} that may be used", size(free), size(limit)),
    };
    format!(
        "{what}: {more}{} of memory are needed, and {may}; allow more with --memory, or {instead}",
        size(needed)
    )
}

/// A number of bytes in words: "512 MiB", "1.8 GiB".
fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let (mut unit, mut value) = (0, bytes as f64);
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    match unit > 0 && value < 10.0 {
        true => format!("{value:.1} {}", UNITS[unit]),
        false => format!("{value:.0} {}", UNITS[unit]),
    }
}
