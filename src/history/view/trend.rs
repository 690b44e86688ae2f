//! The pages of trends: one with a chart, several with a line each.

use super::names::Names;
use super::sheet::{Sheet, short};
use super::slots::slots;
use crate::doc::chart::range;
use crate::doc::{Align, Block, Cell, Chart, Column, Fact, Span, Style, Table};
use crate::history::query::trend::{Point, Trend};
use crate::report::figures::{counted, level, value};

/// Nights in a sparkline.
const SPARK: usize = 24;
/// Nights that are named in a line.
const FEW: usize = 8;

/// The trends of the metric called `metric`: of one series its chart and, if
/// `table`, every night; of several a line for each.
pub fn trends(trends: &[Trend], metric: &str, table: bool, sheet: Sheet) -> String {
    let page = match trends {
        [trend] => one(trend, metric),
        _ => several(trends, metric),
    };
    let shown = if table { trends } else { &[] };
    sheet.show(std::iter::once(page).chain(shown.iter().map(|trend| nights(trend, metric))))
}

fn one(trend: &Trend, metric: &str) -> Vec<Block> {
    let over = trend.window.map_or(String::new(), |span| format!(" over {span}"));
    let title = format!("{metric}{over} of {}", trend.identity);
    let title = Block::Line(vec![Span::plain(title).style(Style::Bold)]);
    vec![title, Block::Gap, Block::Chart(chart(trend)), Block::Gap, Block::Facts(facts(trend))]
}

fn chart(trend: &Trend) -> Chart {
    let slots = slots(trend);
    let ends = range(&slots).map_or_else(Default::default, |(low, high)| [low, high].map(value));
    let nights = [trend.points.first(), trend.points.last()];
    let nights = nights.map(|it| it.map_or(String::new(), |it| it.night.to_string()));
    Chart { slots, ends, nights }
}

fn facts(trend: &Trend) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(point) = trend.points.last() {
        facts.push(Fact::plain("latest", latest(point)));
        facts.extend(past(point).map(|text| Fact::plain("before", text)));
        if let Some(window) = &point.window {
            let why = window.value.value.as_ref().err();
            let why = why.map_or(String::new(), |why| format!(" (undefined: {why})"));
            let runs = counted(window.runs as u64, "run", "runs");
            let text = format!("{} over {runs} since {}{why}", short(&window.value), window.from);
            facts.push(Fact::plain("window", text));
        }
    }
    if let Some(decline) = &trend.decline {
        let (best, now) = (value(decline.best), value(decline.now));
        let text = format!(
            "since {} (run {}), the first bad night: mean {now} now, {best} at its best",
            decline.night, decline.run
        );
        facts.push(Fact::new("worse", text, Style::Red));
    }
    let changes = trend.changes.iter().map(|change| {
        let (before, after) = (value(change.before), value(change.after));
        format!("{} (run {}): {before} → {after}", change.night, change.run)
    });
    let missing = trend.missing.iter().map(ToString::to_string);
    let undefined = trend.points.iter().filter_map(|point| {
        let reason = point.value.value.as_ref().err()?;
        Some(format!("{} (run {}): {reason}", point.night, point.run))
    });
    let repeated = trend.points.iter().filter(|point| point.hidden > 0).map(|point| {
        format!("{} ({} runs; run {} counts, the last)", point.night, point.hidden + 1, point.run)
    });
    facts.extend(few("changes", changes.collect()));
    facts.extend(few("no run", missing.collect()));
    facts.extend(few("undefined", undefined.collect()));
    facts.extend(few("repeated", repeated.collect()));
    facts
}

fn latest(point: &Point) -> String {
    let interval = point.value.interval.as_ref().map_or(String::new(), |it| {
        let (low, high) = (value(it.low), value(it.high));
        format!(", {} {} {low} – {high}", level(it.level), it.method)
    });
    format!("{} on {} (run {}){interval}", short(&point.value), point.night, point.run)
}

fn past(point: &Point) -> Option<String> {
    let past = point.past.as_ref()?;
    let nights = counted(past.values as u64, "night", "nights");
    let deviation =
        past.deviation.map_or(String::new(), |it| format!(", standard deviation {}", value(it)));
    let z = past.z.map_or(String::new(), |z| format!("; z = {z:+.1}"));
    Some(format!("mean {}{deviation} over {nights}{z}", value(past.mean)))
}

