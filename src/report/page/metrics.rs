//! The metrics of the whole set.

use crate::doc::Medium::Terminal;
use crate::doc::{
    Align, Block, Cell, Column, Heading, Interval, Paragraph, Quantity, Style, Table,
};
use crate::metric::Measure;
use crate::report::Report;
use crate::report::averages::{AVERAGES, Family, Groups};
use crate::report::figures::{count, level, of_metric};
use crate::report::intervals::{self, ends};

/// The metrics that stand alone, the averages, and what is to be known of them.
pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let groups = Groups::new(&report.metrics);
    let quantities = groups.singles.iter().map(|(name, measure)| quantity(name, measure));
    let mut blocks = vec![Heading::new("Metrics"), Block::Quantities(quantities.collect())];
    if !groups.families.is_empty() {
        blocks.extend([Block::Gap, Block::Table(averages(&groups.families))]);
    }
    blocks.push(Block::Footnotes);
    blocks.extend(methods(report));
    blocks
}

fn quantity(name: &str, measure: &Measure) -> Quantity {
    let interval = |it: &crate::metric::Interval| Interval {
        ends: ends(name, it),
        level: level(it.level),
        method: it.method,
        is_certain: it.level >= 1.0,
    };
    Quantity {
        name: name.to_owned(),
        value: measure.value.as_ref().map(|it| of_metric(name, *it)).map_err(Clone::clone),
        note: measure.note.clone(),
        interval: measure.interval.as_ref().map(interval),
        counts: measure.ratio.map(|(n, d)| format!("{} / {}", count(n), count(d))),
    }
}

/// Each quantity a line, each average a column.
fn averages(families: &[Family]) -> Table {
    let heads = AVERAGES.map(|average| Column::new(Align::Point, average));
    let first = Column::new(Align::Name, "").document("average");
    let mut table = Table::new(std::iter::once(first).chain(heads).collect());
    for family in families {
        let members = family.members.iter().map(|member| {
            let Some((name, measure)) = member else { return Cell::empty() };
            average(name, measure).style(Style::Bold)
        });
        table.row(std::iter::once(Cell::literal(family.name.as_str())).chain(members).collect());
    }
    table
}

fn average(name: &str, measure: &Measure) -> Cell {
    let cell = match &measure.value {
        Ok(number) => Cell::term(of_metric(name, *number)).note(measure.note.clone()),
        Err(reason) => Cell::undefined(reason),
    };
    cell.aside(measure.interval.as_ref().map(|it| ends(name, it)))
}

/// How the intervals were made where there is more than one way, which a document says of
/// each, and why some metrics have none.
fn methods(report: &Report) -> Vec<Block> {
    let methods = intervals::methods(report);
    let methods = (methods.len() > 1).then(|| {
        let text = format!("intervals: {}", methods.join(", "));
        Block::Only(Terminal, Paragraph::new(text, Style::Dim).into())
    });
    let missing = intervals::missing(report).map(|line| Paragraph::new(line, Style::Dim));
    methods.into_iter().chain(missing).collect()
}
