//! The beginning and the end of the page: verdicts, the run, warnings.

use super::page::{Page, Span, Style};
use crate::report::figures::printable;
use crate::report::width::width;
use crate::report::{Report, run};
use crate::rule::Verdict;

/// Columns of the names at the left.
const NAMES: usize = 9;

/// Whether the rules hold, and what was scored, on what, how fast.
pub(super) fn head(page: &mut Page, report: &Report) {
    if let Some((holds, verdict)) = run::verdict(report) {
        let (word, style) = if holds { ("PASS", Style::Green) } else { ("FAIL", Style::Red) };
        let lead = Span::plain(format!("{word:<NAMES$}")).style(style);
        page.paragraph(&lead, &verdict, Style::Bold);
        page.line(&[]);
    }
    for notice in run::first(report) {
        let lead = Span::plain(format!("{:<NAMES$}", notice.code.severity.name()));
        let text = printable(&notice.sentence()).into_owned();
        page.paragraph(&lead.style(Style::Yellow), &text, Style::Bold);
        page.line(&[]);
    }
    for (name, text) in run::lines(report) {
        page.paragraph(&label(name), &text, Style::Plain);
    }
}

/// Every rule with its verdict and the reason.
pub(super) fn rules(page: &mut Page, report: &Report) {
    if report.judgements.is_empty() {
        return;
    }
    page.heading("Rules");
    for judgement in &report.judgements {
        let style = match judgement.verdict {
            Verdict::Holds => Style::Green,
            other if other.fails() => Style::Red,
            _ => Style::Yellow,
        };
        let lead = Span::plain(format!("{:<13}", judgement.verdict.name())).style(style);
        let indent = Span::plain(" ".repeat(width(&lead.text)));
        page.paragraph(&lead, &printable(&judgement.rule), Style::Plain);
        page.paragraph(&indent, &printable(&judgement.reason), Style::Dim);
    }
}

/// Everything that the user should know beside the numbers.
pub(super) fn notices(page: &mut Page, report: &Report) {
    if report.notices().next().is_none() {
        return;
    }
    page.line(&[]);
    for notice in report.notices() {
        let style = if notice.is_warning() { Style::Yellow } else { Style::Dim };
        let lead = format!("{} {}: ", notice.code.severity.name(), notice.code.id);
        let lead = Span::plain(lead).style(style);
        page.paragraph(&lead, &printable(&notice.sentence()), Style::Plain);
    }
}

/// The digest, and how to get what is not shown.
pub(super) fn foot(page: &mut Page, report: &Report) {
    page.line(&[]);
    page.paragraph(&label("digest"), &report.digest, Style::Plain);
    let rest = "-o report.json (all of it), -o classes.csv (every class)";
    page.line(&[label("more"), Span::plain(rest)]);
}

fn label(name: &str) -> Span {
    Span::plain(format!("{name:<NAMES$}")).style(Style::Dim)
}
