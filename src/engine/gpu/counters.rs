//! Counters that stay on the device during a round.

use crate::error::Result;
use crate::gpu::{Device, Storage};

/// Fetches as many bytes of each buffer and zeroes it.
pub(super) fn fetch_and_clear(
    device: &Device,
    wanted: &[(&Storage, u64)],
) -> Result<Vec<Vec<u32>>> {
    let mut commands = device.commands();
    let mut downloads = Vec::new();
    for (storage, bytes) in wanted {
        let mut download = device.download("counters", *bytes)?;
        commands.fetch(storage, 0, *bytes, &mut download);
        commands.clear(storage);
        downloads.push(download);
    }
    commands.submit()?;
    downloads.iter_mut().map(|download| device.read(download)).collect()
}
