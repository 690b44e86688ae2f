//! The section on calibration: how far the confidence can be believed.

use crate::doc::Medium::Terminal;
use crate::doc::{Align, Block, Cell, Column, Style, Table};
use crate::report::Report;
use crate::report::calibration::bins;
use crate::report::figures::{count, held, value};

/// The bins that hold rows.
pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let bins = bins(report.tallies);
    if bins.iter().all(|bin| bin.rows == 0) {
        return Vec::new();
    }
    let mut table = Table::new(vec![
        Column::new(Align::Left, "bin"),
        Column::new(Align::Right, "rows"),
        Column::new(Align::Point, "confidence"),
        Column::new(Align::Point, "accuracy"),
        Column::new(Align::Point, "gap"),
        Column::new(Align::Left, "").only(Terminal),
    ]);
    for bin in bins.iter().filter(|bin| bin.rows > 0) {
        let (confidence, accuracy) = (bin.confidence(), bin.accuracy());
        table.row(vec![
            Cell::term(format!("{:.3}–{:.3}", bin.low, bin.high)).style(Style::Dim),
            Cell::term(count(bin.rows)),
            Cell::term(held(confidence)),
            Cell::term(value(accuracy)),
            Cell::term(format!("{:+.4}", confidence - accuracy)),
            Cell::bar(accuracy, confidence),
        ]);
    }
    let heading =
        Block::heading_of("Calibration: accuracy (bar) against confidence (│)", "Calibration");
    vec![heading, Block::Table(table)]
}
