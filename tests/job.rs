//! Nightly jobs: configs, nights, and what happens when they are stopped.

mod alerting;
mod comparing;
mod configs;
mod csv;
mod delivering;
#[cfg(unix)]
mod faults;
mod hints;
#[cfg(unix)]
mod killed;
mod nights;
mod outputs;
mod rules;
mod secrets;
mod services;
mod settings;
mod splits;
#[cfg(unix)]
mod together;

use std::process::Command;

use serde_json::Value;

use crate::common::files::Folder;
use crate::common::program::{Ran, command, finish, run};

/// Runs `tallyho run night.toml …` for the night of 2026-11-21.
pub fn night(folder: &Folder, line: &str) -> Ran {
    on(folder, "2026-11-21", line)
}

/// The same for another night.
pub fn on(folder: &Folder, date: &str, line: &str) -> Ran {
    finish(&mut program(folder, &format!("night.toml --date {date} {line}")))
}

/// `tallyho run …`, to be started or given an environment.
pub fn program(folder: &Folder, line: &str) -> Command {
    let words = crate::command_line::words(&format!("run {line}"));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    command(&folder.path(""), &words)
}

/// The runs of the history, as `history list --json` has them.
pub fn runs(folder: &Folder) -> Vec<Value> {
    let listed = run(&folder.path(""), &["history", "list", "--json"]).expect(0).json();
    listed["runs"].as_array().unwrap().clone()
}

/// The verdicts of a night's JSON, by evaluation and rule: "steady: accuracy >= 0.8
/// holds".
pub fn verdicts(page: &Value) -> Vec<String> {
    let evaluations = page["evaluations"].as_array().unwrap().iter();
    let of = |evaluation: &Value| -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let model = text(&evaluation["model"]);
        let rules = evaluation["rules"].as_array().into_iter().flatten();
        rules.map(|it| format!("{model}: {} {}", text(&it["rule"]), text(&it["verdict"]))).collect()
    };
    evaluations.flat_map(of).collect()
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
