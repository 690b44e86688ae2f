//! The same rows in every format and stored type give one digest, or a refusal
//! that says how they are to be read.

#[cfg(feature = "parquet")]
use std::path::Path;
use std::sync::atomic::AtomicBool;

use half::f16;
use proptest::prelude::*;
use tallyho::batch::Role;
use tallyho::engine::{self, Backend, Options};
use tallyho::input::{Input, LabelsAre, Request};
use tallyho::tally::{ScoreType, digest};
use zip::CompressionMethod;

use super::{arrays, table};
use crate::common::files::{Folder, Layout, npy_as, npy_header, npz};
#[cfg(feature = "parquet")]
use crate::common::parquet::{Stored, Values, decimals, halves, stored};

/// What the program would print as the digest.
fn counted(request: &Request) -> Result<String, String> {
    let stop = AtomicBool::new(false);
    let counted = || -> tallyho::error::Result<String> {
        let input = Input::open(request)?;
        let options = Options { threads: 1, ..Options::default() };
        let plan = engine::plan(&input, &options, &stop)?;
        let stream = input.stream(Some(64), 1)?;
        let tallies = engine::evaluate(&stream, &plan, &Backend::Cpu, &stop)?.tallies;
        Ok(digest(&tallies))
    };
    counted().map_err(|error| error.to_string())
}

/// Arrays of classes of every type that can hold them, by name.
fn class_arrays(values: &[i64], shape: &[usize], layout: Layout) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let in_range = |low: i64, high: i64| values.iter().all(|it| (low..=high).contains(it));
    macro_rules! integers {
        ($($type:ty),+) => {$(
            let narrow: Option<Vec<$type>> =
                values.iter().map(|&it| <$type>::try_from(it).ok()).collect();
            if let Some(narrow) = narrow {
                files.push((stringify!($type).to_owned(), npy_as(&narrow, shape, layout)));
            }
        )+};
    }
    integers!(i8, u8, i16, u16, i32, u32, i64, u64);
    if in_range(0, 1) {
        let bits: Vec<bool> = values.iter().map(|&it| it == 1).collect();
        files.push(("bool".into(), npy_as(&bits, shape, layout)));
    }
    if in_range(-2_048, 2_048) {
        let narrow: Vec<f16> = values.iter().map(|&it| f16::from_f64(it as f64)).collect();
        files.push(("f16".into(), npy_as(&narrow, shape, layout)));
    }
    if in_range(-(1 << 24), 1 << 24) {
        let narrow: Vec<f32> = values.iter().map(|&it| it as f32).collect();
        files.push(("f32".into(), npy_as(&narrow, shape, layout)));
    }
    if in_range(-(1 << 53), 1 << 53) {
        let narrow: Vec<f64> = values.iter().map(|&it| it as f64).collect();
        files.push(("f64".into(), npy_as(&narrow, shape, layout)));
    }
    if !layout.fortran && !layout.big_endian {
        let mut bytes = npy_header("|S20", false, shape, 1);
        let mut points = npy_header("<U20", false, shape, 1);
        for value in values {
            let text = format!("{value:\0<20}");
            bytes.extend(text.bytes());
            points.extend(text.chars().flat_map(|c| u32::from(c).to_le_bytes()));
        }
        files.extend([("S20".to_owned(), bytes), ("U20".to_owned(), points)]);
    }
    files
}

/// Parquet columns of classes of every type that can hold them.
#[cfg(feature = "parquet")]
fn class_columns(values: &[i64]) -> Vec<Stored> {
    let most = values.iter().map(|it| it.unsigned_abs()).max().unwrap_or(0);
    let wholes: Vec<i128> = values.iter().map(|&it| it.into()).collect();
    let signed = values.iter().any(|&it| it < 0);
    let text = || values.iter().map(|it| it.to_string().into_bytes()).collect();
    let mut columns = vec![
        Stored::new("int64", "", Values::I64(values.to_vec())),
        Stored::new("binary", "(UTF8)", Values::Bytes(text())),
        Stored::new("binary", "", Values::Bytes(text())),
    ];
    columns.extend(decimals(&wholes, 0));
    columns.extend(decimals(&wholes.iter().map(|it| it * 1_000).collect::<Vec<_>>(), 3));
    let narrow = || values.iter().map(|&it| it as i32).collect();
    for (bits, limit) in [(8, 1_u64 << 7), (16, 1 << 15), (32, 1 << 31)] {
        if most < limit {
            let annotation = format!("(INTEGER({bits},true))");
            columns.push(Stored::new("int32", &annotation, Values::I32(narrow())));
        }
        if most < limit * 2 && !signed {
            let annotation = format!("(INTEGER({bits},false))");
            columns.push(Stored::new("int32", &annotation, Values::I32(narrow())));
        }
    }
    if !signed {
        let annotation = "(INTEGER(64,false))";
        columns.push(Stored::new("int64", annotation, Values::I64(values.to_vec())));
    }
    if most <= 2_048 {
        columns.push(halves(&values.iter().map(|&it| it as f64).collect::<Vec<_>>()));
    }
    if most <= 1 << 24 {
        let values = values.iter().map(|&it| it as f32).collect();
        columns.push(Stored::new("float", "", Values::F32(values)));
    }
    if most <= 1 << 53 {
        let values = values.iter().map(|&it| it as f64).collect();
        columns.push(Stored::new("double", "", Values::F64(values)));
    }
    if values.iter().all(|it| [0, 1].contains(it)) {
        let values = values.iter().map(|&it| it == 1).collect();
        columns.push(Stored::new("boolean", "", Values::Bool(values)));
    }
    columns
}

