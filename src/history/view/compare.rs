//! The page of two runs side by side.

use super::sheet::{Sheet, fact, short};
use crate::doc::Align;
use crate::doc::terminal::layout::Layout as Table;
use crate::doc::terminal::page::Page;
use crate::doc::{Span, Style};
use crate::engine::Agreement;
use crate::history::compare::two_runs::Comparison;
use crate::history::store::metric_value::Value;
use crate::history::store::run::Run;
use crate::report::figures::{class, count, printable, value};
use crate::stat::mcnemar;

/// Classes that are shown.
const CLASSES: usize = 10;

/// Two runs side by side.
pub fn comparison(compared: &Comparison, sheet: Sheet) -> String {
    let mut page = sheet.page();
    let (first, second) = (&compared.first.run, &compared.second.run);
    for run in [first, second] {
        let lead = Span::plain(format!("run {:<6}", run.id)).style(Style::Bold);
        let text = format!("{}, night {}", run.identity, run.night);
        page.paragraph(&lead, &printable(&text), Style::Plain);
    }
    if compared.same_digest {
        fact(&mut page, "digest", "the same: both counted exactly alike", Style::Green);
    }
    metrics(&mut page, compared, [first, second]);
    classes(&mut page, compared);
    rows(&mut page, compared);
    page.finish()
}

fn metrics(page: &mut Page, compared: &Comparison, runs: [&Run; 2]) {
    page.heading("Metrics");
    let mut table = Table::new(&[Align::Name, Align::Point, Align::Point, Align::Point]);
    let [first, second] = runs.map(|run| format!("run {}", run.id));
    table.header(["", &first, &second, "difference"]);
    for (name, first, second) in &compared.metrics {
        let shown = |value: &Option<Value>| value.as_ref().map_or(String::new(), short);
        let number = |value: &Option<Value>| value.as_ref()?.value.as_ref().ok().copied();
        let difference = number(first).zip(number(second)).map(|(first, second)| second - first);
        let difference = match difference {
            Some(0.0) => "0".to_owned(),
            Some(difference) => signed(difference),
            None => String::new(),
        };
        let cells = [name.clone(), shown(first), shown(second), difference];
        table.row(cells.map(Span::plain).to_vec());
    }
    table.draw(page);
}

fn signed(difference: f64) -> String {
    let sign = if difference < 0.0 { "-" } else { "+" };
    format!("{sign}{}", value(difference.abs()))
}

fn classes(page: &mut Page, compared: &Comparison) {
    if !compared.classes.is_empty() {
        page.heading("Classes whose f1 differs most");
        let mut table = Table::new(&[Align::Name, Align::Point, Align::Point, Align::Point]);
        for change in compared.classes.iter().take(CLASSES) {
            let difference = signed(change.second - change.first);
            let name = class(&change.class).into_owned();
            let cells = [name, value(change.first), value(change.second), difference];
            table.row(cells.map(Span::plain).to_vec());
        }
        table.draw(page);
        let more = compared.classes.len().saturating_sub(CLASSES);
        if more > 0 {
            let line = format!("… and {} more", count(more as u64));
            page.line(&[Span::plain(line).style(Style::Dim)]);
        }
    }
    if !compared.one_sided.is_empty() {
        let names: Vec<_> = compared.one_sided.iter().take(CLASSES).map(|it| class(it)).collect();
        fact(page, "only one", &format!("of the runs has: {}", names.join(", ")), Style::Yellow);
    }
}

fn rows(page: &mut Page, compared: &Comparison) {
    let Some(agreement) = compared.agreement else {
        page.line(&[]);
        let why = "not comparable row by row: the labels differ, or outcomes were not kept";
        fact(page, "rows", why, Style::Dim);
        return;
    };
    page.heading("Rows that both scored");
    let [first, second] = [&compared.first.run, &compared.second.run]
        .map(|run| format!("only run {} is right", run.id));
    let lines = [
        ("both are right", agreement.both),
        (&first, agreement.only_first),
        (&second, agreement.only_second),
        ("neither is right", agreement.neither),
    ];
    let mut table = Table::new(&[Align::Left, Align::Right]);
    for (name, rows) in lines {
        table.row(vec![Span::plain(name), Span::plain(count(rows))]);
    }
    table.draw(page);
    let chance = format!("{} by chance, if both are right as often", probability(agreement));
    fact(page, "McNemar", &chance, Style::Dim);
}

/// The exact p-value of McNemar's test.
fn probability(rows: Agreement) -> String {
    format!("p = {}", value(mcnemar(rows.only_first, rows.only_second)))
}
