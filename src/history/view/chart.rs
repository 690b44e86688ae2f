//! A step chart in braille, and a sparkline in blocks.

use jiff::civil::Date;

use crate::history::query::series::days;
use crate::history::query::trend::Trend;

/// What a chart shows of one step of the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Slot {
    /// The least and the greatest value.
    pub(super) values: Option<(f64, f64)>,
    /// What is to be seen at its foot.
    pub(super) mark: Option<Mark>,
}

/// What is to be seen at the foot of a night; the greatest of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// No run.
    Missing,
    /// A rule did not hold.
    Broken,
    /// A run without a value.
    Undefined,
    /// A new level begins.
    Change,
}

impl Mark {
    pub(super) const ALL: [(Self, char, &str); 4] = [
        (Self::Change, '▲', "change of level"),
        (Self::Undefined, '?', "undefined"),
        (Self::Broken, '!', "a rule was broken"),
        (Self::Missing, '·', "no run"),
    ];

    fn letter(self) -> char {
        Self::ALL.into_iter().find(|(mark, ..)| *mark == self).map_or(' ', |(_, letter, _)| letter)
    }
}

/// The nights of a trend from the first to the last, a slot for each step.
pub(super) fn slots(trend: &Trend) -> Vec<Slot> {
    let (Some(first), Some(last)) = (trend.points.first(), trend.points.last()) else {
        return Vec::new();
    };
    let place = |night: Date| {
        let steps = (days(first.night, night) + trend.step / 2) / trend.step;
        usize::try_from(steps).unwrap_or(0)
    };
    let missing = Slot { values: None, mark: Some(Mark::Missing) };
    let mut slots = vec![missing; place(last.night) + 1];
    for point in &trend.points {
        let slot = &mut slots[place(point.night)];
        slot.mark = slot.mark.filter(|mark| *mark != Mark::Missing);
        let shown = point.window.as_ref().map_or(&point.value, |window| &window.value);
        match shown.value {
            Ok(value) => {
                let (low, high) = slot.values.unwrap_or((value, value));
                slot.values = Some((low.min(value), high.max(value)));
            }
            Err(_) => slot.mark = slot.mark.max(Some(Mark::Undefined)),
        }
        if point.broken > 0 && !point.accepted {
            slot.mark = slot.mark.max(Some(Mark::Broken));
        }
    }
    for change in &trend.changes {
        slots[place(change.night)].mark = Some(Mark::Change);
    }
    slots
}

/// Rows of a chart, in characters of 4 dots.
pub(super) const HEIGHT: usize = 8;

/// The chart of `slots` in `width` columns, top line first, and the values of
/// the top and the bottom dots; `None` without any value.
pub(super) fn chart(slots: &[Slot], width: usize) -> Option<(Vec<String>, f64, f64)> {
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
    Some((lines.collect(), high, low))
}

/// The least and the greatest value of some slots.
pub(super) fn range(slots: &[Slot]) -> Option<(f64, f64)> {
    let values = slots.iter().filter_map(|slot| slot.values);
    values.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
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
pub(super) fn marks(slots: &[Slot], width: usize) -> String {
    let mut marks: Vec<Option<Mark>> = vec![None; width];
    for (at, slot) in slots.iter().enumerate() {
        // In the middle of the night's columns.
        let column = (2 * at + 1) * width / (2 * slots.len());
        marks[column] = marks[column].max(slot.mark);
    }
    marks.into_iter().map(|mark| mark.map_or(' ', Mark::letter)).collect()
}

/// A block for each slot: the height is the value between the least and the
/// greatest; '·' where there is no run, '?' where there is no value.
pub(super) fn sparkline(slots: &[Slot]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let all = range(slots);
    let block = |slot: &Slot| match (slot.values, slot.mark, all) {
        (Some((low, high)), _, Some((least, most))) if most > least => {
            let share = ((low + high) / 2.0 - least) / (most - least);
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and 7"
            )]
            let height = (share * 7.0).round() as usize;
            BLOCKS[height.min(7)]
        }
        (Some(_), ..) => BLOCKS[3],
        (None, Some(Mark::Missing) | None, _) => '·',
        (None, Some(_), _) => '?',
    };
    slots.iter().map(block).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    fn slots(values: &[f64]) -> Vec<Slot> {
        let slot = |value: &f64| match value.is_nan() {
            true => Slot { values: None, mark: Some(Mark::Missing) },
            false => Slot { values: Some((*value, *value)), mark: None },
        };
        values.iter().map(slot).collect()
    }

    #[test]
    fn a_step_is_a_step_and_a_missing_night_a_gap() {
        let (lines, high, low) = chart(&slots(&[1.0, f64::NAN, 0.0]), 6).unwrap();
        assert_eq!((high, low), (1.0, 0.0));
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

    #[test]
    fn a_sparkline_has_a_sign_for_every_night() {
        assert_eq!(sparkline(&slots(&[0.0, f64::NAN, 1.0, 0.5])), "▁·█▅");
        assert_eq!(sparkline(&slots(&[2.0, 2.0])), "▄▄");
    }
}
