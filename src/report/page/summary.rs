//! The beginning and the end of the page: verdicts, the run, warnings.

use crate::doc::Medium::{Markdown, Terminal};
use crate::doc::{Block, Callout, Entries, Entry, Fact, Heading, Paragraph, Span, Style, Text};
use crate::report::{Report, run};
use crate::rule::Verdict;

/// Whether the rules hold, and what was scored, on what, how fast.
pub(super) fn head(report: &Report) -> Vec<Block> {
    let verdict = run::verdict(report).map(|(holds, text)| {
        let (word, style) = if holds { ("PASS", Style::Green) } else { ("FAIL", Style::Red) };
        Block::Callout(Callout { word, code: None, style, text })
    });
    let first = run::first(report).map(|notice| {
        Block::Callout(Callout {
            word: notice.code.severity.name(),
            code: Some(notice.code.id),
            style: Style::Yellow,
            text: notice.sentence(),
        })
    });
    let lines = run::lines(report).into_iter().map(|(name, text)| Fact::plain(name, text));
    verdict.into_iter().chain(first).chain([Block::Facts(lines.collect())]).collect()
}

/// Every rule with its verdict and the reason.
pub(super) fn rules(report: &Report) -> Vec<Block> {
    if report.judgements.is_empty() {
        return Vec::new();
    }
    let entries = report.judgements.iter().map(|judgement| {
        let style = match judgement.verdict {
            Verdict::Holds => Style::Green,
            other if other.fails() => Style::Red,
            _ => Style::Yellow,
        };
        Entry {
            word: Span::plain(judgement.verdict.name()).style(style),
            what: judgement.rule.clone(),
            why: Some(judgement.reason.clone()),
        }
    });
    let heads = ["verdict", "rule", "reason"];
    let entries = Entries { labels: 13, heads, entries: entries.collect() };
    vec![Heading::new("Rules"), Block::Entries(entries)]
}

/// Everything that the user should know beside the numbers.
pub(super) fn notices(report: &Report) -> Vec<Block> {
    if report.notices().next().is_none() {
        return Vec::new();
    }
    let heading = Block::Only(Markdown, Heading::new("Warnings").into());
    vec![Block::Gap, heading, Block::Notices(report.notices().cloned().collect())]
}

/// The digest, and how to get what is not shown.
pub(super) fn foot(report: &Report) -> Vec<Block> {
    let rest = "-o report.json (all of it), -o classes.csv (every class)";
    let more = Span::plain(format!("{:<labels$}", "more", labels = super::LABELS));
    let lines = vec![
        Block::Gap,
        Block::Facts(vec![Fact::plain("digest", report.digest.as_str())]),
        Block::Line(vec![more.style(Style::Dim), Span::plain(rest)]),
    ];
    let digest = Text::from("Digest ").literal(report.digest.as_str());
    let digest = Paragraph::new(digest, Style::Plain);
    vec![Block::Only(Terminal, lines), Block::Only(Markdown, digest.into())]
}
