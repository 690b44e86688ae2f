//! A step chart in braille.

use super::page::Page;
use crate::doc::chart::range;
use crate::doc::width::width;
use crate::doc::{Chart, Mark, Slot, Span, Style};

/// Puts the chart with its axes onto the page; nothing without any value.
pub(super) fn draw(page: &mut Page, shown: &Chart) {
    let [low, high] = &shown.ends;
    let lead = width(low).max(width(high));
    let columns = page.width.saturating_sub(lead + 2).max(10);
    let Some((lines, is_flat)) = chart(&shown.slots, columns) else { return };
    let dim = |text: String| Span::plain(text).style(Style::Dim);
    let last = lines.len() - 1;
    for (at, line) in lines.into_iter().enumerate() {
        let name = match at {
            0 => high,
            _ if at == last && !is_flat => low,
            _ => "",
        };
        let tick = if name.is_empty() { "│" } else { "┤" };
        page.line(&[dim(format!("{name:>lead$} {tick}")), Span::plain(line)]);
    }
    page.line(&[dim(format!("{} └{}", " ".repeat(lead), "─".repeat(columns)))]);
    let blank = " ".repeat(lead + 2);
    if shown.slots.iter().any(|slot| slot.mark.is_some()) {
        page.line(&[Span::plain(blank.clone()), Span::plain(marks(&shown.slots, columns))]);
    }
    let [first, last] = &shown.nights;
    let gap = columns.saturating_sub(first.len() + last.len());
    let last = if shown.slots.len() > 1 { last } else { "" };
    page.line(&[dim(format!("{blank}{first}{}{last}", " ".repeat(gap)))]);
    legend(page, &shown.slots, &blank);
}

fn legend(page: &mut Page, slots: &[Slot], blank: &str) {
    let used = |mark: Mark| slots.iter().any(|slot| slot.mark == Some(mark));
    let parts: Vec<String> = Mark::ALL
        .into_iter()
        .filter(|(mark, ..)| used(*mark))
        .map(|(_, letter, text)| format!("{letter} {text}"))
        .collect();
    if !parts.is_empty() {
        page.line(&[Span::plain(format!("{blank}{}", parts.join("  "))).style(Style::Dim)]);
    }
}

/// Rows of a chart, in characters of 4 dots.
const HEIGHT: usize = 8;

/// The chart of `slots` in `width` columns, top line first, and whether all values are
/// one; `None` without any value.
fn chart(slots: &[Slot], width: usize) -> Option<(Vec<String>, bool)> {
    let (low, high) = range(slots)?;
    let (columns, rows) = (width * 2, HEIGHT * 4);
    let mut dots = vec![vec![false; columns]; rows];
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the height of the chart"
    )]
    let row = |value: f64| match high > low {
        true => ((high - value) / (high - low) * (rows - 1) as f64).round() as usize,
        false => rows / 2,
    };
    let mut before: Option<(usize, usize)> = None;
    for column in 0..columns {
        let from = column * slots.len() / columns;
        let to = ((column + 1) * slots.len() / columns).max(from + 1);
        let span = range(&slots[from..to]).map(|(low, high)| (row(high), row(low)));
        if let Some((top, bottom)) = span {
            // A line from the last level to this one.
            let (top, bottom) = before.map_or((top, bottom), |(last_top, last_bottom)| {
                (top.min(last_bottom), bottom.max(last_top))
            });
            dots[top..=bottom].iter_mut().for_each(|line| line[column] = true);
        }
        before = span;
    }
    let lines = dots.chunks(4).map(|lines| (0..width).map(|at| braille(lines, at)).collect());
    Some((lines.collect(), high <= low))
}

/// The character of 2 × 4 dots at column `at`.
fn braille(lines: &[Vec<bool>], at: usize) -> char {
    const BITS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
    let mut code = 0x2800;
    for (line, bits) in lines.iter().zip(BITS) {
        for (dot, bit) in line[at * 2..].iter().zip(bits) {
            code |= if *dot { bit } else { 0 };
        }
    }
    // Blank is a space, so that nothing is left at the end of a line.
    char::from_u32(code).filter(|_| code != 0x2800).unwrap_or(' ')
}

/// The line of marks under a chart of `width` columns.
fn marks(slots: &[Slot], width: usize) -> String {
    let mut marks: Vec<Option<Mark>> = vec![None; width];
    for (at, slot) in slots.iter().enumerate() {
        // In the middle of the night's columns.
        let column = (2 * at + 1) * width / (2 * slots.len());
        marks[column] = marks[column].max(slot.mark);
    }
    marks.into_iter().map(|mark| mark.map_or(' ', Mark::letter)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;
    use crate::doc::chart::tests::slots;

    #[test]
    fn a_step_is_a_step_and_a_missing_night_a_gap() {
        let (lines, is_flat) = chart(&slots(&[1.0, f64::NAN, 0.0]), 6).unwrap();
        assert!(!is_flat);
        assert_eq!(lines[0], "⠉⠉    ");
        assert_eq!(lines[HEIGHT - 1], "    ⣀⣀");
        assert!(lines[1..HEIGHT - 1].iter().all(|line| line == "      "), "{lines:?}");
        assert_eq!(marks(&slots(&[1.0, f64::NAN, 0.0]), 6), "   ·  ");
    }

    #[test]
    fn many_nights_in_a_column_show_their_range() {
        let values: Vec<f64> = (0..1000).map(|at| f64::from(at % 2)).collect();
        let (lines, ..) = chart(&slots(&values), 3).unwrap();
        assert!(lines.iter().all(|line| line == "⣿⣿⣿"), "{lines:?}");
    }
}
