//! The columns of a table and a command line to start from, for where roles are
//! missing.

use super::args::Eval;
use crate::error::{Error, Result};
use crate::evaluation::{command_line, likely};
use crate::input::{Description, Field, Holds, Request, describe};
use crate::report::{counted, printable};
use crate::terminal::told;

/// Fields that are listed.
const LISTED: usize = 40;

/// Characters of a field's name or type that are shown.
const WIDEST: usize = 28;

/// Characters of a value that are shown.
const NARROW: usize = 14;

/// Whether labels, and predictions or scores, are named.
pub(super) fn has_roles(args: &Eval) -> bool {
    let input = &args.input;
    input.labels.is_some() && (input.predictions.is_some() || !input.scores.is_empty())
}

/// The error of an evaluation without all its roles.
pub(super) fn missing(args: &Eval, request: &Request) -> Error {
    let input = &args.input;
    let problem = match (&input.labels, input.predictions.is_some() || !input.scores.is_empty()) {
        (None, false) => "name the true classes with --labels, and --predictions or --scores",
        (None, true) => "name the true classes with --labels",
        (Some(_), _) => "name the answers with --predictions or --scores",
    };
    match listing(request) {
        // Roles that are named but not there are told by an evaluation of them.
        _ if input.tables.is_empty() => Error::Lines(format!(
            "{problem}, as in: tallyho eval --labels y.npy --predictions p.npy\n\
             `tallyho eval TABLE` lists what is in a table; `tallyho eval -h` has more"
        )),
        Ok(listing) => Error::Lines(format!("{problem}\n\n{listing}")),
        Err(error) => error,
    }
}

/// The files with their fields, then the likely command lines.
pub(super) fn listing(request: &Request) -> Result<String> {
    let described =
        request.tables.iter().map(|table| describe(table)).collect::<Result<Vec<_>>>()?;
    let mut text = String::new();
    for (file, of) in &described {
        text += &heading(file, *of);
        text += &fields(file);
        text.push('\n');
    }
    let files: Vec<Description> = described.into_iter().map(|(file, _)| file).collect();
    let found = likely(&files, request);
    if found.is_empty() {
        return Ok(text + &pattern(&files, request));
    }
    text += "By the names, this may be meant:\n";
    text += &found.iter().map(|it| told(&command_line(it))).collect::<Vec<_>>().join("\n");
    Ok(text)
}

/// The form of a command line, where nothing can be guessed.
fn pattern(files: &[Description], request: &Request) -> String {
    let whole = |file: &Description| file.path.to_string_lossy().into_owned();
    let form = match files {
        [file] => match file.only_field().map(|field| field.holds) {
            Some(Holds::Numbers | Holds::Vectors) => {
                Request { labels: "FILE".into(), scores: vec![whole(file)], ..Request::default() }
            }
            Some(_) => Request {
                labels: whole(file),
                predictions: Some("FILE".into()),
                ..Request::default()
            },
            None => Request { tables: request.tables.clone(), ..names() },
        },
        files if files.iter().all(|file| file.only_field().is_some()) => Request {
            labels: "FILE".into(),
            predictions: Some("FILE".into()),
            ..Request::default()
        },
        _ => Request { tables: request.tables.clone(), ..names() },
    };
    told(&command_line(&form))
}

/// Columns that are still to be named.
fn names() -> Request {
    Request { labels: "NAME".into(), predictions: Some("NAME".into()), ..Request::default() }
}

fn heading(file: &Description, of: usize) -> String {
    let rows =
        file.rows.map_or(String::new(), |rows| format!(", {}", counted(rows, "row", "rows")));
    let what = if file.format == "npz" { ("array", "arrays") } else { ("column", "columns") };
    let fields = match file.is_array() {
        true => String::new(),
        false => format!(", {}", counted(file.fields.len() as u64, what.0, what.1)),
    };
    let more = match of - 1 {
        0 => String::new(),
        more => format!(" (and {})", counted(more as u64, "more file", "more files")),
    };
    let path = file.path.display().to_string();
    format!("{}: {}{rows}{fields}{more}\n", printable(&path), file.format)
}

/// A line for each field: its name, its type, its first values.
fn fields(file: &Description) -> String {
    let name = |field: &Field| match field.name.as_str() {
        "" if file.is_array() => "(array)".to_owned(),
        "" => "''".to_owned(),
        name => cut(name),
    };
    let listed = file.fields.iter().take(LISTED);
    let rows: Vec<[String; 3]> =
        listed.map(|field| [name(field), cut(&field.dtype), values(field)]).collect();
    let width = |place: usize| rows.iter().map(|row| row[place].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    let mut text = String::new();
    for [name, dtype, values] in &rows {
        let line = format!("  {name:first$}  {dtype:second$}  {values}");
        text += line.trim_end();
        text.push('\n');
    }
    if let Some(more) = file.fields.len().checked_sub(LISTED).filter(|more| *more > 0) {
        text += &format!(
            "  and {more} more, the last '{}'\n",
            file.fields.last().map_or(String::new(), name)
        );
    }
    text
}

fn values(field: &Field) -> String {
    let values: Vec<String> = field.first.iter().map(|value| cut_to(value, NARROW)).collect();
    match (values.is_empty(), field.holds) {
        (true, _) => String::new(),
        (false, Holds::Vectors) => format!("[{}, …]", values.join(", ")),
        (false, _) => format!("{}, …", values.join(", ")),
    }
}

/// A text fit for the terminal and for a column of it.
fn cut(text: &str) -> String {
    cut_to(text, WIDEST)
}

fn cut_to(text: &str, most: usize) -> String {
    let shown = printable(text);
    match shown.char_indices().nth(most) {
        None => shown.into_owned(),
        Some((at, _)) => format!("{}…", &shown[..at]),
    }
}
