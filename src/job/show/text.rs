//! A night in a terminal, and in a mail.

use crate::doc::Align;
use crate::doc::terminal::layout::Layout as Table;
use crate::doc::terminal::page::Page;
use crate::doc::{Span, Style};
use crate::job::{Evaluated, JobRun, Outcome};
use crate::report::figures::{count, counted, duration, printable, value};
use crate::rule::{Judgement, Verdict};

/// The metrics of the table, those that any evaluation has.
const METRICS: [&str; 2] = ["accuracy", "f1_macro"];

/// The night in lines of at most `width` columns: what was evaluated, what does
/// not hold, what failed, what was written.
pub fn text(night: &JobRun, width: usize, color: bool) -> String {
    let mut page = Page::new(width.clamp(60, 120), color);
    let style =
        if night.has_failures() || night.has_broken_rules() { Style::Red } else { Style::Green };
    let name = format!("{} of {}: ", printable(&night.job), night.run_date);
    page.paragraph(&Span::plain(name).style(Style::Bold), &summary(night), style);
    if !night.results.is_empty() {
        page.line(&[]);
        table(&mut page, night);
    }
    verdicts(&mut page, night);
    page.line(&[]);
    foot(&mut page, night);
    page.finish()
}

/// "4 evaluations, 1 failed; 2 of 7 rules broken"
pub(super) fn summary(night: &JobRun) -> String {
    let all = night.results.len() as u64;
    let mut text = counted(all, "evaluation", "evaluations");
    let found = night.done().filter(|(done, _)| done.found).count();
    if found > 0 {
        text.push_str(&format!(", {} done before", count(found as u64)));
    }
    let failed = night.failed().count();
    if failed > 0 {
        text.push_str(&format!(", {} failed", count(failed as u64)));
    }
    if night.left > 0 {
        let left = counted(night.left as u64, "evaluation", "evaluations");
        return format!("{text}; stopped with {left} to do: start it again to go on");
    }
    let judged: Vec<&Judgement> = night.done().flat_map(|(_, judgements)| judgements).collect();
    let of = |verdict| judged.iter().filter(|it| it.verdict == verdict).count();
    let (all, broken, undefined) = (judged.len(), of(Verdict::Broken), of(Verdict::Undefined));
    let number = |of: usize| count(of as u64);
    let rules = match (broken, undefined, of(Verdict::Holds)) {
        (0, 0, 0) if all == 0 => "no rules".to_owned(),
        (0, 0, 1) if all == 1 => "the rule holds".to_owned(),
        (1, 0, _) if all == 1 => "the rule is broken".to_owned(),
        (0, 0, hold) if hold == all => format!("all {} rules hold", number(all)),
        (0, 0, _) => format!("none of {} broken", counted(all as u64, "rule", "rules")),
        (0, undefined, _) => format!("{} of {} rules undefined", number(undefined), number(all)),
        (broken, 0, _) => format!("{} of {} rules broken", number(broken), number(all)),
        _ => {
            let [broken, all, undefined] = [broken, all, undefined].map(number);
            format!("{broken} of {all} rules broken, {undefined} undefined")
        }
    };
    format!("{text}; {rules}")
}

fn table(page: &mut Page, night: &JobRun) {
    let metrics: Vec<&str> = METRICS
        .into_iter()
        .filter(|name| night.done().any(|(done, _)| done.metric(name).is_some()))
        .collect();
    let splits = night.results.iter().any(|it| !it.identity().split.is_empty());
    let mut columns = vec![Align::Name, Align::Name];
    let mut names = vec!["dataset", "model"];
    if splits {
        columns.insert(1, Align::Name);
        names.insert(1, "split");
    }
    columns.extend([Align::Right].iter().chain(metrics.iter().map(|_| &Align::Point)));
    columns.extend([Align::Right, Align::Left]);
    names.push("rows");
    names.extend(&metrics);
    names.extend(["time", "rules"]);
    let mut table = Table::new(&columns);
    table.header(names);
    for result in &night.results {
        let identity = result.identity();
        let mut cells = vec![Span::plain(printable(&identity.dataset))];
        if splits {
            cells.push(Span::plain(printable(&identity.split)));
        }
        cells.push(Span::plain(printable(&identity.model)));
        match result {
            Outcome::Done(done, judgements) => {
                cells.push(Span::plain(count(done.tallies.rows.scored)));
                cells.extend(metrics.iter().map(|name| Span::plain(shown(done, name))));
                cells.push(Span::plain(duration(done.provenance.timing.seconds)));
                cells.push(rules(judgements));
            }
            Outcome::Failed(..) => {
                cells.extend((0..metrics.len() + 2).map(|_| Span::plain("–")));
                cells.push(Span::plain("failed").style(Style::Red));
            }
        }
        table.row(cells);
    }
    table.draw(page);
}

