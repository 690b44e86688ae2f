//! The fingerprint of a file, by which it is known for the one that was evaluated.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::error::{Error, Result};

/// Files up to this size are read whole for their fingerprint, in bytes.
pub const WHOLE: u64 = 16 << 20;
/// What is read at the beginning, in the middle and at the end of others.
const SAMPLE: u64 = 1 << 20;

/// A fingerprint of a file: blake3 of its length and its bytes or, beyond
/// 16 MiB, of the first, the middle and the last MiB. 32 hex digits.
///
/// It tells apart files that were written anew, without reading gigabytes
/// twice. It does not find a byte changed in place within a large file; the
/// digest of the tallies does, if it changes what is counted.
///
/// # Errors
///
/// [`Error::Io`] if the file cannot be read.
pub fn fingerprint(path: &Path) -> Result<String> {
    let failed = || Error::io(path, "read it again for its fingerprint");
    let mut file = File::open(path).map_err(failed())?;
    let length = file.metadata().map_err(failed())?.len();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&length.to_le_bytes());
    let parts = match length <= WHOLE {
        true => vec![(0, length)],
        false => [0, (length - SAMPLE) / 2, length - SAMPLE].map(|at| (at, SAMPLE)).to_vec(),
    };
    let mut bytes = Vec::new();
    for (start, count) in parts {
        bytes.clear();
        file.seek(SeekFrom::Start(start)).map_err(failed())?;
        (&mut file).take(count).read_to_end(&mut bytes).map_err(failed())?;
        hasher.update(&bytes);
    }
    let digits = hasher.finalize().to_hex();
    Ok(digits[..32].to_owned())
}
