//! The tables for a document.

use super::Bench;
use super::text::{head, tables};

/// `bench` as Markdown.
pub fn markdown(bench: &Bench) -> String {
    let mut out = String::from("# CPU against device\n\n");
    for line in head(bench) {
        out.push_str(&format!("- {}\n", escaped(&line)));
    }
    for (title, cells) in tables(bench) {
        out.push_str(&format!("\n## {title}\n\n"));
        for (place, row) in cells.iter().enumerate() {
            let row: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
            out.push_str(&format!("| {} |\n", row.join(" | ")));
            if place == 0 {
                out.push_str(&format!("|---{}|\n", "|---:".repeat(row.len() - 1)));
            }
        }
    }
    for note in &bench.notes {
        out.push_str(&format!("\n{}\n", escaped(note)));
    }
    out
}

/// Names of adapters and files are not markup.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        if "\\`*_[]<>|#".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
