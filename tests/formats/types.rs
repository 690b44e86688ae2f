//! Stored types of scores and classes: read exactly, or refused with the line that
//! converts them.

use tallyho::batch::Role;
use tallyho::input::{Input, Request, Shape};
use tallyho::tally::ScoreType;
use zip::CompressionMethod;

use super::{arrays, error, read_every_way, table};
use crate::common::files::{Element, Folder, Layout, npy, npy_as, npy_matrix, npz};

#[track_caller]
fn assert_says(problem: &str, words: &[&str]) {
    for word in words {
        assert!(problem.contains(word), "{word:?} is not in {problem:?}");
    }
    assert!(problem.lines().count() <= 2, "{problem}");
}

/// The notices of a request, each as its code and what it says.
fn notices(request: &Request) -> Vec<String> {
    let input = Input::open(request).unwrap();
    input.notices().iter().map(|it| format!("{} {}", it.code.id, it.sentence())).collect()
}

/// Whole numbers of one type as a matrix, in every order and archive.
fn check_whole<T: Element>(values: &[T], expected: &[f64]) {
    let folder = Folder::new();
    let labels = npy(&vec![0_u8; values.len() / 3]);
    let one_per_role = folder.file("y.npy", &labels);
    for (big_endian, fortran) in [(false, false), (true, false), (false, true), (true, true)] {
        let layout = Layout { version: 1, big_endian, fortran };
        let scores = npy_as(values, &[values.len() / 3, 3], layout);
        let request = arrays(&one_per_role, &folder.file("s.npy", &scores), Role::Scores);
        assert_eq!(read_every_way(&request).scores, expected, "{} {layout:?}", T::KIND);
        assert_eq!(Input::open(&request).unwrap().score_type(), Some(ScoreType::F64));
        let told = notices(&request);
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with("TH123 "), "{told:?}");
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let members = [("y", labels.clone()), ("s", scores.clone())];
            let path = folder.file("t.npz", npz(&members, method, false));
            let request = table(&path, "y", Role::Scores, "s");
            assert_eq!(read_every_way(&request).scores, expected, "{} {layout:?}", T::KIND);
        }
    }
}

#[test]
fn whole_numbers_of_more_than_a_byte_are_scores_as_f64() {
    let values: Vec<i16> = (-30..30).map(|k| k * 500).collect();
    let expected: Vec<f64> = values.iter().map(|&it| it.into()).collect();
    check_whole(&values, &expected);
    check_whole(&values.iter().map(|&it| it.into()).collect::<Vec<i32>>(), &expected);
    check_whole(&values.iter().map(|&it| it.into()).collect::<Vec<i64>>(), &expected);
    let expected: Vec<f64> = expected.iter().map(|it| it.abs()).collect();
    check_whole(&values.iter().map(|it| it.unsigned_abs().into()).collect::<Vec<u32>>(), &expected);
    check_whole(&values.iter().map(|it| it.unsigned_abs().into()).collect::<Vec<u64>>(), &expected);
}

#[test]
fn whole_numbers_that_no_double_is_are_faults() {
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy(&[0_u8; 3]));
    let values = [0, 1 << 53, (1 << 53) + 1, 1 << 62, i64::MIN, i64::MAX];
    for fortran in [false, true] {
        let scores = npy_as(&values, &[3, 2], Layout { fortran, ..Layout::default() });
        let request = arrays(&labels, &folder.file("s.npy", scores), Role::Scores);
        let faults = read_every_way(&request).faults;
        let faults: Vec<_> = faults.iter().map(|it| (it.0, it.2.as_str())).collect();
        assert_eq!(
            faults,
            [
                (1, "score 0 is 9007199254740993, which no double is exactly"),
                (2, "score 1 is 9223372036854775807, which no double is exactly"),
            ]
        );
    }
}

#[test]
fn one_whole_number_per_row_of_an_array_may_be_a_prediction_and_is_refused() {
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy(&[0_u8, 1, 1]));
    for scores in [npy(&[0_i64, 1, 0]), npy_matrix(&[300_i64, 850, 640], 1)] {
        let request = arrays(&labels, &folder.file("s.npy", scores), Role::Scores);
        assert_says(
            &error(&request),
            &["scores must be floats, found int64", "--predictions", "s.astype('float64')"],
        );
    }
}

