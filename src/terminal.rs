//! Text on its way to a terminal: a name from a file moves no cursor, starts no escape
//! sequence, reorders no line and fills no screen.
//!
//! Names in a sentence are spelled as Rust spells them, `\u{1b}`, where the sentence is
//! put together: [`printable`], [`told`]. Whatever is printed passes [`plain`] or
//! [`styled`] last, which spell what is left as JSON does, `\u001b`, so that a document
//! of JSON stays the same document.

use std::borrow::Cow;
#[cfg(feature = "cli")]
use std::io::{self, Write};

/// Most characters of what stands between quotes.
const MOST_QUOTED: usize = 200;

/// Most characters of a line.
const MOST_LINE: usize = 4_000;

/// The escape sequences of a page: plain, bold, dim, red, green, yellow.
#[cfg(feature = "cli")]
const STYLES: [&str; 6] = ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m"];

/// A text that came from a file, fit for a terminal: characters that would move
/// the cursor, start an escape sequence, reorder the line or not be seen are spelled out.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    spelled(text, |_| 0, |character, out| out.extend(character.escape_default()))
}

/// A message in which names from files may stand: control characters are spelled out,
/// line ends among them, and what is very long is cut in the middle.
pub(crate) fn told(message: &str) -> String {
    shortened(&printable(message))
}

/// A message whose very long names, and itself, are cut in the middle.
pub(crate) fn shortened(message: &str) -> String {
    cut(&quotes_cut(message), MOST_LINE).into_owned()
}

/// Lines without any control characters but their ends.
#[cfg(feature = "cli")]
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    spelled(text, |rest| usize::from(rest.starts_with('\n')), as_json)
}

/// The same for a page with colours of its own, in which names are spelled out already.
#[cfg(feature = "cli")]
pub(crate) fn styled(page: &str) -> Cow<'_, str> {
    let own = |rest: &str| {
        let style = STYLES.iter().find(|style| rest.starts_with(**style));
        style.map_or(usize::from(rest.starts_with('\n')), |style| style.len())
    };
    spelled(page, own, as_json)
}

/// A stream of [`plain`] text.
#[cfg(feature = "cli")]
pub(crate) struct Plain<'a>(pub(crate) &'a mut dyn Write);

#[cfg(feature = "cli")]
impl Write for Plain<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(plain(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The text with every unprintable character spelled by `spell`, but for as many bytes
/// as `keep` keeps at the start of the rest.
fn spelled(
    text: &str,
    keep: impl Fn(&str) -> usize,
    spell: impl Fn(char, &mut String),
) -> Cow<'_, str> {
    if !text.contains(|character| is_unprintable(character) || is_joiner(character)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    let (mut rest, mut before) = (text, 'a');
    while let Some(character) = rest.chars().next() {
        let kept = keep(rest);
        let (now, after) = rest.split_at(kept.max(character.len_utf8()));
        // Between letters that it could join a joiner is a part of writing, or of an emoji.
        let hidden = is_joiner(character) && before.is_ascii();
        match kept == 0 && (hidden || is_unprintable(character)) {
            true => spell(character, &mut shown),
            false => shown.push_str(now),
        }
        (rest, before) = (after, character);
    }
    Cow::Owned(shown)
}

/// As a string of JSON has it, in units of UTF-16.
#[cfg(feature = "cli")]
fn as_json(character: char, out: &mut String) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        out.push_str(&format!("\\u{unit:04x}"));
    }
}

/// Control characters, line separators, and marks that are invisible or change
/// the direction of writing.
fn is_unprintable(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}')
        || matches!(character, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{feff}')
        || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
        || matches!(character, '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
}

/// Marks without width that some scripts and emoji are written with.
fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
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
        shown.push('\'');
        rest = after;
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// The text up to the first name in quotes and its first quote, the name, and what
/// follows its last quote; an apostrophe within a word is no quote.
fn first_quoted(text: &str) -> Option<(&str, &str, &str)> {
    let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    let mut quotes = text.match_indices('\'').map(|(at, _)| at);
    let opens = quotes.find(|&at| !is_word(text[..at].chars().next_back()))? + 1;
    let closes = quotes.find(|&at| !is_word(text[at + 1..].chars().next()))?;
    Some((&text[..opens], &text[opens..closes], &text[closes + 1..]))
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
    use super::{MOST_LINE, printable, told};

    #[test]
    fn short_messages_are_told_as_they_are() {
        let message = "t.csv: row 3: label 'Café' has no score; it has: y, p";
        assert_eq!(told(message), message);
        let long = format!("it isn't {0} models' 'a', {0} 'b'", "so ".repeat(100));
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

    #[test]
    fn joiners_stay_where_they_join() {
        assert_eq!(printable("👩\u{200d}👧"), "👩\u{200d}👧");
        assert_eq!(printable("می\u{200c}خواهم"), "می\u{200c}خواهم");
        assert_eq!(printable("ca\u{200d}t"), r"ca\u{200d}t");
        assert_eq!(printable("\u{200c}"), r"\u{200c}");
    }

    #[cfg(feature = "cli")]
    #[test]
    fn what_is_printed_has_no_control_characters_but_line_ends_and_the_colours_of_a_page() {
        use std::io::Write;

        use super::{Plain, plain, styled};

        assert_eq!(plain("a\n\tb\u{9b}31m\u{e0041}"), "a\n\\u0009b\\u009b31m\\udb40\\udc41");
        assert_eq!(plain("\u{1b}[31mred\u{1b}[0m"), "\\u001b[31mred\\u001b[0m");
        let page = "\u{1b}[31mred\u{1b}[0m\n";
        assert_eq!(styled(page), page);
        assert_eq!(
            styled("\u{1b}[35m\u{1b}]8;;x\u{7}\u{1b}[2J"),
            r"\u001b[35m\u001b]8;;x\u0007\u001b[2J"
        );
        let json = serde_json::to_string("a\u{7f}\u{202e}\u{e0041}\n").unwrap_or_default();
        assert_ne!(plain(&json), json);
        let back: Option<String> = serde_json::from_str(&plain(&json)).ok();
        assert_eq!(back.as_deref(), Some("a\u{7f}\u{202e}\u{e0041}\n"));
        let mut bytes = Vec::new();
        assert!(writeln!(Plain(&mut bytes), "tallyho: \u{1b}[2J").is_ok());
        assert_eq!(bytes, b"tallyho: \\u001b[2J\n");
    }
}
