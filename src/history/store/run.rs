//! A run as it was recorded.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;
use serde::Serialize;

use super::columns::{count, optional, parsed};
use super::identity::{Identity, RunId};
use crate::engine::Fingerprint;
use crate::report::Timing;

/// A run, but for its tallies, values and inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// What it is of.
    pub identity: Identity,
    /// The date that it stands for.
    pub night: Date,
    /// When it was recorded.
    pub time: Timestamp,
    /// The machine.
    pub host: String,
    /// The version of tallyho.
    pub tool_version: String,
    /// What did the counting.
    pub device: RunDevice,
    /// How many rows went where.
    pub rows: RunRows,
    /// Number of classes.
    pub classes: u64,
    /// How long it took.
    pub timing: Timing,
    /// The digest of the tallies.
    pub digest: String,
    /// The fingerprint of the labels in order, where outcomes were kept.
    pub labels: Option<Fingerprint>,
    /// What became of its rules.
    pub rules: RunRules,
    /// When it was accepted as a baseline in spite of its verdicts.
    pub accepted: Option<Timestamp>,
    /// Where its tallies are.
    pub(in crate::history) tallies: i64,
    /// Where its outcomes are: scored rows, hits.
    pub(in crate::history) correctness: Option<(i64, i64)>,
}

/// What did the counting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunDevice {
    /// "cpu", "gpu".
    pub kind: String,
    /// The model, in the maker's words.
    pub name: String,
    /// The graphics API, for a GPU.
    pub backend: Option<String>,
    /// Threads of the CPU.
    pub threads: u64,
}

/// How many rows went where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RunRows {
    /// In the input.
    pub read: u64,
    /// That count.
    pub scored: u64,
    /// Whose label is to be ignored.
    pub ignored: u64,
    /// That cannot be scored.
    pub invalid: u64,
}

/// What became of the rules of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunRules {
    /// Rules that were judged.
    pub judged: u64,
    /// Of those, rules that did not hold, for whatever reason.
    pub not_holding: u64,
    /// Of those, rules that were broken or undefined.
    pub failing: u64,
}

/// The columns that [`Run::read`] expects, of a table `run`.
pub(in crate::history) const COLUMNS: &str = "run.id, run.job, run.dataset, run.model, run.split, run.night, \
    run.time, run.host, run.tool_version, run.device_kind, run.device, run.backend, run.threads, \
    run.rows_read, run.rows_scored, run.rows_ignored, run.rows_invalid, run.classes, run.seconds, \
    run.rows_per_second, run.bytes_per_second, run.peak_memory_bytes, run.digest, run.labels, \
    (SELECT count(*) FROM verdict WHERE verdict.run = run.id), \
    (SELECT count(*) FROM verdict WHERE verdict.run = run.id AND verdict <> 'holds'), \
    (SELECT count(*) FROM verdict WHERE verdict.run = run.id \
     AND verdict IN ('broken', 'undefined')), run.accepted, run.tallies, run.scored, run.hits";

/// How many columns those are.
pub(in crate::history) const WIDTH: usize = 31;

impl Run {
    /// From a row of [`COLUMNS`].
    pub(in crate::history) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let labels: Option<String> = row.get(23)?;
        let (scored, hits): (Option<i64>, Option<i64>) = (row.get(29)?, row.get(30)?);
        Ok(Self {
            id: RunId(row.get(0)?),
            identity: Identity {
                job: row.get(1)?,
                dataset: row.get(2)?,
                model: row.get(3)?,
                split: row.get(4)?,
            },
            night: parsed(row, 5)?,
            time: parsed(row, 6)?,
            host: row.get(7)?,
            tool_version: row.get(8)?,
            device: RunDevice {
                kind: row.get(9)?,
                name: row.get(10)?,
                backend: row.get(11)?,
                threads: count(row, 12)?,
            },
            rows: RunRows {
                read: count(row, 13)?,
                scored: count(row, 14)?,
                ignored: count(row, 15)?,
                invalid: count(row, 16)?,
            },
            classes: count(row, 17)?,
            timing: Timing {
                seconds: row.get(18)?,
                rows_per_second: row.get(19)?,
                bytes_per_second: row.get(20)?,
                peak_memory_bytes: row.get::<_, Option<i64>>(21)?.and_then(|it| it.try_into().ok()),
            },
            digest: row.get(22)?,
            labels: labels.as_deref().and_then(Fingerprint::from_hex),
            rules: RunRules {
                judged: count(row, 24)?,
                not_holding: count(row, 25)?,
                failing: count(row, 26)?,
            },
            accepted: optional(row, 27)?,
            tallies: row.get(28)?,
            correctness: scored.zip(hits),
        })
    }
}
