//! Arrays of several dimensions: every element a row, one-hot, or refused.

use tallyho::batch::Role;
use tallyho::input::{Input, LabelsAre, Request};
use zip::CompressionMethod;

use super::{arrays, error, read_every_way, table};
use crate::common::files::{Folder, Layout, npy, npy_as, npz};

const FORTRAN: Layout = Layout { version: 1, big_endian: false, fortran: true };

#[track_caller]
fn assert_says(problem: &str, words: &[&str]) {
    for word in words {
        assert!(problem.contains(word), "{word:?} is not in {problem:?}");
    }
    assert!(problem.lines().count() <= 2, "{problem}");
}

/// Labels and predictions of one shape, as bytes of npy.
fn request(folder: &Folder, labels: Vec<u8>, predictions: Vec<u8>) -> Request {
    let labels = folder.file("y.npy", labels);
    arrays(&labels, &folder.file("p.npy", predictions), Role::Predictions)
}

fn notices(request: &Request) -> Vec<String> {
    let input = Input::open(request).unwrap();
    input.notices().iter().map(|it| format!("{} {}", it.code.id, it.sentence())).collect()
}

fn mask(values: usize) -> (Vec<u8>, Vec<i64>) {
    let labels: Vec<u8> = (0..values).map(|k| (k % 7 % 4) as u8).collect();
    let predictions = (0..values).map(|k| (k % 5 % 4) as i64).collect();
    (labels, predictions)
}

#[test]
fn every_element_of_a_mask_is_a_row() {
    let folder = Folder::new();
    let (y, p) = mask(5 * 6 * 7);
    let texts = |values: Vec<i64>| values.iter().map(i64::to_string).collect::<Vec<_>>();
    for shape in [vec![5, 6, 7], vec![5, 42], vec![1, 210], vec![5, 6, 7, 1]] {
        let request = request(
            &folder,
            npy_as(&y, &shape, Layout::default()),
            npy_as(&p, &shape, Layout { big_endian: true, ..Layout::default() }),
        );
        let rows = read_every_way(&request);
        assert_eq!(rows.labels, texts(y.iter().map(|&it| it.into()).collect()));
        assert_eq!(rows.predictions, texts(p.clone()));
        let input = Input::open(&request).unwrap();
        assert!(input.files().iter().all(|file| file.rows == Some(210)));
        let told = notices(&request);
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with("TH121 ") && told[0].contains("210 rows"), "{told:?}");
    }
}

#[test]
fn elements_in_fortran_order_are_paired_as_those_in_c_order() {
    let folder = Folder::new();
    let (y, p) = mask(3 * 4 * 5);
    let pairs = |request: &Request| {
        let rows = read_every_way(request);
        let mut pairs: Vec<_> = rows.labels.into_iter().zip(rows.predictions).collect();
        pairs.sort();
        pairs
    };
    let shape = [3, 4, 5];
    let c = request(
        &folder,
        npy_as(&y, &shape, Layout::default()),
        npy_as(&p, &shape, Layout::default()),
    );
    let expected = pairs(&c);
    let fortran = request(&folder, npy_as(&y, &shape, FORTRAN), npy_as(&p, &shape, FORTRAN));
    assert_eq!(pairs(&fortran), expected);
    assert!(notices(&fortran)[0].contains("np.unravel_index(r, (3, 4, 5), order='F')"));
    let mixed =
        request(&folder, npy_as(&y, &shape, Layout::default()), npy_as(&p, &shape, FORTRAN));
    assert_says(&error(&mixed), &["p.npy in Fortran order", "np.ascontiguousarray(p)"]);
    // One long dimension has one order only.
    let shape = [1, 60, 1];
    let row = request(&folder, npy_as(&y, &shape, FORTRAN), npy_as(&p, &shape, Layout::default()));
    assert_eq!(pairs(&row), expected);
}

#[test]
fn elements_lie_in_archives_of_both_kinds() {
    let folder = Folder::new();
    let (y, p) = mask(300);
    for layout in [Layout::default(), FORTRAN] {
        let members = [("y", npy_as(&y, &[20, 15], layout)), ("p", npy_as(&p, &[20, 15], layout))];
        let read = [CompressionMethod::Stored, CompressionMethod::Deflated].map(|method| {
            let path = folder.file("t.npz", npz(&members, method, false));
            read_every_way(&table(&path, "y", Role::Predictions, "p"))
        });
        assert_eq!(read[0], read[1]);
        assert_eq!(read[0].labels.len(), 300);
    }
}

#[test]
fn a_fault_names_the_element_as_numpy_does() {
    let folder = Folder::new();
    let mut y = vec![2.0_f32; 24];
    y[17] = f32::NAN;
    // In row-major order (1, 1, 1) of (2, 3, 4) has place 17, in column-major order 9.
    for (layout, row) in [(Layout::default(), 17), (FORTRAN, 9)] {
        let y = npy_as(&y, &[2, 3, 4], layout);
        let request = request(&folder, y.clone(), y);
        let faults = read_every_way(&request).faults;
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].2, "the label is NaN (element (1, 1, 1))");
        assert_eq!(faults[0].0, row);
    }
}

