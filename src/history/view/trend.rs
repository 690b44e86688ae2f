//! The pages of trends: one with a chart, several with a line each.

use super::chart::{Mark, Slot, chart, marks, range, slots, sparkline};
use super::names::Names;
use super::sheet::{Sheet, fact, short};
use crate::doc::Align;
use crate::doc::terminal::layout::Layout as Table;
use crate::doc::terminal::page::Page;
use crate::doc::width::width;
use crate::doc::{Span, Style};
use crate::history::query::trend::{Point, Trend};
use crate::report::figures::{counted, level, printable, value};

/// Nights in a sparkline.
const SPARK: usize = 24;
/// Nights that are named in a line.
const FEW: usize = 8;

/// The trends of the metric called `metric`: of one series its chart and, if
/// `table`, every night; of several a line for each.
pub fn trends(trends: &[Trend], metric: &str, table: bool, sheet: Sheet) -> String {
    let mut page = sheet.page();
    match trends {
        [trend] => one(&mut page, trend, metric),
        _ => several(&mut page, trends, metric),
    }
    if table {
        for trend in trends {
            nights(&mut page, trend, metric);
        }
    }
    page.finish()
}

fn one(page: &mut Page, trend: &Trend, metric: &str) {
    let over = trend.window.map_or(String::new(), |span| format!(" over {span}"));
    let title = format!("{metric}{over} of {}", trend.identity);
    page.line(&[Span::plain(printable(&title)).style(Style::Bold)]);
    page.line(&[]);
    draw(page, trend);
    page.line(&[]);
    facts(page, trend);
}

/// The chart with its axes.
fn draw(page: &mut Page, trend: &Trend) {
    let slots = slots(trend);
    let label = |number: f64| value(number);
    let labels = range(&slots).map_or_else(Vec::new, |(low, high)| vec![label(low), label(high)]);
    let lead = labels.iter().map(|it| width(it)).max().unwrap_or(0);
    let columns = page.width.saturating_sub(lead + 2).max(10);
    let Some((lines, high, low)) = chart(&slots, columns) else { return };
    let last = lines.len() - 1;
    for (at, line) in lines.into_iter().enumerate() {
        let name = match at {
            0 => label(high),
            _ if at == last && low < high => label(low),
            _ => String::new(),
        };
        let tick = if name.is_empty() { "│" } else { "┤" };
        page.line(&[
            Span::plain(format!("{name:>lead$} {tick}")).style(Style::Dim),
            Span::plain(line),
        ]);
    }
    let axis = format!("{} └{}", " ".repeat(lead), "─".repeat(columns));
    page.line(&[Span::plain(axis).style(Style::Dim)]);
    let blank = " ".repeat(lead + 2);
    if slots.iter().any(|slot| slot.mark.is_some()) {
        page.line(&[Span::plain(blank.clone()), Span::plain(marks(&slots, columns))]);
    }
    let nights = [trend.points.first(), trend.points.last()];
    let [first, last] = nights.map(|it| it.map_or(String::new(), |it| it.night.to_string()));
    let gap = columns.saturating_sub(first.len() + last.len());
    let last = if slots.len() > 1 { last } else { String::new() };
    page.line(&[Span::plain(format!("{blank}{first}{}{last}", " ".repeat(gap))).style(Style::Dim)]);
    legend(page, &slots, &blank);
}

fn legend(page: &mut Page, slots: &[Slot], blank: &str) {
    let used = |mark: Mark| slots.iter().any(|slot| slot.mark == Some(mark));
    let parts: Vec<String> = Mark::ALL
        .into_iter()
        .filter(|(mark, ..)| used(*mark))
        .map(|(_, letter, text)| format!("{letter} {text}"))
        .collect();
    if !parts.is_empty() {
        page.line(&[Span::plain(format!("{blank}{}", parts.join("  "))).style(Style::Dim)]);
    }
}

