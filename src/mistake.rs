//! Mistakes in a file of TOML, each with its line and column.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;

use crate::error::{Error, Result};
use crate::terminal::told;

/// Bytes that a text takes for each of its own when it is parsed, about.
pub(crate) const TEXT_BYTES: u64 = 4;

/// The mistakes found so far in one file.
#[derive(Debug)]
pub(crate) struct Mistakes<'a> {
    path: &'a Path,
    text: &'a str,
    what: &'static str,
    found: Vec<(usize, String)>,
}

impl<'a> Mistakes<'a> {
    /// None yet, in the `text` of the file `path`, which is to be `what`.
    pub(crate) fn new(path: &'a Path, text: &'a str, what: &'static str) -> Self {
        Self { path, text, what, found: Vec::new() }
    }

    /// Notes one that begins at a byte of the text.
    pub(crate) fn at(&mut self, span: Range<usize>, problem: impl Into<String>) {
        self.found.push((span.start, problem.into()));
    }

    /// Notes one of `value`.
    pub(crate) fn of<T>(&mut self, value: &Spanned<T>, problem: impl Into<String>) {
        self.at(value.span(), problem);
    }

    /// Notes the error, if there is one.
    #[cfg(feature = "job")]
    pub(crate) fn take<T, V>(&mut self, value: &Spanned<V>, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.of(value, error.to_string())).ok()
    }

    /// Whether there are none.
    #[cfg(feature = "job")]
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of them in one error, in the order of the text, a line each.
    ///
    /// # Errors
    ///
    /// [`Error::Lines`] if there are any.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.found.sort();
        self.found.dedup();
        let mut lines = String::new();
        for (at, problem) in self.found.iter().take(MOST) {
            let (line, column) = place(self.text, *at);
            let between = if lines.is_empty() { "" } else { "\n" };
            // Writing to a string cannot fail.
            let path = self.path.display();
            let problem = told(&format!("{path}:{line}:{column}: {problem}"));
            let _ = write!(lines, "{between}{problem}");
        }
        if let Some(more) = self.found.len().checked_sub(MOST).filter(|more| *more > 0) {
            let path = told(&self.path.display().to_string());
            let what = self.what;
            let _ = write!(lines, "\n{path}: and {more} more; is this {what}?");
        }
        match lines.is_empty() {
            true => Ok(()),
            false => Err(Error::Lines(lines)),
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn mistakes_come_in_the_order_of_the_text_with_line_and_column() {
        let text = "a = 1\nüb = 2\n";
        let mut mistakes = Mistakes::new("job.toml".as_ref(), text, "the config of a job");
        mistakes.at(text.find('2').unwrap()..text.len(), "second");
        mistakes.at(0..1, "first");
        let lines = mistakes.finish().unwrap_err().to_string();
        assert_eq!(lines, "job.toml:1:1: first\njob.toml:2:6: second");
    }

    #[test]
    fn a_file_that_is_no_config_does_not_fill_the_screen() {
        let text = "a\n".repeat(500);
        let mut mistakes = Mistakes::new("job.toml".as_ref(), &text, "the config of a job");
        (0..500).for_each(|line| mistakes.at(2 * line..2 * line + 1, "no"));
        let shown = mistakes.finish().unwrap_err().to_string();
        assert_eq!(shown.lines().count(), MOST + 1);
        assert!(shown.ends_with("job.toml: and 480 more; is this the config of a job?"), "{shown}");
    }
}
