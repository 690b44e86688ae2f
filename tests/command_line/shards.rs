//! Sets of tables as people have them: shards without rows, folders, markers,
//! links, other models.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use zip::CompressionMethod;

use super::tallyho;
use crate::common::files::{Folder, npy, npy_header, npz};

const PAIRS: &str = "--labels y --predictions p";

pub(super) fn report(folder: &Folder, line: &str) -> Value {
    tallyho(folder, &format!("eval {line} --json")).expect(0).json()
}

pub(super) fn refusal(folder: &Folder, line: &str) -> String {
    tallyho(folder, &format!("eval {line}")).expect(2).stderr.trim_end().to_owned()
}

/// The notices of a report, by code and text.
pub(super) fn notices(report: &Value) -> Vec<String> {
    let words = |notice: &Value| {
        let word = |key: &str| notice[key].as_str().unwrap_or_default().to_owned();
        format!("{} {}", word("code"), word("text"))
    };
    report["warnings"].as_array().unwrap().iter().map(words).collect()
}

pub(super) fn rows_and_accuracy(report: &Value) -> (u64, f64) {
    let accuracy = report["metrics"]["accuracy"]["value"].as_f64().unwrap();
    (report["rows"]["scored"].as_u64().unwrap(), accuracy)
}

pub(super) fn folder_of(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::new();
    for (name, text) in files {
        let path = folder.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        folder.file(name, text);
    }
    folder
}

const TWO_THIRDS: &str = "y,p\na,a\nb,b\na,b\n";

#[test]
fn a_shard_without_rows_is_noted_in_every_format() {
    let folder = folder_of(&[
        ("a.csv", TWO_THIRDS),
        ("header.csv", "y,p\n"),
        ("nothing.csv", ""),
        ("mark.csv", "\u{feff}"),
    ]);
    let text = |rows: &[&str]| -> Vec<u8> {
        let mut bytes = npy_header("<U1", false, &[rows.len()], 1);
        let letters = rows.iter().flat_map(|row| row.chars());
        bytes.extend(letters.flat_map(|letter| u32::from(letter).to_le_bytes()));
        bytes
    };
    for (method, name) in
        [(CompressionMethod::Stored, "stored.npz"), (CompressionMethod::Deflated, "deflated.npz")]
    {
        folder.file(name, npz(&[("y", text(&[])), ("p", text(&[]))], method, false));
    }
    for name in ["header.csv", "nothing.csv", "mark.csv", "stored.npz", "deflated.npz"] {
        let found = report(&folder, &format!("a.csv {name} {PAIRS}"));
        assert_eq!(rows_and_accuracy(&found), (3, 2.0 / 3.0), "{name}");
        assert_eq!(notices(&found), [format!("TH031 {name} has no rows; it was passed over")]);
        let alone = report(&folder, &format!("a.csv {PAIRS}"));
        assert_eq!(found["digest"], alone["digest"], "{name}");
        let inputs = found["inputs"].as_array().unwrap();
        assert_eq!(inputs.len(), 1, "what has no rows is no input: {inputs:?}");
    }
    let found = report(&folder, &format!("header.csv nothing.csv a.csv {PAIRS}"));
    let told = "TH031 2 files have no rows and were passed over: header.csv, nothing.csv";
    assert_eq!(notices(&found), [told]);

    let whole = refusal(&folder, &format!("header.csv nothing.csv stored.npz {PAIRS}"));
    let told = "tallyho: empty: none of 3 files has a row: header.csv, nothing.csv, stored.npz";
    assert_eq!(whole, told);
    let only = refusal(&folder, &format!("header.csv {PAIRS}"));
    assert_eq!(only, "tallyho: header.csv: is empty: no rows after the header");
    let only = refusal(&folder, &format!("stored.npz {PAIRS}"));
    assert_eq!(only, "tallyho: stored.npz: array 'y' is empty: no rows, shape (0,)");
}

#[test]
fn an_archive_that_lacks_the_rows_of_one_role_is_no_shard_without_rows() {
    let folder = folder_of(&[("a.csv", TWO_THIRDS)]);
    let archive = |y: &[i64], p: &[i64]| {
        npz(&[("y", npy(y)), ("p", npy(p))], CompressionMethod::Stored, false)
    };
    folder.file("half.npz", archive(&[], &[1, 0]));
    let found = refusal(&folder, &format!("a.csv half.npz {PAIRS}"));
    assert_eq!(found, "tallyho: half.npz: array 'y' is empty: no rows, shape (0,)");
    folder.file("half.npz", archive(&[1, 0], &[]));
    let found = refusal(&folder, &format!("a.csv half.npz {PAIRS}"));
    assert_eq!(found, "tallyho: half.npz: array 'p' is empty: no rows, shape (0,)");
}

