//! Options about running: on what, and with how much of it.

use clap::Args;

use super::RUNNING;
use crate::evaluation::{Wanted, parse_size};

/// On what rows are counted.
#[derive(Debug, Args)]
pub(in crate::cli) struct RunningArgs {
    /// Where to count: `cpu`, `gpu`, an adapter's name or number as `tallyho
    /// devices` lists them, or what is faster; the result is the same
    #[arg(long, value_name = "DEVICE", default_value = "auto", help_heading = RUNNING)]
    pub(in crate::cli) device: Wanted,

    /// The most memory to use on the device, such as 512M or 2G [default: 512M]
    #[arg(long, value_name = "SIZE", value_parser = parse_size, help_heading = RUNNING)]
    pub(in crate::cli) device_memory: Option<u64>,

    /// Threads [default: all cores]
    #[arg(long, value_name = "N", help_heading = RUNNING)]
    pub(in crate::cli) threads: Option<usize>,

    /// Rows read at once by a thread [default: as many as fit its cache]
    #[arg(long, value_name = "N", help_heading = RUNNING)]
    pub(in crate::cli) batch_rows: Option<usize>,
}
