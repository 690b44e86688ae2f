//! A table with all its columns.

use super::grammar::{Side, spelled};
use super::{Markdown, rich};
use crate::doc::notes::Notes;
use crate::doc::{Align, Cell, Column, Content, Kind, Medium, Table};

/// In place of a value that does not exist.
const DASH: &str = "–";

impl Markdown {
    /// The table, and below it what is left out and what a dash means.
    pub(super) fn table(&mut self, table: &Table) {
        let is_there = |only: Option<Medium>| only.is_none_or(|only| only == Medium::Markdown);
        let columns: Vec<(usize, &Column)> =
            table.columns.iter().enumerate().filter(|(_, it)| is_there(it.only)).collect();
        let rows: Vec<_> = table.rows.iter().filter(|row| is_there(row.only)).collect();
        let cell = |notes: &mut Notes, row: &[Cell], at: usize| {
            row.get(at).map_or_else(String::new, |cell| shown(cell, notes))
        };
        let notes = &mut self.notes;
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| columns.iter().map(|(at, _)| cell(notes, &row.cells, *at)).collect())
            .collect();
        let heads: Vec<_> = columns.iter().map(|(_, column)| head(column)).collect();
        self.rows(&heads, cells);
        if let Some(gap) = &table.gap {
            self.paragraph(&rich(&gap.document));
        }
        let misses = |at: usize| {
            let cells = rows.iter().filter_map(|row| row.cells.get(at));
            cells.into_iter().any(|cell| matches!(cell.content, Content::Missing))
        };
        if let Some(missing) = table.missing.filter(|_| columns.iter().any(|(at, _)| misses(*at))) {
            self.paragraph(&spelled(Kind::Words, missing));
        }
    }
}

fn head(column: &Column) -> (String, Side) {
    let side = match column.align {
        Align::Name | Align::Left => Side::Left,
        Align::Right | Align::Point => Side::Right,
    };
    (spelled(column.kind, column.document.unwrap_or(&column.head)), side)
}

fn shown(cell: &Cell, notes: &mut Notes) -> String {
    let mut text = match &cell.content {
        Content::Text(kind, text) => spelled(*kind, text),
        Content::Missing => DASH.to_owned(),
        Content::Undefined(reason) => format!("undefined{}", notes.mark(reason)),
        Content::Bar { share, .. } => format!("{:.0}%", share * 100.0),
    };
    if let Some(note) = &cell.note {
        text.push_str(&notes.mark(note));
    }
    if let Some(aside) = &cell.aside {
        text.push_str(&format!(" ({aside})"));
    }
    text
}
