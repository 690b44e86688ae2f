//! Tables that are read as one: those without rows are passed over, and their
//! types are reconciled.

use std::path::PathBuf;

use super::open::Part;
use super::paths::{self, Tables, listed};
use super::{Request, csv_headless};
use crate::batch::Role;
use crate::error::{Error, Result};
use crate::exact::ScoreType;
use crate::notice::{self, Notice};

/// Opens the tables that have rows.
pub(super) fn open(request: &Request) -> Result<(Vec<Part>, Vec<Notice>)> {
    let Tables { paths, mut notices } = paths::expand(&request.tables)?;
    let (mut parts, mut empty) = (Vec::new(), Vec::new());
    let mut first = None;
    for path in &paths {
        match Part::table(path, request) {
            Ok(part) => parts.push(part),
            Err(error @ Error::Empty { .. }) => {
                first.get_or_insert(error);
                empty.push(path.clone());
            }
            Err(error) => return Err(csv_headless::explained(error, path, &paths, request)),
        }
    }
    if parts.is_empty() {
        return Err(match (first, empty.len()) {
            (Some(only), 1) => only,
            _ => nothing(&empty),
        });
    }
    if !empty.is_empty() {
        let text = match empty.len() {
            1 => format!("{} has no rows; it was passed over", listed(&empty)),
            count => format!("{count} files have no rows and were passed over: {}", listed(&empty)),
        };
        notices.push(Notice::new(notice::EMPTY_FILES, text));
    }
    Ok((parts, notices))
}

fn nothing(empty: &[PathBuf]) -> Error {
    Error::Usage(format!("empty: none of {} files has a row: {}", empty.len(), listed(empty)))
}

/// Makes all scores those of the widest type, which holds every one of them
/// exactly. The note says which types there are, of classes too.
pub(super) fn widen(parts: &mut [Part]) -> Option<Notice> {
    let widest = parts.iter().filter_map(Part::score_type).reduce(common);
    let mut widened = false;
    for part in parts.iter_mut() {
        if part.score_type() != widest {
            part.widened_to = widest;
            widened = true;
        }
    }
    let types = |part: &Part| part.files.first().map(|file| (file.format, file.dtype.clone()));
    let first = parts.first()?;
    // What text holds is told by its values, not by a type.
    let other = parts.iter().find(|part| {
        let differ = types(part).zip(types(first)).is_some_and(|(a, b)| a.0 == b.0 && a.1 != b.1);
        differ || part.layout().map(|it| it.score_type) != first.layout().map(|it| it.score_type)
    })?;
    let said = |part: &Part| {
        let dtype = part.files.first().map_or("", |file| &file.dtype);
        format!("{} holds {dtype}", part.path(Role::Labels).display())
    };
    let mut text = format!("{}, {}", said(first), said(other));
    if let Some(widest) = widest.filter(|_| widened) {
        text.push_str(&format!("; all scores are read as {}", widest.name()));
    }
    Some(Notice::new(notice::WIDENED, text))
}

/// The narrowest type that holds the values of both.
fn common(a: ScoreType, b: ScoreType) -> ScoreType {
    match (a, b) {
        _ if a == b => a,
        (ScoreType::F64, _) | (_, ScoreType::F64) => ScoreType::F64,
        _ => ScoreType::F32,
    }
}
