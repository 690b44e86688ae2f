//! A night of the program itself.

use crate::common::files::Folder;

/// What starts it.
pub const WORDS: [&str; 4] = ["run", "night.toml", "--date", "2026-11-21"];

/// A job of three models under awkward names, of which one fails and one breaks a
/// rule; with more in its config.
pub fn folder(more: &str) -> Folder {
    let folder = Folder::new();
    let rows: String = (0..200)
        .map(|row| {
            let label = ["cat", "dog", "a \\b ü"][row % 3];
            let wrong = if row % 5 == 0 { "cat" } else { label };
            format!("{label},{wrong},cat\n")
        })
        .collect();
    folder.file("cats-2026-11-21.csv", format!("label,steady,flaky\n{rows}"));
    let config = r#"
job = "nightly, by \"program\""

[[dataset]]
name = "cats & dogs\n2"
files = ["cats-{date}.csv"]
labels = "label"

[[model]]
name = "steady"
predictions = "steady"

[[model]]
name = "flaky \\ größe"
predictions = "flaky"

[[model]]
name = "gone"
predictions = "gone"

[[rule]]
require = "accuracy >= 0.8"

[[rule]]
require = "recall[\"a \\b ü\"] >= 0.5"

[output]
prometheus = "night.prom"
junit = "night.xml"
"#;
    folder.file("night.toml", format!("{config}\n{more}"));
    folder
}
