//! The filter of runs: by identity and by night, or one by its number.

use jiff::civil::Date;
use rusqlite::types::Value as Sql;

use super::database::History;
use super::identity::RunId;
use crate::class::nearest;
use crate::error::{Error, Result};

/// Which runs to look at; of every field that is `None`, all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this job.
    pub job: Option<String>,
    /// Of this dataset.
    pub dataset: Option<String>,
    /// Of this model.
    pub model: Option<String>,
    /// Of this split.
    pub split: Option<String>,
    /// Of this night and later ones.
    pub since: Option<Date>,
    /// Of this night and earlier ones.
    pub until: Option<Date>,
}

impl Filter {
    /// The columns that are compared, with what.
    fn names(&self) -> [(&'static str, &Option<String>); 4] {
        [
            ("job", &self.job),
            ("dataset", &self.dataset),
            ("model", &self.model),
            ("split", &self.split),
        ]
    }

    /// The condition on a table `run`, and its parameters.
    pub(in crate::history) fn condition(&self) -> (String, Vec<Sql>) {
        let nights = [("night >= ?", self.since), ("night <= ?", self.until)];
        let named = self.names().into_iter().filter_map(|(column, value)| {
            Some((format!("run.{column} = ?"), Sql::from(value.clone()?)))
        });
        let dated = nights.into_iter().filter_map(|(condition, night)| {
            Some((format!("run.{condition}"), Sql::from(night?.to_string())))
        });
        let (conditions, values): (Vec<String>, Vec<Sql>) = named.chain(dated).unzip();
        match conditions.is_empty() {
            true => ("1".to_owned(), values),
            false => (conditions.join(" AND "), values),
        }
    }
}

impl History {
    /// Why `filter` matches no run: a name that does not occur, with the nearest
    /// one that does, or else the nights.
    ///
    /// # Errors
    ///
    /// What reading the file may give.
    pub fn no_match(&self, filter: &Filter) -> Result<Error> {
        let path = self.path.display();
        for (column, value) in filter.names() {
            let Some(value) = value else { continue };
            let known = self.names(column)?;
            if known.is_empty() {
                return Ok(Error::Usage(format!("{path}: no run was ever recorded")));
            }
            if !known.contains(value) {
                let near = nearest(value, known.iter().map(String::as_str));
                let shown: Vec<&str> = known.iter().take(5).map(String::as_str).collect();
                let hint = near.map_or_else(
                    || format!("there are {}", shown.join(", ")),
                    |near| format!("did you mean '{near}'?"),
                );
                return Ok(Error::Usage(format!(
                    "{path}: no run has the {column} '{value}'; {hint}"
                )));
            }
        }
        Ok(Error::Usage(format!(
            "{path}: no run is of what was asked for; `tallyho history list` shows all"
        )))
    }

    /// The values of one column of identities, sorted.
    fn names(&self, column: &'static str) -> Result<Vec<String>> {
        let failed = self.fails("list the runs");
        let select = format!("SELECT DISTINCT {column} FROM run ORDER BY 1");
        let mut statement = self.connection.prepare(&select).map_err(&failed)?;
        let names = statement.query_map([], |row| row.get(0)).map_err(&failed)?;
        names.collect::<rusqlite::Result<_>>().map_err(&failed)
    }
}

/// How a user names a run: by its number, or counted back from the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunName {
    /// By its number.
    Id(RunId),
    /// `latest~N`: the one before which N are later.
    Latest(u32),
}

impl RunName {
    /// Reads `12`, `latest` or `latest~3`.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let named = match text.strip_prefix("latest") {
            Some("") => Some(Self::Latest(0)),
            Some(back) => back.strip_prefix('~').and_then(|it| it.parse().ok()).map(Self::Latest),
            None => text.parse().ok().filter(|id| *id > 0).map(|id| Self::Id(RunId(id))),
        };
        named.ok_or_else(|| {
            Error::Usage(format!(
                "'{text}' names no run: write its number as `tallyho history list` shows it, \
                 `latest`, or `latest~1` for the one before"
            ))
        })
    }
}
