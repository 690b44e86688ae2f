//! Several processes on one history.

use std::process::{Child, Stdio};

use tallyho::history::{Filter, History};

use super::history;
use crate::command_line::sound;
use crate::common::files::Folder;
use crate::common::program::command;

/// Starts an evaluation that is recorded under this model.
pub fn start(folder: &Folder, model: &str) -> Child {
    let args = "eval t.csv --labels label --predictions prediction -q --threads 1 \
                --history tallyho.db --dataset d --model";
    let args: Vec<&str> = args.split_whitespace().chain([model]).collect();
    command(&folder.path(""), &args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn finish(child: Child) {
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

/// Both also create the file at the same time.
#[test]
fn two_jobs_writing_at_once_lose_nothing() {
    for _ in 0..5 {
        let folder = sound();
        for round in 0..4 {
            let models = [format!("a{round}"), format!("b{round}")];
            let children: Vec<Child> = models.iter().map(|model| start(&folder, model)).collect();
            children.into_iter().for_each(finish);
        }
        let database = History::open(&folder.path("tallyho.db")).unwrap();
        let runs = database.runs(&Filter::default()).unwrap();
        let mut models: Vec<String> = runs.into_iter().map(|run| run.identity.model).collect();
        models.sort();
        assert_eq!(models, ["a0", "a1", "a2", "a3", "b0", "b1", "b2", "b3"]);
        assert!(database.verify(&Filter::default()).unwrap().is_sound());
    }
}

#[test]
fn a_backup_is_whole_while_others_write() {
    let folder = sound();
    finish(start(&folder, "first"));
    let mut before = 0;
    for round in 0..8 {
        let writers: Vec<Child> =
            (0..2).map(|writer| start(&folder, &format!("m{round}{writer}"))).collect();
        let name = format!("copy{round}.db");
        history(&folder, &format!("backup {name}")).expect(0);
        let copy = History::open(&folder.path(&name)).unwrap();
        assert!(copy.verify(&Filter::default()).unwrap().is_sound());
        let runs = copy.runs(&Filter::default()).unwrap().len();
        assert!(runs > before, "what was there before is in the copy");
        writers.into_iter().for_each(finish);
        before = 2 * (round + 1);
    }
    let copy = folder.path("copy7.db");
    assert!(!folder.path("copy7.db-wal").exists(), "a copy is one file");
    assert!(copy.exists());
}

#[test]
fn a_backup_replaces_an_older_one_but_nothing_in_use() {
    let folder = sound();
    finish(start(&folder, "a"));
    history(&folder, "backup copy.db").expect(0);
    finish(start(&folder, "b"));
    let ran = history(&folder, "backup copy.db").expect(0);
    assert_eq!(ran.stdout, "2 runs copied to copy.db\n");
    let ran = history(&folder, "backup tallyho.db").expect(2);
    assert!(ran.stderr.contains("is the history itself"), "{}", ran.stderr);
    folder.file("copy.db-wal", "");
    let ran = history(&folder, "backup copy.db").expect(2);
    assert!(ran.stderr.contains("in use (there is copy.db-wal)"), "{}", ran.stderr);
    history(&folder, "backup absent/copy.db").expect(2);
}

/// While a writer holds its transaction, readers see what was before.
#[test]
fn readers_do_not_wait_for_a_writer() {
    let folder = sound();
    finish(start(&folder, "a"));
    let writer = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE; UPDATE run SET model = 'b'").unwrap();
    let runs = history(&folder, "list --json").expect(0).json();
    assert_eq!(runs["runs"][0]["model"], "a");
    writer.execute_batch("COMMIT").unwrap();
    let runs = history(&folder, "list --json").expect(0).json();
    assert_eq!(runs["runs"][0]["model"], "b");
}
