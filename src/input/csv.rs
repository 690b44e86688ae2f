//! Tables in CSV: a header line, then a record for each row.
//!
//! Labels and predictions are text as written: `1.0` is a class of its own,
//! apart from `1`. Scores are parsed in the type that the user asked for. An
//! empty field is a missing value, and so is an empty line where there is one
//! column. Finding where records end is done in order; parsing them is not.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Request;
use super::csv_decimal::Decimals;
use super::csv_head::{self, Head};
use super::csv_header::excerpt;
use super::csv_kinds;
use super::csv_options::Decimal;
use super::csv_parse::{MOVED, Parser, Uses};
use super::csv_records::{Framing, Records};
use super::disk::Disk;
use super::lane::{Extent, Lane, Layout, Reader, Scratch};
use super::opened::Opened;
use super::record::Fields;
use super::select::{Catalog, Choice, Column, Values};
use crate::batch::{Batch, Role};
use crate::error::{Error, Result};
use crate::exact::ScoreType;
use crate::notice::{self, Notice};

/// Bytes that a class name takes in a batch, about.
const NAME_BYTES: usize = 24;

/// A CSV file and the columns wanted of it.
#[derive(Debug)]
pub(super) struct CsvLane {
    opened: Opened,
    /// Where the first row begins.
    start: u64,
    framing: Framing,
    roles: Vec<Role>,
    layout: Option<Layout>,
    parser: Arc<Parser>,
    notices: Vec<Notice>,
    /// How many records equal to the header the last pass over all rows met.
    repeated: Arc<AtomicU64>,
    /// The header, for messages, if it may have been a row.
    first_line: Option<String>,
    /// Whether the last row of the only column is an empty line.
    ends_empty: bool,
}

