//! The file that `--classes` names.

use std::path::Path;

use serde_json::Value;

use super::class_map::{self, class_name};
use super::unique_keys::UniqueKeys;
use crate::class::Classes;
use crate::error::{Error, Result};
use crate::memory;

/// Bytes that a name takes beside its text: a value of JSON with what finds repeated
/// keys, or a line in a list that grows.
const VALUE_BYTES: u64 = 128;

/// Bytes that a class takes beside its name, where names are looked up on each thread.
const CLASS_BYTES: u64 = 128;

/// What to do where there are too many classes.
const FEWER: &str = "name fewer classes";

/// Class names, one per line or as JSON: a list of strings, integers or bools, or
/// a map between names and numbers.
pub fn read_classes(path: &Path) -> Result<Vec<String>> {
    let bytes = std::fs::metadata(path).map_or(0, |found| found.len());
    memory::need_for_file(path, 1, FEWER)?;
    let text = std::fs::read_to_string(path).map_err(Error::io(path, "read the class names"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let is_json = is_json || text.trim_start().starts_with('[');
    let may_be_json = is_json || text.trim_start().starts_with('{');
    let (end, form) = if may_be_json { (b',', "JSON") } else { (b'\n', "names") };
    let values = memchr::memchr_iter(end, text.as_bytes()).count() as u64 + 1;
    let what = || format!("{}: {form} of about {values} classes", path.display());
    memory::need(values.saturating_mul(VALUE_BYTES) + 2 * bytes, what, FEWER)?;
    let is_json = is_json || may_be_json && is_map(text);
    let names: Vec<String> = match is_json {
        true => from_json(path, text)?,
        false => from_lines(path, text)?,
    };
    let count = names.len();
    let what = || format!("{}: the names of {count} classes", path.display());
    memory::need((count as u64).saturating_mul(CLASS_BYTES) + 2 * bytes, what, FEWER)?;
    match Classes::given(names) {
        Ok(classes) => Ok(classes.names().to_vec()),
        Err(Error::Usage(problem)) => Err(Error::format(path, problem)),
        Err(other) => Err(other),
    }
}

/// What the header of a table of class names is called.
const HEADERS: &[&str] = &[
    "category",
    "class",
    "class_name",
    "classes",
    "label",
    "label_name",
    "labels",
    "name",
    "names",
    "target",
];

/// A name in each line; a header would be one class more.
fn from_lines(path: &Path, text: &str) -> Result<Vec<String>> {
    let names: Vec<String> =
        text.lines().map(str::to_owned).filter(|name| !name.is_empty()).collect();
    let first = names.first().map_or("", |name| name.trim());
    if names.len() > 2 && HEADERS.contains(&first.to_lowercase().as_str()) {
        let problem = format!(
            "the first line, '{first}', is called as a header is; leave it out, or, if it is a \
             class, write the names as a JSON list: [\"{first}\", …]"
        );
        return Err(Error::format(path, problem));
    }
    Ok(names)
}

/// Whether text that begins with a brace is a JSON object, not names of which the first
/// does.
fn is_map(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok()
}

fn from_json(path: &Path, text: &str) -> Result<Vec<String>> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        Error::format(path, format!("expected JSON, a list of class names: {error}"))
    })?;
    if let Err(error) = serde_json::from_str::<UniqueKeys>(text) {
        return Err(Error::format(path, format!("{error}; name each class once")));
    }
    let names = match &value {
        Value::Array(values) => values.iter().map(class_name).collect(),
        Value::Object(map) => class_map::names(map),
        other => Err(format!("expected a JSON list of class names, found {other}")),
    };
    names.map_err(|problem| Error::format(path, problem))
}
