//! What is looked for in the footer of a Parquet file before it is parsed: encryption,
//! which decoders would call damage, columns nested without end, for which parsing has no
//! room on the stack, and more columns than there is memory for.
//!
//! Source: "Parquet Modular Encryption" and `parquet.thrift` of the format; the
//! compact protocol of Apache Thrift.

use crate::error::{Error, Result};
use crate::input::disk::Disk;
use crate::memory;

/// The last bytes of a file: the length of its footer and a magic number, which is
/// another where the footer is encrypted.
const TAIL: usize = 8;
const ENCRYPTED_FOOTER: &[u8] = b"PARE";
const PLAIN_FOOTER: &[u8] = b"PAR1";

/// `FileMetaData.schema`, the columns in the order of a walk through their tree.
const SCHEMA: i64 = 2;

/// `FileMetaData.encryption_algorithm`, which is there if columns are encrypted
/// and the footer is not.
const ENCRYPTION_ALGORITHM: i64 = 8;

/// `SchemaElement.num_children`.
const NUM_CHILDREN: i64 = 5;

/// Structures within structures that are followed; there are 6 in a footer.
const DEEPEST: usize = 32;

/// Columns within columns that are read; programs write a few.
const MOST_NESTED: usize = 100;

/// Bytes of memory for each of a footer, as it is and parsed.
const PARSED_BYTES: u64 = 12;

/// Refuses a file that is encrypted, or whose footer is too much. Of a damaged one it
/// says nothing.
pub(super) fn check(disk: &Disk) -> Result<()> {
    let what = match footer(disk)? {
        Some(Footer::Encrypted) => "is encrypted",
        Some(Footer::Plain(bytes)) => {
            let checked = check_nesting(&bytes).and_then(|()| check_lists(&bytes));
            checked.map_err(|problem| Error::format(disk.path(), problem))?;
            if has_encrypted_columns(&bytes) != Some(true) {
                return Ok(());
            }
            "has encrypted columns"
        }
        None => return Ok(()),
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
    let what = || format!("{}: a footer of {length} bytes", disk.path().display());
    memory::need(
        u64::from(length) * PARSED_BYTES,
        what,
        "write it with fewer columns or row groups",
    )?;
    let mut bytes = vec![0; length as usize];
    disk.read_exact_at(&mut bytes, start)?;
    Ok(Some(Footer::Plain(bytes)))
}

/// Whether a footer says how its columns are encrypted.
fn has_encrypted_columns(footer: &[u8]) -> Option<bool> {
    Thrift::new(footer).skip_to(ENCRYPTION_ALGORITHM, 0)
}

/// Refuses columns that are nested too deep, and those that say to have more columns in
/// them than there are. What is no schema at all is left to who parses it.
fn check_nesting(footer: &[u8]) -> std::result::Result<(), String> {
    let mut footer = Thrift::new(footer);
    let is_there = footer.skip_to(SCHEMA, 0) == Some(true);
    let Some((count, _)) = is_there.then(|| footer.list()).flatten() else { return Ok(()) };
    // The children that are still to come, of each column around the present one.
    let mut around: Vec<u64> = Vec::new();
    for at in 0..count {
        while around.pop_if(|left| *left == 0).is_some() {}
        if let Some(left) = around.last_mut() {
            *left -= 1;
        }
        let Some(children) = footer.children() else { return Ok(()) };
        let left = count - at - 1;
        if children > left {
            return Err(format!(
                "is not sound parquet: a column says to have {children} columns in it, and \
                 {left} are left"
            ));
        }
        around.push(children);
        if around.len() > MOST_NESTED {
            return Err(format!(
                "has columns nested more than {MOST_NESTED} deep; write those that are wanted to \
                 a file of their own"
            ));
        }
    }
    Ok(())
}

/// Refuses lists that say to hold more than there are bytes left: who parses them may go
/// through elements that take none, one after another.
fn check_lists(footer: &[u8]) -> std::result::Result<(), String> {
    let mut footer = Thrift::new(footer);
    let _ = footer.skip_to(i64::MIN, 0);
    match footer.overlong {
        None => Ok(()),
        Some(count) => Err(format!(
            "is not sound parquet: a list says to hold {count} elements, and {} bytes are left",
            footer.rest.len()
        )),
    }
}

/// What is left of structures in Thrift's compact protocol. `None` where they are
/// not what they should be.
struct Thrift<'a> {
    rest: &'a [u8],
    /// The length of a list that is longer than what is left.
    overlong: Option<u64>,
}

