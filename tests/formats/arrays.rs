//! `.npy` and `.npz`.

use half::{bf16, f16};
use tallyho::batch::Role;
use tallyho::input::{Input, Request, Shape};
use tallyho::tally::ScoreType;
use zip::CompressionMethod;

use super::{arrays, error, read, read_every_way, table};
use crate::common::files::{
    Element, Folder, Layout, npy, npy_as, npy_header, npy_matrix, npz, spelled,
};

const LAYOUTS: [Layout; 4] = [
    Layout { version: 1, big_endian: false, fortran: false },
    Layout { version: 2, big_endian: true, fortran: false },
    Layout { version: 3, big_endian: false, fortran: true },
    Layout { version: 1, big_endian: true, fortran: true },
];

/// Labels of one type in every layout, against the same as int64.
fn check_labels<T: Element>(values: &[T], expected: &[&str]) {
    let folder = Folder::new();
    for layout in LAYOUTS {
        let labels = folder.file("y.npy", npy_as(values, &[values.len()], layout));
        let rows = read_every_way(&arrays(&labels, &labels, Role::Predictions));
        assert_eq!(rows.labels, expected, "{} {layout:?}", T::KIND);
        assert_eq!(rows.predictions, expected, "{} {layout:?}", T::KIND);
        assert!(rows.faults.is_empty());
    }
}

#[test]
fn labels_of_every_type_and_layout_are_the_same_names() {
    check_labels(&[true, false, true], &["1", "0", "1"]);
    check_labels(&[0u8, 255, 7], &["0", "255", "7"]);
    check_labels(&[0u16, 65_535, 7], &["0", "65535", "7"]);
    check_labels(&[0u32, u32::MAX, 7], &["0", "4294967295", "7"]);
    check_labels(&[0u64, 1 << 40, 7], &["0", "1099511627776", "7"]);
    check_labels(&[0i8, -128, 7], &["0", "-128", "7"]);
    check_labels(&[0i16, -32_768, 7], &["0", "-32768", "7"]);
    check_labels(&[0i32, i32::MIN, 7], &["0", "-2147483648", "7"]);
    check_labels(&[0i64, i64::MIN, 7], &["0", "-9223372036854775808", "7"]);
    check_labels(&[-0.0f32, -5.0, 1e9], &["0", "-5", "1000000000"]);
    check_labels(&[-0.0f64, -5.0, 9_007_199_254_740_992.0], &["0", "-5", "9007199254740992"]);
    check_labels(
        &[f16::from_f32(0.0), f16::from_f32(-5.0), f16::from_f32(2048.0)],
        &["0", "-5", "2048"],
    );
}

#[test]
fn unsigned_labels_beyond_the_signed_are_spelled_out() {
    check_labels(&[u64::MAX, 3], &["18446744073709551615", "3"]);
}

#[test]
fn strings_of_fixed_width_are_labels() {
    let folder = Folder::new();
    let mut unicode = npy_header("<U3", false, &[3], 1);
    for string in ["a", "größer", "日本語"] {
        let mut points: Vec<u32> = string.chars().map(u32::from).collect();
        points.resize(3, 0);
        unicode.extend(points.iter().flat_map(|point| point.to_le_bytes()));
    }
    let mut swapped = npy_header(">U1", false, &[3], 1);
    swapped.extend("xyz".chars().flat_map(|c| u32::from(c).to_be_bytes()));
    let mut bytes = npy_header("|S2", false, &[3], 1);
    bytes.extend(b"a\0bc\xff\xfe");
    let labels = folder.file("y.npy", unicode);
    let predictions = folder.file("p.npy", swapped);
    let rows = read_every_way(&arrays(&labels, &predictions, Role::Predictions));
    assert_eq!(rows.labels, ["a", "grö", "日本語"]);
    assert_eq!(rows.predictions, ["x", "y", "z"]);
    let predictions = folder.file("p.npy", bytes);
    let rows = read_every_way(&arrays(&labels, &predictions, Role::Predictions));
    assert_eq!(rows.predictions[..2], ["a", "bc"]);
    assert_eq!(rows.faults.len(), 1);
    assert_eq!(rows.faults[0].2, "the prediction is not valid Unicode");
}

