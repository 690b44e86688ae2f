//! A file as it was when it was opened: its identity, size and times, by which a
//! change shows.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::{Error, Result};

/// The age from which a file's times tell a later change: file systems take them
/// from clocks that move in ticks, of some 4 ms on Linux, and two changes within a
/// tick look like one.
const TELLING_AGE: Duration = Duration::from_millis(50);

/// Most bytes of a file whose content is compared where its times do not tell yet;
/// a longer one is waited for, which is nothing beside reading it.
const COMPARED_BYTES: u64 = 1 << 20;

/// A path, and what the file there was like.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    path: PathBuf,
    stamp: Stamp,
    /// The hash of its content, where its times would not tell a change.
    content: Option<blake3::Hash>,
}

impl Opened {
    /// Takes down what an open file is like. One that was written just now is
    /// looked at more closely: its content, or its times a moment later.
    ///
    /// # Errors
    ///
    /// [`Error::Format`] if it is being written; [`Error::Io`].
    pub(super) fn of(path: &Path, file: &File) -> Result<Self> {
        let look = || file.metadata().map_err(Error::io(path, "look at the file"));
        let (mut stamp, mut content) = (Stamp::of(&look()?), None);
        if let Some(wait) = stamp.until_telling() {
            if stamp.bytes <= COMPARED_BYTES {
                content = Some(hash(file).map_err(Error::io(path, "read the file"))?);
            } else {
                thread::sleep(wait);
            }
            let before = std::mem::replace(&mut stamp, Stamp::of(&look()?));
            if let Some(change) = stamp.change_since(&before) {
                let problem = format!(
                    "is being written: {change} while it was opened; evaluate it when it is complete"
                );
                return Err(Error::format(path, problem));
            }
        }
        Ok(Self { path: path.to_owned(), stamp, content })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its size in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.stamp.bytes
    }

    /// Checks that the file at the path is still the same.
    ///
    /// # Errors
    ///
    /// [`Error::Format`] if it is not.
    pub(super) fn check(&self) -> Result<()> {
        let change = self
            .change()
            .unwrap_or_else(|error| Some(format!("it cannot be looked at any more ({error})")));
        change.map_or(Ok(()), |change| Err(self.changed(&change)))
    }

    fn change(&self) -> io::Result<Option<String>> {
        let metadata = fs::metadata(&self.path)?;
        // Opening a pipe would wait for its writer.
        if !metadata.is_file() {
            return Ok(Stamp::of(&metadata).change_since(&self.stamp));
        }
        // A network file system asks its server when a file is opened, and else may
        // tell what it remembers.
        let file = File::open(&self.path)?;
        let change = Stamp::of(&file.metadata()?).change_since(&self.stamp);
        Ok(match (change, self.content) {
            (None, Some(content)) if hash(&file)? != content => Some(WRITTEN_TO.into()),
            (change, _) => change,
        })
    }

    /// Checks that a file that was opened at the same path is the same.
    ///
    /// # Errors
    ///
    /// [`Error::Format`] if it is not; [`Error::Io`].
    pub(super) fn check_file(&self, file: &File) -> Result<()> {
        let metadata = file.metadata().map_err(Error::io(&self.path, "look at the file"))?;
        let change = Stamp::of(&metadata).change_since(&self.stamp);
        change.map_or(Ok(()), |change| Err(self.changed(&change)))
    }

    fn changed(&self, change: &str) -> Error {
        let problem = format!(
            "changed while it was read: {change}; evaluate it again when nothing writes to it"
        );
        Error::format(&self.path, problem)
    }
}

/// What is said of a change of content alone.
const WRITTEN_TO: &str = "it was written to";

/// What tells a file from another, and from itself after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    /// Device and inode, where the system has them.
    identity: [u64; 2],
    /// When the content was changed and, where the system says so, when anything
    /// was, in nanoseconds since 1970. The second shows a change of content after
    /// which the first was set back.
    times: [i128; 2],
}

impl Stamp {
    #[cfg(unix)]
    fn of(file: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let nanos =
            |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        Self {
            bytes: file.len(),
            identity: [file.dev(), file.ino()],
            times: [nanos(file.mtime(), file.mtime_nsec()), nanos(file.ctime(), file.ctime_nsec())],
        }
    }

    #[cfg(not(unix))]
    fn of(file: &Metadata) -> Self {
        let time = |time: io::Result<SystemTime>| time.map_or(0, nanos_since_1970);
        Self {
            bytes: file.len(),
            identity: [0; 2],
            times: [time(file.modified()), time(file.created())],
        }
    }

