//! Files that are cut off or changed at random are errors or values, never a panic.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

#[cfg(feature = "parquet")]
use parquet::file::metadata::ParquetMetaDataReader;
use proptest::prelude::*;
use tallyho::batch::Role;
use tallyho::input::Request;
use zip::CompressionMethod;

use super::{Rows, arrays, read_by, table};
use crate::common::files::{Folder, npy, npy_as, npz};

/// Reads a file and names it if that panics.
fn survives(request: &Request, what: &str) -> Result<Rows, String> {
    catch_unwind(AssertUnwindSafe(|| read_by(request, Some(5), 2)))
        .unwrap_or_else(|_| panic!("panicked on {what}"))
}

/// A file of each format, and the request that reads it.
fn samples(folder: &Folder) -> Vec<Request> {
    let labels: Vec<i64> = (0..20).map(|k| k % 3).collect();
    let scores: Vec<f32> = (0..40).map(|k| k as f32).collect();
    let layout = crate::common::files::Layout { fortran: true, ..Default::default() };
    let members = || [("y", npy(&labels)), ("s", npy_as(&scores, &[20, 2], layout))];
    let array = folder.file("y.npy", npy(&labels));
    let stored = folder.file("s.npz", npz(&members(), CompressionMethod::Stored, false));
    let packed = folder.file("d.npz", npz(&members(), CompressionMethod::Deflated, true));
    let csv = folder.file("t.csv", format!("y,s\n{}", "a,\"0.5\"\n".repeat(20)));
    let mut requests = vec![
        arrays(&array, &array, Role::Predictions),
        table(&stored, "y", Role::Scores, "s"),
        table(&packed, "y", Role::Scores, "s"),
        table(&csv, "y", Role::Scores, "s"),
    ];
    if cfg!(feature = "parquet") {
        for name in ["pandas.parquet", "pyarrow.parquet"] {
            let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
            let path = folder.file(name, fs::read(fixture).unwrap());
            let scores = if name.starts_with("pandas") { "p_*" } else { "list" };
            requests.push(table(&path, "label", Role::Scores, scores));
        }
    }
    requests
}

fn file_of(request: &Request) -> std::path::PathBuf {
    request.tables.first().cloned().unwrap_or_else(|| request.labels.clone().into())
}

#[test]
fn a_file_cut_off_anywhere_is_an_error() {
    let folder = Folder::new();
    for request in samples(&folder) {
        let path = file_of(&request);
        let whole = fs::read(&path).unwrap();
        let step = 1 + whole.len() / 1_500;
        for length in (0..whole.len()).step_by(step) {
            fs::write(&path, &whole[..length]).unwrap();
            let read = survives(&request, &format!("{} bytes of {}", length, path.display()));
            // Text has no end of its own: whole lines are a table.
            let text = path.extension().unwrap() == "csv";
            assert!(text || read.is_err(), "{length} bytes of {}", path.display());
        }
    }
}

#[test]
#[cfg(feature = "parquet")]
fn a_change_to_any_byte_of_a_list_column_comes_to_an_end() {
    let folder = Folder::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pyarrow.parquet");
    let whole = fs::read(&fixture).unwrap();
    let path = folder.path("changed.parquet");
    let request = table(&path, "label", Role::Scores, "list");
    let metadata = ParquetMetaDataReader::new();
    let metadata = metadata.parse_and_finish(&fs::File::open(fixture).unwrap()).unwrap();
    let columns = metadata.row_groups().iter().flat_map(|group| group.columns());
    for list in columns.filter(|column| column.column_path().parts()[0] == "list") {
        let (start, length) = list.byte_range();
        for at in start as usize..(start + length) as usize {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x80;
            fs::write(&path, bytes).unwrap();
            let _ = survives(&request, &format!("byte {at}"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn changed_bytes_never_panic(
        which in 0..6_usize, changes in proptest::collection::vec((any::<u32>(), any::<u8>()), 1..5),
    ) {
        let folder = Folder::new();
        let requests = samples(&folder);
        let request = &requests[which % requests.len()];
        let path = file_of(request);
        let mut bytes = fs::read(&path).unwrap();
        let length = bytes.len();
        for (at, byte) in &changes {
            bytes[*at as usize % length] = *byte;
        }
        fs::write(&path, bytes).unwrap();
        let _ = survives(request, &format!("{changes:?} in {}", path.display()));
    }

    #[test]
    fn any_header_is_read_or_refused(
        version in 1..4_u8, text in "[{}'\\(\\)<>0-9a-zA-Z_:, \\[\\]LU]{0,80}", rest in any::<[u8; 32]>(),
    ) {
        let mut bytes = b"\x93NUMPY".to_vec();
        bytes.extend([version, 0, u8::try_from(text.len()).unwrap(), 0]);
        if version > 1 {
            bytes.extend([0, 0]);
        }
        bytes.extend(text.as_bytes());
        bytes.extend(rest);
        let folder = Folder::new();
        let path = folder.file("y.npy", bytes);
        let _ = survives(&arrays(&path, &path, Role::Predictions), &text);
    }
}