#[test]
fn labels_that_are_no_integers_are_faults() {
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy(&[1.0, 1.5, f64::NAN, f64::INFINITY, 1e300]));
    let rows =
        read_every_way(&arrays(&labels, &folder.file("p.npy", npy(&[0u8; 5])), Role::Predictions));
    let problems: Vec<(u64, &str)> = rows.faults.iter().map(|f| (f.0, f.2.as_str())).collect();
    assert_eq!(
        problems[..3],
        [(1, "label 1.5 is not an integer"), (2, "the label is NaN"), (3, "the label is infinite"),]
    );
    assert!(problems[3].1.ends_with("is beyond 64 bits"));
}

/// A score matrix in every layout.
fn check_scores<T: Element>(values: &[T], expected: &[f64], score_type: ScoreType) {
    check_scores_said(values, expected, score_type, None);
}

/// The same where the user says what they are.
fn check_scores_said<T: Element>(
    values: &[T],
    expected: &[f64],
    score_type: ScoreType,
    said: Option<ScoreType>,
) {
    let folder = Folder::new();
    let rows = expected.len() / 3;
    let labels = folder.file("y.npy", npy(&vec![0u8; rows]));
    for layout in LAYOUTS {
        let scores = folder.file("s.npy", npy_as(values, &[rows, 3], layout));
        let request = Request { score_type: said, ..arrays(&labels, &scores, Role::Scores) };
        assert_eq!(read_every_way(&request).scores, expected, "{} {layout:?}", T::KIND);
        let input = Input::open(&request).unwrap();
        assert_eq!(input.score_type(), Some(score_type));
        assert_eq!(input.shape(), &Shape::Matrix { columns: 3, names: None });
    }
}

#[test]
fn scores_of_every_type_and_layout_are_the_same_values() {
    let narrow: Vec<f32> = (-100_i16..200).map(|k| f32::from(k) / 64.0).collect();
    let values: Vec<f64> = narrow.iter().map(|&v| f64::from(v)).collect();
    let half: Vec<f16> = values.iter().map(|&v| f16::from_f64(v)).collect();
    check_scores(&values, &values, ScoreType::F64);
    check_scores(&narrow, &values, ScoreType::F32);
    check_scores(&half, &values, ScoreType::F16);
}

#[test]
fn bfloat16_scores_are_read_where_the_user_says_so() {
    // All of these have 8 bits or fewer.
    let values: Vec<f64> = (-99_i16..201).map(|k| f64::from(k) / 64.0).collect();
    let narrow: Vec<bf16> = values.iter().map(|&v| bf16::from_f64(v)).collect();
    let bits: Vec<u16> = narrow.iter().map(|v| v.to_bits()).collect();
    let said = Some(ScoreType::Bf16);
    check_scores_said(&narrow, &values, ScoreType::Bf16, said);
    check_scores_said(&bits, &values, ScoreType::Bf16, said);
}

/// `np.save` of numpy 2.4.6 with ml_dtypes 0.6.0:
/// `np.array([[1.5, -2, 0.25], [0, -0.0, -np.inf], [3.3895314e38, 9e-41, np.nan]],
/// dtype=ml_dtypes.bfloat16)`, then the same in big-endian, each in both orders.
#[test]
fn bfloat16_scores_are_those_that_ml_dtypes_saves() {
    const LITTLE: &[u8] = b"\xc0?\0\xc0\x80>\0\0\0\x80\x80\xff\x7f\x7f\x01\0\xc0\x7f";
    let expected = [1.5, -2.0, 0.25, 0.0, -0.0, f64::NEG_INFINITY, 3.389_531_389_251_535_5e38];
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy(&[0u8; 3]));
    for (order, fortran) in [("<", false), (">", false), ("<", true), (">", true)] {
        let mut file = npy_header(&format!("{order}V2"), fortran, &[3, 3], 1);
        let place = |at: usize| if fortran { at % 3 * 3 + at / 3 } else { at };
        for at in 0..9 {
            let bytes = &LITTLE[2 * place(at)..][..2];
            file.extend(if order == "<" { [bytes[0], bytes[1]] } else { [bytes[1], bytes[0]] });
        }
        let scores = folder.file("s.npy", file);
        let mut request = arrays(&labels, &scores, Role::Scores);
        request.score_type = Some(ScoreType::Bf16);
        let rows = read_every_way(&request);
        let bits = |values: &[f64]| values.iter().map(|it| it.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&rows.scores[..7]), bits(&expected), "{order} {fortran}");
        assert_eq!(rows.scores[7], 2_f64.powi(-133));
        assert!(rows.scores[8].is_nan());
        assert_eq!(Input::open(&request).unwrap().files()[1].dtype, "bfloat16");
    }
}

