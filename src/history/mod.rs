//! The history: every run of every night in one SQLite file.
//!
//! A run is one evaluation: its identity, where it came from, the tallies, the
//! values of its metrics, and what became of its rules. It is written in one
//! transaction, so a process that is killed leaves it there or not, never half.
//!
//! Tallies are what is stored; metric values stand beside them for any SQL tool.
//! A metric that the tool learns later is computed from the tallies of old runs
//! when it is asked for, and "the last seven nights" is their sum.
//!
//! Every row has a checksum that is written with it, so that what changes on disk is
//! found ([`History::verify`]); what is read by several statements is of one moment
//! ([`History::snapshot`]).
//!
//! Times are UTC in RFC 3339. A *night* is the date that a run stands for; when
//! a night has several runs, the one recorded last is the night's.
//!
//! ```no_run
//! use tallyho::history::{Filter, History, Quantity};
//!
//! # fn main() -> tallyho::error::Result<()> {
//! let history = History::open("tallyho.db".as_ref())?;
//! let accuracy = Quantity::parse("accuracy")?;
//! let filter = Filter { model: Some("steady".into()), ..Filter::default() };
//! for (run, value) in history.values(&filter, &accuracy)? {
//!     let _ = (run.night, value.value);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! It does not judge rules, send anything, or run evaluations.

mod accept;
mod age;
mod backup;
mod baseline;
mod blob;
mod checksum;
mod compare;
mod export;
mod fault;
mod files;
mod filter;
mod fingerprint;
mod identity;
mod integrity;
mod log;
mod metric;
mod notice;
mod open;
mod outcome;
mod past;
mod prune;
mod quantity;
mod query;
mod record;
mod run;
mod schema;
mod series;
mod show;
mod snapshot;
mod trend;
mod verdict;
mod verify;
mod window;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rusqlite::Connection;

pub use crate::rule::{JobMeasure, Quantity};
pub use accept::Acceptance;
pub use age::Age;
pub use baseline::Judged;
pub use compare::{ClassChange, Comparison};
pub use export::{Format as ExportFormat, write as export};
pub use files::{FILE_IS, files};
pub use filter::{Filter, RunName};
pub use fingerprint::{WHOLE as FINGERPRINTED_WHOLE, fingerprint};
pub use identity::{Identity, RunId};
pub use integrity::ChangedRow;
pub use jiff::{Timestamp, civil::Date};
pub use metric::Value;
pub use notice::{Failure, Notice};
pub use past::Nights;
pub use prune::{Pruned, Pruning};
pub use record::{Input, Record};
pub use run::{Run, RunDetails, RunRules};
pub use schema::VERSION as SCHEMA_VERSION;
pub use series::Series;
pub use show::{
    Sheet, compare_json, comparison, list, list_json, run_json, run_page, trends, trends_json, utc,
    verification, verification_json,
};
pub use snapshot::Snapshot;
pub use trend::{Change, Decline, MOST_NIGHTS, Point, Trend, TrendOptions};
pub use verdict::Verdict;
pub use verify::{Difference, Verification};
pub use window::{Span, Window};

/// The history in one file.
///
/// Several processes may read and write one file at the same time; it must not
/// lie on a network file system.
#[derive(Debug)]
pub struct History {
    connection: Connection,
    path: PathBuf,
    /// Set by somebody who wants what takes long to end.
    stop: Arc<AtomicBool>,
}

impl History {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Rows up to which a run keeps the outcome of every row, for paired tests.
pub const MOST_CORRECTNESS_ROWS: u64 = 10_000_000;
