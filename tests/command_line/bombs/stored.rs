//! States, histories and what else tallyho wrote, forged.

use std::fs;

#[cfg(feature = "history")]
use rusqlite::Connection;
use tallyho::class::Classes;
use tallyho::tally::{Aggregates, Cell, Confusion, Rows, Spec, Tallies, encode};

use super::{Bomb, flip, huge, pick, sparse};
use crate::command_line::tallyho;
use crate::common::Rng;
use crate::common::files::Folder;

pub(super) const KINDS: &[(&str, Bomb)] = &[
    ("states of many classes", states),
    ("states with forged numbers", forged),
    #[cfg(feature = "history")]
    ("a history with forged contents", history),
    #[cfg(feature = "history")]
    ("a history with damaged pages", pages),
    #[cfg(feature = "history")]
    ("a history of long texts", texts),
];

const EVAL: &str = "eval t.csv --labels label --scores 's*' --device cpu -q";

/// How states are read.
fn line(rng: &mut Rng, states: &str) -> String {
    let outputs = pick(
        rng,
        &[
            "",
            " --json",
            " -q -o o.json",
            " -q -o o.md",
            " -q -o o.tally",
            " -q -o o.csv --history h.db",
        ],
    );
    format!("merge {states}{outputs}")
}

fn states(folder: &Folder, rng: &mut Rng) -> String {
    let count = pick(rng, &[1_000, 100_000, 1_000_000, 3_000_000]);
    let start = pick(rng, &[0, 1_000_000_000]);
    let names: Vec<String> = (start..start + count).map(|at| at.to_string()).collect();
    let classes =
        if flip(rng) { Classes::given(names).unwrap() } else { Classes::discovered(names) };
    let cells = pick(rng, &[0, 3, count]);
    let cell = |at: u32| Cell { label: at, prediction: at / 2, count: 1 };
    let rows = u64::from(cells);
    let spec = Spec { replicates: pick(rng, &[None, Some(3), Some(u32::MAX)]), ..Spec::default() };
    let tallies = Tallies {
        spec,
        classes,
        rows: Rows { read: rows, scored: rows, ..Rows::default() },
        confusion: Confusion::from_cells((0..cells).map(cell).collect()).unwrap(),
        aggregates: Aggregates::default(),
        slices: Vec::new(),
    };
    let bytes = encode(&tallies);
    folder.file("a.tally", &bytes);
    folder.file("b.tally", &bytes);
    let states = pick(rng, &["a.tally", "a.tally b.tally", "a.tally b.tally a.tally"]);
    line(rng, states) + pick(rng, &["", " --memory 64M", " --allow-repeats"])
}

fn forged(folder: &Folder, rng: &mut Rng) -> String {
    let more = pick(rng, &["", " --auc exact", " --auc binned", " --shard x"]);
    tallyho(folder, &format!("{EVAL} -o a.tally{more}")).expect(0);
    let mut bytes = fs::read(folder.path("a.tally")).unwrap();
    let is_sealed = bytes[8] == 5;
    let end = bytes.len() - 32 - usize::from(is_sealed);
    for _ in 0..1 + rng.below(3) {
        let at = 20 + rng.below(u32::try_from(end - 28).unwrap()) as usize;
        bytes[at..at + 8].copy_from_slice(&huge(rng).to_le_bytes());
    }
    if rng.below(8) == 0 {
        bytes[12..20].copy_from_slice(&huge(rng).to_le_bytes());
    }
    let checksum = blake3::hash(&bytes[..end]);
    bytes[end..end + 32].copy_from_slice(checksum.as_bytes());
    match rng.below(8) {
        0 => sparse(folder, "a.tally", &bytes, 3 << 30),
        _ => drop(folder.file("a.tally", bytes)),
    }
    line(rng, "a.tally")
}

