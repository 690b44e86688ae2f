//! What the columns of a CSV file hold, by their first records: a text format
//! states no types, and a glob of score columns must not take an identifier.

use super::record::Fields;
use super::select::{Column, Kind};

/// Records that decide.
pub(super) const LOOK_AT: usize = 1_024;

/// Fewer numbers than this are too few to tell identifiers from scores.
const ENOUGH: usize = 8;

/// What was seen in a column.
#[derive(Clone, Copy, Default)]
struct Seen {
    texts: usize,
    numbers: usize,
    /// Numbers that are no plain integer, or are the probabilities 0 and 1.
    like_scores: usize,
}

impl Seen {
    fn look(&mut self, field: &str) {
        let field = field.trim();
        if field.is_empty() {
            return;
        }
        if field.parse::<f64>().is_err() {
            self.texts += 1;
            return;
        }
        let digits = field.strip_prefix(['-', '+']).unwrap_or(field);
        let is_integer = digits.bytes().all(|byte| byte.is_ascii_digit());
        self.numbers += 1;
        self.like_scores += usize::from(!is_integer || matches!(digits, "0" | "1"));
    }

    /// A few texts among numbers are mistakes, and vice versa.
    fn kind(self) -> Kind {
        if self.texts > self.numbers {
            Kind::Text
        } else if self.numbers >= ENOUGH && 2 * self.like_scores < self.numbers {
            Kind::Integer
        } else {
            Kind::Float
        }
    }
}

/// Settles the kinds of `columns` by the `records` of a file.
pub(super) fn settle(columns: &mut [Column], records: &[Vec<u8>]) {
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
        column.kind = seen.kind();
    }
}
