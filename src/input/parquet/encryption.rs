//! The refusal of encrypted Parquet files, which decoders would call damaged.
//!
//! Source: "Parquet Modular Encryption" and `parquet.thrift` of the format; the
//! compact protocol of Apache Thrift.

use crate::error::{Error, Result};
use crate::input::disk::Disk;

/// The last bytes of a file: the length of its footer and a magic number, which is
/// another where the footer is encrypted.
const TAIL: usize = 8;
const ENCRYPTED_FOOTER: &[u8] = b"PARE";
const PLAIN_FOOTER: &[u8] = b"PAR1";

/// `FileMetaData.encryption_algorithm`, which is there if columns are encrypted
/// and the footer is not.
const ENCRYPTION_ALGORITHM: i64 = 8;

/// Structures within structures that are followed; there are 6 in a footer.
const DEEPEST: usize = 32;

/// Refuses an encrypted file. Of a damaged one it says nothing.
pub(super) fn refuse(disk: &Disk) -> Result<()> {
    let what = match footer(disk)? {
        Some(Footer::Encrypted) => "is encrypted",
        Some(Footer::Plain(bytes)) if has_encrypted_columns(&bytes) => "has encrypted columns",
        _ => return Ok(()),
    };
    let problem = format!(
        "{what}; decrypt it first: read it with its keys where they are, and write it without, \
         as by pq.write_table(table, 'plain.parquet')"
    );
    Err(Error::format(disk.path(), problem))
}

enum Footer {
    Encrypted,
    Plain(Vec<u8>),
}

/// The footer, if there is one.
fn footer(disk: &Disk) -> Result<Option<Footer>> {
    let Some(at) = disk.bytes().checked_sub(TAIL as u64) else { return Ok(None) };
    let mut tail = [0; TAIL];
    disk.read_exact_at(&mut tail, at)?;
    let [a, b, c, d, magic @ ..] = &tail;
    if magic == ENCRYPTED_FOOTER {
        return Ok(Some(Footer::Encrypted));
    }
    let length = u32::from_le_bytes([*a, *b, *c, *d]);
    let start = at.checked_sub(u64::from(length)).filter(|_| magic == PLAIN_FOOTER);
    let Some(start) = start else { return Ok(None) };
    let mut bytes = vec![0; length as usize];
    disk.read_exact_at(&mut bytes, start)?;
    Ok(Some(Footer::Plain(bytes)))
}

/// Whether a footer says how its columns are encrypted.
fn has_encrypted_columns(footer: &[u8]) -> bool {
    let mut rest = Thrift { rest: footer };
    rest.skip_fields_until(ENCRYPTION_ALGORITHM, 0) == Some(true)
}

/// What is left of structures in Thrift's compact protocol. `None` where they are
/// not what they should be.
struct Thrift<'a> {
    rest: &'a [u8],
}

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn skip(&mut self, bytes: u64) -> Option<()> {
        self.rest = self.rest.get(usize::try_from(bytes).ok()?..)?;
        Some(())
    }

    /// An unsigned number in groups of 7 bits, lowest first.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// Skips the fields of a structure; whether one is `wanted`.
    fn skip_fields_until(&mut self, wanted: i64, depth: usize) -> Option<bool> {
        let mut field = 0_i64;
        loop {
            let header = self.byte()?;
            if header == 0 {
                return Some(false);
            }
            field = match header >> 4 {
                // Zigzag: the sign is the lowest bit.
                0 => {
                    let number = self.number()?;
                    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
                }
                step => field.checked_add(i64::from(step))?,
            };
            if field == wanted {
                return Some(true);
            }
            // The value of a bool is its type.
            if !matches!(header & 15, 1 | 2) {
                self.skip_value(header & 15, depth)?;
            }
        }
    }

    fn skip_value(&mut self, kind: u8, depth: usize) -> Option<()> {
        let within = Some(depth + 1).filter(|&depth| depth < DEEPEST)?;
        match kind {
            1..=3 => self.skip(1),
            4..=6 => self.number().map(drop),
            7 => self.skip(8),
            8 => {
                let length = self.number()?;
                self.skip(length)
            }
            9 | 10 => {
                let header = self.byte()?;
                let count = match header >> 4 {
                    15 => self.number()?,
                    count => u64::from(count),
                };
                (0..count).try_for_each(|_| self.skip_value(header & 15, within))
            }
            // A footer holds no maps.
            12 => self.skip_fields_until(i64::MIN, within).map(drop),
            _ => None,
        }
    }
}