#[test]
fn only_zeros_and_ones_are_not_guessed_at() {
    let folder = Folder::new();
    let eye: Vec<u8> = (0..12).map(|at| u8::from(at % 4 == at / 4)).collect();
    let matrix = npy_as(&eye, &[3, 4], Layout::default());
    let mut request = request(&folder, matrix.clone(), matrix);
    assert_says(
        &error(&request),
        &["y.npy", "(3, 4)", "--labels-are rows (12 rows", "--labels-are one-hot (3 rows of 4"],
    );
    request.labels_are = Some(LabelsAre::Rows);
    assert_eq!(read_every_way(&request).labels.len(), 12);
    request.labels_are = Some(LabelsAre::OneHot);
    let rows = read_every_way(&request);
    assert_eq!(rows.labels, ["0", "1", "2"]);
    assert_eq!(rows.predictions, rows.labels);
    assert_eq!(notices(&request).len(), 2);

    let cube = npy_as(&[1_u8, 0, 0, 1, 1, 0, 1, 1], &[2, 2, 2], Layout::default());
    let mut request = self::request(&folder, cube.clone(), cube);
    assert_says(&error(&request), &["--labels-are rows (8 rows", "y.argmax(-1)"]);
    request.labels_are = Some(LabelsAre::OneHot);
    assert_says(&error(&request), &["two dimensions", "y.argmax(-1)"]);
    request.labels_are = Some(LabelsAre::Rows);
    assert_eq!(read_every_way(&request).labels, ["1", "0", "0", "1", "1", "0", "1", "1"]);
}

#[test]
fn a_class_after_a_margin_of_zeros_is_found() {
    let folder = Folder::new();
    let mut y = vec![0_u8; 70_000];
    y[65_000] = 2;
    let request = request(
        &folder,
        npy_as(&y, &[700, 100], Layout::default()),
        npy_as(&vec![0_u8; 70_000], &[700, 100], Layout::default()),
    );
    assert_eq!(Input::open(&request).unwrap().rows(), Some(70_000));
}

#[test]
fn one_hot_rows_of_every_type_and_order_are_classes() {
    let folder = Folder::new();
    let classes: Vec<usize> = (0..150).map(|row| row * row % 7 % 5).collect();
    let expected: Vec<String> = classes.iter().map(usize::to_string).collect();
    let bits: Vec<bool> = classes.iter().flat_map(|&it| (0..5).map(move |at| at == it)).collect();
    let mut files = Vec::new();
    for big_endian in [false, true] {
        for fortran in [false, true] {
            let layout = Layout { big_endian, fortran, ..Layout::default() };
            macro_rules! of {
                ($($type:ty),+) => {$(
                    let values: Vec<$type> = bits.iter().map(|&it| u8::from(it).into()).collect();
                    files.push(npy_as(&values, &[150, 5], layout));
                )+};
            }
            of!(u8, u16, u32, u64, i16, i32, i64, f32, f64);
            files.push(npy_as(&bits, &[150, 5], layout));
        }
    }
    let plain = folder.file("v.npy", npy(&classes.iter().map(|&it| it as u8).collect::<Vec<_>>()));
    for file in files {
        let hot = folder.file("oh.npy", &file);
        let archive = npz(&[("oh", file)], CompressionMethod::Deflated, false);
        for hot in [hot, folder.file("oh.npz", archive)] {
            let mut request = arrays(&hot, &plain, Role::Predictions);
            assert_says(
                &error(&request),
                &["--labels-are one-hot", "np.save('y.npy', y.argmax(1))"],
            );
            request.labels_are = Some(LabelsAre::OneHot);
            assert_eq!(read_every_way(&request).labels, expected);
            let mut request = arrays(&plain, &hot, Role::Predictions);
            request.labels_are = Some(LabelsAre::OneHot);
            assert_eq!(read_every_way(&request).predictions, expected);
        }
    }
}

#[test]
fn rows_that_are_not_one_hot_are_faults() {
    let folder = Folder::new();
    let values = [1_i8, 0, 0, 0, 0, 0, 1, 0, 1, 0, 3, 0, 0, 0, 1];
    for layout in [Layout::default(), FORTRAN] {
        let hot = folder.file("y.npy", npy_as(&values, &[5, 3], layout));
        let mut request = arrays(&hot, &folder.file("p.npy", npy(&[0_u8; 5])), Role::Predictions);
        request.labels_are = Some(LabelsAre::OneHot);
        let rows = read_every_way(&request);
        let faults: Vec<_> = rows.faults.iter().map(|it| (it.0, it.2.as_str())).collect();
        assert_eq!(
            faults,
            [
                (1, "the label is not one-hot: 0 of its 3 columns hold 1, expected exactly one"),
                (2, "the label is not one-hot: 2 of its 3 columns hold 1, expected exactly one"),
                (3, "the label is not one-hot: column 1 holds 3"),
            ]
        );
    }
}

