//! The files of a history: the database and what SQLite keeps beside it.

use std::path::{Path, PathBuf};

/// What each of [`files`] is, for messages.
pub const FILE_IS: &str = "the history, or a file that goes with it";

/// Every file that belongs to the history at a path, whether it exists or not.
pub fn files(history: &Path) -> Vec<PathBuf> {
    let beside = |end: &&str| {
        let mut name = history.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    ["", "-wal", "-shm", "-journal"].iter().map(beside).collect()
}
