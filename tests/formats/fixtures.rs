//! Files written by numpy, pandas and pyarrow; see `tests/fixtures/make.py`.

use std::path::{Path, PathBuf};

use tallyho::batch::Role;

use super::{Rows, read_every_way, table};

const ROWS: usize = 50;
const NAMES: [&str; 3] = ["cat", "dog", "größer"];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn labels() -> Vec<String> {
    (0..ROWS).map(|row| (row % 3).to_string()).collect()
}

fn class_names() -> Vec<String> {
    (0..ROWS).map(|row| NAMES[row % 3].to_owned()).collect()
}

fn scores() -> Vec<f64> {
    (0..ROWS * 3).map(|k| k as f64 / 256.0).collect()
}

fn read(file: &str, labels: &str, scores: &str) -> Rows {
    read_every_way(&table(&fixture(file), labels, Role::Scores, scores))
}

#[test]
fn files_of_pandas_and_numpy_hold_the_same_rows() {
    let mut files = vec![
        ("pandas.csv", "p_*"),
        ("numpy.npz", "scores"),
        ("numpy.npz", "fortran"),
        ("numpy.npz", "half"),
        ("numpy_compressed.npz", "scores"),
        ("numpy_compressed.npz", "fortran"),
    ];
    if cfg!(feature = "parquet") {
        files.push(("pandas.parquet", "p_*"));
    }
    for (file, columns) in files {
        for (column, expected) in [("label", labels()), ("name", class_names())] {
            let rows = read(file, column, columns);
            assert_eq!(rows.labels, expected, "{file}");
            assert_eq!(rows.scores, scores(), "{file} {columns}");
            assert!(rows.faults.is_empty());
        }
    }
}

#[cfg(feature = "parquet")]
mod parquet {
    use tallyho::input::{Input, Shape};
    use tallyho::tally::ScoreType;

    use super::super::error;
    use super::*;

    const FILES: [&str; 2] = ["pyarrow.parquet", "pyarrow_v2.parquet"];

    #[test]
    fn lists_of_either_kind_are_rows_of_scores() {
        for file in FILES {
            for (column, score_type) in [("fixed", ScoreType::F32), ("list", ScoreType::F64)] {
                let rows = read(file, "label", column);
                assert_eq!(rows.labels, labels());
                assert_eq!(rows.scores, scores(), "{file} {column}");
                let request = table(&fixture(file), "label", Role::Scores, column);
                let input = Input::open(&request).unwrap();
                assert_eq!(input.shape(), &Shape::Matrix { columns: 3, names: None });
                assert_eq!(input.score_type(), Some(score_type));
            }
        }
    }

    #[test]
    fn no_column_is_bfloat16() {
        for column in ["half_1", "list"] {
            let mut request = table(&fixture("pyarrow.parquet"), "label", Role::Scores, column);
            request.score_type = Some(ScoreType::Bf16);
            let problem = error(&request);
            assert!(problem.contains("--score-type bf16 is for text and for arrays"), "{problem}");
        }
    }

    #[test]
    fn half_columns_are_scores_of_their_own_width() {
        for file in FILES {
            let rows = read(file, "label", "half_*");
            let expected: Vec<f64> = scores().chunks(3).flat_map(|row| [row[0], row[1]]).collect();
            assert_eq!(rows.scores, expected);
            let rows = read(file, "label", "half_1");
            assert_eq!(rows.scores.len(), ROWS);
            let input =
                Input::open(&table(&fixture(file), "label", Role::Scores, "half_1")).unwrap();
            assert_eq!((input.shape(), input.score_type()), (&Shape::Binary, Some(ScoreType::F16)));
        }
    }

    #[test]
    fn labels_are_of_every_type() {
        for file in FILES {
            let is_one = (0..ROWS).map(|row| u8::from(row % 3 == 1).to_string()).collect();
            let huge = (0..ROWS).map(|row| ((1_u64 << 63) + row as u64 % 3).to_string()).collect();
            for (column, expected) in
                [("bool", is_one), ("category", class_names()), ("huge", huge)]
            {
                assert_eq!(read(file, column, "fixed").labels, expected, "{column}");
            }
        }
    }

    #[test]
    fn nulls_and_ragged_lists_are_faults_of_their_rows() {
        for file in FILES {
            let rows = read(file, "holes", "ragged");
            assert_eq!(
                rows.faults,
                [
                    (7, Role::Labels, "the label is null".into()),
                    (11, Role::Scores, "the list has 2 scores, expected 3".into()),
                ]
            );
            let kept = |row: &usize| *row != 7;
            let found: Vec<&String> = (0..ROWS).filter(kept).map(|row| &rows.labels[row]).collect();
            let expected = labels();
            let expected: Vec<&String> = (0..ROWS).filter(kept).map(|row| &expected[row]).collect();
            assert_eq!(found, expected);
            assert_eq!(rows.scores.len(), ROWS * 3);
            assert!(rows.scores[36..].iter().all(|&score| score == 0.5));
        }
    }

    #[test]
    fn columns_of_other_types_are_refused() {
        let request = table(&fixture(FILES[0]), "when", Role::Scores, "fixed");
        let problem = error(&request);
        assert!(problem.contains("column 'when' holds timestamps"), "{problem}");
        let request = table(&fixture(FILES[0]), "label", Role::Scores, "category");
        assert!(error(&request).contains("scores must be floats, found string"));
        let request = table(&fixture(FILES[0]), "fixed", Role::Scores, "list");
        assert!(error(&request).contains("column 'fixed' holds a list in each row"));
    }
}
