//! A night in a terminal, and in a mail.

use crate::doc::{
    Align, Block, Cell, Column, Doc, Entries, Entry, Fact, Span, Style, Table, terminal,
};
use crate::job::{Evaluated, JobRun, Outcome};
use crate::report::figures::{count, counted, duration, printable, value};
use crate::rule::{Judgement, Verdict};

/// The metrics of the table, those that any evaluation has.
const METRICS: [&str; 2] = ["accuracy", "f1_macro"];

/// Columns of the names at the left.
const LABELS: usize = 10;

/// The night in lines of at most `width` columns: what was evaluated, what does
/// not hold, what failed, what was written.
pub fn text(night: &JobRun, width: usize, color: bool) -> String {
    let sections = [head(night), verdicts(night), foot(night)];
    terminal::render(&Doc::new(LABELS, sections), width, color)
}

fn head(night: &JobRun) -> Vec<Block> {
    let style =
        if night.has_failures() || night.has_broken_rules() { Style::Red } else { Style::Green };
    let name = Span::plain(format!("{} of {}: ", printable(&night.job), night.run_date));
    let mut blocks = vec![Block::beside(name.style(Style::Bold), summary(night), style)];
    if !night.results.is_empty() {
        blocks.extend([Block::Gap, Block::Table(table(night))]);
    }
    blocks
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

fn table(night: &JobRun) -> Table {
    let metrics: Vec<&str> = METRICS
        .into_iter()
        .filter(|name| night.done().any(|(done, _)| done.metric(name).is_some()))
        .collect();
    let has_splits = night.results.iter().any(|it| !it.identity().split.is_empty());
    let mut columns = vec![(Align::Name, "dataset")];
    columns.extend(has_splits.then_some((Align::Name, "split")));
    columns.extend([(Align::Name, "model"), (Align::Right, "rows")]);
    columns.extend(metrics.iter().map(|name| (Align::Point, *name)));
    columns.extend([(Align::Right, "time"), (Align::Left, "rules")]);
    let mut table = Table::new(Column::all(columns));
    for result in &night.results {
        let identity = result.identity();
        let mut cells = vec![Cell::name(identity.dataset.as_str())];
        cells.extend(has_splits.then(|| Cell::name(identity.split.as_str())));
        cells.push(Cell::name(identity.model.as_str()));
        match result {
            Outcome::Done(done, judgements) => {
                cells.push(Cell::term(count(done.tallies.rows.scored)));
                cells.extend(metrics.iter().map(|name| Cell::term(shown(done, name))));
                cells.push(Cell::term(duration(done.provenance.timing.seconds)));
                cells.push(rules(judgements).into());
            }
            Outcome::Failed(..) => {
                cells.extend((0..metrics.len() + 2).map(|_| Cell::term("–")));
                cells.push(Cell::term("failed").style(Style::Red));
            }
        }
        table.row(cells);
    }
    table
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
fn verdicts(night: &JobRun) -> Vec<Block> {
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
    if lines.is_empty() {
        return Vec::new();
    }
    lines.sort_by_key(|(fails, ..)| !fails);
    let labels = lines.iter().map(|(_, name, ..)| name.len()).max().unwrap_or(0) + 2;
    let entries = lines.into_iter().map(|(fails, name, what, reason)| {
        let style = if fails { Style::Red } else { Style::Yellow };
        Entry { word: Span::plain(name).style(style), what, why: Some(reason.to_owned()) }
    });
    let heads = ["verdict", "rule", "reason"];
    let entries = Entries { labels, heads, entries: entries.collect() };
    vec![Block::Gap, Block::Entries(entries)]
}

fn foot(night: &JobRun) -> Vec<Block> {
    let problems = night.problems.iter().map(|it| Fact::new("problem", it.as_str(), Style::Red));
    let notices = night.notices.iter().map(|notice| {
        let text = format!("{}: {}", notice.code.id, notice.sentence());
        Fact::plain(notice.code.severity.name(), text)
    });
    let mut facts: Vec<Fact> = problems.chain(notices).collect();
    let mut fact = |name: &str, text: &str| facts.push(Fact::plain(name, text));
    if !night.written.is_empty() {
        let written: Vec<String> =
            night.written.iter().map(|path| path.display().to_string()).collect();
        fact("wrote", &few(&written));
    }
    if !night.is_whole && night.left == 0 {
        let text = "of a part of the job; files and services of the whole night were left alone";
        fact("done", text);
    }
    if !night.is_latest {
        let text = "of a night before the latest; gauges for Prometheus were left alone";
        fact("done", text);
    }
    for delivery in night.told.iter().filter(|delivery| delivery.delivered) {
        let news = match delivery.message.events.len() as u64 {
            0 => "that there is no news".to_owned(),
            events => format!("of {}", counted(events, "change", "changes")),
        };
        fact("told", &format!("{} {news}", delivery.message.channel));
    }
    fact("history", &night.history.display().to_string());
    fact("time", &duration(night.seconds));
    vec![Block::Gap, Block::Facts(facts)]
}

/// The first few of many names.
fn few(names: &[String]) -> String {
    const FEW: usize = 4;
    let more = names.len().saturating_sub(FEW);
    let shown = names[..names.len().min(FEW)].join(", ");
    if more == 0 { shown } else { format!("{shown} and {} more", count(more as u64)) }
}