#[test]
fn files_of_one_role_must_have_rows() {
    let folder = Folder::new();
    folder.file("y.npy", npy::<i64>(&[]));
    folder.file("p.npy", npy::<i64>(&[]));
    let found = refusal(&folder, "--labels y.npy --predictions p.npy");
    assert_eq!(found, "tallyho: y.npy: is empty: no rows, shape (0,)");
}

#[test]
fn a_folder_is_the_tables_below_it() {
    let folder = folder_of(&[
        ("out/part=1/1.csv", TWO_THIRDS),
        ("out/part=0/0.csv", "y,p\na,b\n"),
        ("out/_SUCCESS", ""),
        ("out/.b.csv.crc", "crc"),
        ("out/_temporary/0/c.csv", TWO_THIRDS),
        ("out/.hidden/c.csv", TWO_THIRDS),
    ]);
    let archive =
        npz(&[("y", npy(&[7i64, 8])), ("p", npy(&[7i64, 7]))], CompressionMethod::Stored, false);
    folder.file("out/part=1/2.npz", archive);
    for line in ["out", "out/", "'out/*'", "'out/**'", "'out/part=*'"] {
        let found = report(&folder, &format!("{line} {PAIRS}"));
        assert_eq!(rows_and_accuracy(&found), (6, 0.5), "{line}");
        assert_eq!(found["warnings"], json!([]), "{line}");
        let paths: Vec<&str> = found["inputs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|input| input["path"].as_str().unwrap())
            .collect();
        let expected = ["out/part=0/0.csv", "out/part=1/1.csv", "out/part=1/2.npz"];
        assert_eq!(paths, expected, "{line}");
    }
}

#[test]
fn what_is_left_out_of_a_folder_is_said() {
    let folder = folder_of(&[
        ("out/a.csv", TWO_THIRDS),
        ("out/_old.csv", TWO_THIRDS),
        ("out/README.md", "hello"),
        ("out/run.log", "hello"),
        ("out/b.csv.gz", "\u{1f}"),
    ]);
    folder.file("out/z.npy", npy(&[1i64]));
    for line in ["out", "'out/*'"] {
        let ran = tallyho(&folder, &format!("eval {line} {PAIRS} --json")).expect(0);
        assert_eq!(
            notices(&ran.json()),
            [
                "TH034 passed over out/b.csv.gz, out/z.npy, which may hold rows",
                "TH033 passed over out/README.md, out/run.log: not of a format that is known here",
                "TH032 passed over out/_old.csv: names that begin with '_' or '.'",
            ]
        );
        assert_eq!(
            ran.stderr,
            "tallyho: warning TH034: passed over out/b.csv.gz, out/z.npy, which may hold rows; to \
             count them, write them as a table: .parquet, .csv or .npz\n"
        );
        tallyho(&folder, &format!("eval {line} {PAIRS} --strict")).expect(2);
    }
    // What is named is asked for, and so is what a glob begins with.
    for line in ["out/_old.csv", "'out/_*'"] {
        let found = report(&folder, &format!("{line} {PAIRS}"));
        assert_eq!((rows_and_accuracy(&found).0, &found["warnings"]), (3, &json!([])), "{line}");
    }
}

#[test]
fn a_folder_without_tables_is_refused_with_what_is_in_it() {
    let folder =
        folder_of(&[("notes/README.md", "hello"), ("notes/_SUCCESS", ""), ("marks/_SUCCESS", "")]);
    fs::create_dir(folder.path("nothing")).unwrap();
    fs::create_dir(folder.path("arrays")).unwrap();
    folder.file("arrays/y.npy", npy(&[1i64]));
    folder.file("arrays/p.npy", npy(&[1i64]));
    for (line, expected) in [
        ("nothing", "nothing: is an empty folder; expected tables in it"),
        (
            "notes",
            "notes: is a folder without tables (.parquet, .csv or .npz); it has: notes/README.md, \
             notes/_SUCCESS",
        ),
        (
            "marks",
            "marks: is a folder without tables (.parquet, .csv or .npz); it has: marks/_SUCCESS",
        ),
        (
            "arrays",
            "arrays: is a folder of arrays, not of tables: arrays/p.npy, arrays/y.npy; name one \
             file for each role with --labels, --predictions and --scores",
        ),
        (
            "'marks/*'",
            "no file matches 'marks/*' but marks/_SUCCESS; names that begin with '_' or '.' are \
             passed over unless the glob begins so, too",
        ),
        (
            "'notes/*'",
            "notes/README.md: has a format that is not known here; expected .npy, .npz, .csv, .tsv \
             or .parquet",
        ),
    ] {
        assert_eq!(refusal(&folder, &format!("{line} {PAIRS}")), format!("tallyho: {expected}"));
    }
}

#[test]
fn a_file_that_is_met_twice_is_counted_once() {
    let folder = folder_of(&[("out/a.csv", TWO_THIRDS), ("b.csv", "y,p\nb,a\n")]);
    for (line, expected) in [
        ("b.csv b.csv out/a.csv", "b.csv is named twice; it is counted once"),
        ("b.csv out/a.csv ./b.csv", "b.csv and ./b.csv are one file; it is counted once"),
        ("b.csv out 'o*/*.csv'", "out/a.csv is named twice; it is counted once"),
        ("b.csv out/a.csv out", "out/a.csv is named twice; it is counted once"),
        ("b.csv out ./out", "out and ./out are one folder; it is counted once"),
    ] {
        let found = report(&folder, &format!("{line} {PAIRS}"));
        assert_eq!(rows_and_accuracy(&found), (4, 0.5), "{line}");
        let told = notices(&found);
        assert_eq!(told[0], format!("TH035 {expected}"), "{line}");
    }
    let told = notices(&report(&folder, &format!("b.csv b.csv ./b.csv out {PAIRS}")));
    let expected = "TH035 2 files or folders are met twice, such as b.csv; each is counted once";
    assert_eq!(told[0], expected);
    let strict = refusal(&folder, &format!("b.csv b.csv out {PAIRS} --strict"));
    assert!(strict.contains("TH035"), "{strict}");
}

#[cfg(unix)]
#[test]
fn links_are_the_files_that_they_lead_to() {
    use std::os::unix::fs::symlink;

    let folder = folder_of(&[("out/night/a.csv", TWO_THIRDS), ("out/night/b.csv", "y,p\nb,a\n")]);
    symlink("a.csv", folder.path("out/night/z.csv")).unwrap();
    let found = report(&folder, &format!("out {PAIRS}"));
    assert_eq!(rows_and_accuracy(&found), (4, 0.5));
    let expected =
        "TH035 out/night/a.csv and out/night/z.csv are one file; it is counted once".to_owned();
    assert_eq!(notices(&found)[0], expected);
    fs::remove_file(folder.path("out/night/z.csv")).unwrap();

    fs::hard_link(folder.path("out/night/b.csv"), folder.path("c.csv")).unwrap();
    let found = report(&folder, &format!("c.csv out {PAIRS}"));
    assert_eq!(rows_and_accuracy(&found), (4, 0.5));
    assert_eq!(
        notices(&found)[0],
        "TH035 c.csv and out/night/b.csv are one file; it is counted once"
    );

    symlink("night", folder.path("out/latest")).unwrap();
    let found = report(&folder, &format!("out {PAIRS}"));
    assert_eq!(rows_and_accuracy(&found), (4, 0.5));
    assert_eq!(
        notices(&found)[0],
        "TH035 out/latest and out/night are one folder; it is counted once"
    );
    fs::remove_file(folder.path("out/latest")).unwrap();

    // A link upwards leads to nothing new.
    symlink("..", folder.path("out/night/up")).unwrap();
    let found = report(&folder, &format!("out {PAIRS}"));
    assert_eq!(rows_and_accuracy(&found), (4, 0.5));
    assert!(!notices(&found).iter().any(|told| told.contains("TH035")), "{found}");

    // A link that leads nowhere is a shard that is not there.
    symlink("gone.csv", folder.path("out/night/w.csv")).unwrap();
    let told = refusal(&folder, &format!("out {PAIRS}"));
    assert!(told.starts_with("tallyho: out/night/w.csv: cannot open the file"), "{told}");
}

#[test]
fn tables_that_look_like_those_of_several_models_are_pooled_with_a_word() {
    let rows = |seed: usize| -> String {
        let class = |row: usize| ["a", "b", "c"][(row * row + row / 3 + seed) % 3];
        (0..60).map(|row| format!("{},{}\n", class(row), class(row + seed))).collect()
    };
    let same = "y,p\n".to_owned() + &rows(0);
    let other_labels = "y,p\n".to_owned() + &rows(1);
    let swapped = same.replace(",a\n", ",b\n");
    let folder = folder_of(&[
        ("part-0.csv", &same),
        ("part-1.csv", &other_labels),
        ("part-2.csv", &swapped),
        ("model_a.csv", &same),
        ("model_b.csv", &other_labels),
    ]);
    let told = |line: &str| notices(&report(&folder, &format!("{line} {PAIRS}")));
    assert_eq!(told("part-0.csv part-1.csv"), [""; 0]);
    assert_eq!(
        told("part-0.csv part-1.csv part-2.csv"),
        [
            "TH036 part-0.csv and part-2.csv begin with the same 60 labels in the same order, as the \
          same rows by two models do; they are pooled into one report"
        ]
    );
    assert_eq!(
        told("model_a.csv model_b.csv"),
        ["TH037 2 files are pooled into one report: model_a.csv, model_b.csv"]
    );
}

/// A file of text does not tell how many rows it has.
#[test]
fn the_same_rows_in_two_formats_are_warned_of() {
    let folder = Folder::new();
    let labels: Vec<i64> = (0..40).map(|row| row % 3).collect();
    let csv: String = labels.iter().map(|label| format!("{label},{label}\n")).collect();
    folder.file("t.csv", format!("y,p\n{csv}"));
    let archive = |labels: &[i64]| {
        npz(&[("y", npy(labels)), ("p", npy(labels))], CompressionMethod::Stored, false)
    };
    folder.file("t.npz", archive(&labels));
    folder.file("t_2.npz", archive(&labels[..39]));
    let codes = |line: &str| {
        let told = notices(&report(&folder, &format!("{line} {PAIRS}")));
        told.iter().map(|it| it[..5].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes("t.csv t.npz"), ["TH036"]);
    assert_eq!(codes("t.csv t_2.npz"), [""; 0]);
}

#[test]
fn tables_of_many_names_or_other_lengths_are_parts_of_one_set() {
    let folder = Folder::new();
    let archive =
        |rows: &[i64]| npz(&[("y", npy(rows)), ("p", npy(rows))], CompressionMethod::Stored, false);
    folder.file("red.npz", archive(&[0, 1]));
    folder.file("green.npz", archive(&[0, 1, 1]));
    folder.file("blue.npz", archive(&[1, 1, 0]));
    let told = |line: &str| notices(&report(&folder, &format!("{line} {PAIRS}")));
    assert_eq!(told("red.npz green.npz"), [""; 0]);
    let expected = ["TH037 2 files are pooled into one report: green.npz, blue.npz"];
    assert_eq!(told("green.npz blue.npz"), expected);
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_that_cannot_be_read_says_why() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let folder = Folder::new();
    for (name, expected) in [
        (
            "brotli.parquet",
            "is compressed with brotli, which is not read here; write it with zstd or snappy, as \
             by pq.write_table(pq.read_table(old), new, compression='zstd')",
        ),
        (
            "encrypted.parquet",
            "is encrypted; decrypt it first: read it with its keys where they are, and write it \
             without, as by pq.write_table(table, 'plain.parquet')",
        ),
        (
            "encrypted_columns.parquet",
            "has encrypted columns; decrypt it first: read it with its keys where they are, and \
             write it without, as by pq.write_table(table, 'plain.parquet')",
        ),
    ] {
        fs::copy(fixtures.join(name), folder.path(name)).unwrap();
        let found = refusal(&folder, &format!("{name} --labels label --predictions prediction"));
        assert_eq!(found, format!("tallyho: {name}: {expected}"));
    }
}

#[test]
fn text_in_utf_16_is_named_as_such_with_and_without_a_mark() {
    let folder = Folder::new();
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    for (bytes, expected) in [
        (little(TWO_THIRDS), "looks like UTF-16; save the file as UTF-8"),
        (big(TWO_THIRDS), "looks like UTF-16; save the file as UTF-8"),
        (little(&format!("\u{feff}{TWO_THIRDS}")), "is UTF-16; save the file as UTF-8"),
    ] {
        folder.file("t.csv", bytes);
        let found = refusal(&folder, &format!("t.csv {PAIRS}"));
        assert_eq!(found, format!("tallyho: t.csv: {expected}"));
    }
}
