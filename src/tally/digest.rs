//! One number that says whether two evaluations counted the same.

use super::codec::{Writer, cell_bytes};
use super::{FORMAT, Order, Tallies};

/// The digest: blake3 of the canonical bytes of the tallies, as 64 hex digits.
///
/// It covers the format version, the options that change what is counted, the
/// class names in order, and every tally that merges. Rows that were ignored or invalid
/// leave no trace in it, and neither do files, batches, threads or devices.
pub fn digest(tallies: &Tallies) -> String {
    let mut writer = Writer::default();
    writer.u32(FORMAT);
    writer.counted(&tallies.spec);
    writer.classes(&tallies.classes);
    writer.u64(tallies.rows.scored);
    writer.u64(tallies.rows.infinite_loss);
    let cells = tallies.confusion.cells();
    writer.len(cells.len());
    let mut hasher = blake3::Hasher::new();
    hasher.update(&writer.bytes);
    // On all cores: there may be millions.
    hasher.update_rayon(&cell_bytes(cells));
    writer.bytes.clear();
    if let Some(scores) = &tallies.scores {
        writer.scores(scores);
    }
    if let Some(Order::Binned(order)) = &tallies.order {
        writer.binned(order);
    }
    hasher.update(&writer.bytes);
    hasher.finalize().to_hex().to_string()
}
