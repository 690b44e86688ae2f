//! The page of what verifying found.

use super::sheet::Sheet;
use crate::doc::{Block, Entries, Entry, Span, Style};
use crate::history::compare::verification::Verification;
use crate::report::figures::counted;

/// What verifying found.
pub fn verification(found: &Verification, sheet: Sheet) -> String {
    let entry = |word: &str, what: String| {
        let word = Span::plain(word).style(Style::Red);
        Entry { word, what, why: None }
    };
    let damage = found.damage.iter().map(|line| entry("damaged", line.clone()));
    let changed = found.changed.iter().map(|row| {
        let of = row.run.map_or(String::new(), |run| format!("run {run}, "));
        let which = row.row.as_ref().map_or(String::new(), |row| format!(" '{row}'"));
        entry("changed", format!("{of}{}{which}: {}", row.table, row.problem))
    });
    let differences = found.differences.iter().map(|difference| {
        let text = format!(
            "run {}, {}: {} is stored, {} is what the tallies give",
            difference.run, difference.what, difference.stored, difference.computed
        );
        entry("differs", text)
    });
    let entries = damage.chain(changed).chain(differences).collect();
    let entries = Entries { labels: 9, heads: ["", "what", "why"], entries };
    sheet.show([vec![Block::Entries(entries), looked_at(found)]])
}

/// What was looked at, and what could not be.
fn looked_at(found: &Verification) -> Block {
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
    Block::beside(Span::plain(lead).style(style), text, Style::Plain)
}