#[test]
fn scores_of_a_byte_come_without_their_scale_and_are_refused() {
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy(&[0_u8, 1]));
    let of = |scores: Vec<u8>| error(&arrays(&labels, &folder.file("q.npy", scores), Role::Scores));
    let line = "np.save('s.npy', (q.astype('float32') - zero_point) * scale)";
    assert_says(&of(npy_matrix(&[1_i8, -7, 3, 4], 2)), &["q.npy", "int8", line, "--predictions"]);
    assert_says(&of(npy_matrix(&[1_u8, 7, 3, 4], 2)), &["uint8", line]);
    assert_says(&of(npy(&[1_u8, 7])), &["uint8", line]);
    assert_says(&of(npy(&[true, false])), &["found bool", "--predictions"]);
    assert_says(&of(npy(&[1_u16, 7])), &["uint16", "--score-type bf16", "astype('float32')"]);
}

#[test]
fn a_glob_that_matches_one_column_is_one_score_per_row() {
    let folder = Folder::new();
    let path = folder.file("t.csv", "y,p_1\n0,0.25\n1,0.75\n");
    let request = table(&path, "y", Role::Scores, "p_*");
    assert_eq!(Input::open(&request).unwrap().shape(), &Shape::Binary);
}

#[cfg(feature = "parquet")]
mod parquet {
    use super::*;
    use crate::common::parquet::{Stored, Values, decimals, halves, stored};

    fn names_of(column: &Stored, rows: usize) -> (Vec<String>, Vec<(u64, String)>) {
        let folder = Folder::new();
        let file = stored(&[("y", column), ("p", column)], rows, 2, false);
        let rows =
            read_every_way(&table(&folder.file("t.parquet", file), "y", Role::Predictions, "p"));
        assert_eq!(rows.labels, rows.predictions);
        (rows.labels, rows.faults.into_iter().map(|it| (it.0, it.2)).collect())
    }

    /// The scores of some columns, and the request that read them.
    fn scores_of(
        folder: &Folder,
        columns: &[Stored],
        rows: usize,
        scores: &str,
    ) -> (Vec<f64>, Request) {
        let labels = Stored::new("int32", "", Values::I32(vec![0; rows]));
        let names: Vec<String> = (0..columns.len()).map(|at| format!("s{at}")).collect();
        let mut all = vec![("y", &labels)];
        all.extend(names.iter().map(String::as_str).zip(columns));
        let path = folder.file("t.parquet", stored(&all, rows, 2, false));
        let request = table(&path, "y", Role::Scores, scores);
        (read_every_way(&request).scores, request)
    }

    #[test]
    fn decimals_without_a_fraction_are_classes() {
        for scale in [0, 2, 7] {
            let wholes = [-3, 0, 12].map(|it: i128| it * 10_i128.pow(scale));
            let columns = decimals(&wholes, scale);
            assert!(columns.len() >= 3);
            for column in &columns {
                let (names, faults) = names_of(column, 3);
                assert_eq!(names, ["-3", "0", "12"], "{column:?}");
                assert!(faults.is_empty());
            }
        }
        let wide = [10_i128.pow(30), -10_i128.pow(37)];
        for column in decimals(&wide, 0) {
            assert_eq!(names_of(&column, 2).0, wide.map(|it| it.to_string()));
        }
    }

    #[test]
    fn decimals_with_a_fraction_are_no_classes() {
        for column in decimals(&[100, -150, 205], 2) {
            let (_, faults) = names_of(&column, 3);
            let problems =
                [(1, "label -1.50 is not an integer"), (2, "label 2.05 is not an integer")];
            assert_eq!(faults, problems.map(|(row, problem)| (row, problem.to_owned())));
        }
    }

    #[test]
    fn decimals_are_the_nearest_doubles_as_scores() {
        let folder = Folder::new();
        let wholes = [0, 1, -3, 123_456_789, 999_999_999];
        for scale in [0, 1, 9, 20, 38] {
            let expected = wholes.map(|it: i128| format!("{it}e-{scale}").parse::<f64>().unwrap());
            for column in decimals(&wholes, scale) {
                let (scores, request) = scores_of(&folder, std::slice::from_ref(&column), 5, "s0");
                assert_eq!(scores, expected, "{column:?}");
                let input = Input::open(&request).unwrap();
                assert_eq!(input.shape(), &Shape::Binary);
                assert!(input.files()[0].dtype.contains("decimal("), "{:?}", input.files());
                let list = column.clone().lists(5);
                assert_eq!(scores_of(&folder, &[list], 1, "s0").0, expected, "{column:?}");
            }
        }
    }

