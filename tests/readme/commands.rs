//! Commands on pages: each is run by a shell, in a folder that has the files it names, and
//! prints what it is shown to print.

use std::path::Path;
use std::process::Command;

use super::files::prepare;
use super::pages::{all, blocks, read, root};
use crate::common::files::Folder;

/// Commands that are made smaller, and how.
const SMALLER: &[(&str, &str)] = &[
    ("--rows 100000000 ", "--rows 1000 "),
    ("--rows 1000000 --classes 1000", "--rows 1000 --classes 10"),
    ("synth t.csv t.npz ", "synth t.csv t.npz --rows 1000 "),
];

/// Commands of which only the options are looked at, and why.
const ONLY_READ: &[(&str, &str)] = &[
    ("--device gpu", "not every machine has one"),
    ("tallyho devices", "not every machine has one"),
    ("tallyho bench", "it takes its time"),
];

/// Commands that end with another status than 0.
const STATUS: &[(&str, i32)] =
    &[("tallyho eval table.parquet", 2), ("tallyho run nightly.toml --date 2026-09-21", 1)];

/// Commands of other programs, which are not run, by how they begin.
const OTHERS: &[&str] =
    &["cargo ", "INSTA_UPDATE=always cargo ", ".ci/", "python3 ", "strip ", "benches/"];

/// A command, and what it is shown to print.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    command: String,
    output: Vec<String>,
}

/// The commands of a block of a console: lines after `$ `, until one that does not end in
/// a backslash; the lines after it are what it prints.
fn shown(block: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), all.last_mut()) {
            (Some(command), _) => {
                all.push(Shown { command: command.to_owned(), output: Vec::new() });
            }
            (None, Some(last)) if last.command.ends_with('\\') => {
                last.command += "\n";
                last.command += line;
            }
            (None, Some(last)) => last.output.push(line.to_owned()),
            (None, None) => panic!("a console begins with a command: {line}"),
        }
    }
    all
}

/// A shell in a folder, which finds the program.
struct Shell<'a> {
    folder: &'a Path,
}

