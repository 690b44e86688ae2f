//! Columns that a file of labels and one of predictions both have: what shows that
//! their rows belong together, what shows that they do not, and what shows nothing.

use zip::CompressionMethod;

use super::tallyho;
#[cfg(feature = "parquet")]
use crate::common::files::{Column, keyed_parquet, parquet};
use crate::common::files::{Folder, npy, npy_matrix, npz};

/// What comes of two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Refused,
    Warned,
    /// Matched by a column, with a note.
    Matched,
    /// Scored without a word.
    Silent,
}

const LINE: &str = "eval --labels y.csv:label --predictions p.csv:guess --json";

/// How scoring two files ends, and what is said on standard error.
fn end(folder: &Folder, line: &str) -> (End, String) {
    let ran = tallyho(folder, line);
    if ran.status == 2 {
        return (End::Refused, ran.stderr);
    }
    let ran = ran.expect(0);
    let end = match (ran.stderr.contains("TH042"), ran.stdout.contains("TH039")) {
        (true, false) => End::Warned,
        (false, true) => End::Matched,
        (false, false) => End::Silent,
        (true, true) => panic!("matched and not matched: {}", ran.stderr),
    };
    (end, ran.stderr)
}

/// Tables of one class in every row, with shared columns before it.
fn files(header: [&str; 2], rows: impl IntoIterator<Item = [String; 2]>) -> Folder {
    let folder = Folder::new();
    let [mut y, mut p] = [format!("{},label\n", header[0]), format!("{},guess\n", header[1])];
    for [left, right] in rows {
        y.push_str(&format!("{left},a\n"));
        p.push_str(&format!("{right},a\n"));
    }
    folder.file("y.csv", y);
    folder.file("p.csv", p);
    folder
}

/// The same for rows that are written out.
fn few(header: [&str; 2], y: &[&str], p: &[&str]) -> Folder {
    files(header, y.iter().zip(p).map(|(y, p)| [(*y).to_owned(), (*p).to_owned()]))
}

