//! `--options FILE`: options of `eval` from a file in TOML, by their names with `_`
//! for `-`.
//!
//! The file is a piece of the command line: its options become arguments before
//! those that were typed. A new option of `eval` is a key of the file by itself.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use toml::de::{DeTable, DeValue};

use crate::class::nearest;
use crate::error::{Error, Result};
use crate::memory;
use crate::mistake::{Mistakes, TEXT_BYTES};

/// Options that are no keys: they ask for something else than an evaluation.
const NO_KEYS: &[&str] = &["options", "list_metrics", "help", "version"];

/// Options that leave no room for each other: one that is typed takes the place of
/// either in the file.
const EITHER: &[&[&str]] = &[&["predictions", "scores"], &["json", "quiet"]];

/// Options of the file that stay beside those that are typed: a rule is not lifted
/// by adding one.
const BESIDE: &[&str] = &["require"];

/// The command line, with the options of the file that it names after `eval`.
///
/// # Errors
///
/// [`Error::Io`] if the file cannot be read, and [`Error::Lines`] with every mistake
/// in it by line and column.
pub(super) fn add(args: Vec<OsString>) -> Result<Vec<OsString>> {
    let names_file = |arg: &OsString| arg.to_string_lossy().starts_with("--options");
    if args.get(1).is_none_or(|first| first != "eval") || !args.iter().any(names_file) {
        return Ok(args);
    }
    let program = super::command(false);
    // What else is wrong is told by the parse that counts.
    let typed = program.clone().ignore_errors(true).try_get_matches_from(&args);
    let eval = program.find_subcommand("eval");
    let (Ok(typed), Some(eval)) = (typed, eval) else { return Ok(args) };
    let typed = typed.subcommand_matches("eval");
    let path = typed.and_then(|typed| typed.get_one::<PathBuf>("options"));
    let (Some(typed), Some(path)) = (typed, path) else { return Ok(args) };
    memory::need_for_file(path, TEXT_BYTES, "give fewer options")?;
    let text = std::fs::read_to_string(path).map_err(Error::io(path, "read the options"))?;
    let added = read(path, &text, eval, typed)?;
    let (before, after) = args.split_at(2);
    Ok([before, &added, after].concat())
}

/// The arguments that a file stands for, but for what was typed.
fn read(path: &Path, text: &str, eval: &Command, typed: &ArgMatches) -> Result<Vec<OsString>> {
    let mut mistakes = Mistakes::new(path, text, "a file of options");
    let mut args = Vec::new();
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        mistakes.at(error.span().unwrap_or(0..0), error.message().trim().replace('\n', "; "));
    }
    // Not in the order of the text, but by name: the table keeps no order.
    for (key, value) in table.into_inner() {
        let name = key.get_ref().as_ref();
        let Some(arg) = option(eval, name) else {
            mistakes.of(&key, unknown(eval, name));
            continue;
        };
        match arguments(arg, name, value.get_ref()).and_then(|found| checked(eval, found)) {
            Err(problem) => mistakes.of(&value, problem),
            Ok(found) if !is_typed(typed, name) => {
                args.extend(found.into_iter().map(OsString::from))
            }
            Ok(_) => {}
        }
    }
    mistakes.finish()?;
    Ok(args)
}

/// The option that a key stands for.
fn option<'a>(eval: &'a Command, key: &str) -> Option<&'a Arg> {
    let mut args = eval.get_arguments().filter(|_| !NO_KEYS.contains(&key));
    args.find(|arg| arg.get_id() == key)
}

fn unknown(eval: &Command, key: &str) -> String {
    if NO_KEYS.contains(&key) {
        return format!("'{key}' is for the command line alone");
    }
    let plain = key.replace('-', "_").to_ascii_lowercase();
    let ids = eval.get_arguments().map(|arg| arg.get_id().as_str());
    match nearest(&plain, ids.filter(|id| !NO_KEYS.contains(id))) {
        Some(near) => format!("there is no option '{key}'; did you mean '{near}'?"),
        None => format!("there is no option '{key}'; tallyho eval --help lists them"),
    }
}

/// Whether the command line has an option, or one that leaves no room for it.
fn is_typed(typed: &ArgMatches, key: &str) -> bool {
    let has = |key: &str| typed.value_source(key) == Some(ValueSource::CommandLine);
    let others =
        EITHER.iter().filter(|either| either.contains(&key)).flat_map(|either| either.iter());
    !BESIDE.contains(&key) && (has(key) || others.into_iter().any(|other| has(other)))
}

/// A value as arguments.
fn arguments(arg: &Arg, key: &str, value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let spelled = |text: String| match arg.get_long() {
        Some(long) => format!("--{long}={text}"),
        None => text,
    };
    match (arg.get_action(), value) {
        (ArgAction::SetTrue, DeValue::Boolean(given)) => {
            let flag = arg.get_long().filter(|_| *given);
            Ok(flag.map(|long| format!("--{long}")).into_iter().collect())
        }
        (ArgAction::SetTrue, _) => Err(format!("{key} is true or false")),
        (ArgAction::Append, DeValue::Array(values)) => {
            values.iter().map(|value| scalar(key, value.get_ref()).map(spelled)).collect()
        }
        (_, DeValue::Array(_)) => Err(format!("{key} takes one value, found a list")),
        (_, value) => Ok(vec![spelled(scalar(key, value)?)]),
    }
}

/// A text or a number as it is typed.
fn scalar(key: &str, value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.as_ref().to_owned()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Datetime(date) => Ok(date.to_string()),
        _ => Err(format!("{key} takes a text or a number")),
    }
}

/// The arguments of one key, if they are as the option wants them.
fn checked(eval: &Command, args: Vec<String>) -> Result<Vec<String>, String> {
    let words = std::iter::once("eval").chain(args.iter().map(String::as_str));
    let Err(error) = eval.clone().try_get_matches_from(words) else { return Ok(args) };
    match error.kind() {
        // What goes with what is judged with all options together.
        ErrorKind::MissingRequiredArgument | ErrorKind::ArgumentConflict => Ok(args),
        _ => {
            let text = error.to_string();
            let lines = text.lines().map(str::trim).take_while(|line| !line.is_empty());
            let problem = lines.collect::<Vec<_>>().join(" ");
            Err(problem.strip_prefix("error: ").unwrap_or(&problem).to_owned())
        }
    }
}
