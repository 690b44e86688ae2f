//! Numbers and names as rules and their verdicts spell them.

/// A name, quoted if it would not read back without.
pub(super) fn name(name: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "_-.+".contains(letter);
    if !name.is_empty() && name.chars().all(plain) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// `value` with four significant digits, or as many as it takes to be on the
/// same side of `bound`, so that a sentence never contradicts its verdict.
pub(super) fn rounded(value: f64, bound: f64) -> String {
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
pub(super) fn number(value: f64) -> String {
    let plain = value == 0.0 || (1e-5..1e16).contains(&value.abs());
    if plain { format!("{value}") } else { format!("{value:e}") }
}
