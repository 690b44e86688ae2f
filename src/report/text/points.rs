//! Thresholds: those asked for, and a few along the curve.

use super::page::{Page, Span, Style};
use super::table::{Align, Table};
use crate::report::Report;
use crate::report::figures::{count, printable, value};
use crate::report::points::{operating_points, sweep};

/// What was asked for, and a sweep of thresholds.
pub(super) fn draw(page: &mut Page, report: &Report) {
    let points = operating_points(report);
    let sweep = sweep(report);
    if points.is_empty() && sweep.is_empty() {
        return;
    }
    page.heading("Thresholds");
    let mut table = Table::new(&[
        Align::Name,
        Align::Point,
        Align::Point,
        Align::Point,
        Align::Point,
        Align::Right,
        Align::Right,
    ]);
    let heads = ["", "threshold", "recall", "precision", "fp rate", "fp", "fn"];
    table.header(heads);
    let shown = |number: Option<f64>| number.map_or("–".to_owned(), value);
    for point in &points {
        let mut row = vec![Span::plain(printable(&point.asked).into_owned())];
        if let Some(reason) = point.undefined {
            row.push(Span::plain(reason).style(Style::Yellow));
            table.row(row);
            continue;
        }
        let threshold = point.threshold.map_or("none".to_owned(), value);
        row.push(Span::plain(threshold).style(Style::Bold));
        let rates = [point.recall, point.precision, point.false_positive_rate];
        row.extend(rates.map(|rate| Span::plain(shown(rate))));
        row.extend([point.fp, point.fn_].map(|rows| Span::plain(count(rows))));
        table.row(row);
    }
    for point in &sweep {
        let rates = [point.recall(), point.precision(), point.false_positive_rate()];
        let mut row = vec![Span::default(), Span::plain(shown(point.threshold))];
        row.extend(rates.map(|rate| Span::plain(value(rate))));
        let missed = point.all.positive - point.above.positive;
        row.extend([point.above.negative, missed].map(|rows| Span::plain(count(rows))));
        table.row(row);
    }
    table.draw(page);
}
