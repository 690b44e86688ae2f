//! The tables that names, globs and folders stand for.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use glob::Pattern;

use super::open::Format;
use super::select::has_wildcard;
use crate::error::{Error, Result};
use crate::notice::{self, Notice};

/// Most paths that a message lists.
const LISTED: usize = 5;

/// Ends of names of files that hold rows in formats that are not read: to leave
/// one out may be to leave rows out.
const LIKE_TABLES: &[&str] = &[
    "arrow", "avro", "bz2", "feather", "gz", "h5", "hdf5", "jsonl", "lz4", "ndjson", "npy", "orc",
    "pickle", "pkl", "xls", "xlsx", "xz", "zip", "zst",
];

/// The files to be read, in order, and what the user should know of the others.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) paths: Vec<PathBuf>,
    pub(super) notices: Vec<Notice>,
}

/// The tables that the user named: globs and folders expanded, each sorted by
/// path, every file once.
pub(super) fn expand(tables: &[PathBuf]) -> Result<Tables> {
    let mut expansion = Expansion::default();
    for (argument, table) in tables.iter().enumerate() {
        expansion.argument = argument;
        let pattern = table.to_string_lossy();
        if table.is_dir() {
            expansion.take_folder(table)?;
        } else if has_wildcard(&pattern) && !table.exists() {
            expansion.take_glob(&pattern)?;
        } else {
            expansion.take_file(table.clone());
        }
    }
    Ok(expansion.finish())
}

/// Files found for one argument, apart by what becomes of them.
#[derive(Default)]
struct Found {
    tables: Vec<PathBuf>,
    /// Of formats that are not read, or arrays, which are no tables.
    others: Vec<PathBuf>,
    /// With names that mark them as hidden.
    hidden: Vec<PathBuf>,
}

impl Found {
    /// Files a file under what it is.
    fn file(&mut self, path: PathBuf) {
        match Format::guess(&path) {
            Some(format) if format.is_table() => self.tables.push(path),
            _ => self.others.push(path),
        }
    }
}

#[derive(Default)]
struct Expansion {
    paths: Vec<PathBuf>,
    /// The place of the argument that is being expanded.
    argument: usize,
    /// Files and folders that were met, with the argument that led there first.
    met: HashMap<Identity, (usize, PathBuf)>,
    /// Paths of what was met before by another path.
    twice: Vec<(PathBuf, PathBuf)>,
    /// What was left out of globs and folders.
    others: Vec<PathBuf>,
    hidden: Vec<PathBuf>,
}

impl Expansion {
    fn take_folder(&mut self, folder: &Path) -> Result<()> {
        let mut found = Found::default();
        if !self.walk(folder, &mut found)? {
            return Ok(());
        }
        if found.tables.is_empty() {
            return Err(without_tables(folder, found));
        }
        self.take(found);
        Ok(())
    }

    fn take_glob(&mut self, pattern: &str) -> Result<()> {
        let entries = glob::glob(pattern)
            .map_err(|error| Error::Usage(format!("'{pattern}' is not a glob: {error}")))?;
        let (mut found, mut again) = (Found::default(), false);
        for entry in entries {
            let path = entry.map_err(|error| {
                let path = error.path().to_owned();
                Error::Io { path, doing: LISTING, source: error.into() }
            })?;
            if is_hidden(&path, pattern) {
                found.hidden.push(path);
            } else if path.is_dir() {
                again |= !self.walk(&path, &mut found)?;
            } else {
                found.file(path);
            }
        }
        if found.tables.is_empty() && found.others.is_empty() && !again {
            return Err(Error::Usage(match found.hidden.len() {
                0 => format!("no file matches '{pattern}'"),
                _ => format!(
                    "no file matches '{pattern}' but {}; names that begin with '_' or '.' are \
                     passed over unless the glob begins so, too",
                    listed(&found.hidden)
                ),
            }));
        }
        if found.tables.is_empty() {
            // Opening them says best what is wrong with them.
            found.tables = std::mem::take(&mut found.others);
        }
        self.take(found);
        Ok(())
    }

    /// Finds the files below a folder; `false` if all of it was met before.
    fn walk(&mut self, folder: &Path, found: &mut Found) -> Result<bool> {
        if !self.is_new(folder) {
            return Ok(false);
        }
        for path in entries(folder)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(MARKS) {
                found.hidden.push(path);
            } else if path.is_dir() {
                self.walk(&path, found)?;
            } else {
                found.file(path);
            }
        }
        Ok(true)
    }

    /// Takes what was found for one argument.
    fn take(&mut self, mut found: Found) {
        found.tables.sort_unstable();
        // A glob with `**` meets a file as itself and within its folder.
        found.tables.dedup();
        found.tables.into_iter().for_each(|path| self.take_file(path));
        self.others.append(&mut found.others);
        self.hidden.append(&mut found.hidden);
    }

    fn take_file(&mut self, path: PathBuf) {
        if self.is_new(&path) {
            self.paths.push(path);
        }
    }

    /// Whether a file or folder was not met before. If it was, by another path
    /// or for another argument, that is noted.
    fn is_new(&mut self, path: &Path) -> bool {
        // What cannot be looked at is refused when it is opened.
        let Some(identity) = identity(path) else { return true };
        match self.met.get(&identity) {
            None => {
                self.met.insert(identity, (self.argument, path.to_owned()));
                true
            }
            Some((argument, first)) => {
                // A link to a folder that it lies in is no second way to a file.
                let inside = path.is_dir() && path.starts_with(first);
                if (*argument != self.argument || first != path) && !inside {
                    self.twice.push((first.clone(), path.to_owned()));
                }
                false
            }
        }
    }

    fn finish(self) -> Tables {
        let mut notices = Vec::new();
        notices.extend(met_twice(&self.twice));
        let (rows, rest): (Vec<_>, Vec<_>) =
            self.others.into_iter().partition(|path| is_like_table(path));
        let left_out = |paths: &[PathBuf]| format!("passed over {}", listed(paths));
        if !rows.is_empty() {
            let text = format!("{}, which may hold rows", left_out(&rows));
            let hint = format!("to count them, write them as a table: {TABLE_FORMATS}");
            notices.push(Notice::new(notice::UNREAD_FILES, text).hint(hint));
        }
        if !rest.is_empty() {
            let text = format!("{}: not of a format that is known here", left_out(&rest));
            notices.push(Notice::new(notice::OTHER_FILES, text));
        }
        let is_table = |path: &PathBuf| path.is_file() && Format::by_extension(path).is_some();
        let hidden: Vec<PathBuf> = self.hidden.into_iter().filter(is_table).collect();
        if !hidden.is_empty() {
            let text = format!("{}: names that begin with '_' or '.'", left_out(&hidden));
            notices.push(Notice::new(notice::HIDDEN_FILES, text));
        }
        Tables { paths: self.paths, notices }
    }
}

