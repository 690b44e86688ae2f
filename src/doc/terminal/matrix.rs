//! A matrix as a grid.

use std::collections::HashSet;

use super::layout::Layout;
use super::page::Page;
use crate::doc::width::cut;
use crate::doc::{Align, Matrix, Span, Style};

/// Classes up to which a grid is tried.
const CLASSES: usize = 16;
/// Columns that the name of a class may take beside the grid.
const NAME: usize = 20;

/// Puts the grid onto the page, if it fits.
pub(super) fn draw(page: &mut Page, matrix: &Matrix) -> bool {
    if matrix.names.len() > CLASSES {
        return false;
    }
    for heads in [named(matrix), lettered(matrix)].into_iter().flatten() {
        let mut grid = grid(matrix, &heads);
        if grid.width() <= page.width {
            page.heading(&matrix.heading.terminal);
            grid.draw(page);
            return true;
        }
    }
    false
}

/// What stands over the columns and beside the rows.
struct Heads {
    columns: Vec<String>,
    rows: Vec<String>,
}

/// Columns headed by the names of the classes.
fn named(matrix: &Matrix) -> Option<Heads> {
    let names: Vec<String> = matrix.names.iter().map(|name| cut(name, NAME)).collect();
    let distinct: HashSet<&String> = names.iter().collect();
    (distinct.len() == names.len()).then(|| Heads { columns: names.clone(), rows: names.clone() })
}

/// Columns headed by letters, which the rows explain.
fn lettered(matrix: &Matrix) -> Option<Heads> {
    let letters: Vec<String> = ('a'..='z').map(String::from).collect();
    let columns = letters.get(..matrix.names.len())?.to_vec();
    let row = |(letter, name): (&String, &String)| format!("{letter} = {}", cut(name, NAME));
    let rows = columns.iter().zip(&matrix.names).map(row).collect();
    Some(Heads { columns, rows })
}

fn grid(matrix: &Matrix, heads: &Heads) -> Layout {
    let classes = heads.columns.len();
    let mut layout = Layout::new(&[&[Align::Left][..], &vec![Align::Right; classes]].concat());
    layout.header([""].into_iter().chain(heads.columns.iter().map(String::as_str)));
    for (label, counts) in matrix.counts.iter().enumerate() {
        let mut row = vec![Span::plain(heads.rows[label].as_str()).style(Style::Dim)];
        row.extend(counts.iter().enumerate().map(|(prediction, count)| match count {
            None => Span::plain("·").style(Style::Dim),
            Some(count) if label == prediction => Span::plain(count).style(Style::Bold),
            Some(count) => Span::plain(count),
        }));
        layout.row(row);
    }
    layout
}
