//! The decimal mark of a CSV file: a point, or the comma of half the world.

use super::csv_options::{CsvOptions, Decimal};
use super::record::Fields;
use super::select::Column;
use crate::error::{Error, Result};
use crate::notice::{self, Notice};

/// What the numbers in a column look like, by the first of each kind.
#[derive(Clone, Debug, Default)]
struct Marks {
    point: Option<String>,
    comma: Option<String>,
    /// `1,234`: a decimal comma, or a thousand.
    thousand: Option<String>,
}

impl Marks {
    fn look(&mut self, field: &str) {
        let field = field.trim();
        let place = match field.bytes().filter(|byte| *byte == b',').count() {
            0 if field.contains('.') && field.parse::<f64>().is_ok() => &mut self.point,
            1 if may_be_thousand(field) => &mut self.thousand,
            1 if is_decimal_comma(field) => &mut self.comma,
            _ => return,
        };
        place.get_or_insert_with(|| field.to_owned());
    }

    fn has_commas(&self) -> bool {
        self.comma.is_some() || self.thousand.is_some()
    }
}

/// Whether text is a number with a decimal comma.
pub(super) fn is_decimal_comma(text: &str) -> bool {
    let Some((before, after)) = text.split_once(',') else { return false };
    let digits = before.strip_prefix(['-', '+']).unwrap_or(before);
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && after.starts_with(|first: char| first.is_ascii_digit())
        && !text.contains('.')
        && text.replacen(',', ".", 1).parse::<f64>().is_ok()
}

/// Whether such a number may be a whole one with a comma after the thousands.
pub(super) fn may_be_thousand(text: &str) -> bool {
    if !is_decimal_comma(text) {
        return false;
    }
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    text.split_once(',').is_some_and(|(before, after)| {
        (1..=3).contains(&before.len())
            && !before.starts_with('0')
            && after.len() == 3
            && after.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// What the columns of one file look like.
pub(super) struct Decimals {
    said: Option<Decimal>,
    /// For each column, if the mark is not said.
    marks: Vec<Marks>,
}

impl Decimals {
    /// Looks through the first records.
    pub(super) fn of(
        options: &CsvOptions,
        delimiter: u8,
        columns: usize,
        records: &[Vec<u8>],
    ) -> Self {
        let mut marks = vec![Marks::default(); columns];
        let mut buffer = Vec::new();
        // Without quotes, no field of a file with commas between holds one.
        let may_hold = |record: &[u8]| delimiter != b',' || record.contains(&b'"');
        if options.decimal.is_none() && records.iter().any(|record| may_hold(record)) {
            for record in records {
                let mut fields = Fields::split(record, delimiter);
                for marks in &mut marks {
                    let Some(field) = fields.next(&mut buffer) else { break };
                    marks.look(&String::from_utf8_lossy(field));
                }
            }
        }
        Self { said: options.decimal, marks }
    }

    /// The records with commas between fields and decimal points in numbers, for
    /// whoever looks at what the columns hold.
    pub(super) fn normalized(&self, delimiter: u8, records: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
        let none = self.said.is_none() && !self.marks.iter().any(Marks::has_commas);
        if delimiter == b',' && none {
            return None;
        }
        let mut buffer = Vec::new();
        let rewrite = |record: &Vec<u8>| {
            let mut out = Vec::with_capacity(record.len() + 2);
            let mut fields = Fields::split(record, delimiter);
            let mut column = 0;
            while let Some(field) = fields.next(&mut buffer) {
                if column > 0 {
                    out.push(b',');
                }
                // Where a point is said, such a number is a mistake of its row.
                let said = self.said.is_some();
                let commas = said || self.marks.get(column).is_some_and(Marks::has_commas);
                write_field(&mut out, field, commas);
                column += 1;
            }
            out
        };
        Some(records.iter().map(rewrite).collect())
    }

    /// The decimal mark of the score columns in these places, and what to say of it.
    pub(super) fn settle(
        &self,
        path: &std::path::Path,
        columns: &[Column],
        places: &[usize],
    ) -> Result<(Decimal, Option<Notice>)> {
        if let Some(said) = self.said {
            return Ok((said, None));
        }
        let first = |mark: fn(&Marks) -> &Option<String>| {
            let with = |place: &usize| {
                Some((columns.get(*place)?, mark(self.marks.get(*place)?).as_ref()?))
            };
            places.iter().find_map(with)
        };
        let point = first(|marks| &marks.point);
        let comma = first(|marks| &marks.comma);
        let thousand = first(|marks| &marks.thousand);
        match (comma, thousand, point) {
            (None, None, _) => Ok((Decimal::Point, None)),
            (Some((_, example)), _, None) => {
                let text =
                    format!("{}: scores have a decimal comma, as in '{example}'", path.display());
                Ok((Decimal::Comma, Some(Notice::new(notice::DECIMAL_COMMA, text))))
            }
            (None, Some((column, example)), None) => Err(Error::format(
                path,
                format!(
                    "column '{}': '{example}' may be {decimal} or {whole}; if it is {decimal}, use \
                     --csv decimal=comma, and if it is {whole}, write it so, without a comma",
                    column.name,
                    decimal = example.replacen(',', ".", 1),
                    whole = example.replacen(',', "", 1)
                ),
            )),
            (Some((column, example)), _, Some((other, point)))
            | (None, Some((column, example)), Some((other, point))) => Err(Error::format(
                path,
                format!(
                    "has numbers with a comma, such as '{example}' in column '{}', and with a \
                     point, such as '{point}' in column '{}'; write all of them alike",
                    column.name, other.name
                ),
            )),
        }
    }
}

/// Appends a field; with `commas`, a number with a decimal point in its place.
fn write_field(out: &mut Vec<u8>, field: &[u8], commas: bool) {
    let number = std::str::from_utf8(field).ok().map(str::trim);
    if let Some(number) = number.filter(|number| commas && is_decimal_comma(number)) {
        return out.extend_from_slice(number.replacen(',', ".", 1).as_bytes());
    }
    if !field.iter().any(|byte| b",\"\r\n".contains(byte)) {
        return out.extend_from_slice(field);
    }
    out.push(b'"');
    for &byte in field {
        out.extend_from_slice(if byte == b'"' { b"\"\"" } else { std::slice::from_ref(&byte) });
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_commas_are_told_from_thousands_and_lists() {
        for (text, comma, thousand) in [
            ("0,9", true, false),
            ("-12,25", true, false),
            (",5", true, false),
            ("1,5e-3", true, false),
            ("0,123", true, false),
            ("1,234", true, true),
            ("-123,456", true, true),
            ("1234,567", true, false),
            ("1,234,567", false, false),
            ("1.234,5", false, false),
            ("1,234.5", false, false),
            ("a,b", false, false),
            ("1,", false, false),
            (",", false, false),
            ("1, 2", false, false),
        ] {
            assert_eq!(is_decimal_comma(text), comma, "{text}");
            assert_eq!(comma && may_be_thousand(text), thousand, "{text}");
        }
    }
}
