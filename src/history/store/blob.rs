//! The blobs: contents by their hash, compressed.

use std::io::Read;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::checksum;
use super::database::History;
use crate::error::{Error, Result};
use crate::memory;

/// How bytes are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    /// As they are.
    Zstd,
    /// Byte k of every 16 together, then byte k + 1: how states of format 2 were
    /// packed, whose cells were 16 bytes of which most repeat from one to the next.
    Planes,
}

const STRIDE: usize = 16;
const LEVEL: i32 = 3;

/// How much longer packed bytes become at most: a block of Zstandard, of up to 128 KiB, takes
/// at least 4 bytes (RFC 8878, 3.1.1.2).
const MOST_GROWTH: u64 = 1 << 15;

impl Packing {
    const ALL: [(Self, &str); 2] = [(Self::Zstd, "zstd"), (Self::Planes, "planes16+zstd")];

    fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Planes => "planes16+zstd",
        }
    }

    /// `None` if `packed` does not hold `length` bytes.
    fn unpack(self, packed: &[u8], length: usize) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let decoder = zstd::stream::read::Decoder::new(packed).ok()?;
        // No more than is expected, whatever the packed bytes would grow to.
        decoder.take(length as u64 + 1).read_to_end(&mut bytes).ok()?;
        let bytes = match self {
            Self::Zstd => bytes,
            Self::Planes => rows(&bytes),
        };
        (bytes.len() == length).then_some(bytes)
    }
}

/// The bytes of [`STRIDE`] columns, row by row.
fn rows(planes: &[u8]) -> Vec<u8> {
    let mut rows = vec![0; planes.len()];
    let mut rest = planes.iter();
    for column in 0..STRIDE {
        let places = rows.iter_mut().skip(column).step_by(STRIDE);
        // `places` is first, so that no byte is lost when it ends.
        places.zip(&mut rest).for_each(|(place, byte)| *place = *byte);
    }
    rows
}

/// Packed bytes, ready to be stored.
pub(in crate::history) struct Packed {
    hash: String,
    length: usize,
    packed: Vec<u8>,
}

impl Packed {
    pub(in crate::history) fn new(bytes: &[u8]) -> Result<Self> {
        let packed = zstd::bulk::compress(bytes, LEVEL)
            .map_err(|error| Error::Internal(format!("bytes cannot be compressed: {error}")))?;
        let hash = blake3::hash(bytes).to_hex().to_string();
        Ok(Self { hash, length: bytes.len(), packed })
    }

    /// Stores the bytes unless they are there already; their id.
    pub(in crate::history) fn store(&self, connection: &Connection) -> rusqlite::Result<i64> {
        let length = i64::try_from(self.length).unwrap_or(i64::MAX);
        let values = params![self.hash, Packing::Zstd.name(), length, self.packed];
        let find = "SELECT id, (packing, length, packed) = (?2, ?3, ?4) FROM blob WHERE hash = ?1";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let id = match connection.query_row(find, values, read).optional()? {
            Some((id, true)) => return Ok(id),
            // Packed by another version, or damaged since: a run must not rely on that.
            Some((id, false)) => {
                let update =
                    "UPDATE blob SET packing = ?2, length = ?3, packed = ?4 WHERE hash = ?1";
                connection.execute(update, values)?;
                id
            }
            None => {
                let insert =
                    "INSERT INTO blob (hash, packing, length, packed) VALUES (?1, ?2, ?3, ?4)";
                connection.execute(insert, values)?;
                connection.last_insert_rowid()
            }
        };
        checksum::renew(connection, &checksum::BLOB, id)?;
        Ok(id)
    }
}

impl History {
    /// The bytes that were stored under `id`, if they are the ones.
    pub(in crate::history) fn blob(&self, id: i64) -> Result<Vec<u8>> {
        let select = "SELECT hash, packing, length, packed FROM blob WHERE id = ?1";
        let mut statement =
            self.connection.prepare(select).map_err(self.fails("read the history"))?;
        let sizes = "SELECT length(packed), length FROM blob WHERE id = ?1";
        let sizes = self.connection.query_row(sizes, [id], |row| Ok([row.get(0)?, row.get(1)?]));
        let sizes: [i64; 2] = sizes.map_err(self.fails("read the history"))?;
        let bytes = sizes.map(|size| u64::try_from(size).unwrap_or(0));
        // What no bytes can become is damage, not something to find memory for.
        if bytes[1] > bytes[0].saturating_mul(MOST_GROWTH) {
            return Err(self.damaged(format!("blob {id} is not what was stored")));
        }
        let what = || format!("{}: what is stored as blob {id}", self.path.display());
        // SQLite holds what is packed, too.
        let needed = bytes[0].saturating_mul(2).saturating_add(bytes[1]);
        memory::need(needed, what, "leave that run out")?;
        let row = statement.query_row([id], |row| {
            let packed = row.get_ref(3)?.as_blob()?.to_vec();
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?, packed))
        });
        let (hash, packing, length, packed) = row.map_err(self.fails("read the history"))?;
        let known = Packing::ALL.iter().find(|(_, name)| *name == packing);
        let Some((packing, _)) = known else {
            return Err(self.damaged(format!("blob {id} is packed in an unknown way, '{packing}'")));
        };
        let bytes = usize::try_from(length).ok().and_then(|length| packing.unpack(&packed, length));
        bytes
            .filter(|bytes| blake3::hash(bytes).to_hex().as_str() == hash)
            .ok_or_else(|| self.damaged(format!("blob {id} is not what was stored")))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked_to_the_byte() {
        for length in [0, 1, 15, 16, 17, 31, 32, 1000] {
            let bytes: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let columns = |column| bytes.iter().copied().skip(column).step_by(STRIDE);
            let planes: Vec<u8> = (0..STRIDE).flat_map(columns).collect();
            for (packing, contents) in [(Packing::Zstd, &bytes), (Packing::Planes, &planes)] {
                let packed = zstd::bulk::compress(contents, LEVEL).unwrap();
                assert_eq!(packing.unpack(&packed, bytes.len()), Some(bytes.clone()));
                assert_eq!(packing.unpack(&packed, bytes.len() + 1), None);
                if length > 0 {
                    assert_eq!(packing.unpack(&packed, bytes.len() - 1), None);
                }
            }
        }
    }
}
