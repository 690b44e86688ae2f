//! Numbers and names as people read them.

use std::borrow::Cow;

use crate::class::OUTSIDE;
use crate::metric::{Needs, Request};
use crate::tally::{Aggregate, Classwise};
pub(crate) use crate::terminal::printable;

/// A metric's value with four or five significant digits.
///
/// A value that is not 1 never reads as 1: 0.999996 keeps the digits that tell.
pub(crate) fn value(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e6).contains(&size) {
        return format!("{value:.3e}");
    }
    let mut decimals = match size {
        0.0 => 4,
        _ if size >= 10.0 => 4_usize.saturating_sub(digits_before_point(size) - 1),
        _ => (0..8).find(|n| size * 10_f64.powi(*n) >= 0.1).map_or(4, |zeros| 4 + zeros as usize),
    };
    while decimals < 16 && size < 1.0 && format!("{size:.decimals$}").starts_with('1') {
        decimals += 1;
    }
    format!("{value:.decimals$}")
}

/// Decimals that sums of confidences, squared errors and losses hold: a mean of
/// them is within 1e-6 of that of the real numbers.
const HELD: usize = 6;

/// A value that comes of sums in fixed point: as [`value`], but with no more
/// decimals than hold. A value nearer to 0 or 1 than that reads as 0.000000 or
/// 1.000000; JSON has it as it was computed.
pub(crate) fn held(number: f64) -> String {
    let shown = value(number);
    let decimals = shown.split_once('.').map_or(0, |(_, behind)| behind.len());
    if number.abs() >= 1.0 || (decimals <= HELD && !shown.contains('e')) {
        return shown;
    }
    let shown = format!("{number:.HELD$}");
    // -0.000000 is no number of its own.
    match shown.strip_prefix('-') {
        Some(zero) if zero.bytes().all(|byte| matches!(byte, b'0' | b'.')) => zero.to_owned(),
        _ => shown,
    }
}

/// The value of a metric: [`held`] if it comes of sums in fixed point, else
/// [`value`].
pub(crate) fn of_metric(name: &str, number: f64) -> String {
    match is_held(name) {
        true => held(number),
        false => value(number),
    }
}

/// Whether a metric comes of sums in fixed point rather than of counts.
fn is_held(name: &str) -> bool {
    let metric = Request::parse(name).map(|request| request.metric());
    metric.is_ok_and(|it| {
        matches!(it.needs, Needs::Scores | Needs::Asked(Classwise::NAME))
            || it.name == "expected_calibration_error_equal_mass"
    })
}

fn digits_before_point(size: f64) -> usize {
    format!("{:.0}", size.floor()).len()
}

/// A count with a comma between groups of three digits.
pub(crate) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// "1 row", "2,000 rows".
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A share in percent: "12.5%". A share that is not 0 never reads as 0.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "shown with four digits")]
    let share = 100.0 * part as f64 / whole as f64;
    match () {
        () if part > 0 && share < 0.1 => "<0.1%".to_owned(),
        () if part < whole && share > 99.9 => ">99.9%".to_owned(),
        () => format!("{share:.1}%"),
    }
}

/// The level of an interval: "95%".
pub(crate) fn level(level: f64) -> String {
    // 0.95 * 100 is not 95 in binary; ten digits hide that and keep 99.99.
    let digits = format!("{:.10}", level * 100.0);
    format!("{}%", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// A number of `unit` with three digits and a prefix: "1.23 GB/s", "456 k rows/s".
pub(crate) fn scaled(number: f64, unit: &str) -> String {
    if !number.is_finite() {
        return format!("– {unit}");
    }
    let prefixes = ["", "k", "M", "G", "T", "P"];
    let (mut number, mut place) = (number, 0);
    while number >= 999.5 && place + 1 < prefixes.len() {
        number /= 1000.0;
        place += 1;
    }
    let decimals = match number {
        n if n >= 99.95 || n.fract() == 0.0 => 0,
        n if n >= 9.995 => 1,
        _ => 2,
    };
    // A prefix belongs to a symbol such as B, and stands alone before a word.
    let gap = if place > 0 && unit.starts_with(char::is_lowercase) { " " } else { "" };
    format!("{number:.decimals$} {}{gap}{unit}", prefixes[place])
}

/// A duration: "8.3 ms", "12.4 s", "3 min 20 s", "2 h 5 min".
pub(crate) fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 0.9995 => format!("{:.*} ms", usize::from(s < 0.00995), s * 1000.0),
        s if s < 9.995 => format!("{s:.2} s"),
        s if s < 99.95 => format!("{s:.1} s"),
        s if s < 3599.5 => format!("{:.0} min {:.0} s", (s / 60.0).floor(), s % 60.0),
        s => format!("{:.0} h {:.0} min", (s / 3600.0).floor(), (s % 3600.0 / 60.0).floor()),
    }
}

