//! Positional reads of a file that many threads share.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::opened::Opened;
use crate::error::{Error, Result};

/// An open file. Reads name their place, so no thread moves another's.
#[derive(Debug)]
pub(super) struct Disk {
    opened: Opened,
    file: File,
    /// The first bytes, once one of them was asked for: what tells a format from
    /// others is there, and is looked at over and over.
    head: OnceLock<Vec<u8>>,
}

/// Most bytes of a head.
const HEAD_BYTES: u64 = 16 << 10;

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
        let opened = Opened::of(path, &file)?;
        Ok(Arc::new(Self { opened, file, head: OnceLock::new() }))
    }

    /// Opens a file again, which must be as it was.
    pub(super) fn reopen(opened: &Opened) -> Result<Arc<Self>> {
        let file = File::open(opened.path()).map_err(Error::io(opened.path(), "open the file"))?;
        opened.check_file(&file)?;
        Ok(Arc::new(Self { opened: opened.clone(), file, head: OnceLock::new() }))
    }

    /// What it was like when it was opened.
    pub(super) fn opened(&self) -> &Opened {
        &self.opened
    }

    /// The path it was opened by.
    pub(super) fn path(&self) -> &Path {
        self.opened.path()
    }

    /// Size when it was opened.
    pub(super) fn bytes(&self) -> u64 {
        self.opened.bytes()
    }

    /// Fills `buffer` from byte `at` on.
    pub(super) fn read_exact_at(&self, buffer: &mut [u8], at: u64) -> Result<()> {
        let mut done = 0;
        while done < buffer.len() {
            match self.read_at(&mut buffer[done..], at + done as u64) {
                Ok(0) => return Err(self.ended(at + done as u64)),
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io(self.path(), "read the file")(error)),
            }
        }
        Ok(())
    }

    /// One read, which may be short, of bytes that were there when it was opened.
    pub(super) fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        if buffer.is_empty() || at >= self.bytes() {
            return Ok(0);
        }
        if at < HEAD_BYTES
            && let Ok(at) = usize::try_from(at)
            && let Some(found) = self.head()?.get(at..).filter(|found| !found.is_empty())
        {
            let count = found.len().min(buffer.len());
            buffer[..count].copy_from_slice(&found[..count]);
            return Ok(count);
        }
        self.read_file_at(buffer, at)
    }

    fn head(&self) -> io::Result<&[u8]> {
        if let Some(head) = self.head.get() {
            return Ok(head);
        }
        let mut head = vec![0; self.bytes().min(HEAD_BYTES) as usize];
        let mut done = 0;
        while done < head.len() {
            match self.read_file_at(&mut head[done..], done as u64)? {
                0 => break,
                count => done += count,
            }
        }
        head.truncate(done);
        Ok(self.head.get_or_init(|| head))
    }

    fn read_file_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        #[cfg(unix)]
        return std::os::unix::fs::FileExt::read_at(&self.file, buffer, at);
        #[cfg(windows)]
        return std::os::windows::fs::FileExt::seek_read(&self.file, buffer, at);
    }

    fn ended(&self, at: u64) -> Error {
        Error::format(
            self.path(),
            format!(
                "ends at byte {at} but had {} bytes when it was opened; \
                 it changed while it was read",
                self.bytes()
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
