//! The columns wanted of a Parquet file, where its rows are, and whether all that its
//! footer says of them agrees.

use std::path::PathBuf;
use std::sync::Arc;

use ::parquet::basic::Compression;
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};

use super::chunk::ChunkFile;
use super::schema::Leaf;
use crate::error::{Error, Result};
use crate::input::disk::Disk;
use crate::input::lane::Layout;

/// What a page of a column takes at most, with its dictionary, if the writer
/// kept to the usual limit of 1 MiB for each.
const PAGE_BYTES: u64 = 2 << 20;

/// The columns wanted of a file, and where its rows are.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) path: PathBuf,
    pub(super) metadata: Arc<ParquetMetaData>,
    /// The first row of each row group, then the number of rows.
    pub(super) starts: Vec<u64>,
    pub(super) label: Option<Leaf>,
    pub(super) prediction: Option<Leaf>,
    pub(super) scores: Vec<Leaf>,
    pub(super) layout: Option<Layout>,
    /// The names of the score columns; none of a list.
    pub(super) score_names: Vec<String>,
}

impl Plan {
    /// That of no columns yet.
    pub(super) fn new(path: PathBuf, metadata: Arc<ParquetMetaData>, starts: Vec<u64>) -> Self {
        Self {
            path,
            metadata,
            starts,
            label: None,
            prediction: None,
            scores: Vec::new(),
            layout: None,
            score_names: Vec::new(),
        }
    }

    pub(super) fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.label.iter().chain(&self.prediction).chain(&self.scores)
    }

    pub(super) fn rows(&self) -> u64 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Whether a row of scores is a list.
    pub(super) fn has_list(&self) -> bool {
        self.scores.iter().any(|leaf| leaf.list)
    }

    /// Checks that the columns wanted lie in the file, and that the counts of file,
    /// row groups and columns agree.
    pub(super) fn check_chunks(&self, file_bytes: u64) -> Result<()> {
        let said = self.metadata.file_metadata().num_rows();
        if u64::try_from(said) != Ok(self.rows()) {
            let problem = format!(
                "is damaged: its row groups have {} rows in all, but the file should have {said}",
                self.rows()
            );
            return Err(Error::format(&self.path, problem));
        }
        for (number, group) in self.metadata.row_groups().iter().enumerate() {
            for leaf in self.leaves() {
                let values = group.columns().get(leaf.index).map(ColumnChunkMetaData::num_values);
                if values
                    .is_some_and(|it| it < group.num_rows() || !leaf.list && it > group.num_rows())
                {
                    let problem = format!(
                        "is damaged: row group {number} has {} rows, but a column of it {} values",
                        group.num_rows(),
                        values.unwrap_or(0)
                    );
                    return Err(Error::format(&self.path, problem));
                }
                let sound = group.columns().get(leaf.index).is_some_and(|chunk| {
                    let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
                    let end =
                        u64::try_from(start).ok().zip(u64::try_from(chunk.compressed_size()).ok());
                    end.and_then(|(start, size)| start.checked_add(size))
                        .is_some_and(|end| end <= file_bytes)
                });
                if !sound {
                    return Err(Error::format(
                        &self.path,
                        "is damaged: a column is outside the file",
                    ));
                }
            }
        }
        Ok(())
    }

    /// Whether the first data page of the first column wanted has a checksum.
    pub(super) fn has_checksums(&self, disk: &Arc<Disk>) -> bool {
        let group = self.metadata.row_groups().iter().find(|group| group.num_rows() > 0);
        let chunk = group.zip(self.leaves().next()).map(|(group, leaf)| group.column(leaf.index));
        let start = chunk.map(|chunk| chunk.byte_range().0);
        start.and_then(|start| ChunkFile::new(disk).pages_have_checksums(start)) == Some(true)
    }

    /// Checks that the columns wanted are compressed in a way that can be undone.
    pub(super) fn check_compression(&self) -> Result<()> {
        for group in self.metadata.row_groups() {
            for leaf in self.leaves() {
                let name = match group.column(leaf.index).compression() {
                    Compression::BROTLI(_) => "brotli",
                    Compression::LZO => "lzo",
                    _ => continue,
                };
                let problem = format!(
                    "is compressed with {name}, which is not read here; write it with zstd or \
                     snappy, as by pq.write_table(pq.read_table(old), new, compression='zstd')"
                );
                return Err(Error::format(&self.path, problem));
            }
        }
        Ok(())
    }

    /// The sum of a size over all column chunks wanted.
    pub(super) fn chunk_bytes(&self, size: impl Fn(&RowGroupMetaData, usize) -> i64) -> u64 {
        let chunks = self.metadata.row_groups().iter().flat_map(|group| {
            self.leaves().map(|leaf| u64::try_from(size(group, leaf.index)).unwrap_or(0))
        });
        chunks.sum()
    }

    /// Bytes of pages that one reader holds, about.
    pub(super) fn page_bytes(&self) -> u64 {
        let groups = self.metadata.row_groups().iter();
        let sizes = groups.map(|group| -> u64 {
            let size = |leaf: &Leaf| group.column(leaf.index).uncompressed_size();
            self.leaves().map(|leaf| u64::try_from(size(leaf)).unwrap_or(0).min(PAGE_BYTES)).sum()
        });
        sizes.max().unwrap_or(0)
    }
}

/// The first row of each row group, then the number of rows.
pub(super) fn group_starts(metadata: &ParquetMetaData) -> Option<Vec<u64>> {
    let mut starts = vec![0_u64];
    for group in metadata.row_groups() {
        let rows = u64::try_from(group.num_rows()).ok()?;
        starts.push(starts[starts.len() - 1].checked_add(rows)?);
    }
    Some(starts)
}
