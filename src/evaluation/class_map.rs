//! Class names in a JSON map between names and numbers, as Hugging Face's models
//! have it in their `config.json`: `id2label` or `label2id`.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// The names in the order of their numbers, of a map or of an object that holds
/// one, or why there are none.
pub(super) fn names(map: &Map<String, Value>) -> Result<Vec<String>, String> {
    for (key, read) in [("id2label", by_number as Reading), ("label2id", by_name)] {
        if let Some(inner) = map.get(key).and_then(Value::as_object) {
            return read(inner).map_err(|problem| format!("'{key}' {problem}"));
        }
    }
    let has_numbers_only =
        map.keys().all(|key| number(key).is_some()) && map.values().all(|value| value.is_u64());
    match (by_number(map), by_name(map)) {
        (names, other) if has_numbers_only && names != other => Err(
            "maps numbers to numbers, so that it may be read either way; give the classes as a \
             list in their order: [\"cat\", \"dog\"]"
                .into(),
        ),
        (Ok(names), _) | (_, Ok(names)) => Ok(names),
        (Err(problem), Err(_)) if map.keys().any(|key| number(key).is_some()) => Err(problem),
        (_, Err(problem)) if map.values().any(Value::is_u64) => Err(problem),
        (Err(problem), _) if !map.is_empty() && map.values().all(Value::is_string) => Err(problem),
        _ => Err(
            "expected a list of class names, or a map such as {\"0\": \"cat\", \"1\": \"dog\"} \
                  or {\"cat\": 0, \"dog\": 1}"
                .into(),
        ),
    }
}

type Reading = fn(&Map<String, Value>) -> Result<Vec<String>, String>;

/// A map from numbers to names.
fn by_number(map: &Map<String, Value>) -> Result<Vec<String>, String> {
    let pairs = map.iter().map(|(key, value)| match number(key) {
        Some(number) => Ok((number, class_name(value)?)),
        None => Err(format!("has the key '{key}'; {}", expected("keys", map.len()))),
    });
    in_order("keys", pairs.collect::<Result<_, _>>()?)
}

/// A map from names to numbers.
fn by_name(map: &Map<String, Value>) -> Result<Vec<String>, String> {
    let pairs = map.iter().map(|(key, value)| match value.as_u64() {
        Some(number) => Ok((number, key.clone())),
        None => Err(format!("maps '{key}' to {value}; {}", expected("values", map.len()))),
    });
    in_order("values", pairs.collect::<Result<_, _>>()?)
}

/// The number that is written as Python and JavaScript write it.
fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

fn in_order(what: &str, mut pairs: Vec<(u64, String)>) -> Result<Vec<String>, String> {
    pairs.sort_unstable();
    let expected = expected(what, pairs.len());
    for (place, (number, name)) in (0..).zip(&pairs) {
        if place < *number {
            return Err(format!("has no class {place}; {expected}"));
        }
        if place > *number {
            return Err(format!("has '{name}' and another as class {number}; {expected}"));
        }
    }
    let mut places = HashMap::new();
    for (number, name) in &pairs {
        if let Some(first) = places.insert(name, number) {
            return Err(format!(
                "has '{name}' as class {first} and as class {number}; name each class once"
            ));
        }
    }
    Ok(pairs.into_iter().map(|(_, name)| name).collect())
}

fn expected(what: &str, classes: usize) -> String {
    match classes {
        0 | 1 => format!("the {what} of a map of classes are 0, 1, 2 and so on"),
        _ => format!("the {what} of a map of {classes} classes are 0 to {}", classes - 1),
    }
}

/// The class that a value names, or what it should be.
pub(super) fn class_name(value: &Value) -> Result<String, String> {
    match value {
        Value::String(name) => Ok(name.clone()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Ok(number.to_string()),
        Value::Bool(value) => Ok(u8::from(*value).to_string()),
        other => Err(format!("a class name must be a string or an integer, found {other}")),
    }
}
