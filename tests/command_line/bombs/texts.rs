//! Texts: tables, lists of classes, options and configs that are long, wide or deep.

use std::fs::File;
use std::io::{BufWriter, Write};

use super::{Bomb, flip, huge, pick, sparse};
use crate::common::Rng;
use crate::common::files::Folder;

pub(super) const KINDS: &[(&str, Bomb)] = &[
    ("CSV of one endless field", endless),
    ("CSV of one huge line", huge_line),
    ("CSV of a million columns", wide),
    ("CSV of many long labels", long_labels),
    ("CSV of many classes", many_classes),
    ("millions of class names", class_names),
    ("a nest of JSON or TOML", nest),
    ("an options file that asks for much", options),
    ("a config of thousands", config),
    ("a config with numbers that are too much", numbers),
    ("a folder of many files", folder_of_files),
];

const PAIRS: &str = "--labels y --predictions p --device cpu";

/// Writes a text piece by piece.
fn write(folder: &Folder, name: &str, pieces: impl Iterator<Item = String>) {
    let mut file = BufWriter::new(File::create(folder.path(name)).unwrap());
    pieces.for_each(|piece| file.write_all(piece.as_bytes()).unwrap());
    file.flush().unwrap();
}

fn line(rng: &mut Rng, file: &str) -> String {
    let more = pick(rng, &["", " --batch-rows 1", " --batch-rows 1000000", " --threads 8"]);
    let outputs = pick(rng, &["", " --json", " -q -o o.json", " -q -o o.md", " -q -o o.tally"]);
    match rng.below(8) {
        0 => format!("inspect {file} {PAIRS}"),
        1 => format!("eval {file}"),
        2 => format!("eval --labels {file}:y --predictions {file}:p --device cpu"),
        3 => format!("bench {file} {PAIRS} --seconds 0.1"),
        4 => format!("eval {file} --labels y --scores 'p*' --device cpu"),
        _ => format!("eval {file} {PAIRS}{more}{outputs}"),
    }
}

fn endless(folder: &Folder, rng: &mut Rng) -> String {
    let heads =
        ["", "y,p\n", "y,p\n\"", "y,p\n1,1\n1,\"", "y,p\n1,1\n", "\"", "sep=;\n", "y,p\n1,"];
    let zeros = pick(rng, &[1 << 20, 100 << 20, 600 << 20, 3 << 30]);
    sparse(folder, "x.csv", pick(rng, &heads).as_bytes(), zeros);
    line(rng, "x.csv")
}

fn huge_line(folder: &Folder, rng: &mut Rng) -> String {
    let piece = pick(rng, &["a", ",", "\"\"", "1,", "\"a\nb\",", ";", "ß", "\r", "\u{feff}"]);
    let mib = pick(rng, &[1, 8, 64, 150]);
    let head = pick(rng, &["", "y,p\n", "y,p\n1,1\n1,", "y,p\n1,1\n\""]);
    let pieces = (0..mib).map(|_| piece.repeat((1 << 20) / piece.len()));
    let end = pick(rng, &["", "\n", "\"\n", ",1\n1,1\n"]);
    write(folder, "x.csv", [head.into()].into_iter().chain(pieces).chain([end.into()]));
    line(rng, "x.csv")
}

fn wide(folder: &Folder, rng: &mut Rng) -> String {
    let columns = pick(rng, &[10_000, 100_000, 1_000_000]);
    let header = ["y".into()].into_iter().chain((0..columns).map(|at| format!(",p{at}")));
    let row = format!("1{}\n", ",0.5".repeat(columns));
    let rows = (0..4).map(|_| row.clone());
    write(folder, "x.csv", header.chain(["\n".into()]).chain(rows));
    match rng.below(3) {
        0 => line(rng, "x.csv"),
        _ => "eval x.csv --labels y --scores 'p*' --device cpu -q -o o.json".into(),
    }
}

fn long_labels(folder: &Folder, rng: &mut Rng) -> String {
    let length = pick(rng, &[1_000, 10_000, 1_000_000]);
    let rows = pick(rng, &[10, 1_000, 60_000]).min(600_000_000 / length).min(60_000);
    let long = pick(rng, &["x", "ü", "\u{202e}", "\t", "&", "|"]).repeat(length);
    let row = |at: usize| format!("\"{at}{long}\",\"{}{long}\"\n", at / 2);
    write(folder, "x.csv", ["y,p\n".into()].into_iter().chain((0..rows / 4).map(row)));
    line(rng, "x.csv")
}

fn many_classes(folder: &Folder, rng: &mut Rng) -> String {
    let rows = pick(rng, &[10_000, 100_000, 500_000]);
    let apart = pick(rng, &["", "c", "class number "]);
    let row = |at: usize| format!("{apart}{at},{apart}{}\n", at ^ 1);
    write(folder, "x.csv", ["y,p\n".into()].into_iter().chain((0..rows).map(row)));
    line(rng, "x.csv")
}