#[test]
fn one_hot_labels_stand_beside_scores() {
    let folder = Folder::new();
    let hot = folder.file("y.npy", npy_as(&[0_u8, 1, 1, 0], &[2, 2], Layout::default()));
    let scores = npy_as(&[0.25_f32, 0.75, 1.0, 0.0], &[2, 2], Layout::default());
    let scores = folder.file("s.npy", scores);
    let mut request = arrays(&hot, &scores, Role::Scores);
    assert_says(&error(&request), &["y.npy has labels of shape (2, 2)", "--labels-are one-hot"]);
    request.labels_are = Some(LabelsAre::OneHot);
    assert_eq!(read_every_way(&request).labels, ["1", "0"]);
}

#[test]
fn one_hot_without_columns_is_refused() {
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy(&[0_u8, 1]));
    let mut request = arrays(&labels, &labels, Role::Predictions);
    request.labels_are = Some(LabelsAre::OneHot);
    assert_says(&error(&request), &["--labels-are one-hot", "leave it out"]);
    request.labels_are = Some(LabelsAre::Rows);
    assert_eq!(read_every_way(&request).labels, ["0", "1"]);
}

#[test]
fn arrays_of_two_shapes_are_refused_with_both() {
    let folder = Folder::new();
    let (y, p) = mask(24);
    let c = Layout::default();
    let says = |labels: &[usize], predictions: &[usize], words: &[&str]| {
        let request = request(&folder, npy_as(&y, labels, c), npy_as(&p, predictions, c));
        assert_says(&error(&request), words);
    };
    says(&[4, 6], &[6, 4], &["shape (4, 6)", "shape (6, 4)", "expected one shape"]);
    says(&[2, 3, 4], &[6, 4], &["shape (2, 3, 4)", "shape (6, 4)", "ravel()"]);
    says(&[24], &[4, 6], &["shape (24,)", "shape (4, 6)", "np.save('p.npy', p.ravel())"]);
    says(&[4, 6], &[24], &["shape (24,)", "shape (4, 6)", "np.save('y.npy', y.ravel())"]);
    says(&[2, 12], &[24, 1], &["shape (24, 1)", "y.ravel()"]);
    let text = folder.file("p.csv", format!("p\n{}", "1\n".repeat(24)));
    let labels = folder.file("y.npy", npy_as(&y, &[4, 6], c));
    let problem = error(&arrays(&labels, &text, Role::Predictions));
    assert_says(&problem, &["p.csv has one value of predictions per row", "y.ravel()"]);
}

#[test]
fn probabilities_given_as_predictions_are_sent_to_scores() {
    let folder = Folder::new();
    let values: Vec<f32> = (0..24).map(|k| k as f32 / 64.0).collect();
    let scores = npy_as(&values, &[8, 3], Layout::default());
    let labels = npy(&[0_u8, 1, 2, 0, 1, 2, 0, 1]);
    let request = request(&folder, labels, scores.clone());
    assert_says(
        &error(&request),
        &["p.npy has predictions of shape (8, 3)", "--scores", "np.save('p.npy', p.argmax(1))"],
    );
    // Beside one-hot labels, too, whatever is said of these.
    let hot: Vec<u8> = (0..24).map(|at| u8::from(at % 3 == at / 3 % 3)).collect();
    let mut request =
        self::request(&folder, npy_as(&hot, &[8, 3], Layout::default()), scores.clone());
    for said in [None, Some(LabelsAre::Rows), Some(LabelsAre::OneHot)] {
        request.labels_are = said;
        assert_says(&error(&request), &["p.npy", "0.015625 is not an integer", "--scores"]);
    }
    let request = self::request(&folder, scores.clone(), scores);
    assert_says(&error(&request), &["y.npy", "is not an integer", "y.argmax(1)"]);
}

#[test]
fn scores_of_three_dimensions_are_refused_with_both_lines() {
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy_as(&[1_u8, 2, 0, 1], &[2, 2], Layout::default()));
    let scores = folder.file("s.npy", npy_as(&[0.5_f32; 12], &[2, 2, 3], Layout::default()));
    assert_says(
        &error(&arrays(&labels, &scores, Role::Scores)),
        &["s.npy", "(2, 2, 3)", "s.reshape(-1, 3)", "y.ravel()"],
    );
    let one = folder.file("s.npy", npy_as(&[0.5_f32, 0.25], &[2, 1, 1], Layout::default()));
    let labels = folder.file("y.npy", npy(&[0_u8, 1]));
    assert_eq!(read_every_way(&arrays(&labels, &one, Role::Scores)).scores, [0.5, 0.25]);
}
