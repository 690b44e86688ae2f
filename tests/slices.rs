//! Slices: each group of rows against an evaluation of its rows alone.

#[cfg(all(feature = "cli", feature = "history", feature = "parquet"))]
mod edges;
#[cfg(all(feature = "cli", feature = "history", feature = "parquet"))]
mod files;
mod groups;
#[cfg(all(feature = "cli", feature = "history", feature = "parquet"))]
mod program;
mod states;
