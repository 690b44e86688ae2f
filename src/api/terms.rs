//! Messages in the terms of a library: settings by their names, not as options of a
//! command line.

use crate::error::{Error, Result};
use crate::notice::Notice;

/// What a failure says to somebody who types no options.
pub(super) fn told<T>(result: Result<T>) -> Result<T> {
    result.map_err(|error| match error {
        Error::Usage(problem) => Error::Usage(without_options(&problem)),
        Error::Lines(problem) => Error::Lines(without_options(&problem)),
        Error::Mismatch(problem) => Error::Mismatch(without_options(&problem)),
        Error::Format { path, problem } => {
            Error::Format { path, problem: without_options(&problem) }
        }
        Error::Row { path, row, problem } => {
            Error::Row { path, row, problem: without_options(&problem) }
        }
        other => other,
    })
}

/// The same of a notice.
pub(super) fn notice(notice: Notice) -> Notice {
    let hint = notice.hint.as_deref().map(without_options);
    Notice { text: without_options(&notice.text), hint, ..notice }
}

/// Turns every `--on-invalid` into `on_invalid`, outside of quoted names.
fn without_options(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_quoted = false;
    while let Some(first) = rest.chars().next() {
        let starts = !is_quoted && !said.ends_with(|c: char| c.is_alphanumeric() || c == '-');
        let option = rest.strip_prefix("--").filter(|_| starts);
        let length = option.map_or(0, |option| {
            option.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(option.len())
        });
        if let Some(option) = option.filter(|it| length > 0 && !it.starts_with('-')) {
            said.push_str(&option[..length].replace('-', "_"));
            rest = &option[length..];
            continue;
        }
        // A quote within a word is an apostrophe.
        let opens = !said.ends_with(char::is_alphanumeric);
        is_quoted = if first == '\'' { !is_quoted && opens } else { is_quoted };
        said.push(first);
        rest = &rest[first.len_utf8()..];
    }
    said
}

#[cfg(test)]
mod tests {
    use super::without_options;

    #[test]
    fn options_become_the_names_of_settings() {
        for (text, said) in [
            (
                "leave such rows out with --on-invalid skip",
                "leave such rows out with on_invalid skip",
            ),
            ("say --positive 'a' or (--top-k)", "say positive 'a' or (top_k)"),
            ("class '--bins' isn't --bins", "class '--bins' isn't bins"),
            ("a -- b, x--y, ---z", "a -- b, x--y, ---z"),
            ("é --é", "é --é"),
        ] {
            assert_eq!(without_options(text), said);
        }
    }
}
