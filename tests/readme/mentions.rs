//! Commands and options that pages mention between their lines.

use std::collections::BTreeSet;
use std::path::Path;

use super::pages::{all, blocks, code, prose, read};
use crate::common::program::run;

/// Options of other programs.
const OTHERS: [&str; 5] = ["--bin", "--manifest-path", "--open", "--path", "--release"];

/// What a command prints of itself; empty if there is no such command.
fn help(words: &[&str]) -> String {
    let ran = run(Path::new("."), &[words, &["--help"]].concat());
    if ran.status == 0 { ran.stdout } else { String::new() }
}

/// The help of a command and of all its subcommands.
fn helps(words: &[&str]) -> String {
    let mut text = help(words);
    let listed = text.split("Commands:\n").nth(1).unwrap_or_default().split("\n\n").next();
    let names = listed.unwrap_or_default().lines().filter_map(|line| {
        let name = line.strip_prefix("  ")?;
        name.starts_with(char::is_alphabetic).then(|| name.split(' ').next().unwrap().to_owned())
    });
    for name in names.filter(|name| name != "help").collect::<Vec<_>>() {
        text += &helps(&[words, &[name.as_str()]].concat());
    }
    text
}

/// The options in a text: `--strict`.
fn options(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c == '-';
    let ends = text.split(|c: char| !is_part(c) && !c.is_ascii_digit());
    let words = ends.filter(|word| word.starts_with("--") && word.len() > 3);
    words.map(str::to_owned).collect()
}

/// What a page mentions that the program does not have.
fn unknown(page: &str, known: &BTreeSet<String>) -> Vec<String> {
    let prose = prose(page).replace('\n', " ");
    let shown = blocks(page).into_iter().filter(|block| block.kind == "console");
    let shown: String = shown.map(|block| block.text).filter(|it| !it.contains("cargo")).collect();
    let code = code(&prose);
    let mut unknown: Vec<String> =
        options(&(code.join(" ") + &shown)).difference(known).cloned().collect();
    let commands = code.iter().filter_map(|code| code.strip_prefix("tallyho "));
    for command in commands.filter(|command| !command.contains('…')) {
        let words: Vec<&str> = command.split_whitespace().collect();
        if help(&words).is_empty() {
            unknown.push(format!("tallyho {command}"));
        }
    }
    unknown
}

#[cfg(all(feature = "gpu", feature = "job"))]
#[test]
fn commands_and_options_that_pages_mention_exist() {
    let mut known = options(&helps(&[]));
    assert!(known.len() > 60, "{known:?}");
    known.extend(OTHERS.map(str::to_owned));
    let pages = all().into_iter().filter(|page| page == "README.md" || page.starts_with("docs/"));
    for page in pages {
        assert_eq!(unknown(&read(&page), &known), [""; 0], "{page}");
    }
}

#[test]
fn a_command_or_an_option_that_is_mentioned_and_gone_is_found() {
    let known = BTreeSet::from(["--strict".to_owned()]);
    let page = "`--strict`, `--lenient=yes` and `tallyho evaluate`, `tallyho eval\nFILE`\n\
                ```console\n$ tallyho eval --gone\n```\n";
    assert_eq!(unknown(page, &known), ["--gone", "--lenient", "tallyho evaluate"]);
}