fn facts(page: &mut Page, trend: &Trend) {
    if let Some(point) = trend.points.last() {
        fact(page, "latest", &latest(point), Style::Plain);
        if let Some(text) = past(point) {
            fact(page, "before", &text, Style::Plain);
        }
        if let Some(window) = &point.window {
            let why = window.value.value.as_ref().err();
            let why = why.map_or(String::new(), |why| format!(" (undefined: {why})"));
            let runs = counted(window.runs as u64, "run", "runs");
            let text = format!("{} over {runs} since {}{why}", short(&window.value), window.from);
            fact(page, "window", &text, Style::Plain);
        }
    }
    if let Some(decline) = &trend.decline {
        let (best, now) = (value(decline.best), value(decline.now));
        let text = format!(
            "since {} (run {}), the first bad night: mean {now} now, {best} at its best",
            decline.night, decline.run
        );
        fact(page, "worse", &text, Style::Red);
    }
    let changes = trend.changes.iter().map(|change| {
        let (before, after) = (value(change.before), value(change.after));
        format!("{} (run {}): {before} → {after}", change.night, change.run)
    });
    few(page, "changes", changes.collect());
    few(page, "no run", trend.missing.iter().map(ToString::to_string).collect());
    let undefined = trend.points.iter().filter_map(|point| {
        let reason = point.value.value.as_ref().err()?;
        Some(format!("{} (run {}): {reason}", point.night, point.run))
    });
    few(page, "undefined", undefined.collect());
    let repeated = trend.points.iter().filter(|point| point.hidden > 0).map(|point| {
        format!("{} ({} runs; run {} counts, the last)", point.night, point.hidden + 1, point.run)
    });
    few(page, "repeated", repeated.collect());
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
fn few(page: &mut Page, name: &str, mut items: Vec<String>) {
    if items.is_empty() {
        return;
    }
    let all = items.len();
    let between = if items.iter().any(|item| item.contains(' ')) { "; " } else { ", " };
    let last = items.split_off(all.saturating_sub(FEW));
    let before = match all - last.len() {
        0 => String::new(),
        more => format!("{more} earlier, then "),
    };
    fact(page, name, &format!("{before}{}", last.join(between)), Style::Plain);
}

fn several(page: &mut Page, trends: &[Trend], metric: &str) {
    let names = Names::of(&trends.iter().map(|trend| &trend.identity).collect::<Vec<_>>());
    let title = match names.shared.as_str() {
        "" => metric.to_owned(),
        shared => format!("{metric} · {shared}"),
    };
    page.line(&[Span::plain(printable(&title)).style(Style::Bold)]);
    page.line(&[]);
    let columns = [Align::Name, Align::Right, Align::Left, Align::Point, Align::Right, Align::Left];
    let mut table = Table::new(&columns);
    let spark = format!("last {SPARK} nights");
    table.header(["series", "nights", &spark, "latest", "z", "worse since"]);
    for trend in trends {
        let name = names.own(&trend.identity);
        let slots = slots(trend);
        let line = sparkline(&slots[slots.len().saturating_sub(SPARK)..]);
        let last = trend.points.last();
        let z = last.and_then(|point| point.past.as_ref()?.z);
        let worse = trend.decline.as_ref().map_or(String::new(), |it| it.night.to_string());
        table.row(vec![
            Span::plain(name),
            Span::plain(trend.points.len().to_string()),
            Span::plain(line),
            Span::plain(last.map_or(String::new(), |point| short(&point.value))),
            Span::plain(z.map_or(String::new(), |z| format!("{z:+.1}"))),
            Span::plain(worse).style(Style::Red),
        ]);
    }
    table.draw(page);
    let slots = trends.iter().flat_map(slots);
    if slots.into_iter().any(|slot| slot.values.is_none()) {
        page.line(&[]);
        page.line(&[Span::plain("· no run  ? undefined").style(Style::Dim)]);
    }
}

/// Every night.
fn nights(page: &mut Page, trend: &Trend, metric: &str) {
    page.heading(&printable(&trend.identity.subject()));
    let mut table = Table::new(&[
        Align::Left,
        Align::Right,
        Align::Point,
        Align::Point,
        Align::Point,
        Align::Right,
        Align::Left,
    ]);
    table.header(["night", "run", metric, "window", "mean before", "z", ""]);
    let mut missing = trend.missing.iter().peekable();
    for point in &trend.points {
        while let Some(night) = missing.next_if(|night| **night < point.night) {
            table.row(vec![Span::plain(night.to_string()), Span::plain("·")]);
        }
        let past = point.past.as_ref();
        let window = point.window.as_ref();
        let change = trend.changes.iter().find(|change| change.run == point.run);
        let mut remarks = Vec::new();
        remarks.extend(change.map(|_| "▲".to_owned()));
        remarks.extend((point.broken > 0).then(|| format!("{} broken", point.broken)));
        remarks.extend(point.accepted.then(|| "accepted".to_owned()));
        remarks.extend((point.hidden > 0).then(|| format!("+{} runs", point.hidden)));
        let cells = [
            point.night.to_string(),
            point.run.to_string(),
            short(&point.value),
            window.map_or(String::new(), |window| short(&window.value)),
            past.map_or(String::new(), |past| value(past.mean)),
            past.and_then(|past| past.z).map_or(String::new(), |z| format!("{z:+.1}")),
            remarks.join(", "),
        ];
        table.row(cells.map(Span::plain).to_vec());
    }
    table.draw(page);
}
