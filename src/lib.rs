//! Scores very large classifier prediction sets, exactly.
//!
//! ```
//! # fn main() -> tallyho::Result<()> {
//! let labels = ndarray::array![0, 1, 1];
//! let scores = ndarray::array![[2.0, 1.0], [0.5, 0.7], [1.5, 0.1]];
//! let accuracy =
//!     tallyho::evaluate(labels.view(), tallyho::logits(scores.view()))?.report()["accuracy"].value();
//! assert_eq!(accuracy, Some(2.0 / 3.0));
//! # Ok(())
//! # }
//! ```
//!
//! [`Evaluation::builder`] has every setting, and takes [`Files`] and [`Batches`] as well
//! as [`Arrays`]; an [`Accumulator`] counts rows inside a loop; [`Evaluation::merge`] adds up parts.
//!
//! # How it works
//!
//! Labels with predictions or scores go in; integer *tallies* come out, the
//! same ones on every machine; metrics, reports and verdicts are functions of
//! the tallies.
//!
//! ```text
//! files ─ input ─▶ Batch ─ engine (kernels) ─▶ Tallies ─ metric ─▶ Report ─▶ text json md csv
//!                                                │                  └─▶ rule ─▶ verdict
//!                                                └─▶ state file ─▶ merge
//! ```
//!
//! `ARCHITECTURE.md` follows one row through it, and says where to add a metric, an
//! aggregate, a format, a kernel or a rule.
//!
//! # Files
//!
//! ```
//! # fn main() -> tallyho::Result<()> {
//! let report = tallyho::Evaluation::builder()
//!     .source(
//!         tallyho::Files::table("datasets/iris/predictions.csv")
//!             .labels("label")
//!             .predictions("prediction"),
//!     )
//!     .run()?
//!     .report();
//! assert_eq!(report["accuracy"].ratio(), Some((144, 150)));
//! # Ok(())
//! # }
//! ```
//!
//! # Layers
//!
//! A module may name modules on an earlier line only; `tests/layering.rs`
//! holds the table and enforces it.
//!
//! | line | module | holds |
//! |---|---|---|
//! | 0 | [`error`] | the one error enum |
//! | 0 | `terminal` | text fit for a terminal, whatever the names in it |
//! | 1 | [`memory`] | the memory that may be used, and what counts it |
//! | 1 | [`notice`] | what a user should know beside the numbers, by codes |
//! | 1 | `mistake` | mistakes in a file of TOML, by line and column |
//! | 1 | [`atomic_file`] | files that are replaced in one step |
//! | 1 | `http` | requests to other services, secrets |
//! | 1 | [`exact`] | ordered keys of floats, fixed point, deterministic exp, ln, ratio |
//! | 2 | [`class`] | class names, their order, union |
//! | 3 | [`batch`] | a block of rows: labels with predictions or scores |
//! | 4 | [`input`] | one file per format, from files to batches |
//! | 4 | [`kernel`] | the loops over rows; the registry [`kernel::ALL`] of shaders with their CPU twins |
//! | 4 | [`stat`] | intervals and special functions: pure numbers |
//! | 5 | `gpu` | adapters, devices, pipelines, upload; the only module that names a graphics API |
//! | 5 | [`tally`] | the mergeable integer tallies, their counters, canonical bytes, digest, state file; the registry [`tally::aggregate::ALL`] |
//! | 6 | [`finding`] | what the tallies tell about the rows beside metrics |
//! | 6 | [`metric`] | pure functions from tallies to values; the registry [`metric::ALL`] |
//! | 7 | `doc` | the model of a page, rendered for a terminal and in Markdown |
//! | 7 | [`engine`] | batches to tallies, on all cores or on a device; the plan |
//! | 7 | [`rule`] | the grammar of `--require` and its verdicts |
//! | 8 | [`report`] | the report and one renderer per file |
//! | 9 | [`evaluation`] | one evaluation from files to tallies: settings, device, provenance |
//! | 9 | [`synth`] | synthetic prediction sets, and files of them |
//! | 10 | `api` | the interface for programs: arrays or files in, an evaluation with its report out |
//! | 10 | [`bench`](mod@bench) | the CPU against a device, timed on this machine |
//! | 10 | [`history`] | every run in one SQLite file; trends, windows, comparisons |
//! | 11 | `alert` | who is told what, and when: webhooks and commands |
//! | 11 | `publish` | results for other services: a push gateway, MLflow |
//! | 12 | `job` | the nightly job: its config, its evaluations, its outputs |
//! | 13 | `cli` | one file per subcommand |
//!
//! # Words
//!
//! *row*: one prediction. *label*: the true class of a row. *score*: a logit or
//! a probability. *confidence*: the probability of the predicted class.
//! *tally*: an integer sum over rows that merges by addition.

#[cfg(feature = "job")]
#[doc(hidden)]
pub mod alert;
mod api;
#[doc(hidden)]
pub mod atomic_file;
#[doc(hidden)]
pub mod batch;
#[doc(hidden)]
pub mod bench;
#[doc(hidden)]
pub mod class;
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "pages of the other features"))]
mod doc;
#[doc(hidden)]
pub mod engine;
pub mod error;
#[doc(hidden)]
pub mod evaluation;
#[doc(hidden)]
pub mod exact;
#[doc(hidden)]
pub mod finding;
#[cfg(feature = "gpu")]
#[doc(hidden)]
pub mod gpu;
#[cfg(feature = "history")]
#[doc(hidden)]
pub mod history;
#[cfg(feature = "job")]
#[doc(hidden)]
pub mod http;
#[doc(hidden)]
pub mod input;
#[cfg(feature = "job")]
#[doc(hidden)]
pub mod job;
#[doc(hidden)]
pub mod kernel;
#[doc(hidden)]
pub mod memory;
#[doc(hidden)]
pub mod metric;
#[cfg(any(feature = "cli", feature = "job"))]
mod mistake;
#[doc(hidden)]
pub mod notice;
#[cfg(feature = "job")]
#[doc(hidden)]
pub mod publish;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod rule;
#[doc(hidden)]
pub mod stat;
#[doc(hidden)]
pub mod synth;
#[doc(hidden)]
pub mod tally;
mod terminal;

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;

pub use api::{
    Accumulator, Arrays, Batches, Element, Evaluation, EvaluationBuilder, Files, Labels, Metric,
    Options, Outputs, Report, ScoreView, Source, evaluate, logits, predictions, probabilities,
};
pub use engine::OnInvalid;
pub use error::{Error, Result};
pub use evaluation::{DeviceRequest as Device, Settings};
pub use metric::{ClassMeasures, Interval, Measure};
pub use notice::{Code, Notice, Severity};
pub use report::{Curve, Slice};
pub use rule::{Judgement, Verdict};
// The types of the boundary, in the versions that it takes.
pub use tally::{Auc, Cell, Confusion, Rows, SliceValue, Tallies};
pub use {half, ndarray};
