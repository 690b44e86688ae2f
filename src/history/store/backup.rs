//! The backup: a copy that is consistent whatever others write meanwhile.

use std::fs;
use std::path::Path;

use super::{columns, sqlite_error, write_ahead_log};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::database::History;
use crate::atomic_file::{AtomicFile, Commit};
use crate::error::{Error, Result};

const COPYING: &str = "write the backup";

/// Pages that are copied between two looks at whether somebody wants it to end.
const PAGES: i32 = 1_000;

impl History {
    /// Copies the history as it is now to `path`, replacing what is there in one
    /// step at the end. Others may write meanwhile; the copy does not show it. How many
    /// runs it has. A new file can be read by its owner alone.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if `path` is the history itself, or a database in use;
    /// [`Error::History`] and [`Error::Io`] if it cannot be written.
    pub fn backup(&self, path: &Path) -> Result<u64> {
        let same = fs::canonicalize(path).ok();
        if same.is_some() && same == fs::canonicalize(&self.path).ok() {
            return Err(Error::Usage(format!(
                "{}: is the history itself; write the backup to another file",
                path.display()
            )));
        }
        if write_ahead_log::path(path).exists() {
            return Err(Error::Usage(format!(
                "{}: is a database in use (there is {}); write the backup to another file",
                path.display(),
                write_ahead_log::path(path).display()
            )));
        }
        let mut place = AtomicFile::open_private(path, &[])?;
        let Some(temporary) = place.temporary() else {
            return Err(Error::Usage(format!(
                "{}: is no file; write the backup to one",
                path.display()
            )));
        };
        let runs = self.copy_to(temporary, path)?;
        self.go_on()?;
        place.sync(COPYING)?;
        let _commit = Commit::begin();
        place.commit()?;
        Ok(runs)
    }

    /// Copies into the temporary file that will become `path`; how many runs.
    fn copy_to(&self, temporary: &Path, path: &Path) -> Result<u64> {
        let failed = sqlite_error::fails(path, COPYING);
        let mut copy = Connection::open(temporary).map_err(&failed)?;
        // The pages are those of one moment, that of the first statement.
        let _moment = self.snapshot()?;
        let count = "SELECT count(*) FROM run";
        let runs = self.connection.query_row(count, [], |row| columns::count(row, 0));
        let runs = runs.map_err(self.fails("read the history"))?;
        let backup = Backup::new(&self.connection, &mut copy).map_err(&failed)?;
        while backup.step(PAGES).map_err(&failed)? != StepResult::Done {
            self.go_on()?;
        }
        drop(backup);
        // Without a log beside it the copy is one file, to be moved at will.
        copy.pragma_update(None, "journal_mode", "DELETE").map_err(&failed)?;
        copy.close().map_err(|(_, error)| failed(error))?;
        Ok(runs)
    }
}
