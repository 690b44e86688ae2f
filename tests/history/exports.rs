//! Runs for other programs.

use std::fs::File;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::{accuracies, history, october};
use crate::common::files::Folder;

#[test]
fn csv_reads_back_as_the_same_bits() {
    let folder = Folder::new();
    let database = october(&folder.path("tallyho.db"));
    let ran = history(&folder, "export runs.csv").expect(0);
    assert_eq!(ran.stdout, "27 runs in runs.csv\n");
    let mut reader = csv::Reader::from_path(folder.path("runs.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|it| it == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 27);
    for (row, (run, value)) in rows.iter().zip(accuracies(&database)) {
        assert_eq!(row[at("run")], run.id.to_string());
        assert_eq!(row[at("night")], run.night.to_string());
        assert_eq!(row[at("accuracy")].parse(), Ok(value.value.unwrap()));
        assert_eq!(row[at("seconds")].parse(), Ok(0.5));
    }
}

#[test]
fn parquet_holds_the_table_of_the_csv() {
    let folder = Folder::new();
    let database = october(&folder.path("tallyho.db"));
    history(&folder, "export runs.parquet --model steady").expect(0);
    let reader =
        SerializedFileReader::new(File::open(folder.path("runs.parquet")).unwrap()).unwrap();
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 27);
    for (row, (run, value)) in rows.iter().zip(accuracies(&database)) {
        let field =
            |name: &str| row.get_column_iter().find(|(it, _)| *it == name).unwrap().1.clone();
        assert_eq!(field("run"), Field::Long(run.id.0));
        assert_eq!(field("model"), Field::Str("steady".into()));
        assert_eq!(field("accuracy"), Field::Double(value.value.unwrap()));
        assert_eq!(field("accepted"), Field::Null);
    }
}

#[test]
fn json_holds_what_show_shows() {
    let folder = Folder::new();
    october(&folder.path("tallyho.db"));
    history(&folder, "export runs.json").expect(0);
    let text = std::fs::read_to_string(folder.path("runs.json")).unwrap();
    let exported: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(exported["schema"], "tallyho.history.export/1");
    let mut shown = history(&folder, "show 5 --json").expect(0).json();
    shown.as_object_mut().unwrap().remove("schema");
    let runs = exported["runs"].as_array().unwrap();
    assert_eq!(runs.iter().find(|run| run["run"] == 5), Some(&shown));
}

#[test]
fn an_export_needs_a_known_form_and_never_replaces_the_history() {
    let folder = Folder::new();
    october(&folder.path("tallyho.db"));
    for (line, hint) in [
        ("export runs.xlsx", "use .csv, .json or .parquet"),
        ("export --db tallyho.db tallyho.db", "use .csv"),
        ("export absent/runs.csv", "cannot open it for writing"),
        ("export runs.csv --model none", "no run has the model 'none'"),
    ] {
        let ran = history(&folder, line).expect(2);
        assert!(ran.stderr.contains(hint), "{line}: {}", ran.stderr);
    }
    assert!(!folder.path("runs.csv").exists());
    std::fs::rename(folder.path("tallyho.db"), folder.path("h.csv")).unwrap();
    let ran = history(&folder, "export --db h.csv h.csv").expect(2);
    assert!(ran.stderr.contains("is the history, or a file that goes with it"), "{}", ran.stderr);
}
