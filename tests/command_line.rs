//! The real program, from what is typed to what it leaves behind.

mod averages;
#[cfg(target_os = "linux")]
mod bombs;
mod column_names;
#[cfg(feature = "gpu")]
mod counted;
mod csv;
mod csv_repeated;
mod devices;
mod digests;
mod errors;
mod first_page;
mod first_row;
mod guesses;
mod help;
mod hostile_names;
mod hyphens;
mod inspect;
#[cfg(target_os = "linux")]
mod killed;
mod kinds;
mod listing;
mod memory;
mod merging;
mod names;
mod options;
mod options_file;
mod order;
mod outputs;
mod outside;
mod places;
mod probabilities;
mod reading;
mod role_columns;
mod roles;
mod score_columns;
mod shapes;
mod shard_types;
mod shards;
mod shared_columns;
mod silence;
mod spellings;
mod status;
mod stopping;
mod two_columns;

use std::path::Path;

use crate::common::Rng;
use crate::common::files::{Folder, npy, npy_matrix};
use crate::common::program::{Ran, run};

/// Splits a line as a shell would, but for escapes: spaces part words, quotes
/// of either kind hold them together.
pub fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for letter in line.chars() {
        match (quote, letter) {
            (None, ' ') => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (Some(open), _) if letter == open => quote = None,
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

/// Runs a line in a folder.
pub fn tallyho(folder: &Folder, line: &str) -> Ran {
    let words = words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    run(&folder.path(""), &words)
}

/// The names of all files in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Small sound files: 4 rows of 2 classes as `t.csv` (all columns), `y.npy`,
/// `p.npy`, `s.npy` (probabilities), `b.npy` (one score).
pub fn sound() -> Folder {
    let folder = Folder::new();
    folder.file(
        "t.csv",
        "label,prediction,s0,s1\n0,0,0.75,0.25\n1,1,0.25,0.75\n0,1,0.25,0.75\n1,1,0,1\n",
    );
    folder.file("y.npy", npy(&[0i64, 1, 0, 1]));
    folder.file("p.npy", npy(&[0i64, 1, 1, 1]));
    folder.file("b.npy", npy(&[0.25f64, 0.75, 0.75, 1.0]));
    folder.file("s.npy", npy_matrix(&[0.75, 0.25, 0.25, 0.75, 0.25, 0.75, 0.0, 1.0], 2));
    folder
}

/// Random labels and predictions of `classes` classes, three in four correct.
pub fn random_pairs(rows: usize, classes: u32, seed: u64) -> (Vec<i64>, Vec<i64>) {
    let mut rng = Rng::new(seed);
    let pair = |_| {
        let label = rng.below(classes);
        let prediction = if rng.below(4) > 0 { label } else { rng.below(classes) };
        (i64::from(label), i64::from(prediction))
    };
    (0..rows).map(pair).unzip()
}

#[test]
fn a_line_is_split_into_words_as_a_shell_would() {
    assert_eq!(words("a  'b c' d\"e 'f\" ''"), ["a", "b c", "de 'f", ""]);
}
