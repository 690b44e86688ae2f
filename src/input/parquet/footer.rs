//! Checks of the footer of a Parquet file before it is parsed: for encryption,
//! which decoders would call damage, columns nested without end, for which parsing has no
//! room on the stack, lists for which it would take hours, and more columns than there is
//! memory for.
//!
//! Source: "Parquet Modular Encryption" and `parquet.thrift` of the format.

use super::structures::{COLUMN, FOOTER};
use super::thrift::{self, Flaw, Thrift};
use crate::error::{Error, Result};
use crate::input::disk::Disk;
use crate::memory;

/// The last bytes of a file: the length of its footer and a magic number, which is
/// another where the footer is encrypted.
const TAIL: usize = 8;
const ENCRYPTED_FOOTER: &[u8] = b"PARE";
const PLAIN_FOOTER: &[u8] = b"PAR1";

/// `FileMetaData.schema`, the columns in the order of a walk through their tree.
const SCHEMA: i16 = 2;

/// `FileMetaData.encryption_algorithm`, which is there if columns are encrypted
/// and the footer is not.
const ENCRYPTION_ALGORITHM: i16 = 8;

/// `SchemaElement.num_children`.
const NUM_CHILDREN: i16 = 5;

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
            let checked = check_structures(&bytes).and_then(|()| check_nesting(&bytes));
            checked.map_err(|problem| Error::format(disk.path(), problem))?;
            if has_encrypted_columns(&bytes) != Ok(true) {
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
fn has_encrypted_columns(footer: &[u8]) -> thrift::Result<bool> {
    Thrift::new(footer).skip_to(ENCRYPTION_ALGORITHM, FOOTER)
}

/// Refuses columns that are nested too deep, and those that say to have more columns in
/// them than there are. What is no schema at all is left to who parses it.
fn check_nesting(footer: &[u8]) -> std::result::Result<(), String> {
    let mut footer = Thrift::new(footer);
    if footer.skip_to(SCHEMA, FOOTER) != Ok(true) {
        return Ok(());
    }
    let Ok((count, _)) = footer.list() else { return Ok(()) };
    // The children that are still to come, of each column around the present one.
    let mut around: Vec<u64> = Vec::new();
    for at in 0..count {
        while around.pop_if(|left| *left == 0).is_some() {}
        if let Some(left) = around.last_mut() {
            *left -= 1;
        }
        let Ok(children) = children(&mut footer) else { return Ok(()) };
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

/// Refuses structures that are not what they should be: who parses them may go through
/// elements of lists that take no bytes, one after another. Of a footer that is cut off
/// it says nothing.
fn check_structures(footer: &[u8]) -> std::result::Result<(), String> {
    match Thrift::new(footer).structure(FOOTER) {
        Ok(()) | Err(Flaw::End) => Ok(()),
        Err(Flaw::Wrong(problem)) => Err(format!("is not sound parquet: its footer: {problem}")),
    }
}

/// The number of columns within a column, all of which is read.
fn children(footer: &mut Thrift<'_>) -> thrift::Result<u64> {
    let (mut field, mut children) = (0, 0);
    while let Some(written) = footer.field(&mut field)? {
        let at = footer.rest;
        footer.known(COLUMN, field, written)?;
        if field == NUM_CHILDREN {
            #[allow(clippy::cast_possible_truncation, reason = "as who parses it takes it")]
            let number = Thrift::new(at).signed()? as i32;
            children = u64::try_from(number).unwrap_or(0);
        }
    }
    Ok(children)
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
        let list = |count: u8| [&footer(&[1, 0])[..], &[0xc9, 0xf5, count, 1, 2, 1, 0]].concat();
        assert_eq!(check_structures(&list(3)), Ok(()));
        let refused = check_structures(&list(100)).err().unwrap_or_default();
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
