//! The README shows what the program prints.

use std::path::Path;
use std::process::Command;

/// Lines that tell of one machine and one run.
fn is_of_this_run(line: &str) -> bool {
    ["device ", "time "].iter().any(|word| line.starts_with(word))
}

/// The words of the README's first `cargo run` line after `--`.
fn main_command(readme: &str) -> Vec<String> {
    let line = readme.lines().find(|line| line.starts_with("$ cargo run --release -- ")).unwrap();
    let words = line.split(" -- ").nth(1).unwrap().split_whitespace();
    words.map(|word| word.trim_matches('\'').to_owned()).collect()
}

/// The contents of the first fenced block of text.
fn shown(readme: &str) -> Vec<&str> {
    let block = readme.split("```text\n").nth(1).unwrap().split("\n```").next().unwrap();
    block.lines().collect()
}

#[test]
fn the_printed_report_is_the_one_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tallyho"))
        .current_dir(root)
        .args(main_command(&readme))
        .output()
        .unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    let stable = |lines: Vec<&str>| -> Vec<String> {
        lines.into_iter().filter(|line| !is_of_this_run(line)).map(str::to_owned).collect()
    };
    let (printed, shown) = (stable(printed.lines().collect()), stable(shown(&readme)));
    assert!(printed.len() > 50, "only {} lines", printed.len());
    assert_eq!(printed, shown);
}

/// The example of the history is run as it is written, by a shell.
#[cfg(all(unix, feature = "history"))]
#[test]
fn the_month_of_nights_is_drawn_as_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let section = readme.split("### History").nth(1).unwrap();
    let block = |kind: &str| {
        let rest = section.split(&format!("```{kind}\n")).nth(1).unwrap();
        rest.split("\n```").next().unwrap()
    };
    let folder = crate::common::files::Folder::new();
    let program = Path::new(env!("CARGO_BIN_EXE_tallyho")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-ec", block("sh")])
        .current_dir(folder.path(""))
        .env("PATH", path)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.trim_end(), block("text"));
}
