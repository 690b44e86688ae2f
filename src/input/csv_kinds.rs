//! The kinds of the columns of a CSV file, by their first records: a text format
//! states no types, and a glob of score columns must not take an identifier.

use super::csv_header::excerpt;
use super::record::Fields;
use super::select::{Column, Kind};
use super::usual_names::says_id;

/// Records that decide.
pub(super) const LOOK_AT: usize = 1_024;

/// Fewer numbers than this are too few to tell identifiers from scores.
const ENOUGH: usize = 8;

/// So many that count on from one another are no scores.
const FEWEST_IDS: usize = 3;

/// What was seen in a column.
#[derive(Clone, Default)]
struct Seen {
    texts: usize,
    /// The first of the texts.
    text: String,
    numbers: usize,
    /// Numbers that are no plain integer, or are the probabilities 0 and 1.
    like_scores: usize,
    /// Those that are no plain integer.
    decimals: usize,
    /// The integer before, and whether each is one more than the one before it.
    last: Option<i64>,
    breaks: usize,
}

impl Seen {
    fn look(&mut self, field: &str) {
        let field = field.trim();
        if field.is_empty() {
            return;
        }
        if field.parse::<f64>().is_err() {
            if self.texts == 0 {
                self.text = excerpt(field.as_bytes());
            }
            self.texts += 1;
            return;
        }
        let digits = field.strip_prefix(['-', '+']).unwrap_or(field);
        let is_integer = digits.bytes().all(|byte| byte.is_ascii_digit());
        self.numbers += 1;
        let value: Option<i64> = field.parse().ok();
        let follows = self.last.is_none_or(|last| value == last.checked_add(1));
        self.breaks += usize::from(!follows || value.is_none());
        self.last = value;
        self.decimals += usize::from(!is_integer);
        self.like_scores += usize::from(!is_integer || matches!(digits, "0" | "1"));
    }

    /// A few texts among numbers are mistakes, and vice versa.
    fn kind(self, name: &str) -> Kind {
        let is_count = self.texts == 0 && self.numbers > 0 && self.breaks == 0;
        if self.texts > self.numbers {
            Kind::Class(format!("text such as '{}'", self.text))
        } else if is_count && names_an_index(name) {
            Kind::Index
        } else if self.numbers >= ENOUGH && 2 * self.like_scores < self.numbers
            || self.is_of_few_ids(name)
        {
            Kind::Integer
        } else {
            Kind::Float
        }
    }

    /// Whether a few whole numbers are identifiers by what they are called, or since each
    /// is one more than the one before. 0 and 1 come once at most among them.
    fn is_of_few_ids(&self, name: &str) -> bool {
        let is_whole = self.texts == 0 && self.numbers > 0 && self.decimals == 0;
        let counts = self.breaks == 0 && self.numbers >= FEWEST_IDS;
        is_whole && (counts || says_id(name) && self.like_scores <= 2)
    }
}

/// Whether pandas names its index so: not at all, or by its place.
fn names_an_index(name: &str) -> bool {
    name.is_empty()
        || name.strip_prefix("Unnamed: ").is_some_and(|place| place.parse::<u32>().is_ok())
}

/// Settles the kinds of `columns` by the `records` of a file; the first is an index
/// where it is of `row_names`.
pub(super) fn settle(columns: &mut [Column], records: &[Vec<u8>], row_names: bool) {
    let mut seen = vec![Seen::default(); columns.len()];
    let mut buffer = Vec::new();
    for record in records {
        let mut fields = Fields::new(record);
        for seen in &mut seen {
            let Some(field) = fields.next(&mut buffer) else { break };
            seen.look(&String::from_utf8_lossy(field));
        }
    }
    for (column, seen) in columns.iter_mut().zip(seen) {
        column.kind = seen.kind(&column.name);
    }
    if let Some(first) = columns.first_mut().filter(|_| row_names) {
        first.kind = Kind::Index;
    }
}
