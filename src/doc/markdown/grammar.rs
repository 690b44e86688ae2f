//! Tables, and text that means itself.

use crate::doc::Kind;
use crate::doc::width::{cut, width};
use crate::terminal::printable;

/// Columns that a name from a file may take.
const NAME: usize = 40;

/// Where the cells of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// Appends a table, padded so that its source can be read too.
pub(super) fn table(
    out: &mut String,
    columns: &[(String, Side)],
    rows: impl IntoIterator<Item = Vec<String>>,
) {
    let head: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    let widest = |column: usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(|column| widest(column).max(3)).collect();
    for (place, row) in rows.iter().enumerate() {
        for ((cell, (_, side)), columns_wide) in row.iter().zip(columns).zip(&widths) {
            let blanks = " ".repeat(columns_wide - width(cell));
            match side {
                Side::Left => out.push_str(&format!("| {cell}{blanks} ")),
                Side::Right => out.push_str(&format!("| {blanks}{cell} ")),
            }
        }
        out.push_str("|\n");
        if place == 0 {
            for ((_, side), width) in columns.iter().zip(&widths) {
                let (dashes, end) = match side {
                    Side::Left => (*width, "-"),
                    Side::Right => (*width, ":"),
                };
                out.push_str(&format!("| {}{end} ", "-".repeat(dashes - 1)));
            }
            out.push_str("|\n");
        }
    }
}

/// A stretch of text by what it is.
pub(super) fn spelled(kind: Kind, text: &str) -> String {
    match kind {
        Kind::Words => prose(text),
        Kind::Term => text.to_owned(),
        Kind::Name => code(&cut(text, NAME)),
        Kind::Literal => code(text),
    }
}

/// A name or a rule, literally.
///
/// A code span cannot hold every text inside a table; what it cannot hold is
/// spelled in character references, which are never markup.
fn code(text: &str) -> String {
    let text = printable(text);
    let spaced = text.starts_with(' ') || text.ends_with(' ');
    if !text.is_empty() && !spaced && !text.contains(['`', '|']) {
        return format!("`{text}`");
    }
    let mut spelled = "<code>".to_owned();
    for character in text.chars() {
        if character.is_ascii_punctuation() || character == ' ' {
            spelled.push_str(&format!("&#{};", u32::from(character)));
        } else {
            spelled.push(character);
        }
    }
    spelled + "</code>"
}

/// A sentence, with whatever would be markup escaped.
fn prose(text: &str) -> String {
    let text = printable(text);
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let next = characters.peek().copied().unwrap_or(' ');
        let within_word = before.is_alphanumeric() && next.is_alphanumeric();
        match character {
            '_' if within_word => escaped.push('_'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '|' | '~' | '&' | '$' => {
                escaped.extend(['\\', character]);
            }
            // An empty comment keeps a name from being notified.
            '@' if next.is_alphanumeric() => escaped.push_str("@<!-- -->"),
            _ => escaped.push(character),
        }
        before = character;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_every_character() {
        assert_eq!(code("cat"), "`cat`");
        assert_eq!(code("a*b@c"), "`a*b@c`");
        assert_eq!(code("a|b"), "<code>a&#124;b</code>");
        assert_eq!(code(r"`\|"), "<code>&#96;&#92;&#124;</code>");
        assert_eq!(code("a\nb"), r"`a\nb`");
    }

    #[test]
    fn sentences_hold_no_markup() {
        assert_eq!(prose("f1_macro of _x_ | <b>"), r"f1_macro of \_x\_ \| \<b>");
        assert_eq!(prose("ask @someone @ 3 GHz"), "ask @<!-- -->someone @ 3 GHz");
    }
}
