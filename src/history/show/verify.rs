//! What verifying found.

use super::Sheet;
use crate::history::Verification;
use crate::report::figures::{counted, printable};
use crate::report::text::page::{Span, Style};

/// What verifying found.
pub fn verification(found: &Verification, sheet: Sheet) -> String {
    let mut page = sheet.page();
    for line in &found.damage {
        page.paragraph(&Span::plain("damaged  ").style(Style::Red), &printable(line), Style::Plain);
    }
    for difference in &found.differences {
        let lead = Span::plain("differs  ").style(Style::Red);
        let text = format!(
            "run {}, {}: {} is stored, {} is what the tallies give",
            difference.run, difference.what, difference.stored, difference.computed
        );
        page.paragraph(&lead, &printable(&text), Style::Plain);
    }
    let (lead, style) = match found.is_sound() {
        true => ("sound    ", Style::Green),
        false => ("looked at  ", Style::Plain),
    };
    let mut text = format!(
        "{}: every page, digest and value looked at, {}",
        counted(found.runs as u64, "run", "runs"),
        counted(found.metrics as u64, "value computed anew", "values computed anew"),
    );
    if found.new_metrics > 0 {
        let new = counted(found.new_metrics as u64, "value is", "values are");
        text.push_str(&format!("; {new} not stored, being of metrics learned since"));
    }
    if found.unknown_metrics > 0 {
        let gone = counted(found.unknown_metrics as u64, "value is", "values are");
        text.push_str(&format!("; {gone} of metrics that this version does not compute"));
    }
    page.paragraph(&Span::plain(lead).style(style), &text, Style::Plain);
    page.finish()
}
