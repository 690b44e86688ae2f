//! The files that commands on pages speak of.

use crate::common::files::{Column, Folder, parquet};
use crate::common::program::run;

const ROWS: usize = 200;

/// A table of two columns of classes, of which nine in ten rows are equal.
fn pairs([label, prediction]: [&str; 2]) -> Vec<u8> {
    let of = |wrong: bool| {
        (0..ROWS as i64).map(|row| Some((row + i64::from(wrong && row % 10 == 0)) % 3)).collect()
    };
    parquet(&[(label, Column::I64(of(false))), (prediction, Column::I64(of(true)))], ROWS)
}

/// Lines of text: a header, unless it is empty, and rows.
fn lines(header: &str, row: impl Fn(usize) -> String) -> String {
    let header = if header.is_empty() { String::new() } else { format!("{header}\n") };
    header + &(0..ROWS).map(|at| row(at) + "\n").collect::<String>()
}

/// Rows of names of classes.
fn named(header: &str) -> String {
    let class = |at: usize| ["cat", "dog"][at % 2];
    lines(header, |at| format!("{},{}", class(at), class(at)))
}

/// Synthetic arrays: labels, and what goes by `role`.
fn arrays(folder: &Folder, role: &str, file: &str, more: &[&str]) {
    let args = ["synth", "-q", "--rows", "200", "--labels", "y.npy", role, file];
    run(&folder.path(""), &[&args[..], more].concat()).expect(0);
}

/// Puts what a page names into its folder.
pub fn prepare(page: &str, folder: &Folder) {
    match page {
        "README.md" => {
            arrays(folder, "--predictions", "p.npy", &[]);
            arrays(folder, "--scores", "logits.npy", &[]);
            let table = "synth -q table.parquet --rows 200 --scores-are probabilities";
            run(&folder.path(""), &table.split(' ').collect::<Vec<_>>()).expect(0);
            std::fs::create_dir(folder.path("shards")).unwrap();
            folder.file("shards/0.csv", named("label,pred"));
            folder.file("shards/1.csv", named("label,pred").replace("cat,cat", "cat,dog"));
            folder.file("predictions.csv", named("label,pred"));
            folder.file("t.csv", named("label,pred"));
            days(folder);
        }
        "docs/rules.md" => {
            folder.file("predictions.csv", named("label,pred"));
        }
        "docs/states.md" => {
            days(folder);
            folder.file("shard-7.parquet", pairs(["y", "p"]));
        }
        "docs/order.md" => {
            arrays(folder, "--scores", "s.npy", &["--binary", "--accuracy", "0.95"]);
        }
        "docs/slices.md" => {
            arrays(folder, "--predictions", "p.npy", &[]);
            let country = |at: usize| ["DE", "FR", "DE"][at % 3];
            let row = |at: usize| {
                let (class, device) = (at % 2, ["phone", "web"][at / 2 % 2]);
                format!("{class},{class},{},{device}", country(at))
            };
            folder.file("predictions.csv", lines("label,pred,country,device", row));
            folder.file("rows.csv", lines("country,row", |at| format!("{},{at}", country(at))));
            let codes: Vec<i64> = (0..ROWS as i64).map(|row| row % 4).collect();
            folder.file("country.npy", crate::common::files::npy(&codes));
        }
        "docs/devices.md" => arrays(folder, "--scores", "logits.npy", &[]),
        "docs/input.md" => inputs(folder),
        _ => {}
    }
}

fn days(folder: &Folder) {
    folder.file("monday.parquet", pairs(["label", "pred"]));
    folder.file("tuesday.parquet", pairs(["label", "pred"]));
}

fn inputs(folder: &Folder) {
    folder.file("t.csv", lines("y;p", |at| format!("{};{}", at % 3, at % 3)));
    folder.file("y.csv", lines("", |at| (at % 3).to_string()));
    folder.file("p.csv", lines("", |at| (at % 3).to_string()));
    folder.file("cat.csv", named("y,p") + &named("y,p"));
    folder.file("truth.parquet", pairs(["y", "other"]));
    folder.file("answers.csv", lines("p,q", |at| format!("{},{at}.5", at % 3)));
    folder.file("scores.csv", lines("p_0,p_1", |at| ["0.25,0.75", "0.5,0.5"][at % 2].to_owned()));
    let labels: Vec<i64> = (0..ROWS as i64).map(|row| row % 2).collect();
    folder.file("y.npy", crate::common::files::npy(&labels));
}