/// What names of files that mark something, or are hidden, begin with.
const MARKS: [char; 2] = ['_', '.'];

/// What fails where a folder cannot be read.
const LISTING: &str = "list the directory";

/// The formats of tables, for messages.
const TABLE_FORMATS: &str = ".parquet, .csv or .npz";

/// The entries of a folder, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = || -> io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
    };
    let mut paths = list().map_err(Error::io(folder, LISTING))?;
    paths.sort_unstable();
    Ok(paths)
}

/// Whether a glob found a path by a wildcard where it should have been passed
/// over: some name in it is marked as hidden, and no part of the glob is.
fn is_hidden(path: &Path, pattern: &str) -> bool {
    let parts: Vec<&str> = pattern.split(['/', std::path::MAIN_SEPARATOR]).collect();
    let asked_for = |name: &str| {
        let alike = |part: &&str| part.chars().next() == name.chars().next();
        let matches = |part: &str| Pattern::new(part).is_ok_and(|part| part.matches(name));
        parts.iter().filter(|part| alike(part)).any(|part| matches(part))
    };
    path.components().any(|component| match component {
        Component::Normal(name) => {
            let name = name.to_string_lossy();
            name.starts_with(MARKS) && !asked_for(&name)
        }
        _ => false,
    })
}

fn is_like_table(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    LIKE_TABLES.iter().any(|like| extension == **like)
}

fn without_tables(folder: &Path, found: Found) -> Error {
    let Found { mut others, hidden, .. } = found;
    let arrays = others.iter().any(|path| Format::guess(path).is_some());
    others.extend(hidden);
    let problem = match (others.is_empty(), arrays) {
        (true, _) => "is an empty folder; expected tables in it".to_owned(),
        (false, true) => format!(
            "is a folder of arrays, not of tables: {}; name one file for each role with --labels, \
             --predictions and --scores",
            listed(&others)
        ),
        (false, false) => {
            format!("is a folder without tables ({TABLE_FORMATS}); it has: {}", listed(&others))
        }
    };
    Error::format(folder, problem)
}

/// The files that are named, each once, with a warning if one was named twice.
pub fn once(paths: &[PathBuf]) -> (Vec<&PathBuf>, Option<Notice>) {
    let mut met: HashMap<Identity, &PathBuf> = HashMap::new();
    let mut twice = Vec::new();
    let mut kept = Vec::new();
    for path in paths {
        // What cannot be looked at is refused when it is opened.
        match identity(path).map(|identity| met.entry(identity)) {
            Some(Entry::Occupied(first)) => twice.push(((*first.get()).clone(), path.clone())),
            Some(Entry::Vacant(place)) => {
                place.insert(path);
                kept.push(path);
            }
            None => kept.push(path),
        }
    }
    (kept, met_twice(&twice))
}

/// The warning about files and folders that were met by several paths.
fn met_twice(twice: &[(PathBuf, PathBuf)]) -> Option<Notice> {
    let (first, again) = twice.first()?;
    let what = if first.is_dir() { "folder" } else { "file" };
    let text = match (twice.len(), first == again) {
        (1, true) => format!("{} is named twice; it is counted once", first.display()),
        (1, false) => format!(
            "{} and {} are one {what}; it is counted once",
            first.display(),
            again.display()
        ),
        (count, true) => format!(
            "{count} files or folders are met twice, such as {}; each is counted once",
            first.display()
        ),
        (count, false) => format!(
            "{count} files or folders are met twice, such as {} and {}, which are one {what}; each \
             is counted once",
            first.display(),
            again.display()
        ),
    };
    Some(Notice::new(notice::FILE_TWICE, text))
}

/// Some paths, for a message.
pub(super) fn listed(paths: &[PathBuf]) -> String {
    let shown = paths.len().min(LISTED);
    let names: Vec<String> = paths[..shown].iter().map(|path| path.display().to_string()).collect();
    match paths.len() - shown {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// Whether two paths lead to one file.
pub(super) fn is_one_file(a: &Path, b: &Path) -> bool {
    identity(a).is_some_and(|identity_of_a| identity(b) == Some(identity_of_a))
}

/// What tells files apart, whatever their paths.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(not(unix))]
type Identity = PathBuf;

/// Device and inode.
#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;

    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// The path without links.
#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    fs::canonicalize(path).ok()
}
