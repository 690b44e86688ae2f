//! Columns of slices in files of every format, and the mistakes that are made with them.

use crate::common::files::{Column, Folder, npy, npy_matrix, npz, parquet};
use crate::common::program::run;

const ROWS: [(i64, i64, &str, i64); 6] = [
    (0, 0, "DE", 3),
    (1, 0, "FR", 10),
    (1, 1, "DE", 3),
    (0, 0, "FR", 10),
    (1, 1, "FR", -2),
    (0, 1, "DE", 3),
];

fn some<T: Clone>(values: &[T]) -> Vec<Option<T>> {
    values.iter().cloned().map(Some).collect()
}

/// The same rows in every format: arguments that name them, with both slice columns.
fn each_format(files: &Folder) -> Vec<Vec<&'static str>> {
    let column = |of: fn(&(i64, i64, &str, i64)) -> i64| ROWS.iter().map(of).collect::<Vec<_>>();
    let (labels, predictions, ages) = (column(|it| it.0), column(|it| it.1), column(|it| it.3));
    let lands: Vec<String> = ROWS.iter().map(|row| row.2.to_owned()).collect();
    let mut csv = "y,land,p,age\n".to_owned();
    ROWS.iter().for_each(|(y, p, land, age)| csv += &format!("{y},{land},{p},{age}\n"));
    files.file("t.csv", csv);
    files.file("y.npy", npy(&labels));
    files.file("p.npy", npy(&predictions));
    files.file("age.npy", npy(&ages));
    let side: String = lands.iter().map(|land| format!("{land}\n")).collect();
    files.file("land.csv", format!("land\n{side}"));
    let arrays = [("y", npy(&labels)), ("p", npy(&predictions)), ("age", npy(&ages))];
    files.file("t.npz", npz(&arrays, zip::CompressionMethod::Deflated, false));
    let columns = [
        ("y", Column::I64(some(&labels))),
        ("land", Column::Text(some(&lands))),
        ("p", Column::I64(some(&predictions))),
        ("age", Column::I64(some(&ages))),
    ];
    files.file("t.parquet", parquet(&columns, 4));
    let table = ["--labels", "y", "--predictions", "p", "--slice", "age"];
    let arrays = ["--labels", "y.npy", "--predictions", "p.npy", "--slice", "age.npy"];
    vec![
        [&["t.csv"], &table[..], &["--slice", "land"]].concat(),
        [&["t.parquet"], &table[..], &["--slice", "land"]].concat(),
        [&arrays[..], &["--slice", "land.csv"]].concat(),
        [&arrays[..], &["--slice", "t.parquet:land"]].concat(),
        [&["t.npz"], &table[..]].concat(),
    ]
}

#[test]
fn every_format_has_slices() {
    let files = Folder::new();
    for args in each_format(&files) {
        let args = [&["eval"], &args[..], &["--json"]].concat();
        let report = run(files.path("").as_path(), &args).expect(0).json();
        let found: Vec<String> = report["slices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| {
                let accuracy = &it["metrics"]["accuracy"];
                format!(
                    "{}={} {}/{}",
                    it["column"].as_str().unwrap(),
                    it["value"].as_str().unwrap(),
                    accuracy["numerator"],
                    accuracy["denominator"]
                )
            })
            .collect();
        let ages = ["age=-2 1/1", "age=3 2/3", "age=10 1/2"];
        let lands = ["land=DE 2/3", "land=FR 2/3"];
        let expected = match args.contains(&"t.npz") {
            true => ages.to_vec(),
            false => [&ages[..], &lands[..]].concat(),
        };
        assert_eq!(found, expected, "{args:?}");
    }
}

/// What it says of a wrong column of slices.
fn problem(files: &Folder, args: &[&str]) -> String {
    let args = [&["eval"], args].concat();
    let ran = run(files.path("").as_path(), &args).expect(2);
    assert!(ran.stdout.is_empty() && ran.stderr.lines().count() <= 2, "{ran:?}");
    ran.stderr
}

#[test]
fn a_wrong_column_of_slices_is_told_by_name() {
    let files = Folder::new();
    each_format(&files);
    files.file("short.npy", npy(&[1_i64, 2]));
    files.file("wide.npy", npy_matrix(&[1_i64; 12], 2));
    files.file("half.npy", npy(&[0.5_f64, 1.0, 2.0, 3.0, f64::NAN, 1.0]));
    let table = ["t.csv", "--labels", "y", "--predictions", "p", "--slice"];
    let arrays = ["--labels", "y.npy", "--predictions", "p.npy", "--slice"];
    for (args, told) in [
        ([&table[..], &["lamd"]].concat(), "has no column 'lamd'"),
        ([&table[..], &["land", "--slice", "land"]].concat(), "'land' twice"),
        ([&arrays[..], &["short.npy"]].concat(), "short.npy has 2 values of a slice"),
        ([&arrays[..], &["wide.npy"]].concat(), "has shape (6, 2)"),
        ([&arrays[..], &["half.npy"]].concat(), "half.npy: row 0: slice 'half': value 0.5"),
        ([&arrays[..], &["t.parquet"]].concat(), "--slice t.parquet:"),
        ([&arrays[..], &["none.npy"]].concat(), "none.npy"),
        ([&arrays[..], &["age.npy:x"]].concat(), "leave out ':x'"),
    ] {
        let found = problem(&files, &args);
        assert!(found.contains(told), "{args:?}: {found}");
    }
}

#[test]
fn a_glob_of_scores_leaves_out_columns_of_slices() {
    let files = Folder::new();
    files.file("t.csv", "y,s_0,s_1,s_kind\n0,0.9,0.1,7\n1,0.2,0.8,8\n1,0.7,0.3,7\n");
    let args = ["eval", "t.csv", "--labels", "y", "--scores", "s_*", "--slice", "s_kind", "--json"];
    let report = run(files.path("").as_path(), &args).expect(0).json();
    assert_eq!(report["classes"], serde_json::json!(["0", "1"]));
    assert_eq!(report["slices"].as_array().unwrap().len(), 2);
}

#[test]
fn the_exact_order_of_each_class_of_slices_is_refused() {
    let files = Folder::new();
    files.file("t.csv", "y,s_0,s_1,s_2,k\n0,0.8,0.1,0.1,7\n1,0.2,0.7,0.1,8\n");
    let args = ["t.csv", "--labels", "y", "--scores", "s_*", "--slice", "k", "--auc", "exact"];
    let told = problem(&files, &args);
    assert!(told.contains("use --auc binned"), "{told}");
}
