//! The head of a CSV file: its dialect, its header and its first rows.

use std::path::Path;
use std::sync::Arc;

use super::Request;
use super::csv_dialect::Dialect;
use super::csv_header::{self, Verdict, excerpt};
use super::csv_kinds;
use super::csv_options::{CsvOptions, RepeatedHeader};
use super::csv_parse::Uses;
use super::csv_records::{Framing, Records};
use super::csv_repeated::HeaderLine;
use super::csv_row_names;
use super::disk::Disk;
use super::record::{Fields, has_stray_return, without_line_end};
use super::select::{Column, Kind, Values, has_wildcard};
use crate::batch::Role;
use crate::error::{Error, Result};
use crate::notice::{self, Notice};

/// The beginning of a file, before it is known what its columns are used for.
pub(super) struct Head {
    pub(super) columns: Vec<Column>,
    /// The first rows.
    pub(super) records: Vec<Vec<u8>>,
    pub(super) framing: Framing,
    /// Where they begin.
    pub(super) start: u64,
    pub(super) notices: Vec<Notice>,
    /// The header, if a row must not be the same.
    pub(super) repeated: Option<HeaderLine>,
    /// The first line.
    pub(super) line: Vec<u8>,
    /// Whether the first column is of row names that the header has no name for.
    pub(super) row_names: bool,
}