fn class_names(folder: &Folder, rng: &mut Rng) -> String {
    let count = pick(rng, &[30_000, 1_000_000, 3_000_000, 6_000_000]);
    let long = pick(rng, &["", "c", "a name of some length "]);
    let name = pick(rng, &["c.txt", "c.json", "m.json", "n.json"]);
    match name {
        "c.txt" => write(folder, name, (0..count).map(|at| format!("{long}{at}\n"))),
        "m.json" => {
            let names = (0..count).map(|at| format!("\"{long}{at}\":{at},"));
            let number = if flip(rng) { count as u64 } else { huge(rng) };
            let last = [format!("\"last\":{number}}}")];
            write(folder, name, ["{".into()].into_iter().chain(names).chain(last));
        }
        "c.json" => {
            let names = (0..count).map(|at| format!("\"{long}{at}\","));
            write(folder, name, ["[".into()].into_iter().chain(names).chain(["\"last\"]".into()]));
        }
        _ => {
            let names = (0..count).map(|_| "0,".into());
            write(folder, name, ["[".into()].into_iter().chain(names).chain(["0]".into()]));
        }
    }
    let scores = pick(rng, &["--predictions p.npy", "--scores s.npy"]);
    let command = pick(rng, &["eval", "inspect"]);
    format!("{command} --labels y.npy {scores} --classes {name} --device cpu")
}

fn nest(folder: &Folder, rng: &mut Rng) -> String {
    let deep = pick(rng, &[100, 10_000, 1_000_000, 20_000_000]);
    let open = pick(rng, &["[", "{\"a\":", "{a=", "a = [", "[[", "a.", "[\"a\",", "("]);
    let text = open.repeat(deep / open.len());
    folder.file("c.json", &text);
    folder.file("o.toml", format!("a = {text}"));
    folder.file("p.toml", &text);
    folder.file("x.tally", &text);
    match rng.below(6) {
        0 => "eval --labels y.npy --predictions p.npy --classes c.json --device cpu".into(),
        1 => "eval t.csv --options o.toml".into(),
        2 => "eval t.csv --options p.toml".into(),
        3 => "run o.toml".into(),
        4 => "run p.toml".into(),
        _ => "merge x.tally".into(),
    }
}

fn options(folder: &Folder, rng: &mut Rng) -> String {
    let long = "x".repeat(pick(rng, &[1_000, 1_000_000, 30_000_000]));
    let many = pick(rng, &[1_000, 100_000, 1_000_000]);
    let text = match rng.below(6) {
        0 => format!("labels = '{long}'\npredictions = 'prediction'\n"),
        1 => format!("require = [{}]\n", "'accuracy > 0.1',".repeat(many)),
        2 => format!("top_k = [{}]\n", "1,".repeat(many)),
        3 => (0..many).map(|at| format!("k{at} = 1\n")).collect(),
        4 => format!("{long} = {long}\n"),
        _ => format!("metrics = [{}]\n", "'f1[0]','recall[1]',".repeat(many)),
    };
    match rng.below(4) {
        0 => sparse(folder, "o.toml", text.as_bytes(), 3 << 30),
        _ => drop(folder.file("o.toml", text)),
    }
    "eval t.csv --labels label --scores 's*' --device cpu --options o.toml".into()
}

const DATASET: &str = "[[dataset]]\nname = 'd'\nfiles = ['t.csv']\nlabels = 'label'\n";
const MODEL: &str = "[[model]]\nname = 'm'\npredictions = 'prediction'\n";

fn config(folder: &Folder, rng: &mut Rng) -> String {
    let many = pick(rng, &[1_000, 30_000, 200_000]);
    let sets = |many: usize| -> String {
        let each =
            |at| format!("[[dataset]]\nname = 'd{at}'\nfiles = ['none.csv']\nlabels = 'y'\n");
        (0..many).map(each).collect()
    };
    let models = |many: usize| -> String {
        (0..many).map(|at| format!("[[model]]\nname = 'm{at}'\npredictions = 'p'\n")).collect()
    };
    let text = match rng.below(6) {
        0 => sets(many) + MODEL,
        1 => DATASET.to_owned() + &models(many),
        // As many evaluations as their product.
        2 => sets(1_000) + &models(many.min(30_000)),
        3 => format!("{DATASET}{MODEL}{}", "[[rule]]\nrequire = 'accuracy > 2'\n".repeat(many)),
        4 => format!("{DATASET}{MODEL}[[rule]]\nrequire = 'accuracy > {}'\n", "9".repeat(many)),
        _ => format!("{DATASET}{MODEL}[[notify]]\nurl = 'http://{}'\n", "x".repeat(many)),
    };
    folder.file("night.toml", text);
    format!("run night.toml{}", pick(rng, &[" --check", " --check", " --check --json"]))
}

fn numbers(folder: &Folder, rng: &mut Rng) -> String {
    let machine = [("threads", ""), ("batch_rows", ""), ("memory", "'"), ("device_memory", "'")];
    let options =
        [("bins", ""), ("replicates", ""), ("seed", ""), ("interval", ""), ("top_k", "[")];
    let mut line = |of: &[(&str, &str)]| {
        let (key, quote) = pick(rng, of);
        let value = huge(rng) >> pick(rng, &[1, 30, 44]);
        format!("{key} = {quote}{value}{}\n", quote.replace('[', "]"))
    };
    let (machine, options) = (line(&machine), line(&options));
    folder.file(
        "night.toml",
        format!("history = 'h.db'\n{machine}device = 'cpu'\n{DATASET}{MODEL}[options]\n{options}"),
    );
    "run night.toml".into()
}

fn folder_of_files(folder: &Folder, rng: &mut Rng) -> String {
    let many = pick(rng, &[100, 2_000, 10_000]);
    std::fs::create_dir(folder.path("d")).unwrap();
    let text = pick(rng, &["y,p\n1,1\n", "", "y,p\n", "y\n"]);
    (0..many).for_each(|at| drop(folder.file(&format!("d/{at}.csv"), text)));
    let what = pick(rng, &["d", "'d/*.csv'", "'d/**'", "'**/*.csv'", "d d d"]);
    format!("eval {what} {PAIRS} -q -o o.json")
}
