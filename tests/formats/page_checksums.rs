//! Checksums and counts of parquet files: a changed page gives no other number.
//!
//! `TALLYHO_FLIPS=5000` makes as many changes in each file, and each one that there is
//! where there are no more; `TALLYHO_SEED` chooses which.

use std::fs;
use std::path::Path;

use parquet::file::reader::{FileReader, SerializedFileReader};
use tallyho::batch::Role;
use tallyho::input::{Input, Request};

use super::{Rows, read, read_by, table};
use crate::common::files::{Column, Folder, parquet};
use crate::common::{Rng, campaign, figure};

/// Files with a checksum for each page: two with pages of version 1, two of version 2,
/// two of those with lists, nulls, and pages with and without a dictionary, and one whose
/// pages look like headers; see `tests/fixtures/make.py`.
const FILES: usize = 7;

fn fixture(number: usize) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fs::read(folder.join(format!("checksums_{number}.parquet"))).unwrap()
}

fn scores(path: &Path, number: usize) -> Request {
    let columns = if number < 4 { "p_*" } else { "scores" };
    Request {
        predictions: Some("prediction".into()),
        ..table(path, "label", Role::Scores, columns)
    }
}

/// The bytes before the footer that belong to pages.
fn pages(bytes: &[u8]) -> std::ops::Range<u32> {
    let reader = SerializedFileReader::new(bytes::Bytes::copy_from_slice(bytes)).unwrap();
    let groups = reader.metadata().row_groups();
    let chunks = groups.iter().flat_map(|group| group.columns());
    let ends = chunks.map(|chunk| chunk.byte_range()).map(|(start, length)| start + length);
    4..u32::try_from(ends.max().unwrap()).unwrap()
}

#[test]
fn whether_a_file_has_checksums_is_said() {
    let folder = Folder::new();
    for number in 0..FILES {
        let path = folder.file("t.parquet", fixture(number));
        assert!(Input::open(&scores(&path, number)).unwrap().files()[0].has_checksums, "{number}");
    }
    let bare = parquet(&[("y", Column::I64(vec![Some(1); 4]))], 2);
    let path = folder.file("bare.parquet", bare);
    let request = table(&path, "y", Role::Predictions, "y");
    assert!(!Input::open(&request).unwrap().files()[0].has_checksums);
}

/// How many bits were changed, and those that gave other rows in silence.
fn silent(number: usize, flips: u32, rng: &mut Rng) -> (u32, Vec<String>) {
    let folder = Folder::new();
    let sound = fixture(number);
    let pages = pages(&sound);
    let expected = read(&scores(&folder.file("sound.parquet", &sound), number));
    let bits = 8 * (pages.end - pages.start);
    let flips = flips.min(bits);
    let mut silent = Vec::new();
    for flip in 0..flips {
        let bit = if flips == bits { flip } else { rng.below(bits) };
        let (at, bit) = (pages.start + bit / 8, bit % 8);
        let mut changed = sound.clone();
        changed[at as usize] ^= 1 << bit;
        let path = folder.file("changed.parquet", changed);
        match read_by(&scores(&path, number), None, 1) {
            Ok(rows) if format!("{rows:?}") != format!("{expected:?}") => {
                silent.push(format!("file {number}, bit {bit} of byte {at}"));
            }
            _ => {}
        }
    }
    (flips, silent)
}

#[test]
fn no_changed_bit_of_a_page_with_a_checksum_or_of_its_header_gives_other_rows() {
    let campaign = campaign("TALLYHO_FLIPS", 300);
    let mut rng = Rng::new(campaign.seed);
    let (mut flips, mut found) = (0, Vec::new());
    for number in 0..FILES {
        let (tried, silent) = silent(number, campaign.count, &mut rng);
        flips += tried;
        found.extend(silent);
    }
    assert!(found.is_empty(), "seed {}: {}", campaign.seed, found.join("\n"));
    figure(flips, "none silent");
}

#[test]
fn without_checksums_a_changed_bit_does_give_other_rows() {
    // Else the test above would show nothing.
    let folder = Folder::new();
    let labels: Vec<Option<i64>> = (0..64).map(Some).collect();
    let sound = parquet(&[("y", Column::I64(labels))], 64);
    let request = |path: &Path| table(path, "y", Role::Predictions, "y");
    let expected: Rows = read(&request(&folder.file("sound.parquet", &sound)));
    let other = pages(&sound).any(|at| {
        let mut changed = sound.clone();
        changed[at as usize] ^= 1;
        let path = folder.file("changed.parquet", changed);
        read_by(&request(&path), None, 1).is_ok_and(|rows| rows != expected)
    });
    assert!(other);
}

/// One changed bit in a header for each thing that is held against it.
#[test]
fn what_a_header_says_is_held_against_its_page_and_its_column() {
    let folder = Folder::new();
    for (number, at, bit, expected) in [
        (0, 62, 1, "a page of column label has levels of another number than it should have"),
        (2, 69, 1, "a page of column label has not as many nulls or rows as its levels say"),
        (0, 64, 1, "a page of column label has an encoding that its column should not have"),
        (0, 64, 4, "a page of column label has not as many values as its levels say"),
        (0, 18, 1, "column label has not the values of a dictionary that it should have"),
        (3, 3450, 2, "the pages of column p_2 have 0 values, expected 10"),
        (1, 96, 7, "of the pages of a column, only some have a checksum"),
    ] {
        let mut changed = fixture(number);
        changed[at] ^= 1 << bit;
        let path = folder.file("changed.parquet", changed);
        let refused = read_by(&scores(&path, number), None, 1).unwrap_err();
        assert!(refused.contains(expected), "{expected}: {refused}");
    }
}
