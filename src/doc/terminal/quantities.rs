//! The quantities of a set: with counts or intervals one a line, then plain numbers side
//! by side, then what is undefined and why.

use super::layout::{Layout, align_points};
use super::page::Page;
use super::undefined;
use crate::doc::notes::Notes;
use crate::doc::width::width;
use crate::doc::{Align, Quantity, Span, Style};

/// A quantity with its value and the mark of its note.
struct Shown<'a> {
    value: String,
    of: &'a Quantity,
}

/// Puts all of them onto the page.
pub(super) fn draw(page: &mut Page, all: &[Quantity], notes: &mut Notes) {
    let names = all.iter().map(|it| width(&it.name)).max().unwrap_or(0);
    let mut shown: Vec<Shown> = all.iter().filter_map(|it| shown(it, notes)).collect();
    align_points(shown.iter_mut().map(|it| &mut it.value));
    let (detailed, plain): (Vec<_>, Vec<_>) =
        shown.into_iter().partition(|it| it.of.counts.is_some() || it.of.interval.is_some());
    draw_detailed(page, &detailed, names);
    draw_plain(page, &plain, names);
    for quantity in all {
        if let Err(reason) = &quantity.value {
            let lead = Span::plain(format!("{:<names$}  ", quantity.name));
            page.paragraph(&lead, &undefined(reason), Style::Yellow);
        }
    }
}

fn shown<'a>(quantity: &'a Quantity, notes: &mut Notes) -> Option<Shown<'a>> {
    let number = quantity.value.as_ref().ok()?;
    let mark = quantity.note.as_ref().map_or(String::new(), |note| notes.mark(note));
    Some(Shown { value: format!("{number}{mark}"), of: quantity })
}

/// Name, value, interval and counts. The counts give way if they do not fit.
fn draw_detailed(page: &mut Page, all: &[Shown], names: usize) {
    if all.is_empty() {
        return;
    }
    let own = all.iter().map(|it| width(&it.of.name)).max().unwrap_or(0);
    let attempts = [(names, true), (own, true), (names, false)];
    for (attempt, (names, counts)) in attempts.into_iter().enumerate() {
        let mut layout = detailed(all, names, counts);
        if layout.width() <= page.width || attempt + 1 == attempts.len() {
            layout.draw(page);
            break;
        }
    }
}

fn detailed(all: &[Shown], names: usize, counts: bool) -> Layout {
    let mut layout = Layout::new(&[Align::Left, Align::Left, Align::Left, Align::Right]);
    let intervals: Vec<_> = all.iter().filter_map(|it| it.of.interval.as_ref()).collect();
    let method = intervals.first().map(|it| it.method);
    let one_method = intervals.iter().all(|it| Some(it.method) == method);
    // Certain ends have no level of their own; their method says what they are.
    let sampled = intervals.iter().find(|it| !it.is_certain);
    let heading = match (sampled, method) {
        (Some(it), _) if !one_method => format!("{} interval", it.level),
        (Some(it), _) => format!("{} {}", it.level, it.method),
        (None, method) => method.unwrap_or_default().to_owned(),
    };
    layout.header(["", "", &heading, if counts { "counts" } else { "" }]);
    for Shown { value, of } in all {
        // Of these very rows, so that the heading's level is not theirs.
        let interval = of.interval.as_ref().map_or(String::new(), |it| match it.is_certain {
            true if sampled.is_some() => format!("{} {}", it.ends, it.method),
            _ => it.ends.clone(),
        });
        let counts = of.counts.as_deref().filter(|_| counts).unwrap_or_default();
        layout.row(vec![
            Span::plain(format!("{:<names$}", of.name)),
            Span::plain(value.as_str()).style(Style::Bold),
            Span::plain(interval),
            Span::plain(counts),
        ]);
    }
    layout
}

/// Name and value, in two columns where they fit.
fn draw_plain(page: &mut Page, all: &[Shown], names: usize) {
    let values = all.iter().map(|it| width(&it.value)).max().unwrap_or(0);
    let both = 2 * (names + 2 + values) + 4 <= page.width;
    let height = if both { all.len().div_ceil(2) } else { all.len() };
    let cells = |it: &Shown| {
        let name = Span::plain(format!("{:<names$}  ", it.of.name));
        [name, Span::plain(format!("{:<values$}    ", it.value)).style(Style::Bold)]
    };
    for line in 0..height {
        let row = all.iter().skip(line).step_by(height);
        page.line(&row.flat_map(cells).collect::<Vec<_>>());
    }
}
