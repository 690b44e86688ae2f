//! Runs in a table.

use super::{Sheet, short};
use crate::history::{Run, Value};
use crate::report::figures::{count, counted, printable};
use crate::report::text::page::{Page, Span, Style};
use crate::report::text::table::{Align, Table};

/// A name of an identity, and how to read it.
type Name = (&'static str, fn(&Run) -> &str);

const NAMES: [Name; 4] = [
    ("job", |run| &run.identity.job),
    ("dataset", |run| &run.identity.dataset),
    ("model", |run| &run.identity.model),
    ("split", |run| &run.identity.split),
];

/// Runs with their values of the metric called `metric`, the latest at the end,
/// and how many older ones are left out.
pub fn list(runs: &[(Run, Value)], metric: &str, older: usize, sheet: Sheet) -> String {
    let mut page = sheet.page();
    // A name that all runs share is said once.
    let (shared, varied): (Vec<_>, Vec<_>) = NAMES.into_iter().partition(|(_, name)| {
        runs.len() > 1 && runs.windows(2).all(|pair| name(&pair[0].0) == name(&pair[1].0))
    });
    let first = runs.first().map(|(run, _)| run);
    let shared: Vec<String> = shared
        .into_iter()
        .filter_map(|(what, name)| Some((what, name(first?))))
        .filter(|(_, name)| !name.is_empty())
        .map(|(what, name)| format!("{what} {}", printable(name)))
        .collect();
    if !shared.is_empty() {
        page.line(&[Span::plain(shared.join(" · "))]);
        page.line(&[]);
    }
    if older > 0 {
        let line =
            format!("… {} before; --last N shows more", counted(older as u64, "run", "runs"));
        page.line(&[Span::plain(line).style(Style::Dim)]);
    }
    table(&mut page, runs, metric, &varied);
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
        cells.extend(names.iter().map(|(_, name)| Span::plain(printable(name(run)))));
        cells.extend([Span::plain(count(run.rows.scored)), Span::plain(short(value)), rules(run)]);
        table.row(cells);
    }
    table.draw(page);
}

/// How many rules held.
pub(super) fn rules(run: &Run) -> Span {
    let (all, failed) = run.rules;
    match (all, failed, run.accepted.is_some()) {
        (0, _, false) => Span::plain("–"),
        (0, _, true) => Span::plain("accepted"),
        (_, 0, _) => Span::plain(format!("{all} of {all} hold")).style(Style::Green),
        (_, _, true) => {
            Span::plain(format!("{} of {all} hold, accepted", all - failed)).style(Style::Yellow)
        }
        _ => Span::plain(format!("{} of {all} hold", all - failed)).style(Style::Red),
    }
}
