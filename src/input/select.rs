//! Which columns of a table play which role.

use std::path::Path;

use super::Request;
use super::score_columns::ScoreColumns;
use crate::batch::Role;
use crate::class;
use crate::error::{Error, Result};
use crate::notice::{self, Notice};

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
    notices: Vec<Notice>,
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
        let scores =
            request.has_scores().then(|| self.scores(&request.scores, &taken)).transpose()?;
        Ok(Choice { labels: Some(labels), predictions, scores, notices: Vec::new() })
    }

    /// The columns of a file that has one role.
    pub(super) fn choose_all(&self, role: Role) -> Result<Choice> {
        if role == Role::Scores {
            return Ok(Choice { scores: Some(self.all_scores()?), ..Choice::default() });
        }
        // An index that pandas wrote is no column of the user's.
        let is_index = |column: &&Column| self.columns.len() > 1 && column.kind == Kind::Index;
        let (index, columns): (Vec<_>, Vec<_>) = self.columns.iter().partition(is_index);
        let [only] = columns.as_slice() else {
            let problem = format!(
                "has {} columns ({}), and nothing tells which one holds the {role}; if all roles \
                 are in this file, write: tallyho eval {} --{role} COLUMN …, and else save that \
                 column as a file of its own",
                self.columns.len(),
                self.list(),
                self.path.display(),
                role = role.name(),
            );
            return Err(Error::format(self.path, problem));
        };
        let place = Some(self.class_column(&only.name, role)?);
        let notices = index.into_iter().map(|it| self.index_left_out(&it.name)).collect();
        Ok(match role {
            Role::Labels => Choice { labels: place, notices, ..Choice::default() },
            Role::Predictions | Role::Scores => {
                Choice { predictions: place, notices, ..Choice::default() }
            }
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
                Choice { scores: Some(self.score_column(*first)?), ..Choice::default() }
            }
            (Role::Scores, _) => Choice {
                scores: Some(self.scores(&["*".to_owned()], &taken)?),
                ..Choice::default()
            },
        })
    }

    /// The place of the one column of this name.
    pub(super) fn find(&self, name: &str) -> Result<Option<usize>> {
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
        let list = self.list();
        Error::format(self.path, format!("has no column '{name}'; it has: {list}{hint}"))
    }

    pub(super) fn unfit(&self, name: &str, why: &str) -> Error {
        Error::format(self.path, format!("column '{name}' holds {why}"))
    }

    /// The names of columns, for a message.
    pub(super) fn list(&self) -> String {
        // Spaces at the ends of a name show in quotes only.
        let shown = |column: &Column| match column.name.trim() == column.name {
            true => column.name.clone(),
            false => format!("'{}'", column.name),
        };
        let names: Vec<String> = self.columns.iter().map(shown).collect();
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
