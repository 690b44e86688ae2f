//! Messages fit for a terminal, whatever the names in them.

use std::borrow::Cow;

use super::figures::printable;

/// Most characters of what stands between quotes.
const MOST_QUOTED: usize = 200;

/// Most characters of a line.
const MOST_LINE: usize = 4_000;

/// A message in which names from files may stand: control characters are spelled out,
/// line ends among them, and what is very long is cut in the middle.
pub(crate) fn told(message: &str) -> String {
    let line = printable(message);
    cut(&quotes_cut(&line), MOST_LINE).into_owned()
}

/// The line with long names between single quotes cut.
fn quotes_cut(line: &str) -> Cow<'_, str> {
    if line.len() <= MOST_QUOTED {
        return Cow::Borrowed(line);
    }
    let mut shown = String::new();
    let mut rest = line;
    while let Some((before, name, after)) = first_quoted(rest) {
        shown.push_str(before);
        shown.push_str(&cut(name, MOST_QUOTED));
        rest = after;
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// The text up to the first name in quotes and its first quote, the name, and the rest
/// from its last quote on; an apostrophe within a word is no quote.
fn first_quoted(text: &str) -> Option<(&str, &str, &str)> {
    let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    let mut quotes = text.match_indices('\'').map(|(at, _)| at);
    let opens = quotes.find(|&at| !is_word(text[..at].chars().next_back()))? + 1;
    let closes = quotes.find(|&at| !is_word(text[at + 1..].chars().next()))?;
    Some((&text[..opens], &text[opens..closes], &text[closes..]))
}

/// The text without its middle, if it has more characters than `most`.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    let count = if text.len() > most { text.chars().count() } else { 0 };
    if count <= most {
        return Cow::Borrowed(text);
    }
    let half = most / 2;
    let start: String = text.chars().take(half).collect();
    let end: String = text.chars().skip(count - half).collect();
    Cow::Owned(format!("{start} […{} characters…] {end}", count - 2 * half))
}

#[cfg(test)]
mod tests {
    use super::{MOST_LINE, told};

    #[test]
    fn short_messages_are_told_as_they_are() {
        let message = "t.csv: row 3: label 'Café' has no score; it has: y, p";
        assert_eq!(told(message), message);
        let long = format!("it isn't {} models' 'a', 'b'", "so ".repeat(100));
        assert_eq!(told(&long), long);
    }

    #[test]
    fn escapes_are_spelled_out_and_long_names_cut_in_their_middle() {
        assert_eq!(told("label '\u{1b}[31mred\r'"), "label '\\u{1b}[31mred\\r'");
        assert_eq!(told("label 'a\nb'"), "label 'a\\nb'");
        let name = format!("a{}z", "b".repeat(100_000));
        let found = told(&format!("label '{name}' is none; see 'c'"));
        assert!(found.starts_with("label 'ab") && found.ends_with("bz' is none; see 'c'"));
        assert!(found.contains("[…99802 characters…]") && found.len() < 400, "{found}");
        assert!(told(&"é".repeat(100_000)).chars().count() < MOST_LINE + 100);
    }
}
