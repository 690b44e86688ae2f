//! Files that are replaced in one step: what stood there before stays until the
//! new contents are on disk.

mod commit;
mod link;
mod temporary;

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

pub use self::commit::{Commit, abandon, abandon_at_once};
pub use self::link::check_link;
use self::temporary::Temporary;
use crate::error::{Error, Result};

/// A file to be written, for which something else may stand until the end.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    target: Target,
    /// Whether a process was killed before it could replace the file.
    was_left: bool,
}

#[derive(Debug)]
enum Target {
    /// A temporary file beside the one that it will replace: through a symbolic
    /// link, the file behind it.
    Replace(Temporary, PathBuf),
    /// A pipe or a device, written in place.
    Direct(File),
}

/// A file that a command reads or writes by another name, which no output may be.
#[derive(Clone, Debug)]
pub struct Kept {
    path: PathBuf,
    /// What it is: "an input".
    is: &'static str,
}

impl Kept {
    /// A file that is read.
    pub fn input(path: &Path) -> Self {
        Self { path: path.to_owned(), is: "an input" }
    }

    /// A file that is something else.
    pub fn named(path: PathBuf, is: &'static str) -> Self {
        Self { path, is }
    }
}

impl AtomicFile {
    /// Opens every path for writing. Dropping one without
    /// [`commit`](Self::commit) leaves an existing file as it was.
    /// What killed processes left beside the paths is removed.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check), [`check_link`], and [`Error::Io`] if a path cannot
    /// be written.
    pub fn open_all(paths: &[PathBuf], kept: &[Kept]) -> Result<Vec<Self>> {
        Self::check(paths, kept)?;
        let mut swept = Swept::default();
        paths.iter().map(|path| Self::open(path, swept.holds(path))).collect()
    }

    /// The same for one file that, if it is new, its owner alone may read.
    ///
    /// # Errors
    ///
    /// As [`open_all`](Self::open_all).
    pub fn open_private(path: &Path, kept: &[Kept]) -> Result<Self> {
        let mut places = Self::open_all(std::slice::from_ref(&path.to_owned()), kept)?;
        let place = places.pop();
        let place = place.ok_or_else(|| Error::Internal("a path has no place".into()))?;
        #[cfg(unix)]
        if let Target::Replace(file, real) = &place.target
            && !real.exists()
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::Permissions::from_mode(0o600);
            file.file().set_permissions(mode).map_err(Error::io(path, "make it private"))?;
        }
        Ok(place)
    }

    /// Whether every path is another file, whatever it is called.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for a path named twice or one of `kept`.
    pub fn check(paths: &[PathBuf], kept: &[Kept]) -> Result<()> {
        let kept: Vec<(Identity, &str)> =
            kept.iter().map(|kept| (Identity::of(&kept.path), kept.is)).collect();
        let mut seen: Vec<Identity> = Vec::new();
        for path in paths {
            let identity = Identity::of(path);
            if let Some((_, is)) = kept.iter().find(|(kept, _)| kept.is_same(&identity)) {
                return Err(Error::Usage(format!(
                    "{}: is {is}; write the output to another file",
                    path.display()
                )));
            }
            if seen.iter().any(|other| other.is_same(&identity)) {
                return Err(Error::Usage(format!("{}: is named by two outputs", path.display())));
            }
            seen.push(identity);
        }
        Ok(())
    }

    fn open(path: &Path, was_left: bool) -> Result<Self> {
        check_link(path)?;
        let real = real_path(path);
        let name = name_of(&real);
        let open = || -> io::Result<Target> {
            match fs::metadata(path) {
                Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
                Ok(found) if !found.is_file() => {
                    File::options().write(true).open(path).map(Target::Direct)
                }
                Ok(found) if found.permissions().readonly() => {
                    Err(io::ErrorKind::PermissionDenied.into())
                }
                found => {
                    let found = found.ok();
                    fs::metadata(folder_of(&real))?;
                    let file = Temporary::create(folder_of(&real), &name, mode(found.as_ref()))?;
                    found.map_or(Ok(()), |found| keep_owner(file.file(), &found))?;
                    Ok(Target::Replace(file, real))
                }
            }
        };
        let target = open().map_err(plain).map_err(Error::io(path, "open it for writing"))?;
        Ok(Self { path: path.to_owned(), target, was_left })
    }

    /// The path that was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a process was killed that had the file to be replaced here already.
    pub fn was_left(&self) -> bool {
        self.was_left
    }

    /// The file that the contents go to until the end; `None` for what is written in
    /// place.
    pub fn temporary(&self) -> Option<&Path> {
        match &self.target {
            Target::Replace(file, _) => Some(file.path()),
            Target::Direct(_) => None,
        }
    }

    /// Where the contents go.
    pub fn file(&mut self) -> &mut File {
        match &mut self.target {
            Target::Replace(file, _) => file.file_mut(),
            Target::Direct(file) => file,
        }
    }

    /// Waits until the contents are on disk; `doing` what, if it fails.
    pub fn sync(&mut self, doing: &'static str) -> Result<()> {
        match &self.target {
            Target::Replace(file, _) => {
                file.file().sync_all().map_err(Error::io(&self.path, doing))
            }
            Target::Direct(_) => Ok(()),
        }
    }

    /// Makes what was written the contents of the file.
    pub fn commit(self) -> Result<()> {
        let Target::Replace(file, real) = self.target else { return Ok(()) };
        file.persist(&real).map_err(Error::io(&self.path, "replace the file"))
    }
}

