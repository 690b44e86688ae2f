//! Key columns: what files of one role each have in common, so that it shows
//! whether their rows belong together.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::csv::CsvLane;
use super::disk::Disk;
use super::lane::{Extent, Lane};
use super::open::{self, Format, Part};
use super::roles::{self, RoleFile};
use super::stream::Stream;
use super::{Request, csv_head};
use crate::batch::{Batch, Names, Role};
use crate::error::{Error, Result};
use crate::notice::{self, Notice};

/// Rows by which a column is taken for a key.
const LOOK_AT: usize = 1_024;

/// Rows that are compared at once.
const BATCH_ROWS: usize = 1 << 13;

/// Files with key columns, by which their rows are held together.
#[derive(Debug)]
pub(super) struct Keys {
    /// Names of the columns, the same in each file.
    names: Vec<String>,
    /// For each name, the column in each file.
    columns: Vec<Vec<Part>>,
    /// For each role's file, the columns that are no values of its role.
    set_aside: Vec<(Role, Vec<String>)>,
}

/// A file of one role, with more than one column.
struct File {
    role: Role,
    disk: Arc<Disk>,
    format: Format,
    names: Vec<String>,
    /// What is named as its values, where that is said.
    within: Option<String>,
}

impl Keys {
    /// Finds the keys of files that are tables with a role each. `None` if there
    /// are none, or if it cannot be told which columns are the values.
    pub(super) fn find(named: &[RoleFile<'_>], request: &Request) -> Result<Option<Self>> {
        let mut files = Vec::new();
        for file in named {
            files.extend(File::open(file, request)?);
        }
        if files.len() < 2 || files.iter().any(|file| file.names.len() < 2) {
            return Ok(None);
        }
        let is_shared = |name: &&String| {
            !name.trim().is_empty() && files.iter().all(|file| file.may_be_key(name))
        };
        let shared: Vec<&String> = files[0].names.iter().filter(is_shared).collect();
        let (mut names, mut columns) = (Vec::new(), Vec::new());
        for name in &shared {
            let parts: Vec<Part> =
                files.iter().filter_map(|file| file.key(name, request)).collect();
            if parts.len() == files.len() {
                names.push((*name).clone());
                columns.push(parts);
            }
        }
        let set_aside: Option<Vec<_>> =
            files.iter().map(|file| Some((file.role, file.set_aside(&shared, &names)?))).collect();
        Ok(set_aside.filter(|_| !names.is_empty()).map(|set_aside| Self {
            names,
            columns,
            set_aside,
        }))
    }

    /// The columns of a role's file that are not its values.
    pub(super) fn set_aside(&self, role: Role) -> &[String] {
        let found = self.set_aside.iter().find(|(other, _)| *other == role);
        found.map_or(&[], |(_, names)| names)
    }

    /// What the user should know about them.
    pub(super) fn notice(&self) -> Notice {
        let files: Vec<String> =
            self.columns[0].iter().map(|part| path(part).display().to_string()).collect();
        let text = format!(
            "rows of {} belong together by column '{}', which is the same in each",
            files.join(" and "),
            self.names.join("' and '")
        );
        Notice::new(notice::KEY_COLUMNS, text)
    }

    /// Checks that every row has the same keys in each file.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if one has not; [`Error::Interrupted`]; whatever makes
    /// a file unreadable.
    pub(super) fn check(&self, stop: &AtomicBool) -> Result<()> {
        for (name, files) in self.names.iter().zip(&self.columns) {
            let Some((first, others)) = files.split_first() else { continue };
            for other in others {
                check_pair(name, first, other, stop)?;
            }
        }
        Ok(())
    }
}

impl File {
    /// Opens a file if it is a table that can have key columns.
    fn open(file: &RoleFile<'_>, request: &Request) -> Result<Option<Self>> {
        let disk = Disk::open(file.path)?;
        let format = Format::of(&disk)?;
        let names = match format {
            Format::Csv => csv_head::column_names(&disk, &request.csv)?,
            Format::Parquet => open::parquet_column_names(&disk)?,
            Format::Npy | Format::Npz => return Ok(None),
        };
        let (role, within) = (file.role, file.within.map(str::to_owned));
        Ok(Some(Self { role, disk, format, names, within }))
    }

    /// Whether it has this column, and not as its values.
    fn may_be_key(&self, name: &str) -> bool {
        let is_value = |within: &String| roles::names_column(within, name, &self.names);
        self.names.iter().any(|it| it == name) && !self.within.as_ref().is_some_and(is_value)
    }

