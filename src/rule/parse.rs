//! The grammar of a rule: from text to its parts.

use super::{OPS, Op};
use crate::error::{Error, Result};

/// A rule taken apart. No name is looked up yet.
pub(super) struct Parts {
    pub metric: String,
    /// The text between parentheses.
    pub argument: Option<String>,
    pub class: Option<String>,
    pub slices: Vec<(String, String)>,
    pub op: Op,
    pub bound: f64,
}

/// Takes a rule apart.
///
/// # Errors
///
/// [`Error::Usage`] with the column, counted in characters from 1.
pub(super) fn parts(text: &str) -> Result<Parts> {
    let mut reader = Reader { text, at: 0 };
    let metric = reader.name("the name of a metric")?;
    let argument = match reader.skip("(") {
        true => Some(reader.argument()?),
        false => None,
    };
    let class = match reader.skip("[") {
        true => Some(reader.closed_name("the name of a class", "]")?),
        false => None,
    };
    let slices = match reader.skip("{") {
        true => reader.slices()?,
        false => Vec::new(),
    };
    let op = reader.op()?;
    let bound = reader.bound()?;
    Ok(Parts { metric, argument, class, slices, op, bound })
}

struct Reader<'a> {
    text: &'a str,
    /// Bytes read so far.
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Steps over `mark`, if it comes next.
    fn skip(&mut self, mark: &str) -> bool {
        self.skip_spaces();
        let found = self.rest().starts_with(mark);
        self.at += if found { mark.len() } else { 0 };
        found
    }

    fn expect(&mut self, mark: &str) -> Result<()> {
        match self.skip(mark) {
            true => Ok(()),
            false => Err(self.expected(&format!("'{mark}'"))),
        }
    }

    /// An error at what comes next.
    fn expected(&self, what: &str) -> Error {
        let found = match self.rest().trim_start().chars().next() {
            Some(letter) => format!("'{letter}'"),
            None => "the end".to_owned(),
        };
        self.error(&format!("expected {what}, found {found}"))
    }

    /// An error at the next character that is not a space.
    fn error(&self, problem: &str) -> Error {
        let spaces = self.rest().len() - self.rest().trim_start().len();
        let column = self.text[..self.at + spaces].chars().count() + 1;
        Error::Usage(format!("rule '{}', column {column}: {problem}", self.text))
    }

    /// A name outside brackets: quoted, or up to a mark or a space.
    fn name(&mut self, what: &str) -> Result<String> {
        self.skip_spaces();
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        let end = self.rest().find(|c: char| c.is_whitespace() || MARKS.contains(c));
        self.bare(end, what)
    }

    /// A name in brackets, and the bracket: quoted, or any text without marks.
    fn closed_name(&mut self, what: &str, close: &str) -> Result<String> {
        let name = self.inner_name(what)?;
        self.expect(close)?;
        Ok(name)
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
    fn argument(&mut self) -> Result<String> {
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

    fn slices(&mut self) -> Result<Vec<(String, String)>> {
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

    fn op(&mut self) -> Result<Op> {
        for (spelling, op) in OPS {
            if self.skip(spelling) {
                return Ok(op);
            }
        }
        Err(self.expected("one of >= <= > < == !="))
    }

    fn bound(&mut self) -> Result<f64> {
        self.skip_spaces();
        let text = self.rest().trim_end();
        let numeric = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
        let end = text.find(|c: char| !numeric(c)).unwrap_or(text.len());
        let bound = match text[..end].parse::<f64>() {
            Ok(bound) if bound.is_finite() => bound,
            Ok(_) => return Err(self.error(&format!("{} is too large a number", &text[..end]))),
            Err(_) => return Err(self.expected("a number")),
        };
        self.at += end;
        match self.rest().trim().is_empty() {
            // Adding 0 turns -0 into 0, which compares the same and reads better.
            true => Ok(bound + 0.0),
            false => Err(self.expected("the end of the rule")),
        }
    }
}

/// What ends a name that is not quoted.
const MARKS: &str = "()[]{},=<>!\"";
