//! The slices: rows in groups, for each value of a slice column counted by what the whole is
//! counted by, too.
//!
//! Rows with scores are scored once; the planes of a block are put in the order of the
//! groups of each column, and every group has counters of its own. Rows of labels and
//! predictions are put into a cell of their group.

pub(super) mod groups;
pub(super) mod pairs;
pub(super) mod results;
pub(super) mod scores;
