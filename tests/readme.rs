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

/// So is the month of a job, with its config.
#[cfg(all(unix, feature = "job"))]
#[test]
fn the_nights_of_a_job_are_as_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let section = readme.split("## Nightly jobs").nth(1).unwrap();
    let block = |kind: &str, at: usize| {
        let rest = section.split(&format!("```{kind}\n")).nth(at).unwrap();
        rest.split("\n```").next().unwrap().to_owned()
    };
    let folder = crate::common::files::Folder::new();
    folder.file("nightly.toml", block("toml", 1));
    let program = Path::new(env!("CARGO_BIN_EXE_tallyho")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let shell = |script: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(folder.path("")).env("PATH", &path);
        let output = command.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{script}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    };
    assert_eq!(shell(&block("sh", 1)), block("text", 1));
    // Times are those of one run.
    let timeless = |page: &str| -> Vec<String> {
        let lines = page.lines().filter(|line| !line.starts_with("time"));
        let blur = |line: &str| match line.split_once("ms  ") {
            Some((before, after)) => {
                let before =
                    before.trim_end_matches(|c: char| c == ' ' || c == '.' || c.is_ascii_digit());
                format!("{before} … {after}")
            }
            None => line.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        lines.map(blur).collect()
    };
    let page = shell("tallyho run nightly.toml --date 2026-09-21; true");
    assert_eq!(timeless(&page), timeless(&block("text", 2)));
    assert_eq!(shell("tallyho history trend accuracy --model flaky"), block("text", 3));
}

/// The documentation of notices lists every code, and no other.
#[test]
fn every_notice_is_documented_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/input.md")).unwrap();
    let listed: Vec<&str> = page.lines().filter(|line| line.starts_with("| TH")).collect();
    let codes = tallyho::notice::ALL.iter();
    let expected: Vec<String> = codes
        .map(|code| format!("| {} | {} | {} |", code.id, code.severity.name(), code.meaning))
        .collect();
    assert_eq!(listed, expected);
}