    /// How long it is until the times tell a later change, if they do not yet. A
    /// time in the future is of another clock, for which no wait helps.
    fn until_telling(&self) -> Option<Duration> {
        let latest = self.times.into_iter().max()?;
        let age = u64::try_from(nanos_since_1970(SystemTime::now()) - latest).ok()?;
        TELLING_AGE.checked_sub(Duration::from_nanos(age)).filter(|wait| !wait.is_zero())
    }

    /// What is different from before, if anything is.
    fn change_since(&self, before: &Self) -> Option<String> {
        if self.identity != before.identity {
            Some("another file stands in its place".into())
        } else if self.bytes != before.bytes {
            Some(format!("it has {} bytes and had {}", self.bytes, before.bytes))
        } else if self.times != before.times {
            Some(WRITTEN_TO.into())
        } else {
            None
        }
    }
}

/// The hash of what follows in a file that was just opened.
fn hash(mut file: &File) -> io::Result<blake3::Hash> {
    let mut content = Vec::new();
    file.read_to_end(&mut content)?;
    Ok(blake3::hash(&content))
}

fn nanos_since_1970(time: SystemTime) -> i128 {
    let nanos = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
    time.duration_since(UNIX_EPOCH).map_or_else(|before| -nanos(before.duration()), nanos)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use std::io::Write;
    use std::time::Instant;

    use super::*;

    /// A file too long for its content to be compared, or short.
    fn written(text: &str, long: bool) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        write(file.path(), text, long);
        file
    }

    fn write(path: &Path, text: &str, long: bool) {
        let mut content = text.as_bytes().to_vec();
        if long {
            content.resize(content.len() + (1 << 20), b'\n');
        }
        fs::write(path, content).unwrap();
    }

    fn opened(file: &tempfile::NamedTempFile) -> Opened {
        Opened::of(file.path(), &File::open(file.path()).unwrap()).unwrap()
    }

    #[track_caller]
    fn check(opened: &Opened, expected: &str) {
        let found = opened.check().unwrap_err().to_string();
        assert!(found.contains(expected), "expected {expected}, found {found}");
    }

    #[test]
    fn every_kind_of_change_is_told() {
        for long in [false, true] {
            let file = written("abc", long);
            let shorter = opened(&file);
            shorter.check().unwrap();
            write(file.path(), "ab", long);
            check(
                &shorter,
                if long { "has 1048578 bytes and had 1048579" } else { "has 2 bytes and had 3" },
            );

            let same_size = opened(&file);
            write(file.path(), "xy", long);
            check(&same_size, WRITTEN_TO);

            // Setting the time of the content back leaves the other one.
            let set_back = opened(&file);
            let time = fs::metadata(file.path()).unwrap().modified().unwrap();
            write(file.path(), "12", long);
            File::options().write(true).open(file.path()).unwrap().set_modified(time).unwrap();
            if cfg!(unix) {
                check(&set_back, WRITTEN_TO);
            }

            let replaced = opened(&file);
            fs::rename(written("12", long).path(), file.path()).unwrap();
            check(
                &replaced,
                if cfg!(unix) { "another file stands in its place" } else { WRITTEN_TO },
            );

            let removed = opened(&file);
            fs::remove_file(file.path()).unwrap();
            check(&removed, "cannot be looked at any more");
        }
    }

    #[test]
    fn a_change_that_the_clock_is_too_coarse_for_is_told() {
        for round in 0..200 {
            let file = written("abc", false);
            let opened = opened(&file);
            write(file.path(), "abd", false);
            assert!(opened.check().is_err(), "round {round}");
        }
    }

    #[test]
    fn only_a_long_file_just_written_is_waited_for() {
        for (long, waits) in [(false, false), (true, true)] {
            let file = written("abc", long);
            let begun = Instant::now();
            let first = opened(&file);
            assert_eq!(first.stamp.until_telling().is_none(), waits);
            assert_eq!(first.content.is_some(), !waits);
            thread::sleep(TELLING_AGE.saturating_sub(begun.elapsed()));
            let second = opened(&file);
            assert!(second.content.is_none(), "an old file's times tell");
            assert!(second.check().is_ok());
        }
    }

    #[test]
    fn a_long_file_that_is_being_written_is_refused() {
        let file = written("abc", true);
        let mut writer = File::options().append(true).open(file.path()).unwrap();
        let writes = thread::spawn(move || {
            for _ in 0..30 {
                writer.write_all(b"x").unwrap();
                thread::sleep(Duration::from_millis(5));
            }
        });
        thread::sleep(Duration::from_millis(20));
        let found = Opened::of(file.path(), &File::open(file.path()).unwrap());
        assert!(found.unwrap_err().to_string().contains("is being written"));
        writes.join().unwrap();
    }
}
