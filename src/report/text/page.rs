//! Lines of a page of fixed width, with or without colour.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How a stretch of text looks. Nothing is said by colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Style {
    /// As the terminal has it.
    #[default]
    Plain,
    /// What is looked for.
    Bold,
    /// Names of things and other surroundings.
    Dim,
    /// Good.
    Green,
    /// Doubtful.
    Yellow,
    /// Bad.
    Red,
}

impl Style {
    /// The escape sequence that starts it.
    fn start(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "\x1b[1m",
            Self::Dim => "\x1b[2m",
            Self::Green => "\x1b[32m",
            Self::Yellow => "\x1b[33m",
            Self::Red => "\x1b[31m",
        }
    }
}

/// A stretch of text in one style.
#[derive(Clone, Debug, Default)]
pub(super) struct Span {
    pub(super) text: String,
    pub(super) style: Style,
}

impl Span {
    /// Plain text.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Plain }
    }

    /// The same text in another style.
    pub(super) fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }
}

/// The page under construction.
#[derive(Debug)]
pub(super) struct Page {
    text: String,
    pub(super) width: usize,
    color: bool,
}

impl Page {
    /// An empty page of `width` columns.
    pub(super) fn new(width: usize, color: bool) -> Self {
        Self { text: String::new(), width, color }
    }

    /// The lines, each with its end.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// One line; blanks at its end are dropped, and what does not fit is cut.
    pub(super) fn line(&mut self, spans: &[Span]) {
        let mut column = 0;
        let mut blanks = 0;
        for span in spans {
            let shown = span.text.trim_end_matches(' ');
            let shown = cut(shown, self.width.saturating_sub(column + blanks));
            if !shown.is_empty() {
                self.text.extend(std::iter::repeat_n(' ', blanks));
                self.paint(&shown, span.style);
                column += blanks + width(&shown);
                blanks = 0;
            }
            blanks += span.text.len() - span.text.trim_end_matches(' ').len();
        }
        self.text.push('\n');
    }

    /// A blank line and a heading.
    pub(super) fn heading(&mut self, title: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.line(&[Span::plain(title).style(Style::Bold)]);
    }

    /// Text broken between words to fit. The first line follows `lead`; the
    /// others are indented by its width.
    pub(super) fn paragraph(&mut self, lead: &Span, text: &str, style: Style) {
        let indent = width(&lead.text).min(self.width / 2);
        let mut lead = lead.clone();
        for line in wrap(text, self.width - indent) {
            self.line(&[lead, Span::plain(line).style(style)]);
            lead = Span::plain(" ".repeat(indent));
        }
    }

    fn paint(&mut self, text: &str, style: Style) {
        if self.color && style != Style::Plain {
            self.text.push_str(style.start());
            self.text.push_str(text);
            self.text.push_str("\x1b[0m");
        } else {
            self.text.push_str(text);
        }
    }
}

/// Columns that `text` takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// `text` if it fits into `most` columns, else its beginning and "…".
pub(super) fn cut(text: &str, most: usize) -> String {
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
pub(super) fn wrap(text: &str, most: usize) -> Vec<String> {
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
    fn a_line_has_no_blanks_at_its_end() {
        let mut page = Page::new(10, true);
        page.line(&[Span::plain("ab   ").style(Style::Red), Span::plain("   ")]);
        page.line(&[Span::plain("ab "), Span::plain("cdefghijkl").style(Style::Dim)]);
        assert_eq!(page.finish(), "\x1b[31mab\x1b[0m\nab \x1b[2mcdefgh…\x1b[0m\n");
    }

    #[test]
    fn words_longer_than_a_line_are_broken() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghijkl mn", 8), ["abcdefgh", "ijkl mn"]);
    }
}