/// The name of a class, fit for a terminal; in quotes where its ends would not show.
pub(crate) fn class(name: &str) -> Cow<'_, str> {
    if name == OUTSIDE {
        return Cow::Borrowed("no class");
    }
    let hidden = |end: Option<char>| end.is_none_or(char::is_whitespace);
    match printable(name) {
        shown if hidden(name.chars().next()) || hidden(name.chars().next_back()) => {
            Cow::Owned(format!("\"{shown}\""))
        }
        shown => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_four_or_five_digits_and_never_round_to_one() {
        let shown = [
            (0.0, "0.0000"),
            (1.0, "1.0000"),
            (-1.0, "-1.0000"),
            (0.97, "0.9700"),
            (0.999_996, "0.999996"),
            (-0.999_96, "-0.99996"),
            (0.048_231, "0.04823"),
            (0.004_823_1, "0.004823"),
            (0.000_048_231, "4.823e-5"),
            (2.345_678, "2.3457"),
            (12.345_678, "12.346"),
            (1_234.567_8, "1234.6"),
            (1_048_576.0, "1.049e6"),
        ];
        for (number, expected) in shown {
            assert_eq!(value(number), expected, "{number:e}");
        }
    }

    #[test]
    fn no_more_decimals_are_shown_than_hold() {
        let shown = [
            (0.0, "0.0000"),
            (3e-9, "0.000000"),
            (-3e-9, "0.000000"),
            (4.823e-5, "0.000048"),
            (0.001_234_567, "0.001235"),
            (0.123_456, "0.1235"),
            (0.999_999_7, "1.000000"),
            (0.999_96, "0.99996"),
            (-0.000_7, "-0.000700"),
            (2.345_678, "2.3457"),
            (3e6, "3.000e6"),
        ];
        for (number, expected) in shown {
            assert_eq!(held(number), expected, "{number:e}");
        }
        assert_eq!(of_metric("brier_score", 1e-8), "0.000000");
        assert_eq!(of_metric("accuracy", 1e-8), "1.000e-8");
    }

    #[test]
    fn counts_are_grouped_by_three() {
        for (number, expected) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (1 << 53, "9,007,199,254,740,992")]
        {
            assert_eq!(count(number), expected);
        }
    }

    #[test]
    fn durations_and_rates_have_three_digits() {
        for (seconds, expected) in [
            (0.0083, "8.3 ms"),
            (0.25, "250 ms"),
            (1.5, "1.50 s"),
            (200.0, "3 min 20 s"),
            (7500.0, "2 h 5 min"),
        ] {
            assert_eq!(duration(seconds), expected);
        }
        let rates = [
            (7.0, "rows/s", "7 rows/s"),
            (1234.0, "rows/s", "1.23 k rows/s"),
            (999_900.0, "B/s", "1.00 MB/s"),
            (f64::INFINITY, "B/s", "– B/s"),
        ];
        for (rate, unit, expected) in rates {
            assert_eq!(scaled(rate, unit), expected);
        }
    }

    #[test]
    fn nothing_in_a_name_reaches_the_terminal_as_a_command() {
        assert_eq!(class("\u{1b}[31mred\n"), r#""\u{1b}[31mred\n""#);
        assert_eq!(class("a\u{202e}b"), r"a\u{202e}b");
        assert_eq!(class(""), r#""""#);
        assert_eq!(class("größe 大"), "größe 大");
    }
}
