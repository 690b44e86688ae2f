//! State files, their checksum put right.

use std::path::Path;

use tallyho::metric::Summary;
use tallyho::tally::{Tallies, decode, digest, encode};

use super::table::said;

const MAGIC: &[u8] = b"TALLYHO\n";
const CHECKSUM: usize = 32;

/// Bytes as they are, and with length and checksum put right.
pub fn run(data: &[u8]) {
    read(data);
    read(&repaired(data));
}

/// The same body under the length and checksum that belong to it.
fn repaired(data: &[u8]) -> Vec<u8> {
    let format = data.get(8..12).unwrap_or(&[3, 0, 0, 0]);
    let has_seal = format[0] == 5;
    let end = data.len().saturating_sub(CHECKSUM + usize::from(has_seal));
    let body = data.get(20..end).unwrap_or_default();
    let length = (body.len() as u64).to_le_bytes();
    let covered = [MAGIC, format, &length, body].concat();
    let tail: &[u8] = if has_seal { &[0] } else { &[] };
    [&covered[..], blake3::hash(&covered).as_bytes(), tail].concat()
}

fn read(bytes: &[u8]) {
    let Ok(tallies) = said(decode(Path::new("x.tally"), bytes)) else { return };
    let again = decode(Path::new("x.tally"), &encode(&tallies)).expect("what was written");
    assert_eq!(again, tallies);
    assert_eq!(digest(&again), digest(&tallies));
    use_it(&tallies);
}

/// Its metrics, and the same of it twice, are numbers in their ranges or nothing.
fn use_it(tallies: &Tallies) {
    let mut twice = tallies.clone();
    let merged = said(twice.merge(tallies)).is_ok();
    for tallies in [Some(tallies), merged.then_some(&twice)].into_iter().flatten() {
        if let Ok(measures) = said(tallyho::metric::measures(tallies)) {
            assert!(measures.iter().all(
                |(_, it)| it.value.as_ref().is_ok_and(|it| it.is_finite()) || it.value.is_err()
            ));
        }
        for class in Summary::new(tallies).per_class() {
            let values = [&class.precision, &class.recall, &class.f1];
            assert!(values.into_iter().flatten().all(|it| (0.0..=1.0).contains(it)));
        }
    }
}
