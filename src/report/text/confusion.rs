//! Which classes are taken for which.

use std::collections::HashSet;

use super::page::{Page, Span, Style};
use super::table::{Align, Table};
use crate::report::Report;
use crate::report::figures::{class, count, percent};
use crate::report::picks::confused_pairs;
use crate::report::width::cut;

/// Classes up to which a grid is tried.
const GRID_CLASSES: usize = 16;
/// Columns that the name of a class may take beside the grid.
const GRID_NAME: usize = 20;

/// The whole matrix if it fits, else the pairs that are confused most often.
pub(super) fn draw(page: &mut Page, report: &Report) {
    let classes = report.shown().classes.len();
    if classes < 2 || report.tallies.rows.scored == 0 {
        return;
    }
    if classes <= GRID_CLASSES {
        for heads in [named(report), lettered(report)].into_iter().flatten() {
            let mut grid = grid(report, &heads);
            if grid.width() <= page.width {
                page.heading("Confusion: labels down, predictions across");
                grid.draw(page);
                return;
            }
        }
    }
    draw_pairs(page, report);
}

/// What stands over the columns and beside the rows.
struct Heads {
    columns: Vec<String>,
    rows: Vec<String>,
}

/// Columns headed by the names of the classes.
fn named(report: &Report) -> Option<Heads> {
    let names: Vec<String> =
        report.shown().classes.names().iter().map(|name| cut(&class(name), GRID_NAME)).collect();
    let distinct: HashSet<&String> = names.iter().collect();
    (distinct.len() == names.len()).then(|| Heads { columns: names.clone(), rows: names.clone() })
}

/// Columns headed by letters, which the rows explain.
fn lettered(report: &Report) -> Option<Heads> {
    let letters: Vec<String> = ('a'..='z').map(String::from).collect();
    let names = report.shown().classes.names();
    let columns = letters.get(..names.len())?.to_vec();
    let row =
        |(letter, name): (&String, &String)| format!("{letter} = {}", cut(&class(name), GRID_NAME));
    let rows = columns.iter().zip(names).map(row).collect();
    Some(Heads { columns, rows })
}

fn grid(report: &Report, heads: &Heads) -> Table {
    // No label is of no class.
    let (classes, labels) = (heads.rows.len(), report.classes().len());
    let mut counts = vec![vec![0; classes]; labels];
    for cell in report.shown().confusion.cells() {
        counts[cell.label as usize][cell.prediction as usize] = cell.count;
    }
    let mut table = Table::new(&[&[Align::Left][..], &vec![Align::Right; classes]].concat());
    table.header([""].into_iter().chain(heads.columns.iter().map(String::as_str)));
    for (label, counts) in counts.into_iter().enumerate() {
        let mut row = vec![Span::plain(heads.rows[label].as_str()).style(Style::Dim)];
        row.extend(counts.into_iter().enumerate().map(|(prediction, number)| match number {
            0 => Span::plain("·").style(Style::Dim),
            _ if label == prediction => Span::plain(count(number)).style(Style::Bold),
            _ => Span::plain(count(number)),
        }));
        table.row(row);
    }
    table
}

fn draw_pairs(page: &mut Page, report: &Report) {
    let (pairs, confused) = confused_pairs(&report.shown().confusion);
    if pairs.is_empty() {
        return;
    }
    page.heading("Most confused");
    let mut table =
        Table::new(&[Align::Name, Align::Left, Align::Name, Align::Right, Align::Right]);
    table.header(["label", "", "prediction", "rows", "of the label"]);
    for cell in &pairs {
        let label = cell.label as usize;
        table.row(vec![
            Span::plain(class(report.class(label))),
            Span::plain("→").style(Style::Dim),
            Span::plain(class(report.class(cell.prediction as usize))),
            Span::plain(count(cell.count)),
            Span::plain(percent(cell.count, report.per_class[label].support)),
        ]);
    }
    if confused > pairs.len() {
        let more = count((confused - pairs.len()) as u64);
        let line = format!("… and {more} more pairs: -o report.json");
        table.across(Span::plain(line).style(Style::Dim));
    }
    table.draw(page);
}
