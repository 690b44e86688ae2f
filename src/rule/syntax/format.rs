//! The spelling of numbers and names in rules and their verdicts.

/// A name, quoted if it would not read back without.
pub(crate) fn name(name: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "_-.+".contains(letter);
    if !name.is_empty() && name.chars().all(plain) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// `value` with four significant digits, or as many as it takes to be on the
/// same side of `bound`, so that a sentence never contradicts its verdict.
pub(crate) fn rounded(value: f64, bound: f64) -> String {
    if value.fract() == 0.0 {
        return number(value);
    }
    let side = value.partial_cmp(&bound);
    let readings = (3..17).filter_map(|digits| format!("{value:.digits$e}").parse::<f64>().ok());
    number(
        readings.into_iter().find(|reading| reading.partial_cmp(&bound) == side).unwrap_or(value),
    )
}

/// The shortest spelling that reads back as `value`, with an exponent if it is
/// very large or very small.
pub(crate) fn number(value: f64) -> String {
    let plain = value == 0.0 || (1e-5..1e16).contains(&value.abs());
    if plain { format!("{value}") } else { format!("{value:e}") }
}

/// `value` with about four significant digits.
pub(crate) fn short(value: f64) -> String {
    if value.fract() == 0.0 {
        return number(value);
    }
    number(format!("{value:.3e}").parse().unwrap_or(value))
}

/// A difference, with its sign.
pub(crate) fn signed(value: f64) -> String {
    if value > 0.0 { format!("+{}", short(value)) } else { short(value) }
}

/// A count with commas: 10,000.
pub(crate) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A p-value: in figures, or that it is below the smallest that is told apart.
pub(crate) fn p_value(p: f64) -> String {
    const LEAST: f64 = 1e-15;
    if p <= LEAST { format!("p < {}", number(LEAST)) } else { format!("p = {}", short(p)) }
}

/// "1 night", "7 nights"
pub(crate) fn nights(nights: usize) -> String {
    if nights == 1 { "1 night".to_owned() } else { format!("{nights} nights") }
}

/// "cat 0.61, dog 0.65 and 2 more"
pub(crate) fn few(all: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The name that a table gives to `wanted`.
pub(crate) fn spelling<T: Copy + PartialEq>(
    table: &[(&'static str, T)],
    wanted: T,
) -> &'static str {
    match table.iter().find(|(_, value)| *value == wanted) {
        Some((name, _)) => name,
        None => unreachable!("the table lists every value"),
    }
}

/// `{split=test,country="to test"}`
pub(crate) fn braces(slices: &[(String, String)]) -> String {
    if slices.is_empty() {
        return String::new();
    }
    let slice = |(column, value): &(String, String)| format!("{}={}", name(column), name(value));
    let slices: Vec<String> = slices.iter().map(slice).collect();
    format!("{{{}}}", slices.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0.123_456, -0.5, 3.0, 1.234_56e-9].map(short),
            ["0.1235", "-0.5", "3", "1.235e-9"]
        );
        assert_eq!([0.25, -0.25, 0.0].map(signed), ["+0.25", "-0.25", "0"]);
        assert_eq!([1e-16, 0.031_25].map(p_value), ["p < 1e-15", "p = 0.03125"]);
        let names = ["a", "b", "c", "d", "e"].map(String::from);
        assert_eq!(few(&names), "a, b, c and 2 more");
        assert_eq!(few(&names[..3]), "a, b, c");
    }
}
