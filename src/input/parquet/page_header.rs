//! The sizes and the checksum in a page header, by the compact protocol of Thrift: the
//! `parquet` crate believes the sizes, and tells of neither.
//!
//! Source: `PageHeader` in `parquet.thrift` of the format's specification. The fields
//! before those that are wanted are all variable-length integers.

/// The types of integers in the compact protocol. All are written alike, and who reads
/// one does not look which of them it is.
const INTEGERS: std::ops::RangeInclusive<u8> = 4..=6;

/// The type of a structure.
const STRUCT: u8 = 12;

/// What a page header says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// Bytes of the page when it is decompressed, and in the file.
    pub(super) sizes: [u64; 2],
    /// Whether there is a checksum of the page.
    pub(super) has_checksum: bool,
}

impl PageHeader {
    /// That which `bytes` begin with; `None` if they are no header.
    pub(super) fn parse(mut bytes: &[u8]) -> Option<Self> {
        let mut header = Self::default();
        let mut field = 0;
        loop {
            match next(&mut bytes, &mut field)? {
                kind if INTEGERS.contains(&kind) && field <= 4 => {
                    let number = number(&mut bytes)?;
                    match field {
                        2 | 3 => header.sizes[usize::from(field) - 2] = number,
                        4 => header.has_checksum = true,
                        _ => {}
                    }
                }
                STRUCT if field >= 5 => return Some(header),
                _ => return None,
            }
        }
    }
}

/// The type of the next field, whose number becomes `field`. A step of 0 would say
/// that the number follows, which fields in order do not need.
fn next(bytes: &mut &[u8], field: &mut u8) -> Option<u8> {
    let (&head, rest) = bytes.split_first()?;
    *bytes = rest;
    *field += Some(head >> 4).filter(|&step| step > 0)?;
    Some(head & 0x0f)
}

/// A variable-length zigzag integer that is not negative, up to its lowest 64 bits.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let end = bytes.iter().position(|byte| byte & 0x80 == 0)?;
    let (found, rest) = bytes.split_at(end + 1);
    *bytes = rest;
    let zigzag = found.iter().rev().fold(0, |sum: u64, byte| sum << 7 | u64::from(byte & 0x7f));
    Some(zigzag >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_the_fourth_field() {
        // Type 0, sizes 300 and 5 as zigzag numbers.
        let sizes = [0x15, 0x00, 0x15, 0xd8, 0x04, 0x15, 0x0a];
        let header = |rest: &[u8]| PageHeader::parse(&[&sizes, rest].concat());
        let found = |has_checksum| Some(PageHeader { sizes: [300, 5], has_checksum });
        // A checksum of -1, then a data page; a page of version 2; a dictionary page.
        assert_eq!(header(&[0x15, 0x01, 0x1c]), found(true));
        assert_eq!(header(&[0x5c]), found(false));
        assert_eq!(header(&[0x4c]), found(false));
        for cut in 0..sizes.len() {
            assert_eq!(PageHeader::parse(&sizes[..cut]), None, "cut at {cut}");
        }
        assert_eq!(PageHeader::parse(b"PAR1"), None);
        // The same sizes as integers of 64 bits.
        let wide = [0x16, 0x00, 0x16, 0xd8, 0x04, 0x16, 0x0a, 0x2c];
        assert_eq!(PageHeader::parse(&wide), found(false));
    }
}
