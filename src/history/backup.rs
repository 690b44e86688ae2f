//! A copy that is consistent whatever others write meanwhile.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::open::log;
use super::{History, fault};
use crate::error::{Error, Result};

const COPYING: &str = "write the backup";

impl History {
    /// Copies the history as it is now to `path`, replacing what is there in one
    /// step at the end. Others may write meanwhile; the copy does not show it.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if `path` is the history itself, or a database in use;
    /// [`Error::History`] and [`Error::Io`] if it cannot be written.
    pub fn backup(&self, path: &Path) -> Result<()> {
        let same = fs::canonicalize(path).ok();
        if same.is_some() && same == fs::canonicalize(&self.path).ok() {
            return Err(Error::Usage(format!(
                "{}: is the history itself; write the backup to another file",
                path.display()
            )));
        }
        if log(path).exists() {
            return Err(Error::Usage(format!(
                "{}: is a database in use (there is {}); write the backup to another file",
                path.display(),
                log(path).display()
            )));
        }
        let folder = path.parent().filter(|it| *it != Path::new("")).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".tallyho-").suffix(".tmp");
        // As readable as the history is; a temporary file is its owner's alone.
        if let Ok(found) = fs::metadata(&self.path) {
            builder.permissions(found.permissions());
        }
        let file = builder.tempfile_in(folder).map_err(Error::io(path, COPYING))?;
        self.copy_to(file.path(), path)?;
        file.as_file().sync_all().map_err(Error::io(path, COPYING))?;
        file.persist(path).map_err(|error| Error::io(path, COPYING)(error.error))?;
        Ok(())
    }

    /// Copies into the temporary file that will become `path`.
    fn copy_to(&self, temporary: &Path, path: &Path) -> Result<()> {
        let failed = fault::fails(path, COPYING);
        let mut copy = Connection::open(temporary).map_err(&failed)?;
        let backup = Backup::new(&self.connection, &mut copy).map_err(&failed)?;
        // All pages in one step: a snapshot that no writer can make start anew.
        backup.step(-1).map_err(&failed)?;
        drop(backup);
        // Without a log beside it the copy is one file, to be moved at will.
        copy.pragma_update(None, "journal_mode", "DELETE").map_err(&failed)?;
        copy.close().map_err(|(_, error)| failed(error))
    }
}