impl Head {
    /// Looks at the beginning of a file; with a `role`, of one that has only that.
    pub(super) fn read(
        disk: &Arc<Disk>,
        request: &Request,
        role: Option<(Role, Values<'_>)>,
    ) -> Result<Self> {
        let options = &request.csv;
        let Dialect { start, delimiter, notices } = Dialect::of(disk, options)?;
        let mut records = Records::new(disk, start, Framing::new(delimiter));
        let (line, after_blank_lines) = records.next_record()?.ok_or_else(|| {
            Error::empty(disk.path(), "is empty: no header line with the columns' names")
        })?;
        let mut columns = parse_header(disk.path(), &line, delimiter)?;
        let mut head = Self {
            columns: Vec::new(),
            records: Vec::new(),
            framing: Framing { blank_lines: columns.len() == 1, ..Framing::new(delimiter) },
            start,
            notices,
            repeated: None,
            line: without_line_end(&line).to_vec(),
            row_names: false,
        };
        if options.header == Some(false) {
            for (place, column) in columns.iter_mut().enumerate() {
                column.name = place.to_string();
            }
            records = Records::new(disk, start, head.framing.clone());
        } else {
            head.start = records.position();
            if options.repeated_header == Some(RepeatedHeader::Skip) {
                head.framing.header = Some(HeaderLine::of(&line, delimiter));
                head.framing.leaves_out = true;
            }
            *records.framing_mut() = head.framing.clone();
        }
        head.columns = columns;
        head.records = records.next_records(csv_kinds::LOOK_AT)?;
        if head.records.is_empty() {
            return Err(Error::empty(disk.path(), "is empty: no rows after the header"));
        }
        if options.header != Some(false) {
            head.name_rows(disk.path());
            head.judge(disk.path(), request, role, &line)?;
            let is_column = head.framing.blank_lines;
            if is_column && (after_blank_lines || head.columns[0].name.is_empty()) {
                head.notices.push(empty_at_first(disk.path(), &head.columns[0].name));
            }
        }
        Ok(head)
    }

    /// Adds the column of row names that R writes without a name.
    fn name_rows(&mut self, path: &Path) {
        let (columns, delimiter) = (self.columns.len(), self.framing.delimiter);
        if columns < 2 || !csv_row_names::are_there(&self.line, columns, delimiter, &self.records) {
            return;
        }
        self.columns.insert(0, Column { name: String::new(), kind: Kind::Index });
        self.row_names = true;
        let text = format!(
            "{}: the header has {columns} names for {} fields, as R writes it; the first of each \
             row was taken for the row's name",
            path.display(),
            columns + 1
        );
        self.notices.push(Notice::new(notice::ROW_NAMES, text));
    }

    /// Refuses a first line that looks like a row, and settles whether a row may
    /// look like it.
    fn judge(
        &mut self,
        path: &Path,
        request: &Request,
        role: Option<(Role, Values<'_>)>,
        line: &[u8],
    ) -> Result<()> {
        let options = &request.csv;
        let asked: Vec<&str> = match role {
            Some((_, Values::Named(name))) => vec![name],
            Some(_) => Vec::new(),
            None => named(request),
        };
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let verdict = csv_header::judge(&asked, &names, self.framing.delimiter, &self.records);
        let line = without_line_end(line);
        // Who says what is to become of rows like the header says that it is one.
        let confirmed = options.repeated_header == Some(RepeatedHeader::Keep);
        if options.header.is_none() && !confirmed {
            csv_header::check(path, verdict, line)?;
            if verdict == Verdict::Unclear && matches!(role, Some((_, Values::Beside(_)))) {
                let text = format!(
                    "{}: the first line, '{}', was taken for a header",
                    path.display(),
                    excerpt(line)
                );
                let hint = "if it is a row, use --csv header=no";
                self.notices.push(Notice::new(notice::HEADER_TAKEN, text).hint(hint));
            }
        }
        // Where the user calls a line a header whose only field may be a value, or
        // that is of numbers like those below it, rows may look like it.
        let said = options.header == Some(true);
        let may_be_row = said && (self.columns.len() == 1 || verdict == Verdict::Numbers);
        let header = HeaderLine::of(line, self.framing.delimiter);
        match options.repeated_header {
            Some(RepeatedHeader::Keep) => {}
            None if may_be_row => self.framing.header = Some(header),
            // Even where such lines are left out, one of another order is refused.
            None | Some(RepeatedHeader::Error | RepeatedHeader::Skip) => {
                self.repeated = Some(header);
            }
        }
        Ok(())
    }
}

/// The columns that the user names in full.
fn named(request: &Request) -> Vec<&str> {
    let roles = [Some(&request.labels), request.predictions.as_ref()].into_iter().flatten();
    let scores = request.scores.iter().filter(|name| !has_wildcard(name));
    roles.chain(scores).chain(&request.slices).map(String::as_str).collect()
}

/// The names of a table's columns.
pub(super) fn column_names(disk: &Arc<Disk>, options: &CsvOptions) -> Result<Vec<String>> {
    let Dialect { start, delimiter, .. } = Dialect::of(disk, options)?;
    let mut records = Records::new(disk, start, Framing::new(delimiter));
    let header = records.next_record()?.map(|(line, _)| line).unwrap_or_default();
    let columns = parse_header(disk.path(), &header, delimiter)?.into_iter().enumerate();
    let name = |(place, column): (usize, Column)| match options.header {
        Some(false) => place.to_string(),
        _ => column.name,
    };
    Ok(columns.map(name).collect())
}

/// Refuses a file whose first rows are not UTF-8 in a column that is used: its
/// others will not be, either.
pub(super) fn check_utf_8(
    path: &Path,
    uses: &[Uses],
    delimiter: u8,
    records: &[Vec<u8>],
) -> Result<()> {
    let mut buffer = Vec::new();
    for (row, record) in records.iter().enumerate() {
        if std::str::from_utf8(record).is_ok() {
            continue;
        }
        let mut fields = Fields::split(record, delimiter);
        for uses in uses {
            let Some(field) = fields.next(&mut buffer) else { break };
            if (uses.label || uses.prediction) && std::str::from_utf8(field).is_err() {
                let found = excerpt(field);
                let problem =
                    format!("is not UTF-8: row {row} has '{found}'; save the file as UTF-8");
                return Err(Error::format(path, problem));
            }
        }
    }
    Ok(())
}

/// That what comes first in the only column is nothing, and no row.
fn empty_at_first(path: &Path, name: &str) -> Notice {
    let path = path.display();
    let text = if name.is_empty() {
        format!("{path}: the first line is an empty value, and was taken for a header")
    } else {
        let name = excerpt(name.as_bytes());
        format!(
            "{path} begins with empty lines; they were passed over, and '{name}' was taken for its \
             header"
        )
    };
    let hint = "if they are rows without a value, use --csv header=no";
    Notice::new(notice::BLANK_LINES_FIRST, text).hint(hint)
}

fn parse_header(path: &Path, header: &[u8], delimiter: u8) -> Result<Vec<Column>> {
    if has_stray_return(header, delimiter) {
        let problem = "has lines that end in bare carriage returns; save it with \\n or \\r\\n";
        return Err(Error::format(path, problem));
    }
    let mut fields = Fields::split(header, delimiter);
    let mut buffer = Vec::new();
    let mut columns = Vec::new();
    while let Some(field) = fields.next(&mut buffer) {
        let name = std::str::from_utf8(field).map_err(|_| {
            Error::format(path, "has a header line that is not UTF-8; save the file as UTF-8")
        })?;
        columns.push(Column { name: name.to_owned(), kind: Kind::Text });
    }
    if fields.go_on_after_quotes() {
        let problem = "has text after the quote that closes a field in its first line";
        return Err(Error::format(path, problem));
    }
    Ok(columns)
}
