//! Columns that line up.

use super::page::Page;
use crate::doc::width::{cut, width};
use crate::doc::{Align, Span, Style};

/// Blanks between columns.
const GAP: usize = 2;
/// The narrowest that a name is cut to.
const NARROWEST: usize = 6;

/// Rows of cells; a row may be shorter than the columns.
#[derive(Debug)]
pub(crate) struct Layout {
    columns: Vec<Align>,
    rows: Vec<Row>,
}

#[derive(Debug)]
enum Row {
    Cells(Vec<Span>),
    /// A line across the columns, which does not widen them.
    Across(Span),
}

impl Row {
    fn cells(&self) -> &[Span] {
        match self {
            Self::Cells(cells) => cells,
            Self::Across(_) => &[],
        }
    }

    fn cell_mut(&mut self, column: usize) -> Option<&mut Span> {
        match self {
            Self::Cells(cells) => cells.get_mut(column),
            Self::Across(_) => None,
        }
    }
}

impl Layout {
    /// No rows yet.
    pub(crate) fn new(columns: &[Align]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds the names of the columns.
    pub(crate) fn header<'t>(&mut self, names: impl IntoIterator<Item = &'t str>) {
        let cell = |name: &str| Span::plain(name).style(Style::Dim);
        self.row(names.into_iter().map(cell).collect());
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<Span>) {
        self.rows.push(Row::Cells(cells));
    }

    /// Adds a line across the columns.
    pub(crate) fn across(&mut self, line: Span) {
        self.rows.push(Row::Across(line));
    }

    /// Columns that the table takes when nothing is cut.
    pub(crate) fn width(&mut self) -> usize {
        self.align_points();
        self.widths().iter().map(|width| width + GAP).sum::<usize>().saturating_sub(GAP)
    }

    /// Puts the rows onto `page`, with names cut so that it fits.
    pub(crate) fn draw(mut self, page: &mut Page) {
        let mut excess = self.width().saturating_sub(page.width);
        let mut widths = self.widths();
        while excess > 0 {
            let names = (0..widths.len()).filter(|at| self.columns[*at] == Align::Name);
            let Some(widest) = names.max_by_key(|at| widths[*at]) else { break };
            if widths[widest] <= NARROWEST {
                break;
            }
            widths[widest] -= 1;
            excess -= 1;
        }
        for row in self.rows {
            match row {
                Row::Cells(cells) => page.line(&padded(cells, &self.columns, &widths)),
                Row::Across(line) => page.line(&[line]),
            }
        }
    }

    /// The widest cell of each column.
    fn widths(&self) -> Vec<usize> {
        let mut widths = vec![0; self.columns.len()];
        for row in &self.rows {
            for (widest, cell) in widths.iter_mut().zip(row.cells()) {
                *widest = (*widest).max(width(&cell.text));
            }
        }
        widths
    }

    /// Lines up each [`Align::Point`] column.
    fn align_points(&mut self) {
        for (column, _) in self.columns.iter().enumerate().filter(|(_, it)| **it == Align::Point) {
            let cells = self.rows.iter_mut().filter_map(|row| row.cell_mut(column));
            align_points(cells.map(|cell| &mut cell.text));
        }
    }
}

/// Pads numbers until their points are under each other and their ends too.
/// Other texts are left alone. Doing it again changes nothing.
pub(crate) fn align_points<'t>(texts: impl Iterator<Item = &'t mut String>) {
    let mut numbers: Vec<&mut String> = texts.filter(|text| is_number(text)).collect();
    let before = |text: &str| text.find('.').unwrap_or(text.len());
    let most = numbers.iter().map(|text| before(text)).max().unwrap_or(0);
    for text in &mut numbers {
        text.insert_str(0, &" ".repeat(most - before(text)));
    }
    let widest = numbers.iter().map(|text| width(text)).max().unwrap_or(0);
    for text in numbers {
        let blanks = widest - width(text);
        text.push_str(&" ".repeat(blanks));
    }
}

fn is_number(text: &str) -> bool {
    text.trim_start().starts_with(|first: char| first.is_ascii_digit() || first == '-')
}

/// The cells of one row, each filled up to its column's width.
fn padded(row: Vec<Span>, columns: &[Align], widths: &[usize]) -> Vec<Span> {
    let mut line = Vec::with_capacity(row.len() * 3);
    for (place, cell) in row.into_iter().enumerate() {
        let text = cut(&cell.text, widths[place]);
        let blanks = widths[place] - width(&text);
        let left = matches!(columns[place], Align::Name | Align::Left);
        let (before, after) = if left { (0, blanks) } else { (blanks, 0) };
        line.push(Span::plain(" ".repeat(before)));
        line.push(Span { text, style: cell.style });
        line.push(Span::plain(" ".repeat(after + GAP)));
    }
    line
}
