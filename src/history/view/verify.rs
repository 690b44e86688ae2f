//! The page of what verifying found.

use super::sheet::Sheet;
use crate::doc::{Span, Style};
use crate::history::compare::verification::Verification;
use crate::report::figures::{counted, printable};

/// What verifying found.
pub fn verification(found: &Verification, sheet: Sheet) -> String {
    let mut page = sheet.page();
    for line in &found.damage {
        page.paragraph(&Span::plain("damaged  ").style(Style::Red), &printable(line), Style::Plain);
    }
    for row in &found.changed {
        let of = row.run.map_or(String::new(), |run| format!("run {run}, "));
        let which = row.row.as_ref().map_or(String::new(), |row| format!(" '{row}'"));
        let text = format!("{of}{}{which}: {}", row.table, row.problem);
        page.paragraph(
            &Span::plain("changed  ").style(Style::Red),
            &printable(&text),
            Style::Plain,
        );
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
        "{}: looked at pages, indices, tables and log; every column of {} against the checksum \
         written with it; digests, counts and {} computed anew from the tallies",
        counted(found.runs as u64, "run", "runs"),
        counted(found.rows as u64, "row", "rows"),
        counted(found.metrics as u64, "value", "values"),
    );
    if found.late_runs > 0 {
        let late = counted(found.late_runs as u64, "run is", "runs are");
        text.push_str(&format!(
            "; {late} older than their checksums: what changed before those were made is not found"
        ));
    }
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
