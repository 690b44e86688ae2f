//! The checksum of a stored member, checked although it is read in place.

use std::ops::Range;
use std::path::PathBuf;

use super::checksum::{Checksum, Pieces};
use super::disk::Disk;
use crate::error::{Error, Result};

/// Bytes around the values that are read together.
const BLOCK: usize = 1 << 16;

/// What the archive says of a stored member.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    /// The array's name, without `.npy`.
    pub(super) name: String,
    /// Where it lies in the file.
    pub(super) bytes: Range<u64>,
    pub(super) crc: u32,
}

/// What one pass has seen of a stored member.
#[derive(Debug)]
pub(super) struct Seal {
    path: PathBuf,
    name: String,
    expected: u32,
    checksum: Checksum,
}

impl Seal {
    /// For a pass over `values`; reads what lies around them in the member.
    pub(super) fn new(disk: &Disk, stored: &Stored, values: &Range<u64>) -> Result<Self> {
        let seal = Self {
            path: disk.path().to_owned(),
            name: stored.name.clone(),
            expected: stored.crc,
            checksum: Checksum::new(&stored.bytes),
        };
        let mut buffer = Vec::new();
        for around in [stored.bytes.start..values.start, values.end..stored.bytes.end] {
            for at in around.clone().step_by(BLOCK) {
                let left = usize::try_from(around.end - at).unwrap_or(BLOCK);
                buffer.resize(left.min(BLOCK), 0);
                disk.read_exact_at(&mut buffer, at)?;
                let mut pieces = Pieces::default();
                pieces.push(at, &buffer);
                seal.add(&pieces)?;
            }
        }
        Ok(seal)
    }

    /// Adds what one batch has read. The batch that completes the member, be it
    /// its last rows or not, fails if the checksum is another.
    pub(super) fn add(&self, pieces: &Pieces) -> Result<()> {
        match self.checksum.add(pieces) {
            Some(found) if found != self.expected => {
                Err(Error::format(&self.path, format!("array '{}' {MISMATCH}", self.name)))
            }
            _ => Ok(()),
        }
    }
}

/// What is wrong with an array whose checksum is not the archive's.
pub(super) const MISMATCH: &str = "is damaged: its checksum does not match; write the file again";
