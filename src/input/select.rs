//! The selection of the columns of a table by role.

use std::path::Path;

use super::Request;
use super::score_columns::ScoreColumns;
use crate::batch::Role;
use crate::class;
use crate::error::{Error, Result};
use crate::notice::{self, Notice};

/// Most names that a message lists.
pub(super) const LISTED: usize = 20;

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
    /// Text, not looked at any closer.
    Text,
    /// Whole numbers: classes or identifiers, or scores.
    Integer,
    /// Numbers: scores, or classes if integral.
    Float,
    /// Numbers of the rows, as pandas writes its index.
    Index,
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
    /// What the user should know about the columns of labels and predictions.
    pub(super) notices: Vec<Notice>,
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

    /// What the user should know about the columns.
    pub(super) fn notices(&self) -> Vec<Notice> {
        let of_scores = self.scores.iter().flat_map(|scores| &scores.notices);
        self.notices.iter().chain(of_scores).cloned().collect()
    }
}

/// Which columns of a file that has one role are its values.
#[derive(Clone, Copy, Debug)]
pub(super) enum Values<'a> {
    /// All but these.
    Beside(&'a [String]),
    /// The named one, or the list or glob of several.
    Named(&'a str),
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
        let mut taken: Vec<usize> = [Some(labels), predictions].into_iter().flatten().collect();
        for name in &request.slices {
            taken.push(self.class_column(name, Role::Slices)?);
        }
        let scores =
            request.has_scores().then(|| self.scores(&request.scores, &taken)).transpose()?;
        let asked =
            [(Some(&request.labels), Some(labels)), (request.predictions.as_ref(), predictions)];
        let notices = asked.into_iter().filter_map(|(name, place)| self.found_by(name?, place?));
        let notices = notices.collect();
        Ok(Choice { labels: Some(labels), predictions, scores, notices })
    }

    /// The place of the one column of this name, or else of one that differs only by
    /// blanks around it.
    pub(super) fn find(&self, name: &str) -> Result<Option<usize>> {
        match self.only(name, |column| column == name)? {
            None if !name.trim().is_empty() => {
                self.only(name, |column| column.trim() == name.trim())
            }
            place => Ok(place),
        }
    }

    fn only(&self, name: &str, is_it: impl Fn(&str) -> bool) -> Result<Option<usize>> {
        let mut places = (0..self.columns.len()).filter(|&place| is_it(&self.columns[place].name));
        match (places.next(), places.next()) {
            (Some(_), Some(_)) => {
                let is_number = name.trim().parse::<f64>().is_ok();
                let hint = match is_number {
                    true => "; if the first line is a row, use --csv header=no",
                    false => "",
                };
                Err(Error::format(self.path, format!("has more than one column '{name}'{hint}")))
            }
            (place, _) => Ok(place),
        }
    }

    /// The note that a column was found by a name without the blanks around it.
    pub(super) fn found_by(&self, name: &str, place: usize) -> Option<Notice> {
        let column = &self.columns[place].name;
        let text = format!("{}: '{name}' was taken for column '{column}'", self.path.display());
        (column != name).then(|| Notice::new(notice::BLANKS_IN_NAMES, text))
    }

    pub(super) fn class_column(&self, name: &str, role: Role) -> Result<usize> {
        let place = self.find(name)?.ok_or_else(|| self.unknown(name))?;
        match &self.columns[place].kind {
            Kind::Text | Kind::Integer | Kind::Float | Kind::Index | Kind::Class(_) => Ok(place),
            Kind::FloatList => Err(self.unfit(
                name,
                &format!("a list in each row; {} need one value per row", role.name()),
            )),
            Kind::Unusable(why) => Err(self.unfit(name, why)),
        }
    }

    pub(super) fn index_left_out(&self, name: &str) -> Notice {
        let text = format!(
            "{}: column '{name}' only numbers the rows, as pandas writes its index: left out",
            self.path.display()
        );
        Notice::new(notice::INDEX_COLUMN, text)
    }

    pub(super) fn unknown(&self, name: &str) -> Error {
        let names = || self.columns.iter().map(|column| column.name.as_str());
        let near = names().find(|known| known.trim() == name.trim());
        let near = near.or_else(|| class::nearest(name, names()));
        let hint = match near {
            _ if Path::new(name).is_file() => {
                "; files of one role each are named without a table before them: --labels FILE …"
                    .into()
            }
            Some(near) => format!("; did you mean '{near}'?"),
            None => String::new(),
        };
        let comment = match self.columns {
            [first, ..] if first.name.starts_with('#') => {
                "; its first line begins with '#': if that is a comment, take such lines out"
            }
            _ => "",
        };
        let list = self.list();
        Error::format(self.path, format!("has no column '{name}'; it has: {list}{hint}{comment}"))
    }

    pub(super) fn unfit(&self, name: &str, why: &str) -> Error {
        Error::format(self.path, format!("column '{name}' holds {why}"))
    }

    /// The names of columns, for a message.
    pub(super) fn list(&self) -> String {
        let quoted = |column: &Column| format!("'{}'", column.name);
        let names: Vec<String> = self.columns.iter().map(quoted).collect();
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