/// The last of many.
fn few(name: &str, mut items: Vec<String>) -> Option<Fact> {
    let all = items.len();
    let between = if items.iter().any(|item| item.contains(' ')) { "; " } else { ", " };
    let last = items.split_off(all.saturating_sub(FEW));
    let before = match all - last.len() {
        0 => String::new(),
        more => format!("{more} earlier, then "),
    };
    let text = format!("{before}{}", last.join(between));
    (all > 0).then(|| Fact::plain(name, text))
}

fn several(trends: &[Trend], metric: &str) -> Vec<Block> {
    let names = Names::of(&trends.iter().map(|trend| &trend.identity).collect::<Vec<_>>());
    let title = match names.shared.as_str() {
        "" => metric.to_owned(),
        shared => format!("{metric} · {shared}"),
    };
    let spark = format!("last {SPARK} nights");
    let mut table = Table::new(Column::all([
        (Align::Name, "series"),
        (Align::Right, "nights"),
        (Align::Left, spark.as_str()),
        (Align::Point, "latest"),
        (Align::Right, "z"),
        (Align::Left, "worse since"),
    ]));
    let mut has_gaps = false;
    for trend in trends {
        let slots = slots(trend);
        has_gaps |= slots.iter().any(|slot| slot.values.is_none());
        let last = trend.points.last();
        let z = last.and_then(|point| point.past.as_ref()?.z);
        let worse = trend.decline.as_ref().map_or(String::new(), |it| it.night.to_string());
        table.row(vec![
            Cell::words(names.own(&trend.identity)),
            Cell::term(trend.points.len().to_string()),
            Cell::spark(slots[slots.len().saturating_sub(SPARK)..].to_vec()),
            Cell::term(last.map_or(String::new(), |point| short(&point.value))),
            Cell::term(z.map_or(String::new(), |z| format!("{z:+.1}"))),
            Cell::term(worse).style(Style::Red),
        ]);
    }
    let title = Block::Line(vec![Span::plain(title).style(Style::Bold)]);
    let mut blocks = vec![title, Block::Gap, Block::Table(table)];
    if has_gaps {
        let legend = Span::plain("· no run  ? undefined").style(Style::Dim);
        blocks.extend([Block::Gap, Block::Line(vec![legend])]);
    }
    blocks
}

/// Every night.
fn nights(trend: &Trend, metric: &str) -> Vec<Block> {
    let mut table = Table::new(Column::all([
        (Align::Left, "night"),
        (Align::Right, "run"),
        (Align::Point, metric),
        (Align::Point, "window"),
        (Align::Point, "mean before"),
        (Align::Right, "z"),
        (Align::Left, ""),
    ]));
    let mut missing = trend.missing.iter().peekable();
    for point in &trend.points {
        while let Some(night) = missing.next_if(|night| **night < point.night) {
            table.row(vec![Cell::term(night.to_string()), Cell::term("·")]);
        }
        let past = point.past.as_ref();
        let window = point.window.as_ref();
        let cells = [
            point.night.to_string(),
            point.run.to_string(),
            short(&point.value),
            window.map_or(String::new(), |window| short(&window.value)),
            past.map_or(String::new(), |past| value(past.mean)),
            past.and_then(|past| past.z).map_or(String::new(), |z| format!("{z:+.1}")),
            remarks(trend, point),
        ];
        table.row(cells.map(Cell::term).to_vec());
    }
    vec![Block::heading(&trend.identity.subject()), Block::Table(table)]
}

/// What is to be said of a night beside its numbers.
fn remarks(trend: &Trend, point: &Point) -> String {
    let change = trend.changes.iter().any(|change| change.run == point.run);
    let mut remarks = Vec::new();
    remarks.extend(change.then(|| "▲".to_owned()));
    remarks.extend((point.broken > 0).then(|| format!("{} broken", point.broken)));
    remarks.extend(point.accepted.then(|| "accepted".to_owned()));
    remarks.extend((point.hidden > 0).then(|| format!("+{} runs", point.hidden)));
    remarks.join(", ")
}
