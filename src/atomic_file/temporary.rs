//! Temporary files that are locked by who writes them, so that one that a killed
//! process left is told from one that is being written.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

const PREFIX: &str = ".tallyho-";
const SUFFIX: &str = ".tmp";

/// Most bytes of a file's name that the name of its temporary file repeats.
const MOST_NAME: usize = 100;

/// The temporary files of this process, to be removed where it is ended.
static LIVING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn living() -> MutexGuard<'static, Vec<PathBuf>> {
    // Nothing that could panic happens under this lock.
    LIVING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes all temporary files of this process, which is about to end.
pub(super) fn remove_all() {
    for path in living().drain(..) {
        // It may have been put in place, or be gone.
        let _ = fs::remove_file(path);
    }
}

/// The same, unless someone is about to change what there is.
pub(super) fn remove_all_at_once() {
    if let Ok(paths) = LIVING.try_lock() {
        paths.iter().for_each(|path| _ = fs::remove_file(path));
    }
}

/// A temporary file, removed when it is dropped.
#[derive(Debug)]
pub(super) struct Temporary(Option<NamedTempFile>);

impl Temporary {
    /// A new file in a folder, for the contents of the file called `name` there.
    pub(super) fn create(folder: &Path, name: &str, mode: u32) -> io::Result<Self> {
        let file = create(folder, name, mode)?;
        living().push(file.path().to_owned());
        Ok(Self(Some(file)))
    }

    pub(super) fn file(&self) -> &File {
        self.held().as_file()
    }

    pub(super) fn path(&self) -> &Path {
        self.held().path()
    }

    pub(super) fn file_mut(&mut self) -> &mut File {
        match &mut self.0 {
            Some(file) => file.as_file_mut(),
            None => unreachable!("it is given up at the end only"),
        }
    }

    fn held(&self) -> &NamedTempFile {
        match &self.0 {
            Some(file) => file,
            None => unreachable!("it is given up at the end only"),
        }
    }

    /// Gives it the name of the file that it replaces.
    pub(super) fn persist(mut self, path: &Path) -> io::Result<()> {
        self.forget();
        match self.0.take() {
            Some(file) => file.persist(path).map(drop).map_err(|error| error.error),
            None => unreachable!("it is given up at the end only"),
        }
    }

    fn forget(&self) {
        if let Some(file) = &self.0 {
            living().retain(|path| path != file.path());
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        self.forget();
    }
}

fn create(folder: &Path, name: &str, mode: u32) -> io::Result<NamedTempFile> {
    let suffix = format!("-{}{SUFFIX}", shortened(name));
    loop {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).suffix(&suffix);
        permit(&mut builder, mode);
        let file = builder.tempfile_in(folder)?;
        // Where locks are not to be had, nobody takes it for left behind either.
        let _ = file.as_file().try_lock();
        // Between the two, another process may have taken it for left behind.
        if file.path().exists() {
            return Ok(file);
        }
    }
}

#[cfg(unix)]
fn permit(builder: &mut tempfile::Builder<'_, '_>, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(mode));
}

#[cfg(not(unix))]
fn permit(_: &mut tempfile::Builder<'_, '_>, _: u32) {}

/// Removes what killed processes of this user left in a folder; the names of the
/// files that they were to replace.
pub(super) fn sweep(folder: &Path) -> Vec<String> {
    // A folder that cannot be listed can be written to all the same.
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let rest = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
        remove_if_left(&entry.path()).then(|| {
            // Random letters, then the name.
            rest.split_once('-').map_or_else(String::new, |(_, name)| name.to_owned())
        })
    });
    names.collect()
}

fn remove_if_left(path: &Path) -> bool {
    let is_own = fs::symlink_metadata(path).is_ok_and(|it| it.is_file() && is_of_user(&it));
    // Held by whoever writes it, until its end, however it ends.
    let is_left = || File::open(path).is_ok_and(|file| file.try_lock().is_ok());
    is_own && is_left() && fs::remove_file(path).is_ok()
}

#[cfg(unix)]
fn is_of_user(file: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_of_user(_: &fs::Metadata) -> bool {
    true
}

/// The name that temporary files repeat.
pub(super) fn shortened(name: &str) -> String {
    let ends = name.char_indices().map(|(at, character)| at + character.len_utf8());
    name[..ends.take_while(|&end| end <= MOST_NAME).last().unwrap_or(0)].to_owned()
}

/// Whether the temporary file for the file at a path is among those swept.
pub(super) fn is_among(swept: &[(PathBuf, Vec<String>)], folder: &Path, name: &str) -> bool {
    let here = swept.iter().filter(|(other, _)| other == folder);
    here.flat_map(|(_, names)| names).any(|found| *found == shortened(name))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_writes_any_more_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let living = create(folder.path(), "a.json", 0o600).unwrap();
        let dead = folder.path().join(".tallyho-Xy12Zw-b-c.md.tmp");
        fs::write(&dead, "half").unwrap();
        let others = ["b.json", "tallyho-x.tmp", ".tallyho-note", ".other-x.tmp"];
        others.iter().for_each(|name| fs::write(folder.path().join(name), "").unwrap());
        fs::create_dir(folder.path().join(".tallyho-folder-x.tmp")).unwrap();
        assert_eq!(sweep(folder.path()), ["b-c.md"]);
        assert!(!dead.exists());
        assert!(living.path().exists());
        assert!(others.iter().all(|name| folder.path().join(name).exists()));
        assert!(sweep(folder.path()).is_empty());
    }

    #[test]
    fn a_long_name_is_cut_at_a_character() {
        let name = "ü".repeat(200);
        assert_eq!(shortened(&name), "ü".repeat(50));
        let folder = tempfile::tempdir().unwrap();
        create(folder.path(), &name, 0o600).unwrap();
    }
}
