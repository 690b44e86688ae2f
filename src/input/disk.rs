//! Positional reads of a file that many threads share.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result};

/// An open file. Reads name their place, so no thread moves another's.
#[derive(Debug)]
pub(super) struct Disk {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl Disk {
    /// Opens a regular file that holds at least one byte.
    pub(super) fn open(path: &Path) -> Result<Arc<Self>> {
        // Looked at before it is opened: opening a pipe waits for its writer.
        let metadata = std::fs::metadata(path).map_err(Error::io(path, "open the file"))?;
        if metadata.is_dir() {
            return Err(Error::format(path, "is a directory; name the files in it"));
        }
        if !metadata.is_file() {
            return Err(Error::format(
                path,
                "is not a regular file; rows are read out of order, so save them to a file first",
            ));
        }
        if metadata.len() == 0 {
            return Err(Error::format(path, "is empty: 0 bytes"));
        }
        let file = File::open(path).map_err(Error::io(path, "open the file"))?;
        Ok(Arc::new(Self { path: path.to_owned(), file, bytes: metadata.len() }))
    }

    /// Opens a file again that had `bytes` bytes before.
    pub(super) fn reopen(path: &Path, bytes: u64) -> Result<Arc<Self>> {
        let disk = Self::open(path)?;
        if disk.bytes != bytes {
            let problem = format!(
                "has {} bytes but had {bytes} when its header was read; it changed meanwhile",
                disk.bytes
            );
            return Err(Error::format(path, problem));
        }
        Ok(disk)
    }

    /// The path it was opened by.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Size when it was opened.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Fills `buffer` from byte `at` on.
    pub(super) fn read_exact_at(&self, buffer: &mut [u8], at: u64) -> Result<()> {
        let mut done = 0;
        while done < buffer.len() {
            match self.read_at(&mut buffer[done..], at + done as u64) {
                Ok(0) => return Err(self.ended(at + done as u64)),
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io(&self.path, "read the file")(error)),
            }
        }
        Ok(())
    }

    /// One read, which may be short.
    pub(super) fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        #[cfg(unix)]
        return std::os::unix::fs::FileExt::read_at(&self.file, buffer, at);
        #[cfg(windows)]
        return std::os::windows::fs::FileExt::seek_read(&self.file, buffer, at);
    }

    fn ended(&self, at: u64) -> Error {
        Error::format(
            &self.path,
            format!(
                "ends at byte {at} but had {} bytes when it was opened; \
                 it changed while it was read",
                self.bytes
            ),
        )
    }
}

/// A reader of its own place in a shared file.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    disk: Arc<Disk>,
    at: u64,
    end: u64,
}

impl Cursor {
    /// Reads bytes `start..end` of the file.
    pub(super) fn new(disk: &Arc<Disk>, start: u64, end: u64) -> Self {
        Self { disk: Arc::clone(disk), at: start, end: end.min(disk.bytes()) }
    }
}

impl Read for Cursor {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let count = self.disk.read_at(&mut buffer[..wanted], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl io::Seek for Cursor {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let target = match to {
            io::SeekFrom::Start(at) => Some(at),
            io::SeekFrom::End(offset) => self.end.checked_add_signed(offset),
            io::SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
