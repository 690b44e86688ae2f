//! The one file that a role names where there is no table.

use std::collections::HashSet;
use std::path::Path;

use glob::Pattern;

use super::Request;
use super::open::Format;
use super::select::has_wildcard;
use crate::batch::Role;
use crate::error::{Error, Result};

/// What a role names where there is no table.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoleFile<'a> {
    pub(super) role: Role,
    pub(super) path: &'a Path,
    /// The column or array in it, or the columns, as in `FILE:COLUMN`.
    pub(super) within: Option<&'a str>,
}

/// The file that a role names, and what in it, as in `FILE:COLUMN`; a colon may be
/// part of either name.
pub(super) fn split(name: &str) -> (&Path, Option<&str>) {
    let whole = Path::new(name);
    if whole.exists() {
        return (whole, None);
    }
    let parts = || name.match_indices(':').map(|(at, _)| (Path::new(&name[..at]), &name[at + 1..]));
    let there = parts().rfind(|(path, _)| path.is_file());
    let meant = || parts().find(|(path, _)| Format::by_extension(path).is_some());
    there.or_else(meant).map_or((whole, None), |(path, within)| (path, Some(within)))
}

/// Columns of one file that were named one by one, as a list to be typed.
pub(super) fn list(names: &[String]) -> String {
    let path = names.first().map_or(Path::new(""), |name| split(name).0).display();
    let columns: Vec<&str> = names.iter().filter_map(|name| split(name).1).collect();
    quoted(&format!("{path}:{}", columns.join(",")))
}

/// What is said to be the values of a file: a column, or a list of columns and globs.
pub(super) struct Within {
    /// Whether it is the name of one column as it stands.
    is_name: bool,
    whole: String,
    /// The parts of the list without blanks around them, and the globs among them.
    parts: HashSet<String>,
    globs: Vec<Pattern>,
}

impl Within {
    /// That of a file whose columns have these `names`.
    pub(super) fn new(within: &str, names: &[String]) -> Self {
        let globs = within.split(',').filter(|part| has_wildcard(part));
        Self {
            is_name: names.iter().any(|name| name == within),
            whole: within.to_owned(),
            parts: within.split(',').map(|part| part.trim().to_owned()).collect(),
            globs: globs.filter_map(|part| Pattern::new(part).ok()).collect(),
        }
    }

    /// Whether it includes a column.
    pub(super) fn includes(&self, name: &str) -> bool {
        match self.is_name {
            true => self.whole == name,
            false => {
                self.parts.contains(name.trim()) || self.globs.iter().any(|it| it.matches(name))
            }
        }
    }
}

/// The error of a column named in a file of one array.
pub(super) fn no_column(path: &Path, within: &str) -> Error {
    Error::format(path, format!("is one array and has no columns; leave out ':{within}'"))
}

/// Refuses what is no file but was meant as a glob, a folder or a column.
pub(super) fn check(role: Role, name: &str, request: &Request) -> Result<()> {
    let (path, _) = split(name);
    let name = path.to_str().unwrap_or(name);
    let role = role.name();
    let line = |table: &str| command_line(table, request);
    let problem = if path.is_dir() {
        format!(
            "--{role} '{name}' is a folder, but without a table each role is one file; if the \
             files in it have columns for every role, write: {}",
            line(name)
        )
    } else if path.exists() || name.is_empty() {
        return Ok(());
    } else if has_wildcard(name) {
        of_glob(role, name, request)
    } else if name.contains(['/', '\\']) || Format::by_extension(path).is_some() {
        // It is meant as a file, and opening it says what is wrong.
        return Ok(());
    } else {
        format!(
            "--{role} '{name}': there is no file of this name; if it is a column, name its table \
             first: {}",
            named_line(request)
        )
    };
    Err(Error::Usage(problem))
}

/// A glob of arrays cannot be a table; a glob of tables can.
fn of_glob(role: &str, glob: &str, request: &Request) -> String {
    let what = format!("--{role} '{glob}' is a glob, but without a table each role is one file; ");
    match Format::by_extension(Path::new(glob)) {
        Some(Format::Npy) => format!(
            "{what}join the arrays with np.concatenate, or save those of each shard in one npz, \
             and write: {}",
            command_line("'*.npz'", request)
        ),
        _ => format!(
            "{what}if the files have columns for every role, write: {}",
            command_line(&format!("'{glob}'"), request)
        ),
    }
}

/// A line with a table, and columns that are still to be named.
fn command_line(table: &str, request: &Request) -> String {
    let other = if request.has_scores() { "--scores" } else { "--predictions" };
    format!("tallyho eval {table} --labels COLUMN {other} COLUMN")
}

/// A line with a table that is still to be named, and the roles as they were but
/// for those that are files.
fn named_line(request: &Request) -> String {
    let column = |name: &String| match Path::new(name).exists() {
        true => "COLUMN".to_owned(),
        false => quoted(name),
    };
    let mut line = format!("tallyho eval TABLE --labels {}", column(&request.labels));
    if let Some(predictions) = &request.predictions {
        line.push_str(&format!(" --predictions {}", column(predictions)));
    }
    if request.has_scores() {
        let scores: Vec<String> = request.scores.iter().map(column).collect();
        line.push_str(&format!(" --scores {}", scores.join(",")));
    }
    line
}

/// A name as a shell takes it for one word.
pub(super) fn quoted(name: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_-.,:/".contains(letter);
    if name.chars().all(is_plain) { name.to_owned() } else { format!("'{name}'") }
}