    /// The column of this name, if the first rows are all there and all different.
    fn key(&self, name: &str, request: &Request) -> Option<Part> {
        let request = Request {
            labels: name.to_owned(),
            predictions: None,
            scores: Vec::new(),
            ..request.clone()
        };
        let lane: Box<dyn Lane> = match self.format {
            Format::Csv => Box::new(CsvLane::open(&self.disk, &request, None).ok()?),
            _ => open::open_parquet(&self.disk, &request, None).ok()?,
        };
        let part = Part { lanes: vec![lane], files: vec![], notices: vec![], widened_to: None };
        let mut batch = Batch::default();
        over(&part, LOOK_AT, Extent::Head).next_batch(&mut batch).ok().filter(|found| *found)?;
        let names: HashSet<String> = (0..batch.rows).map(|row| batch.labels.name(row)).collect();
        (batch.faults.is_empty() && names.len() == batch.rows).then_some(part)
    }

    /// The columns that are not its values, if the others can be.
    fn set_aside(&self, shared: &[&String], keys: &[String]) -> Option<Vec<String>> {
        if self.within.is_some() {
            return Some(Vec::new());
        }
        let own = |name: &&String| !shared.contains(name);
        let values: Vec<&String> = match (self.role, self.names.iter().filter(own).count()) {
            (Role::Scores, 1..) | (_, 1) => self.names.iter().filter(own).collect(),
            // Both files may call their value the same, though it is no key.
            (Role::Labels | Role::Predictions, 0) => {
                self.names.iter().filter(|name| !keys.contains(name)).collect()
            }
            _ => return None,
        };
        let fits = values.len() == 1 || self.role == Role::Scores;
        let others = self.names.iter().filter(|name| !values.contains(name)).cloned();
        fits.then(|| others.collect())
    }
}

fn over(part: &Part, rows: usize, extent: Extent) -> Stream<'_> {
    Stream::over(std::slice::from_ref(part), 0, Some(rows), 1, extent)
}

fn path(part: &Part) -> &Path {
    part.path(Role::Labels)
}

/// Compares a key column of two files, row by row.
fn check_pair(name: &str, a: &Part, b: &Part, stop: &AtomicBool) -> Result<()> {
    let streams = [a, b].map(|part| over(part, BATCH_ROWS, Extent::Whole));
    let mut batches = [Batch::default(), Batch::default()];
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        for (stream, batch) in streams.iter().zip(&mut batches) {
            // Where one is shorter, the pass over all columns says so.
            if !stream.next_batch(batch)? {
                return Ok(());
            }
        }
        let [first, other] = &batches;
        if let Some(row) = first_difference(first, other) {
            let paths = [a, b].map(|part| path(part).display());
            return Err(Error::Mismatch(format!(
                "rows of {} and {} do not belong together: in row {}, column '{name}' of the one \
                 is '{}', of the other '{}'; sort both by '{name}', or write one table",
                paths[0],
                paths[1],
                first.first_row + row as u64,
                first.labels.name(row),
                other.labels.name(row),
            )));
        }
    }
}

/// The first row that both have with other keys.
fn first_difference(a: &Batch, b: &Batch) -> Option<usize> {
    let missing = |batch: &Batch| batch.faults.iter().map(|fault| fault.row).collect::<Vec<_>>();
    let (missing_a, missing_b) = (missing(a), missing(b));
    let differs = |row: usize| {
        let there = [&missing_a, &missing_b].map(|rows| rows.binary_search(&row).is_err());
        there[0] != there[1] || there[0] && !is_same(&a.labels, &b.labels, row)
    };
    (0..a.rows.min(b.rows)).find(|&row| differs(row))
}

fn is_same(a: &Names, b: &Names, row: usize) -> bool {
    match (a, b) {
        (Names::I64(a), Names::I64(b)) if a[row] == b[row] => true,
        (Names::Text(a), Names::Text(b)) if a.get(row) == b.get(row) => true,
        (Names::I64(_), Names::I64(_)) => false,
        _ => is_same_value(&a.name(row), &b.name(row)),
    }
}

/// Whether two spellings are of one value: `7`, ` 7`, `007` and `7.0` are.
fn is_same_value(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    if let (Ok(a), Ok(b)) = (a.parse::<i128>(), b.parse::<i128>()) {
        return a == b;
    }
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.abs() < EXACT);
    a == b || number(a).is_some_and(|a| number(b) == Some(a))
}

/// Whole numbers below it are exact in f64.
const EXACT: f64 = 9_007_199_254_740_992.0;

#[cfg(test)]
mod tests {
    use super::is_same_value;

    #[test]
    fn keys_are_compared_by_value() {
        for (a, b) in [("7", "007"), ("7", "7.0"), ("x", " x "), ("1e3", "1000")] {
            assert!(is_same_value(a, b), "{a} {b}");
        }
        for (a, b) in [("7", "8"), ("x", "X"), ("9007199254740993", "9007199254740992"), ("", "0")]
        {
            assert!(!is_same_value(a, b), "{a} {b}");
        }
    }
}
