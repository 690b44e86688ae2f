//! Queries over many runs: baselines, windows, trends.

pub(super) mod baseline;
pub(super) mod liveness;
pub(super) mod quantity;
pub(super) mod run_history;
pub(super) mod runs;
pub(super) mod series;
pub(super) mod trend;
pub(super) mod window;
