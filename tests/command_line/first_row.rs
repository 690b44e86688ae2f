//! Of several bad rows the first in input order is named, whatever the threads do.

use super::{random_pairs, tallyho};
use crate::common::Rng;
use crate::common::files::{Folder, npy, npy_matrix};

/// Runs a line in many ways; all must end with `expected`.
fn always(folder: &Folder, line: &str, expected: &str) {
    for threads in 1..=4 {
        for batch_rows in [1, 3, 64, 1_000] {
            let ways = format!("{line} --threads {threads} --batch-rows {batch_rows}");
            let ran = tallyho(folder, &ways).expect(2);
            assert!(ran.stderr.starts_with(expected), "{ways}: {}", ran.stderr);
        }
    }
}

#[test]
fn in_a_matrix_of_scores() {
    let folder = Folder::new();
    let rows = 2_000;
    let mut rng = Rng::new(3);
    let mut labels: Vec<i64> = (0..rows).map(|_| i64::from(rng.below(3))).collect();
    let mut scores: Vec<f64> = (0..rows * 3).map(|_| f64::from(4.0 * rng.normal())).collect();
    for row in [1_999, 1_500, 1_001, 777] {
        labels[row] = 3;
    }
    for row in [776, 1_000, 1_502] {
        scores[row * 3 + 1] = f64::NAN;
    }
    folder.file("y.npy", npy(&labels));
    folder.file("s.npy", npy_matrix(&scores, 3));
    let line = "eval --labels y.npy --scores s.npy";
    always(&folder, line, "tallyho: s.npy: row 776: score 1 is NaN");
    scores[776 * 3 + 1] = 0.0;
    folder.file("s.npy", npy_matrix(&scores, 3));
    always(&folder, line, "tallyho: y.npy: row 777: label '3' has no score");
}

#[test]
fn in_tables_of_text() {
    let folder = Folder::new();
    let (labels, predictions) = random_pairs(2_000, 4, 4);
    let table = |bad: &[(usize, &str)]| {
        let row = |at: usize| {
            let bad = bad.iter().find(|(row, _)| *row == at);
            bad.map_or_else(
                || format!("{},{}\n", labels[at], predictions[at]),
                |(_, text)| format!("{text}\n"),
            )
        };
        (0..2_000).fold("label,prediction\n".to_owned(), |text, at| text + &row(at))
    };
    folder.file("good.csv", table(&[]));
    folder.file("bad.csv", table(&[(1_990, ",1"), (1_203, "1,"), (902, ",0"), (905, "0,")]));
    let names = "--labels label --predictions prediction";
    let line = format!("eval good.csv bad.csv {names}");
    always(&folder, &line, "tallyho: bad.csv: row 902: the label is missing");
    // A record of the wrong length is an error of another kind, but comes no later.
    folder.file("short.csv", table(&[(850, "1"), (1_400, ",0"), (1_700, "1,2,3")]));
    let line = format!("eval good.csv short.csv bad.csv {names}");
    always(&folder, &line, "tallyho: short.csv: row 850: ");
    folder.file("short.csv", table(&[(851, "1"), (850, ",0"), (1_700, "1,2,3")]));
    always(&folder, &line, "tallyho: short.csv: row 850: the label is missing");
}

#[test]
fn among_the_files_of_given_classes() {
    let folder = Folder::new();
    let (labels, mut predictions) = random_pairs(1_000, 4, 5);
    predictions[500] = 9;
    predictions[90] = 8;
    folder.file("y.npy", npy(&labels));
    folder.file("p.npy", npy(&predictions));
    folder.file("classes.txt", "0\n1\n2\n3\n");
    folder.file("headed.txt", "Label\n0\n1\n2\n3\n");
    let headed = "eval --labels y.npy --predictions p.npy --classes headed.txt";
    let refused = tallyho(&folder, headed).expect(2).stderr;
    assert!(refused.contains("headed.txt: the first line, 'Label', is called as a header"));
    let line = "eval --labels y.npy --predictions p.npy --classes classes.txt";
    always(&folder, line, "tallyho: p.npy: row 90: prediction '8' is not one of the classes");
}
