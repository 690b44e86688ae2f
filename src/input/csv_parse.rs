//! From the records of a CSV file to a batch.

use half::{bf16, f16};

use super::convert::{noun, reuse};
use super::lane::Scratch;
use super::record::Fields;
use crate::batch::{Batch, Fault, Names, Role, Scores, Text};
use crate::exact::ScoreType;

/// Longest part of a value that a message quotes, in characters.
const QUOTED: usize = 40;

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
        text.parse().ok().map(single).map(Self::from_f32)
    }
}

impl Score for bf16 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(single).map(Self::from_f32)
    }
}

/// A float that rounds to 16 bits as `value` itself does. `f16::from_f64` rounds
/// to single precision first on some processors and drops bits on others.
fn single(value: f64) -> f32 {
    #[allow(clippy::cast_possible_truncation, reason = "the rounding is what is wanted")]
    let single = value as f32;
    let nearest = f64::from(single);
    if nearest == value || value.is_nan() {
        return single;
    }
    // Towards zero, with a last bit that says that there was more: what is
    // between two singles is then never taken for a tie of two halves.
    let towards_zero = single.to_bits() - u32::from(nearest.abs() > value.abs());
    f32::from_bits(towards_zero | 1)
}

/// Where the values of one batch go.
struct Target<'a, T> {
    labels: Option<&'a mut Text>,
    predictions: Option<&'a mut Text>,
    scores: &'a mut Vec<T>,
    faults: &'a mut Vec<Fault>,
}

impl Parser {
    /// Parses the records in `scratch`.
    pub(super) fn parse(&self, scratch: &mut Scratch, batch: &mut Batch) {
        let Batch { labels, predictions, scores, faults, .. } = batch;
        let text = |role, names| self.roles.contains(&role).then(|| cleared(names));
        let labels = text(Role::Labels, labels);
        let predictions = text(Role::Predictions, predictions);
        // Parses with the scores in one of the types that a batch can hold.
        macro_rules! parse_as {
            ($variant:ident) => {{
                let scores = reuse!(scores, Scores::$variant);
                scores.clear();
                let target = Target { labels, predictions, scores, faults };
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
                let target = Target { labels, predictions, scores, faults };
                self.parse_records(scratch, target)
            }
        }
    }

    fn parse_records<T: Score>(&self, scratch: &mut Scratch, mut target: Target<'_, T>) {
        let Scratch { raw, block, records, .. } = scratch;
        let mut moved = Vec::new();
        for (row, record) in records.iter().enumerate() {
            let first_score = target.scores.len();
            let mut fields = Fields::new(&raw[record.clone()]);
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
                let fields = if found == 1 { "field" } else { "fields" };
                let problem =
                    format!("has {found} {fields} where the header has {}", self.uses.len());
                target.malformed(row, self.roles[0], problem);
            }
            if let Some(order) = &self.order {
                let scores = &mut target.scores[first_score..];
                moved.clear();
                moved.extend(order.iter().map(|&from| scores[from]));
                scores.copy_from_slice(&moved);
            }
        }
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
        let text = std::str::from_utf8(field).ok();
        let score = text.and_then(|text| T::parse(text.trim_ascii()));
        if score.is_none() {
            let problem = if field.trim_ascii().is_empty() {
                format!("score {place} is missing")
            } else {
                format!(
                    "score {place} is '{}', not a number",
                    excerpt(&String::from_utf8_lossy(field))
                )
            };
            self.faults.push(Fault { row, role: Role::Scores, problem });
        }
        // The columns are in the table's order, so this is place `place`.
        self.scores.push(score.unwrap_or_default());
    }
}

fn take_name(text: &mut Text, faults: &mut Vec<Fault>, row: usize, role: Role, field: &[u8]) {
    let problem = match std::str::from_utf8(field) {
        Ok("") => format!("the {} is missing", noun(role)),
        Ok(name) => return text.push(name),
        Err(_) => format!(
            "the {} '{}' is not UTF-8",
            noun(role),
            excerpt(&String::from_utf8_lossy(field))
        ),
    };
    text.push("");
    faults.push(Fault { row, role, problem });
}

/// The beginning of a value, fit for a message.
pub(super) fn excerpt(text: &str) -> String {
    let mut excerpt: String = text.chars().take(QUOTED).collect();
    if excerpt.len() < text.len() {
        excerpt.push('…');
    }
    excerpt
}
