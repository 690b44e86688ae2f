//! The list of runs, in a table.

use super::names::{Name, Names};
use super::sheet::{Sheet, short};
use crate::doc::Align;
use crate::doc::terminal::layout::Layout as Table;
use crate::doc::terminal::page::Page;
use crate::doc::{Span, Style};
use crate::history::store::metric_value::Value;
use crate::history::store::run::{Run, RunRules};
use crate::report::figures::{count, counted, printable};

/// Runs with their values of the metric called `metric`, the latest at the end,
/// and how many older ones are left out.
pub fn list(runs: &[(Run, Value)], metric: &str, older: usize, sheet: Sheet) -> String {
    let mut page = sheet.page();
    let names = Names::of(&runs.iter().map(|(run, _)| &run.identity).collect::<Vec<_>>());
    if !names.shared.is_empty() {
        page.line(&[Span::plain(names.shared)]);
        page.line(&[]);
    }
    if older > 0 {
        let line =
            format!("… {} before; --last N shows more", counted(older as u64, "run", "runs"));
        page.line(&[Span::plain(line).style(Style::Dim)]);
    }
    table(&mut page, runs, metric, &names.varied);
    page.finish()
}

fn table(page: &mut Page, runs: &[(Run, Value)], metric: &str, names: &[Name]) {
    let mut columns = vec![Align::Right, Align::Left];
    columns.extend(names.iter().map(|_| Align::Name));
    columns.extend([Align::Right, Align::Point, Align::Left]);
    let mut table = Table::new(&columns);
    let names_of_columns = names.iter().map(|(name, _)| *name);
    table.header(
        ["run", "night"].into_iter().chain(names_of_columns).chain(["rows", metric, "rules"]),
    );
    for (run, value) in runs {
        let mut cells = vec![Span::plain(run.id.to_string()), Span::plain(run.night.to_string())];
        cells.extend(names.iter().map(|(_, name)| Span::plain(printable(name(&run.identity)))));
        cells.extend([Span::plain(count(run.rows.scored)), Span::plain(short(value)), rules(run)]);
        table.row(cells);
    }
    table.draw(page);
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