/// Rows over classes of several ranges, and how to cut them into two dimensions.
fn pairs() -> impl Strategy<Value = (Vec<(i64, i64)>, usize)> {
    let class = prop_oneof![
        Just((0, 2)),
        Just((0, 5)),
        Just((-3, 300)),
        Just((0, 100_000)),
        Just((-(1_i64 << 40), 1 << 40)),
    ];
    (class, 1_usize..6).prop_flat_map(|((low, high), columns)| {
        let row = (low..high, low..high);
        (
            proptest::collection::vec(row, 1..40).prop_map(move |rows| {
                let whole = (rows.len() / columns).max(1) * columns;
                let mut rows: Vec<_> = rows.into_iter().cycle().take(whole).collect();
                // Something in common, or classes would be taken for misspelled.
                rows[0].1 = rows[0].0;
                rows
            }),
            Just(columns),
        )
    })
}

fn check_pairs(rows: &[(i64, i64)], columns: usize) -> Result<(), TestCaseError> {
    let folder = Folder::new();
    let (y, p): (Vec<i64>, Vec<i64>) = rows.iter().copied().unzip();
    let text: String = rows.iter().map(|(y, p)| format!("{y},{p}\n")).collect();
    let csv = table(&folder.file("t.csv", format!("y,p\n{text}")), "y", Role::Predictions, "p");
    let expected = counted(&csv).map_err(TestCaseError::fail)?;
    let shapes = [vec![rows.len()], vec![rows.len(), 1], vec![rows.len() / columns, columns]];
    for (shape, big_endian, fortran) in every_order(&shapes) {
        let layout = Layout { version: 1, big_endian, fortran };
        let other = class_arrays(&p, shape, layout);
        for (at, (kind, labels)) in class_arrays(&y, shape, layout).into_iter().enumerate() {
            let (other_kind, predictions) = &other[at % other.len()];
            let what = format!("{kind}, {other_kind}, {shape:?}, {layout:?}");
            let labels_file = folder.file("y.npy", &labels);
            let predictions_file = folder.file("p.npy", predictions);
            let mut requests = vec![arrays(&labels_file, &predictions_file, Role::Predictions)];
            for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
                let members = [("y", labels.clone()), ("p", predictions.clone())];
                let path = folder.file(&format!("{method}.npz"), npz(&members, method, false));
                requests.push(table(&path, "y", Role::Predictions, "p"));
            }
            for mut request in requests {
                let found = counted(&request);
                let is_bits = y.iter().all(|it| [0, 1].contains(it));
                if shape.len() == 2 && shape[1] > 1 && is_bits {
                    let problem = found.unwrap_err();
                    prop_assert!(problem.contains("--labels-are rows"), "{}: {}", what, problem);
                    request.labels_are = Some(LabelsAre::Rows);
                    prop_assert_eq!(counted(&request), Ok(expected.clone()), "{}", what);
                } else {
                    prop_assert_eq!(found, Ok(expected.clone()), "{}", what);
                }
            }
        }
    }
    #[cfg(feature = "parquet")]
    check_pair_columns(&folder, &y, &p, &expected)?;
    Ok(())
}

/// Every shape in both byte orders and both orders of elements.
fn every_order(shapes: &[Vec<usize>]) -> impl Iterator<Item = (&[usize], bool, bool)> {
    shapes.iter().flat_map(|shape| {
        [(false, false), (true, false), (false, true)]
            .map(|(big_endian, fortran)| (shape.as_slice(), big_endian, fortran))
    })
}

