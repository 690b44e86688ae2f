//! The section of the confusion: which classes are taken for which.

use crate::doc::Medium::Terminal;
use crate::doc::{Align, Block, Cell, Column, Gap, Heading, Matrix, SECTION, Style, Table};
use crate::report::Report;
use crate::report::figures::{class, count, percent};
use crate::report::picks::confused_pairs;

/// Classes up to which there may be room for the whole matrix.
const MATRIX_CLASSES: usize = 16;

/// The whole matrix if it fits, else the pairs that are confused most often.
pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let classes = report.shown().classes.len();
    if classes < 2 || report.tallies.rows.scored == 0 {
        return Vec::new();
    }
    match classes <= MATRIX_CLASSES {
        true => vec![Block::Matrix(matrix(report))],
        false => pairs(report),
    }
}

fn matrix(report: &Report) -> Matrix {
    // No label is of no class.
    let (names, labels) = (report.shown().classes.names(), report.classes().len());
    let mut counts = vec![vec![None; names.len()]; labels];
    for cell in report.shown().confusion.cells().filter(|cell| cell.count > 0) {
        counts[cell.label as usize][cell.prediction as usize] = Some(count(cell.count));
    }
    Matrix {
        heading: Heading {
            level: SECTION,
            terminal: "Confusion: labels down, predictions across".to_owned(),
            document: "Confusion".into(),
        },
        corner: r"label \ prediction",
        names: names.iter().map(|name| class(name).into_owned()).collect(),
        counts,
        otherwise: pairs(report),
    }
}

fn pairs(report: &Report) -> Vec<Block> {
    let (pairs, confused) = confused_pairs(&report.shown().confusion);
    if pairs.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(vec![
        Column::new(Align::Name, "label"),
        Column::new(Align::Left, "").only(Terminal),
        Column::new(Align::Name, "prediction"),
        Column::new(Align::Right, "rows"),
        Column::new(Align::Right, "of the label"),
    ]);
    for cell in &pairs {
        let label = cell.label as usize;
        table.row(vec![
            Cell::name(class(report.class(label))),
            Cell::term("→").style(Style::Dim),
            Cell::name(class(report.class(cell.prediction as usize))),
            Cell::term(count(cell.count)),
            Cell::term(percent(cell.count, report.per_class[label].support)),
        ]);
    }
    if confused > pairs.len() {
        let more = format!("… and {} more pairs", count((confused - pairs.len()) as u64));
        let terminal = format!("{more}: -o report.json");
        table.gap = Some(Gap { after: pairs.len(), terminal, document: more.into() });
    }
    vec![Block::heading("Most confused"), Block::Table(table)]
}
