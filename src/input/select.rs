//! Which columns of a table play which role.

use std::path::Path;

use glob::Pattern;

use super::Request;
use super::dtype::not_scores;
use crate::batch::Role;
use crate::class;
use crate::error::{Error, Result};

/// Most names that a message lists.
const LISTED: usize = 20;

/// A column that a table offers.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// What a column may be used for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "only Parquet columns have types"))]
pub(super) enum Kind {
    /// Text that is no number.
    Text,
    /// Text that is integers: classes or identifiers, or scores if so named.
    Integer,
    /// A float: a score, or a class if integral.
    Float,
    /// A class but no score: the type, for messages.
    Class(String),
    /// A list of floats: a row of scores.
    FloatList,
    /// Nothing: why not.
    Unusable(String),
}

/// The columns chosen, by their place in the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) labels: Option<usize>,
    pub(super) predictions: Option<usize>,
    pub(super) scores: Option<ScoreColumns>,
}

/// The columns that hold scores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ScoreColumns {
    /// Their places, in the table's order.
    pub(super) places: Vec<usize>,
    /// Whether a row is a row of a matrix, even of one column.
    pub(super) matrix: bool,
    /// Class names taken from the names of the columns.
    pub(super) names: Option<Vec<String>>,
}

impl Choice {
    /// The roles that were chosen for.
    pub(super) fn roles(&self) -> Vec<Role> {
        let chosen = [
            (Role::Labels, self.labels.is_some()),
            (Role::Predictions, self.predictions.is_some()),
            (Role::Scores, self.scores.is_some()),
        ];
        chosen.into_iter().filter(|(_, chosen)| *chosen).map(|(role, _)| role).collect()
    }
}

/// A table's columns, to choose from.
pub(super) struct Catalog<'a> {
    pub(super) path: &'a Path,
    pub(super) columns: &'a [Column],
}

