//! The pages of one column chunk, each held against all that its header, the chunk and
//! the levels say: a checksum covers the bytes of a page, and none covers its header.

use std::mem;
use std::sync::Arc;

use ::parquet::basic::{Encoding, Type};
use ::parquet::column::page::{Page, PageMetadata, PageReader};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::ColumnChunkMetaData;
use ::parquet::file::serialized_reader::SerializedPageReader;

use super::chunk::ChunkFile;
use super::hybrid;

type Result<T, E = ParquetError> = std::result::Result<T, E>;

/// Pages as the `parquet` crate reads them. Where they have no checksums nothing is
/// promised of what is in them, and writers are known to count otherwise.
pub(super) struct Pages {
    inner: SerializedPageReader<ChunkFile>,
    file: Arc<ChunkFile>,
    expected: Expected,
    /// Values in the pages so far, nulls among them.
    values: u64,
    /// Whether the header of the next page was read.
    is_peeked: bool,
}

impl Pages {
    /// Those of a chunk of a row group of so many rows.
    pub(super) fn new(file: &ChunkFile, chunk: &ColumnChunkMetaData, rows: usize) -> Result<Self> {
        let file = Arc::new(file.of_chunk());
        let inner = SerializedPageReader::new(Arc::clone(&file), chunk, rows, None)?;
        Ok(Self { inner, file, expected: Expected::of(chunk), values: 0, is_peeked: false })
    }

    fn check(&mut self, page: &Page) -> Result<()> {
        if !self.file.has_checksum(page.is_data_page()) {
            return Ok(());
        }
        if page.is_data_page() {
            self.values += u64::from(page.num_values());
        }
        self.expected.verify(page).map_err(|problem| {
            ParquetError::General(format!("a page of column {} {problem}", self.expected.name))
        })
    }

    fn check_end(&self) -> Result<()> {
        match self.values == self.expected.values || !self.file.has_checksum(true) {
            true => Ok(()),
            false => Err(ParquetError::General(format!(
                "the pages of column {} have {} values, expected {}",
                self.expected.name, self.values, self.expected.values
            ))),
        }
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.file.set_past_header(mem::take(&mut self.is_peeked));
        let page = self.inner.get_next_page()?;
        match &page {
            Some(page) => self.check(page)?,
            None => self.check_end()?,
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        let page = self.inner.peek_next_page()?;
        self.is_peeked = page.is_some();
        let counts = page.as_ref().and_then(|page| page.num_rows.zip(page.num_levels));
        let differ = counts.is_some_and(|(rows, values)| rows != values);
        match differ && self.expected.levels.repetition == 0 && self.file.has_checksum(true) {
            true => Err(ParquetError::General("a page has not as many rows as values".into())),
            false => Ok(page),
        }
    }

    fn skip_next_page(&mut self) -> Result<()> {
        let page = self.peek_next_page()?;
        self.values += page.and_then(|page| page.num_levels).unwrap_or(0) as u64;
        self.is_peeked = false;
        self.inner.skip_next_page()
    }

    fn supports_deferred_dictionary(&self) -> bool {
        self.inner.supports_deferred_dictionary()
    }

    fn take_deferred_dictionary(&mut self) -> Result<Option<Page>> {
        let page = self.inner.take_deferred_dictionary()?;
        page.iter().try_for_each(|page| self.check(page))?;
        Ok(page)
    }
}

/// What the pages of a chunk must agree with.
struct Expected {
    name: String,
    physical: Type,
    /// Bytes of a value of one length.
    length: usize,
    levels: PerLevel<u64>,
    /// Values that the footer says there are.
    values: u64,
    /// Encodings that the footer names.
    encodings: Vec<Encoding>,
}

/// Something of repetition levels and of definition levels.
#[derive(Clone, Copy)]
struct PerLevel<T> {
    repetition: T,
    definition: T,
}

/// The parts of a data page of either version.
struct Parts<'a> {
    encoding: Encoding,
    values: usize,
    levels: PerLevel<&'a [u8]>,
    data: &'a [u8],
    /// Nulls and rows that its header says there are.
    counts: Option<(usize, usize)>,
}

impl Expected {
    fn of(chunk: &ColumnChunkMetaData) -> Self {
        let descriptor = chunk.column_descr();
        let level = |level: i16| u64::try_from(level).unwrap_or(0);
        Self {
            name: chunk.column_path().string(),
            physical: chunk.column_type(),
            length: usize::try_from(descriptor.type_length()).unwrap_or(0),
            levels: PerLevel {
                repetition: level(descriptor.max_rep_level()),
                definition: level(descriptor.max_def_level()),
            },
            values: u64::try_from(chunk.num_values()).unwrap_or(0),
            encodings: chunk.encodings().collect(),
        }
    }

