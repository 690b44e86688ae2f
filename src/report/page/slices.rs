//! The groups of rows by the values of a column, a table for each column.

use crate::doc::{Align, Aside, Block, Cell, Column, Gap, Medium, Need, Style, Table, Text};
use crate::report::Report;
use crate::report::figures::{class, count, of_metric};
use crate::report::intervals;
use crate::report::slices::{self, Shown, Slice};

/// Every column that rows are put into groups by, with as many metrics as there is room
/// for.
pub(super) fn blocks(report: &Report) -> Vec<Block> {
    slices::shown(report).iter().flat_map(column).collect()
}

/// The same of slices beside these metrics of all rows.
#[cfg(feature = "history")]
pub(crate) fn beside(slices: &[Slice], metrics: Vec<&str>) -> Vec<Block> {
    slices::by_column(slices, metrics, false).iter().flat_map(column).collect()
}

fn column(shown: &Shown<'_>) -> [Block; 2] {
    let name = class(shown.column);
    let terminal = match (shown.metrics.first(), shown.gap, shown.worst) {
        (Some(metric), Some((_, left_out)), _) => {
            let groups = count((shown.groups.len() + left_out) as u64);
            let [low, high] = shown.ends;
            format!("Slices by {name}: {low} and {high} {metric} of {groups}")
        }
        (Some(metric), None, Some(_)) => format!("Slices by {name} (◂ worst {metric})"),
        _ => format!("Slices by {name}"),
    };
    let document = Text::from("Slices by ").name(name);
    [Block::heading_of(terminal, document), Block::Table(table(shown))]
}

fn table(shown: &Shown<'_>) -> Table {
    let metric = |(place, name): (usize, &&str)| {
        let need = if place == 0 { Need::Always } else { Need::Apiece };
        Column::new(Align::Point, *name).need(need)
    };
    let mut columns = vec![
        Column::new(Align::Name, class(shown.column)).named(),
        Column::new(Align::Right, "rows"),
    ];
    columns.extend(shown.metrics.iter().enumerate().map(metric));
    columns.push(Column::new(Align::Left, "").only(Medium::Terminal));
    let mut table = Table::new(columns);
    table.aside = Aside::Beside("interval");
    table.gap = shown.gap.map(|(after, left_out)| gap(shown, after, left_out));
    for slice in &shown.groups {
        let is_worst = shown.gap.is_none() && shown.worst == Some(&slice.value);
        table.row(cells(slice, &shown.metrics, is_worst));
    }
    table
}

fn gap(shown: &Shown<'_>, after: usize, left_out: usize) -> Gap {
    let left_out = count(left_out as u64);
    let metric = |before: String| match shown.metrics.first() {
        Some(metric) => Text::from(before).literal(*metric),
        None => Text::from(before).words("metric"),
    };
    let document = match shown.groups.len() - after {
        0 => metric(format!("{left_out} more have no ")).words("."),
        best => {
            let [low, high] = shown.ends;
            metric(format!("The {after} of the {low} "))
                .words(format!(" and the {best} of the {high}; {left_out} more lie between."))
        }
    };
    Gap { after, terminal: format!("… and {left_out} more: -o report.json"), document }
}

fn cells(slice: &Slice, metrics: &[&str], is_worst: bool) -> Vec<Cell> {
    let mut cells =
        vec![Cell::name(class(slices::name(&slice.value))), Cell::term(count(slice.rows.scored))];
    for (place, metric) in metrics.iter().enumerate() {
        let measure = slice.metric(metric);
        let value = measure.and_then(|measure| measure.value.as_ref().ok());
        let interval = measure.and_then(|measure| measure.interval.as_ref());
        let interval = interval.filter(|_| place == 0 && value.is_some());
        let cell = Cell::number(value.map(|value| of_metric(metric, *value)));
        cells.push(cell.aside(interval.map(|it| intervals::ends(metric, it))));
    }
    if is_worst {
        cells.push(Cell::term("◂").style(Style::Red));
    }
    cells
}
