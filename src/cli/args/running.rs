//! Options about running: on what, and with how much of it.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::RUNNING;
use crate::evaluation::{DeviceRequest, parse_size};
use crate::memory;

/// On what rows are counted.
#[derive(Debug, Args)]
pub(in crate::cli) struct RunningArgs {
    /// Take options that are not given here from this file, in TOML: the same names
    /// with _ for -
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = RUNNING)]
    pub(in crate::cli) options: Option<PathBuf>,

    /// Where to count: `cpu`, `gpu`, an adapter's name or number as `tallyho
    /// devices` lists them, or what is faster; the result is the same
    #[arg(long, value_name = "DEVICE", default_value = "auto", help_heading = RUNNING)]
    pub(in crate::cli) device: DeviceRequest,

    /// The most memory to use on the device, such as 512M or 2G [default: 512M]
    #[arg(long, value_name = "SIZE", value_parser = parse_size, help_heading = RUNNING)]
    pub(in crate::cli) device_memory: Option<u64>,

    #[command(flatten)]
    pub(in crate::cli) memory: MemoryArgs,

    /// Threads [default: all cores]
    #[arg(long, value_name = "N", help_heading = RUNNING)]
    pub(in crate::cli) threads: Option<usize>,

    /// Rows read at once by a thread [default: as many as fit its cache]
    #[arg(long, value_name = "N", help_heading = RUNNING)]
    pub(in crate::cli) batch_rows: Option<usize>,
}

/// With how much memory, of whatever grows with what is read.
#[derive(Debug, Args)]
pub(in crate::cli) struct MemoryArgs {
    /// The most memory to use, such as 4G [default: what is free, and what the control
    /// group and resource limits leave]
    #[arg(long, value_name = "SIZE", value_parser = parse_size, help_heading = RUNNING)]
    memory: Option<u64>,
}

impl MemoryArgs {
    /// Holds what is allocated from now on to what was typed, if it was.
    pub(in crate::cli) fn settle(&self) {
        memory::settle(self.memory);
    }
}
