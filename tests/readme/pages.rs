//! Pages of Markdown, and the blocks of text that are fenced in them.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a page.
pub fn read(page: &str) -> String {
    let path = root().join(page);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every page, from the folder of the project: those in it and those in `docs`.
pub fn all() -> Vec<String> {
    let mut pages = Vec::new();
    for folder in ["", "docs"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = PathBuf::from(folder).join(entry.unwrap().file_name());
            if name.extension().is_some_and(|extension| extension == "md") {
                pages.push(name.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    pages.sort();
    assert!(pages.len() > 15 && pages.contains(&"README.md".to_owned()), "{pages:?}");
    pages
}

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The word after the fence: "console".
    pub kind: String,
    /// What is in it, without the last line end.
    pub text: String,
    /// The line of its fence, from 1.
    pub line: usize,
}

/// The fenced blocks of a page, in order.
pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(Block, Vec<&str>)> = None;
    for (number, line) in (1..).zip(page.lines()) {
        match (line.strip_prefix("```"), open.take()) {
            (Some(""), Some((block, lines))) => {
                blocks.push(Block { text: lines.join("\n"), ..block });
            }
            (Some(kind), None) => {
                let block = Block { kind: kind.to_owned(), text: String::new(), line: number };
                open = Some((block, Vec::new()));
            }
            (_, Some((block, mut lines))) => {
                lines.push(line);
                open = Some((block, lines));
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed: {open:?}");
    blocks
}

/// A page without its fenced blocks, whose lines are left empty.
pub fn prose(page: &str) -> String {
    let mut is_fenced = false;
    let lines = page.lines().map(|line| {
        let is_fence = line.starts_with("```");
        is_fenced ^= is_fence;
        if is_fenced || is_fence { "" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What stands between single backquotes.
pub fn code(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn blocks_are_what_stands_between_fences() {
    let page = "a\n```sh\nb\n\nc\n```\n`d`\n```\n```\n";
    let block = |kind: &str, text: &str, line| Block { kind: kind.into(), text: text.into(), line };
    assert_eq!(blocks(page), [block("sh", "b\n\nc", 2), block("", "", 8)]);
    assert_eq!(prose(page), "a\n\n\n\n\n\n`d`\n\n");
    assert_eq!(code(&prose(page)), ["d"]);
}
