//! The page of one run.

use super::list;
use super::sheet::{Sheet, short, utc};
use crate::doc::{Align, Block, Cell, Column, Entries, Entry, Fact, Row, Span, Style, Table};
use crate::history::store::run_details::RunDetails;
use crate::report::Slice;
use crate::report::figures::{count, counted, duration, level, scaled, value};
use crate::report::page::slices;

/// All that is known of a run, but for its classes, with its slices.
pub fn run_page(details: &RunDetails, slices: &[Slice], sheet: Sheet) -> String {
    let names = details.metrics.iter().map(|(name, _)| name.as_str()).collect();
    let sections = [
        head(details),
        metrics(details),
        slices::beside(slices, names),
        verdicts(details),
        notices(details),
    ];
    sheet.show(sections)
}

fn head(details: &RunDetails) -> Vec<Block> {
    let run = &details.run;
    let title = format!("Run {}: {}", run.id, run.identity);
    let rows = run.rows;
    let mut rows_text = format!("{} scored", count(rows.scored));
    for (number, what) in [(rows.ignored, "ignored"), (rows.invalid, "invalid")] {
        if number > 0 {
            rows_text.push_str(&format!(", {} {what}", count(number)));
        }
    }
    let device = &run.device;
    let timing = &run.timing;
    let mut time = format!(
        "{}, {}, {}",
        duration(timing.seconds),
        scaled(timing.rows_per_second, "rows/s"),
        scaled(timing.bytes_per_second, "B/s")
    );
    if let Some(bytes) = timing.peak_memory_bytes {
        time.push_str(&format!(", peak memory {}", scaled(bytes as f64, "B")));
    }
    let kept = match run.labels {
        Some(_) => "kept for every row, for paired tests",
        None => "not kept by row",
    };
    let recorded = format!("{} on {} by tallyho {}", utc(run.time), run.host, run.tool_version);
    let mut facts = vec![
        Fact::plain("night", run.night.to_string()),
        Fact::plain("recorded", recorded),
        Fact::plain("rows", rows_text),
        Fact::plain("classes", count(run.classes)),
        Fact::plain(
            "device",
            format!("{}, {} threads: {}", device.kind, device.threads, device.name),
        ),
        Fact::plain("time", time),
        Fact::plain("digest", run.digest.as_str()),
        Fact::plain("outcomes", kept),
    ];
    if let Some(time) = run.accepted {
        let because =
            details.accepted_because.as_ref().map_or(String::new(), |it| format!(": {it}"));
        facts.push(Fact::plain("accepted", format!("{}{because}", utc(time))));
    }
    facts.extend(files(details));
    vec![Block::Line(vec![Span::plain(title).style(Style::Bold)]), Block::Facts(facts)]
}

fn files(details: &RunDetails) -> impl Iterator<Item = Fact> {
    let text = |input: &crate::history::store::record::Input| {
        let role = input.input.role.as_ref().map_or(String::new(), |role| format!("{role}: "));
        let print =
            input.fingerprint.as_ref().map_or("none", |print| &print[..12.min(print.len())]);
        format!(
            "{role}{} ({}, {} rows, {}, fingerprint {print})",
            input.input.path,
            input.input.format,
            count(input.input.rows),
            scaled(input.input.bytes as f64, "B"),
        )
    };
    let inputs = details.inputs.iter().enumerate();
    inputs.map(move |(at, input)| Fact::plain(if at == 0 { "inputs" } else { "" }, text(input)))
}

fn metrics(details: &RunDetails) -> Vec<Block> {
    let aligns = [Align::Name, Align::Point, Align::Left, Align::Right];
    let mut table = Table::new(Column::bare(&aligns));
    for (name, shown) in &details.metrics {
        let interval = shown.interval.as_ref().map_or(String::new(), |it| {
            let (low, high) = (value(it.low), value(it.high));
            format!("{low} – {high} ({} {})", level(it.level), it.method)
        });
        let counts = match (&shown.value, shown.ratio) {
            (Err(_), _) | (_, None) => String::new(),
            (Ok(_), Some((part, whole))) => format!("{} / {}", count(part), count(whole)),
        };
        let undefined = shown.value.as_ref().err();
        table.rows.push(Row {
            cells: vec![
                Cell::literal(name.as_str()),
                Cell::term(short(shown)),
                Cell::term(interval),
                Cell::term(counts),
            ],
            below: undefined.map(|reason| format!("  undefined: {reason}")),
            ..Row::default()
        });
    }
    vec![Block::heading("Metrics"), Block::Table(table)]
}

/// Columns of what became of something.
const LABELS: usize = 11;

fn verdicts(details: &RunDetails) -> Vec<Block> {
    if details.verdicts.is_empty() {
        return Vec::new();
    }
    let entries = details.verdicts.iter().map(|verdict| {
        let style = if verdict.holds() { Style::Green } else { Style::Red };
        let accepted =
            verdict.accepted.map_or(String::new(), |time| format!("; accepted {}", utc(time)));
        let against = verdict.baseline.map_or(String::new(), |run| format!(", against run {run}"));
        Entry {
            word: Span::plain(verdict.verdict.as_str()).style(style),
            what: format!("{}{against}: {}{accepted}", verdict.rule, verdict.reason),
            why: None,
        }
    });
    let rules = Block::Line(vec![list::rules(&details.run)]);
    let heads = ["verdict", "rule", "reason"];
    let entries = Entries { labels: LABELS, heads, entries: entries.collect() };
    vec![Block::heading("Rules"), rules, Block::Entries(entries)]
}

fn notices(details: &RunDetails) -> Vec<Block> {
    if details.notices.is_empty() {
        return Vec::new();
    }
    let entries = details.notices.iter().map(|notice| {
        let (style, how) = match notice.delivered {
            true => (Style::Green, "told"),
            false => (Style::Red, "not told"),
        };
        let about = if notice.rule.is_empty() { "the evaluation" } else { &notice.rule };
        let attempts = counted(u64::from(notice.attempts), "attempt", "attempts");
        let what = format!(
            "{about}: {how} {} at {} in {attempts}: {}",
            notice.channel,
            utc(notice.time),
            notice.answer
        );
        Entry { word: Span::plain(notice.kind.as_str()).style(style), what, why: None }
    });
    let heads = ["kind", "about", ""];
    let entries = Entries { labels: LABELS, heads, entries: entries.collect() };
    vec![Block::heading("Told"), Block::Entries(entries)]
}
