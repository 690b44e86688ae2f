//! Signs that tables which are read as one are not parts of one set, but the
//! same rows by several models.

use std::path::{Component, Path};

use super::lane::Extent;
use super::open::Part;
use super::paths::listed;
use super::stream::Stream;
use crate::batch::{Batch, Role};
use crate::notice::{self, Notice};

/// Rows of each table that are looked at, and tables that are compared.
const LOOK_AT: usize = 256;
const MOST_TABLES: usize = 64;

/// Fewest rows, and fewest changes from one label to another, that two sets of
/// rows do not share by chance.
const FEWEST_ROWS: usize = 16;
const FEWEST_CHANGES: usize = 8;

/// Most tables of which names of other words mean other models.
const MOST_MODELS: usize = 8;

/// What to do about it.
const APART: &str = "to compare models, evaluate each file apart";

/// What the user should know about tables that look like those of several models.
pub(super) fn notice(parts: &[Part]) -> Option<Notice> {
    if parts.len() < 2 {
        return None;
    }
    same_rows(parts).or_else(|| other_names(parts))
}

/// A warning where two tables begin with the same labels and are equally long.
fn same_rows(parts: &[Part]) -> Option<Notice> {
    let mut seen: Vec<(&Part, Vec<String>)> = Vec::new();
    for part in parts.iter().take(MOST_TABLES) {
        let Some(labels) = first_labels(part) else { continue };
        // Formats that do not tell how many rows they have may have as many.
        let as_long = |other: &Part| other.rows().zip(part.rows()).is_none_or(|(a, b)| a == b);
        if let Some((other, _)) =
            seen.iter().find(|(other, known)| *known == labels && as_long(other))
        {
            let path = |part: &Part| part.path(Role::Labels).display().to_string();
            let text = format!(
                "{} and {} begin with the same {} labels in the same order, as the same rows by \
                 two models do; they are pooled into one report",
                path(other),
                path(part),
                labels.len()
            );
            return Some(Notice::new(notice::SAME_ROWS, text).hint(APART));
        }
        seen.push((part, labels));
    }
    None
}

/// The first labels of a table, if they are many and varied enough to know it by.
fn first_labels(part: &Part) -> Option<Vec<String>> {
    let parts = std::slice::from_ref(part);
    let stream = Stream::over(parts, 0, Some(LOOK_AT), 1, Extent::Head);
    let mut batch = Batch::default();
    // What cannot be read is told when it is counted.
    stream.next_batch(&mut batch).ok().filter(|found| *found)?;
    let labels: Vec<String> = (0..batch.rows).map(|row| batch.labels.name(row)).collect();
    let changes = labels.windows(2).filter(|pair| pair[0] != pair[1]).count();
    (labels.len() >= FEWEST_ROWS && changes >= FEWEST_CHANGES).then_some(labels)
}

/// A note where a few tables are told apart by words, not by numbers or dates.
fn other_names(parts: &[Part]) -> Option<Notice> {
    if parts.len() > MOST_MODELS {
        return None;
    }
    let paths: Vec<&Path> = parts.iter().map(|part| part.path(Role::Labels)).collect();
    let words: Vec<Vec<String>> = paths.iter().map(|path| words(path)).collect();
    let known: Vec<u64> = parts.iter().filter_map(Part::rows).collect();
    let equally_long = known.windows(2).all(|pair| pair[0] == pair[1]);
    if !equally_long || words.windows(2).all(|pair| pair[0] == pair[1]) {
        return None;
    }
    let paths: Vec<_> = paths.into_iter().map(Path::to_owned).collect();
    let text = format!("{} files are pooled into one report: {}", paths.len(), listed(&paths));
    Some(Notice::new(notice::POOLED, text).hint(APART))
}

/// The words of a path: all but numbers, dates, hashes, and the values that
/// folders such as `year=2026` stand for.
fn words(path: &Path) -> Vec<String> {
    let stem = path.with_extension("");
    let mut words = Vec::new();
    for component in stem.components() {
        let Component::Normal(name) = component else { continue };
        let name = name.to_string_lossy().to_lowercase();
        if let Some((key, _)) = name.split_once('=') {
            words.push(key.to_owned());
            continue;
        }
        let tokens = name.split(|letter: char| !letter.is_alphanumeric());
        words.extend(tokens.filter_map(word));
    }
    words
}

/// A token without its digits, but with them if it is a version; none is left of
/// a number, a month or a hash.
fn word(token: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let has_digit = token.bytes().any(|byte| byte.is_ascii_digit());
    let is_hex = token.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && (has_digit || token.len() >= 8) {
        return None;
    }
    let word: String = token.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    match word.as_str() {
        "" => None,
        "v" => Some(token.to_owned()),
        month if MONTHS.contains(&month) => None,
        _ => Some(word),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::words;

    #[test]
    fn names_of_shards_have_the_same_words_and_names_of_models_have_others() {
        let alike = |a: &str, b: &str| words(Path::new(a)) == words(Path::new(b));
        for (a, b) in [
            ("part-00000-8f3c21aa-c000.snappy.parquet", "part-00001-77de0b1f-c000.snappy.parquet"),
            ("shard_03.csv", "shard_4.csv"),
            ("out/year=2026/p.csv", "out/year=2025/p.csv"),
            ("out/country=de/p.csv", "out/country=fr/p.csv"),
            ("2026-11-29.csv", "2026-11-30.csv"),
            ("30nov2026/p.csv", "01dec2026/p.csv"),
            ("night_29_nov.csv", "night_1_dec.csv"),
            ("0.csv", "1.csv"),
        ] {
            assert!(alike(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("model_a.csv", "model_b.csv"),
            ("a.csv", "b.csv"),
            ("resnet50.csv", "vit.csv"),
            ("cats_v1.csv", "cats_v2.csv"),
            ("old/p.csv", "new/p.csv"),
        ] {
            assert!(!alike(a, b), "{a} {b}");
        }
    }
}
