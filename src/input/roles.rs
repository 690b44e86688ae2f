//! The one file that a role names where there is no table.

use std::path::Path;

use super::Request;
use super::open::Format;
use super::select::has_wildcard;
use crate::batch::Role;
use crate::error::{Error, Result};

/// Refuses what is no file but was meant as a glob, a folder or a column.
pub(super) fn check(role: Role, name: &str, request: &Request) -> Result<()> {
    let path = Path::new(name);
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
fn quoted(name: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_-.".contains(letter);
    if name.chars().all(is_plain) { name.to_owned() } else { format!("'{name}'") }
}
