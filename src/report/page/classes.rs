//! The section of classes, one by one.

use crate::doc::Medium::{Markdown, Terminal};
use crate::doc::{Align, Block, Cell, Column, Gap, Need, Style, Table};
use crate::metric::ClassMeasures;
use crate::report::Report;
use crate::report::figures::{class, count, value};
use crate::report::picks::{self, Classes};

/// All classes, or the worst and the best of many. Values that were asked for are shown
/// where there is room for all.
pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let picked = picks::classes(&report.per_class);
    let mut table = Table::new(columns(report));
    table.missing = Some(picks::UNDEFINED);
    table.elsewhere = " of each class: -o classes.csv";
    let heading = match picked {
        Classes::All(classes) => {
            let lowest = picks::worst(classes);
            for class in classes {
                table.row(cells(report, class, lowest == Some(class.class)));
            }
            let marked = if lowest.is_some() { " (◂ lowest f1)" } else { "" };
            Block::heading_of(format!("Classes{marked}"), "Classes")
        }
        Classes::Ends { worst, best, between, undefined } => {
            let left_out = picks::left_out(between, undefined);
            table.gap = Some(Gap {
                after: worst.len(),
                terminal: format!("{left_out}: -o classes.csv"),
                document: left_out.into(),
            });
            for class in worst.iter().chain(best.iter().rev()) {
                table.row(cells(report, class, false));
            }
            let all = count(report.per_class.len() as u64);
            let (worst, best) = (worst.len(), best.len());
            Block::heading_of(
                format!("Classes: lowest and highest f1 of {all}"),
                format!("Classes: the {worst} of lowest and the {best} of highest f1"),
            )
        }
    };
    vec![heading, Block::Table(table)]
}

/// The columns of [`cells`]. A terminal has what it has room for, the usual ones first.
fn columns(report: &Report) -> Vec<Column> {
    let rates = ["precision", "recall", "f1"];
    let rest = || ["specificity", "jaccard"].map(|name| Column::new(Align::Point, name));
    let mut columns = vec![
        Column::new(Align::Name, "class"),
        Column::new(Align::Right, "support"),
        Column::new(Align::Right, "predicted"),
    ];
    columns.extend(rates.map(|name| Column::new(Align::Point, name)));
    columns.extend(rest().map(|column| column.only(Markdown)));
    if picks::has_areas(report) {
        columns.push(Column::new(Align::Point, "roc_auc"));
        columns.push(Column::new(Align::Point, "average_precision").only(Markdown));
    }
    let asked = report.per_class.first().map_or(&[][..], |class| &class.asked);
    let asked = asked.iter().map(|(name, _)| Column::new(Align::Point, *name));
    columns.extend(asked.map(|column| column.need(Need::Together)));
    columns.extend(rest().map(|column| column.only(Terminal).need(Need::Roomy)));
    columns.push(Column::new(Align::Left, "").only(Terminal));
    columns
}

fn cells(report: &Report, measures: &ClassMeasures, is_worst: bool) -> Vec<Cell> {
    let number = |number: Option<f64>| Cell::number(number.map(value));
    let rest = || [measures.specificity.ok(), measures.jaccard.ok()].map(number);
    let mut cells = vec![
        Cell::name(class(report.class(measures.class))),
        Cell::term(count(measures.support)),
        Cell::term(count(measures.predicted)),
    ];
    let rates = [measures.precision.ok(), measures.recall.ok(), measures.f1.ok()];
    cells.extend(rates.map(number));
    cells.extend(rest());
    let areas = measures.order.iter().filter(|_| picks::has_areas(report));
    let areas = areas.flat_map(|areas| [&areas.roc_auc, &areas.average_precision]);
    cells.extend(areas.map(|area| number(area.as_ref().ok().copied())));
    cells.extend(measures.asked.iter().map(|(_, value)| number(value.as_ref().ok().copied())));
    cells.extend(rest());
    if is_worst {
        cells.push(Cell::term("◂").style(Style::Red));
    }
    cells
}
