//! The write-ahead log beside the file, as far as SQLite passes over it in silence.
//!
//! It reads a log up to the last transaction whose frames are whole, which is right
//! after a process was killed. A frame that was damaged since takes all transactions
//! after it with it, and nobody would be told.
//!
//! Format: <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::memory;

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// Logs that began anew after the one of a frame that is not of this one.
const GENERATIONS: u32 = 1 << 20;

/// The write-ahead log of a database.
pub(in crate::history) fn path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// What of the log of `database` cannot be read though it was written.
pub(in crate::history) fn damage(database: &Path) -> Result<Option<String>> {
    let path = path(database);
    let mut before = None;
    // What another process just writes is not whole, and is a moment later.
    for _ in 0..5 {
        memory::need_for_file(&path, 2, "let SQLite take the log into the history")?;
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(Error::io(&path, "read the log of the history"))?,
        };
        let Some(at) = unreadable(&bytes) else { return Ok(None) };
        if before == Some(at) {
            return Ok(Some(format!(
                "its log {} cannot be read from byte {at} on: runs that were recorded last may \
                 be lost",
                path.display()
            )));
        }
        before = Some(at);
        thread::sleep(Duration::from_millis(20));
    }
    Ok(None)
}

/// Where a log cannot be read, though a transaction was written there or beyond.
fn unreadable(log: &[u8]) -> Option<usize> {
    if log.len() <= HEADER {
        return None;
    }
    let Some(header) = Header::read(&log[..HEADER]) else { return Some(0) };
    let size = FRAME_HEADER + header.page;
    let frames: Vec<Frame<'_>> = log[HEADER..].chunks_exact(size).map(Frame).collect();
    let mut sums = header.sums;
    let readable = frames.iter().take_while(|frame| frame.continues(&header, &mut sums)).count();
    // A frame that ends the file and is whole was not cut off as it was written.
    let ends = (log.len() - HEADER).is_multiple_of(size) && readable + 1 == frames.len();
    let is_lost = frames[readable..].iter().any(|frame| frame.is_lost(&header, ends));
    is_lost.then_some(HEADER + readable * size)
}

/// How the log begins.
struct Header {
    is_big: bool,
    page: usize,
    salts: [u32; 2],
    sums: [u32; 2],
}

impl Header {
    /// `None` if it is damaged.
    fn read(bytes: &[u8]) -> Option<Self> {
        let magic = word(bytes, 0);
        (magic & !1 == 0x377f_0682).then_some(())?;
        let is_big = magic & 1 == 1;
        let sums = checksum(is_big, [0, 0], &bytes[..24]);
        let page = usize::try_from(word(bytes, 8)).ok()?;
        let salts = [word(bytes, 16), word(bytes, 20)];
        (sums == [word(bytes, 24), word(bytes, 28)]).then_some(Self { is_big, page, salts, sums })
    }
}

/// A page that was written, behind its header.
struct Frame<'a>(&'a [u8]);

impl Frame<'_> {
    fn salts(&self) -> [u32; 2] {
        [word(self.0, 8), word(self.0, 12)]
    }

    /// Whether it ends a transaction.
    fn ends_transaction(&self) -> bool {
        word(self.0, 4) != 0
    }

    /// Whether it follows those before it, whose checksum is `sums`.
    fn continues(&self, header: &Header, sums: &mut [u32; 2]) -> bool {
        *sums = checksum(header.is_big, *sums, &self.0[..8]);
        *sums = checksum(header.is_big, *sums, &self.0[FRAME_HEADER..]);
        self.salts() == header.salts && *sums == [word(self.0, 16), word(self.0, 20)]
    }

    /// Whether it was part of a transaction of this log, which cannot be read. A
    /// process that is killed leaves frames as well, but none that ends a transaction.
    fn is_lost(&self, header: &Header, ends_file: bool) -> bool {
        let ours = header.salts.iter().zip(self.salts()).filter(|(own, it)| *own == it).count();
        let age = header.salts[0].wrapping_sub(self.salts()[0]);
        match ours {
            2 => self.ends_transaction() || ends_file,
            1 => true,
            _ if (1..GENERATIONS).contains(&age) => false,
            _ => self.ends_transaction() || self.salts() == [0, 0],
        }
    }
}

/// The number at a byte, most significant first.
fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().fold(0, |word, byte| word << 8 | u32::from(*byte))
}

/// The checksum of `bytes` behind that of those before.
fn checksum(is_big: bool, sums: [u32; 2], bytes: &[u8]) -> [u32; 2] {
    let [mut first, mut second] = sums;
    for pair in bytes.as_chunks::<8>().0 {
        let word = |at: usize| match is_big {
            true => word(pair, at),
            false => word(pair, at).swap_bytes(),
        };
        first = first.wrapping_add(word(0)).wrapping_add(second);
        second = second.wrapping_add(word(4)).wrapping_add(first);
    }
    [first, second]
}
