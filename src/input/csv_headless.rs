//! CSV files without a header among others that have one, as where a table was split
//! by lines: options are for all files, so none of them reads both.

use std::path::{Path, PathBuf};

use super::csv_head;
use super::csv_header::excerpt;
use super::disk::Disk;
use super::open::Format;
use super::{CsvOptions, Request};
use crate::error::{Error, Result};

/// How many of the others are looked at.
const LOOK_AT: usize = 16;

/// The error of a table; where others have a header with the columns asked for and
/// this one has none, that, and how all can be read.
pub(super) fn explained(error: Error, path: &Path, paths: &[PathBuf], request: &Request) -> Error {
    let is_here = |names: &[String]| names.iter().any(|name| name.trim() == request.labels.trim());
    let Ok(names) = names(path, request) else { return error };
    let others = paths.iter().filter(|other| other.as_path() != path).take(LOOK_AT);
    let with_header = others.filter_map(|other| Some((other, self::names(other, request).ok()?)));
    let mut alike = with_header.filter(|(_, found)| found.len() == names.len() && is_here(found));
    let (false, true, Some((other, header))) =
        (is_here(&names), request.csv.header.is_none(), alike.next())
    else {
        return error;
    };
    let (line, header) = (names.join(","), header.join(","));
    let problem = format!(
        "has no column '{}', unlike {}: if its first line, '{}', is a row, write the header '{}' \
         above it, or evaluate the file apart with --csv header=no (its columns are then named 0, \
         1, …) and -o, and put the states together with tallyho merge",
        request.labels,
        other.display(),
        excerpt(line.as_bytes()),
        excerpt(header.as_bytes()),
    );
    Error::format(path, problem)
}

/// The fields of a CSV file's first line.
fn names(path: &Path, request: &Request) -> Result<Vec<String>> {
    let disk = Disk::open(path)?;
    if Format::of(&disk)? != Format::Csv {
        return Err(Error::format(path, "is no CSV"));
    }
    let options = CsvOptions { header: None, ..request.csv.clone() };
    csv_head::column_names(&disk, &options)
}
