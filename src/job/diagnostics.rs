//! The mistakes in a config, in its own words.

pub(super) use crate::mistake::Mistakes;

/// The names of options of `eval` as the keys of a config: `--max-fpr` is
/// `max_fpr`. What is reused here speaks to the users of `eval`, too.
pub(super) fn as_keys(text: &str) -> String {
    let mut words = text.split("--");
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let end = word.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(word.len());
        let (name, rest) = word.split_at(end);
        match name.is_empty() {
            true => out.push_str("--"),
            false => out.push_str(&name.replace('-', "_")),
        }
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn options_are_named_as_keys() {
        let text = "--max-fpr takes a rate; use --scores-are -- or not";
        assert_eq!(as_keys(text), "max_fpr takes a rate; use scores_are -- or not");
    }
}
