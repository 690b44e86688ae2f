//! One file in memory for each thread, where the system has such a folder.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

thread_local! {
    static FOLDER: TempDir = {
        let memory = Path::new("/dev/shm");
        let made = match memory.is_dir() {
            true => TempDir::new_in(memory),
            false => TempDir::new(),
        };
        made.expect("a folder for files")
    };
}

/// The path of a file of this name that holds `bytes`.
pub fn with(name: &str, bytes: &[u8]) -> PathBuf {
    let path = path(name);
    std::fs::write(&path, bytes).expect("room for a file");
    path
}

/// The path of a file of this name.
pub fn path(name: &str) -> PathBuf {
    FOLDER.with(|folder| folder.path().join(name))
}
