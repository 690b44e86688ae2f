//! Synthetic prediction sets: as many rows as wanted, the same on every machine.
//!
//! A row is a pure function of the seed and its number ([`Rows`]), so neither
//! threads nor blocks nor the format can show in it. Files are written block by
//! block ([`write()`]); memory does not grow with the number of rows.
//!
//! Labels follow Zipf's law. A prediction is the label with the probability
//! that was asked for, and any other class, each as likely, otherwise. Scores
//! have their maximum at the prediction, and their confidence is about the
//! probability that it is right.

mod aliases;
mod block;
mod csv;
mod npy;
mod npz;
mod pair;
#[cfg(feature = "parquet")]
mod parquet;
mod recipe;
mod score;
mod write;

pub use block::{Block, Rows, Wanted};
pub use recipe::{Content, MOST_CLASSES, Recipe, ScoreKind};
pub use write::{Contents, Progress, TableFormat, write};
