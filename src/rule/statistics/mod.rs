//! The statistics of differences: bounds, p-values, sample sizes.

pub(super) mod common_classes;
pub(super) mod compared;
pub(super) mod difference;
pub(super) mod resampling;
pub(super) mod sample_size;
pub(super) mod sampling;
