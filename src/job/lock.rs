//! One run of a job at a time.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::atomic_file::check_link;
use crate::error::{Error, Result};

/// Held while a job runs. The system lets go of it when the process ends,
/// however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the job called `name`, beside its history.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if another process has it; [`Error::Io`] if the file
    /// cannot be made; those of [`check_link`].
    pub(super) fn take(history: &Path, name: &str) -> Result<Self> {
        let path = path(history, name);
        // Whoever reads from a pipe waits for ever.
        check_link(&path)?;
        let failed = |error| Error::io(&path, "lock the job")(error);
        let mut file = open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                let holder = holder.lines().next().unwrap_or("another process").to_owned();
                return Err(Error::Usage(format!(
                    "the job '{name}' is running already: {holder}; wait for it or stop it ({})",
                    path.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        // What is no lock was put there to be overwritten.
        let mut holder = String::new();
        let is_lock = file.read_to_string(&mut holder).is_ok()
            && (holder.is_empty() || holder.starts_with(HOLDER));
        if !is_lock {
            let problem = "should be a lock of tallyho but holds something else; remove it, or \
                           keep the history in another folder";
            return Err(Error::format(&path, problem));
        }
        // For whoever finds the job locked; that it cannot be written does not matter.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| {
            let now = jiff::Timestamp::now().strftime("%F %T UTC");
            writeln!(file, "{HOLDER}{}, since {now}", std::process::id())
        });
        Ok(Self { _file: file })
    }
}

/// What the holder of a lock writes into it, before its number.
const HOLDER: &str = "process ";

/// Opens the file itself, never one that a link leads to.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    options.open(path)
}

/// Characters of a job's name in that of its lock.
const MOST_NAME: usize = 100;

/// `tallyho.db.nightly.lock`, beside the history.
pub(super) fn path(history: &Path, name: &str) -> PathBuf {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let spelled = name.chars().take(MOST_NAME).map(|c| if plain(c) { c } else { '_' });
    let mut tail: String = spelled.collect();
    if tail != name {
        // Names that look alike here must not share a lock.
        tail.push_str(&format!("-{}", &blake3::hash(name.as_bytes()).to_hex()[..8]));
    }
    let mut path = history.as_os_str().to_owned();
    path.push(format!(".{tail}.lock"));
    PathBuf::from(path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn two_runs_of_a_job_are_kept_apart_and_those_of_two_jobs_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let history = folder.path().join("tallyho.db");
        let first = Lock::take(&history, "nightly").unwrap();
        let refused = Lock::take(&history, "nightly").unwrap_err().to_string();
        assert!(refused.contains(&format!("process {}, since ", std::process::id())), "{refused}");
        let _other = Lock::take(&history, "weekly").unwrap();
        drop(first);
        Lock::take(&history, "nightly").unwrap();
    }

    #[test]
    fn what_is_no_lock_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let (history, victim) = (folder.path().join("h.db"), folder.path().join("victim"));
        std::fs::write(&victim, "precious").unwrap();
        let place = path(&history, "nightly");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&victim, &place).unwrap();
            let refused = Lock::take(&history, "nightly").unwrap_err().to_string();
            assert!(refused.contains("cannot lock the job"), "{refused}");
            std::fs::remove_file(&place).unwrap();
        }
        std::fs::hard_link(&victim, &place).unwrap();
        let refused = Lock::take(&history, "nightly").unwrap_err().to_string();
        assert!(refused.contains("should be a lock of tallyho"), "{refused}");
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
    }

    #[test]
    fn odd_names_have_locks_of_their_own() {
        assert_ne!(path("h".as_ref(), "a/b"), path("h".as_ref(), "a b"));
        let long = "n".repeat(1 << 20);
        assert!(path("h".as_ref(), &long).as_os_str().len() < 120);
        assert_ne!(path("h".as_ref(), &long), path("h".as_ref(), &long[1..]));
        assert_eq!(path("x/h.db".as_ref(), "night"), PathBuf::from("x/h.db.night.lock"));
    }
}
