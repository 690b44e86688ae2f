//! Arrays of numpy whose headers lie, or tell an awkward truth.

use super::{Bomb, flip, huge, pick, sparse};
use crate::common::Rng;
use crate::common::files::{Folder, npy_header};

pub(super) const KINDS: &[(&str, Bomb)] = &[
    ("npy with a shape that lies", lying),
    ("npy with a header of megabytes", long_header),
    ("npy of wide elements", wide),
    ("npy of a million columns", columns),
    ("npy of more rows than can be put in order", ordered),
    ("npy in Fortran order", fortran),
    ("npy of many classes", classes),
];

const NUMBERS: [&str; 8] = ["<f4", "<f8", "<f2", "|u1", "<i8", "|b1", "<i2", ">f4"];

fn usize_of(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

/// How the array `x.npy` is read.
fn line(rng: &mut Rng) -> String {
    let more = pick(rng, &["", "", " --auc exact", " --auc binned", " --json", " -q -o o.json"]);
    let command = pick(rng, &["eval", "eval", "eval", "inspect"]);
    let roles = pick(
        rng,
        &[
            "--labels y.npy --scores x.npy",
            "--labels y.npy --predictions x.npy",
            "--labels x.npy --predictions p.npy",
            "--labels x.npy --scores s.npy",
            "--labels x.npy --predictions x.npy",
        ],
    );
    let more = if command == "inspect" { "" } else { more };
    format!("{command} {roles} --device cpu{more}")
}

fn lying(folder: &Folder, rng: &mut Rng) -> String {
    let mut length = |_| match rng.below(3) {
        0 => usize_of(huge(rng)),
        1 => 4,
        _ => rng.below(5) as usize,
    };
    let shape: Vec<usize> = (0..1 + length(0) % 4).map(&mut length).collect();
    let version = 1 + u8::try_from(rng.below(3)).unwrap();
    let head = npy_header(pick(rng, &NUMBERS), flip(rng), &shape, version);
    sparse(folder, "x.npy", &head, u64::from(rng.below(100_000)));
    line(rng)
}

fn long_header(folder: &Folder, rng: &mut Rng) -> String {
    let said = pick(rng, &[u32::MAX, 1 << 31, 600 << 20, 40 << 20, 1 << 20]);
    let mut head = b"\x93NUMPY\x02\x00".to_vec();
    head.extend(said.to_le_bytes());
    let zeros = pick(rng, &[0, 100, u64::from(said), u64::from(said) + 100]);
    match rng.below(4) {
        0 => head.extend(b"{'descr': '<f4', "),
        1 => head.extend("(".repeat(1 << 20).bytes()),
        2 => head.extend("[('a', '<f4'), ".repeat(1 << 16).bytes()),
        _ => head.extend(format!("{{'shape': ({}", "1, ".repeat(1 << 20)).bytes()),
    }
    sparse(folder, "x.npy", &head, zeros);
    line(rng)
}

fn wide(folder: &Folder, rng: &mut Rng) -> String {
    let letter = pick(rng, &["<U", "|S", "|V"]);
    let width = pick(rng, &[10_000, 1_000_000, 100_000_000, (1 << 31) - 1, 1 << 40]);
    let rows = 4;
    let head = npy_header(&format!("{letter}{width}"), false, &[rows], 1);
    let bytes = (rows as u64).saturating_mul(width).saturating_mul(4).min(9 << 30);
    sparse(folder, "x.npy", &head, if flip(rng) { bytes } else { 10 });
    line(rng)
}

fn columns(folder: &Folder, rng: &mut Rng) -> String {
    let columns = pick(rng, &[100_000, 1_000_000, 10_000_000, 100_000_000]);
    let descr = pick(rng, &["<f4", "<f2", "<f8"]);
    let head = npy_header(descr, false, &[4, columns], 1);
    let each = u64::from(descr.as_bytes()[2] - b'0');
    sparse(folder, "x.npy", &head, 4 * columns as u64 * each);
    let more =
        pick(rng, &["", " --auc exact", " --auc binned", " --metrics accuracy", " --bins 1000"]);
    let outputs = pick(rng, &["", " --json", " -q -o o.json", " -q -o o.tally", " -q -o o.csv"]);
    format!("eval --labels y.npy --scores x.npy --device cpu{more}{outputs}")
}

fn ordered(folder: &Folder, rng: &mut Rng) -> String {
    let rows = pick(rng, &[200_000_000, 1_000_000_000, 20_000_000_000]);
    let descr = pick(rng, &["<f4", "<f8"]);
    let labels = npy_header("|u1", false, &[rows], 1);
    sparse(folder, "l.npy", &labels, rows as u64);
    let scores = npy_header(descr, false, &[rows], 1);
    sparse(folder, "x.npy", &scores, 8 * rows as u64);
    if descr == "<f4" {
        sparse(folder, "x.npy", &scores, 4 * rows as u64);
    }
    folder.file("c", "0\n1\n");
    "eval --labels l.npy --scores x.npy --auc exact --classes c --device cpu".into()
}

fn fortran(folder: &Folder, rng: &mut Rng) -> String {
    let rows = pick(rng, &[4, 1_000, 30_000]);
    let columns = pick(rng, &[10, 1_000, 1_000_000]).min(40_000_000 / rows);
    let labels = npy_header("|u1", false, &[rows], 1);
    sparse(folder, "l.npy", &labels, rows as u64);
    let head = npy_header("<f4", true, &[rows, columns], 1);
    sparse(folder, "x.npy", &head, 4 * (rows * columns) as u64);
    let batch = pick(rng, &["", " --batch-rows 1", " --batch-rows 1000000000"]);
    format!("eval --labels l.npy --scores x.npy --device cpu{batch}")
}

fn classes(folder: &Folder, rng: &mut Rng) -> String {
    let rows = pick(rng, &[10_000, 100_000, 500_000]);
    let far = pick(rng, &[1, 1_000_003, 1 << 33]);
    let mut bytes = npy_header("<i8", false, &[rows], 1);
    (0..rows as i64).for_each(|row| bytes.extend((row.wrapping_mul(far)).to_le_bytes()));
    folder.file("x.npy", bytes);
    let outputs = pick(
        rng,
        &["", " --json", " -q -o o.tally", " --history h.db --dataset d --model m -q -o o.csv"],
    );
    let more = pick(rng, &["", " --replicates 100", " --memory 100M", " --threads 64"]);
    format!("eval --labels x.npy --predictions x.npy --device cpu{more}{outputs}")
}
