//! Mistakes in a config, each with its line and column.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;

use crate::error::{Error, Result};

/// The mistakes found so far in one config.
#[derive(Debug)]
pub(super) struct Mistakes<'a> {
    path: &'a Path,
    text: &'a str,
    found: Vec<(usize, String)>,
}

impl<'a> Mistakes<'a> {
    /// None yet, in the config `text` of the file `path`.
    pub(super) fn new(path: &'a Path, text: &'a str) -> Self {
        Self { path, text, found: Vec::new() }
    }

    /// Notes one that begins at a byte of the text.
    pub(super) fn at(&mut self, span: Range<usize>, problem: impl Into<String>) {
        self.found.push((span.start, problem.into()));
    }

    /// Notes one of `value`.
    pub(super) fn of<T>(&mut self, value: &Spanned<T>, problem: impl Into<String>) {
        self.at(value.span(), problem);
    }

    /// Notes the error, if there is one.
    pub(super) fn take<T, V>(&mut self, value: &Spanned<V>, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.of(value, error.to_string())).ok()
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of them in one error, in the order of the text, a line each.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if there are any.
    pub(super) fn finish(mut self) -> Result<()> {
        self.found.sort();
        self.found.dedup();
        let mut lines = String::new();
        for (at, problem) in self.found.iter().take(MOST) {
            let (line, column) = place(self.text, *at);
            let between = if lines.is_empty() { "" } else { "\n" };
            // Writing to a string cannot fail.
            let _ = write!(lines, "{between}{}:{line}:{column}: {problem}", self.path.display());
        }
        if let Some(more) = self.found.len().checked_sub(MOST).filter(|more| *more > 0) {
            let path = self.path.display();
            let _ = write!(lines, "\n{path}: and {more} more; is this the config of a job?");
        }
        match lines.is_empty() {
            true => Ok(()),
            false => Err(Error::Usage(lines)),
        }
    }
}

/// Mistakes that are shown: a file that is no config at all has one in each line.
const MOST: usize = 20;

/// Line and column of a byte, both counted from 1, the column in characters.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The names of options of `eval` as the keys of a config: `--max-fpr` is
/// `max_fpr`. What is reused here speaks to the users of `eval`, too.
pub(super) fn as_keys(text: &str) -> String {
    let mut words = text.split("--");
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let end = word.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(word.len());
        let (name, rest) = word.split_at(end);
        match name.is_empty() {
            true => out.push_str("--"),
            false => out.push_str(&name.replace('-', "_")),
        }
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn mistakes_come_in_the_order_of_the_text_with_line_and_column() {
        let text = "a = 1\nüb = 2\n";
        let mut mistakes = Mistakes::new("job.toml".as_ref(), text);
        mistakes.at(text.find('2').unwrap()..text.len(), "second");
        mistakes.at(0..1, "first");
        let lines = mistakes.finish().unwrap_err().to_string();
        assert_eq!(lines, "job.toml:1:1: first\njob.toml:2:6: second");
    }

    #[test]
    fn a_file_that_is_no_config_does_not_fill_the_screen() {
        let text = "a\n".repeat(500);
        let mut mistakes = Mistakes::new("job.toml".as_ref(), &text);
        (0..500).for_each(|line| mistakes.at(2 * line..2 * line + 1, "no"));
        let shown = mistakes.finish().unwrap_err().to_string();
        assert_eq!(shown.lines().count(), MOST + 1);
        assert!(shown.ends_with("job.toml: and 480 more; is this the config of a job?"), "{shown}");
    }

    #[test]
    fn options_are_named_as_keys() {
        let text = "--max-fpr takes a rate; use --scores-are -- or not";
        assert_eq!(as_keys(text), "max_fpr takes a rate; use scores_are -- or not");
    }
}
