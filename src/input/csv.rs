//! Tables in CSV: a header line, then a record for each row.
//!
//! Labels and predictions are text as written: `1.0` is a class of its own,
//! apart from `1`. Scores are parsed in the type that the user asked for. An
//! empty field is a missing value. Finding where records end is done in order;
//! parsing them is not.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::Request;
use super::csv_kinds;
use super::csv_parse::{Parser, Uses};
use super::disk::{Cursor, Disk};
use super::lane::{Extent, Lane, Layout, Reader, Scratch};
use super::record::{Fields, is_blank, plain_records, record_end};
use super::select::{Catalog, Choice, Column, Kind};
use crate::batch::{Batch, Role};
use crate::error::{Error, Result};
use crate::exact::ScoreType;
use crate::notice::Notice;

/// Bytes read at once.
const CHUNK: usize = 1 << 18;

/// Longest record. Only an open quote makes a longer one.
const LONGEST_RECORD: usize = 64 << 20;

/// Bytes that a class name takes in a batch, about.
const NAME_BYTES: usize = 24;

/// A CSV file and the columns wanted of it.
#[derive(Debug)]
pub(super) struct CsvLane {
    path: PathBuf,
    file_bytes: u64,
    /// Where the first record after the header begins.
    start: u64,
    roles: Vec<Role>,
    layout: Option<Layout>,
    parser: Arc<Parser>,
    notices: Vec<Notice>,
}

impl CsvLane {
    /// Opens a table; with a `role`, a file that has only that one.
    pub(super) fn open(disk: &Arc<Disk>, request: &Request, role: Option<Role>) -> Result<Self> {
        let mut records = Records::new(disk, 0);
        records.skip_byte_order_mark()?;
        let header = records.next_records(1)?.pop().ok_or_else(|| {
            Error::format(disk.path(), "is empty: no header line with the columns' names")
        })?;
        let mut columns = parse_header(disk.path(), &header)?;
        let start = records.position();
        let first = records.next_records(csv_kinds::LOOK_AT)?;
        if first.is_empty() {
            return Err(Error::format(disk.path(), "is empty: no rows after the header"));
        }
        csv_kinds::settle(&mut columns, &first);
        let catalog = Catalog { path: disk.path(), columns: &columns };
        let choice = match role {
            Some(role) => catalog.choose_all(role)?,
            None => catalog.choose(request)?,
        };
        let score_type = request.score_type.unwrap_or(ScoreType::F64);
        Ok(Self {
            notices: choice.notices(),
            path: disk.path().to_owned(),
            file_bytes: disk.bytes(),
            start,
            roles: choice.roles(),
            layout: choice.scores.as_ref().map(|scores| {
                Layout::new(scores.places.len(), scores.matrix, scores.named.clone(), score_type)
            }),
            parser: Arc::new(Parser {
                uses: uses(&choice, columns.len()),
                score_type: choice.scores.is_some().then_some(score_type),
                roles: choice.roles(),
                order: None,
            }),
        })
    }
}

/// What each field of a record is used for.
fn uses(choice: &Choice, fields: usize) -> Vec<Uses> {
    let mut uses = vec![Uses::default(); fields];
    if let Some(place) = choice.labels {
        uses[place].label = true;
    }
    if let Some(place) = choice.predictions {
        uses[place].prediction = true;
    }
    for (score, &place) in choice.scores.iter().flat_map(|scores| scores.places.iter().enumerate())
    {
        uses[place].score = Some(score);
    }
    uses
}

fn parse_header(path: &Path, header: &[u8]) -> Result<Vec<Column>> {
    let mut fields = Fields::new(header);
    let mut buffer = Vec::new();
    let mut columns = Vec::new();
    while let Some(field) = fields.next(&mut buffer) {
        let name = std::str::from_utf8(field).map_err(|_| {
            Error::format(path, "has a header line that is not UTF-8; save the file as UTF-8")
        })?;
        if name.contains('\r') {
            let problem = "has lines that end in bare carriage returns; save it with \\n or \\r\\n";
            return Err(Error::format(path, problem));
        }
        columns.push(Column { name: name.to_owned(), kind: Kind::Text });
    }
    Ok(columns)
}

impl Lane for CsvLane {
    fn path(&self) -> &Path {
        &self.path
    }

