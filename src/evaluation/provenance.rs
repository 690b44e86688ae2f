//! The provenance of a report's numbers: device, inputs, timing.

use std::path::Path;
use std::time::Duration;

use crate::engine::device_choice;
use crate::input::InputFile;
use crate::report::{Device, Input, Timing};

/// The CPU, as a device.
pub fn cpu(threads: usize, because: impl Into<String>) -> Device {
    Device {
        kind: "cpu".into(),
        name: device_choice::cpu_name(),
        backend: None,
        threads,
        chosen_because: because.into(),
    }
}

/// The CPU, for a merge, which evaluates nothing.
pub fn merge() -> Device {
    cpu(1, "merging adds tallies and evaluates nothing")
}

/// One file in one role, of which `read` rows were read.
pub(super) fn input(file: &InputFile, read: u64) -> Input {
    Input {
        role: file.role.map(|role| role.name().to_owned()),
        path: file.path.display().to_string(),
        format: file.format.into(),
        dtype: file.dtype.clone(),
        rows: file.rows.unwrap_or(read),
        bytes: file.bytes,
        checksums: Some(file.has_checksums),
    }
}

/// A state as an input.
pub fn state(path: &Path, rows: u64, bytes: u64) -> Input {
    Input {
        role: None,
        path: path.display().to_string(),
        format: "tally".into(),
        dtype: "tallies".into(),
        rows,
        bytes,
        checksums: Some(true),
    }
}

/// Rates over the whole run so far.
pub fn timing(elapsed: Duration, rows: u64, bytes: u64) -> Timing {
    let seconds = elapsed.as_secs_f64().max(1e-9);
    Timing {
        seconds,
        rows_per_second: rows as f64 / seconds,
        bytes_per_second: bytes as f64 / seconds,
        peak_memory_bytes: peak_memory(),
    }
}

/// Begins anew to note the most memory that is resident, where the system can:
/// else what an earlier evaluation of this process needed counts for the next.
pub fn forget_peak_memory() {
    // Where that is not possible, the peak is that of the process.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory that was resident so far, where the system tells it.
fn peak_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// The name of this machine, where the system tells it.
pub fn host() -> String {
    let from_system = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = from_system
        .map(|name| name.trim().to_owned())
        .or_else(|| std::env::var("HOSTNAME").ok())
        .or_else(|| std::env::var("COMPUTERNAME").ok());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}
