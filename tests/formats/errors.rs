//! What is said about input that can't be read.

use std::path::Path;

use tallyho::batch::Role;
use tallyho::input::Request;
use tallyho::tally::ScoreType;
use zip::CompressionMethod;

use super::{arrays, error, read_every_way, table};
use crate::common::files::{Folder, npy, npy_header, npy_matrix, npz};

#[track_caller]
fn assert_says(problem: &str, words: &[&str]) {
    for word in words {
        assert!(problem.contains(word), "{word:?} is not in {problem:?}");
    }
    assert!(problem.lines().count() <= 2, "{problem}");
}

/// The error for a file as predictions.
fn problem_of(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let folder = Folder::new();
    let labels = folder.file("labels.npy", npy(&[0u8, 1]));
    error(&arrays(&labels, &folder.file(name, bytes), Role::Predictions))
}

#[test]
fn files_that_are_not_there_or_not_files_are_refused() {
    let folder = Folder::new();
    let labels = folder.file("labels.npy", npy(&[0u8]));
    let missing = error(&arrays(&labels, &folder.path("none.npy"), Role::Predictions));
    assert_says(&missing, &["none.npy", "cannot open the file"]);
    let directory = folder.path("");
    assert_says(&error(&arrays(&labels, &directory, Role::Predictions)), &["is a folder"]);
    let mut request = table(&folder.path("*.parquet"), "y", Role::Predictions, "p");
    assert_says(&error(&request), &["no file matches", "*.parquet"]);
    request.tables = vec![labels];
    assert_says(&error(&request), &["is one array, not a table"]);
    assert_says(&error(&Request::default()), &["cannot open the file"]);
}

#[test]
fn files_of_no_known_format_are_refused() {
    assert_says(&problem_of("p.npy", ""), &["is empty: 0 bytes"]);
    assert_says(
        &problem_of("p.npy", "hello, world"),
        &["is not an npy array", "begins with 'hello, w'"],
    );
    assert_says(&problem_of("p.npz", "hello"), &["is not an npz archive"]);
    assert_says(&problem_of("p.parquet", "hello"), &["is not parquet"]);
    assert_says(
        &problem_of("p.xyz", "hello"),
        &["not known", ".npy, .npz, .csv, .tsv or .parquet"],
    );
}

#[test]
fn arrays_of_unfit_types_and_shapes_are_refused() {
    let with =
        |descr: &str, shape: &[usize]| problem_of("p.npy", npy_header(descr, false, shape, 1));
    assert_says(&with("|O", &[2]), &["Python objects", "astype('int64')"]);
    assert_says(&with("<c8", &[2]), &["type '<c8', complex", "s.real"]);
    assert_says(&with("<f16", &[2]), &["type '<f16', long doubles", "s.astype('float64')"]);
    assert_says(&with("<M8[ns]", &[2]), &["type '<M8[ns]', dates", "y.astype('U')"]);
    assert_says(&with("<e5", &[2]), &["type '<e5'", "astype"]);
    assert_says(&with("<i8", &[]), &["0 dimensions"]);
    assert_says(&with("<i8", &[0]), &["is empty: no rows"]);
    assert_says(&with("<i8", &[usize::MAX, 4]), &["beyond 64 bits"]);
    assert_says(&with("<i8", &[2]), &["is truncated", "144 bytes", "found 128"]);
    assert_says(&problem_of("p.npy", npy_matrix(&[0u8; 6], 3)), &["shape (2, 3)", "shape (2,)"]);
    let mut structured = npy_header("@", false, &[2], 1);
    let text = String::from_utf8_lossy(&structured).len();
    assert!(text > 0);
    let at = structured.windows(3).position(|w| w == b"'@'").unwrap();
    structured.splice(at..at + 3, *b"[('a', '<i4')]");
    structured[8] += 11;
    assert_says(&problem_of("p.npy", structured), &["structured dtype"]);
}

#[test]
fn damaged_headers_are_refused() {
    let mut absurd = npy(&[0u8, 1]);
    absurd[8..10].copy_from_slice(&[0xff, 0xff]);
    assert_says(&problem_of("p.npy", absurd), &["header takes 65535 bytes"]);
    let mut version = npy(&[0u8, 1]);
    version[6] = 9;
    assert_says(&problem_of("p.npy", version.clone()), &["format version 9"]);
    version[6..8].copy_from_slice(&[1, 1]);
    assert_says(&problem_of("p.npy", version), &["format version 1.1"]);
    // None of these is Python, though each could be guessed at.
    for (from, to) in [
        ("(2,)", "( 2 )"),
        ("(2,)", "(02,)"),
        ("}", "},"),
        ("'descr': '|u1', 'fortran_order': False", "'descr': '|u1', 'descr': '|u1'        "),
    ] {
        let text = String::from_utf8_lossy(&npy(&[0u8, 1])[10..126]).into_owned();
        let changed = text.replacen(from, to, 1);
        assert_ne!(text, changed, "{from}");
        let mut file = npy(&[0u8, 1])[..10].to_vec();
        file.extend(&changed.as_bytes()[..116]);
        file.extend(b" \n\0\x01");
        assert_says(&problem_of("p.npy", file), &["npy header"]);
    }
}

