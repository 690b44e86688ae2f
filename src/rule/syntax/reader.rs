//! The reader of a rule's text: marks, names, words, numbers.

use super::subject::WrittenClass;
use crate::class::nearest;
use crate::error::{Error, Result};

/// The text of a rule, and how far it was read. Columns count characters from 1.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    /// What is read, in messages: "rule".
    what: &'static str,
    text: &'a str,
    /// Bytes read so far.
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(what: &'static str, text: &'a str) -> Self {
        Self { what, text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// The next character that is not a space.
    pub(crate) fn next(&self) -> Option<char> {
        self.rest().trim_start().chars().next()
    }

    /// Steps over `mark`, if it comes next.
    pub(crate) fn skip(&mut self, mark: &str) -> bool {
        self.skip_spaces();
        let found = self.rest().starts_with(mark);
        self.at += if found { mark.len() } else { 0 };
        found
    }

    pub(crate) fn expect(&mut self, mark: &str) -> Result<()> {
        match self.skip(mark) {
            true => Ok(()),
            false => Err(self.expected(&format!("'{mark}'"))),
        }
    }

    /// An error at what comes next.
    pub(crate) fn expected(&self, what: &str) -> Error {
        let found = match self.next() {
            Some(letter) => format!("'{letter}'"),
            None => "the end".to_owned(),
        };
        self.error(&format!("expected {what}, found {found}"))
    }

    /// An error at the next character that is not a space.
    pub(crate) fn error(&self, problem: &str) -> Error {
        let spaces = self.rest().len() - self.rest().trim_start().len();
        let column = self.text[..self.at + spaces].chars().count() + 1;
        Error::Usage(format!("{} '{}', column {column}: {problem}", self.what, self.text))
    }

    /// A name outside brackets: quoted, or up to a mark or a space.
    pub(crate) fn name(&mut self, what: &str) -> Result<String> {
        self.skip_spaces();
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        let end = self.rest().find(|c: char| c.is_whitespace() || MARKS.contains(c));
        self.bare(end, what)
    }

    /// A class and the bracket behind it: quoted, or any text without marks; `*`
    /// stands for every class.
    pub(crate) fn class(&mut self) -> Result<WrittenClass> {
        self.skip_spaces();
        let quoted = self.rest().starts_with('"');
        let name = self.inner_name("the name of a class")?;
        self.expect("]")?;
        Ok(if name == "*" && !quoted { WrittenClass::Each } else { WrittenClass::Named(name) })
    }

    fn inner_name(&mut self, what: &str) -> Result<String> {
        self.skip_spaces();
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        let end = self.rest().find(|c: char| MARKS.contains(c));
        self.bare(end, what)
    }

    fn bare(&mut self, end: Option<usize>, what: &str) -> Result<String> {
        let name = self.rest()[..end.unwrap_or(self.rest().len())].trim_end();
        if name.is_empty() {
            return Err(self.expected(what));
        }
        self.at += name.len();
        Ok(name.to_owned())
    }

    fn quoted(&mut self) -> Result<String> {
        let mut name = String::new();
        let mut letters = self.rest().char_indices().skip(1);
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at += at + 1;
                    return Ok(name);
                }
                '\\' => name.extend(letters.next().map(|(_, letter)| letter)),
                _ => name.push(letter),
            }
        }
        Err(self.error("this quote is never closed"))
    }

    /// The text up to the closing parenthesis.
    pub(crate) fn argument(&mut self) -> Result<String> {
        let Some(end) = self.rest().find(')') else {
            return Err(self.error("the parenthesis before this is never closed"));
        };
        let argument = self.rest()[..end].trim();
        if argument.is_empty() {
            return Err(self.expected("a parameter"));
        }
        self.at += end + 1;
        Ok(argument.to_owned())
    }

    pub(crate) fn slices(&mut self) -> Result<Vec<(String, String)>> {
        let mut slices = Vec::new();
        loop {
            let column = self.inner_name("the name of a slice column")?;
            self.expect("=")?;
            let value = self.inner_name("the value of a slice")?;
            slices.push((column, value));
            if !self.skip(",") {
                break;
            }
        }
        match self.skip("}") {
            true => Ok(slices),
            false => Err(self.expected("',' or '}'")),
        }
    }

    /// A number that stands alone or before something else.
    pub(crate) fn number(&mut self, what: &str) -> Result<f64> {
        self.skip_spaces();
        let text = self.rest();
        let numeric = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
        let end = text.find(|c: char| !numeric(c)).unwrap_or(text.len());
        let number = match text[..end].parse::<f64>() {
            Ok(number) if number.is_finite() => number,
            Ok(_) => return Err(self.error(&format!("{} is too large a number", &text[..end]))),
            Err(_) => return Err(self.expected(what)),
        };
        self.at += end;
        // Adding 0 turns -0 into 0, which compares the same and reads better.
        Ok(number + 0.0)
    }

    /// A number that `fits`, or else the error says what was expected.
    pub(crate) fn number_that(&mut self, fits: impl Fn(f64) -> bool, what: &str) -> Result<f64> {
        self.skip_spaces();
        let start = self.at;
        let number = self.number(what)?;
        if fits(number) {
            return Ok(number);
        }
        self.at = start;
        Err(self.error(&format!("expected {what}, found {number}")))
    }

    /// How many, from `least` on.
    pub(crate) fn count(&mut self, what: &str, least: usize) -> Result<usize> {
        let digits = self.digits();
        match digits.parse::<usize>() {
            Ok(count) if (least..=MOST).contains(&count) => {
                self.at += digits.len();
                Ok(count)
            }
            _ if digits.is_empty() => Err(self.expected(what)),
            _ => {
                Err(self.error(&format!("expected {what} from {least} to {MOST}, found {digits}")))
            }
        }
    }

    /// The number of a run, from 1.
    pub(crate) fn run_number(&mut self) -> Result<i64> {
        let digits = self.digits();
        match digits.parse::<i64>() {
            Ok(number) if number > 0 => {
                self.at += digits.len();
                Ok(number)
            }
            _ => Err(self.expected("the number of a run")),
        }
    }

    /// The digits that come next.
    fn digits(&mut self) -> &'a str {
        self.skip_spaces();
        let rest = self.rest();
        &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())]
    }

    /// The word that comes next: letters and `_`.
    fn word(&self) -> &'a str {
        let rest = self.rest().trim_start();
        let end = rest.find(|c: char| !c.is_alphabetic() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    }

    /// Steps over `word`, if it comes next.
    pub(crate) fn skip_word(&mut self, word: &str) -> bool {
        self.word() == word && self.skip(word)
    }

    pub(crate) fn expect_word(&mut self, word: &str) -> Result<()> {
        match self.skip_word(word) {
            true => Ok(()),
            false => Err(self.expected(&format!("'{word}'"))),
        }
    }

    /// Steps over the first of these words that comes next.
    pub(crate) fn one_of<T: Copy>(&mut self, words: &[(&str, T)]) -> Option<T> {
        words.iter().find(|(word, _)| self.skip_word(word)).map(|(_, value)| *value)
    }

    /// An error at a word that is none of `known`: with the nearest of them, if
    /// it is a slip.
    pub(crate) fn unknown_word(&self, what: &str, known: &[&str]) -> Error {
        let word = self.word();
        // Words this short resemble each other by chance, but for their beginning.
        let slip = |near: &&str| near.chars().next() == word.chars().next();
        match nearest(word, known.iter().copied()).filter(slip) {
            Some(near) => self.error(&format!(
                "expected {what}, found '{}'; did you mean '{near}'?",
                self.word()
            )),
            None => self.expected(what),
        }
    }

    /// Whether the text begins with `word` and a parenthesis.
    pub(crate) fn skip_call(&mut self, word: &str) -> bool {
        let start = self.at;
        let found = self.skip_word(word) && self.skip("(");
        self.at = if found { self.at } else { start };
        found
    }

    pub(crate) fn end(&self) -> Result<()> {
        match self.rest().trim().is_empty() {
            true => Ok(()),
            false => Err(self.expected(&format!("the end of the {}", self.what))),
        }
    }
}

/// The largest number of nights.
const MOST: usize = 100_000;

/// What ends a name that is not quoted.
const MARKS: &str = "()[]{},=<>!\"";
