//! CSV, and Parquet as written here.

use half::f16;
use proptest::prelude::*;
use tallyho::batch::Role;
use tallyho::input::{Input, Shape};
use tallyho::tally::ScoreType;

use super::{read, read_every_way, table};
use crate::common::Rng;
use crate::common::files::Folder;

#[test]
fn a_csv_table_may_have_quotes_either_line_end_and_a_byte_order_mark() {
    let folder = Folder::new();
    let text = "\u{feff}id,label,\"p_cat\",p_dog\r\n\
                1,\"a \"\"cat\"\"\",0.25,0.75\r\n\
                \r\n\
                2,\"two\nlines, one\", 1e-3 ,nan\n\
                3,a\"b,-inf,\"0.5\"";
    let path = folder.file("t.csv", text);
    let mut request = table(&path, "label", Role::Scores, "p_*");
    request.score_type = Some(ScoreType::F64);
    let rows = read_every_way(&request);
    assert_eq!(rows.labels, ["a \"cat\"", "two\nlines, one", "a\"b"]);
    assert_eq!(rows.scores[..3], [0.25, 0.75, 0.001]);
    assert!(rows.scores[3].is_nan());
    assert_eq!(rows.scores[4..], [f64::NEG_INFINITY, 0.5]);
    let names = Some(vec!["cat".into(), "dog".into()]);
    assert_eq!(Input::open(&request).unwrap().shape(), &Shape::Matrix { columns: 2, names });
}

#[test]
fn scores_in_text_are_rounded_once_to_the_type_asked_for() {
    let folder = Folder::new();
    // Just above the middle of two halves, but the middle itself in single precision.
    let path = folder.file("t.csv", "y,s\n0,1.0004882813\n1,0.1\n");
    let mut request = table(&path, "y", Role::Scores, "s");
    assert_eq!(read_every_way(&request).scores[1], 0.1);
    request.score_type = Some(ScoreType::F32);
    assert_eq!(read_every_way(&request).scores[1], f64::from(0.1f32));
    request.score_type = Some(ScoreType::F16);
    assert_eq!(read_every_way(&request).scores, [1.0009765625, 0.0999755859375]);
    // The same for the middle of two of 8 bits, 1.00390625.
    let path = folder.file("b.csv", "y,s\n0,1.003906250001\n1,1.00390625\n0,3.4e38\n");
    let mut request = table(&path, "y", Role::Scores, "s");
    request.score_type = Some(ScoreType::Bf16);
    assert_eq!(read_every_way(&request).scores, [1.0078125, 1.0, f64::INFINITY]);
}

#[test]
fn text_becomes_the_nearest_half() {
    let folder = Folder::new();
    let mut rng = Rng::new(7);
    // Around halves, around the middles between two, and anywhere.
    let values: Vec<f64> = (0..4_000)
        .map(|_| {
            let half = f16::from_bits(u16::try_from(rng.below(0x7bff)).unwrap());
            let next = f16::from_bits(half.to_bits() + 1);
            let middle = (half.to_f64() + next.to_f64()) / 2.0;
            let nudge = [0.0, 1e-15, -1e-15, 1e-9, -1e-9, 1e-3][rng.below(6) as usize];
            middle * (1.0 + nudge)
        })
        .collect();
    let rows: Vec<String> = values.iter().map(|value| format!("0,{value:?}\n")).collect();
    let rows = rows.concat();
    let mut request = table(&folder.file("t.csv", format!("y,s\n{rows}")), "y", Role::Scores, "s");
    request.score_type = Some(ScoreType::F16);
    for (value, found) in values.iter().zip(read(&request).scores) {
        let bits = f16::from_f64(found).to_bits();
        let distance = (found - value).abs();
        for other in [bits.wrapping_sub(1), bits + 1].map(f16::from_bits) {
            let further = (other.to_f64() - value).abs();
            let tie = distance == further && bits.is_multiple_of(2);
            assert!(distance < further || tie || !other.is_finite(), "{value:?} became {found:?}");
        }
    }
}