/// `np.save` called twice on one open file: `np.load` gives the first array only.
#[test]
fn arrays_saved_one_after_another_are_not_cut_to_the_first() {
    let twice = [npy(&[0u8, 1]), npy(&[1u8, 1])].concat();
    assert_says(
        &problem_of("p.npy", twice.clone()),
        &["has 130 bytes after the 130 that shape (2,) of uint8 takes", "np.concatenate(arrays)"],
    );
    let folder = Folder::new();
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let path = folder.file("t.npz", npz(&[("y", twice.clone())], method, false));
        let problem = error(&table(&path, "y", Role::Predictions, "y"));
        assert_says(&problem, &["t.npz: array 'y' has 130 bytes after the 130"]);
    }
}

#[test]
fn unknown_columns_are_named_with_the_nearest() {
    let folder = Folder::new();
    let path = folder.file("t.csv", "label,pred\na,b\n");
    let problem = error(&table(&path, "lable", Role::Predictions, "pred"));
    assert_says(
        &problem,
        &["t.csv", "no column 'lable'", "'label', 'pred'", "did you mean 'label'?"],
    );
    let problem = error(&table(&path, "label", Role::Scores, "score_*"));
    assert_says(&problem, &["no column of numbers matches", "score_*", "'label', 'pred'"]);
    assert_says(&error(&table(&path, "label", Role::Scores, "s[*")), &["is not a glob"]);
    let twice = folder.file("t.csv", "label,p,p\na,b,c\n");
    assert_says(
        &error(&table(&twice, "label", Role::Predictions, "p")),
        &["more than one column 'p'"],
    );
    let wide: Vec<String> = (0..50).map(|k| format!("c{k}")).collect();
    let wide = folder.file("t.csv", format!("{}\n1\n", wide.join(",")));
    assert_says(&error(&table(&wide, "label", Role::Predictions, "p")), &["'c19' and 30 more"]);
}

#[test]
fn csv_files_that_are_no_tables_are_refused() {
    assert_says(&problem_of("p.csv", "p\n"), &["no rows after the header"]);
    assert_says(&problem_of("p.csv", "\n\n"), &["no header line"]);
    assert_says(&problem_of("p.csv", "p\rq\r"), &["bare carriage returns"]);
    assert_says(&problem_of("p.csv", b"\xff\xfep\0\n\0"), &["is UTF-16"]);
    assert_says(&problem_of("p.csv", b"p\xff\n1\n"), &["not UTF-8"]);
    assert_says(
        &problem_of("p.csv", "p,q\n1,2\n1,2\n"),
        &["has 2 columns ('p', 'q')", "--predictions"],
    );
    assert_says(&problem_of("p.csv", "p\n1\n\"2\n"), &["never closed"]);
}

#[test]
fn archives_that_do_not_fit_are_refused() {
    let arrays = [("a", npy(&[0u8, 1])), ("b", npy(&[0u8, 1]))];
    let stored = npz(&arrays, CompressionMethod::Stored, false);
    assert_says(&problem_of("p.npz", &stored), &["holds 2 arrays (a, b)", "--predictions"]);
    assert_says(&problem_of("p.npz", &stored[..100]), &["is not a sound npz"]);
    let folder = Folder::new();
    let path = folder.file("t.npz", &stored);
    assert_says(&error(&table(&path, "aa", Role::Predictions, "b")), &["no array 'aa'", "a, b"]);
    assert_says(
        &error(&table(&path, "a", Role::Scores, "*")),
        &["is a glob", "name the one array"],
    );
    assert_says(
        &problem_of("p.npz", npz(&[], CompressionMethod::Stored, false)),
        &["holds no arrays"],
    );
}

