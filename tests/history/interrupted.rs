//! Commands that somebody ends.

use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tallyho::history::{Filter, History};

use super::flips::everything;
use super::history;
use super::many::copies;
use crate::command_line::{names, words};
use crate::common::files::Folder;
use crate::common::program::command;

/// Signals a command so long after its start; its status, and how long it took to end.
fn signalled(folder: &Folder, line: &str, signal: &str, after: Duration) -> (i32, Duration) {
    let args = words(&format!("history {line}"));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut program = command(&folder.path(""), &args);
    let mut child = program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(after);
    let kill = ["-s", signal, &child.id().to_string()];
    assert!(std::process::Command::new("kill").args(kill).status().unwrap().success());
    let started = Instant::now();
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), None, "{line}");
    (status.code().unwrap(), started.elapsed())
}

/// Whether the history is whole, and every run has what the newest version keeps of it.
fn is_up_to_date(folder: &Folder) -> bool {
    let database = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    let number = |query: &str| database.query_row(query, [], |row| row.get::<_, u32>(0)).unwrap();
    let sound: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    sound == "ok"
        && number("PRAGMA user_version") == tallyho::history::SCHEMA_VERSION
        && number("SELECT count(*) FROM checksum WHERE of_table = 'run'")
            == number("SELECT count(*) FROM run")
}

/// What takes long in a history of so many runs ends at once, and leaves nothing.
#[test]
fn every_command_ends_within_a_second_and_leaves_nothing_behind() {
    let folder = Folder::new();
    drop(everything(&folder.path("tallyho.db"), 2));
    copies(&folder, 4_000);
    let old = std::fs::read(folder.path("tallyho.db")).unwrap();
    // Bringing it up to date takes long, too, and comes first: it is done whole or not at
    // all. How long depends on the machine, so that the signal comes sooner until it is in
    // time.
    let is_in_time = [150, 75, 40, 20].into_iter().any(|after| {
        let (status, took) = signalled(&folder, "list", "INT", Duration::from_millis(after));
        assert!(status == 130 && took < Duration::from_secs(1), "{status}, {took:?}");
        if std::fs::read(folder.path("tallyho.db")).unwrap() == old {
            return true;
        }
        assert!(is_up_to_date(&folder), "some of it was done");
        std::fs::write(folder.path("tallyho.db"), &old).unwrap();
        false
    });
    assert!(is_in_time, "no signal came before the history was up to date");
    history(&folder, "list --last 1").expect(0);
    let before = names(&folder.path(""));
    let mut interrupted = 0;
    for (line, signal) in [
        ("list --metric 'recall[0]'", "INT"),
        ("trend 'recall[0]' --window 365 --all", "TERM"),
        ("export runs.json", "INT"),
        ("export runs.parquet", "TERM"),
        ("verify", "INT"),
        ("prune --keep-last 10 --accepted", "TERM"),
        ("backup copy.db", "INT"),
        ("show latest", "INT"),
        ("compare 1 2", "TERM"),
        ("check --max-age 26h", "INT"),
        ("accept 1", "TERM"),
    ] {
        for after in [100, 300] {
            let (status, took) = signalled(&folder, line, signal, Duration::from_millis(after));
            assert!(took < Duration::from_millis(1_500), "{line}, after {after} ms: {took:?}");
            interrupted += usize::from(status == 130);
            if status == 130 {
                assert_eq!(names(&folder.path("")), before, "{line}");
            }
            for name in ["runs.json", "runs.parquet", "copy.db"] {
                let _ = std::fs::remove_file(folder.path(name));
            }
        }
    }
    assert!(interrupted >= 8, "only {interrupted} were in time");
    let database = History::open(&folder.path("tallyho.db")).unwrap();
    assert!(database.runs(&Filter::default()).unwrap().len() >= 10);
}

/// Nobody reads what is printed, and the writer of the history does not end.
#[test]
fn what_waits_for_others_ends_all_the_same() {
    let folder = Folder::new();
    drop(everything(&folder.path("tallyho.db"), 2));
    let writer = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let wait = Duration::from_millis(300);
    let (status, took) = signalled(&folder, "accept 1", "TERM", wait);
    assert!(status == 130 && took < Duration::from_secs(1), "{status}, {took:?}");
    writer.execute_batch("ROLLBACK").unwrap();
    copies(&folder, 1_000);
    let (_reader, full) = std::io::pipe().unwrap();
    let mut program = command(&folder.path(""), &["history", "list", "--json"]);
    let mut child = program.stdout(Stdio::from(full)).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(child.try_wait().unwrap(), None, "the pipe holds all of it");
    let kill = format!("kill -INT {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    let started = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
}
