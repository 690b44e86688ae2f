//! Files that are replaced in one step: what stood there before stays until the
//! new contents are on disk.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};

/// A file to be written, for which something else may stand until the end.
#[derive(Debug)]
pub struct Place {
    path: PathBuf,
    target: Target,
}

#[derive(Debug)]
enum Target {
    /// A temporary file beside the path, to be renamed to it.
    Replace(NamedTempFile),
    /// A pipe or a device, written in place.
    Direct(File),
}

impl Place {
    /// Opens every path for writing. Dropping a place without
    /// [`put_in_place`](Self::put_in_place) leaves an existing file as it was.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check), and [`Error::Io`] if a path cannot be written.
    pub fn open_all<'a>(
        paths: &[PathBuf],
        inputs: impl Iterator<Item = &'a Path>,
    ) -> Result<Vec<Self>> {
        Self::check(paths, inputs)?;
        paths.iter().map(|path| Self::open(path)).collect()
    }

    /// Whether every path is another file.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for a path named twice or one of `inputs`.
    pub fn check<'a>(paths: &[PathBuf], inputs: impl Iterator<Item = &'a Path>) -> Result<()> {
        let inputs: Vec<PathBuf> = inputs.map(real_path).collect();
        let mut seen = Vec::new();
        for path in paths {
            let real = real_path(path);
            if inputs.contains(&real) {
                return Err(Error::Usage(format!(
                    "{}: is an input; write the output to another file",
                    path.display()
                )));
            }
            if seen.contains(&real) {
                return Err(Error::Usage(format!("{}: is named by two outputs", path.display())));
            }
            seen.push(real);
        }
        Ok(())
    }

    fn open(path: &Path) -> Result<Self> {
        let open = || -> io::Result<Target> {
            match fs::metadata(path) {
                Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
                Ok(found) if !found.is_file() => {
                    File::options().write(true).open(path).map(Target::Direct)
                }
                Ok(found) if found.permissions().readonly() => {
                    Err(io::ErrorKind::PermissionDenied.into())
                }
                _ => temporary_beside(path).map(Target::Replace),
            }
        };
        let target = open().map_err(plain).map_err(Error::io(path, "open it for writing"))?;
        Ok(Self { path: path.to_owned(), target })
    }

    /// The path that was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the contents go.
    pub fn file(&mut self) -> &mut File {
        match &mut self.target {
            Target::Replace(file) => file.as_file_mut(),
            Target::Direct(file) => file,
        }
    }

    /// Waits until the contents are on disk; `doing` what, if it fails.
    pub fn settle(&mut self, doing: &'static str) -> Result<()> {
        match &self.target {
            Target::Replace(file) => {
                file.as_file().sync_all().map_err(Error::io(&self.path, doing))
            }
            Target::Direct(_) => Ok(()),
        }
    }

    /// Makes what was written the contents of the file.
    pub fn put_in_place(self) -> Result<()> {
        let Target::Replace(file) = self.target else { return Ok(()) };
        // Through a symbolic link it is the file behind it that is replaced.
        match file.persist(real_path(&self.path)) {
            Ok(_) => Ok(()),
            Err(error) => Err(Error::io(&self.path, "replace the file")(error.error)),
        }
    }
}

/// The one name of a file that may have several, whether it exists or not.
fn real_path(path: &Path) -> PathBuf {
    let in_folder = || {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
        Some(folder.join(path.file_name()?))
    };
    fs::canonicalize(path).ok().or_else(in_folder).unwrap_or_else(|| path.to_owned())
}

/// The error without the name of the temporary file, which `tempfile` adds and
/// which means nothing to a user.
fn plain(error: io::Error) -> io::Error {
    if error.raw_os_error().is_some() { error } else { error.kind().into() }
}

fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let real = real_path(path);
    let folder = match real.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    fs::metadata(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tallyho-").suffix(".tmp");
    #[cfg(unix)]
    {
        // As any new file: what the user's mask allows. A replaced file keeps its own.
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&real).map_or(0o666, |found| found.permissions().mode());
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    builder.tempfile_in(folder)
}
