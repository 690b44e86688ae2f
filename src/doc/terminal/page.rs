//! Lines of a page of fixed width, with or without colour. Whatever is put on it is fit
//! for a terminal.

use crate::doc::width::{cut, width, wrap};
use crate::doc::{Span, Style};
use crate::terminal::{printable, told};

/// The escape sequence that starts a style.
fn start(style: Style) -> &'static str {
    match style {
        Style::Plain => "",
        Style::Bold => "\x1b[1m",
        Style::Dim => "\x1b[2m",
        Style::Green => "\x1b[32m",
        Style::Yellow => "\x1b[33m",
        Style::Red => "\x1b[31m",
    }
}

/// The page under construction.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
    pub(crate) width: usize,
    color: bool,
}

impl Page {
    /// An empty page of `width` columns.
    pub(crate) fn new(width: usize, color: bool) -> Self {
        Self { text: String::new(), width, color }
    }

    /// The lines, each with its end.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// One line; blanks at its end are dropped, and what does not fit is cut.
    pub(crate) fn line(&mut self, spans: &[Span]) {
        let mut column = 0;
        let mut blanks = 0;
        for span in spans {
            let text = printable(&span.text);
            let shown = cut(text.trim_end_matches(' '), self.width.saturating_sub(column + blanks));
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
    pub(crate) fn heading(&mut self, title: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.line(&[Span::plain(title).style(Style::Bold)]);
    }

    /// Text broken between words to fit. The first line follows `lead`; the
    /// others are indented by its width.
    pub(crate) fn paragraph(&mut self, lead: &Span, text: &str, style: Style) {
        let indent = width(&lead.text).min(self.width / 2);
        let mut lead = lead.clone();
        for line in wrap(&told(text), self.width - indent) {
            self.line(&[lead, Span::plain(line).style(style)]);
            lead = Span::plain(" ".repeat(indent));
        }
    }

    fn paint(&mut self, text: &str, style: Style) {
        if self.color && style != Style::Plain {
            self.text.push_str(start(style));
            self.text.push_str(text);
            self.text.push_str("\x1b[0m");
        } else {
            self.text.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_blanks_at_its_end() {
        let mut page = Page::new(10, true);
        page.line(&[Span::plain("ab   ").style(Style::Red), Span::plain("   ")]);
        page.line(&[Span::plain("ab "), Span::plain("cdefghijkl").style(Style::Dim)]);
        assert_eq!(page.finish(), "\x1b[31mab\x1b[0m\nab \x1b[2mcdefgh…\x1b[0m\n");
    }

    #[test]
    fn a_page_has_no_escape_sequences_but_its_own() {
        let mut page = Page::new(120, true);
        let styles =
            [Style::Plain, Style::Bold, Style::Dim, Style::Green, Style::Yellow, Style::Red];
        page.line(&styles.map(|style| Span::plain("\x1b[31mx\n ").style(style)));
        let lead = Span::plain("note ").style(Style::Yellow);
        page.paragraph(&lead, &format!("'{}' \x1b]8;;y\x07", "z".repeat(1 << 20)), Style::Dim);
        let text = page.finish();
        assert!(text.len() < 1_000 && text.matches(r"\u{1b}[31mx\n").count() == 6, "{text}");
        #[cfg(feature = "cli")]
        assert_eq!(crate::terminal::styled(&text), text);
    }
}
