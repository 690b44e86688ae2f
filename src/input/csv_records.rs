//! The records of a CSV file, in order.

use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use memchr::memchr;

use super::csv_repeated::{Again, HeaderLine, MARK};
use super::disk::{Cursor, Disk};
use super::lane::Scratch;
use super::record::{is_blank, plain_records, record_end};
use crate::error::{Error, Result};
use crate::memory;

/// Bytes read at once.
const CHUNK: usize = 1 << 18;

/// Longest record. Only an open quote makes a longer one.
const LONGEST_RECORD: usize = 64 << 20;

/// Bytes of a batch from which on its memory is asked for.
const LONG: u64 = 8 << 20;

/// Bytes by which text of two bytes a character is recognised.
const LOOK_AT_BYTES: usize = 256;

/// How text is cut into records.
#[derive(Clone, Debug)]
pub(super) struct Framing {
    pub(super) delimiter: u8,
    /// Whether an empty line is a record: a missing value of the only column.
    pub(super) blank_lines: bool,
    /// The header, where records equal to it are counted or left out.
    pub(super) header: Option<HeaderLine>,
    /// Whether they are left out.
    pub(super) leaves_out: bool,
}

impl Framing {
    /// That of a table of several columns.
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, blank_lines: false, header: None, leaves_out: false }
    }
}

/// The records of a file, in order.
pub(super) struct Records {
    disk: Arc<Disk>,
    from: Cursor,
    framing: Framing,
    /// Bytes of the file from `buffer_at` on.
    buffer: Vec<u8>,
    /// How many of them were handed out.
    used: usize,
    /// Place of `buffer[used]` in the file.
    at: u64,
    ended: bool,
    /// How many records equal to the header were met.
    repeated: u64,
}

impl Records {
    pub(super) fn new(disk: &Arc<Disk>, at: u64, framing: Framing) -> Self {
        let from = Cursor::new(disk, at, disk.bytes());
        let disk = Arc::clone(disk);
        Self { disk, from, framing, buffer: Vec::new(), used: 0, at, ended: false, repeated: 0 }
    }

    /// Where the next record begins.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    /// How the next records are cut.
    pub(super) fn framing_mut(&mut self) -> &mut Framing {
        &mut self.framing
    }

    /// How many records equal to the header were met since it was asked last.
    pub(super) fn take_repeated(&mut self) -> u64 {
        std::mem::take(&mut self.repeated)
    }

    fn advance(&mut self, bytes: usize) {
        self.used += bytes;
        self.at += bytes as u64;
    }

    /// Passes over a byte order mark at the beginning of a file of UTF-8.
    pub(super) fn skip_byte_order_mark(&mut self) -> Result<()> {
        self.read_more(0)?;
        if self.buffer.starts_with(b"\xff\xfe") || self.buffer.starts_with(b"\xfe\xff") {
            return Err(Error::format(self.disk.path(), "is UTF-16; save the file as UTF-8"));
        }
        if looks_like_utf_16(&self.buffer) {
            let problem = "looks like UTF-16; save the file as UTF-8";
            return Err(Error::format(self.disk.path(), problem));
        }
        if self.buffer.starts_with(MARK) {
            self.advance(MARK.len());
        }
        Ok(())
    }

    /// The next record that is not blank, and whether blank lines stand before it.
    pub(super) fn next_record(&mut self) -> Result<Option<(Vec<u8>, bool)>> {
        let mut scratch = Scratch::default();
        self.take(1, &mut scratch)?;
        let place = scratch.records.pop();
        Ok(place.map(|place| (scratch.raw[place.clone()].to_vec(), place.start > 0)))
    }

    /// The next records, up to `most`.
    pub(super) fn next_records(&mut self, most: usize) -> Result<Vec<Vec<u8>>> {
        let mut scratch = Scratch::default();
        self.take(most, &mut scratch)?;
        Ok(scratch.records.drain(..).map(|record| scratch.raw[record].to_vec()).collect())
    }