#[test]
fn a_shared_column_shows_whether_rows_belong_together() {
    use End::{Matched, Refused, Silent, Warned};

    type Case = ([&'static str; 2], &'static [&'static str], &'static [&'static str], End);
    let cases: &[Case] = &[
        // Ids: one that comes twice, that is missing, that is written otherwise.
        (["id", "id"], &["7", "8", "9", "9"], &["8", "7", "9", "9"], Refused),
        (["id", "id"], &["7", "8", "9", "9"], &["7", "8", "9", "9"], Matched),
        (["id", "id"], &["7", "", "9", "8"], &["", "7", "9", "8"], Refused),
        (["id", "id"], &["7", "", "9", "8"], &["7", "NaN", "9", "8"], Matched),
        (["id", "ID"], &["7", "8", "9"], &["8", "7", "9"], Refused),
        (["id", "Id "], &["7", "8", "9"], &["007", "8.0", " 9"], Matched),
        ([" id", "id"], &["7", "8", "9"], &["9", "8", "7"], Refused),
        (["id", "id"], &["x", "y", "z"], &["X", "Y", "Z"], Refused),
        // Another one in one row.
        (["id", "id"], &["7", "8", "9", "9"], &["7", "8", "9", "6"], Warned),
        (["id", "id"], &["7", "8", "9"], &["7", "8", "6"], Refused),
        // Numbers with a fraction tell rows apart, but each file may have its own.
        (["x", "x"], &["0.5", "1.5", "2.5"], &["1.5", "0.5", "2.5"], Refused),
        (["x", "x"], &["0.5", "1.5", "2.5"], &["0.5", "1.5", "2.5"], Matched),
        (["x", "x"], &["0.1", "0.2", "0.7"], &["0.10000000149011612", "0.2", "0.7"], Matched),
        (["score", "score"], &["0.5", "1.5", "2.5"], &["0.25", "1.25", "2.75"], Silent),
        // So do times.
        (["time", "time"], &["1700", "1800", "1900"], &["1705", "1808", "1933"], Silent),
        (["time", "time"], &["1700", "1800", "1900"], &["1800", "1700", "1900"], Refused),
        (["day", "day"], &["2026-11-01", "2026-11-02"], &["2026-11-03", "2026-11-04"], Silent),
        // Groups.
        (["fold", "fold"], &["0", "0", "1", "1"], &["0", "1", "0", "1"], Warned),
        (["fold", "fold"], &["0", "0", "1", "1"], &["0", "0", "1", "1"], Silent),
        (["country", "Country"], &["de", "de", "fr", "fr"], &["fr", "de", "de", "fr"], Warned),
        // What one file says of all its rows, or in its own words.
        (["model", "model"], &["a", "a", "b", "b"], &["b", "b", "b", "b"], Silent),
        (["model", "model"], &["a", "a", "b", "b"], &["c", "c", "d", "d"], Silent),
        (["flag", "flag"], &["0", "1", "1", "0"], &["False", "True", "True", "False"], Silent),
        // A column that proves it; one that only numbers the rows does not.
        (["id,time", "id,time"], &["x,1", "y,2", "z,3"], &["x,2", "y,1", "z,3"], Matched),
        (["id,fold", "fold,id"], &["x,1", "y,2", "z,2"], &["2,x", "1,y", "2,z"], Matched),
        (["n,id", "n,id"], &["0,x", "1,y", "2,z"], &["0,y", "1,x", "2,z"], Refused),
        (["n,fold", "n,fold"], &["0,7", "1,7", "2,8"], &["0,7", "1,8", "2,7"], Warned),
        (["id,text", "id,text"], &["0,x", "1,y", "2,z"], &["0,X", "1,Y", "2,Z"], Warned),
        (["id,text", "id,text"], &["0,x", "1,y", "2,z"], &["0,y", "1,x", "2,z"], Refused),
        // An index of pandas that one file has anew.
        (["Unnamed: 0", "Unnamed: 0"], &["5", "3", "8"], &["0", "1", "2"], Warned),
        (["Unnamed: 0", "Unnamed: 0"], &["0", "1", "2"], &["1", "0", "2"], Refused),
        (["Unnamed: 0", "Unnamed: 0"], &["5", "3", "8"], &["3", "5", "8"], Refused),
        (["Unnamed: 0", "Unnamed: 0"], &["5", "3", "8"], &["5", "3", "8"], Matched),
        // Columns of values, and of other names.
        (["guess", "label"], &["7", "8", "9"], &["8", "7", "9"], Silent),
        (["id", "key"], &["7", "8", "9"], &["8", "7", "9"], Silent),
    ];
    for (header, y, p, expected) in cases {
        let (found, said) = end(&few(*header, y, p), LINE);
        assert_eq!(found, *expected, "{header:?} {y:?} {p:?}: {said}");
    }
}

#[test]
fn a_difference_is_told_by_its_row_and_the_ways_out() {
    let folder = few(["fold", "FOLD"], &["0", "0", "1", "1"], &["0", "1", "0", "1"]);
    assert_eq!(
        end(&folder, LINE).1,
        "tallyho: warning TH042: rows of y.csv and p.csv may not belong together: in row 1, column \
         'fold' of the one is '0', of the other '1'; give both files a column that names each row, \
         or write one table\n"
    );
    tallyho(&folder, &format!("{LINE} --strict")).expect(2);
    let inspected = "inspect --labels y.csv:label --predictions p.csv:guess";
    let ran = tallyho(&folder, inspected).expect(0);
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("TH042"), "{}", ran.stdout);
    let folder = few(["id", "ID"], &["7", "7", "8", "9"], &["7", "8", "7", "9"]);
    assert_eq!(
        end(&folder, LINE).1,
        "tallyho: rows of y.csv and p.csv do not belong together: in row 1, column 'id' of the one \
         is '7', of the other '8'; sort both by 'id', or write one table\n"
    );
    let long = "x".repeat(1_000);
    let folder = few(["id", "id"], &[&long, "b"], &["b", &long]);
    assert!(end(&folder, LINE).1.len() < 300);
}

/// What the first rows do not show is found in later ones.
#[test]
fn rows_beyond_the_first_ones_are_compared_too() {
    let swapped = |row: usize| if row == 4_000 || row == 4_001 { 8_001 - row } else { row };
    let rows = |value: &dyn Fn(usize) -> String| -> Vec<[String; 2]> {
        (0..5_000).map(|row| [value(row), value(swapped(row))]).collect()
    };
    let of = |header, value: &dyn Fn(usize) -> String| {
        let folder = files([header, header], rows(value));
        end(&folder, LINE)
    };
    let (found, said) = of("id", &|row| (row / 2 * 2 + (row % 40) / 39).to_string());
    assert_eq!(found, End::Matched, "equal ids that change places: {said}");
    let (found, said) = of("id", &|row| if row < 9 { "7".into() } else { row.to_string() });
    assert_eq!(found, End::Refused);
    assert!(said.contains("in row 4000, column 'id' of the one is '4000', of the other '4001'"));
    // Sorted by country, so that the first rows have but one.
    let country = |row: usize| if row <= 4_000 { "de".to_owned() } else { "fr".to_owned() };
    assert_eq!(of("country", &country).0, End::Warned);
    // Users of four rows each, from the first to the last and from the last to the first.
    let users = (0..20_000).map(|row| [row, 19_999 - row].map(|row| (row / 4).to_string()));
    assert_eq!(end(&files(["user", "user"], users), LINE).0, End::Warned);
    // All in another order, so that the first rows have nothing in common.
    let shuffled = (0..5_000)
        .map(|row| [row, (row + 2_500) % 5_000].map(|row| format!("{}.5", row.min(4_990))));
    assert_eq!(end(&files(["x", "x"], shuffled), LINE).0, End::Refused);
}

#[test]
fn of_many_shared_columns_a_few_are_compared() {
    let header = (0..60).map(|at| format!("f{at}")).collect::<Vec<_>>().join(",");
    let header = format!("{header},row_id");
    let row = |row: usize| {
        let features: Vec<String> = (0..60).map(|at| ((row + at) % 3).to_string()).collect();
        format!("{},r{row}", features.join(","))
    };
    let folder = files([&header, &header], (0..20).map(|at| [row(at), row(at)]));
    assert_eq!(end(&folder, LINE).0, End::Matched);
    let folder = files([&header, &header], (0..20).map(|at| [row(at), row(19 - at)]));
    let (found, said) = end(&folder, LINE);
    assert!(found == End::Refused && said.contains("column 'row_id'"), "{said}");
}

/// Labels that predictions have beside them, as most dumps of a model do.
#[test]
fn labels_beside_predictions_that_are_in_another_order_are_warned_of() {
    let of = |y: &str, p: &str, line: &str| {
        let folder = Folder::new();
        folder.file("y.csv", y);
        folder.file("p.csv", p);
        end(&folder, line)
    };
    let line = "eval --labels y.csv --predictions p.csv:guess --json";
    let y = "label\na\nb\nc\nb\n";
    let (found, said) = of(y, "label,guess\nb,a\na,b\nc,c\nb,b\n", line);
    assert_eq!(found, End::Warned);
    assert!(
        said.contains("in row 0, column 'label' of the one is 'a', of the other 'b'"),
        "{said}"
    );
    assert_eq!(of(y, "label,guess\na,a\nb,b\nc,c\nb,b\n", line).0, End::Silent);
    // Not as many of each: a prediction may be called so.
    assert_eq!(of(y, "label,guess\nb,a\nb,b\nc,c\nb,b\n", line).0, End::Silent);
    // The labels are a column of several, the scores those of a glob.
    let line = "eval --labels y.csv:label --scores p.csv:p_* --json";
    let (y, scores) = ("x,label\n1,a\n2,b\n3,b\n", "Label,p_a,p_b\nb,1,0\na,0,1\nb,0,1\n");
    assert_eq!(of(y, scores, line).0, End::Warned);
    // More names than are kept to compare them.
    let names = |from: usize| -> String {
        (0..20_000).map(|row| format!("{},0\n", (row + from) % 3_000)).collect()
    };
    let y = format!("label,x\n{}", names(0));
    let line = "eval --labels y.csv:label --predictions p.csv:guess --on-invalid skip --json";
    assert_eq!(of(&y, &format!("label,guess\n{}", names(2_000)), line).0, End::Silent);
    let swapped = names(0).replacen("0,0\n1,0\n", "1,0\n0,0\n", 1);
    assert_eq!(of(&y, &format!("label,guess\n{swapped}"), line).0, End::Warned);
}

#[test]
fn arrays_of_an_archive_are_compared_as_columns_are() {
    let line = "eval --labels y.npz:y --predictions p.npz:p --json";
    let of = |method, [id, other]: [&[i64]; 2]| {
        let folder = Folder::new();
        let classes = || npy(&[1_i64, 2, 1]);
        // An array of several dimensions is no column.
        let wide = || npy_matrix(&[0_i64; 6], 2);
        let y = [("id", npy(id)), ("x", wide()), ("y", classes())];
        let p = [("id", npy(other)), ("x", wide()), ("p", classes())];
        folder.file("y.npz", npz(&y, method, false));
        folder.file("p.npz", npz(&p, method, false));
        end(&folder, line)
    };
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        assert_eq!(of(method, [&[7, 9, 8], &[7, 9, 8]]).0, End::Matched);
        let (found, said) = of(method, [&[7, 9, 8], &[7, 8, 9]]);
        assert_eq!(found, End::Refused, "{said}");
        assert!(
            said.contains("in row 1, column 'id' of the one is '9', of the other '8'"),
            "{said}"
        );
    }
}

/// They are no classes, but rows are known by them.
#[cfg(feature = "parquet")]
#[test]
fn dates_times_and_bytes_of_parquet_are_compared_too() {
    let line = "eval --labels y.parquet:label --predictions p.parquet:guess --json";
    let types = [
        "int32 x (DATE)",
        "int64 x (TIMESTAMP_MICROS)",
        "int64 x (TIME_MICROS)",
        "fixed_len_byte_array(16) x (UUID)",
        "fixed_len_byte_array(3) x",
    ];
    for key in types {
        let of = |rows: [&[i32]; 2]| {
            let folder = Folder::new();
            folder.file("y.parquet", keyed_parquet(key, "label", rows[0]));
            folder.file("p.parquet", keyed_parquet(key, "guess", rows[1]));
            end(&folder, line)
        };
        assert_eq!(of([&[7, 9, 8, 6], &[7, 9, 8, 6]]).0, End::Matched, "{key}");
        let (found, said) = of([&[7, 9, 8, 6], &[9, 7, 8, 6]]);
        assert_eq!(found, End::Refused, "{key}");
        let value = if key.starts_with("fixed") { "0x0707" } else { "7'" };
        assert!(said.contains(&format!("column 'x' of the one is '{value}")), "{key}: {said}");
        // Each file may have times of its own, but no ids.
        let own = of([&[7, 9, 8, 6], &[1, 2, 3, 4]]).0;
        let is_time = !key.starts_with("fixed");
        assert_eq!(own, if is_time { End::Silent } else { End::Refused }, "{key}");
    }
}

#[cfg(feature = "parquet")]
#[test]
fn numbers_with_a_fraction_and_nulls_are_compared_in_parquet_too() {
    let line = "eval --labels y.parquet:label --predictions p.parquet:guess --json";
    let of = |values: [Column; 2]| {
        let folder = Folder::new();
        let [y, p] = values;
        let names = || Column::Text(vec![Some("a".to_owned()); 4]);
        folder.file("y.parquet", parquet(&[("x", y), ("label", names())], 4));
        folder.file("p.parquet", parquet(&[("X", p), ("guess", names())], 4));
        end(&folder, line)
    };
    let doubles = |values: [Option<f64>; 4]| Column::F64(values.to_vec());
    let sound = || doubles([Some(0.5), Some(1.5), Some(2.5), None]);
    assert_eq!(of([sound(), sound()]).0, End::Matched);
    let (found, said) = of([sound(), doubles([Some(1.5), Some(0.5), Some(2.5), None])]);
    assert_eq!(found, End::Refused, "both rows are no classes: {said}");
    assert!(
        said.contains("in row 0, column 'x' of the one is '0.5', of the other '1.5'"),
        "{said}"
    );
    let ids = |values: [Option<i64>; 4]| Column::I64(values.to_vec());
    let numbers = || ids([Some(1), Some(2), None, Some(4)]);
    assert_eq!(of([numbers(), doubles([Some(1.0), Some(2.0), None, Some(4.0)])]).0, End::Matched);
    assert_eq!(of([numbers(), ids([Some(1), None, Some(2), Some(4)])]).0, End::Refused);
}
