//! The reader of a config, which finds every mistake in it and not only the first.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Error};

use super::config::Config;
use super::diagnostics::Mistakes;

/// The config; `None`, with what is wrong noted, if it cannot be read.
pub(super) fn read(text: &str, mistakes: &mut Mistakes<'_>) -> Option<Config> {
    let (mut table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        errors.iter().for_each(|error| note(error, mistakes));
        return None;
    }
    // Each table of a list is read by itself: a slip in one hides none in others.
    let root = table.get_mut();
    let dataset = entries(root, "dataset", mistakes);
    let model = entries(root, "model", mistakes);
    let rule = entries(root, "rule", mistakes);
    let notify = entries(root, "notify", mistakes);
    for key in ["options", "judging", "output"] {
        if let Some((_, list)) = root.get_key_value(key).filter(|(_, it)| it.get_ref().is_array()) {
            mistakes.at(list.span(), format!("there is one {key}: write [{key}], one bracket"));
            root.remove(key);
        }
    }
    let head = Config::deserialize(table.into_deserializer());
    // Lists that are not there have been noted above.
    let lists = ["missing field `dataset`", "missing field `model`"];
    let is_missing = |error: &Error| lists.contains(&error.message().trim());
    let head = head.map_err(|error| {
        if mistakes.is_empty() || !is_missing(&error) {
            note(&error, mistakes);
        }
    });
    let head = head.ok()?;
    Some(Config { dataset: dataset?, model: model?, rule: rule?, notify: notify?, ..head })
}

/// Takes the tables of a list out of the config. Something else than a list
/// stays where it is, and is wrong there.
fn entries<'de, T: Deserialize<'de>>(
    root: &mut DeTable<'de>,
    key: &str,
    mistakes: &mut Mistakes<'_>,
) -> Option<Vec<T>> {
    if let Some((_, table)) = root.get_key_value(key).filter(|(_, it)| it.get_ref().is_table()) {
        let problem = format!("each {key} is a table of a list: write [[{key}]], two brackets");
        mistakes.at(table.span(), problem);
        root.remove(key);
        return None;
    }
    if matches!(key, "dataset" | "model") && !root.contains_key(key) {
        mistakes.at(0..0, format!("no [[{key}]] is given"));
        return None;
    }
    let Some(DeValue::Array(list)) = root.get_mut(key).map(Spanned::get_mut) else {
        return Some(Vec::new());
    };
    let mut whole = Some(Vec::new());
    for entry in std::mem::replace(list, DeArray::new()) {
        match T::deserialize(entry.into_deserializer()) {
            Ok(entry) => {
                if let Some(whole) = &mut whole {
                    whole.push(entry);
                }
            }
            Err(error) => {
                note(&error, mistakes);
                whole = None;
            }
        }
    }
    whole
}

fn note(error: &Error, mistakes: &mut Mistakes<'_>) {
    let problem = error.message().trim().replace('\n', "; ");
    mistakes.at(error.span().unwrap_or(0..0), plain(&problem));
}

/// What the reader says of a value of a wrong type, or a number out of its range, in the words of TOML and
/// without the value, which may be a secret in a wrong place: `invalid type: string
/// "a", expected a sequence`.
fn plain(problem: &str) -> String {
    if problem == "duplicate key" {
        return "this key is given twice; each table of a list is written with two brackets, such \
                as [[model]]"
            .to_owned();
    }
    let wrong = ["invalid type: ", "invalid value: "];
    let words = wrong
        .iter()
        .find_map(|it| problem.strip_prefix(it))
        .and_then(|it| it.rsplit_once(", expected "));
    let Some((found, expected)) = words else { return problem.to_owned() };
    let found = match found.split_whitespace().next().unwrap_or_default() {
        _ if problem.starts_with("invalid value: ") => "another number",
        "string" => "a text",
        "integer" => "a whole number",
        "floating" => "a number",
        "boolean" => "true or false",
        "sequence" => "a list",
        "map" => "a table",
        _ => "something else",
    };
    let expected = match expected {
        "a sequence" => "a list, such as [\"a\", \"b\"]",
        "a string" => "a text in quotes",
        "a map" => "a table",
        "a boolean" => "true or false",
        "usize" | "u64" | "u32" => "a whole number from 0 up",
        "f64" => "a number",
        it if it.starts_with("struct ") => "a table",
        other => other,
    };
    format!("expected {expected}, found {found}")
}
