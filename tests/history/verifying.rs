//! Everything is computed anew and compared.

use tallyho::history::{Filter, History};

use super::flips::everything;
use super::{counted, history, nights, october, record};
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

/// What there is no memory for is told of its run, and the others are looked at.
#[test]
fn a_run_that_there_is_no_memory_for_is_named() {
    let folder = Folder::new();
    october(&folder.path("tallyho.db"));
    change(&folder, "UPDATE blob SET packed = zeroblob(100000000) WHERE id = 3");
    let found = history(&folder, "verify --json --memory 100M").expect(1).json();
    assert_eq!(found["runs"], 27);
    let differences = found["differences"].as_array().unwrap();
    let stored = |it: &serde_json::Value| it["stored"].as_str().unwrap().to_owned();
    let named = differences.iter().find(|it| it["run"] == 3 && it["what"] == "tallies").unwrap();
    assert!(stored(named).contains("of memory are needed"), "{named}");
    assert!(stored(named).contains("what is stored as blob 3"), "{named}");
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

/// What no tallies vouch for.
#[test]
fn every_column_that_was_changed_is_named_with_its_row() {
    let folder = Folder::new();
    drop(everything(&folder.path("tallyho.db"), 3));
    let whole = std::fs::read(folder.path("tallyho.db")).unwrap();
    for (statement, table, run, row) in [
        (
            "UPDATE metric SET low = low + 1e-15 WHERE name = 'accuracy' AND run = 3",
            "metric",
            3,
            "accuracy",
        ),
        (
            "UPDATE metric SET level = 0.9 WHERE name = 'f1_macro' AND run = 3",
            "metric",
            3,
            "f1_macro",
        ),
        (
            "UPDATE metric SET note = 'x' WHERE name = 'accuracy' AND run = 2",
            "metric",
            2,
            "accuracy",
        ),
        (
            "UPDATE verdict SET verdict = 'holds' WHERE run = 3 AND rule LIKE 'acc%'",
            "verdict",
            3,
            "accuracy >= 0.9",
        ),
        (
            "UPDATE verdict SET value = 0.99 WHERE run = 3 AND rule LIKE 'acc%'",
            "verdict",
            3,
            "accuracy >= 0.9",
        ),
        (
            "UPDATE verdict SET baseline = 1 WHERE run = 3 AND rule LIKE 'rows%'",
            "verdict",
            3,
            "rows >= 10",
        ),
        (
            "UPDATE verdict SET reason = 'other' WHERE run = 3 AND rule LIKE 'acc%'",
            "verdict",
            3,
            "accuracy >= 0.9",
        ),
        (
            "UPDATE verdict SET accepted = NULL WHERE run = 2 AND rule LIKE 'acc%'",
            "verdict",
            2,
            "accuracy >= 0.9",
        ),
        (
            "UPDATE input SET fingerprint = 'f' WHERE run = 3 AND place = 1",
            "input",
            3,
            "/data/predictions.npy",
        ),
        ("UPDATE input SET path = '/x' WHERE run = 3 AND place = 0", "input", 3, "/x"),
        ("UPDATE run SET seconds = seconds * 2 WHERE id = 3", "run", 3, ""),
        ("UPDATE run SET night = '2026-10-03' WHERE id = 3", "run", 3, ""),
        ("UPDATE run SET asked = 'other' WHERE id = 3", "run", 3, ""),
        ("UPDATE run SET judged = 1 - judged WHERE id = 3", "run", 3, ""),
        ("UPDATE run SET accepted_because = 'other' WHERE id = 2", "run", 2, ""),
        ("DELETE FROM verdict WHERE run = 3", "verdict", 3, ""),
        ("DELETE FROM input WHERE run = 3 AND place = 0", "input", 3, ""),
        (
            "INSERT INTO verdict SELECT run, 'rows > 1', verdict, value, baseline, reason, accepted \
          FROM verdict WHERE run = 3 AND rule LIKE 'acc%'",
            "verdict",
            3,
            "",
        ),
        ("UPDATE failure SET reason = 'other' WHERE id = 1", "failure", 0, "1"),
        ("UPDATE notice SET delivered = 0 WHERE id = 2", "notice", 0, "2"),
        ("DELETE FROM notice WHERE id = 2", "notice", 0, "2"),
        ("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'run'", "sqlite_sequence", 0, "run"),
        ("UPDATE blob SET length = length + 1 WHERE id = 1", "blob", 0, "1"),
    ] {
        folder.file("tallyho.db", &whole);
        change(&folder, statement);
        let found = history(&folder, "verify --json").expect(1).json();
        let expected = |it: &serde_json::Value| {
            it["table"] == table
                && it["run"].as_i64().unwrap_or(0) == run
                && it["row"].as_str().unwrap_or("") == row
        };
        let changed = found["changed"].as_array().unwrap();
        assert!(changed.len() == 1 && expected(&changed[0]), "{statement}: {found}");
    }
    let text = history(&folder, "verify").expect(1).stdout;
    assert!(text.starts_with("changed  blob '1': is not the row that was written\n"), "{text}");
    assert!(!text.contains("sound"), "{text}");
}

/// Rows that went with their checksums, and checksums that went alone.
#[test]
fn checksums_that_do_not_add_up_are_found() {
    for statement in [
        "DELETE FROM run WHERE id = 3; DELETE FROM checksum WHERE owner = 3 AND of_table IN \
         ('run', 'input', 'metric', 'verdict')",
        "DELETE FROM failure; DELETE FROM checksum WHERE of_table = 'failure'",
        "UPDATE checksum SET sums = x'00' WHERE of_table = 'checksum'",
        "DELETE FROM checksum WHERE of_table = 'checksum'",
        "UPDATE checksum SET late = 1 WHERE of_table = 'run' AND owner = 1",
    ] {
        let folder = Folder::new();
        drop(everything(&folder.path("tallyho.db"), 3));
        change(&folder, &format!("PRAGMA foreign_keys = ON; {statement}"));
        let found = history(&folder, "verify --json").expect(1).json();
        let damage = found["damage"].as_array().unwrap();
        let told = damage.iter().any(|it| it.as_str().unwrap().contains("do not add up"));
        assert!(told, "{statement}: {found}");
    }
}

#[test]
fn a_table_or_an_index_that_was_made_otherwise_is_found() {
    for (statement, what) in [
        ("DROP INDEX run_by_night", "the index run_by_night is not as it was made"),
        (
            "DROP INDEX run_unjudged; CREATE INDEX run_unjudged ON run (id) WHERE judged = 1",
            "the index run_unjudged is not as it was made",
        ),
        ("ALTER TABLE input ADD COLUMN x TEXT", "the table input is not as it was made"),
    ] {
        let folder = Folder::new();
        drop(everything(&folder.path("tallyho.db"), 2));
        change(&folder, statement);
        let found = history(&folder, "verify --json").expect(1).json();
        assert!(found["damage"].as_array().unwrap().contains(&what.into()), "{found}");
    }
    // What others add for themselves is theirs.
    let folder = Folder::new();
    drop(everything(&folder.path("tallyho.db"), 2));
    change(&folder, "CREATE VIEW mine AS SELECT * FROM run; CREATE INDEX fast ON run (host)");
    history(&folder, "verify").expect(0);
}

/// To write to it would give it a new checksum.
#[test]
fn a_run_that_was_changed_is_not_accepted_and_stays_found() {
    let folder = Folder::new();
    drop(everything(&folder.path("tallyho.db"), 3));
    change(&folder, "UPDATE run SET host = 'other' WHERE id = 3");
    let ran = history(&folder, "accept 3").expect(2);
    assert!(ran.stderr.contains("damaged: run 3 is not what was recorded; restore"), "{ran:?}");
    history(&folder, "accept 1").expect(0);
    history(&folder, "verify").expect(1);
    // What is forgotten is not missed.
    history(&folder, "prune --keep-last 1 --accepted --model steady").expect(0);
    let found = history(&folder, "verify --json").expect(1).json();
    assert_eq!(found["changed"].as_array().unwrap().len(), 1, "{found}");
}

/// A frame of the log that changed takes what was recorded after it with it.
#[test]
fn a_log_that_cannot_be_read_to_its_end_is_found() {
    let folder = Folder::new();
    let live = everything(&folder.path("live.db"), 3);
    let (file, log) = (folder.path("live.db"), folder.path("live.db-wal"));
    let (file, log) = (std::fs::read(file).unwrap(), std::fs::read(log).unwrap());
    drop(live);
    let frames = (log.len() - 32) / (24 + 4096);
    let commits: Vec<usize> =
        (0..frames).filter(|at| log[32 + at * 4120 + 4..][..4] != [0; 4]).collect();
    assert!(commits.len() > 8, "{commits:?}");
    let found = |log: &[u8]| {
        folder.file("tallyho.db", &file);
        folder.file("tallyho.db-wal", log);
        let _ = std::fs::remove_file(folder.path("tallyho.db-shm"));
        let ran = history(&folder, "verify");
        let told = "tallyho.db-wal cannot be read from byte";
        let is_told =
            ran.stdout.replace("\n         ", " ").contains(told) || ran.stderr.contains(told);
        assert_eq!(is_told, ran.status != 0, "{ran:?}");
        is_told
    };
    assert!(!found(&log));
    for (at, what) in [(4, "a frame"), (12, "its salts"), (24 + 100, "its page")] {
        let mut changed = log.clone();
        changed[32 + commits[3] * 4120 + at + 3] ^= 4;
        assert!(found(&changed), "{what}");
    }
    let mut changed = log.clone();
    changed[32 + commits[commits.len() - 1] * 4120 + 2000] ^= 4;
    assert!(found(&changed), "the last frame");
    changed = log.clone();
    changed[20] ^= 1;
    assert!(found(&changed), "the header");
    // A process that was killed leaves what ends before its transaction does.
    assert!(!found(&log[..32 + commits[5] * 4120 + 2000]));
    assert!(!found(&log[..32 + (commits[5] + 1) * 4120 + 24]));
}

/// Equal tallies are stored once, and a run does not rely on what was damaged since.
#[test]
fn tallies_that_were_damaged_are_mended_when_they_are_recorded_again() {
    let folder = Folder::new();
    let path = folder.path("tallyho.db");
    drop(nights(&path, &[("10-01", 900)]));
    change(&folder, "UPDATE blob SET packed = x'00'");
    history(&folder, "verify").expect(1);
    let database = History::open_or_create(&path).unwrap();
    record(&database, "steady", "10-02", &counted(900, 1000), &[], None);
    drop(database);
    history(&folder, "verify").expect(0);
}
