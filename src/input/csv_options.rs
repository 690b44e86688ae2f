//! The options of CSV files, for what their text does not say: separator, decimal
//! mark, header.

use std::str::FromStr;

use serde::Deserialize;

/// What is said of CSV files; what is left out is told by each file itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct CsvOptions {
    /// The byte between fields.
    pub delimiter: Option<u8>,
    /// The decimal mark of scores.
    pub decimal: Option<Decimal>,
    /// Whether the first line is a header.
    pub header: Option<bool>,
    /// What becomes of a record that is the header once more.
    pub repeated_header: Option<RepeatedHeader>,
}

/// The mark before the fraction of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decimal {
    /// `0.9`
    Point,
    /// `0,9`
    Comma,
}

/// What becomes of a record that is the header once more, as where files were
/// put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatedHeader {
    /// The row cannot be scored.
    Error,
    /// It is no row.
    Skip,
    /// It is a row like any other.
    Keep,
}

/// The separators that files are looked through for, with their names.
pub(super) const DELIMITERS: [(u8, &str); 4] =
    [(b',', "comma"), (b';', "semicolon"), (b'\t', "tab"), (b'|', "pipe")];

/// The separator as an option names it: "semicolon", or the character itself.
pub(super) fn delimiter_name(delimiter: u8) -> String {
    let known = DELIMITERS.iter().find(|(known, _)| *known == delimiter);
    known.map_or_else(|| char::from(delimiter).to_string(), |(_, name)| (*name).to_owned())
}

/// The separator as a message shows it.
pub(super) fn shown(delimiter: u8) -> String {
    if delimiter == b'\t' { "tabs".into() } else { format!("'{}'", char::from(delimiter)) }
}

impl CsvOptions {
    /// These options, and where one is left out, that of `usual`.
    #[must_use]
    pub fn or(self, usual: Self) -> Self {
        Self {
            delimiter: self.delimiter.or(usual.delimiter),
            decimal: self.decimal.or(usual.decimal),
            header: self.header.or(usual.header),
            repeated_header: self.repeated_header.or(usual.repeated_header),
        }
    }

    /// All of these; of what is said twice, the last holds.
    #[must_use]
    pub fn merged(given: &[Self]) -> Self {
        given.iter().fold(Self::default(), |earlier, later| later.clone().or(earlier))
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let unknown = |expected: &str| Err(format!("{key} is {expected}, found '{value}'"));
        match key {
            "delimiter" | "separator" | "sep" => match delimiter(value) {
                Some(byte) => self.delimiter = Some(byte),
                None => {
                    return unknown(
                        "comma, semicolon, tab, pipe, or one character that is no letter, digit or \
                         quote",
                    );
                }
            },
            "decimal" => match value {
                "." | "point" | "dot" => self.decimal = Some(Decimal::Point),
                "," | "comma" => self.decimal = Some(Decimal::Comma),
                _ => return unknown("point or comma"),
            },
            "header" => match value {
                "yes" | "true" => self.header = Some(true),
                "no" | "none" | "false" => self.header = Some(false),
                _ => return unknown("yes or no"),
            },
            "repeated-header" | "repeated_header" => match value {
                "error" => self.repeated_header = Some(RepeatedHeader::Error),
                "skip" => self.repeated_header = Some(RepeatedHeader::Skip),
                "keep" => self.repeated_header = Some(RepeatedHeader::Keep),
                _ => return unknown("error, skip or keep"),
            },
            _ => {
                return Err(format!(
                    "'{key}' is not known; expected delimiter, decimal, header or repeated-header, \
                     as in 'delimiter=;,decimal=comma'"
                ));
            }
        }
        Ok(())
    }
}

fn delimiter(value: &str) -> Option<u8> {
    let named = DELIMITERS.iter().find(|(_, name)| *name == value);
    match (named, value, value.as_bytes()) {
        (Some((byte, _)), ..) => Some(*byte),
        (None, "\\t", _) => Some(b'\t'),
        (None, "space", _) => Some(b' '),
        (None, _, [byte])
            if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) =>
        {
            Some(*byte)
        }
        _ => None,
    }
}

impl FromStr for CsvOptions {
    type Err = String;

    /// Parses `key=value` pairs with commas between them; a value may be a comma.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut options = Self::default();
        let mut rest = text;
        while !rest.is_empty() {
            let (key, after) = rest.split_once('=').ok_or_else(|| {
                format!("'{rest}' is no 'key=value', as in 'delimiter=;,decimal=comma'")
            })?;
            // What begins with a comma is one: no value is empty.
            let after = after.trim_matches(' ');
            let end = match after.strip_prefix(',') {
                Some(_) => 1,
                None => after.find(',').unwrap_or(after.len()),
            };
            let (value, after) = after.split_at(end);
            let value = value.trim_matches(' ').to_ascii_lowercase();
            options.set(&key.trim().to_ascii_lowercase(), &value)?;
            rest = after.trim_matches(' ');
            rest = rest.strip_prefix(',').unwrap_or(rest);
        }
        Ok(options)
    }
}

impl TryFrom<String> for CsvOptions {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_be_a_comma_and_a_name_or_the_character_itself() {
        let expected = CsvOptions {
            delimiter: Some(b';'),
            decimal: Some(Decimal::Comma),
            header: Some(false),
            repeated_header: Some(RepeatedHeader::Skip),
        };
        for text in [
            "delimiter=;,decimal=comma,header=no,repeated-header=skip",
            "delimiter=;,decimal=,,header=no,repeated-header=skip",
            "decimal=,header=no,delimiter=semicolon,repeated_header=Skip,",
            " Delimiter = Semicolon, decimal = , , header = no, repeated-header = skip",
        ] {
            assert_eq!(text.parse(), Ok(expected.clone()), "{text}");
        }
        for (text, byte) in
            [("tab", b'\t'), ("\t", b'\t'), ("\\t", b'\t'), ("|", b'|'), (",", b','), (":", b':')]
        {
            let found = format!("delimiter={text}").parse::<CsvOptions>();
            assert_eq!(found.map(|found| found.delimiter), Ok(Some(byte)), "{text}");
        }
    }

    #[test]
    fn what_is_no_option_is_refused() {
        for text in [
            "delimiter",
            "delimiter=",
            "delimiter=ab",
            "delimiter=\"",
            "delimiter=x",
            "header=maybe",
            "quote='",
            "decimal=;",
            "decimal=",
            "repeated-header=drop",
        ] {
            assert!(text.parse::<CsvOptions>().is_err(), "{text}");
        }
    }
}
