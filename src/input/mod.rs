//! The input, from files to batches: one file per format.

mod array;
mod checksum;
mod class_order;
mod column_classes;
mod convert;
mod csv;
mod csv_decimal;
mod csv_dialect;
mod csv_head;
mod csv_header;
mod csv_headless;
mod csv_kinds;
mod csv_options;
mod csv_parse;
mod csv_records;
mod csv_repeated;
mod csv_row_names;
mod dataset;
mod describe;
mod dimensions;
mod disk;
mod dtype;
mod foreign_formats;
mod key_column;
mod key_value;
mod keys;
mod lane;
mod memory;
mod named_twice;
mod npy;
mod npz;
mod one_column;
mod one_hot;
mod open;
mod opened;
#[cfg(feature = "parquet")]
mod parquet;
mod paths;
mod pooled;
mod record;
mod role_columns;
mod roles;
mod score_columns;
mod seal;
mod select;
mod set;
mod shards;
mod slices;
mod stream;
mod transpose;
pub mod usual_names;

use std::path::{Path, PathBuf};

pub use csv_options::{CsvOptions, Decimal, RepeatedHeader};
pub use dataset::Dataset;
pub use describe::{Description, Field, Holds, describe};
pub use dimensions::LabelsAre;
pub use memory::{Memory, Until};
pub use one_column::OneColumn;
pub use paths::once;
pub use set::Input;
pub use stream::Stream;

use crate::batch::{Batch, Role};
use crate::error::{Error, Result};
use crate::exact::ScoreType;

/// What the user asked to be read.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Tables, folders or globs of tables; empty when each role names its own file.
    pub tables: Vec<PathBuf>,
    /// A column, array or file.
    pub labels: String,
    /// A column, array or file.
    pub predictions: Option<String>,
    /// Columns and globs of columns, an array or a file; none where there are predictions.
    pub scores: Vec<String>,
    /// Columns, arrays or files whose values rows are put into groups by.
    pub slices: Vec<String>,
    /// The classes in order, if they are known: named score columns are put in this
    /// order, and a set of them that is named otherwise is refused.
    pub classes: Option<Vec<String>>,
    /// Whether names of classes and columns that differ in case, blanks and the like
    /// are one.
    pub loose_classes: bool,
    /// The type of scores in text formats, f64 when not given; bf16 also of arrays
    /// whose values numpy calls V2 or uint16.
    pub score_type: Option<ScoreType>,
    /// What labels and predictions of several dimensions are; left out, they must
    /// tell by themselves.
    pub labels_are: Option<LabelsAre>,
    /// What is said of CSV files.
    pub csv: CsvOptions,
}

impl Request {
    /// Whether scores are named.
    pub fn has_scores(&self) -> bool {
        !self.scores.is_empty()
    }

    /// The one array or file that holds the scores, where only one can; `None` if no
    /// scores are named.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if several are named.
    fn only_scores(&self) -> Result<Option<&String>> {
        match self.scores.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(only)),
            [first, second, ..]
                if self.tables.is_empty() && roles::split(first).0 == roles::split(second).0 =>
            {
                Err(Error::Usage(format!(
                    "--scores names '{first}' and '{second}'; name the columns of a file in one \
                     list: --scores {}",
                    roles::list(&self.scores)
                )))
            }
            [first, second, ..] => Err(Error::Usage(format!(
                "--scores names '{first}' and '{second}'; only a parquet or csv table has a column \
                 for each class, so name the one array that holds all scores"
            ))),
        }
    }

    /// Every file that is named, globs and folders expanded; none for a glob that
    /// matches nothing.
    pub fn paths(&self) -> Vec<PathBuf> {
        let roles = [&self.labels].into_iter().chain(&self.predictions);
        let roles = roles.chain(&self.scores).chain(&self.slices);
        let files = roles.filter(|_| self.tables.is_empty());
        let tables = self
            .tables
            .iter()
            .flat_map(|table| paths::expand(std::slice::from_ref(table)).unwrap_or_default().paths);
        files.map(|name| roles::split(name).0.to_owned()).chain(tables).collect()
    }
}

/// What the rows hold beside their labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A predicted class.
    Predictions,
    /// One score per row.
    Binary,
    /// A row of scores, one for each class.
    Matrix {
        /// Number of classes.
        columns: usize,
        /// Their names, if the columns carry any; else they are `0..columns`.
        names: Option<Vec<String>>,
    },
}

/// One file in one role, for the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// The role; `None` for a table that holds several.
    pub role: Option<Role>,
    /// The path as the user wrote it.
    pub path: PathBuf,
    /// "npy", "npz", "csv", "parquet".
    pub format: &'static str,
    /// The stored type, in the format's words: "int64", "float32", "string".
    pub dtype: String,
    /// Rows, when the format says so before reading.
    pub rows: Option<u64>,
    /// Bytes of the file.
    pub bytes: u64,
    /// Whether it carries checksums of what is read, which are verified then.
    pub has_checksums: bool,
}

/// A source of batches that any number of threads may draw from.
pub trait Source: Sync {
    /// Fills `batch` with rows not handed out before; `false` when there are
    /// none left. Batches are handed out in input order: one that is handed out
    /// later holds later rows.
    ///
    /// # Errors
    ///
    /// Whatever makes the file unreadable. Values that are merely wrong become
    /// [`Batch::faults`]. `batch.part` and `batch.first_row` then say from which
    /// row on.
    fn next(&self, batch: &mut Batch) -> Result<bool>;

    /// Starts over: the next batch holds the first rows again. Not while
    /// another thread is in [`next`](Self::next).
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    fn rewind(&self) -> Result<()>;

    /// Checks that what was read is as it was before the first of it was.
    ///
    /// # Errors
    ///
    /// [`Error::Format`], by name, for a file that is not.
    fn check_unchanged(&self) -> Result<()> {
        Ok(())
    }

    /// The file that an error about a column of a part should name.
    fn path(&self, part: usize, role: Role) -> &Path;
}