#[test]
fn bfloat16_scores_lie_in_archives_of_both_kinds() {
    let folder = Folder::new();
    let narrow: Vec<bf16> = (0..600).map(|k| bf16::from_f32(k as f32 / 8.0 - 9.0)).collect();
    let expected: Vec<f64> = narrow.iter().map(|it| it.to_f64()).collect();
    for layout in LAYOUTS {
        let scores = npy_as(&narrow, &[200, 3], layout);
        let members = [("y", npy(&[1u8; 200])), ("s", scores)];
        for (method, zip64) in
            [(CompressionMethod::Stored, true), (CompressionMethod::Deflated, false)]
        {
            let path = folder.file("t.npz", npz(&members, method, zip64));
            let mut request = table(&path, "y", Role::Scores, "s");
            request.score_type = Some(ScoreType::Bf16);
            assert_eq!(read_every_way(&request).scores, expected, "{method} {layout:?}");
        }
    }
}

#[test]
fn a_wide_fortran_matrix_is_transposed_block_by_block() {
    let folder = Folder::new();
    let (rows, columns) = (1_037, 131);
    let values: Vec<f32> = (0..rows * columns).map(|k| k as f32).collect();
    let layout = Layout { fortran: true, ..Layout::default() };
    let scores = folder.file("s.npy", npy_as(&values, &[rows, columns], layout));
    let labels = folder.file("y.npy", npy(&vec![1i32; rows]));
    let expected: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
    assert!(read_every_way(&arrays(&labels, &scores, Role::Scores)).scores == expected);
}

#[test]
fn one_column_of_scores_is_one_score_per_row() {
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy(&[0u8, 1]));
    let scores = folder.file("s.npy", npy(&[0.25f32, 0.75]));
    let request = arrays(&labels, &scores, Role::Scores);
    assert_eq!(Input::open(&request).unwrap().shape(), &Shape::Binary);
    assert_eq!(read_every_way(&request).scores, [0.25, 0.75]);
    let scores = folder.file("s.npy", npy_matrix(&[0.25f32, 0.75], 1));
    let request = arrays(&labels, &scores, Role::Scores);
    assert_eq!(Input::open(&request).unwrap().shape(), &Shape::Binary);
    assert_eq!(read_every_way(&request).scores, [0.25, 0.75]);
    let column = folder.file("y2.npy", npy_matrix(&[0i64, 1], 1));
    assert_eq!(read(&arrays(&column, &scores, Role::Scores)).labels, ["0", "1"]);
}

#[test]
fn arrays_of_an_archive_are_the_same_however_they_are_packed() {
    let folder = Folder::new();
    let values: Vec<f32> = (0..3_000).map(|k| k as f32 / 8.0).collect();
    let labels: Vec<i64> = (0..1_000).map(|k| k % 3).collect();
    let layout = Layout { fortran: true, ..Layout::default() };
    let arrays = [
        ("y", npy(&labels)),
        ("s", npy_matrix(&values, 3)),
        ("f", npy_as(&values, &[1_000, 3], layout)),
    ];
    let expected: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        for zip64 in [false, true] {
            let path = folder.file("a.npz", npz(&arrays, method, zip64));
            for scores in ["s", "f"] {
                let rows = read_every_way(&table(&path, "y", Role::Scores, scores));
                assert!(rows.scores == expected, "{method:?} {zip64} {scores}");
                assert_eq!(rows.labels[..4], ["0", "1", "2", "0"]);
            }
        }
    }
}

