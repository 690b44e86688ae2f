//! The opening of the file: creating it, bringing its tables up to date, refusing what is none
//! or is newer.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::database::History;
use super::sqlite_error::{NOT_A_HISTORY, PATIENCE, READ_ONLY, fails};
use super::{schema, write_ahead_log};
use crate::atomic_file::check_link;
use crate::error::{Error, Result};

/// Steps of a statement between two looks at whether somebody wants it to end.
const STEPS: i32 = 1_000;

const OPENING: &str = "open the history";

impl History {
    /// Opens the history in `path`, or creates it there, for its owner's eyes alone.
    ///
    /// # Errors
    ///
    /// [`Error::Format`] if the file is something else, is damaged or is newer
    /// than this tool; [`Error::History`] if it cannot be opened or written.
    pub fn open_or_create(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        // Before a file is created that a link may lead to.
        check_link(path)?;
        create_private(path);
        let history = Self::connect(path, flags, &Arc::default())?.up_to_date(true)?;
        // SQLite opens for reading alone what may not be written, and says so only
        // when something is recorded: after hours of work.
        match history.connection.is_readonly("main").map_err(history.fails(OPENING))? {
            true => {
                let (path, problem) = (path.to_owned(), READ_ONLY.to_owned());
                Err(Error::History { path, doing: "open the history for writing", problem })
            }
            false => Ok(history),
        }
    }

    /// Opens the history in `path`, which must be there. One that may not be
    /// written can be read all the same.
    ///
    /// # Errors
    ///
    /// As [`History::open_or_create`], and [`Error::Usage`] if there is no file.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_until(path, &Arc::default())
    }

    /// The same; as soon as `stop` is set, whatever takes long ends.
    ///
    /// # Errors
    ///
    /// As [`History::open`], and [`Error::Interrupted`], from here on and from all that
    /// is done with the history.
    pub fn open_until(path: &Path, stop: &Arc<AtomicBool>) -> Result<Self> {
        if !path.exists() {
            return Err(Error::Usage(format!(
                "{}: there is no history here; `tallyho eval … --history {}` starts one, \
                 --db names another",
                path.display(),
                path.display()
            )));
        }
        let opened = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, stop)
            .and_then(|history| history.up_to_date(false));
        match opened {
            Err(Error::History { .. }) if is_frozen(path) => {
                Self::frozen(path, stop)?.up_to_date(false)
            }
            opened => opened,
        }
    }

    fn connect(path: &Path, flags: OpenFlags, stop: &Arc<AtomicBool>) -> Result<Self> {
        if path.is_dir() {
            return Err(Error::format(path, "is a folder; name a file for the history"));
        }
        check_link(path)?;
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(fails(path, OPENING))?;
        Self::new(connection, path, stop)
    }

    fn new(mut connection: Connection, path: &Path, stop: &Arc<AtomicBool>) -> Result<Self> {
        watch(&mut connection, stop).map_err(fails(path, OPENING))?;
        Ok(Self { connection, path: path.to_owned(), stop: Arc::clone(stop) })
    }

    /// A file in a folder where nothing can be written: SQLite is told that
    /// nobody changes it, so that it needs no lock.
    fn frozen(path: &Path, stop: &Arc<AtomicBool>) -> Result<Self> {
        let name = uri(path);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(name, flags).map_err(fails(path, OPENING))?;
        Self::new(connection, path, stop)
    }

    /// Creates or migrates the tables where that is needed.
    fn up_to_date(self, create: bool) -> Result<Self> {
        let failed = self.fails(OPENING);
        match self.version(create)? {
            schema::VERSION => {}
            _ if self.connection.is_readonly("main").map_err(&failed)? => {
                return Err(Error::format(
                    &self.path,
                    "is of an older version of tallyho and read-only; make it writable once, \
                     so that it can be brought up to date",
                ));
            }
            version => self.migrate(version, create)?,
        }
        self.connection
            .execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;")
            .map_err(&failed)?;
        Ok(self)
    }

    fn migrate(&self, version: u32, create: bool) -> Result<()> {
        let failed = self.fails("bring the tables of the history up to date");
        if version == 0 {
            // Freed pages can be given back without rewriting the whole file.
            self.connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(&failed)?;
        }
        self.write_ahead()?;
        let transaction =
            rusqlite::Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)
                .map_err(&failed)?;
        // Another process may have been faster.
        let version = self.version(create)?;
        if version < schema::VERSION {
            schema::migrate(&transaction, version).map_err(&failed)?;
        }
        transaction.commit().map_err(&failed)
    }

    /// The version of the tables; 0 for a file that has none yet.
    fn version(&self, create: bool) -> Result<u32> {
        let failed = self.fails(OPENING);
        // In one statement, as another process may make the tables just now: of one
        // moment, so that they come with their version or not at all.
        let state = "SELECT (SELECT count(*) FROM sqlite_master), application_id, user_version \
                     FROM pragma_application_id, pragma_user_version";
        let columns = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let (tables, application, version): (u32, u32, u32) =
            self.connection.query_row(state, [], columns).map_err(&failed)?;
        if application == schema::APPLICATION && version > schema::VERSION {
            return Err(Error::format(
                &self.path,
                format!(
                    "is of a newer version of tallyho: its tables are version {version}, this \
                     program knows up to {}; upgrade tallyho",
                    schema::VERSION
                ),
            ));
        }
        if application == schema::APPLICATION && version > 0 {
            return Ok(version);
        }
        // All of it may have been in the log.
        if let (0, Some(damage)) = (tables, write_ahead_log::damage(&self.path)?) {
            return Err(self.damaged(damage));
        }
        match (tables, create) {
            _ if application != 0 || version != 0 => Err(Error::format(&self.path, NOT_A_HISTORY)),
            (0, true) => Ok(0),
            (0, false) => Err(Error::format(
                &self.path,
                "is empty: no run was ever recorded; `tallyho eval … --history FILE` does",
            )),
            _ => Err(Error::format(&self.path, NOT_A_HISTORY)),
        }
    }

    /// Changes the file to a write-ahead log: readers and a writer don't wait for
    /// each other. SQLite does not wait by itself when two change it at once.
    fn write_ahead(&self) -> Result<()> {
        let started = Instant::now();
        loop {
            match self.connection.pragma_update(None, "journal_mode", "WAL") {
                Err(error)
                    if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                        && started.elapsed() < PATIENCE =>
                {
                    self.go_on()?;
                    thread::sleep(Duration::from_millis(5));
                }
                result => return result.map_err(self.fails(OPENING)),
            }
        }
    }

    /// Begins a transaction that will write, waiting for others that do.
    pub(in crate::history) fn begin(
        &self,
        doing: &'static str,
    ) -> Result<rusqlite::Transaction<'_>> {
        rusqlite::Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)
            .map_err(self.fails(doing))
    }
}

