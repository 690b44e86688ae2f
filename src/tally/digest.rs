//! One number that says whether two evaluations counted the same.

use super::codec::Writer;
use super::format_2::{self, FORMAT_2};
use super::{Aggregate, FORMAT, OLDEST, Order, Ordered, Spec, Tallies};

/// The digest: blake3 of the canonical bytes of the tallies, as 64 hex digits.
///
/// It covers the format version, the options that change what is counted, the
/// class names in order, and every tally that merges. Rows that were ignored or invalid
/// leave no trace in it, and neither do files, batches, threads or devices.
pub fn digest(tallies: &Tallies) -> String {
    digest_of(FORMAT, tallies)
}

/// Whether `digest` is that of `tallies`, in this format or in an earlier one
/// that can still be read.
pub fn has_digest(tallies: &Tallies, digest: &str) -> bool {
    (OLDEST..=FORMAT).rev().any(|format| digest_of(format, tallies) == digest)
}

/// The options without those that say which metrics a report shows and which orders
/// were found that do not merge.
fn merging(spec: &Spec) -> Spec {
    let positive = spec.positive.filter(|_| spec.threshold.is_some());
    Spec { positive, ordered: Ordered::Classes, ..spec.clone() }
}

/// The digest as `format` has it.
pub(super) fn digest_of(format: u32, tallies: &Tallies) -> String {
    let mut writer = Writer::default();
    writer.u32(format);
    writer.counted(&merging(&tallies.spec));
    writer.classes(&tallies.classes);
    writer.u64(tallies.rows.scored);
    writer.u64(tallies.rows.infinite_loss);
    let mut hasher = blake3::Hasher::new();
    hasher.update(&writer.bytes);
    // On all cores: there may be millions of cells.
    if format == FORMAT_2 {
        hasher.update_rayon(&format_2::confusion_bytes(&tallies.confusion));
    } else {
        tallies.confusion.bytes().iter().for_each(|part| _ = hasher.update_rayon(part));
    }
    writer.bytes.clear();
    tallies.aggregates.write_mergeable(&mut writer);
    hasher.update(&writer.bytes);
    hasher.finalize().to_hex().to_string()
}

/// The digest of the exact order of the rows: blake3 of [`digest()`] and of the canonical
/// bytes of the order, as 64 hex digits. `None` where there is no exact order, or none
/// any more after merging.
///
/// Areas, curves and answers follow from the order; which of them it holds depends on
/// what was asked of it, and so does this digest.
pub fn order_digest(tallies: &Tallies, digest: &str) -> Option<String> {
    let order = tallies.order().filter(|order| matches!(order, Order::Exact(_)))?;
    let mut writer = Writer::default();
    writer.text("tallyho order");
    writer.text(digest);
    order.write(&mut writer);
    Some(blake3::hash(&writer.bytes).to_hex().to_string())
}
