//! Links of pages: to other pages, their headings, files and functions.

use super::pages::{all, code, prose, read, root};

/// The anchor of a heading, as forges make it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

fn anchors(page: &str) -> Vec<String> {
    let prose = prose(page);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
}

/// The targets of links in a page that lead to no other machine.
fn targets(page: &str) -> Vec<String> {
    let prose = prose(page).replace('\n', " ");
    let links = prose.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
    links.filter(|link| !link.contains("://")).map(str::to_owned).collect()
}

/// What is wrong with the links of `page`, whose text is `text`.
fn broken(page: &str, text: &str) -> Vec<String> {
    let folder = root().join(page).parent().unwrap().to_owned();
    let mut broken = Vec::new();
    for target in targets(text) {
        let (file, heading) = target.split_once('#').unwrap_or((&target, ""));
        let path = folder.join(file);
        let there = match file {
            "" => text.to_owned(),
            _ if !path.exists() => {
                broken.push(format!("{page}: {target}: there is no such file"));
                continue;
            }
            _ if heading.is_empty() => continue,
            _ => std::fs::read_to_string(path).unwrap(),
        };
        if !heading.is_empty() && !anchors(&there).iter().any(|anchor| anchor == heading) {
            broken.push(format!("{page}: {target}: there is no such heading"));
        }
    }
    broken
}

#[test]
fn every_link_leads_somewhere() {
    let pages = all();
    let broken: Vec<String> = pages.iter().flat_map(|page| broken(page, &read(page))).collect();
    assert_eq!(broken, [""; 0]);
}

#[test]
fn the_readme_leads_to_every_page() {
    let known = targets(&read("README.md"));
    let pages = all().into_iter().filter(|page| !["README.md", "CHANGELOG.md"].contains(&&**page));
    let missing: Vec<String> = pages.filter(|page| !known.contains(page)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn links_that_lead_nowhere_are_found() {
    let text = "# A `b` (c)!\n[x](#a-b-c) [x](#a) [x](docs/input.md#formats)\n[x](docs/no.md) \
                [x](docs/input.md#no) [x](https://no.example)\n```\n[x](#no)\n```\n";
    let found = broken("README.md", text);
    let no =
        ["README.md: #a: there is no such heading", "README.md: docs/no.md: there is no such file"];
    assert_eq!(found[..2], no);
    assert_eq!(found[2..], ["README.md: docs/input.md#no: there is no such heading"]);
}

/// Whether something is a path of this project: without blanks, and in one of its folders.
fn is_path(code: &str) -> bool {
    let folders = ["src/", "tests/", "shaders/", "docs/", "fuzz/", "benches/", ".ci/"];
    folders.iter().any(|folder| code.starts_with(folder)) && !code.contains([' ', '*', '<'])
}

/// Whether something is a name of Rust: `Lane`, `plan`, `Input::open`.
fn is_name(code: &str) -> bool {
    code.chars().all(|c| c.is_alphanumeric() || "_:".contains(c)) && !code.contains("::_")
}

/// What a paragraph names that is not there: paths, and names of Rust of which the last
/// part stands in none of the files that it names.
fn unknown(paragraph: &str) -> Vec<String> {
    let code = code(paragraph);
    let (paths, others): (Vec<&str>, Vec<&str>) = code.into_iter().partition(|it| is_path(it));
    let missing = paths.iter().filter(|path| !root().join(path).exists());
    let mut unknown: Vec<String> = missing.map(|path| format!("there is no {path}")).collect();
    let sources: Vec<String> = paths
        .iter()
        .filter(|path| path.ends_with(".rs"))
        .filter_map(|path| std::fs::read_to_string(root().join(path)).ok())
        .collect();
    let is_word = |text: &str, word: &str| {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|it| it == word)
    };
    for name in others.into_iter().filter(|name| !sources.is_empty() && is_name(name)) {
        let last = name.rsplit("::").next().unwrap();
        if !sources.iter().any(|source| is_word(source, last)) {
            unknown.push(format!("{name} is in none of {paths:?}"));
        }
    }
    unknown
}

/// A paragraph each, and a step of a list.
fn paragraphs(page: &str) -> Vec<String> {
    let prose = prose(page);
    let steps = prose.lines().map(|line| {
        let is_step = line.starts_with(|c: char| c.is_ascii_digit());
        if is_step { format!("\n{line}") } else { line.to_owned() }
    });
    steps.collect::<Vec<_>>().join("\n").split("\n\n").map(str::to_owned).collect()
}

#[test]
fn files_and_functions_of_the_architecture_exist() {
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"] {
        let paragraphs = paragraphs(&read(page));
        let unknown: Vec<String> = paragraphs.iter().flat_map(|it| unknown(it)).collect();
        assert_eq!(unknown, [""; 0], "{page}");
    }
    let named = paragraphs(&read("ARCHITECTURE.md"));
    let named = named.iter().flat_map(|it| code(it)).filter(|it| is_path(it)).count();
    assert!(named > 40, "only {named} paths were looked for");
}

#[test]
fn a_file_or_a_function_that_is_gone_is_found() {
    assert_eq!(unknown("`evaluate` in `src/engine/mod.rs` and `src/x`"), ["there is no src/x"]);
    let gone = unknown("`Stream::no_such` in `src/engine/mod.rs`");
    assert_eq!(gone, ["Stream::no_such is in none of [\"src/engine/mod.rs\"]"]);
}
