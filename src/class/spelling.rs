//! Spellings of one class: what is left of a name when case, blanks around it, the
//! way to write a number and the form of Unicode are not told apart.

use std::borrow::Cow;
use std::collections::BTreeMap;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use unicode_normalization::UnicodeNormalization;

use super::is_canonical_integer;

/// The one spelling that stands for all spellings of a class: without blanks at its
/// ends, in lower case, composed (NFC), a number in plain decimal, and `true` and
/// `false` as 1 and 0, as bools are spelled everywhere. Folding it again changes nothing.
pub fn folded(name: &str) -> Cow<'_, str> {
    if is_canonical_integer(name) {
        return Cow::Borrowed(name);
    }
    let trimmed = name.trim_matches(is_blank);
    let lower = match trimmed.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        true => Cow::Borrowed(trimmed),
        false => {
            let lower: String = trimmed.nfd().flat_map(char::to_lowercase).nfc().collect();
            Cow::Owned(lower)
        }
    };
    match lower.as_ref() {
        "true" => Cow::Borrowed("1"),
        "false" => Cow::Borrowed("0"),
        text => match number(text) {
            Some(number) => Cow::Owned(number),
            None => lower,
        },
    }
}

/// The classes of which several fold to one spelling, by index: each such group in
/// order, and the groups by their first.
pub fn alike(names: &[String]) -> Vec<Vec<usize>> {
    // Names differ, so that some do not fold to themselves where two fold to one.
    if names.iter().all(|name| folded(name) == *name) {
        return Vec::new();
    }
    let mut firsts: HashMap<Cow<'_, str>, usize, RandomState> =
        HashMap::with_capacity_and_hasher(names.len(), RandomState::default());
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (class, name) in names.iter().enumerate() {
        let first = *firsts.entry(folded(name)).or_insert(class);
        if first < class {
            groups.entry(first).or_insert_with(|| vec![first]).push(class);
        }
    }
    groups.into_values().collect()
}

/// A name in which marks that combine with a letter are spelled out: composed and
/// decomposed names look alike.
pub fn apart(name: &str) -> String {
    let mut shown = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}' | '\u{1100}'..='\u{11ff}' => {
                shown.extend(letter.escape_unicode());
            }
            _ => shown.push(letter),
        }
    }
    shown
}

/// White space, and what is as invisible: the byte order mark, joiners and marks of
/// direction.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{feff}' | '\u{200b}'..='\u{200f}')
}

/// Zeros that a number may be written out with; beyond, it keeps an exponent.
const MOST_ZEROS: i64 = 4_096;

/// A decimal number in one spelling, exactly: "1" for "+1", "007", "1.0" and "1e0".
fn number(text: &str) -> Option<String> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + part.len() == 0 || !are_digits(whole) || !are_digits(part) {
        return None;
    }
    let digits = [whole, part].concat();
    let significant = digits.trim_end_matches('0');
    let dropped = digits.len() - significant.len();
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    let shift = i64::try_from(dropped).ok()?.checked_sub(i64::try_from(part.len()).ok()?)?;
    let exponent = exponent.checked_add(shift)?;
    let sign = if text.starts_with('-') { "-" } else { "" };
    let zeros = |count: usize| "0".repeat(count);
    let places = usize::try_from(exponent.unsigned_abs()).ok()?;
    Some(match exponent {
        0..=MOST_ZEROS => format!("{sign}{significant}{}", zeros(places)),
        _ if !(-MOST_ZEROS..=0).contains(&exponent) => format!("{sign}{significant}e{exponent}"),
        _ if places < significant.len() => {
            let (whole, part) = significant.split_at(significant.len() - places);
            format!("{sign}{whole}.{part}")
        }
        _ => format!("{sign}0.{}{significant}", zeros(places - significant.len())),
    })
}

#[cfg(test)]
mod tests {
    use super::{alike, folded};

    #[test]
    fn spellings_of_one_class_fold_to_one() {
        for (spellings, one) in [
            (&["1", "1.0", "+1", "001", "1e0", " 1", "0.1e1", "TRUE", "true", "True "][..], "1"),
            (&["0", "-0", "0.000", "0e9", "False"], "0"),
            (&["-12.5", "-012.50", "-1.25E1"], "-12.5"),
            (&["0.001", ".001", "1e-3", "10E-4"], "0.001"),
            (&["100000", "1e5", "+1.00000e+5"], "100000"),
            (&["9007199254740993", "9007199254740993.0"], "9007199254740993"),
            (&["1e99999", "10E99998"], "1e99999"),
            (&["cat", "Cat", "CAT", " cat\t", "\u{feff}cat", "cat\u{a0}"], "cat"),
            (&["café", "cafe\u{301}", "CAFE\u{301}", "CAFÉ"], "café"),
            (&["", " "], ""),
        ] {
            for spelling in spellings {
                assert_eq!(folded(spelling), one, "{spelling:?}");
            }
            assert_eq!(folded(one), one);
        }
    }

    #[test]
    fn what_is_no_number_keeps_its_digits() {
        for name in ["1.2.3", "1e", "e5", ".", "+", "1_000", "0x10", "nan", "inf", "v1.0", "1e1.5"]
        {
            assert_eq!(folded(name), name);
        }
        let long = "9".repeat(60);
        assert_eq!(folded(&long), long);
        assert_ne!(folded("9007199254740993"), folded("9007199254740992"));
    }

    #[test]
    fn groups_are_in_the_order_of_their_classes() {
        let names = ["Cat", "DOG", "cat", "cow", "dog", "dog "].map(str::to_owned);
        assert_eq!(alike(&names), [vec![0, 2], vec![1, 4, 5]]);
        assert!(alike(&["1", "2", "10"].map(str::to_owned)).is_empty());
    }
}
