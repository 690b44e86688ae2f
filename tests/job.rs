//! Nightly jobs: configs, nights, and what happens when they are stopped.

mod configs;
mod nights;

use crate::common::files::Folder;
use crate::common::program::{Ran, run};

/// Runs `tallyho run night.toml …` for the night of 2026-11-21.
pub fn night(folder: &Folder, line: &str) -> Ran {
    on(folder, "2026-11-21", line)
}

/// The same for another night.
pub fn on(folder: &Folder, date: &str, line: &str) -> Ran {
    let words = crate::command_line::words(&format!("run night.toml --date {date} {line}"));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    run(&folder.path(""), &words)
}

/// `rows` rows of two classes with predictions of two models, of which so many
/// are right.
pub fn table(rows: usize, steady: usize, flaky: usize) -> String {
    let mut text = String::from("label,steady,flaky\n");
    let name = |class: usize| ["cat", "dog"][class];
    for row in 0..rows {
        let label = row % 2;
        let prediction = |right: usize| name(if row < right { label } else { 1 - label });
        text.push_str(&format!("{},{},{}\n", name(label), prediction(steady), prediction(flaky)));
    }
    text
}

/// Two models on one dataset.
pub const CONFIG: &str = r#"
[[dataset]]
name = "cats"
files = ["cats-{date}.csv"]
labels = "label"

[[model]]
name = "steady"
predictions = "steady"

[[model]]
name = "flaky"
predictions = "flaky"

[[rule]]
require = "accuracy >= 0.8"
"#;

/// A folder with this config, and rows for the night.
pub fn folder(config: &str) -> Folder {
    let folder = Folder::new();
    folder.file("night.toml", config);
    folder.file("cats-2026-11-21.csv", table(100, 90, 85));
    folder
}