#[test]
fn missing_and_malformed_fields_are_faults() {
    let folder = Folder::new();
    let text = b"y,p,s0,s1\n,b,1,2\na,,1,2\na,b,,2\na,b,1,abc\na,b,1,2\n";
    let path = folder.file("t.csv", text);
    let rows = read_every_way(&table(&path, "y", Role::Scores, "s*"));
    let faults: Vec<(u64, Role, &str)> =
        rows.faults.iter().map(|(row, role, problem)| (*row, *role, problem.as_str())).collect();
    assert_eq!(
        faults,
        [
            (0, Role::Labels, "the label is missing"),
            (2, Role::Scores, "score column 's0' is missing"),
            (3, Role::Scores, "score column 's1' is 'abc', not a number"),
        ]
    );
    let rows = read_every_way(&table(&path, "y", Role::Predictions, "p"));
    assert_eq!(rows.faults[1], (1, Role::Predictions, "the prediction is missing".into()));
    // Far down, a byte may be broken; at the top, all of the file is in another encoding.
    let mut text = format!("y,p\n{}", "a,b\n".repeat(1_100)).into_bytes();
    text.extend(b"\xff,b\n");
    let path = folder.file("t.csv", text);
    let rows = read_every_way(&table(&path, "y", Role::Predictions, "p"));
    let expected = (1_100, Role::Labels, "the label '\u{fffd}' is not UTF-8".into());
    assert_eq!(rows.faults, [expected]);
}

#[test]
fn score_columns_in_a_glob_leave_out_those_named_otherwise() {
    let folder = Folder::new();
    let path = folder.file("t.csv", "pred,p0,p1,p\na,1,2,b\n");
    let mut request = table(&path, "p", Role::Scores, "p?");
    assert_eq!(read_every_way(&request).scores, [1.0, 2.0]);
    request.predictions = Some("pred".into());
    request.scores = vec!["p*".into()];
    let rows = read_every_way(&request);
    assert_eq!((rows.scores, rows.predictions), (vec![1.0, 2.0], vec!["a".to_owned()]));
}

