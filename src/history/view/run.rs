//! The page of one run.

use super::list;
use super::sheet::{Sheet, fact, short, utc};
use crate::history::store::run_details::RunDetails;
use crate::report::Slice;
use crate::report::figures::{count, counted, duration, scaled};
use crate::report::text::page::{Page, Span, Style};
use crate::report::text::slices::draw_slices;
use crate::report::text::table::{Align, Table};

/// All that is known of a run, but for its classes, with its slices.
pub fn run_page(details: &RunDetails, slices: &[Slice], sheet: Sheet) -> String {
    let mut page = sheet.page();
    head(&mut page, details);
    files(&mut page, details);
    metrics(&mut page, details);
    let names = details.metrics.iter().map(|(name, _)| name.as_str()).collect();
    draw_slices(&mut page, slices, names);
    verdicts(&mut page, details);
    notices(&mut page, details);
    page.finish()
}

fn head(page: &mut Page, details: &RunDetails) {
    let run = &details.run;
    let title = format!("Run {}: {}", run.id, run.identity);
    page.line(&[Span::plain(crate::report::figures::printable(&title)).style(Style::Bold)]);
    let mut plain = |name, text: &str| fact(page, name, text, Style::Plain);
    plain("night", &run.night.to_string());
    plain(
        "recorded",
        &format!("{} on {} by tallyho {}", utc(run.time), run.host, run.tool_version),
    );
    let rows = run.rows;
    let mut text = format!("{} scored", count(rows.scored));
    for (number, what) in [(rows.ignored, "ignored"), (rows.invalid, "invalid")] {
        if number > 0 {
            text.push_str(&format!(", {} {what}", count(number)));
        }
    }
    plain("rows", &text);
    plain("classes", &count(run.classes));
    let device = &run.device;
    plain("device", &format!("{}, {} threads: {}", device.kind, device.threads, device.name));
    let timing = &run.timing;
    let mut text = format!(
        "{}, {}, {}",
        duration(timing.seconds),
        scaled(timing.rows_per_second, "rows/s"),
        scaled(timing.bytes_per_second, "B/s")
    );
    if let Some(bytes) = timing.peak_memory_bytes {
        text.push_str(&format!(", peak memory {}", scaled(bytes as f64, "B")));
    }
    plain("time", &text);
    plain("digest", &run.digest);
    let kept = match run.labels {
        Some(_) => "kept for every row, for paired tests",
        None => "not kept by row",
    };
    plain("outcomes", kept);
    if let Some(time) = run.accepted {
        let because =
            details.accepted_because.as_ref().map_or(String::new(), |it| format!(": {it}"));
        plain("accepted", &format!("{}{because}", utc(time)));
    }
}

fn files(page: &mut Page, details: &RunDetails) {
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
    for (at, input) in details.inputs.iter().enumerate() {
        fact(page, if at == 0 { "inputs" } else { "" }, &text(input), Style::Plain);
    }
}

fn metrics(page: &mut Page, details: &RunDetails) {
    page.heading("Metrics");
    let mut table = Table::new(&[Align::Name, Align::Point, Align::Left, Align::Right]);
    for (name, value) in &details.metrics {
        let interval = value.interval.as_ref().map_or(String::new(), |it| {
            let ends = [it.low, it.high].map(crate::report::figures::value);
            format!(
                "{} – {} ({} {})",
                ends[0],
                ends[1],
                crate::report::figures::level(it.level),
                it.method
            )
        });
        let right = match (&value.value, value.ratio) {
            (Err(_), _) | (_, None) => String::new(),
            (Ok(_), Some((part, whole))) => format!("{} / {}", count(part), count(whole)),
        };
        let cells = [name.clone(), short(value), interval, right];
        table.row(cells.map(Span::plain).to_vec());
        if let Err(reason) = &value.value {
            table.across(Span::plain(format!("  undefined: {reason}")).style(Style::Dim));
        }
    }
    table.draw(page);
}

fn verdicts(page: &mut Page, details: &RunDetails) {
    if details.verdicts.is_empty() {
        return;
    }
    page.heading("Rules");
    page.line(&[list::rules(&details.run)]);
    for verdict in &details.verdicts {
        let style = if verdict.holds() { Style::Green } else { Style::Red };
        let lead = Span::plain(format!("{:10}", verdict.verdict)).style(style);
        let accepted =
            verdict.accepted.map_or(String::new(), |time| format!("; accepted {}", utc(time)));
        let against = verdict.baseline.map_or(String::new(), |run| format!(", against run {run}"));
        let text = format!("{}{against}: {}{accepted}", verdict.rule, verdict.reason);
        page.paragraph(&lead, &crate::report::figures::printable(&text), Style::Plain);
    }
}

fn notices(page: &mut Page, details: &RunDetails) {
    if details.notices.is_empty() {
        return;
    }
    page.heading("Told");
    for notice in &details.notices {
        let (style, how) = match notice.delivered {
            true => (Style::Green, "told"),
            false => (Style::Red, "not told"),
        };
        let lead = Span::plain(format!("{:10}", notice.kind)).style(style);
        let about = if notice.rule.is_empty() { "the evaluation" } else { &notice.rule };
        let attempts = counted(u64::from(notice.attempts), "attempt", "attempts");
        let text = format!(
            "{about}: {how} {} at {} in {attempts}: {}",
            notice.channel,
            utc(notice.time),
            notice.answer
        );
        page.paragraph(&lead, &crate::report::figures::printable(&text), Style::Plain);
    }
}
