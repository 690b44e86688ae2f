//! The file that `--classes` names.

use std::path::Path;

use crate::class::Classes;
use crate::error::{Error, Result};

/// Class names, one per line or as a JSON list of strings, numbers or bools.
pub fn read_classes(path: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(path).map_err(Error::io(path, "read the class names"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let names: Vec<String> = match is_json || text.trim_start().starts_with('[') {
        true => class_list(path, text)?,
        false => text.lines().map(str::to_owned).filter(|name| !name.is_empty()).collect(),
    };
    match Classes::given(names) {
        Ok(classes) => Ok(classes.names().to_vec()),
        Err(Error::Usage(problem)) => Err(Error::format(path, problem)),
        Err(other) => Err(other),
    }
}

fn class_list(path: &Path, text: &str) -> Result<Vec<String>> {
    let values: Vec<serde_json::Value> = serde_json::from_str(text).map_err(|error| {
        Error::format(path, format!("expected a JSON list of class names: {error}"))
    })?;
    values.iter().map(|value| class_name(path, value)).collect()
}

fn class_name(path: &Path, value: &serde_json::Value) -> Result<String> {
    match value {
        serde_json::Value::String(name) => Ok(name.clone()),
        serde_json::Value::Number(number) if number.is_i64() || number.is_u64() => {
            Ok(number.to_string())
        }
        serde_json::Value::Bool(value) => Ok(u8::from(*value).to_string()),
        other => Err(Error::format(
            path,
            format!("a class name must be a string or an integer, found {other}"),
        )),
    }
}
