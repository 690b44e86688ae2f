//! The files that frozen evaluations read: those of `datasets/`, and made ones.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use half::{bf16, f16};

use crate::common::Rng;
use crate::common::files::{Element, Folder, Layout, npy, npy_as, npy_matrix};

/// Rows of a made file.
const ROWS: usize = 700;

/// Made matrices: name, columns, type, and whether scores are probabilities.
pub const MATRICES: [(&str, usize, &str, bool); 10] = [
    ("l2_f32", 2, "f32", false),
    ("l3_f32", 3, "f32", false),
    ("l16_f32", 16, "f32", false),
    ("l17_f64", 17, "f64", false),
    ("l40_f16", 40, "f16", false),
    ("l5_f64", 5, "f64", false),
    ("p2_f32", 2, "f32", true),
    ("p4_f64", 4, "f64", true),
    ("p12_f32", 12, "f32", true),
    ("p6_f16", 6, "f16", true),
];

/// Made scores of one class of two, likewise.
pub const BINARY: [(&str, &str, bool); 5] = [
    ("bl_f32", "f32", false),
    ("bl_f64", "f64", false),
    ("bl_f16", "f16", false),
    ("bp_f32", "f32", true),
    ("bp_f64", "f64", true),
];

/// Copies the datasets, and makes the others.
pub fn write(folder: &Folder) {
    for set in ["iris", "digits", "breast_cancer", "edge"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets").join(set);
        fs::create_dir_all(folder.path(set)).unwrap();
        for file in fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), folder.path(set).join(file.file_name())).unwrap();
        }
    }
    pairs(folder);
    for (place, (name, columns, kind, probabilities)) in (10..).zip(MATRICES) {
        let mut rng = Rng::new(place);
        let scores = matrix(&mut rng, columns, probabilities);
        scores_of(folder, name, &scores, columns, kind);
        folder.file(&format!("y_{name}.npy"), npy(&labels(&mut rng, columns)));
    }
    for (place, (name, kind, probabilities)) in (50..).zip(BINARY) {
        let mut rng = Rng::new(place);
        let scores: Vec<f64> = (0..ROWS)
            .map(|_| match probabilities {
                true => f64::from(rng.below(1_025)) / 1_024.0,
                false => f64::from(rng.below(400)) / 16.0 - 12.0,
            })
            .collect();
        scores_of(folder, name, &scores, 1, kind);
        folder.file(&format!("y_{name}.npy"), npy(&labels(&mut rng, 2)));
    }
}

fn labels(rng: &mut Rng, classes: usize) -> Vec<i64> {
    (0..ROWS).map(|_| i64::from(rng.below(classes as u32))).collect()
}

/// Scores with ties; logits also with masked ones, and a few that are no numbers.
fn matrix(rng: &mut Rng, columns: usize, probabilities: bool) -> Vec<f64> {
    let mut scores = Vec::new();
    for row in 0..ROWS {
        if probabilities {
            // Units of 1/1024, so that every type holds them and rows sum to 1.
            let mut left = 1_024;
            for column in 0..columns {
                let own = if column + 1 == columns { left } else { rng.below(left + 1) };
                left -= own;
                scores.push(f64::from(own) / 1_024.0);
            }
            continue;
        }
        for _ in 0..columns {
            scores.push(match rng.below(400) {
                0 => f64::NEG_INFINITY,
                1 if row % 7 == 0 => f64::NAN,
                _ => f64::from(rng.below(160)) / 8.0 - 10.0,
            });
        }
    }
    scores
}

fn scores_of(folder: &Folder, name: &str, scores: &[f64], columns: usize, kind: &str) {
    fn written<T: Element>(values: &[T], columns: usize) -> Vec<u8> {
        if columns == 1 { npy(values) } else { npy_matrix(values, columns) }
    }
    let bytes = match kind {
        "f16" => written(&each(scores, f16::from_f64), columns),
        "f32" => written(&each(scores, |score| score as f32), columns),
        _ => written(scores, columns),
    };
    folder.file(&format!("{name}.npy"), bytes);
    if columns > 1 {
        let shape = [scores.len() / columns, columns];
        let layout = Layout { fortran: true, ..Layout::default() };
        folder.file(&format!("{name}_fortran.npy"), npy_as(scores, &shape, layout));
        let words = each(scores, |score| bf16::from_f64(score).to_bits());
        folder.file(&format!("{name}_bf16.npy"), npy_matrix(&words, columns));
    }
}

fn each<T>(scores: &[f64], of: impl Fn(f64) -> T) -> Vec<T> {
    scores.iter().map(|&score| of(score)).collect()
}

/// Pairs of integers near and far apart, and of names.
fn pairs(folder: &Folder) {
    let names = ["cat", "Cat", "dog", "1", "1.0", "north east", "ä"];
    for (name, most, base) in
        [("few", 3, 0), ("ten", 10, 0), ("many", 900, -20), ("sparse", 40_000, 1 << 40)]
    {
        let mut rng = Rng::new(u64::from(most));
        let labels: Vec<i64> = (0..3 * ROWS).map(|_| base + i64::from(rng.below(most))).collect();
        let predictions: Vec<i64> = labels
            .iter()
            .map(|label| if rng.below(4) == 0 { base + i64::from(rng.below(most)) } else { *label })
            .collect();
        let mut csv = "y,p\n".to_owned();
        let mut text = "y,p,p2\n".to_owned();
        for (label, prediction) in labels.iter().zip(&predictions) {
            writeln!(csv, "{label},{prediction}").unwrap();
            let [label, prediction] =
                [label, prediction].map(|it| names[it.rem_euclid(names.len() as i64) as usize]);
            writeln!(text, "{label},{prediction},{}", names[rng.below(7) as usize]).unwrap();
        }
        folder.file(&format!("{name}_y.npy"), npy(&labels));
        folder.file(&format!("{name}_p.npy"), npy(&predictions));
        folder.file(&format!("{name}.csv"), csv);
        folder.file(&format!("{name}_text.csv"), text);
    }
    folder.file("ten.txt", (0..10).rev().fold(String::new(), |all, it| format!("{all}{it}\n")));
    folder.file("three.txt", "2\n0\n1\n");
}
