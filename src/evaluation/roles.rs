//! A guess which columns of a file hold labels, predictions and scores, by their
//! names and types: for a command line to start from, never for an evaluation.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use crate::engine::{self, Options};
use crate::error::Result;
use crate::input::usual_names::{LABELS, PREDICTIONS, SCORES, lower};
use crate::input::{Description, Field, Holds, Input, Request};

/// Beginnings of names of score columns.
const SCORE_PREFIXES: &[&str] =
    &["p", "prob", "proba", "probs", "score", "scores", "logit", "logits", "s"];

/// The requests that a file is likely meant for, the likeliest last. Each was tried:
/// its columns are there and of types that can be read.
pub fn likely(described: &[Description], given: &Request) -> Vec<Request> {
    let candidates = match described {
        [only] => of_table(only, given),
        files if files.iter().all(|file| file.only_field().is_some()) => of_files(files, given),
        [first, ..] => of_table(first, given),
        [] => Vec::new(),
    };
    candidates.into_iter().filter(|request| runs(request).is_ok()).collect()
}

/// Whether an evaluation would begin: as far as the first rows tell.
fn runs(request: &Request) -> Result<()> {
    let input = Input::open(request)?;
    engine::plan(&input, &Options { threads: 1, ..Options::default() }, &AtomicBool::new(false))?;
    input.head(0, 1, 1).map(drop)
}

fn of_table(described: &Description, given: &Request) -> Vec<Request> {
    let fields = &described.fields;
    let one =
        |field: &Field| matches!(field.holds, Holds::Texts | Holds::Integers | Holds::Numbers);
    let labels = match given.labels.as_str() {
        "" => named(fields, LABELS, &one).map(|field| field.name.clone()),
        name => Some(name.to_owned()),
    };
    let Some(labels) = labels else { return Vec::new() };
    let others: Vec<Field> = fields.iter().filter(|field| field.name != labels).cloned().collect();
    let request =
        || Request { tables: given.tables.clone(), labels: labels.clone(), ..Request::default() };
    let class = |field: &Field| matches!(field.holds, Holds::Texts | Holds::Integers);
    let predicted = |field: &&Field| one(field) && lower(&field.name).starts_with("pred");
    let predictions = named(&others, PREDICTIONS, &class).or_else(|| others.iter().find(predicted));
    let predictions =
        predictions.map(|field| Request { predictions: Some(field.name.clone()), ..request() });
    let scores = scores(&others).map(|scores| Request { scores: vec![scores], ..request() });
    scores.into_iter().chain(predictions).collect()
}

/// The column, list or glob of columns that holds scores.
fn scores(fields: &[Field]) -> Option<String> {
    let vectors = |field: &Field| field.holds == Holds::Vectors;
    let vector = named(fields, SCORES, &vectors).or_else(|| fields.iter().find(|it| vectors(it)));
    if let Some(vector) = vector {
        return Some(vector.name.clone());
    }
    let mut groups: BTreeMap<&str, Vec<&Field>> = BTreeMap::new();
    let is_number = |field: &&Field| matches!(field.holds, Holds::Numbers | Holds::Integers);
    for field in fields.iter().filter(is_number) {
        groups.entry(prefix(&field.name)).or_default().push(field);
    }
    let is_known = |prefix: &str| {
        let word = prefix.trim_end_matches(['_', '.', '-', ' ']).to_ascii_lowercase();
        SCORE_PREFIXES.contains(&word.as_str())
    };
    let mut names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    names.sort_unstable();
    // Only a glob that matches these columns and no others.
    let is_exact = |(prefix, group): &(&str, Vec<&Field>)| {
        let is_before = |name: &&str| *name < *prefix;
        let from = &names[names.partition_point(is_before)..];
        let matched = from.partition_point(|name| name.starts_with(prefix));
        let is_scores = group.iter().any(|field| field.holds == Holds::Numbers);
        !prefix.is_empty() && group.len() > 1 && matched == group.len() && is_scores
    };
    let groups: Vec<_> = groups.into_iter().filter(is_exact).collect();
    let group = groups.iter().find(|(prefix, _)| is_known(prefix));
    let one = |field: &Field| field.holds == Holds::Numbers;
    match group {
        Some((prefix, _)) => Some(format!("{prefix}*")),
        None => named(fields, SCORES, &one).map(|field| field.name.clone()),
    }
}

