//! Everything is computed anew and compared.

use tallyho::history::{Filter, History};

use super::{history, october};
use crate::common::files::Folder;

fn change(folder: &Folder, statement: &str) {
    let database = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    database.execute_batch(statement).unwrap();
}

#[test]
fn a_sound_history_is_status_0() {
    let folder = Folder::new();
    october(&folder.path("tallyho.db"));
    let ran = history(&folder, "verify").expect(0);
    assert!(ran.stdout.starts_with("sound    27 runs: "), "{}", ran.stdout);
    let json = history(&folder, "verify --json --since 2026-10-26").expect(0).json();
    assert_eq!((&json["sound"], &json["runs"]), (&true.into(), &3.into()));
}

#[test]
fn every_value_that_was_changed_is_named() {
    for (statement, what) in [
        ("UPDATE metric SET value = value + 1e-15 WHERE name = 'accuracy' AND run = 3", "accuracy"),
        (
            "UPDATE metric SET value = NULL, undefined = 'x' WHERE name = 'f1_macro' AND run = 3",
            "f1_macro",
        ),
        ("UPDATE metric SET numerator = 1 WHERE name = 'accuracy' AND run = 3", "accuracy"),
        ("UPDATE run SET digest = replace(digest, 'a', 'b') WHERE id = 3", "digest"),
        ("UPDATE run SET rows_scored = 999 WHERE id = 3", "rows"),
        ("UPDATE run SET tallies = (SELECT tallies FROM run WHERE id = 4) WHERE id = 3", "digest"),
        ("UPDATE blob SET packed = (SELECT packed FROM blob WHERE id = 1) WHERE id = 3", "tallies"),
        ("UPDATE blob SET packed = x'00' WHERE id = 3", "tallies"),
        ("UPDATE blob SET length = 1000000000000000 WHERE id = 3", "tallies"),
        ("UPDATE blob SET packing = 'other' WHERE id = 3", "tallies"),
    ] {
        let folder = Folder::new();
        october(&folder.path("tallyho.db"));
        change(&folder, statement);
        let found = history(&folder, "verify --json").expect(1).json();
        let differences = found["differences"].as_array().unwrap();
        assert!(
            differences.iter().any(|it| it["run"] == 3 && it["what"] == what),
            "{statement}: {found}"
        );
        // Other nights with the same tallies share their blob.
        let shared = statement.contains("blob SET");
        assert!(shared || differences.iter().all(|it| it["run"] == 3), "{statement}: {found}");
        let text = history(&folder, "verify").expect(1).stdout;
        assert!(text.contains(&format!("run 3, {what}:")), "{text}");
    }
}

/// A reference to nothing, which SQL without foreign keys can make.
#[test]
fn damage_of_the_file_itself_is_found() {
    let folder = Folder::new();
    october(&folder.path("tallyho.db"));
    change(&folder, "PRAGMA foreign_keys = OFF; DELETE FROM run WHERE id = 3;");
    let found = history(&folder, "verify --json").expect(1).json();
    assert!(found["damage"][0].as_str().unwrap().starts_with("a row of metric refers"), "{found}");
}

#[test]
fn outcomes_that_were_exchanged_are_found() {
    let folder = crate::command_line::sound();
    let names = "--history tallyho.db --dataset d --model m -q";
    crate::command_line::tallyho(
        &folder,
        &format!("eval t.csv --labels label --predictions prediction {names}"),
    )
    .expect(0);
    change(&folder, "UPDATE run SET scored = hits");
    let found = history(&folder, "verify --json").expect(1).json();
    assert_eq!(found["differences"][0]["what"], "outcomes");
    let database = History::open(&folder.path("tallyho.db")).unwrap();
    assert_eq!(database.runs(&Filter::default()).unwrap().len(), 1);
}
