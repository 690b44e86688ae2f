//! `tallyho inspect`: what an evaluation would read, without counting.

use std::io::Write;
use std::sync::atomic::AtomicBool;

use super::args::Eval;
use super::{DONE, eval, listing, present, print, print_page};
use crate::doc::Align;
use crate::doc::terminal::layout::Layout as Table;
use crate::doc::terminal::page::Page;
use crate::doc::{Span, Style};
use crate::engine;
use crate::error::Result;
use crate::evaluation::{FirstRow, Inspection};
use crate::input::Input;
use crate::report::{counted, printable};
use crate::rule;

/// Classes that are listed.
const CLASSES: usize = 20;

/// Columns of the names at the left.
const NAMES: usize = 9;

pub(super) fn inspect(args: &Eval, stdout: &mut dyn Write, stop: &AtomicBool) -> Result<u8> {
    if !listing::has_roles(args) && !args.input.tables.is_empty() {
        let listing = listing::listing(&eval::request(args, None))?;
        return print(stdout, &format!("{listing}\n")).map(|()| DONE);
    }
    if !listing::has_roles(args) {
        return Err(listing::missing(args, &eval::request(args, None)));
    }
    let rules = rule::parse_all(&args.show.require)?;
    let options = eval::options(args, &rules)?;
    let input = Input::open(&eval::request(args, options.classes.clone()))?;
    let plan = engine::plan(&input, &options, stop)?;
    let found = Inspection::new(&input, &plan, options.classes.is_some())?;
    if args.show.json {
        let json = serde_json::to_string_pretty(&found).map_err(std::io::Error::from);
        let json =
            json.map_err(crate::error::Error::io("standard output".as_ref(), "write to it"))?;
        return print(stdout, &format!("{json}\n")).map(|()| DONE);
    }
    let text = text(&found, present::width(), present::color(args.show.color));
    print_page(stdout, &text).map(|()| DONE)
}

fn text(found: &Inspection, width: usize, color: bool) -> String {
    let mut page = Page::new(width.clamp(60, 120), color);
    for file in &found.inputs {
        let role = file.role.as_deref().unwrap_or("table");
        let rows = match file.rows {
            0 => String::new(),
            rows => format!(", {}", counted(rows, "row", "rows")),
        };
        let checksums = match (file.checksums, file.format.as_str()) {
            (Some(false), "parquet") => ", without checksums of its pages",
            _ => "",
        };
        let text = format!("{}: {} of {}{rows}{checksums}", file.path, file.format, file.dtype);
        page.paragraph(&label(role), &printable(&text), Style::Plain);
    }
    let kind = found.scores_are.map_or(String::new(), |it| format!(", taken as {it}"));
    page.paragraph(&label("row"), &format!("a label and {}{kind}", found.row), Style::Plain);
    let count = counted(found.classes.len() as u64, "class", "classes");
    let mut listed: Vec<&str> = found.classes.iter().take(CLASSES).map(String::as_str).collect();
    listed.extend((found.classes.len() > CLASSES).then_some("…"));
    let classes = format!("{count} by {}: {}", found.classes_by, listed.join(", "));
    page.paragraph(&label("classes"), &printable(&classes), Style::Plain);
    first_rows(&mut page, &found.first_rows);
    page.line(&[]);
    for notice in &found.notices {
        let style = if notice.is_warning() { Style::Yellow } else { Style::Dim };
        let lead = format!("{} {}: ", notice.code.severity.name(), notice.code.id);
        page.paragraph(
            &Span::plain(lead).style(style),
            &printable(&notice.sentence()),
            Style::Plain,
        );
    }
    if !found.notices.iter().any(crate::notice::Notice::is_warning) {
        page.paragraph(&Span::plain(""), "nothing to warn of before counting", Style::Plain);
    }
    page.finish()
}

fn first_rows(page: &mut Page, rows: &[FirstRow]) {
    page.heading("First rows");
    let has_scores = rows.iter().any(|row| row.prediction.is_none());
    let beside = if has_scores { "scores" } else { "prediction" };
    let mut table = Table::new(&[Align::Right, Align::Name, Align::Left]);
    table.header(["row", "label", beside]);
    for row in rows {
        let beside = match (&row.problem, &row.prediction) {
            (Some(problem), _) => problem.clone(),
            (None, Some(prediction)) => prediction.clone(),
            (None, None) => row.scores.join("  "),
        };
        let style = if row.problem.is_some() { Style::Yellow } else { Style::Plain };
        table.row(vec![
            Span::plain(row.row.to_string()),
            Span::plain(printable(&row.label)),
            Span::plain(printable(&beside)).style(style),
        ]);
    }
    table.draw(page);
}

fn label(name: &str) -> Span {
    Span::plain(format!("{name:<NAMES$}  ")).style(Style::Dim)
}
