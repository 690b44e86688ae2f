//! The judgement of a first line of CSV: a header, or a row like those below it.

use std::collections::HashSet;
use std::path::Path;

use super::csv_decimal::is_decimal_comma;
use super::record::Fields;
use crate::error::{Error, Result};

/// Longest part of a line that a message quotes, in characters.
const QUOTED: usize = 40;

/// As many columns tell as well as all.
const MOST_COLUMNS: usize = 64;

/// After so many records, a text over numbers is a header.
const FEW_RECORDS: usize = 64;

/// Words that programs write where there is no value. NaN is a number.
const MISSING: [&str; 7] = ["NA", "N/A", "null", "none", "-", "?", "missing"];

/// What a field looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Nothing.
    Empty,
    /// A word that stands for nothing.
    Missing,
    /// Digits, with or without a sign.
    Integer,
    /// Any other number.
    Decimal,
    Text,
}

impl Form {
    fn of(field: &str) -> Self {
        let field = field.trim();
        let digits = field.strip_prefix(['-', '+']).unwrap_or(field);
        if field.is_empty() {
            Self::Empty
        } else if MISSING.iter().any(|word| field.eq_ignore_ascii_case(word)) {
            Self::Missing
        } else if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::Integer
        } else if field.parse::<f64>().is_ok() || is_decimal_comma(field) {
            Self::Decimal
        } else {
            Self::Text
        }
    }
}

/// A column: its field in the first line, and what is below.
#[derive(Clone, Debug)]
struct Below {
    name: String,
    form: Form,
    /// Whether the user names it.
    named: bool,
    empty: usize,
    integers: usize,
    decimals: usize,
    texts: usize,
    /// How many of the texts are the same, and the row of the first.
    same: usize,
    again: Option<usize>,
}

/// What one field of the first line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// It is no value of its column.
    Header,
    /// It is a number like those below it.
    Number,
    /// The same text is below it.
    SameText,
    /// Nothing.
    None,
}

impl Below {
    fn of(name: &str, names: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            form: Form::of(name),
            named: names.contains(&name),
            empty: 0,
            integers: 0,
            decimals: 0,
            texts: 0,
            same: 0,
            again: None,
        }
    }

    fn look(&mut self, row: usize, field: &str) {
        match Form::of(field) {
            Form::Empty => self.empty += 1,
            Form::Missing => {}
            Form::Integer => self.integers += 1,
            Form::Decimal => self.decimals += 1,
            Form::Text => {
                self.texts += 1;
                if field == self.name {
                    self.same += 1;
                    self.again.get_or_insert(row);
                }
            }
        }
    }

    /// Whether it is a text, and no text is below it: the usual header of scores.
    fn is_text_over_numbers(&self) -> bool {
        self.form == Form::Text && self.texts == 0 && self.integers + self.decimals > 0
    }

    fn sign(&self) -> Sign {
        let numbers = self.integers + self.decimals;
        if numbers + self.texts == 0 {
            return Sign::None;
        }
        match self.form {
            Form::Empty if self.empty == 0 => Sign::Header,
            Form::Empty | Form::Missing => Sign::None,
            Form::Integer if self.integers > 0 => Sign::Number,
            Form::Decimal if numbers > 0 => Sign::Number,
            Form::Integer | Form::Decimal => Sign::Header,
            Form::Text if numbers > 0 && numbers >= self.texts - self.same => Sign::Header,
            Form::Text if self.same > 0 => Sign::SameText,
            Form::Text if self.named => Sign::Header,
            Form::Text => Sign::None,
        }
    }
}

/// What the first line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A header: some field cannot be a value of its column, or is asked for.
    Header,
    /// Nothing tells: text over other texts.
    Unclear,
    /// Numbers over numbers.
    Numbers,
    /// Only texts that are among those below; the row that has the first of them.
    SameTexts(usize),
}

/// Judges the first line by the records below it. `names` are those that the
/// user gives of columns: a header has them.
pub(super) fn judge(
    names: &[&str],
    header: &[&str],
    delimiter: u8,
    records: &[Vec<u8>],
) -> Verdict {
    let (header, further) = header.split_at(header.len().min(MOST_COLUMNS));
    let asked: HashSet<&str> = names.iter().copied().collect();
    if further.iter().any(|name| asked.contains(name) && Form::of(name) == Form::Text) {
        return Verdict::Header;
    }
    let mut columns: Vec<Below> = header.iter().map(|name| Below::of(name, names)).collect();
    let mut buffer = Vec::new();
    for (row, record) in records.iter().enumerate() {
        if row == FEW_RECORDS && columns.iter().any(Below::is_text_over_numbers) {
            return Verdict::Header;
        }
        let mut fields = Fields::split(record, delimiter);
        for column in &mut columns {
            let Some(field) = fields.next(&mut buffer) else { break };
            column.look(row, &String::from_utf8_lossy(field));
        }
    }
    let signs: Vec<Sign> = columns.iter().map(Below::sign).collect();
    let any = |sign| signs.contains(&sign);
    if any(Sign::Header) || are_places(&columns) {
        Verdict::Header
    } else if any(Sign::Number) {
        Verdict::Numbers
    } else if any(Sign::SameText) && !any(Sign::None) {
        Verdict::SameTexts(columns.iter().find_map(|column| column.again).unwrap_or_default())
    } else {
        Verdict::Unclear
    }
}