/// `p_` of `p_cat`, `p` of `p12`: the part that score columns share.
fn prefix(name: &str) -> &str {
    let digits = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    match name.find(['_', '.', '-']) {
        Some(at) if !digits[..digits.len().min(at)].is_empty() => &name[..=at],
        _ if digits.len() < name.len() => digits,
        _ => "",
    }
}

/// Two files of one column each: labels, and what answers them.
fn of_files(files: &[Description], given: &Request) -> Vec<Request> {
    let ([first, second], "") = (files, given.labels.as_str()) else { return Vec::new() };
    let is_class = |file: &Description| {
        let field = file.only_field();
        field.is_some_and(|it| matches!(it.holds, Holds::Texts | Holds::Integers))
    };
    // How early its name stands among those of labels.
    let place = |file: &Description| {
        let stem = file.path.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let is_called = |name: &&str| stem == **name || stem.starts_with(&format!("{name}_"));
        LABELS.iter().position(is_called).filter(|_| is_class(file))
    };
    let (labels, answers) = match (place(first), place(second)) {
        (None, None) => return Vec::new(),
        (Some(_), None) => (first, second),
        (None, Some(_)) => (second, first),
        (Some(at), Some(other)) if at <= other => (first, second),
        _ => (second, first),
    };
    let path = |file: &Description| file.path.to_string_lossy().into_owned();
    let request = Request { labels: path(labels), ..Request::default() };
    vec![match is_class(answers) {
        true => Request { predictions: Some(path(answers)), ..request },
        false => Request { scores: vec![path(answers)], ..request },
    }]
}

/// The first field by the order of `names` that `fits`.
fn named<'a>(
    fields: &'a [Field],
    names: &[&str],
    fits: &impl Fn(&Field) -> bool,
) -> Option<&'a Field> {
    let called =
        |name: &&str| fields.iter().find(|field| lower(&field.name) == **name && fits(field));
    names.iter().find_map(called)
}

/// The command line of an evaluation, with what a shell would take apart in quotes.
pub fn command_line(request: &Request) -> String {
    let mut words = vec!["tallyho".to_owned(), "eval".to_owned()];
    words.extend(request.tables.iter().map(|table| quoted(&table.to_string_lossy())));
    let option = |name: &str, value: &str| match value.starts_with('-') {
        true => format!("--{name}={}", quoted(value)),
        false => format!("--{name} {}", quoted(value)),
    };
    words.push(option("labels", &request.labels));
    words.extend(request.predictions.iter().map(|name| option("predictions", name)));
    words.extend(request.scores.iter().map(|name| option("scores", name)));
    words.join(" ")
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./,:=+@%".contains(letter);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn score_columns_share_what_stands_before_the_class() {
        for (name, shared) in [
            ("p_cat", "p_"),
            ("p12", "p"),
            ("score.dog", "score."),
            ("x", ""),
            ("0", ""),
            ("_0", "_"),
        ] {
            assert_eq!(prefix(name), shared, "{name}");
        }
    }

    #[test]
    fn many_groups_of_columns_are_not_compared_with_all_columns() {
        let field = |name: String| Field {
            name,
            dtype: String::new(),
            holds: Holds::Numbers,
            first: Vec::new(),
        };
        let pair = |group: usize| ["x", "y"].map(|part| field(format!("g{group}_{part}")));
        let mut fields: Vec<Field> = (0..50_000).flat_map(pair).collect();
        fields.extend(["p_0", "p_1"].map(|name| field(name.to_owned())));
        assert_eq!(scores(&fields).as_deref(), Some("p_*"));
        // Of columns that begin alike, another is no score.
        fields.push(Field { holds: Holds::Texts, ..field("p_name".to_owned()) });
        assert_eq!(scores(&fields), None);
    }

    #[test]
    fn a_shell_reads_what_was_meant() {
        let request = Request {
            tables: vec!["a b.csv".into()],
            labels: "it's".into(),
            scores: vec!["p_*".into()],
            ..Request::default()
        };
        let line = r"tallyho eval 'a b.csv' --labels 'it'\''s' --scores 'p_*'";
        assert_eq!(command_line(&request), line);
        let hyphen = Request { labels: "-y".into(), ..Request::default() };
        assert_eq!(command_line(&hyphen), "tallyho eval --labels=-y");
    }
}
