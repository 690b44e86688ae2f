//! Slice columns: the values that rows are put into groups by.
//!
//! Each is a lane of its own that reads one column, whatever the format: what reads
//! labels in a format reads slices in it, too. A value that is not there makes a group of
//! its own instead of a row that cannot be scored.

use std::mem;
use std::path::Path;
use std::sync::Arc;

use super::disk::Disk;
use super::lane::{Extent, Lane, Layout, Reader, Scratch};
use super::open;
use super::opened::Opened;
use super::roles::{self, RoleFile};
use super::{InputFile, Request};
use crate::batch::{Batch, Fault, Role};
use crate::error::{Error, Result};

/// The names of the columns that slices are made by: those of a table, or of files.
///
/// # Errors
///
/// [`Error::Usage`] if two are the same.
pub(super) fn names(request: &Request) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for given in &request.slices {
        let name = match request.tables.is_empty() {
            true => name_of_file(given),
            false => given.trim().to_owned(),
        };
        if name == "split" {
            let problem = "--slice 'split': rules mean the parts of a dataset by that name; call \
                           the column otherwise";
            return Err(Error::Usage(problem.to_owned()));
        }
        if names.contains(&name) {
            let problem = format!("--slice names '{name}' twice; name each column once");
            return Err(Error::Usage(problem));
        }
        names.push(name);
    }
    Ok(names)
}

/// The column in a file, or what the file is called without its extension.
fn name_of_file(given: &str) -> String {
    let (path, within) = roles::split(given);
    let stem = || path.file_stem().map_or(given.into(), |stem| stem.to_string_lossy());
    within.map_or_else(|| stem().into_owned(), |within| within.trim().to_owned())
}

/// The slice columns of a table.
pub(super) fn of_table(disk: &Arc<Disk>, request: &Request) -> Result<Vec<Box<dyn Lane>>> {
    let lanes = request.slices.iter().enumerate().map(|(place, name)| {
        let file = RoleFile { role: Role::Slices, path: disk.path(), within: Some(name) };
        let (column, _) = open::role_lane(disk, file, &[], request)?;
        SliceLane::open(column, place, name, true)
    });
    lanes.collect()
}

/// The slice columns that are files or are in files of their own, and what the report says
/// of these.
pub(super) fn of_files(request: &Request) -> Result<Vec<(Box<dyn Lane>, InputFile)>> {
    let lanes =
        request.slices.iter().zip(names(request)?).enumerate().map(|(place, (given, name))| {
            roles::check(Role::Slices, given, request)?;
            let (path, within) = roles::split(given);
            let disk = Disk::open(path)?;
            let file = RoleFile { role: Role::Slices, path, within };
            let (column, format) = open::role_lane(&disk, file, &[], request)?;
            let lane = SliceLane::open(column, place, &name, false)?;
            let file = open::role_file(Role::Slices, &disk, format, lane.as_ref());
            Ok((lane, file))
        });
    lanes.collect()
}

/// One column of slices.
#[derive(Debug)]
struct SliceLane {
    column: Box<dyn Lane>,
    place: usize,
    name: String,
    /// Whether it is a column of the table that has the labels.
    is_of_table: bool,
}

impl SliceLane {
    fn open(
        column: Box<dyn Lane>,
        place: usize,
        name: &str,
        is_of_table: bool,
    ) -> Result<Box<dyn Lane>> {
        if let Some(array) = column.array().filter(|array| array.has_wide_names()) {
            let problem = format!(
                "has shape {}; expected one value of a slice for each row: (rows,)",
                array.array.shape()
            );
            return Err(Error::format(column.path(), problem));
        }
        Ok(Box::new(Self { column, place, name: name.to_owned(), is_of_table }))
    }
}

impl Lane for SliceLane {
    fn opened(&self) -> &Opened {
        self.column.opened()
    }

    fn dtype(&self) -> String {
        self.column.dtype()
    }

    fn roles(&self) -> &[Role] {
        &[Role::Slices]
    }

    fn layout(&self) -> Option<&Layout> {
        None
    }

    fn rows(&self) -> Option<u64> {
        self.column.rows()
    }

    fn bytes(&self) -> u64 {
        self.column.bytes()
    }

    fn row_bytes(&self) -> usize {
        self.column.row_bytes()
    }

    fn prefers_tall_batches(&self) -> bool {
        self.column.prefers_tall_batches()
    }

    fn has_checksums(&self) -> bool {
        self.column.has_checksums()
    }

    fn arrange(&mut self, order: &[usize], classes: Option<Vec<String>>) -> Result<()> {
        self.column.arrange(order, classes)
    }

    fn why_one_row_more(&self) -> Option<String> {
        self.column.why_one_row_more()
    }

    fn why_one_row_less(&self) -> Option<String> {
        self.column.why_one_row_less()
    }

    fn reader(&self, threads: usize, extent: Extent) -> Result<Box<dyn Reader>> {
        let column = self.column.reader(threads, extent)?;
        let (path, name) = (self.path().into(), self.name.clone());
        let (place, is_of_table) = (self.place, self.is_of_table);
        Ok(Box::new(SliceReader { column, place, path, name, is_of_table }))
    }
}

/// One pass over a column of slices.
struct SliceReader {
    column: Box<dyn Reader>,
    place: usize,
    path: Box<Path>,
    name: String,
    is_of_table: bool,
}

impl Reader for SliceReader {
    fn claim(&self, first: u64, rows: usize, scratch: &mut Scratch) -> Result<usize> {
        self.column.claim(first, rows, scratch)
    }

    fn fill(
        &self,
        first: u64,
        rows: usize,
        scratch: &mut Scratch,
        batch: &mut Batch,
    ) -> Result<u64> {
        let mut own = scratch.batch.take().unwrap_or_default();
        own.faults.clear();
        let bytes = self.column.fill(first, rows, scratch, &mut own)?;
        let places = batch.slices.len().max(self.place + 1);
        batch.slices.resize_with(places, Default::default);
        let slice = &mut batch.slices[self.place];
        mem::swap(&mut slice.names, &mut own.labels);
        slice.missing.clear();
        for fault in &own.faults {
            if is_missing(fault) || self.is_of_table && is_of_record(fault) {
                slice.missing.push(fault.row);
            } else {
                return Err(self.no_slice(first, fault));
            }
        }
        scratch.batch = Some(own);
        Ok(bytes)
    }
}

impl SliceReader {
    fn no_slice(&self, first: u64, fault: &Fault) -> Error {
        let found = fault.problem.replacen("slice", "value", 1).replacen("label", "value", 1);
        let hint = match is_of_record(fault) || found.ends_with("UTF-8") {
            true => "",
            false => {
                "; slices are made by whole numbers, bools or text, so write numbers as ranges"
            }
        };
        Error::Row {
            path: self.path.to_path_buf(),
            row: first + fault.row as u64,
            problem: format!("slice '{}': {found}{hint}", self.name),
        }
    }
}

fn is_missing(fault: &Fault) -> bool {
    [" is missing", " is null", " is NaN"].iter().any(|end| fault.problem.ends_with(end))
}

/// Whether a whole record is amiss, which what reads labels of the same table tells of.
fn is_of_record(fault: &Fault) -> bool {
    !["slice ", "label ", "the slice ", "the label "].iter().any(|it| fault.problem.starts_with(it))
}