#[test]
fn an_archive_of_one_array_is_that_array() {
    let folder = Folder::new();
    let one = [("arr_0", npy(&[3u8, 4, 5]))];
    let stored = folder.file("y.npz", npz(&one, CompressionMethod::Stored, false));
    let packed = folder.file("p.npz", npz(&one, CompressionMethod::Deflated, false));
    let rows = read_every_way(&arrays(&stored, &packed, Role::Predictions));
    assert_eq!(rows.labels, ["3", "4", "5"]);
    assert_eq!(rows.predictions, ["3", "4", "5"]);
}

#[test]
fn every_archive_is_a_part_in_the_order_given() {
    let folder = Folder::new();
    for (name, labels) in [("b.npz", [0u8, 1]), ("a.npz", [2, 3]), ("c.npz", [4, 5])] {
        let arrays = [("y", npy(&labels)), ("p", npy(&labels))];
        folder.file(name, npz(&arrays, CompressionMethod::Stored, false));
    }
    let mut request = table(&folder.path("c.npz"), "y", Role::Predictions, "p");
    request.tables.push(folder.path("[ab].npz"));
    let rows = read_every_way(&request);
    assert_eq!(rows.labels, ["4", "5", "2", "3", "0", "1"]);
    assert_eq!(rows.parts, [2, 2, 2]);
    let input = Input::open(&request).unwrap();
    assert_eq!(input.path(1, Role::Labels), folder.path("a.npz"));
    assert_eq!(input.files()[2].dtype, "uint8, uint8");
}

#[test]
fn the_head_of_any_part_is_read_without_a_stream() {
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy(&[0i64, 1, 2]));
    let scores = folder.file("s.csv", "p\n0.5\n0.25\n1\n");
    let input = Input::open(&arrays(&labels, &scores, Role::Scores)).unwrap();
    assert_eq!(input.head(0, 2, 2).unwrap().rows, 2);
    assert_eq!(input.head(0, 1_024, 2).unwrap().rows, 3);
}

#[test]
fn a_file_for_each_role_may_have_any_format() {
    let folder = Folder::new();
    let labels = folder.file("y.csv", "label\nb\na\n\"x,\"\"y\"\n");
    let scores = folder
        .file("s.npz", npz(&[("s", npy(&[0.5f64, 0.25, 1.0]))], CompressionMethod::Deflated, true));
    let request = arrays(&labels, &scores, Role::Scores);
    let rows = read_every_way(&request);
    assert_eq!(rows.labels, ["b", "a", "x,\"y"]);
    assert_eq!(rows.scores, [0.5, 0.25, 1.0]);
    let formats: Vec<&str> =
        Input::open(&request).unwrap().files().iter().map(|f| f.format).collect();
    assert_eq!(formats, ["csv", "npz"]);
}

#[test]
fn files_of_different_lengths_are_refused_with_both_lengths() {
    let folder = Folder::new();
    let three = folder.file("three.npy", npy(&[0u8; 3]));
    let five = folder.file("five.npy", npy(&[0u8; 5]));
    let two = folder.file("two.csv", "p\n0\n0\n");
    let nine = folder.file("nine.csv", format!("p\n{}", "0\n".repeat(9)));
    for (a, b, lengths) in [
        (&three, &five, ["3 labels", "5 predictions"]),
        (&five, &two, ["5 labels", "2 predictions"]),
        (&five, &nine, ["5 labels", "9 predictions"]),
        (&two, &nine, ["2 labels", "9 predictions"]),
        (&nine, &three, ["9 labels", "3 predictions"]),
    ] {
        let request = arrays(a, b, Role::Predictions);
        for batch_rows in [None, Some(1), Some(2), Some(3)] {
            let problem = super::read_by(&request, batch_rows, 1).unwrap_err();
            assert!(lengths.iter().all(|words| problem.contains(words)), "{problem}");
        }
        let problem = error(&request);
        assert!(problem.contains(&spelled(a)) && problem.contains(&spelled(b)), "{problem}");
    }
}

#[test]
fn a_stream_starts_afresh_each_time() {
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy(&[0i64, 1, 2]));
    let request = arrays(&labels, &labels, Role::Predictions);
    assert_eq!(read(&request), read(&request));
    let input = Input::open(&Request { ..request }).unwrap();
    assert!(input.stream(Some(0), 1).is_err());
    assert_eq!(input.rows(), Some(3));
    assert_eq!(input.bytes(), 48);
}