/// The class names that columns of these names give.
fn names_from(columns: &[&str], glob: &str) -> Option<Vec<String>> {
    let folder = Folder::new();
    let zeros = vec!["0"; columns.len()].join(",");
    let path = folder.file("t.csv", format!("y,{}\n0,{zeros}\n", columns.join(",")));
    match Input::open(&table(&path, "y", Role::Scores, glob)).unwrap().shape() {
        Shape::Matrix { names, .. } => names.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn score_columns_are_classes_by_the_part_of_their_names_that_varies() {
    assert_eq!(names_from(&["p0", "p1", "p2"], "p*"), None);
    assert_eq!(names_from(&["p_00", "p_01"], "p_*"), None);
    for glob in ["p_*", "p_???", "p_[cd]*", "p*", "*_*"] {
        assert_eq!(names_from(&["p_cat", "p_dog"], glob), Some(vec!["cat".into(), "dog".into()]));
    }
    assert_eq!(names_from(&["ab", "cb"], "*[b]"), Some(vec!["ab".into(), "cb".into()]));
}

#[test]
fn score_columns_numbered_otherwise_are_classes_by_number() {
    let names =
        |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
    assert_eq!(names_from(&["p0", "p10", "p1"], "p*"), names(&["0", "1", "10"]));
    assert_eq!(names_from(&["p01", "p02"], "p*"), names(&["1", "2"]));
}

#[test]
fn records_of_other_lengths_are_faults_and_shift_no_other_row() {
    let folder = Folder::new();
    let text = "y,p,s0,s1\na,b,1,2\na\na,b,3,4,5\n,b,x\nc,d,6,7\n";
    let path = folder.file("t.csv", text);
    let rows = read_every_way(&table(&path, "y", Role::Scores, "s*"));
    assert_eq!(rows.labels, ["a", "a", "a", "", "c"]);
    assert_eq!(rows.scores, [1.0, 2.0, 0.0, 0.0, 3.0, 4.0, 0.0, 0.0, 6.0, 7.0]);
    let faults: Vec<(u64, &str)> =
        rows.faults.iter().map(|(row, _, problem)| (*row, problem.as_str())).collect();
    assert_eq!(
        faults,
        [
            (1, "has 1 field where the header has 4"),
            (2, "has 5 fields where the header has 4"),
            (3, "has 3 fields where the header has 4"),
        ]
    );
}

proptest! {
    /// Our records and fields against those of the `csv` crate.
    #[test]
    fn records_are_those_of_the_csv_crate(
        lines in proptest::collection::vec("[ab\"\n\r é]{0,3}(,[ab\"\n\r é]{0,3})?", 1..12),
        crlf in any::<bool>(),
    ) {
        let end = if crlf { "\r\n" } else { "\n" };
        let body = lines.join(end).replace('\r', if crlf { "\r\n" } else { "" });
        let text = format!("y,p{end}c,c{end}{body}{end}");
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let expected: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let folder = Folder::new();
        let path = folder.file("t.csv", &text);
        let found = super::read_by(&table(&path, "y", Role::Predictions, "p"), Some(2), 1);
        let bad = expected.iter().position(|record| record.len() != 2);
        match (found, bad) {
            (Ok(rows), None) => {
                let column = |at| expected.iter().map(|record| &record[at]).collect::<Vec<_>>();
                prop_assert_eq!(rows.labels, column(0));
                prop_assert_eq!(rows.predictions, column(1));
            }
            (Err(problem), _) => prop_assert!(problem.contains("never closed"), "{}", problem),
            (Ok(rows), Some(row)) => {
                let malformed = rows.faults.iter().find(|fault| fault.2.contains(" where the header has"));
                prop_assert_eq!(malformed.map(|fault| fault.0), Some(row as u64), "{:?}", rows);
                prop_assert_eq!(rows.labels.len(), expected.len());
            }
        }
    }
}

#[cfg(feature = "parquet")]
mod parquet {
    use super::*;
    use crate::common::files::{Column, parquet};
    use crate::formats::{arrays, error};

    /// Labels as text, and columns of scores of which every third is an f64.
    fn wide(rows: usize, columns: usize, group_rows: usize) -> Vec<u8> {
        let labels = (0..rows).map(|row| (row % 5 != 4).then(|| format!("c{}", row % 3))).collect();
        let names: Vec<String> = (0..columns).map(|k| format!("s{k}")).collect();
        let mut table = vec![("y", Column::Text(labels))];
        for (k, name) in names.iter().enumerate() {
            let score = |row: usize| (row * columns + k) as f64 / 4.0;
            let there = |row: &usize| (*row, k) != (2, 1);
            let scores = (0..rows).map(|row| Some(row).filter(there).map(score));
            table.push((
                name,
                if k % 3 == 0 {
                    Column::F64(scores.collect())
                } else {
                    #[allow(clippy::cast_possible_truncation, reason = "small quarters are exact")]
                    Column::F32(scores.map(|score| score.map(|score| score as f32)).collect())
                },
            ));
        }
        parquet(&table, group_rows)
    }

    #[test]
    fn wide_tables_are_transposed_and_widened() {
        let folder = Folder::new();
        for columns in [2, 16, 37] {
            let path = folder.file("t.parquet", wide(200, columns, 60));
            let request = table(&path, "y", Role::Scores, "s*");
            let input = Input::open(&request).unwrap();
            assert_eq!(input.shape(), &Shape::Matrix { columns, names: None });
            assert_eq!(input.score_type(), Some(ScoreType::F64));
            assert_eq!(input.rows(), Some(200));
            let rows = read_every_way(&request);
            for (place, &score) in rows.scores.iter().enumerate() {
                let expected = if place == 2 * columns + 1 { 0.0 } else { place as f64 / 4.0 };
                assert_eq!(score, expected, "score {place} of {columns} columns");
            }
            assert_eq!(rows.faults[0], (2, Role::Scores, "score column 's1' is null".into()));
            assert_eq!(rows.faults[1], (4, Role::Labels, "the label is null".into()));
            assert_eq!(rows.faults.len(), 41);
        }
    }

    #[test]
    fn a_parquet_file_may_stand_for_one_array() {
        let folder = Folder::new();
        let labels = parquet(&[("y", Column::I64((0..9).map(Some).collect()))], 4);
        let labels = folder.file("y.parquet", labels);
        let scores = parquet(
            &[("a", Column::F32(vec![Some(0.5); 9])), ("b", Column::F32(vec![Some(0.25); 9]))],
            2,
        );
        let scores = folder.file("s.parquet", scores);
        let request = arrays(&labels, &scores, Role::Scores);
        let names = Some(vec!["a".into(), "b".into()]);
        assert_eq!(Input::open(&request).unwrap().shape(), &Shape::Matrix { columns: 2, names });
        let rows = read_every_way(&request);
        assert_eq!(rows.labels[..3], ["0", "1", "2"]);
        assert_eq!(rows.scores[..4], [0.5, 0.25, 0.5, 0.25]);
        let empty = folder.file("e.parquet", parquet(&[("y", Column::I64(vec![]))], 4));
        assert!(error(&arrays(&empty, &labels, Role::Predictions)).contains("is empty: no rows"));
    }
}
