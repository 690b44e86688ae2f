//! Text measured in the columns that it takes on a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that `text` takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// `text` if it fits into `most` columns, else its beginning and "…".
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.len() <= most || width(text) <= most {
        return text.to_owned();
    }
    if most == 0 {
        return String::new();
    }
    let mut end = 0;
    let mut used = 0;
    for (place, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used >= most {
            break;
        }
        end = place + character.len_utf8();
    }
    // A sequence of characters can be wider than its parts: an emoji that a
    // variation selector makes two columns wide.
    while width(&text[..end]) >= most {
        end = text[..end].char_indices().next_back().map_or(0, |(place, _)| place);
    }
    format!("{}…", text[..end].trim_end())
}

/// Breaks `text` between words into lines of at most `most` columns; a word that
/// is longer is broken where it must.
pub(crate) fn wrap(text: &str, most: usize) -> Vec<String> {
    let most = most.max(8);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut rest = word;
        loop {
            let line = lines.last_mut().unwrap_or_else(|| unreachable!("never empty"));
            let blank = usize::from(!line.is_empty());
            if width(line) + blank + width(rest) <= most {
                line.extend(std::iter::repeat_n(' ', blank));
                line.push_str(rest);
                break;
            }
            if line.is_empty() {
                let end = break_place(rest, most);
                line.push_str(&rest[..end]);
                rest = &rest[end..];
            }
            lines.push(String::new());
        }
    }
    lines
}

/// Where to break a word that is wider than `most` columns.
fn break_place(word: &str, most: usize) -> usize {
    let mut used = 0;
    for (place, character) in word.char_indices() {
        used += character.width().unwrap_or(0).max(usize::from(place == 0));
        if used > most {
            return place;
        }
    }
    word.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_fits_by_display_width() {
        for (text, most, expected) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("大きな犬", 5, "大き…"),
            ("大きな犬", 4, "大…"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
            ("ab cd", 4, "ab…"),
            ("abcd", 0, ""),
        ] {
            assert_eq!(cut(text, most), expected);
            assert!(width(&cut(text, most)) <= most);
        }
    }

    #[test]
    fn words_longer_than_a_line_are_broken() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghijkl mn", 8), ["abcdefgh", "ijkl mn"]);
    }
}
