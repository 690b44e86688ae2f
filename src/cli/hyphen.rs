//! Values that may begin with a hyphen: the label -100, the class "-1".
//!
//! An option that is left without its value must not take the next option for it:
//! `--ignore-label --json` is a mistake.

use std::ffi::OsStr;

use clap::builder::{StringValueParser, TypedValueParser};
use clap::error::{Error, ErrorKind};
use clap::{Arg, Command};

/// The parser of a name that may begin with a hyphen, for an option with
/// `allow_hyphen_values`.
pub(super) fn name() -> impl TypedValueParser<Value = String> {
    Hyphened(StringValueParser::new())
}

/// The parser of a number that may begin with a hyphen, for an option with
/// `allow_hyphen_values`.
pub(super) fn number() -> impl TypedValueParser<Value = f64> {
    Hyphened(StringValueParser::new().try_map(|text| text.parse::<f64>()))
}

/// A parser that takes no option for a value.
#[derive(Clone)]
struct Hyphened<P>(P);

impl<P: TypedValueParser> TypedValueParser for Hyphened<P> {
    type Value = P::Value;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, Error> {
        if is_option(command, &value.to_string_lossy()) {
            let of = arg.map_or_else(String::new, |arg| format!(" for '{arg}'"));
            let problem = format!(
                "a value is required{of} but none was supplied; '{}' is an option",
                value.to_string_lossy()
            );
            return Err(Error::raw(ErrorKind::InvalidValue, problem + "\n").with_cmd(command));
        }
        self.0.parse_ref(command, arg, value)
    }
}

/// Whether a text is one of the options of `command`.
fn is_option(command: &Command, text: &str) -> bool {
    let letter = |short: char| text.strip_prefix('-') == Some(short.encode_utf8(&mut [0; 4]));
    let word = text.strip_prefix("--").map(|word| word.split_once('=').map_or(word, |it| it.0));
    command.get_arguments().any(|arg| {
        arg.get_short().is_some_and(letter) || (word.is_some() && arg.get_long() == word)
    })
}
