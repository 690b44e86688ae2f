//! The part that format 2 wrote in another way: every cell of the confusion in 16 bytes.

use super::codec::{Reader, Writer};
use super::{Cell, Confusion};

/// The version.
pub(super) const FORMAT_2: u32 = 2;

/// Bytes of a cell.
const CELL: usize = 16;

/// The bytes of the cells, as the digest took them.
pub(super) fn confusion_bytes(confusion: &Confusion) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.len(confusion.len());
    for cell in confusion.cells() {
        writer.u32(cell.label);
        writer.u32(cell.prediction);
        writer.u64(cell.count);
    }
    writer.bytes
}

/// Reads those bytes back; `None` if they are not.
pub(super) fn read_confusion(reader: &mut Reader<'_>) -> Option<Confusion> {
    let cells = reader.list(CELL, |reader| {
        Some(Cell { label: reader.u32()?, prediction: reader.u32()?, count: reader.u64()? })
    })?;
    Confusion::from_cells(cells).ok()
}