impl Shell<'_> {
    /// What a script prints, and its status.
    fn run(&self, script: &str) -> (String, String, i32) {
        let program = Path::new(env!("CARGO_BIN_EXE_tallyho")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("sh");
        shell.args(["-ec", script]).current_dir(self.folder).env("PATH", path);
        let output = shell.env("NODEVICE_SELECT", "1").output().unwrap();
        let [stdout, stderr] =
            [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        (stdout, stderr, output.status.code().unwrap())
    }
}

/// Lines without those that tell of one machine and one run. Of a table with times, widths
/// are left out as well.
fn stable<'a>(lines: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let has_times = lines.clone().any(|line| line.contains("ms  "));
    let lines = lines.filter(|line| !line.starts_with("device ") && !line.starts_with("time "));
    let blur = |line: &str| {
        let line = match line.split_once("ms  ") {
            Some((before, after)) => {
                let time = |c: char| c == ' ' || c == '.' || c.is_ascii_digit();
                format!("{} … {after}", before.trim_end_matches(time))
            }
            None => line.to_owned(),
        };
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    lines.map(|line| if has_times { blur(line) } else { line.trim_end().to_owned() }).collect()
}

/// Fails unless `printed` is what was shown.
fn compare(place: &str, printed: &str, shown: &[&str]) -> Result<(), String> {
    let (printed, shown) = (stable(printed.trim_end().lines()), stable(shown.iter().copied()));
    match printed.iter().zip(&shown).find(|(printed, shown)| printed != shown) {
        Some((printed, shown)) => Err(format!("{place}: shown:\n{shown}\nprinted:\n{printed}")),
        None if printed.len() != shown.len() => Err(format!(
            "{place}: {} lines are shown, {} are printed:\n{}",
            shown.len(),
            printed.len(),
            printed.join("\n")
        )),
        None => Ok(()),
    }
}

/// Runs a command of a console, and compares what it prints if that is shown.
fn check(place: &str, shell: &Shell<'_>, shown: &Shown) -> Result<(), String> {
    let mut command = shown.command.clone();
    let here = Shell { folder: root() };
    let mut shell = shell;
    if let Some(args) = command.strip_prefix("cargo run --release -- ") {
        (command, shell) = (format!("tallyho {args}"), &here);
    }
    if OTHERS.iter().any(|other| command.starts_with(other)) {
        let script = command.split(' ').find(|word| word.contains('/') && !word.contains("::"));
        let is_there = script.is_none_or(|script| root().join(script).exists());
        return is_there.then_some(()).ok_or(format!("{place}: {command}: there is no such file"));
    }
    for (much, little) in SMALLER {
        command = command.replace(much, little);
    }
    let is_like = |part: &str| command == part || command.contains(&format!("{part} "));
    if ONLY_READ.iter().any(|(part, _)| is_like(part)) {
        let bare = command.split(" #").next().unwrap().trim_end();
        command = format!("{bare} --help");
    }
    let bare = command.split(" #").next().unwrap().trim_end();
    let status = STATUS.iter().find(|(listed, _)| bare == *listed).map_or(0, |(_, status)| *status);
    let (stdout, stderr, found) = shell.run(&command);
    if found != status {
        return Err(format!("{place}: {command}: exit status {found}\n{stdout}{stderr}"));
    }
    match shown.output.is_empty() {
        true => Ok(()),
        false => {
            let output: Vec<&str> = shown.output.iter().map(String::as_str).collect();
            compare(place, &stdout, &output)
        }
    }
}

/// What is wrong with what a page shows, the first of it.
fn page(name: &str, text: &str) -> Result<usize, String> {
    let folder = Folder::new();
    prepare(name, &folder);
    let shell = Shell { folder: &folder.path("") };
    let (blocks, mut checked) = (blocks(text), 0);
    for (at, block) in blocks.iter().enumerate() {
        let place = format!("{name}:{}", block.line);
        match block.kind.as_str() {
            "toml" => {
                folder.file("nightly.toml", &block.text);
            }
            // What a script prints is the next block.
            "sh" => {
                let (stdout, stderr, status) = shell.run(&block.text);
                if (status, stderr.as_str()) != (0, "") {
                    return Err(format!("{place}: exit status {status}\n{stderr}"));
                }
                compare(&place, &stdout, &blocks[at + 1].text.lines().collect::<Vec<_>>())?;
                checked += 1;
            }
            "console" => {
                for shown in shown(&block.text) {
                    check(&place, &shell, &shown)?;
                    checked += 1;
                }
            }
            _ => {}
        }
    }
    Ok(checked)
}

/// Runs the commands of the pages that have `part` in their names.
fn run_pages(part: impl Fn(&str) -> bool) -> usize {
    let pages = all().into_iter().filter(|name| part(name));
    pages.map(|name| page(&name, &read(&name)).unwrap_or_else(|problem| panic!("{problem}"))).sum()
}

/// Of all pages but the two whose examples take a while.
#[cfg(all(unix, feature = "gpu", feature = "job"))]
#[test]
fn commands_print_what_pages_show() {
    let checked = run_pages(|name| !["docs/history.md", "docs/jobs.md"].contains(&name));
    assert!(checked > 30, "only {checked} commands were run");
}

/// A month of nights is drawn as shown.
#[cfg(unix)]
#[test]
fn commands_of_the_history_print_what_its_page_shows() {
    assert!(run_pages(|name| name == "docs/history.md") > 1);
}

/// So is the month of a job, with its config.
#[cfg(all(unix, feature = "job"))]
#[test]
fn commands_of_jobs_print_what_their_page_shows() {
    assert!(run_pages(|name| name == "docs/jobs.md") > 2);
}

#[cfg(unix)]
#[test]
fn a_page_that_shows_something_else_is_found() {
    let readme = read("README.md");
    let main =
        readme.split("```console\n$ cargo run").nth(1).unwrap().split("\n```").next().unwrap();
    let page = |text: &str| page("x.md", &format!("```console\n$ cargo run{text}\n```\n"));
    assert_eq!(page(main), Ok(1));
    assert!(page(&main.replacen("0.9677", "0.9678", 1)).unwrap_err().contains("0.9678"));
    assert!(page(&main.replacen("rows     1,797 scored\n", "", 1)).is_err());
    assert!(page(main.trim_end_matches(|c| c != '\n').trim_end()).unwrap_err().contains("lines"));
    assert!(page(&main.replacen("--labels", "--lables", 1)).unwrap_err().contains("status 2"));
}

#[cfg(unix)]
#[test]
fn a_command_that_no_longer_exists_is_found() {
    let page = |text: &str| page("x.md", &format!("```console\n$ {text}\n```\n"));
    assert!(page("tallyho eval --no-such-option").unwrap_err().contains("exit status 2"));
    assert!(page("tallyho bench --no-such-option").unwrap_err().contains("exit status 2"));
    assert!(page(".ci/no-such-script").unwrap_err().contains("no such file"));
    assert_eq!(page("tallyho bench --seconds 1   # quick\n$ .ci/run"), Ok(2));
}

/// What is listed here of commands is still true of some page.
#[test]
fn exceptions_are_of_commands_that_are_shown() {
    let pages: String = all().iter().map(|page| read(page)).collect();
    let parts = SMALLER.iter().map(|(part, _)| *part);
    let parts = parts.chain(ONLY_READ.iter().map(|(part, _)| *part));
    let parts = parts.chain(STATUS.iter().map(|(part, _)| *part)).chain(OTHERS.iter().copied());
    let unused: Vec<&str> = parts.filter(|part| !pages.contains(*part)).collect();
    assert_eq!(unused, [""; 0]);
}

#[test]
fn a_command_goes_on_after_a_backslash_and_is_followed_by_what_it_prints() {
    let all = shown("$ a \\\n    b\nc\n\nd\n$ e");
    let of = |command: &str, output: &[&str]| Shown {
        command: command.to_owned(),
        output: output.iter().map(|line| (*line).to_owned()).collect(),
    };
    assert_eq!(all, [of("a \\\n    b", &["c", "", "d"]), of("e", &[])]);
}
