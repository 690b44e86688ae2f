//! The groups of rows by the values of a column, a table for each column.

use super::page::{Page, Span, Style};
use super::table::{Align, Table};
use crate::report::Report;
use crate::report::figures::{class, count, of_metric};
use crate::report::intervals;
use crate::report::slices::{self, Shown, Slice};

/// In place of a value that is undefined.
const DASH: &str = "–";

/// Every column that rows are put into groups by, with as many metrics as there is room
/// for.
pub(super) fn draw(page: &mut Page, report: &Report) {
    tables(page, slices::shown(report));
}

/// The same of slices beside these metrics of all rows.
pub(crate) fn draw_slices(page: &mut Page, slices: &[Slice], metrics: Vec<&str>) {
    tables(page, slices::by_column(slices, metrics, false));
}

fn tables(page: &mut Page, columns: Vec<Shown<'_>>) {
    for shown in columns {
        page.heading(&heading(&shown));
        let most = shown.metrics.len().max(1);
        let mut tables = (1..=most).rev().map(|metrics| filled(&shown, metrics));
        let fitting = tables.find_map(|mut table| (table.width() <= page.width).then_some(table));
        fitting.unwrap_or_else(|| filled(&shown, 1)).draw(page);
    }
}

fn heading(shown: &Shown<'_>) -> String {
    let column = class(shown.column);
    match (shown.metrics.first(), shown.gap, shown.worst) {
        (Some(metric), Some((_, left_out)), _) => {
            let groups = count((shown.groups.len() + left_out) as u64);
            format!("Slices by {column}: worst and best {metric} of {groups}")
        }
        (Some(metric), None, Some(_)) => format!("Slices by {column} (◂ worst {metric})"),
        _ => format!("Slices by {column}"),
    }
}

/// The table with the first of the metrics.
fn filled(shown: &Shown<'_>, metrics: usize) -> Table {
    let metrics = &shown.metrics[..metrics.min(shown.metrics.len())];
    let has_intervals = metrics
        .first()
        .is_some_and(|first| shown.groups.iter().any(|slice| interval(slice, first).is_some()));
    let (mut columns, mut names) = (vec![Align::Name, Align::Right], vec![shown.column, "rows"]);
    for (place, metric) in metrics.iter().enumerate() {
        columns.push(Align::Point);
        names.push(metric);
        if place == 0 && has_intervals {
            columns.push(Align::Left);
            names.push("interval");
        }
    }
    columns.push(Align::Left);
    let mut table = Table::new(&columns);
    table.header(names);
    for (place, slice) in shown.groups.iter().enumerate() {
        if let Some((_, left_out)) = shown.gap.filter(|(after, _)| *after == place) {
            let line = format!("… and {} more: -o report.json", count(left_out as u64));
            table.across(Span::plain(line).style(Style::Dim));
        }
        let is_worst = shown.gap.is_none() && shown.worst == Some(&slice.value);
        table.row(cells(slice, metrics, has_intervals, is_worst));
    }
    table
}

fn cells(slice: &Slice, metrics: &[&str], has_intervals: bool, is_worst: bool) -> Vec<Span> {
    let mut cells =
        vec![Span::plain(class(slices::name(&slice.value))), Span::plain(count(slice.rows.scored))];
    for (place, metric) in metrics.iter().enumerate() {
        let value = slice.metric(metric).and_then(|measure| measure.value.as_ref().ok());
        cells.push(match value {
            Some(value) => Span::plain(of_metric(metric, *value)),
            None => Span::plain(DASH).style(Style::Yellow),
        });
        if place == 0 && has_intervals {
            cells.push(Span::plain(interval(slice, metric).unwrap_or_default()).style(Style::Dim));
        }
    }
    if is_worst {
        cells.push(Span::plain("◂").style(Style::Red));
    }
    cells
}

fn interval(slice: &Slice, metric: &str) -> Option<String> {
    let interval = slice.metric(metric)?.interval.as_ref()?;
    Some(intervals::ends(metric, interval))
}
