//! Options that ask for much of sound files.

use super::{Bomb, flip, huge, pick};
use crate::common::Rng;
use crate::common::files::Folder;

pub(super) const KINDS: &[(&str, Bomb)] = &[
    ("options of numbers that are too much", numbers),
    ("many options", many),
    ("options of long words", long),
    ("as many threads as are asked for", threads),
    ("synthetic rows of many classes", synthetic),
];

const LINES: [&str; 4] = [
    "eval t.csv --labels label --scores 's*' --device cpu",
    "eval t.csv --labels label --predictions prediction --device cpu",
    "eval --labels y.npy --scores s.npy --device cpu",
    "eval --labels y.npy --scores b.npy --device cpu",
];

fn number(rng: &mut Rng) -> String {
    let option = pick(
        rng,
        &[
            "--top-k",
            "--bins",
            "--batch-rows",
            "--replicates",
            "--seed",
            "--threads",
            "--memory",
            "--device-memory",
            "--beta",
            "--threshold",
            "--interval",
            "--max-fpr",
            "--auc exact --bins",
            "--metrics accuracy --bins",
            "--threshold-for recall --bins",
            "--threads 64 --batch-rows",
        ],
    );
    let value = match rng.below(6) {
        0 => huge(rng).to_string(),
        1 => (huge(rng) >> 32).to_string(),
        2 => format!("{}G", huge(rng) >> 30),
        3 => format!("1e{}", rng.below(400)),
        4 => rng.below(200_000).to_string(),
        _ => format!("{}M", rng.below(100)),
    };
    format!(" {option} {value}")
}

fn numbers(_: &Folder, rng: &mut Rng) -> String {
    let outputs = pick(
        rng,
        &["", " --json", " -q -o o.json", " -q -o o.tally --history h.db --dataset d --model m"],
    );
    let some: String = (0..1 + rng.below(3)).map(|_| number(rng)).collect();
    format!("{}{some}{outputs}", pick(rng, &LINES))
}

fn many(_: &Folder, rng: &mut Rng) -> String {
    let many = pick(rng, &[100, 3_000, 10_000]);
    let option = pick(
        rng,
        &[
            "--require 'accuracy > 0.1'",
            "--require 'accuracy > 2'",
            "--require 'f1[0] >= 0.99'",
            "--top-k 1",
            "--beta 3",
            "--metrics f1_macro",
            "--ignore-label x",
            "--scores s0",
            "-o o.json",
            "--max-fpr 0.5",
            "--cost 1",
            "--threshold-for 'recall >= 0.5'",
            "--curves o.csv",
            "t.csv",
            "t.cs[v]",
        ],
    );
    format!("{} {}", pick(rng, &LINES), format!("{option} ").repeat(many))
}

fn long(folder: &Folder, rng: &mut Rng) -> String {
    // An argument has at most 128 KiB.
    let piece = pick(
        rng,
        &["x", "(", "[", "1", "accuracy + ", "- ", "f1[", ",", "*", "9.", "\u{202e}", "a,"],
    );
    let long = piece.repeat(100_000 / piece.len());
    let option = pick(
        rng,
        &[
            "--labels",
            "--predictions",
            "--scores",
            "--require",
            "--metrics",
            "--positive",
            "--classes",
            "--ignore-label",
            "--csv",
            "--average-over",
            "-o",
            "--memory",
            "--device",
            "--options",
            "--history",
            "--dataset",
            "--shard",
            "--top-k",
            "--beta",
            "--cost",
            "--threshold-for",
            "--max-fpr",
            "--sign",
        ],
    );
    folder.file("k", &long);
    match rng.below(6) {
        0 => format!("merge '{long}'"),
        1 => format!("history --db '{long}' list"),
        2 => format!("run '{long}'"),
        3 => format!("eval '{long}'"),
        _ if flip(rng) => format!("{} {option} '{long}'", LINES[0]),
        _ => format!("{} {option} '{long}'", pick(rng, &LINES)),
    }
}

fn threads(folder: &Folder, rng: &mut Rng) -> String {
    let many = pick(rng, &[64, 256, 1024, 65_536, 1_u64 << 40]);
    let more = pick(
        rng,
        &["", " --batch-rows 100000000", " --auc binned", " --auc exact", " --bins 100000"],
    );
    folder.file("r.csv", "y,p\n".to_owned() + &"0,0\n1,0\n".repeat(100_000));
    match rng.below(4) {
        0 => format!("synth o.csv --rows 1000 --classes 10 --threads {many}"),
        1 => format!(
            "bench r.csv --labels y --predictions p --device cpu --seconds 0.1 --threads {many}"
        ),
        2 => format!("eval r.csv --labels y --predictions p --device cpu --threads {many}{more}"),
        _ => format!("{} --threads {many}{more}", pick(rng, &LINES)),
    }
}

fn synthetic(_: &Folder, rng: &mut Rng) -> String {
    let too_many = huge(rng);
    let classes = pick(rng, &[1_000_000, 100_000_000, 1 << 31, too_many]);
    let what = pick(
        rng,
        &[
            "o.csv",
            "o.csv --scores-are logits",
            "--labels o.npy",
            "--scores o.npy",
            "--predictions o.npy",
        ],
    );
    format!("synth {what} --rows {} --classes {classes}", 1 + rng.below(3))
}
