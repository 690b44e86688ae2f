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

mod compare;
mod query;
mod store;
mod view;

pub use crate::rule::{JobMeasure, Quantity};
pub use compare::two_runs::{ClassChange, Comparison};
pub use compare::verification::ChangedRow;
pub use compare::verification::{Difference, Verification};
pub use jiff::{Timestamp, civil::Date};
pub use query::baseline::Judged;
pub use query::liveness::Age;
pub use query::run_history::PriorRuns;
pub use query::series::Series;
pub use query::trend::{Change, Decline, MOST_NIGHTS, Point, Trend, TrendOptions};
pub use query::window::{Span, Window};
pub use store::acceptance::Acceptance;
pub use store::database::{History, MOST_CORRECTNESS_ROWS};
pub use store::deliveries::{Failure, Notice};
pub use store::file_fingerprint::{WHOLE as FINGERPRINTED_WHOLE, fingerprint};
pub use store::files::{FILE_IS, files};
pub use store::filter::{Filter, RunName};
pub use store::identity::{Identity, RunId};
pub use store::metric_value::Value;
pub use store::pruning::{Pruned, Pruning};
pub use store::record::{Input, Record};
pub use store::run::{Run, RunRules};
pub use store::run_details::RunDetails;
pub use store::schema::VERSION as SCHEMA_VERSION;
pub use store::snapshot::Snapshot;
pub use store::verdict::Verdict;
pub use view::export::{Format as ExportFormat, write as export};
pub use view::{
    Sheet, compare_json, comparison, list, list_json, run_json, run_page, trends, trends_json, utc,
    verification, verification_json,
};
