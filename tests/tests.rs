//! Every integration test, in one binary.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
#![allow(clippy::cast_possible_truncation, reason = "test values are small")]
#![allow(missing_docs, unreachable_pub, reason = "tests have no public interface")]

mod abreast;
mod aggregates;
#[cfg(all(feature = "cli", feature = "job", feature = "parquet"))]
mod alerts;
mod api;
#[cfg(all(feature = "cli", feature = "history", feature = "parquet"))]
mod command_line;
mod common;
mod confusion;
mod counted;
#[cfg(all(feature = "cli", feature = "parquet"))]
mod counts;
#[cfg(all(feature = "cli", feature = "parquet"))]
mod datasets;
mod doubles;
mod formats;
#[cfg(all(feature = "cli", feature = "history", feature = "parquet"))]
mod frozen;
#[cfg(all(feature = "cli", feature = "history", feature = "parquet"))]
mod history;
#[cfg(all(feature = "cli", feature = "job", feature = "parquet"))]
mod job;
mod kernels;
mod laws;
mod layering;
mod metrics;
mod order;
mod pairs;
mod prepared_scores;
#[cfg(feature = "job")]
mod publish;
#[cfg(all(feature = "cli", feature = "history", feature = "parquet"))]
mod readme;
mod regressions;
mod reports;
mod row_shaders;
mod rules;
mod series;
#[cfg(feature = "gpu")]
mod shaders;
mod slices;
mod softmax;
mod states;
mod statistics;
mod synth;
