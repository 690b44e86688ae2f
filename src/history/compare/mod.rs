//! Comparisons: of two runs, and of what is stored with what it follows from.

pub(super) mod integrity;
pub(super) mod two_runs;
pub(super) mod verification;
pub(super) mod verify;
