//! The canonical bytes of a confusion matrix.
//!
//! ```text
//! number of labels that occur u64
//! the labels u32
//! the count of each as its own prediction u64
//! how its other counts are laid out u8: 0 to 3 if they are 1, 2, 4 or 8 bytes wide,
//!     and 4 more if their predictions are listed
//! the prediction that they begin with u32, or 0 if they are listed
//! the prediction that they end with u32, or how many are listed
//! the listed predictions u32, label after label
//! the counts of 1 byte, then those of 2, of 4 and of 8, label after label
//! ```

use std::borrow::Cow;

use bytemuck::Pod;

use super::Confusion;
use super::counts::{Stores, Width};
use super::layout::{Head, Numbering};
use crate::tally::codec::{Reader, Writer};

/// Bytes of what is said about a label.
const HEAD: usize = 21;
/// What tells that predictions are listed.
const LISTED: u8 = 4;

impl Confusion {
    /// The canonical bytes, one part after another: most are where they are in
    /// memory.
    pub(in crate::tally) fn bytes(&self) -> [Cow<'_, [u8]>; 6] {
        let mut heads = Writer::default();
        heads.len(self.heads.len());
        self.heads.iter().for_each(|head| heads.u32(head.label));
        self.heads.iter().for_each(|head| heads.u64(head.right));
        self.heads.iter().for_each(|head| match head.numbering {
            Numbering::From(_) => heads.u8(head.width as u8),
            Numbering::Listed(_) => heads.u8(head.width as u8 | LISTED),
        });
        self.heads.iter().for_each(|head| match head.numbering {
            Numbering::From(first) => heads.u32(first),
            Numbering::Listed(_) => heads.u32(0),
        });
        self.heads.iter().for_each(|head| heads.u32(head.last_or_listed()));
        [
            Cow::Owned(heads.bytes),
            little_endian(&self.listed, |value| value.to_le_bytes()),
            little_endian(&self.stores.u8s, |value| value.to_le_bytes()),
            little_endian(&self.stores.u16s, |value| value.to_le_bytes()),
            little_endian(&self.stores.u32s, |value| value.to_le_bytes()),
            little_endian(&self.stores.u64s, |value| value.to_le_bytes()),
        ]
    }

    /// Reads the canonical bytes back; `None` if they are not.
    pub(in crate::tally) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (heads, ends) = read_heads(reader)?;
        let listed = integers(reader, ends.listed, u32::from_le_bytes)?;
        let [u8s, u16s, u32s, u64s] = ends.counts;
        let stores = Stores {
            u8s: integers(reader, u8s, u8::from_le_bytes)?,
            u16s: integers(reader, u16s, u16::from_le_bytes)?,
            u32s: integers(reader, u32s, u32::from_le_bytes)?,
            u64s: integers(reader, u64s, u64::from_le_bytes)?,
        };
        Self::of_parts(heads, listed, stores)
    }
}

/// How many listed predictions, and counts of each width, the labels so far have.
#[derive(Default)]
struct Ends {
    listed: usize,
    counts: [usize; 4],
}

fn read_heads(reader: &mut Reader<'_>) -> Option<(Vec<Head>, Ends)> {
    let labels = reader.len(HEAD)?;
    let label = integers(reader, labels, u32::from_le_bytes)?;
    let right = integers(reader, labels, u64::from_le_bytes)?;
    let layout = integers(reader, labels, u8::from_le_bytes)?;
    let first = integers(reader, labels, u32::from_le_bytes)?;
    let last = integers(reader, labels, u32::from_le_bytes)?;
    let mut ends = Ends::default();
    let head = |at: usize| {
        let width = *Width::ALL.get(usize::from(layout[at] & !LISTED))?;
        let is_listed = layout[at] & LISTED != 0;
        let places = match is_listed {
            true => last[at] as usize,
            false => (last[at].checked_sub(first[at])? as usize).checked_add(1)?,
        };
        let numbering = match (is_listed, first[at]) {
            (false, first) => Numbering::From(first),
            (true, 0) => Numbering::Listed(ends.listed),
            (true, _) => return None,
        };
        let end = &mut ends.counts[width as usize];
        let start = *end;
        *end = start.checked_add(places)?;
        ends.listed = ends.listed.checked_add(if is_listed { places } else { 0 })?;
        Some(Head { label: label[at], right: right[at], width, numbering, places, start })
    };
    let heads: Option<_> = (0..labels).map(head).collect();
    Some((heads?, ends))
}

/// Reads `count` integers.
fn integers<T, const N: usize>(
    reader: &mut Reader<'_>,
    count: usize,
    integer: impl Fn([u8; N]) -> T,
) -> Option<Vec<T>> {
    let bytes = reader.section(count.checked_mul(N)?)?.rest;
    Some(bytes.as_chunks().0.iter().map(|&bytes| integer(bytes)).collect())
}

/// The bytes of integers; most machines have them in memory as they should be.
fn little_endian<T: Pod, const N: usize>(
    values: &[T],
    bytes: impl Fn(T) -> [u8; N],
) -> Cow<'_, [u8]> {
    if cfg!(target_endian = "little") {
        return Cow::Borrowed(bytemuck::cast_slice(values));
    }
    Cow::Owned(values.iter().flat_map(|&value| bytes(value)).collect())
}