/// Has statements wait for other processes, and end when `stop` is set.
fn watch(connection: &mut Connection, stop: &Arc<AtomicBool>) -> rusqlite::Result<()> {
    let (while_waiting, while_working) = (Arc::clone(stop), Arc::clone(stop));
    let mut started = Instant::now();
    let wait = move |tries: i32| {
        if tries == 0 {
            started = Instant::now();
        }
        let pause = u64::try_from(tries).map_or(0, |tries| 1 + tries.min(49));
        thread::sleep(Duration::from_millis(pause));
        started.elapsed() < PATIENCE && !while_waiting.load(Ordering::Relaxed)
    };
    connection.busy_handler(Some(wait))?;
    connection.progress_handler(STEPS, Some(move || while_working.load(Ordering::Relaxed)))
}

/// Creates a file that nobody but its owner can read; SQLite lets the log beside it
/// have the same mode. One that is there stays as it is.
fn create_private(path: &Path) {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    if !path.exists() {
        // What is in the way is in SQLite's way as well, which says it.
        let _ = options.open(path);
    }
}

/// Whether nothing can be written beside the file, and no other process has
/// changes there that are not in the file yet.
fn is_frozen(path: &Path) -> bool {
    let has_no_log = fs::metadata(write_ahead_log::path(path)).map_or(true, |log| log.len() == 0);
    let folder = path.parent().filter(|it| *it != Path::new("")).unwrap_or(Path::new("."));
    has_no_log && tempfile::tempfile_in(folder).is_err()
}

/// The file as a URI for SQLite.
fn uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'%' | b'?' | b'#' => uri.push_str(&format!("%{byte:02x}")),
            _ if byte.is_ascii() => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri + "?immutable=1"
}
