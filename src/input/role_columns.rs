//! The columns of a file that has one role: all that can be its values, or those
//! that are named with it, as in `FILE:COLUMN`.

use std::collections::HashSet;

use super::roles::quoted;
use super::score_columns::ScoreColumns;
use super::select::{Catalog, Choice, Column, Kind, LISTED, Values};
use super::usual_names::{likeliest, says_id};
use crate::batch::Role;
use crate::error::{Error, Result};
use crate::notice::{self, Notice};

impl Catalog<'_> {
    /// The columns of a file that has one role.
    pub(super) fn choose_values(&self, role: Role, values: Values<'_>) -> Result<Choice> {
        match (role, values) {
            (Role::Scores, Values::Named(name)) => {
                let scores = self.scores(&[name.to_owned()], &[])?;
                Ok(Choice { scores: Some(scores), ..Choice::default() })
            }
            (_, Values::Named(name)) => {
                let place = self.class_column(name, role)?;
                let notices = self.found_by(name, place).into_iter().collect();
                Ok(of_class(role, place, notices))
            }
            (_, Values::Beside(set_aside)) => self.choose_beside(role, set_aside),
        }
    }

    fn choose_beside(&self, role: Role, set_aside: &[String]) -> Result<Choice> {
        let set_aside: HashSet<&String> = set_aside.iter().collect();
        let is_value = |place: &usize| !set_aside.contains(&self.columns[*place].name);
        let (values, taken): (Vec<usize>, Vec<usize>) = (0..self.columns.len()).partition(is_value);
        if role == Role::Scores {
            let scores = match values.as_slice() {
                [only] => self.score_column(*only)?,
                _ => self.all_scores(&values, &taken)?,
            };
            return Ok(Choice { scores: Some(scores), ..Choice::default() });
        }
        if let (true, Some(&first)) = (!taken.is_empty(), values.first()) {
            let name = &self.columns[first].name;
            return Ok(of_class(role, self.class_column(name, role)?, Vec::new()));
        }
        // An index that pandas wrote is no column of the user's.
        let is_index = |column: &&Column| self.columns.len() > 1 && column.kind == Kind::Index;
        let (index, columns): (Vec<_>, Vec<_>) = self.columns.iter().partition(is_index);
        let [only] = columns.as_slice() else {
            return Err(self.several(role, &columns));
        };
        let notices = index.into_iter().map(|it| self.index_left_out(&it.name)).collect();
        Ok(of_class(role, self.class_column(&only.name, role)?, notices))
    }

    /// The scores of a file that has nothing else in its columns `values`.
    fn all_scores(&self, values: &[usize], taken: &[usize]) -> Result<ScoreColumns> {
        let columns = values.iter().map(|&place| &self.columns[place]);
        let columns: Vec<&Column> = columns.filter(|it| it.kind != Kind::Index).collect();
        if let Some(suspect) = suspect(&columns) {
            return Err(self.no_score(&columns, suspect));
        }
        let mut scores = self.scores(&["*".to_owned()], taken)?;
        for notice in &mut scores.notices {
            if notice.code == notice::NOT_NUMBERED {
                let text = notice.text.replace(", though --scores '*' matches", "");
                let hint = format!("if these are scores, name all: {}", self.named(&columns));
                *notice = Notice::new(notice::NOT_NUMBERED, text).hint(hint);
            }
        }
        Ok(scores)
    }

    /// The refusal of several columns, with a line that names the one by its name, or the
    /// last that is not called as an identifier is.
    fn several(&self, role: Role, columns: &[&Column]) -> Error {
        let path = self.path.display();
        let names: Vec<&str> = columns.iter().map(|it| it.name.as_str()).collect();
        let last = names.iter().rfind(|name| !name.trim().is_empty() && !says_id(name));
        let name = likeliest(role, &names).or(last.copied()).unwrap_or("COLUMN");
        let problem = format!(
            "has {} columns ({}); name one, as in --{} {}",
            self.columns.len(),
            self.list(),
            role.name(),
            quoted(&format!("{path}:{name}"))
        );
        Error::format(self.path, problem)
    }

    /// The refusal of a column that may be no score, with a line that leaves it out.
    fn no_score(&self, columns: &[&Column], suspect: &Column) -> Error {
        let found = match &suspect.kind {
            Kind::Class(found) | Kind::Unusable(found) => format!("holds {found}"),
            Kind::FloatList => "holds a list in each row".into(),
            Kind::Integer if columns.iter().any(|it| it.kind == Kind::Float) => {
                "holds whole numbers and others decimals, so it may be no score".into()
            }
            Kind::Integer => "is called as identifiers are, so it may be no score".into(),
            _ => "holds text".into(),
        };
        let lists: Vec<&Column> =
            columns.iter().filter(|it| it.kind == Kind::FloatList).copied().collect();
        let number = |it: &&&Column| it.kind == Kind::Float && !it.name.trim().is_empty();
        let numbers: Vec<&Column> = columns.iter().filter(number).copied().collect();
        let whole = |it: &&&Column| it.kind == Kind::Integer && it.name != suspect.name;
        let rest = match lists.as_slice() {
            [list] => vec![*list],
            _ if numbers.is_empty() => columns.iter().filter(whole).copied().collect(),
            _ => numbers,
        };
        let problem = format!(
            "column '{}' {found}; name the score columns: {}",
            suspect.name,
            self.named(&rest)
        );
        Error::format(self.path, problem)
    }

    /// Score columns as they are named in a line to be typed.
    fn named(&self, columns: &[&Column]) -> String {
        let names: Vec<&str> = columns.iter().map(|it| it.name.as_str()).collect();
        let typed = !names.is_empty()
            && names.len() <= LISTED
            && !names.iter().any(|name| name.contains([',', '\'']) || name.is_empty());
        let list = if typed { names.join(",") } else { "COLUMN,COLUMN".to_owned() };
        format!("--scores {}", quoted(&format!("{}:{list}", self.path.display())))
    }
}

fn of_class(role: Role, place: usize, notices: Vec<Notice>) -> Choice {
    let place = Some(place);
    match role {
        Role::Labels | Role::Slices => Choice { labels: place, notices, ..Choice::default() },
        Role::Predictions | Role::Scores => {
            Choice { predictions: place, notices, ..Choice::default() }
        }
    }
}

/// A column that is most likely no score among others that are.
fn suspect<'a>(columns: &[&'a Column]) -> Option<&'a Column> {
    let is_number = |it: &&&Column| matches!(it.kind, Kind::Float | Kind::Integer);
    if let Some(other) = columns.iter().find(|it| !is_number(it)) {
        return (columns.len() > 1).then_some(*other);
    }
    let digits = |it: &Column| !it.name.is_empty() && it.name.bytes().all(|b| b.is_ascii_digit());
    let is_id = |it: &&&Column| it.kind == Kind::Integer && says_id(&it.name);
    if columns.len() > 1
        && let Some(id) = columns.iter().find(is_id)
    {
        return Some(*id);
    }
    let any_decimal = columns.iter().any(|it| it.kind == Kind::Float);
    let whole = |it: &&&Column| it.kind == Kind::Integer && !digits(it);
    columns.iter().find(whole).filter(|_| any_decimal).copied()
}
