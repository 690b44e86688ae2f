//! The sheet that pages are written on, and what all of them spell alike.

use jiff::Timestamp;

use crate::doc::terminal::page::Page;
use crate::doc::{Block, Doc, Span, Style, terminal};
use crate::history::store::metric_value::Value;
use crate::report::figures::{printable, value};

/// The paper: how wide, and whether there is colour.
#[derive(Clone, Copy, Debug)]
pub struct Sheet {
    /// Columns; lines are laid out for 60 to 120.
    pub width: usize,
    /// Whether escape sequences are understood.
    pub color: bool,
}

impl Sheet {
    /// The page of these sections.
    pub(super) fn show(self, sections: impl IntoIterator<Item = Vec<Block>>) -> String {
        terminal::render(&Doc::new(LEAD, sections), self.width, self.color)
    }

    pub(super) fn page(self) -> Page {
        Page::new(self.width.clamp(60, 120), self.color)
    }
}

/// The width of the names at the beginning of lines.
const LEAD: usize = 10;

/// A line that begins with what it is about.
pub(super) fn fact(page: &mut Page, name: &str, text: &str, style: Style) {
    let lead = Span::plain(format!("{name:LEAD$}")).style(Style::Dim);
    page.paragraph(&lead, &printable(text), style);
}

/// A time as "2026-11-21 02:13:00 UTC".
pub fn utc(time: Timestamp) -> String {
    time.strftime("%F %T UTC").to_string()
}

/// A value in few digits, or that there is none.
pub(super) fn short(shown: &Value) -> String {
    shown.value.as_ref().map_or_else(|_| "–".to_owned(), |number| value(*number))
}