impl CsvLane {
    /// Opens a table; with a `role`, a file that has only that one.
    pub(super) fn open(
        disk: &Arc<Disk>,
        request: &Request,
        role: Option<(Role, Values<'_>)>,
    ) -> Result<Self> {
        let head = Head::read(disk, request, role)?;
        let Head { mut columns, records, framing, start, mut notices, repeated, line, row_names } =
            head;
        let decimals = Decimals::of(&request.csv, framing.delimiter, columns.len(), &records);
        let normalized = decimals.normalized(framing.delimiter, &records);
        csv_kinds::settle(&mut columns, normalized.as_deref().unwrap_or(&records), row_names);
        let catalog = Catalog { path: disk.path(), columns: &columns };
        let choice = match role {
            Some((role, values)) => catalog.choose_values(role, values)?,
            None => catalog.choose(request)?,
        };
        let score_type = request.score_type.unwrap_or(ScoreType::F64);
        let places = choice.scores.as_ref().map_or(&[][..], |scores| &scores.places);
        let (decimal, notice) = decimals.settle(disk.path(), &columns, places)?;
        notices.extend(notice);
        notices.extend(choice.notices());
        let uses = uses(&choice, columns.len());
        csv_head::check_utf_8(disk.path(), &uses, framing.delimiter, &records)?;
        let end = end(disk)?;
        if !end.ends_with(b"\n") {
            notices.push(cut_off(disk.path()));
        }
        let ends_empty =
            framing.blank_lines && (end.ends_with(b"\n\n") || end.ends_with(b"\n\r\n"));
        Ok(Self {
            opened: disk.opened().clone(),
            start,
            roles: choice.roles(),
            layout: choice.scores.as_ref().map(|scores| {
                Layout::new(scores.places.len(), scores.matrix, scores.named.clone(), score_type)
                    .chosen_from(&columns, &scores.places)
            }),
            parser: Arc::new(Parser {
                uses,
                score_names: match request.csv.header {
                    Some(false) => Vec::new(),
                    _ => places.iter().map(|&place| columns[place].name.clone()).collect(),
                },
                score_type: choice.scores.is_some().then_some(score_type),
                roles: choice.roles(),
                order: None,
                delimiter: framing.delimiter,
                decimal_comma: decimal == Decimal::Comma,
                has_header: request.csv.header != Some(false),
                repeated,
            }),
            framing,
            notices,
            repeated: Arc::default(),
            first_line: (request.csv.header != Some(false) && may_be_row(&columns))
                .then(|| excerpt(&line)),
            ends_empty,
        })
    }
}

/// The columns of a table, by its first rows, and of the first `most` columns the
/// first `rows` values, as they are written.
pub(super) fn columns(
    disk: &Arc<Disk>,
    request: &Request,
    most: usize,
    rows: usize,
) -> Result<(Vec<Column>, Vec<Vec<String>>)> {
    let Head { mut columns, records, framing, row_names, .. } = Head::read(disk, request, None)?;
    let decimals = Decimals::of(&request.csv, framing.delimiter, columns.len(), &records);
    let normalized = decimals.normalized(framing.delimiter, &records);
    csv_kinds::settle(&mut columns, normalized.as_deref().unwrap_or(&records), row_names);
    let mut values = vec![Vec::new(); columns.len().min(most)];
    let mut buffer = Vec::new();
    for record in records.iter().take(rows) {
        let mut fields = Fields::split(record, framing.delimiter);
        for values in &mut values {
            let field = fields.next(&mut buffer).unwrap_or_default();
            values.push(std::str::from_utf8(field).unwrap_or_default().to_owned());
        }
    }
    Ok((columns, values))
}

/// Whether a header may have been a row: of the only column, or of numbers.
fn may_be_row(columns: &[Column]) -> bool {
    let is_number = |column: &Column| column.name.trim().parse::<f64>().is_ok();
    columns.len() == 1 || columns.iter().all(is_number)
}

/// The last bytes of a file.
fn end(disk: &Disk) -> Result<Vec<u8>> {
    let length = disk.bytes().min(3);
    let mut end = vec![0; length as usize];
    disk.read_exact_at(&mut end, disk.bytes() - length)?;
    Ok(end)
}

/// What is said of a last line without its end.
fn cut_off(path: &Path) -> Notice {
    let text = format!(
        "the last line of {} has no line end, so the file may be cut off within it",
        path.display()
    );
    Notice::new(notice::CUT_OFF, text).hint("if it is complete, end it with a newline")
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

impl Lane for CsvLane {
    fn opened(&self) -> &Opened {
        &self.opened
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

    fn score_names(&self) -> &[String] {
        &self.parser.score_names
    }

    fn notices(&self) -> &[Notice] {
        &self.notices
    }

    fn bytes(&self) -> u64 {
        self.opened.bytes() - self.start
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

    fn why_one_row_more(&self) -> Option<String> {
        let hint = || format!("the last row of {} is empty", self.path().display());
        self.ends_empty.then(hint)
    }

    fn why_one_row_less(&self) -> Option<String> {
        let line = self.first_line.as_ref()?;
        let path = self.path().display();
        Some(format!("if the first line of {path}, '{line}', is a row, use --csv header=no"))
    }

    fn pass_notices(&self) -> Vec<Notice> {
        let count = self.repeated.load(Ordering::Relaxed);
        let (lines, were) = if count == 1 { ("line", "was") } else { ("lines", "were") };
        let path = self.path().display();
        let notice = if self.framing.leaves_out {
            let text =
                format!("{path}: {count} {lines} equal to the header, no rows, were left out");
            Notice::new(notice::REPEATED_HEADER, text)
        } else {
            let text = format!("{path}: {count} {lines} equal to the header {were} taken for rows");
            Notice::new(notice::HEADER_AS_ROWS, text).hint(
                "if files were put together, use --csv repeated-header=skip, and if all are rows, \
                 --csv repeated-header=keep",
            )
        };
        (count > 0).then_some(notice).into_iter().collect()
    }

    fn reader(&self, _threads: usize, extent: Extent) -> Result<Box<dyn Reader>> {
        let disk = Disk::reopen(&self.opened)?;
        let records = Mutex::new(Records::new(&disk, self.start, self.framing.clone()));
        let repeated = (extent == Extent::Whole).then(|| Arc::clone(&self.repeated));
        if let Some(repeated) = &repeated {
            repeated.store(0, Ordering::Relaxed);
        }
        let (path, parser) = (self.path().to_owned(), Arc::clone(&self.parser));
        Ok(Box::new(CsvReader { path, records, parser, repeated }))
    }
}

/// A pass over a CSV file.
struct CsvReader {
    path: PathBuf,
    records: Mutex<Records>,
    parser: Arc<Parser>,
    /// Where repeated header lines are counted, in a pass over all rows.
    repeated: Option<Arc<AtomicU64>>,
}

impl Reader for CsvReader {
    fn claim(&self, _first: u64, rows: usize, scratch: &mut Scratch) -> Result<usize> {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.take(rows, scratch)?;
        if let Some(repeated) = &self.repeated {
            repeated.fetch_add(records.take_repeated(), Ordering::Relaxed);
        }
        Ok(scratch.records.len())
    }

    fn fill(
        &self,
        first: u64,
        _rows: usize,
        scratch: &mut Scratch,
        batch: &mut Batch,
    ) -> Result<u64> {
        if let Some(row) = self.parser.parse(scratch, batch) {
            let problem = format!("row {}: {MOVED}", first + row as u64);
            return Err(Error::format(&self.path, problem));
        }
        Ok(scratch.raw.len() as u64)
    }
}