/// Removes what killed processes left beside the paths. Returns those of the paths that
/// they were to replace.
pub fn sweep(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut swept = Swept::default();
    paths.iter().filter(|path| swept.holds(path)).cloned().collect()
}

/// Folders in which nothing is left of killed processes, with the names of the files
/// that these were to replace.
#[derive(Default)]
struct Swept(Vec<(PathBuf, Vec<String>)>);

impl Swept {
    /// Whether a killed process was to replace the file; sweeps its folder.
    fn holds(&mut self, path: &Path) -> bool {
        let real = real_path(path);
        let folder = folder_of(&real);
        if self.0.iter().all(|(known, _)| known != folder) {
            self.0.push((folder.to_owned(), temporary::sweep(folder)));
        }
        temporary::is_among(&self.0, folder, &name_of(&real))
    }
}

/// What a file is, whether it exists or not.
#[derive(Debug)]
struct Identity {
    path: PathBuf,
    /// Device and inode, which all its names share.
    number: Option<(u64, u64)>,
}

impl Identity {
    fn of(path: &Path) -> Self {
        #[cfg(unix)]
        let number = {
            use std::os::unix::fs::MetadataExt;
            fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
        };
        #[cfg(not(unix))]
        let number = None;
        Self { path: real_path(path), number }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.path == other.path || self.number.is_some() && self.number == other.number
    }
}

/// The one name of a file that may have several, whether it exists or not.
fn real_path(path: &Path) -> PathBuf {
    let in_folder = || Some(fs::canonicalize(folder_of(path)).ok()?.join(path.file_name()?));
    fs::canonicalize(path).ok().or_else(in_folder).unwrap_or_else(|| path.to_owned())
}

/// The name of a file in its folder.
fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The folder that a path lies in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

/// The error without the name of the temporary file, which `tempfile` adds and
/// which means nothing to a user.
fn plain(error: io::Error) -> io::Error {
    let own = error.get_ref().is_some_and(|inner| inner.is::<OwnerLost>());
    if own || error.raw_os_error().is_some() { error } else { error.kind().into() }
}

/// The permissions of a new file, as the user's mask allows, or of a replaced one:
/// its own, without those that run it as somebody else.
fn mode(replaced: Option<&Metadata>) -> u32 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        replaced.map_or(0o666, |found| found.permissions().mode() & 0o777)
    }
    #[cfg(not(unix))]
    {
        let _ = replaced;
        0o666
    }
}

/// What is said of a file that would belong to another user once it is replaced.
#[derive(Debug, thiserror::Error)]
#[error("it belongs to user {0} and would become yours; remove it first, or write to another file")]
struct OwnerLost(u32);

/// Gives a file the owner and, where that is allowed, the group of the one that it
/// will replace.
fn keep_owner(file: &File, replaced: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let own = file.metadata()?;
        if own.uid() != replaced.uid() && fchown(file, Some(replaced.uid()), None).is_err() {
            return Err(io::Error::other(OwnerLost(replaced.uid())));
        }
        if own.gid() != replaced.gid() {
            // Who is not in the group may write the file all the same.
            let _ = fchown(file, None, Some(replaced.gid()));
        }
    }
    #[cfg(not(unix))]
    let _ = (file, replaced);
    Ok(())
}
