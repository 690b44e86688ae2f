//! Files that are missing, something else, damaged, or not to be written.

use std::fs;

use tallyho::history::{Filter, History};

use super::{history, nights, october};
use crate::command_line::{sound, tallyho};
use crate::common::files::Folder;

const EVAL: &str = "eval t.csv --labels label --predictions prediction -q --dataset d --model m";

/// Every command on a file fails with status 2, two lines at most, and leaves the
/// file as it was.
fn refused(folder: &Folder, name: &str, hint: &str) {
    let bytes = fs::read(folder.path(name)).ok();
    for line in [
        format!("history list --db {name}"),
        format!("history trend --db {name}"),
        format!("history verify --db {name}"),
        format!("history backup copy.db --db {name}"),
        format!("{EVAL} --history {name}"),
    ] {
        let ran = tallyho(folder, &line).expect(2);
        assert!(ran.stderr.contains(hint), "{line}: {}", ran.stderr);
        assert!(ran.stderr.starts_with(&format!("tallyho: {name}: ")), "{}", ran.stderr);
        assert!(ran.stderr.lines().count() <= 2, "{}", ran.stderr);
        assert_eq!(fs::read(folder.path(name)).ok(), bytes, "{line}");
    }
    assert!(!folder.path("copy.db").exists());
}

#[test]
fn a_history_that_is_not_there_is_not_created_by_looking() {
    let folder = sound();
    let ran = tallyho(&folder, "history list").expect(2);
    assert!(
        ran.stderr.starts_with("tallyho: tallyho.db: there is no history here; "),
        "{}",
        ran.stderr
    );
    assert!(!folder.path("tallyho.db").exists());
}

#[test]
fn a_file_that_is_something_else_is_refused() {
    let folder = sound();
    folder.file("notes.db", "These are my notes, and long enough to look at.\n".repeat(100));
    refused(&folder, "notes.db", "not a tallyho history");
    let other = rusqlite::Connection::open(folder.path("other.db")).unwrap();
    other.execute_batch("CREATE TABLE precious (x); INSERT INTO precious VALUES (1)").unwrap();
    drop(other);
    refused(&folder, "other.db", "not a tallyho history");
    let other = rusqlite::Connection::open(folder.path("versioned.db")).unwrap();
    other.execute_batch("PRAGMA user_version = 1; CREATE TABLE run (id)").unwrap();
    drop(other);
    refused(&folder, "versioned.db", "not a tallyho history");
    fs::create_dir(folder.path("folder.db")).unwrap();
    refused(&folder, "folder.db", "is a folder");
}

#[test]
fn an_empty_file_is_a_history_to_be_started_and_none_to_be_shown() {
    let folder = sound();
    folder.file("h.db", "");
    let ran = tallyho(&folder, "history list --db h.db").expect(2);
    assert!(ran.stderr.contains("is empty"), "{}", ran.stderr);
    tallyho(&folder, &format!("{EVAL} --history h.db")).expect(0);
    tallyho(&folder, "history list --db h.db").expect(0);
}

#[test]
fn a_newer_schema_is_refused_with_both_versions() {
    let folder = sound();
    drop(nights(&folder.path("h.db"), &[("10-01", 900)]));
    let database = rusqlite::Connection::open(folder.path("h.db")).unwrap();
    database.pragma_update(None, "journal_mode", "DELETE").unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    let version = tallyho::history::SCHEMA_VERSION;
    refused(
        &folder,
        "h.db",
        &format!("its tables are version 99, this program knows up to {version}; upgrade tallyho"),
    );
}

/// Bytes of pages overwritten, one page at a time: an error, or what was there
/// is shown; never a crash, and the file stays as it is.
#[test]
fn a_damaged_page_is_an_error_or_is_found_by_verify() {
    let folder = Folder::new();
    drop(october(&folder.path("whole.db")));
    let whole = fs::read(folder.path("whole.db")).unwrap();
    let mut found = 0;
    let pages = whole.len() / 4096;
    for page in 0..pages {
        let mut bytes = whole.clone();
        // The header of the first page says what the file is.
        let start = page * 4096 + if page == 0 { 100 } else { 0 };
        bytes[start..(page + 1) * 4096].iter_mut().for_each(|byte| *byte ^= 0x5a);
        folder.file("tallyho.db", &bytes);
        for line in ["list", "verify", "export x.csv", "trend --window 3"] {
            let ran = history(&folder, line);
            assert!([0, 1, 2].contains(&ran.status), "page {page}, {line}: {ran:?}");
            if line == "verify" {
                found += usize::from(ran.status > 0);
            }
            if ran.status == 2 {
                assert!(ran.stderr.starts_with("tallyho: tallyho.db: "), "{ran:?}");
            }
        }
        assert_eq!(fs::read(folder.path("tallyho.db")).unwrap(), bytes, "page {page}");
    }
    // Free pages hold nothing that could be missed.
    assert!(found + 3 >= pages, "{found} of {pages} pages");
}

#[test]
fn a_file_that_was_cut_off_is_an_error() {
    let folder = Folder::new();
    drop(october(&folder.path("tallyho.db")));
    let whole = fs::read(folder.path("tallyho.db")).unwrap();
    for length in [10, 100, 4096, whole.len() / 2, whole.len() - 1] {
        folder.file("tallyho.db", &whole[..length]);
        let ran = history(&folder, "verify");
        assert!([1, 2].contains(&ran.status), "{length}: {ran:?}");
    }
}

/// A limit on the size of files stands for a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_leaves_earlier_runs() {
    let folder = sound();
    tallyho(&folder, &format!("{EVAL} --history tallyho.db")).expect(0);
    let rows: String = (0..30_000).map(|class| format!("c{class},d{class}\n")).collect();
    folder.file("many.csv", format!("label,prediction\nc0,c0\n{rows}"));
    let script = "trap '' XFSZ; ulimit -f 150; exec \"$0\" eval many.csv --labels label \
                  --predictions prediction -q --history tallyho.db --dataset d --model m";
    let output = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_tallyho")])
        .current_dir(folder.path(""))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("\ntallyho: tallyho.db: cannot record the run: "), "{stderr}");
    let database = History::open(&folder.path("tallyho.db")).unwrap();
    assert_eq!(database.runs(&Filter::default()).unwrap().len(), 1);
    assert!(database.verify(&Filter::default()).unwrap().is_sound());
    tallyho(&folder, &format!("{EVAL} --history tallyho.db")).expect(0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder_can_be_read_and_not_written() {
    let folder = sound();
    drop(october(&folder.path("tallyho.db")));
    let locked = super::locked::Locked::new(&folder);
    let (status, stdout, stderr) = locked.run("history list --last 2");
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    assert!(stdout.contains("2026-10-28"), "{stdout}");
    assert_eq!(locked.run("history verify").0, Some(0));
    let (status, _, stderr) = locked.run("history accept 1");
    assert_eq!(status, Some(2));
    assert!(stderr.contains("cannot accept the run") && stderr.contains("read-only"), "{stderr}");
    let (status, _, stderr) = locked.run(&format!("{EVAL} --history tallyho.db"));
    assert_eq!(status, Some(2));
    assert!(stderr.contains("read-only") || stderr.contains("cannot be opened"), "{stderr}");
    let (status, _, stderr) = locked.run(&format!("{EVAL} --history new.db"));
    assert_eq!(status, Some(2));
    assert!(stderr.contains("cannot open the history: the file cannot be opened"), "{stderr}");
}
