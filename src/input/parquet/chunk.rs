//! A file as the `parquet` crate wants it.

use std::io::{self, BufReader, Chain, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{ChunkReader, Length};
use bytes::Bytes;

use super::page_header::PageHeader;
use super::thrift::Flaw;
use crate::error::Error;
use crate::input::disk::{Cursor, Disk};
use crate::memory;

/// Bytes of buffers that are kept for later pages.
const MOST_SPARE_BYTES: usize = 64 << 20;

/// Bytes of a page from which on its memory is asked for.
const LARGE_PAGE: u64 = 4 << 20;

/// Bytes that are read for a page header, which most often is of some 50.
const HEADER_BYTES: usize = 512;

/// Most bytes of a page header. Only the least and the greatest value in it are long.
const MOST_HEADER_BYTES: usize = 32 << 20;

/// Buffers among which one of the right size is looked for.
const LOOKED_AT: usize = 16;

/// Reads pages by position, into memory of pages that are done with: fresh
/// memory costs more than the read. The crate's own implementation for files
/// moves one cursor that all threads would share.
pub(super) struct ChunkFile {
    disk: Arc<Disk>,
    spare: Arc<Spare>,
    /// What is known of the checksums, if only pages of one column chunk are read.
    checksums: Option<Checksums>,
    /// Whether what is read next is a page whose header was read before.
    is_past_header: AtomicBool,
    /// Why a page was not read, where that is no fault of the file.
    refused: Arc<Mutex<Option<Error>>>,
}

/// Whether pages of a column chunk have checksums, once one was met.
#[derive(Default)]
struct Checksums {
    data: OnceLock<bool>,
    /// Of the dictionary. Some writers give one to it alone.
    dictionary: OnceLock<bool>,
}

impl ChunkFile {
    pub(super) fn new(disk: &Arc<Disk>) -> Self {
        Self {
            disk: Arc::clone(disk),
            spare: Arc::default(),
            checksums: None,
            is_past_header: AtomicBool::new(false),
            refused: Arc::default(),
        }
    }

    /// The same file, for the pages of one column chunk.
    pub(super) fn of_chunk(&self) -> Self {
        Self {
            disk: Arc::clone(&self.disk),
            spare: Arc::clone(&self.spare),
            refused: Arc::clone(&self.refused),
            checksums: Some(Checksums::default()),
            is_past_header: AtomicBool::new(false),
        }
    }

    /// Whether a data page, or the dictionary, has a checksum, once one was met.
    pub(super) fn has_checksum(&self, is_data: bool) -> bool {
        let known = |it: &Checksums| match is_data {
            true => it.data.get() == Some(&true),
            false => it.dictionary.get() == Some(&true),
        };
        self.checksums.as_ref().is_some_and(known)
    }

    /// Says that the next header was looked at, or was not. Without it, a page could be
    /// taken for a header.
    pub(super) fn set_past_header(&self, is_past_header: bool) {
        self.is_past_header.store(is_past_header, Ordering::Relaxed);
    }

    /// What reads a page verifies its checksum, if it has one; no checksum covers the
    /// header that says so.
    fn check_alike(&self, header: &PageHeader) -> Result<(), ParquetError> {
        let Some(Checksums { data, dictionary }) = &self.checksums else { return Ok(()) };
        let known = if header.is_data { data } else { dictionary };
        let is_alike = *known.get_or_init(|| header.has_checksum) == header.has_checksum;
        match is_alike && (data.get() != Some(&true) || dictionary.get() != Some(&false)) {
            true => Ok(()),
            false => {
                let problem = "of the pages of a column, only some have a checksum";
                Err(ParquetError::General(problem.into()))
            }
        }
    }

    /// Asks for the memory of a page, as it is in the file and as it is decompressed.
    fn need(&self, start: u64, sizes: [u64; 2]) -> Result<(), ParquetError> {
        let bytes = sizes[0].saturating_add(sizes[1]);
        if bytes < LARGE_PAGE {
            return Ok(());
        }
        let what = || format!("{}: the page at byte {start}", self.disk.path().display());
        memory::need(bytes, what, "write the file with smaller pages").map_err(|error| {
            let text = error.to_string();
            // It is not to be taken for damage by who gets the text.
            *self.refused() = Some(error);
            ParquetError::General(text)
        })
    }

    /// Takes the error of a page that there was no memory for.
    pub(super) fn take_refused(&self) -> Option<Error> {
        self.refused().take()
    }

    fn refused(&self) -> MutexGuard<'_, Option<Error>> {
        // Nothing that could panic happens under this lock.
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the data pages from a place on have checksums, by the first of them; `None`
    /// if none is there.
    pub(super) fn pages_have_checksums(&self, mut start: u64) -> Option<bool> {
        // Before them is a dictionary at most.
        for _ in 0..2 {
            let (header, _) = self.page_header(start).ok()?;
            let header = header?;
            if header.is_data {
                return Some(header.has_checksum);
            }
            start = start.checked_add(header.bytes as u64)?.checked_add(header.sizes[1])?;
        }
        None
    }

    /// The header of the page at a place, and the bytes that were read to get at it;
    /// without a header if the file ends in it.
    fn page_header(&self, start: u64) -> Result<(Option<PageHeader>, Vec<u8>), ParquetError> {
        let left = self.disk.bytes().saturating_sub(start);
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        let mut wanted = HEADER_BYTES;
        loop {
            let old = bytes.len();
            let more = wanted.min(left);
            self.need(start, [more as u64, 0])?;
            bytes.resize(more, 0);
            let read = self.disk.read_exact_at(&mut bytes[old..], start.saturating_add(old as u64));
            read.map_err(|error| ParquetError::General(error.to_string()))?;
            let is_end = bytes.len() < wanted;
            match PageHeader::parse(&bytes) {
                Ok(header) => return Ok((Some(header), bytes)),
                Err(Flaw::End) if is_end => return Ok((None, bytes)),
                Err(Flaw::End) if wanted < MOST_HEADER_BYTES => wanted *= 16,
                Err(Flaw::End) => {
                    let problem = format!("the page header at byte {start} is too long");
                    return Err(ParquetError::General(problem));
                }
                Err(Flaw::Wrong(problem)) => {
                    let problem = format!("the page header at byte {start}: {problem}");
                    return Err(ParquetError::General(problem));
                }
            }
        }
    }
}

impl Length for ChunkFile {
    fn len(&self) -> u64 {
        self.disk.bytes()
    }
}

impl ChunkReader for ChunkFile {
    type T = Chain<io::Cursor<Vec<u8>>, BufReader<Cursor>>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let is_header = !self.is_past_header.swap(false, Ordering::Relaxed);
        let (header, head) = match is_header && self.checksums.is_some() {
            true => self.page_header(start)?,
            false => (None, Vec::new()),
        };
        if let Some(header) = header {
            self.check_alike(&header)?;
            self.need(start, header.sizes)?;
        }
        let rest =
            Cursor::new(&self.disk, start.saturating_add(head.len() as u64), self.disk.bytes());
        Ok(io::Cursor::new(head).chain(BufReader::with_capacity(HEADER_BYTES, rest)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        // A damaged length is not allocated.
        if start.checked_add(length as u64).is_none_or(|end| end > self.disk.bytes()) {
            let problem = format!("{length} bytes wanted at {start} of {}", self.disk.bytes());
            return Err(ParquetError::EOF(problem));
        }
        let mut bytes = self.spare.take(length);
        bytes.resize(length, 0);
        let read = self.disk.read_exact_at(&mut bytes, start);
        read.map_err(|error| ParquetError::General(error.to_string()))?;
        Ok(Bytes::from_owner(Lent { bytes, spare: Arc::clone(&self.spare) }))
    }
}

/// Buffers of pages that are done with.
#[derive(Default)]
struct Spare(Mutex<Buffers>);

#[derive(Default)]
struct Buffers {
    free: Vec<Vec<u8>>,
    /// The sum of their capacities.
    bytes: usize,
}

impl Spare {
    /// A buffer that is not much larger than `length`, or an empty one.
    fn take(&self, length: usize) -> Vec<u8> {
        let fits = |buffer: &Vec<u8>| (length..=length * 2).contains(&buffer.capacity());
        let mut buffers = self.buffers();
        let latest = buffers.free.len().saturating_sub(LOOKED_AT);
        let Some(place) = buffers.free[latest..].iter().rposition(fits) else {
            return Vec::new();
        };
        let buffer = buffers.free.swap_remove(latest + place);
        buffers.bytes -= buffer.capacity();
        buffer
    }

    fn put(&self, buffer: Vec<u8>) {
        let mut buffers = self.buffers();
        if buffers.bytes + buffer.capacity() <= MOST_SPARE_BYTES {
            buffers.bytes += buffer.capacity();
            buffers.free.push(buffer);
        }
    }

    fn buffers(&self) -> MutexGuard<'_, Buffers> {
        // Nothing that could panic happens under this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A buffer that goes back when its page is dropped.
struct Lent {
    bytes: Vec<u8>,
    spare: Arc<Spare>,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.spare.put(std::mem::take(&mut self.bytes));
    }
}