/// Whether the fields are 0, 1, 2, …, which pandas names columns without names,
/// and of scores. Two are too few to tell them from the row 0, 1.
fn are_places(columns: &[Below]) -> bool {
    let is_place = |(place, column): (usize, &Below)| {
        column.decimals > 0 && column.name.trim().parse::<f64>().ok() == Some(place as f64)
    };
    columns.len() > 2 && columns.iter().enumerate().all(is_place)
}

/// Refuses a first line that looks like a row.
pub(super) fn check(path: &Path, verdict: Verdict, line: &[u8]) -> Result<()> {
    let line = excerpt(line);
    let problem = match verdict {
        Verdict::Header | Verdict::Unclear => return Ok(()),
        Verdict::Numbers => format!(
            "the first line, '{line}', is of numbers like the rows below it; if it is a row, use \
             --csv header=no (its columns are then named 0, 1, …), and if it is a header, \
             --csv header=yes"
        ),
        Verdict::SameTexts(row) => format!(
            "the first line, '{line}', looks like a row: row {row} has it again; if it is a row, \
             use --csv header=no, if it is a header all the same, --csv header=yes, and if files \
             were put together, --csv repeated-header=skip"
        ),
    };
    Err(Error::format(path, problem))
}

/// The beginning of a line, fit for a message.
pub(super) fn excerpt(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let mut excerpt: String = text.chars().take(QUOTED).collect();
    if excerpt.len() < text.len() {
        excerpt.push('…');
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str, names: &[&str]) -> Verdict {
        let mut lines = text.split('\n');
        let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        let records: Vec<Vec<u8>> = lines.map(|line| line.as_bytes().to_vec()).collect();
        judge(names, &header, b',', &records)
    }

    #[test]
    fn headers_of_names_places_and_index_columns_are_headers() {
        for text in [
            "label,prediction\n0,1\n1,1",
            "label,p_cat,p_dog\ncat,0.5,0.5",
            "label,0,1,2\n0,0.5,0.25,0.25",
            "0,1\n0.5,0.5\n0.0,1.0",
            ",0,1\n0,0.5,0.5\n1,1.0,0.0",
            ",0\n0,2\n1,1",
            "Unnamed: 0,0\n0,2\n1,1",
            "0\n0.25\n0.5",
            "0,1,2\n0.5,0,0.5\n0.25,0.25,1\n0,0.5,0",
            "0.0,1.0,2.0\n0.5,0.25,0.25",
            "1,2,3\n0.5,0.25,0.25",
            "0,1\ncat,dog\ndog,dog",
            "s\n0.5\nNA\nNA\n0.25\n0.5",
            "y,p\n0,0\n1,1\ny,p\n0,1",
        ] {
            assert_eq!(verdict(text, &[]), Verdict::Header, "{text}");
        }
    }

    #[test]
    fn rows_of_numbers_are_no_headers() {
        for text in [
            "2\n0\n1",
            "0\n0\n1",
            "0,1\n1,1\n0,0",
            "0,1\n0.5,0.5\n1,0\n0.25,0.75",
            "0.5\n1\n0",
            "0.1,0.9\n0.5,0.5",
            "nan\n0.5\n0.25",
            "a7,0.1,0.9\na9,0.5,0.5",
            "NA,0.5\n0.5,0.25\n0.5,NA",
        ] {
            assert_eq!(verdict(text, &[]), Verdict::Numbers, "{text}");
        }
        // A number that the user names is one all the same.
        assert_eq!(verdict("0,1\n1,1\n0,0", &["0", "1"]), Verdict::Numbers);
    }

    #[test]
    fn texts_that_come_again_are_no_headers_unless_another_field_is_one() {
        assert_eq!(verdict("cat\ndog\ncat", &[]), Verdict::SameTexts(1));
        assert_eq!(verdict("cat,dog\ncat,cat\ndog,dog", &["cat", "dog"]), Verdict::SameTexts(0));
        assert_eq!(verdict("cat\ndog\nbird", &[]), Verdict::Unclear);
        assert_eq!(verdict("label,pred\nlabel,cat\ndog,cat", &["label", "pred"]), Verdict::Header);
        assert_eq!(verdict("label,pred\nlabel,cat\ndog,cat", &[]), Verdict::Unclear);
        assert_eq!(verdict("label,score\nlabel,0.5\ndog,1", &[]), Verdict::Header);
    }
}
