//! The classes one by one.

use super::page::{Page, Span, Style};
use super::table::{Align, Table};
use crate::metric::ClassMeasures;
use crate::report::Report;
use crate::report::figures::{class, count, value};
use crate::report::picks::{self, Classes};

/// Width from which every column is shown.
const ROOMY: usize = 100;
/// In place of a value that is undefined.
const DASH: &str = "–";

/// All classes, or the worst and the best of many. Values that were asked for are shown
/// where there is room for all.
pub(super) fn draw(page: &mut Page, report: &Report) {
    let asked = report.per_class.first().map_or(&[][..], |class| &class.asked);
    let usual = Shown { wide: page.width >= ROOMY, areas: picks::has_areas(report), asked: &[] };
    let mut table = filled(report, Shown { asked, ..usual });
    let fits = asked.is_empty() || table.width() <= page.width;
    if !fits {
        table = filled(report, usual);
    }
    page.heading(&heading(report));
    let undefined = table.contains(DASH);
    table.draw(page);
    if undefined {
        page.line(&[Span::plain(picks::UNDEFINED).style(Style::Dim)]);
    }
    if !fits {
        let names: Vec<&str> = asked.iter().map(|(name, _)| *name).collect();
        let line = format!("{} of each class: -o classes.csv", names.join(", "));
        page.line(&[Span::plain(line).style(Style::Dim)]);
    }
}

fn heading(report: &Report) -> String {
    match picks::classes(&report.per_class) {
        Classes::All(classes) if picks::worst(classes).is_some() => "Classes (◂ lowest f1)".into(),
        Classes::All(_) => "Classes".into(),
        Classes::Ends { .. } => {
            format!("Classes: lowest and highest f1 of {}", count(report.per_class.len() as u64))
        }
    }
}

/// The table with its rows.
fn filled(report: &Report, shown: Shown<'_>) -> Table {
    let mut table = table(shown);
    let row = |table: &mut Table, class, worst| table.row(cells(report, class, worst, shown));
    match picks::classes(&report.per_class) {
        Classes::All(classes) => {
            let lowest = picks::worst(classes);
            for class in classes {
                row(&mut table, class, lowest == Some(class.class));
            }
        }
        Classes::Ends { worst, best, between, undefined } => {
            for class in &worst {
                row(&mut table, class, false);
            }
            table.across(
                Span::plain(picks::left_out(between, undefined) + ": -o classes.csv")
                    .style(Style::Dim),
            );
            for class in best.iter().rev() {
                row(&mut table, class, false);
            }
        }
    }
    table
}

/// Which columns there are beside the usual ones.
#[derive(Clone, Copy)]
struct Shown<'a> {
    /// Those of a wide page.
    wide: bool,
    /// The areas of each class against the others.
    areas: bool,
    /// Values that were asked for.
    asked: &'a [(&'static str, Result<f64, String>)],
}

fn table(shown: Shown<'_>) -> Table {
    let (mut columns, mut names) = (
        vec![Align::Name, Align::Right, Align::Right, Align::Point, Align::Point, Align::Point],
        vec!["class", "support", "predicted", "precision", "recall", "f1"],
    );
    if shown.areas {
        columns.push(Align::Point);
        names.push("roc_auc");
    }
    columns.extend(shown.asked.iter().map(|_| Align::Point));
    names.extend(shown.asked.iter().map(|(name, _)| *name));
    if shown.wide {
        columns.extend([Align::Point, Align::Point]);
        names.extend(["specificity", "jaccard"]);
    }
    columns.push(Align::Left);
    names.push("");
    let mut table = Table::new(&columns);
    table.header(names);
    table
}

fn cells(report: &Report, measures: &ClassMeasures, worst: bool, shown: Shown<'_>) -> Vec<Span> {
    let number = |number: Option<f64>| match number {
        Some(number) => Span::plain(value(number)),
        None => Span::plain(DASH).style(Style::Yellow),
    };
    let mut cells = vec![
        Span::plain(class(report.class(measures.class))),
        Span::plain(count(measures.support)),
        Span::plain(count(measures.predicted)),
        number(measures.precision.ok()),
        number(measures.recall.ok()),
        number(measures.f1.ok()),
    ];
    if shown.areas {
        cells.extend(
            measures.order.as_ref().map(|areas| number(areas.roc_auc.as_ref().ok().copied())),
        );
    }
    cells.extend(
        measures
            .asked
            .iter()
            .take(shown.asked.len())
            .map(|(_, value)| number(value.as_ref().ok().copied())),
    );
    if shown.wide {
        cells.extend([number(measures.specificity.ok()), number(measures.jaccard.ok())]);
    }
    if worst {
        cells.push(Span::plain("◂").style(Style::Red));
    }
    cells
}