    /// Whether a page is as it should be; else what is wrong with it.
    fn verify(&self, page: &Page) -> Result<(), &'static str> {
        if let Page::DictionaryPage { buf, num_values, .. } = page {
            let fills = self.plain_fills(buf, *num_values as usize);
            return holds(fills, "has not the values of a dictionary that it should have");
        }
        let known = self.encodings.iter().any(|&it| named(it) == named(page.encoding()));
        holds(known, "has an encoding that its column should not have")?;
        let parts = self.parts(page)?;
        parts.map_or(Ok(()), |parts| self.verify_parts(&parts))
    }

    fn verify_parts(&self, page: &Parts<'_>) -> Result<(), &'static str> {
        let count = |bytes: &[u8], most: u64, wanted| match most {
            // No levels are written, but some writers write them all the same.
            0 if bytes.is_empty() => Some(page.values),
            _ => hybrid::count(bytes, bits(most), page.values, wanted),
        };
        let rows = count(page.levels.repetition, self.levels.repetition, 0);
        let highest = self.levels.definition;
        let there = count(page.levels.definition, highest, highest);
        let (rows, there) =
            rows.zip(there).ok_or("has levels of another number than it should have")?;
        let agree = page.counts.is_none_or(|counts| counts == (page.values - there, rows));
        holds(agree, "has not as many nulls or rows as its levels say")?;
        let fills = match page.encoding {
            _ if there == 0 => true,
            Encoding::PLAIN => self.plain_fills(page.data, there),
            Encoding::BYTE_STREAM_SPLIT => Some(page.data.len()) == self.fixed_bytes(there),
            Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY => page
                .data
                .split_first()
                .is_some_and(|(&width, data)| hybrid::fills(data, width.into(), there)),
            // None of the others becomes one that the footer names by one bit.
            _ => true,
        };
        holds(fills, "has not as many values as its levels say")
    }

    /// The parts of a data page; none where the old encoding of levels does not tell
    /// where the values begin.
    fn parts<'a>(&self, page: &'a Page) -> Result<Option<Parts<'a>>, &'static str> {
        const LONGER: &str = "has levels that are longer than it";
        let mut data: &[u8] = page.buffer();
        let (levels, counts) = match page {
            Page::DataPageV2 {
                num_nulls,
                num_rows,
                rep_levels_byte_len,
                def_levels_byte_len,
                ..
            } => {
                let mut part = |length: u32| data.split_off(..length as usize).ok_or(LONGER);
                let repetition = part(*rep_levels_byte_len)?;
                let levels = PerLevel { repetition, definition: part(*def_levels_byte_len)? };
                (levels, Some((*num_nulls as usize, *num_rows as usize)))
            }
            Page::DataPage { rep_level_encoding, def_level_encoding, .. } => {
                let PerLevel { repetition, definition } = self.levels;
                let is_old = |most: u64, encoding| most > 0 && encoding != Encoding::RLE;
                if is_old(repetition, *rep_level_encoding)
                    || is_old(definition, *def_level_encoding)
                {
                    return Ok(None);
                }
                let mut part = |most| match most {
                    0 => Ok(&[][..]),
                    _ => prefixed(&mut data).ok_or(LONGER),
                };
                let repetition = part(repetition)?;
                (PerLevel { repetition, definition: part(definition)? }, None)
            }
            Page::DictionaryPage { .. } => return Ok(None),
        };
        let (encoding, values) = (page.encoding(), page.num_values() as usize);
        Ok(Some(Parts { encoding, values, levels, data, counts }))
    }

    /// Whether plain values, so many of them, use exactly `bytes`.
    fn plain_fills(&self, mut bytes: &[u8], values: usize) -> bool {
        match self.physical {
            Type::BOOLEAN => bytes.len() == values.div_ceil(8),
            Type::BYTE_ARRAY => {
                (0..values).all(|_| prefixed(&mut bytes).is_some()) && bytes.is_empty()
            }
            _ => Some(bytes.len()) == self.fixed_bytes(values),
        }
    }

    /// The bytes of so many values of one length.
    fn fixed_bytes(&self, values: usize) -> Option<usize> {
        let length = match self.physical {
            Type::INT32 | Type::FLOAT => 4,
            Type::INT64 | Type::DOUBLE => 8,
            Type::INT96 => 12,
            Type::FIXED_LEN_BYTE_ARRAY => self.length,
            Type::BOOLEAN | Type::BYTE_ARRAY => return None,
        };
        values.checked_mul(length)
    }
}

/// The problem, unless `it` holds.
fn holds(it: bool, problem: &'static str) -> Result<(), &'static str> {
    if it { Ok(()) } else { Err(problem) }
}

/// The bits that levels up to the highest take.
fn bits(most: u64) -> usize {
    (u64::BITS - most.leading_zeros()) as usize
}

/// The bytes behind their number in four bytes.
fn prefixed<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = bytes.split_off(..4)?;
    let length = u32::from_le_bytes(length.try_into().ok()?);
    bytes.split_off(..length as usize)
}

/// The newer name of an encoding that has two.
fn named(encoding: Encoding) -> Encoding {
    match encoding {
        Encoding::PLAIN_DICTIONARY => Encoding::RLE_DICTIONARY,
        encoding => encoding,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use std::fs;

    use ::parquet::file::metadata::ParquetMetaDataReader;

    use super::*;
    use crate::input::disk::Disk;

    #[test]
    fn rows_of_a_page_that_is_skipped_are_its_values() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let fixture = "tests/fixtures/checksums_2.parquet";
        let sound =
            fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/").to_owned() + fixture).unwrap();
        let peeked = |at: usize, bit: u32| {
            let mut bytes = sound.clone();
            bytes[at] ^= 1 << bit;
            fs::write(&path, bytes).unwrap();
            let file = ChunkFile::new(&Disk::open(&path).unwrap());
            let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).unwrap();
            let mut pages = Pages::new(&file, metadata.row_group(0).column(0), 20).unwrap();
            // The dictionary comes first.
            pages.skip_next_page().unwrap();
            pages.peek_next_page().map(|page| page.unwrap().num_rows)
        };
        // The first byte of the file's mark is nobody's.
        assert_eq!(peeked(0, 0).unwrap(), Some(4));
        for bit in 0..7 {
            let error = peeked(71, bit).unwrap_err().to_string();
            assert!(error.contains("not as many rows as values"), "bit {bit}: {error}");
        }
    }
}
