//! The cache on disk of what was found out about this machine.
//!
//! A cache is never needed: one that cannot be read or written, or that holds
//! rubbish, only costs the time to find out again.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A folder of small entries. Any number of processes may use it at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheDir {
    folder: PathBuf,
}

impl CacheDir {
    /// Entries in `folder`, which is made when the first is kept.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The user's: `TALLYHO_CACHE_DIR`, or `tallyho` in the cache folder of the
    /// system. `None` where there is none, or the variable is empty.
    pub fn usual() -> Option<Self> {
        let folder = usual_folder(&|name| std::env::var_os(name), cfg!(windows));
        folder.map(|folder| Self { folder })
    }

    /// The value that was kept under `key`.
    pub fn get(&self, key: &str) -> Option<String> {
        let text = fs::read_to_string(self.place(key)).ok()?;
        // The whole key is in the file: what was cut short, or belongs to
        // another key, is no value.
        let rest = text.strip_prefix(key)?.strip_prefix(SEPARATOR)?;
        rest.strip_suffix(END).map(str::to_owned)
    }

    /// Keeps `value` under `key`, if that is possible.
    pub fn put(&self, key: &str, value: &str) {
        let kept = || -> std::io::Result<()> {
            fs::create_dir_all(&self.folder)?;
            // Renamed into place, so that a reader sees all of it or nothing.
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            write!(file, "{key}{SEPARATOR}{value}{END}")?;
            file.persist(self.place(key))?;
            Ok(())
        };
        // A cache that cannot be written is no failure.
        let _ = kept();
    }

    fn place(&self, key: &str) -> PathBuf {
        self.folder.join(blake3::hash(key.as_bytes()).to_hex().as_str())
    }

    /// Where the entries are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Between key and value.
const SEPARATOR: &str = "\n--\n";
/// After the value.
const END: &str = "\n";

/// The cache folder by the system's customs (on Unix the XDG Base Directory
/// Specification, by which a relative path counts as none).
fn usual_folder(variable: &dyn Fn(&str) -> Option<OsString>, windows: bool) -> Option<PathBuf> {
    if let Some(own) = variable("TALLYHO_CACHE_DIR") {
        return Some(PathBuf::from(own)).filter(|own| !own.as_os_str().is_empty());
    }
    let folder = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let system = match windows {
        true => folder("LOCALAPPDATA"),
        false => folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache"))),
    };
    Some(system?.join("tallyho"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn the_folder_follows_the_customs_of_the_system() {
        let with = |set: &[(&str, &str)]| {
            let set: Vec<_> = set.iter().map(|&(a, b)| (a.to_owned(), OsString::from(b))).collect();
            let variable = move |name: &str| Some(set.iter().find(|(it, _)| it == name)?.1.clone());
            usual_folder(&variable, false)
        };
        let home = ("HOME", "/home/u");
        assert_eq!(with(&[home]), Some("/home/u/.cache/tallyho".into()));
        assert_eq!(with(&[home, ("XDG_CACHE_HOME", "/x")]), Some("/x/tallyho".into()));
        assert_eq!(with(&[home, ("XDG_CACHE_HOME", "x")]), Some("/home/u/.cache/tallyho".into()));
        assert_eq!(with(&[home, ("TALLYHO_CACHE_DIR", "t")]), Some("t".into()));
        assert_eq!(with(&[home, ("TALLYHO_CACHE_DIR", "")]), None);
        assert_eq!(with(&[]), None);
    }

    #[test]
    fn what_was_kept_is_found_under_its_key_only() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheDir::at(folder.path().join("deep").join("er"));
        assert_eq!(cache.get("key"), None);
        cache.put("key", "value\nof two lines");
        assert_eq!(cache.get("key").as_deref(), Some("value\nof two lines"));
        assert_eq!(cache.get("ke"), None);
        cache.put("key", "");
        assert_eq!(cache.get("key").as_deref(), Some(""));
    }

    #[test]
    fn a_damaged_or_unwritable_cache_holds_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheDir::at(folder.path());
        cache.put("key", "value");
        for damage in ["", "key", "key\n--\nvalue", "other\n--\nvalue\n", "\u{fffd}"] {
            fs::write(cache.place("key"), damage).unwrap();
            assert_eq!(cache.get("key"), None, "{damage:?}");
        }
        fs::write(cache.place("key"), [0xff, 0xfe]).unwrap();
        assert_eq!(cache.get("key"), None);
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let nowhere = CacheDir::at(file);
        nowhere.put("key", "value");
        assert_eq!(nowhere.get("key"), None);
    }

    #[test]
    fn many_writers_leave_one_whole_entry() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheDir::at(folder.path());
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let cache = &cache;
                scope.spawn(move || {
                    for _ in 0..50 {
                        cache.put("key", &writer.to_string().repeat(1000));
                        let value = cache.get("key").unwrap();
                        assert!(value.len() == 1000 && value.chars().all(|c| value.starts_with(c)));
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
