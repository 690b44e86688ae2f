//! A table with the columns that there is room for.

use super::layout::Layout;
use super::page::Page;
use super::undefined;
use crate::doc::notes::Notes;
use crate::doc::{Align, Aside, Cell, Column, Content, Medium, Need, Row, Span, Style, Table};

/// Width from which every column is shown.
const ROOMY: usize = 100;
/// Columns of a bar from 0 to 1.
const BAR: usize = 20;
/// In place of a value that does not exist.
const DASH: &str = "–";

/// Puts the table onto the page, and what is to be said below it.
pub(super) fn draw(page: &mut Page, table: &Table, notes: &mut Notes) {
    let is_there = |(_, column): &(usize, &Column)| {
        column.only.is_none_or(|only| only == Medium::Terminal)
            && (column.need != Need::Roomy || page.width >= ROOMY)
    };
    let all: Vec<(usize, &Column)> = table.columns.iter().enumerate().filter(is_there).collect();
    let mut chosen = Choice { columns: all.clone(), asides: true };
    let mut layout = filled(table, &chosen, notes);
    while layout.width() > page.width {
        let Some(fewer) = chosen.fewer(table) else { break };
        layout = filled(table, &fewer, notes);
        chosen = fewer;
    }
    layout.draw(page);
    let dim = |page: &mut Page, text: &str| page.line(&[Span::plain(text).style(Style::Dim)]);
    if let Some(missing) = table.missing.filter(|_| chosen.misses(table)) {
        dim(page, missing);
    }
    let left_out: Vec<&str> = all
        .iter()
        .filter(|(at, column)| column.need == Need::Together && !chosen.has(*at))
        .map(|(_, column)| column.head.as_str())
        .collect();
    if !left_out.is_empty() {
        dim(page, &(left_out.join(", ") + table.elsewhere));
    }
}

/// What is shown of a table.
#[derive(Clone)]
struct Choice<'t> {
    columns: Vec<(usize, &'t Column)>,
    asides: bool,
}

impl Choice<'_> {
    /// Less than this, if something can give way.
    fn fewer(&self, table: &Table) -> Option<Self> {
        let mut fewer = self.clone();
        if self.asides && table.aside == Aside::Below && table.has_asides() {
            fewer.asides = false;
        } else if self.columns.iter().any(|(_, column)| column.need == Need::Together) {
            fewer.columns.retain(|(_, column)| column.need != Need::Together);
        } else {
            let last = self.columns.iter().rposition(|(_, it)| it.need == Need::Apiece)?;
            fewer.columns.remove(last);
        }
        Some(fewer)
    }

    fn has(&self, column: usize) -> bool {
        self.columns.iter().any(|(at, _)| *at == column)
    }

    /// Whether a value does not exist.
    fn misses(&self, table: &Table) -> bool {
        let cells = table.rows.iter().flat_map(|row| row.cells.iter().enumerate());
        cells.into_iter().any(|(at, it)| matches!(it.content, Content::Missing) && self.has(at))
    }
}

impl Table {
    fn has_asides(&self) -> bool {
        self.rows.iter().flat_map(|row| &row.cells).any(|cell| cell.aside.is_some())
    }

    /// The column that its asides stand beside, with the head of theirs.
    fn beside(&self) -> Option<(usize, &'static str)> {
        let Aside::Beside(head) = self.aside else { return None };
        let mut places = self.rows.iter().filter_map(|row| {
            let place = row.cells.iter().position(|cell| cell.aside.is_some())?;
            Some((place, head))
        });
        places.next()
    }
}

/// The rows with the chosen columns.
fn filled(table: &Table, chosen: &Choice, notes: &mut Notes) -> Layout {
    let beside = table.beside();
    let (mut aligns, mut heads) = (Vec::new(), Vec::new());
    for (at, column) in &chosen.columns {
        aligns.push(column.align);
        heads.push(column.head.as_str());
        if let Some((_, head)) = beside.filter(|(place, _)| place == at) {
            aligns.push(Align::Left);
            heads.push(head);
        }
    }
    let mut layout = Layout::new(&aligns);
    if heads.iter().any(|head| !head.is_empty()) {
        layout.header(heads);
    }
    let gap = |layout: &mut Layout, place| {
        if let Some(gap) = table.gap.as_ref().filter(|gap| gap.after == place) {
            layout.across(Span::plain(gap.terminal.as_str()).style(Style::Dim));
        }
    };
    let rows = table.rows.iter();
    let rows = rows.filter(|row| row.only.is_none_or(|only| only == Medium::Terminal));
    for (place, row) in rows.enumerate() {
        gap(&mut layout, place);
        add(&mut layout, row, chosen, beside.map(|(place, _)| place), notes);
    }
    gap(&mut layout, table.rows.len());
    layout
}

/// A row with what stands below it.
fn add(layout: &mut Layout, row: &Row, chosen: &Choice, beside: Option<usize>, notes: &mut Notes) {
    let (mut cells, mut asides) = (Vec::new(), Vec::new());
    for (at, _) in &chosen.columns {
        let Some(cell) = row.cells.get(*at) else { break };
        cells.push(span(cell, notes));
        let aside = Span::plain(cell.aside.as_deref().unwrap_or_default()).style(Style::Dim);
        match beside {
            Some(place) if place == *at => cells.push(aside),
            Some(_) => {}
            None => asides.push(aside),
        }
    }
    layout.row(cells);
    if chosen.asides && asides.iter().any(|aside| !aside.text.is_empty()) {
        layout.row(asides);
    }
    if let Some(below) = &row.below {
        layout.across(Span::plain(below.as_str()).style(Style::Dim));
    }
}

fn span(cell: &Cell, notes: &mut Notes) -> Span {
    let mut text = match &cell.content {
        Content::Text(_, text) => text.clone(),
        Content::Missing => DASH.to_owned(),
        Content::Undefined(reason) => format!("undefined{}", notes.mark(&undefined(reason))),
        Content::Bar { share, mark } => bar(*share, *mark),
    };
    if let Some(note) = &cell.note {
        text.push_str(&notes.mark(note));
    }
    Span::plain(text).style(cell.style)
}

/// A bar as long as the share, with a mark.
fn bar(share: f64, mark: f64) -> String {
    let place = |share: f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0..=20")]
        let place = (share * BAR as f64).round() as usize;
        place.min(BAR)
    };
    let mark = place(mark).clamp(1, BAR) - 1;
    let filled = place(share);
    let column = |at| match at {
        _ if at == mark => '│',
        _ if at < filled => '█',
        _ => '·',
    };
    (0..BAR).map(column).collect()
}
