//! The list of runs, in a table.

use super::names::{Name, Names};
use super::sheet::{Sheet, short};
use crate::doc::{Align, Block, Cell, Column, Span, Style, Table};
use crate::history::store::metric_value::Value;
use crate::history::store::run::{Run, RunRules};
use crate::report::figures::{count, counted};

/// Runs with their values of the metric called `metric`, the latest at the end,
/// and how many older ones are left out.
pub fn list(runs: &[(Run, Value)], metric: &str, older: usize, sheet: Sheet) -> String {
    let names = Names::of(&runs.iter().map(|(run, _)| &run.identity).collect::<Vec<_>>());
    let mut blocks = Vec::new();
    if !names.shared.is_empty() {
        blocks.extend([Block::Line(vec![Span::plain(names.shared)]), Block::Gap]);
    }
    if older > 0 {
        let line =
            format!("… {} before; --last N shows more", counted(older as u64, "run", "runs"));
        blocks.push(Block::Line(vec![Span::plain(line).style(Style::Dim)]));
    }
    blocks.push(Block::Table(table(runs, metric, &names.varied)));
    sheet.show([blocks])
}

fn table(runs: &[(Run, Value)], metric: &str, names: &[Name]) -> Table {
    let mut columns = vec![(Align::Right, "run"), (Align::Left, "night")];
    columns.extend(names.iter().map(|(name, _)| (Align::Name, *name)));
    columns.extend([(Align::Right, "rows"), (Align::Point, metric), (Align::Left, "rules")]);
    let mut table = Table::new(Column::all(columns));
    for (run, value) in runs {
        let mut cells = vec![Cell::term(run.id.to_string()), Cell::term(run.night.to_string())];
        cells.extend(names.iter().map(|(_, name)| Cell::name(name(&run.identity))));
        let [rows, value] = [count(run.rows.scored), short(value)].map(Cell::term);
        cells.extend([rows, value, rules(run).into()]);
        table.row(cells);
    }
    table
}

/// How many rules held.
pub(super) fn rules(run: &Run) -> Span {
    let RunRules { judged: all, not_holding, failing } = run.rules;
    match (all, not_holding, run.accepted.is_some()) {
        (0, _, false) => Span::plain("–"),
        (0, _, true) => Span::plain("accepted"),
        (_, 0, _) => Span::plain(format!("{all} of {all} hold")).style(Style::Green),
        (_, _, true) => {
            let text = format!("{} of {all} hold, accepted", all - not_holding);
            Span::plain(text).style(Style::Yellow)
        }
        _ => {
            let style = if failing > 0 { Style::Red } else { Style::Yellow };
            Span::plain(format!("{} of {all} hold", all - not_holding)).style(style)
        }
    }
}
