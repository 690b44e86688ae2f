//! Formats that people have and that are not read here, each with the line that
//! converts it.

use std::path::Path;

/// How compressed files begin, and what takes the compression off.
const COMPRESSED: &[(&[u8], &str, &str)] = &[
    (b"\x1f\x8b", "gzip", "gunzip"),
    (b"\x28\xb5\x2f\xfd", "zstd", "unzstd"),
    (b"BZh", "bzip2", "bunzip2"),
    (b"\xfd7zXZ\x00", "xz", "unxz"),
];

/// By extension, the pandas function that reads a file, and what it takes after the
/// path.
const READERS: &[(&str, &str, &str)] = &[
    ("arrow", "read_feather", ""),
    ("feather", "read_feather", ""),
    ("h5", "read_hdf", ""),
    ("hdf5", "read_hdf", ""),
    ("json", "read_json", ""),
    ("jsonl", "read_json", ", lines=True"),
    ("ndjson", "read_json", ", lines=True"),
    ("ods", "read_excel", ""),
    ("orc", "read_orc", ""),
    ("pickle", "read_pickle", ""),
    ("pkl", "read_pickle", ""),
    ("xls", "read_excel", ""),
    ("xlsx", "read_excel", ""),
];

/// Why a file that begins so cannot be read, if it is of such a format.
pub(super) fn problem(start: &[u8], path: &Path) -> Option<String> {
    if let Some((_, name, tool)) = COMPRESSED.iter().find(|(magic, ..)| start.starts_with(magic)) {
        let path = path.display();
        return Some(format!("is compressed with {name}; decompress it first: {tool} {path}"));
    }
    let extension = path.extension()?.to_ascii_lowercase();
    let (_, reader, more) = READERS.iter().find(|(known, ..)| extension == *known)?;
    Some(format!(
        "is of a format that is not read here; with pandas, if it holds a table: \
         pd.{reader}('{}'{more}).to_parquet('t.parquet')",
        path.display()
    ))
}
