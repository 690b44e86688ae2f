//! The sizes and the checksum in a page header: the `parquet` crate believes the sizes,
//! and tells of neither.
//!
//! Source: `PageHeader` in `parquet.thrift` of the format.

use super::structures::PAGE_HEADER;
use super::thrift::{Result, Thrift};

/// The type of a dictionary.
const DICTIONARY: u64 = 2;

/// What a page header says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// Bytes of the header.
    pub(super) bytes: usize,
    /// Whether the page is no dictionary. An index is taken for data, which may have been
    /// turned into one, and which nobody writes.
    pub(super) is_data: bool,
    /// Bytes of the page when it is decompressed, and in the file.
    pub(super) sizes: [u64; 2],
    /// Whether there is a checksum of the page.
    pub(super) has_checksum: bool,
}

impl PageHeader {
    /// That which `bytes` begin with.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let mut header = Self::default();
        let mut thrift = Thrift::without_lists(bytes);
        let mut field = 0;
        while let Some(written) = thrift.field(&mut field)? {
            let at = thrift.rest;
            thrift.known(PAGE_HEADER, field, written)?;
            // Of a negative number, too, it is the rest behind the sign.
            let number = || Thrift::new(at).number().map(|number| number >> 1);
            match field {
                1 => header.is_data = number()? != DICTIONARY,
                2 => header.sizes[0] = number()?,
                3 => header.sizes[1] = number()?,
                4 => header.has_checksum = true,
                _ => {}
            }
        }
        header.bytes = bytes.len() - thrift.rest.len();
        Ok(header)
    }
}

#[cfg(test)]
mod tests {
    use super::super::thrift::Flaw;
    use super::*;

    #[test]
    fn a_checksum_is_the_fourth_field() {
        // Sizes 300 and 5 as zigzag numbers.
        let header = |kind: u8, rest: &[u8]| {
            let sizes = [0x15, kind << 1, 0x15, 0xd8, 0x04, 0x15, 0x0a];
            PageHeader::parse(&[&sizes, rest, b"PAR1"].concat())
        };
        let found = |bytes, is_data, has_checksum| {
            Ok(PageHeader { bytes, is_data, sizes: [300, 5], has_checksum })
        };
        // A checksum of -1, then a data page; a page of version 2; a dictionary page.
        assert_eq!(header(0, &[0x15, 0x01, 0x1c, 0, 0]), found(12, true, true));
        assert_eq!(header(3, &[0x5c, 0, 0]), found(10, true, false));
        assert_eq!(header(2, &[0x4c, 0, 0]), found(10, false, false));
        // The same sizes as integers of 64 bits.
        let wide = [0x16, 0x00, 0x16, 0xd8, 0x04, 0x16, 0x0a, 0x2c, 0, 0];
        assert_eq!(PageHeader::parse(&wide), found(10, true, false));
        for cut in 0..wide.len() {
            assert_eq!(PageHeader::parse(&wide[..cut]), Err(Flaw::End), "cut at {cut}");
        }
    }
}
