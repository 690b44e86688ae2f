//! Synthetic rows are what was asked for, the same everywhere.

#[cfg(all(feature = "cli", feature = "parquet"))]
mod files;
mod rows;
