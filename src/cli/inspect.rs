//! `tallyho inspect`: what an evaluation would read, without counting.

use std::io::Write;
use std::sync::atomic::AtomicBool;

use super::args::Eval;
use super::{DONE, eval, listing, present, print, print_page};
use crate::doc::{Align, Block, Cell, Column, Doc, Span, Style, Table, terminal};
use crate::engine;
use crate::error::Result;
use crate::evaluation::{FirstRow, Inspection};
use crate::input::Input;
use crate::report::counted;
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
    let sections = [head(found), first_rows(&found.first_rows), notices(found)];
    terminal::render(&Doc::new(NAMES, sections), width, color)
}

fn head(found: &Inspection) -> Vec<Block> {
    let fact = |name: &str, text: String| Block::beside(label(name), text, Style::Plain);
    let files = found.inputs.iter().map(|file| {
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
        fact(role, text)
    });
    let kind = found.scores_are.map_or(String::new(), |it| format!(", taken as {it}"));
    let row = format!("a label and {}{kind}", found.row);
    let count = counted(found.classes.len() as u64, "class", "classes");
    let mut listed: Vec<&str> = found.classes.iter().take(CLASSES).map(String::as_str).collect();
    listed.extend((found.classes.len() > CLASSES).then_some("…"));
    let classes = format!("{count} by {}: {}", found.classes_by, listed.join(", "));
    files.chain([fact("row", row), fact("classes", classes)]).collect()
}

fn first_rows(rows: &[FirstRow]) -> Vec<Block> {
    let has_scores = rows.iter().any(|row| row.prediction.is_none());
    let beside = if has_scores { "scores" } else { "prediction" };
    let columns = [(Align::Right, "row"), (Align::Name, "label"), (Align::Left, beside)];
    let mut table = Table::new(Column::all(columns));
    for row in rows {
        let beside = match (&row.problem, &row.prediction) {
            (Some(problem), _) => problem.clone(),
            (None, Some(prediction)) => prediction.clone(),
            (None, None) => row.scores.join("  "),
        };
        let style = if row.problem.is_some() { Style::Yellow } else { Style::Plain };
        table.row(vec![
            Cell::term(row.row.to_string()),
            Cell::name(row.label.as_str()),
            Cell::words(beside).style(style),
        ]);
    }
    vec![Block::heading("First rows"), Block::Table(table)]
}

fn notices(found: &Inspection) -> Vec<Block> {
    let mut blocks = vec![Block::Gap, Block::Notices(found.notices.clone())];
    if !found.notices.iter().any(crate::notice::Notice::is_warning) {
        blocks.push(Block::paragraph("nothing to warn of before counting", Style::Plain));
    }
    blocks
}

fn label(name: &str) -> Span {
    Span::plain(format!("{name:<NAMES$}  ")).style(Style::Dim)
}
