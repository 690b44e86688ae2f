//! The key that states are signed with.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, Result};

/// Fewest and most bytes of a key file.
const BYTES: std::ops::RangeInclusive<u64> = 32..=1 << 16;

/// What keeps these keys apart from any other use of the same file.
const PURPOSE: &str = "tallyho 2026-11-30 signature of a state";

/// A key that several machines share: who has it can sign states, and tell whether
/// somebody who has it signed one. It is never shown.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// The key in a file: all of its bytes, 32 to 65,536, a line end at the end
    /// included.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if it cannot be read, [`Error::Format`] if it is too short or long.
    pub fn read(path: &Path) -> Result<Self> {
        let io = || Error::io(path, "read the key");
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(io())?;
        file.take(BYTES.end() + 1).read_to_end(&mut bytes).map_err(io())?;
        if !BYTES.contains(&(bytes.len() as u64)) {
            let found = match bytes.len() as u64 {
                short if short < *BYTES.start() => format!("{short}"),
                _ => "more".to_owned(),
            };
            return Err(Error::format(
                path,
                format!(
                    "a key has {} to {} bytes, found {found}; `head -c 32 /dev/urandom > FILE` \
                     makes one",
                    BYTES.start(),
                    BYTES.end()
                ),
            ));
        }
        Ok(Self::from_bytes(&bytes))
    }

    /// The key of these bytes, which are random and secret.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(blake3::derive_key(PURPOSE, bytes))
    }

    /// The signature of `bytes`. Comparing it with another takes the same time wherever
    /// they differ.
    pub(super) fn sign(&self, bytes: &[u8]) -> blake3::Hash {
        blake3::keyed_hash(&self.0, bytes)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}