#[test]
fn archives_that_are_encrypted_or_oddly_compressed_are_refused() {
    let edge = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/edge");
    let problem_of = |name| error(&table(&edge.join(name), "y", Role::Predictions, "y"));
    assert_says(
        &problem_of("encrypted.npz"),
        &["encrypted.npz: array 'y' is encrypted", "without a password"],
    );
    assert_says(
        &problem_of("bzip2.npz"),
        &[
            "bzip2.npz: array 'y' is compressed in another way (Bzip2)",
            "expected stored or deflated",
        ],
    );
    // A method that no zip writes: 77 in both headers of a stored member.
    let mut bytes = npz(&[("a", npy(&[0u8, 1]))], CompressionMethod::Stored, false);
    let entry = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    bytes[8] = 77;
    bytes[entry + 10] = 77;
    let folder = Folder::new();
    let problem = error(&arrays_of(&folder.file("odd.npz", bytes)));
    assert_says(&problem, &["odd.npz: array 'a' is compressed in another way"]);
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_says_how_to_build_with_it() {
    let bytes = b"PAR1 and the rest of the file PAR1";
    assert_says(
        &problem_of("p.parquet", bytes),
        &["p.parquet", "built without", "`--features parquet`"],
    );
}

#[test]
fn a_damaged_archive_is_found_by_its_checksum() {
    let values: Vec<u8> = (0..=255).cycle().take(2_000).collect();
    let mut bytes = npz(&[("a", npy(&values))], CompressionMethod::Deflated, false);
    // The checksum in the directory, 16 bytes into its entry.
    let entry = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    bytes[entry + 16] ^= 1;
    let folder = Folder::new();
    let path = folder.file("p.npz", bytes);
    assert_says(&error(&arrays_of(&path)), &["array 'a' is damaged", "checksum"]);
}

#[test]
fn a_compressed_fortran_matrix_beyond_memory_is_refused() {
    let mut matrix = npy_header("<f4", true, &[9_000_000, 2], 1);
    matrix.resize(matrix.len() + 72_000_000, 0);
    let folder = Folder::new();
    let arrays = [("y", npy(&[0u8])), ("s", matrix)];
    let path = folder.file("p.npz", npz(&arrays, CompressionMethod::Deflated, false));
    let problem = error(&table(&path, "y", Role::Scores, "s"));
    assert_says(&problem, &["Fortran order", "72000000 bytes", "np.ascontiguousarray"]);
}

fn arrays_of(path: &Path) -> Request {
    arrays(path, path, Role::Predictions)
}

#[test]
fn tables_that_disagree_are_refused() {
    let folder = Folder::new();
    let a = folder.file("a.csv", "y,p0,p1\n0,1,2\n");
    let mut request = table(&a, "y", Role::Scores, "p*");
    request.tables.push(folder.file("b.csv", "y,p0,p1,p2\n0,1,2,3\n"));
    let problem = error(&request);
    assert_says(&problem, &["b.csv has a score column for class '2', but", "a.csv has none"]);
    request.tables[1] = folder.file("c.csv", "y,p0,pz\n0,1,2\n");
    assert_says(
        &error(&request),
        &["a.csv has a score column for class '1', but", "c.csv has none"],
    );
}

#[test]
fn arrays_that_may_be_bfloat16_are_not_guessed_at() {
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy(&[0u8, 1]));
    let said = |values: Vec<u8>, score_type| {
        let scores = folder.file("s.npy", values);
        error(&Request { score_type, ..arrays(&labels, &scores, Role::Scores) })
    };
    let bf16 = Some(ScoreType::Bf16);
    let narrow = || npy(&[half::bf16::ONE; 2]);
    for score_type in [None, Some(ScoreType::F16), Some(ScoreType::F32)] {
        let problem = said(narrow(), score_type);
        assert_says(&problem, &["s.npy", "2 bytes without a type (V2)", "say --score-type bf16"]);
    }
    assert_says(&said(npy(&[1u16; 2]), None), &["uint16", "--score-type bf16", "--predictions"]);
    assert_says(&said(npy(&[1f32; 2]), bf16), &["holds float32 scores", "leave it out"]);
    assert_says(&said(npy(&[half::f16::ONE; 2]), bf16), &["holds float16 scores", "leave it out"]);
    assert_says(&said(npy(&[1i16; 2]), bf16), &["holds int16 scores", "leave it out"]);
    let mut cut = narrow();
    cut.pop();
    assert_says(&said(cut, bf16), &["is truncated", "shape (2,) of V2 takes"]);
    let other = |descr| said(npy_header(descr, false, &[2], 1), bf16);
    assert_says(&other("|V1"), &["values of type '|V1'", "bfloat16"]);
    assert_says(&other("<V4"), &["values of type '<V4'"]);

    let void = folder.file("v.npy", narrow());
    let mut request = arrays(&void, &labels, Role::Predictions);
    assert_says(&error(&request), &["v.npy", "labels of 2 bytes without a type (V2)"]);
    request = arrays(&labels, &void, Role::Predictions);
    assert_says(&error(&request), &["v.npy", "predictions of 2 bytes without a type"]);
}

/// Bits of labels stay labels, whatever scores beside them are.
#[test]
fn what_scores_are_is_not_said_of_labels() {
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy(&[0u16, 16_256]));
    let scores = folder.file("s.npy", npy(&[0u16, 16_256]));
    let mut request = arrays(&labels, &scores, Role::Scores);
    request.score_type = Some(ScoreType::Bf16);
    let rows = read_every_way(&request);
    assert_eq!((rows.labels, rows.scores), (vec!["0".into(), "16256".into()], vec![0.0, 1.0]));
}
