//! Decimals: whole numbers that a column's scale puts the point into.

use crate::batch::{Fault, Names, Role, Text};
use crate::input::convert::{NOT_INTEGER, noun, reuse};

/// Most digits that are read; more need over 128 bits.
pub(super) const MOST_DIGITS: u32 = 38;

/// How the whole numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Physical {
    I32,
    I64,
    /// Big-endian, of any length.
    Bytes,
    /// Big-endian, of one length.
    Fixed,
}

/// The type of a column of decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) physical: Physical,
    pub(super) precision: u32,
    /// Digits after the point.
    pub(super) scale: u32,
}

/// The whole number in big-endian bytes; `None` without bytes or beyond 128 bits.
pub(super) fn whole(bytes: &[u8]) -> Option<i128> {
    let (&first, _) = bytes.split_first()?;
    let sign = if first & 0x80 == 0 { 0 } else { 0xff };
    let excess = bytes.len().saturating_sub(16);
    let (extension, low) = bytes.split_at(excess);
    let mut all = [sign; 16];
    all[16 - low.len()..].copy_from_slice(low);
    let is_extended = extension.iter().all(|&byte| byte == sign) && (all[0] ^ sign) & 0x80 == 0;
    is_extended.then_some(i128::from_be_bytes(all))
}

impl Decimal {
    /// The value as it is written: "-1.50".
    fn spell(self, whole: i128) -> String {
        let digits = whole.unsigned_abs().to_string();
        let scale = self.scale as usize;
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (before, after) = digits.split_at(digits.len() - scale);
        let (sign, point) = (if whole < 0 { "-" } else { "" }, if scale > 0 { "." } else { "" });
        format!("{sign}{before}{point}{after}")
    }

    /// The nearest double.
    pub(super) fn double(self, whole: i128) -> f64 {
        // Both are doubles then, and a quotient of doubles is rounded once.
        if whole.unsigned_abs() <= 1 << 53 && self.scale <= 22 {
            return whole as f64 / 10_u128.pow(self.scale) as f64;
        }
        self.spell(whole).parse().unwrap_or(f64::NAN)
    }

    /// The class that a decimal is, without its point.
    fn class(self, whole: i128) -> Option<i128> {
        let unit = 10_i128.pow(self.scale);
        (whole % unit == 0).then_some(whole / unit)
    }

    /// Fills a column with classes; a decimal with a fraction is a fault.
    pub(super) fn names(
        self,
        values: impl Iterator<Item = Option<i128>>,
        names: &mut Names,
        role: Role,
        faults: &mut Vec<Fault>,
    ) {
        let mut classes = Vec::new();
        for (row, whole) in values.enumerate() {
            let class = whole.and_then(|whole| self.class(whole));
            classes.push(class.unwrap_or(0));
            if class.is_none() {
                faults.push(Fault { row, role, problem: self.problem(noun(role), whole) });
            }
        }
        let narrow: Option<Vec<i64>> = classes.iter().map(|&it| i64::try_from(it).ok()).collect();
        if let Some(narrow) = narrow {
            *reuse!(names, Names::I64) = narrow;
            return;
        }
        let mut text = Text::default();
        classes.iter().for_each(|class| text.push(&class.to_string()));
        *names = Names::Text(text);
    }

    fn problem(self, noun: &str, whole: Option<i128>) -> String {
        match whole {
            Some(whole) => format!("{noun} {} {NOT_INTEGER}", self.spell(whole)),
            None => beyond(&format!("the {noun}")),
        }
    }

    /// Hands the nearest doubles to `put`, with their places.
    pub(super) fn scores(
        self,
        values: impl Iterator<Item = Option<i128>>,
        place: impl Fn(usize) -> (usize, usize),
        faults: &mut Vec<Fault>,
        mut put: impl FnMut(usize, f64),
    ) {
        for (at, whole) in values.enumerate() {
            put(at, whole.map_or(f64::NAN, |whole| self.double(whole)));
            if whole.is_none() {
                let (row, column) = place(at);
                let problem = beyond(&format!("score {column}"));
                faults.push(Fault { row, role: Role::Scores, problem });
            }
        }
    }
}

fn beyond(what: &str) -> String {
    format!("{what} is no decimal of at most {MOST_DIGITS} digits")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    fn of_scale(scale: u32) -> Decimal {
        Decimal { physical: Physical::I64, precision: MOST_DIGITS, scale }
    }

    #[test]
    fn bytes_are_whole_numbers_of_any_length_that_fits() {
        assert_eq!(whole(&[]), None);
        assert_eq!(whole(&[0x80]), Some(-128));
        assert_eq!(whole(&[0, 0x80]), Some(128));
        assert_eq!(whole(&[0xff; 40]), Some(-1));
        for value in [i128::MAX, i128::MIN, -1, 0, 1 << 100] {
            assert_eq!(whole(&value.to_be_bytes()), Some(value));
            let mut long = vec![if value < 0 { 0xff } else { 0 }; 3];
            long.extend(value.to_be_bytes());
            assert_eq!(whole(&long), Some(value));
        }
        let mut beyond = vec![0];
        beyond.extend([0xff; 16]);
        assert_eq!(whole(&beyond), None);
    }

    #[test]
    fn decimals_become_the_nearest_doubles() {
        assert_eq!(of_scale(0).double(3), 3.0);
        assert_eq!(of_scale(1).double(-3), -0.3);
        assert_eq!(of_scale(38).spell(-5), format!("-0.{}5", "0".repeat(37)));
        let mut state = 1_u64;
        for step in 0..20_000_u32 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let whole = (i128::from(state) << (step % 60)) >> (step % 97);
            let whole = if step % 2 == 0 { whole } else { -whole };
            let decimal = of_scale(step % 39);
            // Rust's parser rounds once whatever the number of digits.
            let expected: f64 = format!("{whole}e-{}", decimal.scale).parse().unwrap();
            assert_eq!(decimal.double(whole), expected, "{whole} of scale {}", decimal.scale);
            assert_eq!(decimal.spell(whole).parse::<f64>().unwrap(), expected);
        }
    }
}