    #[test]
    fn whole_numbers_in_columns_and_lists_are_scores() {
        let folder = Folder::new();
        let i32s = |values: &[i32]| Values::I32(values.to_vec());
        let columns = [
            Stored::new("int32", "(INTEGER(8,true))", i32s(&[-8, 0, 7])),
            Stored::new("int32", "(INTEGER(16,false))", i32s(&[1, 2, 65_535])),
            Stored::new("int32", "(INTEGER(32,false))", i32s(&[1, 2, -1])),
            Stored::new("int64", "", Values::I64(vec![-1, 5, 1 << 53])),
            Stored::new("int64", "(INTEGER(64,false))", Values::I64(vec![0, i64::MIN, 5])),
        ];
        let (scores, request) = scores_of(&folder, &columns, 3, "s*");
        let top = 9_223_372_036_854_775_808.0;
        let expected = [
            [-8.0, 1.0, 1.0, -1.0, 0.0],
            [0.0, 2.0, 2.0, 5.0, top],
            [7.0, 65_535.0, 4_294_967_295.0, 9_007_199_254_740_992.0, 5.0],
        ];
        assert_eq!(scores, expected.concat());
        assert!(notices(&request)[0].starts_with("TH123 "));
        for (column, at) in columns.iter().zip(0..) {
            let (scores, request) = scores_of(&folder, &[column.clone().lists(3)], 1, "s0");
            assert_eq!(scores, expected.map(|row| row[at]));
            let code = if at == 0 { "TH125 " } else { "TH123 " };
            assert!(notices(&request)[0].starts_with(code), "{:?}", notices(&request));
        }
        let (_, request) = scores_of(&folder, &columns[..1], 3, "s0");
        assert!(notices(&request)[0].starts_with("TH124 "));
        // The type that the column is said to have, not the one that it is stored in.
        for (column, name) in columns[..3].iter().zip(["(int8)", "(uint16)", "(uint32)"]) {
            let (_, request) = scores_of(&folder, std::slice::from_ref(column), 3, "s0");
            assert!(notices(&request)[0].contains(name), "{:?}", notices(&request));
        }
    }

    #[test]
    fn a_list_of_one_score_is_one_score_per_row() {
        let folder = Folder::new();
        for column in [
            Stored::new("float", "", Values::F32(vec![0.25, 0.75])),
            Stored::new("double", "", Values::F64(vec![0.25, 0.75])),
            halves(&[0.25, 0.75]),
        ] {
            for column in [column.clone().lists(1), column] {
                for name in ["s0", "s*"] {
                    let (scores, request) =
                        scores_of(&folder, std::slice::from_ref(&column), 2, name);
                    // A glob is of columns, and a list is one column.
                    assert_eq!(scores, [0.25, 0.75]);
                    assert_eq!(Input::open(&request).unwrap().shape(), &Shape::Binary);
                    if column.list.is_some() {
                        break;
                    }
                }
            }
        }
    }

    #[test]
    fn single_beside_double_precision_is_widened() {
        let folder = Folder::new();
        let columns = [
            Stored::new("float", "", Values::F32(vec![0.1, 0.75])),
            Stored::new("double", "", Values::F64(vec![0.1, 0.25])),
        ];
        let (scores, request) = scores_of(&folder, &columns, 2, "s*");
        assert_eq!(scores, [f64::from(0.1_f32), 0.1, 0.75, 0.25]);
        assert_eq!(Input::open(&request).unwrap().score_type(), Some(ScoreType::F64));
    }

    #[test]
    fn columns_of_other_types_are_refused_with_the_cast() {
        let folder = Folder::new();
        for (physical, annotation, values, words) in [
            ("int32", "(DATE)", Values::I32(vec![1]), "holds dates"),
            ("int64", "(TIMESTAMP(MICROS,true))", Values::I64(vec![1]), "holds timestamps"),
            ("int32", "(TIME(MILLIS,true))", Values::I32(vec![1]), "holds times of day"),
            ("fixed_len_byte_array(16)", "(UUID)", Values::Fixed(vec![vec![0; 16]]), "holds UUIDs"),
            ("fixed_len_byte_array(3)", "", Values::Fixed(vec![vec![0; 3]]), "holds 3 bytes"),
            (
                "fixed_len_byte_array(32)",
                "(DECIMAL(76,2))",
                Values::Fixed(vec![vec![0; 32]]),
                "holds decimals of 76 digits",
            ),
        ] {
            let column = Stored::new(physical, annotation, values);
            let file = stored(&[("y", &column)], 1, 1, false);
            let path = folder.file("t.parquet", file);
            let problem = error(&table(&path, "y", Role::Predictions, "y"));
            assert_says(&problem, &["t.parquet: column 'y'", words, "cast it"]);
        }
    }
}