    fn dtype(&self) -> String {
        "text".into()
    }

    fn roles(&self) -> &[Role] {
        &self.roles
    }

    fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }

    fn rows(&self) -> Option<u64> {
        None
    }

    fn notices(&self) -> &[Notice] {
        &self.notices
    }

    fn bytes(&self) -> u64 {
        self.file_bytes - self.start
    }

    fn row_bytes(&self) -> usize {
        let scores = self.layout.as_ref().map_or(0, |l| l.columns * l.score_type.bytes());
        self.roles.len() * NAME_BYTES + scores
    }

    fn arrange(&mut self, order: &[usize], classes: Option<Vec<String>>) -> Result<()> {
        if let Some(layout) = &mut self.layout {
            layout.arrange(order, classes);
        }
        let is_moved = order.iter().enumerate().any(|(place, &from)| place != from);
        if is_moved {
            Arc::make_mut(&mut self.parser).order = Some(order.to_vec());
        }
        Ok(())
    }

    fn reader(&self, _threads: usize, _extent: Extent) -> Result<Box<dyn Reader>> {
        let disk = Disk::reopen(&self.path, self.file_bytes)?;
        let records = Mutex::new(Records::new(&disk, self.start));
        Ok(Box::new(CsvReader { records, parser: Arc::clone(&self.parser) }))
    }
}

/// A pass over a CSV file.
struct CsvReader {
    records: Mutex<Records>,
    parser: Arc<Parser>,
}

impl Reader for CsvReader {
    fn claim(&self, _first: u64, rows: usize, scratch: &mut Scratch) -> Result<usize> {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.take(rows, scratch)?;
        Ok(scratch.records.len())
    }

    fn fill(
        &self,
        _first: u64,
        _rows: usize,
        scratch: &mut Scratch,
        batch: &mut Batch,
    ) -> Result<u64> {
        self.parser.parse(scratch, batch);
        Ok(scratch.raw.len() as u64)
    }
}

/// The records of a file, in order.
struct Records {
    disk: Arc<Disk>,
    from: Cursor,
    /// Bytes of the file from `buffer_at` on.
    buffer: Vec<u8>,
    /// How many of them were handed out.
    used: usize,
    /// Place of `buffer[used]` in the file.
    at: u64,
    ended: bool,
}

impl Records {
    fn new(disk: &Arc<Disk>, at: u64) -> Self {
        let from = Cursor::new(disk, at, disk.bytes());
        let disk = Arc::clone(disk);
        Self { disk, from, buffer: Vec::new(), used: 0, at, ended: false }
    }

    /// Where the next record begins.
    fn position(&self) -> u64 {
        self.at
    }

    fn advance(&mut self, bytes: usize) {
        self.used += bytes;
        self.at += bytes as u64;
    }

    fn skip_byte_order_mark(&mut self) -> Result<()> {
        self.read_more(0)?;
        if self.buffer.starts_with(b"\xff\xfe") || self.buffer.starts_with(b"\xfe\xff") {
            return Err(Error::format(self.disk.path(), "is UTF-16; save the file as UTF-8"));
        }
        if self.buffer.starts_with(b"\xef\xbb\xbf") {
            self.advance(3);
        }
        Ok(())
    }

    /// The next records that are not blank, up to `most`.
    fn next_records(&mut self, most: usize) -> Result<Vec<Vec<u8>>> {
        let mut scratch = Scratch::default();
        self.take(most, &mut scratch)?;
        Ok(scratch.records.drain(..).map(|record| scratch.raw[record].to_vec()).collect())
    }

    /// Hands out up to `rows` records; fewer only at the end of the file.
    fn take(&mut self, rows: usize, scratch: &mut Scratch) -> Result<()> {
        scratch.records.clear();
        let mut end = 0;
        while scratch.records.len() < rows {
            let text = &self.buffer[self.used..];
            if let Some(next) = record_end(text, end) {
                if !is_blank(&text[end..next]) {
                    scratch.records.push(end..next);
                }
                // One record by the rules for quotes, then all that have none.
                end = plain_records(text, next, rows, &mut scratch.records);
            } else if self.ended {
                self.check_closed(end)?;
                break;
            } else {
                self.read_more(self.buffer.len() - self.used - end)?;
            }
        }
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