impl<'a> Thrift<'a> {
    fn new(rest: &'a [u8]) -> Self {
        Self { rest, overlong: None }
    }

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

    fn signed(&mut self) -> Option<i64> {
        // Zigzag: the sign is the lowest bit.
        let number = self.number()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// The type of a structure's next field, whose number becomes `field`; 0 at its end.
    fn field(&mut self, field: &mut i64) -> Option<u8> {
        let header = self.byte()?;
        if header != 0 {
            *field = match header >> 4 {
                0 => self.signed()?,
                step => field.checked_add(i64::from(step))?,
            };
        }
        Some(header & 15)
    }

    /// Skips the fields of a structure up to the value of the `wanted` one; whether it is
    /// there.
    fn skip_to(&mut self, wanted: i64, depth: usize) -> Option<bool> {
        let mut field = 0;
        loop {
            match self.field(&mut field)? {
                0 => return Some(false),
                _ if field == wanted => return Some(true),
                // The value of a bool is its type.
                1 | 2 => {}
                kind => self.skip_value(kind, depth)?,
            }
        }
    }

    /// The number of columns within a column, all of which is read.
    fn children(&mut self) -> Option<u64> {
        let (mut field, mut children) = (0, 0);
        loop {
            match self.field(&mut field)? {
                0 => return Some(u64::try_from(children).unwrap_or(0)),
                4..=6 if field == NUM_CHILDREN => children = self.signed()?,
                1 | 2 => {}
                kind => self.skip_value(kind, 1)?,
            }
        }
    }

    /// The length of a list and the type of what is in it.
    fn list(&mut self) -> Option<(u64, u8)> {
        let header = self.byte()?;
        let count = match header >> 4 {
            15 => self.number()?,
            count => u64::from(count),
        };
        if count > self.rest.len() as u64 {
            self.overlong = Some(count);
            return None;
        }
        Some((count, header & 15))
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
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.skip_value(kind, within))
            }
            // A footer holds no maps.
            12 => self.skip_to(i64::MIN, within).map(drop),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A footer of a version and columns, which have these numbers of columns in them.
    fn footer(children: &[u8]) -> Vec<u8> {
        let mut footer = vec![0x15, 2, 0x19, 0xfc];
        footer.push(u8::try_from(children.len()).unwrap_or(0));
        // A name of one letter; a number, zigzag, unless it is 0.
        let column = |&children: &u8| match children {
            0 => vec![0x48, 1, b'a', 0],
            children => vec![0x48, 1, b'a', 0x15, children << 1, 0],
        };
        footer.extend(children.iter().flat_map(column));
        footer
    }

    #[test]
    fn columns_within_columns_without_end_are_refused() {
        let refused = |children: &[u8]| check_nesting(&footer(children)).err().unwrap_or_default();
        assert_eq!(refused(&[3, 0, 0, 0]), "");
        assert_eq!(refused(&[2, 0, 1, 1, 0]), "");
        // Ninety of one column each, then as many beside each other.
        let broad = [&[1; 90][..], &[30], &[0; 30]].concat();
        assert_eq!(refused(&broad), "");
        let deep = [&[1; 110][..], &[0]].concat();
        assert!(refused(&deep).contains("nested more than 100 deep"));
    }

    #[test]
    fn a_list_of_more_elements_than_bytes_is_refused() {
        let list = |count: u8| [&footer(&[1, 0])[..], &[0x19, 0xf1, count, 1, 2, 1, 0]].concat();
        assert_eq!(check_lists(&list(3)), Ok(()));
        let refused = check_lists(&list(100)).err().unwrap_or_default();
        assert!(refused.contains("to hold 100 elements, and 4 bytes are left"), "{refused}");
    }

    #[test]
    fn more_columns_than_there_are_are_refused() {
        let refused = |children: &[u8]| check_nesting(&footer(children)).err().unwrap_or_default();
        assert!(refused(&[9, 0]).contains("to have 9 columns in it, and 1 are left"));
        // What is cut off is left to who parses it.
        let whole = footer(&[1, 0]);
        (0..whole.len()).for_each(|end| assert_eq!(check_nesting(&whole[..end]), Ok(())));
    }
}
