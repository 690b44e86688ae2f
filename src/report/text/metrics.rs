//! The metrics of the whole set.

use super::page::{Page, Span, Style};
use super::table::{Align, Table, align_points};
use crate::metric::Measure;
use crate::report::Report;
use crate::report::averages::{AVERAGES, Family, Groups};
use crate::report::figures::{count, level, of_metric, printable};
use crate::report::intervals::{self, ends};
use crate::report::notes::Notes;
use crate::report::width::width;

/// A metric with its value as it is shown.
struct Shown<'a> {
    name: &'a str,
    value: String,
    measure: &'a Measure,
}

/// Metrics with counts or intervals first, one a line; then plain numbers side
/// by side, what is undefined and why, and the averages.
pub(super) fn draw(page: &mut Page, report: &Report) {
    let groups = Groups::new(&report.metrics);
    let mut notes = Notes::default();
    let (defined, undefined): (Vec<_>, Vec<_>) =
        groups.singles.iter().copied().partition(|(_, measure)| measure.value.is_ok());
    let mut shown: Vec<Shown> = defined
        .into_iter()
        .map(|(name, measure)| Shown { name, value: shown(name, measure, &mut notes), measure })
        .collect();
    align_points(shown.iter_mut().map(|metric| &mut metric.value));
    let names = groups.singles.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    let (detailed, plain): (Vec<_>, Vec<_>) = shown
        .into_iter()
        .partition(|it| it.measure.ratio.is_some() || it.measure.interval.is_some());

    page.heading("Metrics");
    draw_detailed(page, &detailed, names);
    draw_plain(page, &plain, names);
    for (name, measure) in undefined {
        draw_undefined(page, name, measure, names);
    }
    draw_averages(page, &groups.families, &mut notes);
    draw_notes(page, &notes);
    draw_methods(page, report);
}

/// Footnotes, below what they belong to.
pub(super) fn draw_notes(page: &mut Page, notes: &Notes) {
    for (mark, note) in notes.iter() {
        let lead = Span::plain(format!("{mark} ")).style(Style::Dim);
        page.paragraph(&lead, &printable(note), Style::Dim);
    }
}

/// The value with the mark of its note.
fn shown(name: &str, measure: &Measure, notes: &mut Notes) -> String {
    match &measure.value {
        Ok(number) => {
            let mark = measure.note.as_ref().map_or(String::new(), |note| notes.mark(note));
            format!("{}{mark}", of_metric(name, *number))
        }
        Err(reason) => format!("undefined{}", notes.mark(&format!("undefined: {reason}"))),
    }
}

/// Name, value, interval and counts. The counts give way if they do not fit.
fn draw_detailed(page: &mut Page, metrics: &[Shown], names: usize) {
    if metrics.is_empty() {
        return;
    }
    let own = metrics.iter().map(|metric| width(metric.name)).max().unwrap_or(0);
    let attempts = [(names, true), (own, true), (names, false)];
    for (attempt, (names, counts)) in attempts.into_iter().enumerate() {
        let mut table = detailed(metrics, names, counts);
        if table.width() <= page.width || attempt + 1 == attempts.len() {
            table.draw(page);
            break;
        }
    }
}

