//! Results of evaluations as they once were written down, to the bit.
//!
//! `frozen/evaluations.txt` has a line for each of some hundred command lines: its exit
//! status and, where that is 0, the digest, the digest of the order, and hashes of the
//! state and of the report without its provenance. Rows that are counted in another way
//! give the same bits. `TALLYHO_FREEZE=1` writes the file anew: only together with a
//! reason why numbers or bytes are to be others than they were.

#[path = "frozen/inputs.rs"]
mod inputs;
#[path = "frozen/lines.rs"]
mod lines;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use rayon::prelude::*;

use crate::common::files::Folder;
use crate::common::program::{run, without_provenance};

const FROZEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/frozen/evaluations.txt");

/// What an evaluation gives, in words; of one that is refused the status alone, since
/// messages may become better.
fn outcome(folder: &Path, place: usize, line: &str) -> String {
    let state = format!("{place}.tally");
    let args: Vec<&str> = ["eval", "--json", "--device", "cpu", "-o", &state]
        .into_iter()
        .chain(line.split(' '))
        .collect();
    let ran = run(folder, &args);
    if ran.status != 0 {
        assert_eq!(ran.status, 2, "{line}: {ran:?}");
        return "2".to_owned();
    }
    let report = ran.json();
    let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex()[..16].to_owned();
    let digest = report["digest"].as_str().unwrap();
    let order = report["order_digest"].as_str().map_or("-", |digest| &digest[..16]);
    let state = hash(&fs::read(folder.join(state)).unwrap());
    let report = hash(without_provenance(&ran.stdout).as_bytes());
    format!("0 {digest} {order} {state} {report}")
}

/// The line of each evaluation.
fn outcomes() -> String {
    let folder = Folder::new();
    inputs::write(&folder);
    let lines = lines::all();
    let path = folder.path("");
    let found: Vec<String> =
        lines.par_iter().enumerate().map(|(place, line)| outcome(&path, place, line)).collect();
    let mut text = String::new();
    for (line, found) in lines.iter().zip(found) {
        writeln!(text, "{line} => {found}").unwrap();
    }
    text
}

#[test]
fn evaluations_give_the_bits_that_they_gave() {
    let found = outcomes();
    if std::env::var_os("TALLYHO_FREEZE").is_some() {
        fs::write(FROZEN, &found).unwrap();
    }
    let frozen = fs::read_to_string(FROZEN).unwrap();
    let scored = frozen.lines().filter(|line| line.contains(" => 0 ")).count();
    assert!(scored >= 300, "only {scored} evaluations come to an end");
    let differing: Vec<_> = frozen.lines().zip(found.lines()).filter(|(a, b)| a != b).collect();
    assert!(differing.is_empty(), "{} differ, the first: {:#?}", differing.len(), differing[0]);
    assert_eq!(frozen.lines().count(), found.lines().count());
}
