//! The parser of the records of a CSV file into a batch.

use half::{bf16, f16};

use super::convert::{noun, reuse};
use super::csv_decimal::{is_decimal_comma, may_be_thousand};
use super::csv_header::excerpt;
use super::csv_options::{DELIMITERS, shown};
use super::csv_repeated::{Again, HeaderLine};
use super::lane::Scratch;
use super::record::{Fields, has_stray_return, returns_end_records};
use crate::batch::{Batch, Fault, Names, Role, Scores, Text};
use crate::exact::{ScoreType, single_for_halves};

/// What is said of a row that is the header once more.
const REPEATED: &str = "repeats the header line; --csv repeated-header=skip leaves such lines out; \
                        for rows like it, use --csv repeated-header=keep";

/// What is said of a row that has the names of the header in another order.
pub(super) const MOVED: &str = "has the names of the header in another order: move the rows below \
                     it to a file of their own; if it is a row, use --csv \
                     repeated-header=keep";

/// What is said of a quote that may be a mere character, as in `"a" b`.
const TEXT_AFTER_QUOTE: &str = "has text after the quote that closes a field; write a quote that \
                                is part of a value twice, and the value in quotes";

/// What is said of a carriage return within a line.
const STRAY_RETURN: &str = "has a carriage return within a line; save the file with \\n or \\r\\n \
                            at the end of each";

/// What a field is used for.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    pub(super) label: bool,
    pub(super) prediction: bool,
    /// The place of the score in its row.
    pub(super) score: Option<usize>,
}

/// Parses the records of one file.
#[derive(Clone, Debug)]
pub(super) struct Parser {
    /// For each field of a record.
    pub(super) uses: Vec<Uses>,
    /// The type of the scores, if there are any.
    pub(super) score_type: Option<ScoreType>,
    pub(super) roles: Vec<Role>,
    /// The score, by its place in the record, that stands at each place of a row; as
    /// they come if `None`.
    pub(super) order: Option<Vec<usize>>,
    pub(super) delimiter: u8,
    /// Whether scores have a decimal comma.
    pub(super) decimal_comma: bool,
    /// Whether the first line of the file is a header.
    pub(super) has_header: bool,
    /// The header, if no row may be the same.
    pub(super) repeated: Option<HeaderLine>,
    /// The names of the score columns, in the table's order; none without a header.
    pub(super) score_names: Vec<String>,
}

/// A score that text stands for.
trait Score: Copy + Default {
    fn parse(text: &str) -> Option<Self>;
}

impl Score for f64 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Score for f32 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Score for f16 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(single_for_halves).map(Self::from_f32)
    }
}

impl Score for bf16 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(single_for_halves).map(Self::from_f32)
    }
}

/// Where the values of one batch go.
struct Target<'a, T> {
    labels: Option<&'a mut Text>,
    predictions: Option<&'a mut Text>,
    scores: &'a mut Vec<T>,
    decimal_comma: bool,
    /// The names of the score columns, if they have any.
    score_names: &'a [String],
    faults: &'a mut Vec<Fault>,
}

impl Parser {
    /// Parses the records in `scratch`. Returns the record that has the names of the header in another order, if one has.
    pub(super) fn parse(&self, scratch: &mut Scratch, batch: &mut Batch) -> Option<usize> {
        let Batch { labels, predictions, scores, faults, .. } = batch;
        let text = |role, names| self.roles.contains(&role).then(|| cleared(names));
        let labels = text(Role::Labels, labels);
        let predictions = text(Role::Predictions, predictions);
        let decimal_comma = self.decimal_comma;
        let score_names = self.score_names.as_slice();
        // Parses with the scores in one of the types that a batch can hold.
        macro_rules! parse_as {
            ($variant:ident) => {{
                let scores = reuse!(scores, Scores::$variant);
                scores.clear();
                let target =
                    Target { labels, predictions, scores, decimal_comma, score_names, faults };
                self.parse_records(scratch, target)
            }};
        }
        match self.score_type {
            Some(ScoreType::F16) => parse_as!(F16),
            Some(ScoreType::Bf16) => parse_as!(Bf16),
            Some(ScoreType::F32) => parse_as!(F32),
            Some(ScoreType::F64) => parse_as!(F64),
            None => {
                let scores = &mut Vec::<f64>::new();
                let target =
                    Target { labels, predictions, scores, decimal_comma, score_names, faults };
                self.parse_records(scratch, target)
            }
        }
    }

    fn parse_records<T: Score>(
        &self,
        scratch: &mut Scratch,
        mut target: Target<'_, T>,
    ) -> Option<usize> {
        let Scratch { raw, block, records, .. } = scratch;
        let mut moved = Vec::new();
        let look_for_returns = !returns_end_records(raw, records);
        for (row, record) in records.iter().enumerate() {
            let first_score = target.scores.len();
            let record = &raw[record.clone()];
            if let Some(again) = self.repeated.as_ref().and_then(|header| header.again(record)) {
                if again == Again::Moved {
                    return Some(row);
                }
                self.uses.iter().for_each(|uses| target.leave_out(uses));
                target.malformed(row, self.roles[0], REPEATED.into());
                continue;
            }
            let mut fields = Fields::split(record, self.delimiter);
            let mut found = 0;
            while let Some(field) = fields.next(block) {
                if let Some(uses) = self.uses.get(found) {
                    target.take(row, field, uses);
                }
                found += 1;
            }
            if found != self.uses.len() {
                let missing = self.uses.get(found..).unwrap_or_default();
                missing.iter().for_each(|uses| target.leave_out(uses));
                target.malformed(row, self.roles[0], self.other_length(record, found));
            } else if fields.go_on_after_quotes() {
                target.malformed(row, self.roles[0], TEXT_AFTER_QUOTE.into());
            } else if look_for_returns && has_stray_return(record, self.delimiter) {
                target.malformed(row, self.roles[0], STRAY_RETURN.into());
            }
            if let Some(order) = &self.order {
                let scores = &mut target.scores[first_score..];
                moved.clear();
                moved.extend(order.iter().map(|&from| scores[from]));
                scores.copy_from_slice(&moved);
            }
        }
        None
    }