#[cfg(feature = "parquet")]
fn check_pair_columns(
    folder: &Folder,
    y: &[i64],
    p: &[i64],
    expected: &str,
) -> Result<(), TestCaseError> {
    let other = class_columns(p);
    for (at, labels) in class_columns(y).iter().enumerate() {
        let predictions = &other[at * 5 % other.len()];
        for coded in [false, true] {
            let columns = [("y", labels), ("p", predictions)];
            let path = folder.file("t.parquet", stored(&columns, y.len(), 7, coded));
            let found = counted(&table(&path, "y", Role::Predictions, "p"));
            prop_assert_eq!(found, Ok(expected.to_owned()), "{:?} {:?}", labels, predictions);
        }
    }
    Ok(())
}

/// Rows of scores in eighths, or whole; a row is one score or several.
fn scores() -> impl Strategy<Value = (Vec<i64>, usize, bool)> {
    (1_usize..5, any::<bool>(), 3_usize..30).prop_flat_map(|(columns, whole, rows)| {
        let unit = if whole { 8 } else { 1 };
        let eighths =
            proptest::collection::vec(-90_i64..90, rows * columns).prop_map(move |mut values| {
                // Else a few rows may look like percentages, which are refused.
                values[0] = -1 - values[0].abs();
                values.into_iter().map(|it| it * unit).collect()
            });
        (eighths, Just(columns), Just(whole))
    })
}

fn check_scores(
    eighths: &[i64],
    columns: usize,
    whole: bool,
    of: ScoreType,
) -> Result<(), TestCaseError> {
    let folder = Folder::new();
    let rows = eighths.len() / columns;
    let y: Vec<i64> = (0..rows).map(|row| (row % columns.max(2)) as i64).collect();
    let values: Vec<f64> = eighths.iter().map(|&it| it as f64 / 8.0).collect();
    let mut text = format!("y{}\n", (0..columns).map(|at| format!(",s{at}")).collect::<String>());
    for (y, row) in y.iter().zip(values.chunks_exact(columns)) {
        text.push_str(&y.to_string());
        row.iter().for_each(|score| text.push_str(&format!(",{score:.3}")));
        text.push('\n');
    }
    let glob = if columns == 1 { "s0" } else { "s*" };
    let csv = table(&folder.file("t.csv", text), "y", Role::Scores, glob);
    let expected =
        counted(&Request { score_type: Some(of), ..csv }).map_err(TestCaseError::fail)?;
    let labels = npy_as(&y, &[rows], Layout::default());
    let labels_file = folder.file("y.npy", &labels);
    let mut shapes = vec![vec![rows, columns]];
    if columns == 1 {
        shapes.push(vec![rows]);
    }
    for (shape, big_endian, fortran) in every_order(&shapes) {
        let layout = Layout { version: 1, big_endian, fortran };
        for (kind, scores) in score_arrays(&values, whole, of, shape, layout) {
            let mut requests =
                vec![arrays(&labels_file, &folder.file("s.npy", &scores), Role::Scores)];
            for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
                let members = [("y", labels.clone()), ("s", scores.clone())];
                let path = folder.file(&format!("{method}.npz"), npz(&members, method, false));
                requests.push(table(&path, "y", Role::Scores, "s"));
            }
            for request in requests {
                let found = counted(&request);
                let what = format!("{kind} {shape:?} {layout:?}");
                if columns == 1 && kind.starts_with('i') {
                    let problem = found.unwrap_err();
                    prop_assert!(problem.contains("s.astype('float64')"), "{}: {}", what, problem);
                } else {
                    prop_assert_eq!(found, Ok(expected.clone()), "{}", what);
                }
            }
        }
    }
    #[cfg(feature = "parquet")]
    check_score_columns(&folder, (&y, &values, columns), whole, of, &expected)?;
    Ok(())
}

