//! The separator of a CSV file: as the user says, as its first line says
//! (`sep=;`), or as its header and first records tell.

use std::sync::Arc;

use super::csv_kinds::LOOK_AT;
use super::csv_options::{CsvOptions, DELIMITERS, delimiter_name, shown};
use super::csv_records::{Framing, Records};
use super::csv_row_names;
use super::disk::Disk;
use super::record::{Fields, without_line_end};
use crate::error::{Error, Result};
use crate::notice::{self, Notice};

/// How a file is to be read from its first line on.
#[derive(Debug)]
pub(super) struct Dialect {
    /// Where its first record begins.
    pub(super) start: u64,
    pub(super) delimiter: u8,
    /// What was decided for the user.
    pub(super) notices: Vec<Notice>,
}

impl Dialect {
    /// Looks at the beginning of a file.
    pub(super) fn of(disk: &Arc<Disk>, options: &CsvOptions) -> Result<Self> {
        let usual = if is_tsv(disk) { b'\t' } else { b',' };
        let mut records = Records::new(disk, 0, Framing::new(options.delimiter.unwrap_or(usual)));
        records.skip_byte_order_mark()?;
        let mut start = records.position();
        let (mut line, _) = records.next_record()?.unwrap_or_default();
        let declared = declared(&line);
        if declared.is_some() {
            start = records.position();
            (line, _) = records.next_record()?.unwrap_or_default();
        }
        let mut dialect = Self { start, delimiter: usual, notices: Vec::new() };
        if let Some(delimiter) = options.delimiter {
            dialect.delimiter = delimiter;
        } else if let Some(delimiter) = declared {
            dialect.choose(disk, delimiter, "as its first line says");
        } else if let Some(delimiter) = detect(disk, start, &line, usual)? {
            dialect.choose(disk, delimiter, "as its header and first records tell");
        }
        Ok(dialect)
    }

    fn choose(&mut self, disk: &Disk, delimiter: u8, why: &str) {
        let fields = shown(delimiter);
        let text = format!("{} is separated by {fields}, {why}", disk.path().display());
        self.delimiter = delimiter;
        self.notices.push(Notice::new(notice::CSV_DELIMITER, text));
    }
}

fn is_tsv(disk: &Disk) -> bool {
    disk.path().extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tsv"))
}

/// The separator that the line `sep=;` declares, as spreadsheets write it.
fn declared(line: &[u8]) -> Option<u8> {
    let line = without_line_end(line);
    let line = line.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [name @ .., b'=', delimiter]
            if name.eq_ignore_ascii_case(b"sep")
                && !delimiter.is_ascii_alphanumeric()
                && delimiter.is_ascii() =>
        {
            Some(*delimiter)
        }
        _ => None,
    }
}

/// How the first records look with one separator.
struct Fit {
    delimiter: u8,
    /// Fields of the first record.
    fields: usize,
    /// Records after it.
    records: usize,
    /// Those of them that have as many fields.
    agreeing: usize,
    /// The first that has not: its place, and its fields.
    differing: Option<(usize, usize)>,
}

impl Fit {
    fn of(disk: &Arc<Disk>, start: u64, delimiter: u8) -> Result<Self> {
        let mut records = Records::new(disk, start, Framing::new(delimiter));
        let (first, _) = records.next_record()?.unwrap_or_default();
        let fields = Fields::split(&first, delimiter).count();
        let mut fit = Self { delimiter, fields, records: 0, agreeing: 0, differing: None };
        for record in records.next_records(LOOK_AT)? {
            let found = Fields::split(&record, delimiter).count();
            if found == fields {
                fit.agreeing += 1;
            } else if fit.differing.is_none() {
                fit.differing = Some((fit.records, found));
            }
            fit.records += 1;
        }
        fit.allow_row_names(disk, start)?;
        Ok(fit)
    }

    /// Takes records of one field more for like the header where R left out a name.
    fn allow_row_names(&mut self, disk: &Arc<Disk>, start: u64) -> Result<()> {
        if self.fields < 2 || self.agreeing > 0 {
            return Ok(());
        }
        let mut records = Records::new(disk, start, Framing::new(self.delimiter));
        let (first, _) = records.next_record()?.unwrap_or_default();
        let rows = records.next_records(LOOK_AT)?;
        if csv_row_names::are_there(&first, self.fields, self.delimiter, &rows) {
            self.agreeing = self.records;
        }
        Ok(())
    }

    /// Whether it cuts every record into the same fields, several of them.
    fn is_whole(&self) -> bool {
        self.fields > 1 && self.agreeing == self.records
    }

    /// Whether it does so with some.
    fn is_partial(&self) -> bool {
        self.fields > 1 && self.agreeing > 0
    }
}

/// The separator that is not the `usual` one, by the first line and the records
/// after it; `None` if it is. Only what stands in the first line can be one.
fn detect(disk: &Arc<Disk>, start: u64, line: &[u8], usual: u8) -> Result<Option<u8>> {
    let others = DELIMITERS.iter().map(|(delimiter, _)| *delimiter);
    let others: Vec<u8> = others.filter(|it| *it != usual && line.contains(it)).collect();
    if others.is_empty() {
        return Ok(None);
    }
    let own = Fit::of(disk, start, usual)?;
    // A quote that another separator leaves open tells against it.
    let others = others.into_iter().filter_map(|delimiter| Fit::of(disk, start, delimiter).ok());
    let others: Vec<Fit> = others.collect();
    let whole: Vec<&Fit> = others.iter().filter(|fit| fit.is_whole()).collect();
    let partial = others.iter().find(|fit| fit.is_partial());
    match (whole.as_slice(), partial) {
        ([], Some(other)) if !own.is_whole() && (own.fields == 1 || own.agreeing == 0) => {
            Err(disagree(disk, &own, other))
        }
        ([], _) => Ok(None),
        ([other], _) if own.is_whole() => Err(ambiguous(disk, &own, other)),
        ([other], _) if own.fields > 1 && 2 * own.agreeing > own.records => {
            Err(ambiguous(disk, &own, other))
        }
        ([other], _) => Ok(Some(other.delimiter)),
        ([first, second, ..], _) => Err(ambiguous(disk, first, second)),
    }
}

fn ambiguous(disk: &Disk, one: &Fit, other: &Fit) -> Error {
    let [a, b] = [one, other].map(|fit| (shown(fit.delimiter), delimiter_name(fit.delimiter)));
    let problem = format!(
        "may be separated by {} (its header then has {} fields) or by {} ({}); say which with \
         --csv delimiter={} or --csv delimiter={}",
        a.0, one.fields, b.0, other.fields, a.1, b.1
    );
    Error::format(disk.path(), problem)
}

fn disagree(disk: &Disk, own: &Fit, other: &Fit) -> Error {
    let (row, found) = other.differing.unwrap_or_default();
    let problem = format!(
        "may be separated by {}: its header then has {} fields, but row {row} has {found}; if it \
         is, use --csv delimiter={}, and if not, --csv delimiter={}",
        shown(other.delimiter),
        other.fields,
        delimiter_name(other.delimiter),
        delimiter_name(own.delimiter)
    );
    Error::format(disk.path(), problem)
}
