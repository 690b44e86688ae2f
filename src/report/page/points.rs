//! Thresholds: those asked for, and a few along the curve.

use crate::doc::Medium::Terminal;
use crate::doc::{Align, Block, Cell, Column, Heading, Row, Style, Table};
use crate::report::Report;
use crate::report::curves::Operating;
use crate::report::figures::{count, value};
use crate::report::points::{OperatingPoint, operating_points, sweep};

/// What was asked for, and on a terminal a sweep of thresholds.
pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let points = operating_points(report);
    let sweep = sweep(report);
    if points.is_empty() && sweep.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(vec![
        Column::new(Align::Name, "").document("asked"),
        Column::new(Align::Point, "threshold"),
        Column::new(Align::Point, "recall"),
        Column::new(Align::Point, "precision"),
        Column::new(Align::Point, "fp rate").document("false positive rate"),
        Column::new(Align::Right, "fp"),
        Column::new(Align::Right, "fn"),
    ]);
    for point in &points {
        table.row(asked(point));
    }
    let along = sweep.iter().map(|point| Row {
        cells: along(point),
        only: Some(Terminal),
        ..Row::default()
    });
    table.rows.extend(along);
    let blocks = vec![Heading::new("Thresholds"), Block::Table(table)];
    if points.is_empty() { vec![Block::Only(Terminal, blocks)] } else { blocks }
}

fn shown(number: Option<f64>) -> Cell {
    Cell::term(number.map_or("–".to_owned(), value))
}

fn asked(point: &OperatingPoint) -> Vec<Cell> {
    let mut row = vec![Cell::literal(point.asked.as_str())];
    if let Some(reason) = point.undefined {
        row.push(Cell::words(reason).style(Style::Yellow));
        return row;
    }
    let threshold = point.threshold.map_or("none".to_owned(), value);
    row.push(Cell::term(threshold).style(Style::Bold));
    row.extend([point.recall, point.precision, point.false_positive_rate].map(shown));
    row.extend([point.fp, point.fn_].map(|rows| Cell::term(count(rows))));
    row
}

fn along(point: &Operating) -> Vec<Cell> {
    let rates = [point.recall(), point.precision(), point.false_positive_rate()];
    let mut row = vec![Cell::empty(), shown(point.threshold)];
    row.extend(rates.map(|rate| Cell::term(value(rate))));
    let missed = point.all.positive - point.above.positive;
    row.extend([point.above.negative, missed].map(|rows| Cell::term(count(rows))));
    row
}