/// Arrays of the same scores that are counted as one type.
fn score_arrays(
    values: &[f64],
    whole: bool,
    of: ScoreType,
    shape: &[usize],
    layout: Layout,
) -> Vec<(&'static str, Vec<u8>)> {
    match of {
        ScoreType::F32 => {
            let narrow: Vec<f32> = values.iter().map(|&it| it as f32).collect();
            vec![("f32", npy_as(&narrow, shape, layout))]
        }
        ScoreType::F16 | ScoreType::Bf16 => {
            let narrow: Vec<f16> = values.iter().map(|&it| f16::from_f64(it)).collect();
            vec![("f16", npy_as(&narrow, shape, layout))]
        }
        ScoreType::F64 => {
            let mut files = vec![("f64", npy_as(values, shape, layout))];
            if whole {
                let i16s: Vec<i16> = values.iter().map(|&it| it as i16).collect();
                let i32s: Vec<i32> = i16s.iter().map(|&it| it.into()).collect();
                let i64s: Vec<i64> = i16s.iter().map(|&it| it.into()).collect();
                files.push(("i16", npy_as(&i16s, shape, layout)));
                files.push(("i32", npy_as(&i32s, shape, layout)));
                files.push(("i64", npy_as(&i64s, shape, layout)));
            }
            files
        }
    }
}

/// Parquet columns of the same scores that are counted as one type.
#[cfg(feature = "parquet")]
fn score_columns(values: &[f64], whole: bool, of: ScoreType) -> Vec<Stored> {
    match of {
        ScoreType::F32 => {
            let values = values.iter().map(|&it| it as f32).collect();
            vec![Stored::new("float", "", Values::F32(values))]
        }
        ScoreType::F16 | ScoreType::Bf16 => vec![halves(values)],
        ScoreType::F64 => {
            let thousandths: Vec<i128> = values.iter().map(|it| (it * 1e3) as i128).collect();
            let mut columns = vec![Stored::new("double", "", Values::F64(values.to_vec()))];
            columns.extend(decimals(&thousandths, 3));
            if whole {
                let i32s: Vec<i32> = values.iter().map(|&it| it as i32).collect();
                let i64s = i32s.iter().map(|&it| it.into()).collect();
                columns.push(Stored::new("int32", "(INTEGER(8,true))", Values::I32(i32s.clone())));
                columns.push(Stored::new("int32", "(INTEGER(16,true))", Values::I32(i32s.clone())));
                columns.push(Stored::new("int32", "", Values::I32(i32s)));
                columns.push(Stored::new("int64", "", Values::I64(i64s)));
                let wholes: Vec<i128> = thousandths.iter().map(|it| it / 1_000).collect();
                columns.extend(decimals(&wholes, 0));
            }
            columns
        }
    }
}

#[cfg(feature = "parquet")]
fn check_score_columns(
    folder: &Folder,
    (y, values, columns): (&[i64], &[f64], usize),
    whole: bool,
    of: ScoreType,
    expected: &str,
) -> Result<(), TestCaseError> {
    let labels = Stored::new("int64", "", Values::I64(y.to_vec()));
    let by_column: Vec<Vec<Stored>> = (0..columns)
        .map(|column| {
            let values: Vec<f64> = values.iter().skip(column).step_by(columns).copied().collect();
            score_columns(&values, whole, of)
        })
        .collect();
    let names: Vec<String> = (0..columns).map(|at| format!("s{at}")).collect();
    for (kind, list) in score_columns(values, whole, of).into_iter().enumerate() {
        let list = list.lists(columns);
        let path =
            folder.file("l.parquet", stored(&[("y", &labels), ("s", &list)], y.len(), 7, true));
        check_one(&table(&path, "y", Role::Scores, "s"), &path, expected)?;
        // Whole numbers may be fewer types in one column than in another.
        let stored_so: Option<Vec<&Stored>> = by_column.iter().map(|it| it.get(kind)).collect();
        let Some(stored_so) = stored_so else { continue };
        let mut all = vec![("y", &labels)];
        all.extend(names.iter().map(String::as_str).zip(stored_so));
        let path = folder.file("c.parquet", stored(&all, y.len(), 7, false));
        check_one(&table(&path, "y", Role::Scores, "s*"), &path, expected)?;
    }
    Ok(())
}

#[cfg(feature = "parquet")]
fn check_one(request: &Request, path: &Path, expected: &str) -> Result<(), TestCaseError> {
    let found = counted(request);
    prop_assert_eq!(found, Ok(expected.to_owned()), "{}", path.display());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_same_pairs_give_one_digest_in_every_format_and_type((rows, columns) in pairs()) {
        check_pairs(&rows, columns)?;
    }

    #[test]
    fn the_same_scores_give_one_digest_in_every_format_and_type(
        (eighths, columns, whole) in scores(),
        of in prop_oneof![Just(ScoreType::F64), Just(ScoreType::F32), Just(ScoreType::F16)],
    ) {
        check_scores(&eighths, columns, whole, of)?;
    }
}
