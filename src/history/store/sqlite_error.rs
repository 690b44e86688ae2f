//! The errors of SQLite, in words that say what to do.

use std::path::Path;
use std::time::Duration;

use rusqlite::ErrorCode;

use super::database::History;
use crate::error::Error;

/// How long to wait for another process that is writing.
pub(in crate::history) const PATIENCE: Duration = Duration::from_secs(30);

impl History {
    /// For `map_err`: what could not be done with the file.
    pub(in crate::history) fn fails(
        &self,
        doing: &'static str,
    ) -> impl Fn(rusqlite::Error) -> Error + use<> {
        fails(&self.path, doing)
    }

    /// Something in the file that cannot have been written by this program.
    pub(in crate::history) fn damaged(&self, problem: impl std::fmt::Display) -> Error {
        Error::format(&self.path, format!("damaged: {problem}; {RESTORE}"))
    }
}

/// For `map_err`: what could not be done with `path`.
pub(in crate::history) fn fails(
    path: &Path,
    doing: &'static str,
) -> impl Fn(rusqlite::Error) -> Error + use<> {
    let path = path.to_owned();
    move |error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => Error::format(&path, NOT_A_HISTORY),
        Some(ErrorCode::DatabaseCorrupt) => {
            Error::format(&path, format!("damaged: {error}; {RESTORE}"))
        }
        Some(ErrorCode::OperationInterrupted) => Error::Interrupted,
        _ => Error::History { path: path.clone(), doing, problem: explain(&error) },
    }
}

pub(in crate::history) const NOT_A_HISTORY: &str = "not a tallyho history: expected a SQLite database that \
`tallyho eval … --history FILE` has made; name another file";

pub(in crate::history) const READ_ONLY: &str =
    "the file or its folder is read-only; make both writable, or name another file";

const RESTORE: &str = "restore a copy (`tallyho history backup FILE` makes them)";

fn explain(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => format!(
            "another process has kept it locked for {} s; try again, or end that process",
            PATIENCE.as_secs()
        ),
        Some(ErrorCode::ReadOnly) => READ_ONLY.to_owned(),
        Some(ErrorCode::DiskFull) => {
            "the disk is full; nothing was changed; free some space and try again".into()
        }
        Some(ErrorCode::CannotOpen) => {
            "the file cannot be opened; the folder must exist, and both must be accessible".into()
        }
        Some(ErrorCode::SystemIoFailure) => {
            format!("the system failed to read or write ({error}); nothing was changed")
        }
        _ => error.to_string(),
    }
}