    /// What is wrong with a record of so many fields, and what may be behind it.
    #[cold]
    fn other_length(&self, record: &[u8], found: usize) -> String {
        let expected = self.uses.len();
        let fields = if found == 1 { "field" } else { "fields" };
        let first = if self.has_header { "header" } else { "first line" };
        let fits = |delimiter: &u8| {
            *delimiter != self.delimiter && Fields::split(record, *delimiter).count() == expected
        };
        let other = DELIMITERS.iter().map(|(delimiter, _)| *delimiter).find(fits);
        let scores = self.uses.iter().filter(|uses| uses.score.is_some()).count();
        let hint = match other {
            Some(other) if expected > 1 => {
                format!("; separated by {} it has {expected}", shown(other))
            }
            _ if self.delimiter == b',' && scores > 0 && found == expected + scores => {
                "; a number with a decimal comma must be in quotes".to_owned()
            }
            _ => String::new(),
        };
        format!("has {found} {fields} where the {first} has {expected}{hint}")
    }
}

/// The strings in a column, none yet.
fn cleared(names: &mut Names) -> &mut Text {
    let text = reuse!(names, Names::Text);
    text.clear();
    text
}

impl<T: Score> Target<'_, T> {
    fn take(&mut self, row: usize, field: &[u8], uses: &Uses) {
        if uses.label
            && let Some(labels) = &mut self.labels
        {
            take_name(labels, self.faults, row, Role::Labels, field);
        }
        if uses.prediction
            && let Some(predictions) = &mut self.predictions
        {
            take_name(predictions, self.faults, row, Role::Predictions, field);
        }
        if let Some(place) = uses.score {
            self.take_score(row, field, place);
        }
    }

    /// Fills the place of a value that is not there.
    fn leave_out(&mut self, uses: &Uses) {
        if uses.label
            && let Some(labels) = &mut self.labels
        {
            labels.push("");
        }
        if uses.prediction
            && let Some(predictions) = &mut self.predictions
        {
            predictions.push("");
        }
        if uses.score.is_some() {
            self.scores.push(T::default());
        }
    }

    /// Notes that a whole record is amiss, rather than what its fields look like.
    fn malformed(&mut self, row: usize, role: Role, problem: String) {
        while self.faults.pop_if(|fault| fault.row == row).is_some() {}
        self.faults.push(Fault { row, role, problem });
    }

    fn take_score(&mut self, row: usize, field: &[u8], place: usize) {
        let text = std::str::from_utf8(field).ok().map(str::trim_ascii);
        let found = match text {
            Some(text) if self.decimal_comma => with_decimal_comma(text),
            Some(text) => T::parse(text),
            None => None,
        };
        if found.is_none() {
            let problem = self.no_score(field, place);
            self.faults.push(Fault { row, role: Role::Scores, problem });
        }
        // The columns are in the table's order, so this is place `place`.
        self.scores.push(found.unwrap_or_default());
    }

    /// Why a field is no score.
    #[cold]
    fn no_score(&self, field: &[u8], place: usize) -> String {
        let excerpt = excerpt(field);
        let name = self.score_names.get(place);
        let score = name.map_or_else(|| format!("score {place}"), |it| score_column(it));
        let text = std::str::from_utf8(field).ok().map(str::trim_ascii);
        if field.trim_ascii().is_empty() {
            format!("{score} is missing")
        } else if self.decimal_comma {
            format!("{score} is '{excerpt}', not a number with a decimal comma")
        } else if let Some(thousand) = text.filter(|text| may_be_thousand(text)) {
            let whole = thousand.replacen(',', "", 1);
            let decimal = thousand.replacen(',', ".", 1);
            format!(
                "{score} is '{excerpt}', not a number; if it is {whole}, write it so, and if it \
                 is {decimal}, use --csv decimal=comma"
            )
        } else if text.is_some_and(is_decimal_comma) {
            format!(
                "{score} is '{excerpt}', not a number; if that is a decimal comma, use --csv \
                 decimal=comma"
            )
        } else {
            format!("{score} is '{excerpt}', not a number")
        }
    }
}

/// "score column 'p_1'": a score in a message, by the name of its column.
pub(super) fn score_column(name: &str) -> String {
    format!("score column '{}'", excerpt(name.as_bytes()))
}

/// A number with a decimal comma, or whole; a point in it may part thousands.
fn with_decimal_comma<T: Score>(text: &str) -> Option<T> {
    if text.contains('.') {
        return None;
    }
    T::parse(&text.replacen(',', ".", 1))
}

fn take_name(text: &mut Text, faults: &mut Vec<Fault>, row: usize, role: Role, field: &[u8]) {
    let problem = match std::str::from_utf8(field) {
        Ok("") => format!("the {} is missing", noun(role)),
        Ok(name) => return text.push(name),
        Err(_) => format!("the {} '{}' is not UTF-8", noun(role), excerpt(field)),
    };
    text.push("");
    faults.push(Fault { row, role, problem });
}
