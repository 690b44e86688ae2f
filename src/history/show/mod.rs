//! The history as people and programs read it: pages for a terminal, JSON.

mod chart;
mod compare;
mod json;
mod list;
mod names;
mod run;
mod trend;
mod verify;

pub use compare::comparison;
pub(super) use json::export_json;
pub use json::{compare_json, list_json, run_json, trends_json, verification_json};
pub use list::list;
pub use run::run_page;
pub use trend::trends;
pub use verify::verification;

use crate::report::figures::{printable, value};
use crate::report::text::page::{Page, Span, Style};

use jiff::Timestamp;

use super::Value;

/// The paper: how wide, and whether there is colour.
#[derive(Clone, Copy, Debug)]
pub struct Sheet {
    /// Columns; lines are laid out for 60 to 120.
    pub width: usize,
    /// Whether escape sequences are understood.
    pub color: bool,
}

impl Sheet {
    fn page(self) -> Page {
        Page::new(self.width.clamp(60, 120), self.color)
    }
}

/// The width of the names at the beginning of lines.
const LEAD: usize = 10;

/// A line that begins with what it is about.
fn fact(page: &mut Page, name: &str, text: &str, style: Style) {
    let lead = Span::plain(format!("{name:LEAD$}")).style(Style::Dim);
    page.paragraph(&lead, &printable(text), style);
}

/// A time as "2026-11-21 02:13:00 UTC".
pub fn utc(time: Timestamp) -> String {
    time.strftime("%F %T UTC").to_string()
}

/// A value in few digits, or that there is none.
fn short(shown: &Value) -> String {
    shown.value.as_ref().map_or_else(|_| "–".to_owned(), |number| value(*number))
}
