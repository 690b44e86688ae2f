//! The CPU's way to tallies.

pub(super) mod pairs;
pub(super) mod scores;
pub(super) mod sparse_window;
pub(super) mod window;
pub(super) mod workers;