fn detailed(metrics: &[Shown], names: usize, counts: bool) -> Table {
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Left, Align::Right]);
    let intervals: Vec<_> = metrics.iter().filter_map(|it| it.measure.interval.as_ref()).collect();
    let method = intervals.first().map(|it| it.method);
    let one_method = intervals.iter().all(|it| Some(it.method) == method);
    // Certified ends have no level of their own, and `draw_methods` names them.
    let sampled = intervals.iter().find(|it| it.level < 1.0);
    let heading = match (sampled, method) {
        (Some(it), _) if !one_method => format!("{} interval", level(it.level)),
        (Some(it), _) => format!("{} {}", level(it.level), it.method),
        (None, method) => method.unwrap_or_default().to_owned(),
    };
    let heads = ["", "", &heading, if counts { "counts" } else { "" }];
    table.header(heads);
    for Shown { name, value, measure } in metrics {
        // Of these very rows, so that the heading's level is not theirs.
        let interval = measure.interval.as_ref().map_or(String::new(), |it| match it.level < 1.0 {
            false if sampled.is_some() => format!("{} {}", ends(name, it), it.method),
            _ => ends(name, it),
        });
        let ratio = measure.ratio.filter(|_| counts);
        let ratio = ratio.map_or(String::new(), |(n, d)| format!("{} / {}", count(n), count(d)));
        table.row(vec![
            Span::plain(format!("{name:<names$}")),
            Span::plain(value.as_str()).style(Style::Bold),
            Span::plain(interval),
            Span::plain(ratio),
        ]);
    }
    table
}

/// Name and value, in two columns where they fit.
fn draw_plain(page: &mut Page, metrics: &[Shown], names: usize) {
    let values = metrics.iter().map(|metric| width(&metric.value)).max().unwrap_or(0);
    let both = 2 * (names + 2 + values) + 4 <= page.width;
    let height = if both { metrics.len().div_ceil(2) } else { metrics.len() };
    let cells = |metric: &Shown| {
        let name = Span::plain(format!("{:<names$}  ", metric.name));
        [name, Span::plain(format!("{:<values$}    ", metric.value)).style(Style::Bold)]
    };
    for line in 0..height {
        let row = metrics.iter().skip(line).step_by(height);
        page.line(&row.flat_map(cells).collect::<Vec<_>>());
    }
}

fn draw_undefined(page: &mut Page, name: &str, measure: &Measure, names: usize) {
    if let Err(reason) = &measure.value {
        let lead = Span::plain(format!("{name:<names$}  "));
        page.paragraph(&lead, &printable(&format!("undefined: {reason}")), Style::Yellow);
    }
}

/// Each quantity a line, each average a column.
fn draw_averages(page: &mut Page, families: &[Family], notes: &mut Notes) {
    if families.is_empty() {
        return;
    }
    page.line(&[]);
    let mut table = averages(families, notes, true);
    if table.width() > page.width {
        table = averages(families, notes, false);
    }
    table.draw(page);
}

fn averages(families: &[Family], notes: &mut Notes, intervals: bool) -> Table {
    let mut table = Table::new(&[Align::Name, Align::Point, Align::Point, Align::Point]);
    table.header([""].into_iter().chain(AVERAGES));
    for family in families {
        let mut row = vec![Span::plain(family.name.as_str())];
        for member in &family.members {
            row.push(match member {
                Some((name, measure)) => {
                    Span::plain(shown(name, measure, notes)).style(Style::Bold)
                }
                None => Span::default(),
            });
        }
        table.row(row);
        let interval = |member: &Option<(&str, &Measure)>| {
            member.and_then(|(name, measure)| Some(ends(name, measure.interval.as_ref()?)))
        };
        let below: Vec<_> = family.members.iter().map(interval).collect();
        if intervals && below.iter().any(Option::is_some) {
            let below = below.into_iter().map(|it| Span::plain(it.unwrap_or_default()));
            let below = below.map(|cell| cell.style(Style::Dim));
            table.row(std::iter::once(Span::default()).chain(below).collect());
        }
    }
    table
}

/// How the intervals were made where there is more than one way, and why some
/// metrics have none.
fn draw_methods(page: &mut Page, report: &Report) {
    let methods = intervals::methods(report);
    let lead = Span::default();
    if methods.len() > 1 {
        let text = format!("intervals: {}", methods.join(", "));
        page.paragraph(&lead, &printable(&text), Style::Dim);
    }
    if let Some(line) = intervals::missing(report) {
        page.paragraph(&lead, &printable(&line), Style::Dim);
    }
}
