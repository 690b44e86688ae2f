//! Jobs at the same time.

use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tallyho::history::{Filter, History};

use super::{CONFIG, folder, night, program, runs, table};
use crate::common::files::Folder;

fn start(folder: &Folder, line: &str) -> Child {
    program(folder, line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Both also create the file at the same time.
#[test]
fn two_jobs_writing_one_history_at_once_lose_nothing() {
    for round in 0..3 {
        let folder = Folder::new();
        for job in ["a", "b"] {
            folder.file(&format!("{job}.toml"), CONFIG.replace("-{date}", ""));
        }
        folder.file("cats.csv", table(100, 90, 85));
        for date in ["2026-10-01", "2026-10-02", "2026-10-03"] {
            let start = |job| start(&folder, &format!("{job}.toml --date {date}"));
            for child in ["a", "b"].map(start) {
                let output = child.wait_with_output().unwrap();
                let stderr = String::from_utf8_lossy(&output.stderr);
                assert_eq!((output.status.code(), stderr.as_ref()), (Some(0), ""), "{round}");
            }
        }
        let history = History::open(&folder.path("tallyho.db")).unwrap();
        let runs = history.runs(&Filter::default()).unwrap();
        let of = |job: &str| runs.iter().filter(|run| run.identity.job == job).count();
        assert_eq!((of("a"), of("b"), runs.len()), (6, 6, 12));
        assert!(
            runs.iter().all(|run| (run.rules.judged, run.rules.not_holding) == (1, 0)),
            "{runs:?}"
        );
        assert!(history.verify(&Filter::default()).unwrap().is_sound());
    }
}

/// A command that says that it has begun, and goes on until that file is gone.
const SLOW: &str = r#"
[[notify]]
name = "slow"
on = "always"
command = ["sh", "-c", "touch begun; while [ -e begun ]; do sleep 0.02; done"]
"#;

/// A job that holds its lock until the file `begun` is removed.
fn holding() -> (Folder, Child) {
    let folder = folder(&format!("{CONFIG}{SLOW}"));
    let child = start(&folder, "night.toml --date 2026-11-21");
    let started = Instant::now();
    while !folder.path("begun").exists() {
        assert!(started.elapsed() < Duration::from_secs(20), "the command was not run");
        std::thread::sleep(Duration::from_millis(5));
    }
    (folder, child)
}

fn let_go(folder: &Folder) {
    fs::remove_file(folder.path("begun")).unwrap();
}

#[test]
fn a_job_that_is_running_is_not_started_again_and_the_process_is_named() {
    let (folder, first) = holding();
    let process = first.id();
    for line in ["", "--again", "--only model=flaky", "--date 2026-11-22"] {
        let line = format!("night.toml --date 2026-11-21 {line}");
        let line = line.replace("--date 2026-11-21 --date", "--date");
        let second = start(&folder, &line).wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&second.stderr);
        assert_eq!(second.status.code(), Some(2), "{stderr}");
        let said =
            format!("tallyho: the job 'night' is running already: process {process}, since ");
        assert!(stderr.starts_with(&said), "{stderr}");
        assert!(second.stdout.is_empty());
    }
    // Looking does no harm, and another job may run.
    night(&folder, "--check").expect(0);
    folder.file("other.toml", CONFIG);
    let other = start(&folder, "other.toml --date 2026-11-21").wait_with_output().unwrap();
    assert_eq!(other.status.code(), Some(0));
    let_go(&folder);
    assert_eq!(first.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(runs(&folder).len(), 4);
    folder.file("night.toml", CONFIG);
    night(&folder, "").expect(0);
}

/// The command that it had started lives on, and holds nothing.
#[test]
fn the_lock_of_a_killed_job_blocks_nobody() {
    let (folder, mut first) = holding();
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(folder.path("tallyho.db.night.lock").exists());
    folder.file("night.toml", CONFIG);
    let page = night(&folder, "--json").expect(0).json();
    assert_eq!((&page["evaluations"][0]["found"], runs(&folder).len()), (&true.into(), 2));
    let_go(&folder);
}
