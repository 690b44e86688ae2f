//! The page of two runs side by side.

use super::sheet::{Sheet, short};
use crate::doc::{Align, Block, Cell, Column, Fact, Gap, Span, Style, Table};
use crate::engine::Agreement;
use crate::history::compare::two_runs::Comparison;
use crate::history::store::metric_value::Value;
use crate::history::store::run::Run;
use crate::report::figures::{class, count, value};
use crate::stat::mcnemar;

/// Classes that are shown.
const CLASSES: usize = 10;

/// Two runs side by side.
pub fn comparison(compared: &Comparison, sheet: Sheet) -> String {
    let runs = [&compared.first.run, &compared.second.run];
    sheet.show([head(compared, runs), metrics(compared, runs), classes(compared), rows(compared)])
}

fn head(compared: &Comparison, runs: [&Run; 2]) -> Vec<Block> {
    let mut blocks: Vec<Block> = runs
        .into_iter()
        .map(|run| {
            let lead = Span::plain(format!("run {:<6}", run.id)).style(Style::Bold);
            let text = format!("{}, night {}", run.identity, run.night);
            Block::beside(lead, text, Style::Plain)
        })
        .collect();
    if compared.same_digest {
        let text = "the same: both counted exactly alike";
        blocks.push(Block::Facts(vec![Fact::new("digest", text, Style::Green)]));
    }
    blocks
}

fn metrics(compared: &Comparison, runs: [&Run; 2]) -> Vec<Block> {
    let [first, second] = runs.map(|run| format!("run {}", run.id));
    let mut table = Table::new(Column::all([
        (Align::Name, ""),
        (Align::Point, first.as_str()),
        (Align::Point, second.as_str()),
        (Align::Point, "difference"),
    ]));
    for (name, first, second) in &compared.metrics {
        let shown = |value: &Option<Value>| value.as_ref().map_or(String::new(), short);
        let number = |value: &Option<Value>| value.as_ref()?.value.as_ref().ok().copied();
        let difference = number(first).zip(number(second)).map(|(first, second)| second - first);
        let difference = match difference {
            Some(0.0) => "0".to_owned(),
            Some(difference) => signed(difference),
            None => String::new(),
        };
        let mut cells = vec![Cell::literal(name.as_str())];
        cells.extend([shown(first), shown(second), difference].map(Cell::term));
        table.row(cells);
    }
    vec![Block::heading("Metrics"), Block::Table(table)]
}

fn signed(difference: f64) -> String {
    let sign = if difference < 0.0 { "-" } else { "+" };
    format!("{sign}{}", value(difference.abs()))
}

fn classes(compared: &Comparison) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !compared.classes.is_empty() {
        let aligns = [Align::Name, Align::Point, Align::Point, Align::Point];
        let mut table = Table::new(Column::bare(&aligns));
        for change in compared.classes.iter().take(CLASSES) {
            let difference = signed(change.second - change.first);
            let mut cells = vec![Cell::name(class(&change.class))];
            cells.extend([value(change.first), value(change.second), difference].map(Cell::term));
            table.row(cells);
        }
        let more = compared.classes.len().saturating_sub(CLASSES);
        table.gap = (more > 0).then(|| {
            let text = format!("… and {} more", count(more as u64));
            Gap { after: CLASSES, terminal: text.clone(), document: text.into() }
        });
        blocks.extend([Block::heading("Classes whose f1 differs most"), Block::Table(table)]);
    }
    if !compared.one_sided.is_empty() {
        let names: Vec<_> = compared.one_sided.iter().take(CLASSES).map(|it| class(it)).collect();
        let text = format!("of the runs has: {}", names.join(", "));
        blocks.push(Block::Facts(vec![Fact::new("only one", text, Style::Yellow)]));
    }
    blocks
}

fn rows(compared: &Comparison) -> Vec<Block> {
    let Some(agreement) = compared.agreement else {
        let why = "not comparable row by row: the labels differ, or outcomes were not kept";
        return vec![Block::Gap, Block::Facts(vec![Fact::new("rows", why, Style::Dim)])];
    };
    let [first, second] = [&compared.first.run, &compared.second.run]
        .map(|run| format!("only run {} is right", run.id));
    let lines = [
        ("both are right", agreement.both),
        (&first, agreement.only_first),
        (&second, agreement.only_second),
        ("neither is right", agreement.neither),
    ];
    let mut table = Table::new(Column::bare(&[Align::Left, Align::Right]));
    for (name, rows) in lines {
        table.row(vec![Cell::term(name), Cell::term(count(rows))]);
    }
    let chance = format!("{} by chance, if both are right as often", probability(agreement));
    let chance = Block::Facts(vec![Fact::new("McNemar", chance, Style::Dim)]);
    vec![Block::heading("Rows that both scored"), Block::Table(table), chance]
}

/// The exact p-value of McNemar's test.
fn probability(rows: Agreement) -> String {
    format!("p = {}", value(mcnemar(rows.only_first, rows.only_second)))
}