    /// Hands out up to `rows` records; fewer only at the end of the file.
    pub(super) fn take(&mut self, rows: usize, scratch: &mut Scratch) -> Result<()> {
        scratch.records.clear();
        let Framing { delimiter, blank_lines, .. } = self.framing;
        let mut end = 0;
        while scratch.records.len() < rows {
            let text = &self.buffer[self.used..];
            if let Some(next) = record_end(text, end, delimiter) {
                let known = scratch.records.len();
                if blank_lines || !is_blank(&text[end..next]) {
                    scratch.records.push(end..next);
                }
                // One record by the rules for quotes, then all that have none.
                end = plain_records(text, next, rows, blank_lines, &mut scratch.records);
                if let Some(header) = &self.framing.header {
                    let is_header = |record: &Range<usize>| {
                        header.again(&text[record.clone()]) == Some(Again::Same)
                    };
                    let found = &mut scratch.records;
                    let repeated = found[known..].iter().filter(|it| is_header(it)).count();
                    self.repeated += repeated as u64;
                    if repeated > 0 && self.framing.leaves_out {
                        let mut at = 0;
                        found.retain(|record| {
                            at += 1;
                            at <= known || !is_header(record)
                        });
                    }
                }
            } else if self.ended {
                self.check_closed(end)?;
                break;
            } else {
                self.read_more(self.buffer.len() - self.used - end)?;
            }
        }
        // They are copied here, and their fields are when they are parsed.
        self.need(2 * end as u64)?;
        scratch.raw.clear();
        scratch.raw.extend_from_slice(&self.buffer[self.used..][..end]);
        self.advance(end);
        Ok(())
    }

    /// Appends the next bytes of the file to the buffer, as many at least as the
    /// `unfinished` record has already, so that it is not looked through too often.
    fn read_more(&mut self, unfinished: usize) -> Result<()> {
        if unfinished > LONGEST_RECORD {
            return Err(self.open_quote());
        }
        self.buffer.drain(..self.used);
        self.used = 0;
        let wanted = CHUNK.max(unfinished) as u64;
        // What is there may be copied as it grows.
        self.need(2 * self.buffer.len() as u64 + wanted)?;
        let count = Read::by_ref(&mut self.from)
            .take(wanted)
            .read_to_end(&mut self.buffer)
            .map_err(Error::io(self.disk.path(), "read the file"))?;
        if (count as u64) < wanted {
            self.ended = true;
            if self.buffer.last().is_some_and(|&last| last != b'\n') {
                self.buffer.push(b'\n');
            }
        }
        Ok(())
    }

    /// Asks for the memory of a long batch.
    fn need(&self, bytes: u64) -> Result<()> {
        if bytes < LONG {
            return Ok(());
        }
        let what = || {
            let (path, mib) = (self.disk.path().display(), self.buffer.len() >> 20);
            format!("{path}: a batch of rows of more than {mib} MiB, from byte {}", self.at)
        };
        memory::need(bytes, what, "use fewer --batch-rows or --threads")
    }

    /// At the end of the file, nothing may be left after the last record.
    fn check_closed(&self, end: usize) -> Result<()> {
        if self.used + end < self.buffer.len() { Err(self.open_quote()) } else { Ok(()) }
    }

    fn open_quote(&self) -> Error {
        let problem = "has a quoted field that is never closed; \
                       write a quote within quotes twice";
        Error::format(self.disk.path(), problem)
    }
}

/// Whether the beginning of a file has zeros at every other byte only, as Latin
/// letters, separators and line ends have them in UTF-16.
fn looks_like_utf_16(text: &[u8]) -> bool {
    let text = &text[..text.len().min(LOOK_AT_BYTES)];
    if text.len() < 4 || memchr(0, text).is_none() {
        return false;
    }
    let zeros = |from: usize| text.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
    let half = text.len() / 2;
    matches!((zeros(0), zeros(1)), (0, some) | (some, 0) if some > 1 && 8 * some >= half)
}
