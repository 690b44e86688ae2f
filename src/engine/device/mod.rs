//! The device's way to tallies.
//!
//! Work goes in rounds. In a round every thread draws batches, fills memory of
//! the device with them and has it count, while counters stay on the device. A
//! round ends after 4 GiB or 2 s: the threads come to rest, the counters are
//! fetched and become tallies, and how far the input was counted is known. If
//! the device fails, the rows of its unfinished round and all that follow are
//! counted on the CPU; no row is lost and none is counted twice.

pub(super) mod backend;
mod checkpoints;
mod counters;
mod device_caps;
mod order_staging_buffer;
mod pair_staging_buffer;
mod pair_window;
mod pairs;
mod row_layout;
pub(super) mod run;
mod score_kernels;
mod score_staging_buffer;
mod scores;
mod staging_buffers;
mod work;