#[cfg(feature = "history")]
const ACTIONS: [&str; 10] = [
    "list",
    "list --json",
    "show 1",
    "show 2 --json",
    "trend accuracy",
    "trend accuracy --window 7d",
    "compare 1 2",
    "verify",
    "export o.csv",
    "check --max-age 99999d",
];

/// What is done with the history of two runs.
#[cfg(feature = "history")]
fn with_history(rng: &mut Rng) -> String {
    match rng.below(5) {
        0 => format!(
            "{EVAL} --history h.db --dataset d --model m --require 'accuracy >= previous - 0.1'"
        ),
        _ => format!("history --db h.db {}", pick(rng, &ACTIONS)),
    }
}

#[cfg(feature = "history")]
fn recorded(folder: &Folder) {
    for _ in 0..2 {
        tallyho(folder, &format!("{EVAL} --history h.db --dataset d --model m")).expect(0);
    }
}

#[cfg(feature = "history")]
fn history(folder: &Folder, rng: &mut Rng) -> String {
    recorded(folder);
    let database = Connection::open(folder.path("h.db")).unwrap();
    let blocks = pick(rng, &[1, 1_000, 140_000]);
    let packed = if flip(rng) { super::archive::zstd_of_zeros(blocks) } else { vec![0; 100] };
    let length = pick(rng, &[i64::MAX, 17 << 30, i64::from(blocks) << 17, 600 << 20, -1]);
    let packing = pick(rng, &["zstd", "planes16+zstd"]);
    let set = match rng.below(4) {
        0 => "UPDATE blob SET length = ?1, packing = ?2, packed = ?3",
        1 => {
            "UPDATE blob SET length = ?1, packing = ?2, packed = zeroblob(400000000) WHERE ?3 = ?3"
        }
        2 => {
            "UPDATE blob SET packing = ?2, hash = hex(zeroblob(200000000)) || id WHERE ?1 = ?1 AND ?3 = ?3"
        }
        _ => "UPDATE blob SET length = ?1, packed = ?3 WHERE ?2 = ?2",
    };
    let _ = database.execute(set, (length, packing, packed));
    drop(database);
    if rng.below(6) == 0 {
        sparse(folder, "h.db-wal", b"\x37\x7f\x06\x82", 3 << 30);
    }
    with_history(rng)
}

#[cfg(feature = "history")]
fn pages(folder: &Folder, rng: &mut Rng) -> String {
    recorded(folder);
    let database = Connection::open(folder.path("h.db")).unwrap();
    let _: String =
        database.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).unwrap();
    drop(database);
    let mut bytes = fs::read(folder.path("h.db")).unwrap();
    for _ in 0..1 + rng.below(20) {
        // The heads of pages, and cells with their varints, which say how long they are.
        let page = rng.below(u32::try_from(bytes.len() / 4096).unwrap()) as usize;
        let within = pick(rng, &[12, 200, 4_000]);
        let at = page * 4096 + rng.below(within) as usize;
        bytes[at.max(32)] = pick(rng, &[0xff, 0x7f, 0x80, 0]);
    }
    folder.file("h.db", bytes);
    with_history(rng)
}

#[cfg(feature = "history")]
fn texts(folder: &Folder, rng: &mut Rng) -> String {
    recorded(folder);
    let database = Connection::open(folder.path("h.db")).unwrap();
    let length = pick(rng, &[10_000, 10_000_000, 150_000_000]);
    let (table, column) = pick(
        rng,
        &[
            ("run", "model"),
            ("run", "dataset"),
            ("run", "time"),
            ("run", "night"),
            ("run", "digest"),
            ("run", "host"),
            ("metric", "note"),
            ("metric", "undefined"),
            ("input", "path"),
            ("input", "format"),
        ],
    );
    let own = if column == "path" { " || place" } else { "" };
    let set = format!(
        "UPDATE {table} SET {column} = replace(hex(zeroblob({length} / 2)), '0', 'x'){own}"
    );
    let _ = database.execute(&set, []);
    drop(database);
    with_history(rng)
}
