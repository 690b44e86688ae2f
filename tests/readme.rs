//! The pages that describe the program: what they show is what it does.

mod commands;
mod files;
mod links;
mod mentions;
mod pages;

/// The documentation of notices lists every code, and no other.
#[test]
fn every_notice_is_documented_as_it_is() {
    let page = pages::read("docs/input.md");
    let listed: Vec<&str> = page.lines().filter(|line| line.starts_with("| TH")).collect();
    let codes = tallyho::notice::ALL.iter();
    let expected: Vec<String> = codes
        .map(|code| format!("| {} | {} | {} |", code.id, code.severity.name(), code.meaning))
        .collect();
    assert_eq!(listed, expected);
}

/// The grammar of rules is written down twice, for users and for callers.
#[test]
fn the_grammar_of_rules_is_one_text() {
    let shown = |page: &str| -> Vec<String> {
        let blocks = pages::blocks(page);
        let grammar = blocks.into_iter().find(|block| block.text.starts_with("rule "));
        grammar.unwrap().text.lines().map(str::to_owned).collect()
    };
    let source = pages::read("src/rule/mod.rs");
    let head = source.lines().map_while(|line| line.strip_prefix("//!"));
    let head: Vec<&str> = head.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    assert_eq!(shown(&pages::read("docs/rules.md")), shown(&head.join("\n")));
}

/// About two hundred lines.
#[test]
fn a_newcomer_finds_the_readme_short() {
    let lines = pages::read("README.md").lines().count();
    assert!(lines <= 220, "README.md has {lines} lines; what few need belongs in docs/");
}
