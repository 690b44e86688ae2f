//! The rows on their way to counters: which are scored, and as what.

pub(super) mod bitmap;
pub(super) mod fingerprint;
pub(super) mod invalid;
pub(super) mod invalid_scores;
pub(super) mod label_filter;
pub(super) mod rescaled;
#[cfg(feature = "gpu")]
pub(super) mod resume;
pub(super) mod row_correctness;
pub(super) mod row_counts;
pub(super) mod row_position;
pub(super) mod row_reader;