impl Catalog<'_> {
    /// The columns that the user named.
    pub(super) fn choose(&self, request: &Request) -> Result<Choice> {
        let class = |name: &String, role| self.class_column(name, role);
        let labels = self.class_column(&request.labels, Role::Labels)?;
        let predictions =
            request.predictions.as_ref().map(|name| class(name, Role::Predictions)).transpose()?;
        let taken: Vec<usize> = [Some(labels), predictions].into_iter().flatten().collect();
        let scores = request.scores.first().map(|name| self.scores(name, &taken)).transpose()?;
        Ok(Choice { labels: Some(labels), predictions, scores })
    }

    /// The columns of a file that has one role.
    pub(super) fn choose_all(&self, role: Role) -> Result<Choice> {
        if role == Role::Scores {
            let scores = match self.columns {
                [only] => self.score_column(0, &only.name)?,
                _ => self.score_glob("*", &[])?,
            };
            return Ok(Choice { scores: Some(scores), ..Choice::default() });
        }
        let [only] = self.columns else {
            let problem = format!(
                "has {} columns ({}); give the file as the table and name one with --{}",
                self.columns.len(),
                self.list(),
                role.name()
            );
            return Err(Error::format(self.path, problem));
        };
        let place = Some(self.class_column(&only.name, role)?);
        Ok(match role {
            Role::Labels => Choice { labels: place, ..Choice::default() },
            Role::Predictions | Role::Scores => Choice { predictions: place, ..Choice::default() },
        })
    }

    /// The columns of a file that has one role, beside those that are `set_aside`.
    pub(super) fn choose_beside(&self, role: Role, set_aside: &[String]) -> Result<Choice> {
        let is_value = |place: &usize| !set_aside.contains(&self.columns[*place].name);
        let (values, taken): (Vec<usize>, Vec<usize>) = (0..self.columns.len()).partition(is_value);
        let (true, [first, rest @ ..]) = (!taken.is_empty(), values.as_slice()) else {
            return self.choose_all(role);
        };
        let name = &self.columns[*first].name;
        Ok(match (role, rest) {
            (Role::Labels, _) => {
                Choice { labels: Some(self.class_column(name, role)?), ..Choice::default() }
            }
            (Role::Predictions, _) => {
                Choice { predictions: Some(self.class_column(name, role)?), ..Choice::default() }
            }
            (Role::Scores, []) => {
                Choice { scores: Some(self.score_column(*first, name)?), ..Choice::default() }
            }
            (Role::Scores, _) => {
                Choice { scores: Some(self.score_glob("*", &taken)?), ..Choice::default() }
            }
        })
    }

    /// The place of the one column of this name.
    fn find(&self, name: &str) -> Result<Option<usize>> {
        let mut places = (0..self.columns.len()).filter(|&place| self.columns[place].name == name);
        match (places.next(), places.next()) {
            (Some(_), Some(_)) => {
                Err(Error::format(self.path, format!("has more than one column '{name}'")))
            }
            (place, _) => Ok(place),
        }
    }

    fn class_column(&self, name: &str, role: Role) -> Result<usize> {
        let place = self.find(name)?.ok_or_else(|| self.unknown(name))?;
        match &self.columns[place].kind {
            Kind::Text | Kind::Integer | Kind::Float | Kind::Class(_) => Ok(place),
            Kind::FloatList => Err(self.unfit(
                name,
                &format!("a list in each row; {} need one value per row", role.name()),
            )),
            Kind::Unusable(why) => Err(self.unfit(name, why)),
        }
    }

    fn scores(&self, name: &str, taken: &[usize]) -> Result<ScoreColumns> {
        match self.find(name)? {
            Some(place) => self.score_column(place, name),
            None if has_wildcard(name) => self.score_glob(name, taken),
            None => Err(self.unknown(name)),
        }
    }

    fn score_column(&self, place: usize, name: &str) -> Result<ScoreColumns> {
        let matrix = match &self.columns[place].kind {
            Kind::Integer | Kind::Float => false,
            Kind::FloatList => true,
            Kind::Text => {
                let why = "text; scores are numbers (for predicted classes use --predictions)";
                return Err(self.unfit(name, why));
            }
            Kind::Class(found) => {
                let problem = format!("column '{name}': {}", not_scores(found));
                return Err(Error::format(self.path, problem));
            }
            Kind::Unusable(why) => return Err(self.unfit(name, why)),
        };
        Ok(ScoreColumns { places: vec![place], matrix, names: None })
    }

    fn score_glob(&self, glob: &str, taken: &[usize]) -> Result<ScoreColumns> {
        let pattern = Pattern::new(glob)
            .map_err(|error| Error::Usage(format!("--scores '{glob}' is not a glob: {error}")))?;
        let matching = |kind: &Kind| -> Vec<usize> {
            let matches = |place: &usize| {
                let column = &self.columns[*place];
                column.kind == *kind && !taken.contains(place) && pattern.matches(&column.name)
            };
            (0..self.columns.len()).filter(matches).collect()
        };
        let (floats, integers) = (matching(&Kind::Float), matching(&Kind::Integer));
        if let ([first, ..], [integer, ..]) = (floats.as_slice(), integers.as_slice()) {
            let name = |place: &usize| &self.columns[*place].name;
            let problem = format!(
                "--scores '{glob}' matches columns of floats such as '{}' and columns of integers \
                 such as '{}'; narrow it, as in 'p[0-9]*'",
                name(first),
                name(integer)
            );
            return Err(Error::format(self.path, problem));
        }
        let places = if floats.is_empty() { integers } else { floats };
        if places.is_empty() {
            let problem =
                format!("no column of floats matches --scores '{glob}'; it has: {}", self.list());
            return Err(Error::format(self.path, problem));
        }
        for &place in &places {
            self.find(&self.columns[place].name)?;
        }
        let names: Vec<&str> =
            places.iter().map(|&place| self.columns[place].name.as_str()).collect();
        Ok(ScoreColumns { names: class_names(glob, &names), places, matrix: true })
    }

    fn unknown(&self, name: &str) -> Error {
        let near = class::nearest(name, self.columns.iter().map(|column| column.name.as_str()));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean '{near}'?"));
        let list = self.list();
        Error::format(self.path, format!("has no column '{name}'; it has: {list}{hint}"))
    }

    fn unfit(&self, name: &str, why: &str) -> Error {
        Error::format(self.path, format!("column '{name}' holds {why}"))
    }

    /// The names of columns, for a message.
    fn list(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        match names.len() {
            0 => "none".into(),
            count if count > LISTED => {
                format!("{} and {} more", names[..LISTED].join(", "), count - LISTED)
            }
            _ => names.join(", "),
        }
    }
}

/// Whether a name can match others than itself.
pub(super) fn has_wildcard(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// The class names in the names of score columns: what the glob's only `*`
/// matched. `None` if the columns are numbered 0, 1, 2, … in this order, so
/// that their places say it all.
fn class_names(glob: &str, columns: &[&str]) -> Option<Vec<String>> {
    let (before, after) = glob.split_once('*')?;
    if has_wildcard(before) || has_wildcard(after) {
        return None;
    }
    let matched = columns.iter().map(|name| &name[before.len()..name.len() - after.len()]);
    let texts: Vec<String> = matched.map(str::to_owned).collect();
    let is_number = |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !texts.iter().all(is_number) {
        return Some(texts);
    }
    // `class_01` is class 1, however it is padded.
    let numbers: Vec<String> = texts.iter().map(|text| canonical(text)).collect();
    let in_order = numbers.iter().enumerate().all(|(place, number)| *number == place.to_string());
    (!in_order).then_some(numbers)
}

/// Digits without leading zeros.
fn canonical(digits: &str) -> String {
    let trimmed = digits.trim_start_matches('0');
    if trimmed.is_empty() { "0".into() } else { trimmed.to_owned() }
}
