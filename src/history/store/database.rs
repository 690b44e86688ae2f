//! The open file of a history.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rusqlite::Connection;

/// The history in one file.
///
/// Several processes may read and write one file at the same time; it must not
/// lie on a network file system.
#[derive(Debug)]
pub struct History {
    pub(in crate::history) connection: Connection,
    pub(in crate::history) path: PathBuf,
    /// Set by somebody who wants what takes long to end.
    pub(in crate::history) stop: Arc<AtomicBool>,
}

impl History {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Rows up to which a run keeps the outcome of every row, for paired tests.
pub const MOST_CORRECTNESS_ROWS: u64 = 10_000_000;
