//! The record of a run, written in one transaction.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, params};

use super::blob::Packed;
use super::database::History;
use super::identity::{Identity, RunId};
use super::verdict::{self, Verdict};
use super::{checksum, correctness_blob, metric_value};
use crate::engine::RowCorrectness;
use crate::error::{Error, Result};
use crate::report::{self, Report};
use crate::tally;

/// What there is to be written of a run.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// What it is of.
    pub identity: &'a Identity,
    /// The date that it stands for.
    pub night: Date,
    /// Now.
    pub time: Timestamp,
    /// The machine.
    pub host: &'a str,
    /// Tallies, metrics, digest and provenance.
    pub report: &'a Report<'a>,
    /// The files that were read, in the order of the report.
    pub inputs: Vec<Input>,
    /// What became of the rules.
    pub verdicts: Vec<Verdict>,
    /// Which rows were right, for paired tests.
    pub correctness: Option<&'a RowCorrectness>,
    /// A hash of all that was asked for, by which a job knows what it has done.
    pub request_hash: Option<&'a str>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What the report says of it.
    pub input: report::Input,
    /// Its `fingerprint`, if it could be read again.
    pub fingerprint: Option<String>,
}

const RECORDING: &str = "record the run";

impl History {
    /// Writes a run. When this returns, it is on disk; before, nothing of it is
    /// there for anyone to see.
    ///
    /// # Errors
    ///
    /// [`Error::History`] if the file cannot be written: it is as it was before.
    pub fn record(&self, record: &Record<'_>) -> Result<RunId> {
        // All that takes time comes before the transaction, which keeps others out.
        let tallies = Packed::new(&tally::encode(record.report.tallies))?;
        let correctness = record.correctness.map(correctness_blob::Packed::new).transpose()?;
        let failed = self.fails(RECORDING);
        let transaction = self.begin(RECORDING)?;
        let insert =
            |connection: &Connection| insert(connection, record, &tallies, correctness.as_ref());
        let run = checksum::numbering(&transaction, insert).map_err(&failed)?;
        metric_value::store(&transaction, run, &record.report.metrics).map_err(&failed)?;
        verdict::store(&transaction, run, &record.verdicts).map_err(&failed)?;
        store_inputs(&transaction, run, &record.inputs).map_err(&failed)?;
        for covered in &checksum::OF_RUN {
            checksum::renew(&transaction, covered, run.0).map_err(&failed)?;
        }
        transaction.commit().map_err(&failed)?;
        Ok(run)
    }
}

fn insert(
    connection: &Connection,
    record: &Record<'_>,
    tallies: &Packed,
    correctness: Option<&correctness_blob::Packed>,
) -> rusqlite::Result<RunId> {
    let Identity { job, dataset, model, split } = record.identity;
    let report::Provenance { device, timing, .. } = &record.report.provenance;
    let rows = record.report.tallies.rows;
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let tallies = tallies.store(connection)?;
    let (labels, scored, hits) = match correctness {
        Some(correctness) => correctness.store(connection)?,
        None => (None, None, None),
    };
    connection.execute(
        "INSERT INTO run (job, dataset, model, split, night, time, host, tool_version, \
         device_kind, device, backend, threads, rows_read, rows_scored, rows_ignored, \
         rows_invalid, classes, seconds, rows_per_second, bytes_per_second, peak_memory_bytes, \
         digest, tallies, labels, scored, hits, asked, judged) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
         ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28)",
        params![
            job,
            dataset,
            model,
            split,
            record.night.to_string(),
            record.time.to_string(),
            record.host,
            env!("CARGO_PKG_VERSION"),
            device.kind,
            device.name,
            device.backend,
            count(device.threads as u64),
            count(rows.read),
            count(rows.scored),
            count(rows.ignored),
            count(rows.invalid),
            count(record.report.tallies.class_count() as u64),
            timing.seconds,
            timing.rows_per_second,
            timing.bytes_per_second,
            timing.peak_memory_bytes.map(count),
            record.report.digest,
            tallies,
            labels,
            scored,
            hits,
            record.request_hash,
            // A job judges a night when all of it is done.
            record.request_hash.is_none(),
        ],
    )?;
    Ok(RunId(connection.last_insert_rowid()))
}

fn store_inputs(connection: &Connection, run: RunId, inputs: &[Input]) -> rusqlite::Result<()> {
    let mut insert = connection.prepare(
        "INSERT INTO input (run, place, role, path, format, dtype, rows, bytes, fingerprint) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    for (place, Input { input, fingerprint }) in (0_i64..).zip(inputs) {
        let report::Input { role, path, format, dtype, rows, bytes, .. } = input;
        let (rows, bytes) = (count(*rows), count(*bytes));
        insert.execute(params![
            run.0,
            place,
            role,
            path,
            format,
            dtype,
            rows,
            bytes,
            fingerprint
        ])?;
    }
    Ok(())
}

impl Identity {
    /// Whether it can name a series.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if the job, the dataset or the model is empty.
    pub fn check(&self) -> Result<()> {
        let names = [("job", &self.job), ("dataset", &self.dataset), ("model", &self.model)];
        match names.into_iter().find(|(_, name)| name.trim().is_empty()) {
            Some((what, _)) => Err(Error::Usage(format!("the {what} of a run needs a name"))),
            None => Ok(()),
        }
    }
}
