//! Damage in the members of an archive is found, wherever and however it is read.

use std::ops::Range;

use tallyho::batch::Role;
use tallyho::input::{Input, Request};
use zip::CompressionMethod;

use super::{read_by, read_every_way, table};
use crate::common::files::{Folder, Layout, npy, npy_as, npy_matrix, npz};

const ROWS: usize = 211;
const COLUMNS: usize = 5;

/// Labels, and scores in both orders.
fn members() -> Vec<(&'static str, Vec<u8>)> {
    let labels: Vec<i16> = (0..ROWS).map(|row| (row % COLUMNS) as i16).collect();
    let scores: Vec<f32> = (0..ROWS * COLUMNS).map(|k| k as f32 / 64.0).collect();
    let fortran = Layout { fortran: true, ..Layout::default() };
    vec![
        ("y", npy(&labels)),
        ("c", npy_matrix(&scores, COLUMNS)),
        ("f", npy_as(&scores, &[ROWS, COLUMNS], fortran)),
    ]
}

/// Where a member's bytes are in its archive, if it is stored.
fn place(archive: &[u8], member: &[u8]) -> Range<usize> {
    let start = archive.windows(member.len()).position(|window| window == member).unwrap();
    start..start + member.len()
}

/// The errors of reading in many ways; every one must be an error.
fn errors(request: &Request) -> Vec<String> {
    let mut found = Vec::new();
    for batch_rows in [Some(1), Some(7), Some(64), None] {
        for threads in 1..=4 {
            match read_by(request, batch_rows, threads) {
                Ok(_) => panic!("{request:?}, {batch_rows:?} rows x {threads}: not noticed"),
                Err(problem) => found.push(problem),
            }
        }
    }
    found
}

/// Damages one byte, counted from the values' first one, and reads every way.
fn check_damage(folder: &Folder, whole: &[u8], name: &str, at: usize) {
    let mut archive = whole.to_vec();
    archive[at] ^= 0x10;
    let path = folder.file("damaged.npz", archive);
    let scores = if name == "y" { "c" } else { name };
    for problem in errors(&table(&path, "y", Role::Scores, scores)) {
        assert!(
            problem.ends_with(&format!(
                "damaged.npz: array '{name}' is damaged: its checksum does not match; \
                 write the file again"
            )),
            "byte {at}: {problem}"
        );
    }
}

#[test]
fn a_damaged_value_is_found_in_any_member_and_order() {
    let folder = Folder::new();
    let members = members();
    for zip64 in [false, true] {
        let whole = npz(&members, CompressionMethod::Stored, zip64);
        for (name, member) in &members {
            let place = place(&whole, member);
            let values = place.start + 128..place.end;
            for at in [values.start, values.start + values.len() / 2, values.end - 1] {
                check_damage(&folder, &whole, name, at);
            }
        }
    }
}

#[test]
fn damage_around_the_values_is_found() {
    let folder = Folder::new();
    let members = members();
    let whole = npz(&members, CompressionMethod::Stored, false);
    let sound = folder.file("sound.npz", &whole);
    for scores in ["c", "f"] {
        read_every_way(&table(&sound, "y", Role::Scores, scores));
    }
    for (name, member) in &members {
        let place = place(&whole, member);
        // A blank that pads the header: the header still says the same.
        let blank = place.start + 126;
        assert_eq!(whole[blank], b' ');
        let mut padded = whole.clone();
        padded[blank] = b'\t';
        let path = folder.file("padded.npz", padded);
        let scores = if *name == "y" { "c" } else { name };
        errors(&table(&path, "y", Role::Scores, scores));
        check_damage(&folder, &whole, name, place.end - 1);
    }
}

#[test]
fn every_byte_of_a_member_is_covered() {
    let folder = Folder::new();
    let member = npy(&[1u8, 0, 1]);
    let whole = npz(&[("y", member.clone())], CompressionMethod::Stored, false);
    let place = place(&whole, &member);
    for at in place {
        let mut archive = whole.clone();
        archive[at] ^= 1;
        let path = folder.file("damaged.npz", archive);
        let request = table(&path, "y", Role::Predictions, "y");
        assert!(read_by(&request, Some(2), 2).is_err(), "byte {at}");
    }
}

#[test]
fn the_member_that_is_damaged_is_the_one_that_counts() {
    let folder = Folder::new();
    let members = members();
    let mut archive = npz(&members, CompressionMethod::Stored, false);
    let place = place(&archive, &members[1].1);
    archive[place.end - 1] ^= 1;
    let path = folder.file("damaged.npz", archive);
    read_every_way(&table(&path, "y", Role::Scores, "f"));
    errors(&table(&path, "y", Role::Scores, "c"));
    // The head is only looked at; the pass over all rows reads it again.
    let input = Input::open(&table(&path, "y", Role::Scores, "c")).unwrap();
    assert_eq!(input.head(0, ROWS, 2).unwrap().rows, ROWS);
}

#[test]
fn damage_in_a_later_archive_is_found() {
    let folder = Folder::new();
    let members = members();
    let whole = npz(&members, CompressionMethod::Stored, true);
    folder.file("a.npz", &whole);
    folder.file("c.npz", &whole);
    let mut damaged = whole.clone();
    damaged[place(&whole, &members[0].1).end - 1] ^= 1;
    folder.file("b.npz", damaged);
    for problem in errors(&table(&folder.path("[abc].npz"), "y", Role::Scores, "f")) {
        assert!(problem.contains("b.npz: array 'y' is damaged"), "{problem}");
    }
}

#[test]
fn a_deflated_member_is_checked_in_the_same_words() {
    let folder = Folder::new();
    let mut archive = npz(&members(), CompressionMethod::Deflated, false);
    damage_checksum(&mut archive, "f");
    let path = folder.file("damaged.npz", archive);
    for problem in errors(&table(&path, "y", Role::Scores, "f")) {
        assert!(problem.contains("array 'f' is damaged: its checksum does not match"), "{problem}");
    }
}

/// Changes the checksum that the directory has for a member.
fn damage_checksum(archive: &mut [u8], name: &str) {
    let name = format!("{name}.npy");
    let entry = (0..archive.len() - 46).find(|&at| {
        archive[at..].starts_with(b"PK\x01\x02") && archive[at + 46..].starts_with(name.as_bytes())
    });
    archive[entry.unwrap() + 16] ^= 1;
}
