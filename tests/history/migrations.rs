//! Histories of earlier versions.

use tallyho::history::{Filter, History, Run, RunId, SCHEMA_VERSION};

use super::{counted, history, record};
use crate::common::files::Folder;

/// A history of version 1.
fn version_1(folder: &Folder) {
    let text = include_str!("../fixtures/history_1.sql");
    let database = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    database.execute_batch(text).unwrap();
    let version: u32 = database.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
}

fn version(folder: &Folder) -> u32 {
    let database = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    database.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[test]
fn a_history_of_version_1_is_brought_up_to_date_and_keeps_all() {
    let folder = Folder::new();
    version_1(&folder);
    let listed = history(&folder, "list --json").expect(0).json();
    assert_eq!(version(&folder), SCHEMA_VERSION);
    let models = listed["runs"].as_array().unwrap();
    assert_eq!(models.len(), 2);
    assert_eq!(models[0]["metric"]["value"], 0.75);
    assert_eq!(models[1]["metric"]["value"], 0.5);
    assert_eq!(history(&folder, "verify --json").expect(0).json()["values"], 42);
    let trend = history(&folder, "trend 'recall[cat]' --window 2 --json").expect(0).json();
    assert_eq!(trend["series"][0]["points"][1]["window"]["value"], 0.75);
    let shown = history(&folder, "show 2 --json").expect(0).json();
    assert_eq!(shown["verdicts"][0]["verdict"], "broken");
    assert_eq!(shown["inputs"][0]["path"], "u.csv");
}

#[test]
fn old_runs_live_beside_new_ones() {
    let folder = Folder::new();
    version_1(&folder);
    history(&folder, "accept 2").expect(0);
    let database = History::open_or_create(&folder.path("tallyho.db")).unwrap();
    let id = record(&database, "steady", "10-03", &counted(900, 1000), &[], None);
    assert_eq!(id, RunId(3));
    assert!(database.verify(&Filter::default()).unwrap().is_sound());
    let runs = database.runs(&Filter::default()).unwrap();
    assert_eq!(database.correctness(&runs[0]).unwrap(), None);
    history(&folder, "prune --keep-last 1 --accepted").expect(0);
}

/// The digest of a run that an earlier version recorded is another number.
#[test]
fn equal_counts_compare_as_equal_across_formats() {
    let folder = Folder::new();
    version_1(&folder);
    let database = History::open_or_create(&folder.path("tallyho.db")).unwrap();
    let mut runs = database.runs(&Filter::default()).unwrap();
    runs.sort_by_key(|run| run.id);
    let tallies = database.details(runs[0].clone()).unwrap().tallies;
    record(&database, "steady", "10-03", &tallies, &[], None);
    let again = database.runs(&Filter::default()).unwrap();
    let again = again.iter().find(|run| run.id == RunId(3)).unwrap();
    assert_ne!(again.digest, runs[0].digest);
    let same = |other: &Run| database.compare(other.clone(), again.clone()).unwrap().same_digest;
    assert!(same(&runs[0]) && same(again));
    assert!(!same(&runs[1]));
}

/// What was migrated has the tables of what was created.
#[test]
fn migrated_and_created_tables_are_the_same() {
    let folder = Folder::new();
    version_1(&folder);
    history(&folder, "list").expect(0);
    drop(History::open_or_create(&folder.path("new.db")).unwrap());
    let columns = |name: &str| -> Vec<String> {
        let database = rusqlite::Connection::open(folder.path(name)).unwrap();
        let select = "SELECT m.name || '.' || t.name || ' ' || t.type || ' ' || t.\"notnull\"
            FROM sqlite_master AS m, pragma_table_info(m.name) AS t ORDER BY 1";
        let mut statement = database.prepare(select).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert!(columns("new.db").len() > 60);
    assert_eq!(columns("tallyho.db"), columns("new.db"));
}

/// The migration is one transaction: interrupted by another version of the
/// tables, it leaves the old ones.
#[test]
fn a_migration_that_fails_leaves_the_history_as_it_was() {
    let folder = Folder::new();
    version_1(&folder);
    let database = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    database.execute_batch("CREATE TABLE notice (x)").unwrap();
    drop(database);
    let ran = history(&folder, "list").expect(2);
    let problem = "tallyho: tallyho.db: cannot bring the tables of the history up to date: ";
    assert!(ran.stderr.starts_with(problem), "{}", ran.stderr);
    assert_eq!(version(&folder), 1);
    let database = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    database.execute_batch("DROP TABLE notice").unwrap();
    drop(database);
    history(&folder, "verify").expect(0);
}

/// What is older than its checksums is told apart from what has had them from the start.
#[test]
fn runs_that_are_older_than_their_checksums_are_counted() {
    let folder = Folder::new();
    version_1(&folder);
    let database = History::open_or_create(&folder.path("tallyho.db")).unwrap();
    record(&database, "steady", "10-03", &counted(900, 1000), &[], None);
    history(&folder, "accept 2").expect(0);
    let text = history(&folder, "verify").expect(0).stdout.replace("\n         ", " ");
    let late = "; 2 runs are older than their checksums: what changed before those were made is \
                not found";
    assert!(text.starts_with("sound    3 runs: ") && text.contains(late), "{text}");
    let database = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    database.execute("UPDATE input SET path = 'v.csv' WHERE run = 1", []).unwrap();
    let text = history(&folder, "verify").expect(1).stdout;
    assert!(
        text.contains("changed  run 1, input 'v.csv': is not the row that was written"),
        "{text}"
    );
}

/// One brings it up to date, the others wait for it.
#[test]
fn eight_at_once_open_a_history_of_an_earlier_version() {
    let folder = Folder::new();
    version_1(&folder);
    let path = folder.path("tallyho.db");
    std::thread::scope(|scope| {
        for at in 0..8 {
            let path = &path;
            scope.spawn(move || {
                let database = History::open_or_create(path).unwrap();
                record(&database, "steady", "10-03", &counted(900 + at, 1000), &[], None);
                assert!(database.verify(&Filter::default()).unwrap().is_sound());
            });
        }
    });
    let database = History::open(&path).unwrap();
    assert_eq!(database.runs(&Filter::default()).unwrap().len(), 10);
    let found = database.verify(&Filter::default()).unwrap();
    assert_eq!((found.is_sound(), found.late_runs), (true, 2));
}

#[cfg(target_os = "linux")]
#[test]
fn an_old_history_that_cannot_be_written_says_so() {
    let folder = Folder::new();
    version_1(&folder);
    let locked = super::locked::Locked::new(&folder);
    let (status, _, stderr) = locked.run("history list");
    assert_eq!(status, Some(2));
    assert!(stderr.contains("is of an older version of tallyho and read-only"), "{stderr}");
    assert_eq!(version(&folder), 1);
}
