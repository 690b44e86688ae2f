//! The export of runs and their values for other programs.

mod columns;
mod csv;
#[cfg(feature = "parquet")]
mod parquet;

use std::io::Write;
use std::path::Path;

use super::export_json;
use crate::error::{Error, Result};
use crate::history::store::database::History;
use crate::history::store::filter::Filter;
use crate::history::store::run_details::RunDetails;

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A line for each run; undefined values are empty.
    Csv,
    /// All that is known of every run, with reasons, intervals and verdicts.
    Json,
    /// The same table as in CSV; undefined values are null.
    #[cfg(feature = "parquet")]
    Parquet,
}

impl Format {
    /// The format that a file name asks for.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if its extension is not known.
    pub fn from_path(path: &Path) -> Result<Self> {
        let extension = path.extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("json") => Ok(Self::Json),
            #[cfg(feature = "parquet")]
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(Error::Usage(format!(
                "{}: the extension says what to write; use .csv, .json or .parquet",
                path.display()
            ))),
        }
    }
}

/// Writes every run that `filter` matches to `file`, which is at `path`; how
/// many those are.
///
/// # Errors
///
/// [`Error::Io`] if it cannot be written; and as [`History::details`].
pub fn write<W: Write + Send>(
    history: &History,
    filter: &Filter,
    format: Format,
    path: &Path,
    file: W,
) -> Result<usize> {
    let _moment = history.snapshot()?;
    let runs = history.runs(filter)?;
    if runs.is_empty() {
        return Err(history.no_match(filter)?);
    }
    let runs: Vec<RunDetails> =
        runs.into_iter().map(|run| history.details(run)).collect::<Result<_>>()?;
    let written = match format {
        Format::Csv => csv::write(&columns::columns(&runs), file),
        Format::Json => export_json(&runs, file),
        #[cfg(feature = "parquet")]
        Format::Parquet => parquet::write(&columns::columns(&runs), file),
    };
    written.map_err(Error::io(path, "write the runs"))?;
    Ok(runs.len())
}