fn shown(done: &Evaluated, name: &str) -> String {
    let value_of = |number: &f64| value(*number);
    let measure = done.metric(name).and_then(|measure| measure.value.as_ref().ok());
    measure.map_or_else(|| "–".to_owned(), value_of)
}

fn rules(judgements: &[Judgement]) -> Span {
    let all = judgements.len();
    let hold = judgements.iter().filter(|it| it.verdict == Verdict::Holds).count();
    let style = match () {
        () if judgements.iter().any(|it| it.verdict.fails()) => Style::Red,
        () if hold < all => Style::Yellow,
        () => Style::Green,
    };
    match all {
        0 => Span::plain("–"),
        _ => Span::plain(format!("{hold} of {all} hold")).style(style),
    }
}

/// Every rule that does not hold, the failing ones first, and what failed.
fn verdicts(page: &mut Page, night: &JobRun) {
    let mut lines: Vec<(bool, &str, String, &str)> = Vec::new();
    for (identity, reason) in night.failed() {
        lines.push((true, "failed", identity.subject(), reason));
    }
    for (done, judgements) in night.done() {
        for it in judgements.iter().filter(|it| it.verdict != Verdict::Holds) {
            let what = format!("{}: {}", done.identity.subject(), it.rule);
            lines.push((it.verdict.fails(), it.verdict.name(), what, &it.reason));
        }
    }
    lines.sort_by_key(|(fails, ..)| !fails);
    let lead = lines.iter().map(|(_, name, ..)| name.len()).max().unwrap_or(0) + 2;
    for (at, (fails, name, what, reason)) in lines.into_iter().enumerate() {
        if at == 0 {
            page.line(&[]);
        }
        let style = if fails { Style::Red } else { Style::Yellow };
        page.paragraph(
            &Span::plain(format!("{name:lead$}")).style(style),
            &printable(&what),
            Style::Plain,
        );
        page.paragraph(&Span::plain(" ".repeat(lead)), &printable(reason), Style::Dim);
    }
}

fn foot(page: &mut Page, night: &JobRun) {
    let mut fact = |name: &str, text: &str, style| {
        let lead = Span::plain(format!("{name:10}")).style(Style::Dim);
        page.paragraph(&lead, &printable(text), style);
    };
    for problem in &night.problems {
        fact("problem", problem, Style::Red);
    }
    for notice in &night.notices {
        let text = format!("{}: {}", notice.code.id, notice.sentence());
        fact(notice.code.severity.name(), &text, Style::Plain);
    }
    if !night.written.is_empty() {
        let written: Vec<String> =
            night.written.iter().map(|path| path.display().to_string()).collect();
        fact("wrote", &few(&written), Style::Plain);
    }
    if !night.is_whole && night.left == 0 {
        let text = "of a part of the job; files and services of the whole night were left alone";
        fact("done", text, Style::Plain);
    }
    if !night.is_latest {
        let text = "of a night before the latest; gauges for Prometheus were left alone";
        fact("done", text, Style::Plain);
    }
    for delivery in night.told.iter().filter(|delivery| delivery.delivered) {
        let news = match delivery.message.events.len() as u64 {
            0 => "that there is no news".to_owned(),
            events => format!("of {}", counted(events, "change", "changes")),
        };
        fact("told", &format!("{} {news}", delivery.message.channel), Style::Plain);
    }
    fact("history", &night.history.display().to_string(), Style::Plain);
    fact("time", &duration(night.seconds), Style::Plain);
}

/// The first few of many names.
fn few(names: &[String]) -> String {
    const FEW: usize = 4;
    let more = names.len().saturating_sub(FEW);
    let shown = names[..names.len().min(FEW)].join(", ");
    if more == 0 { shown } else { format!("{shown} and {} more", count(more as u64)) }
}
