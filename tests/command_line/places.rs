//! Outputs where something stands that must not be lost, or that another user put
//! there.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};

use super::{names, sound, tallyho};
use crate::common::files::Folder;

const T: &str = "eval t.csv --labels label --predictions prediction --quiet";
const AS: &str = "--dataset d --model m";

/// A folder with a table and a history of one run.
fn recorded() -> Folder {
    let folder = sound();
    tallyho(&folder, &format!("{T} --history h.json {AS}")).expect(0);
    folder
}

#[test]
fn no_output_replaces_the_history_however_it_is_named() {
    let folder = recorded();
    fs::create_dir(folder.path("x")).unwrap();
    fs::hard_link(folder.path("h.json"), folder.path("linked.json")).unwrap();
    let before = fs::read(folder.path("h.json")).unwrap();
    for output in ["h.json", "./h.json", "x/../h.json", "linked.json"] {
        for command in [T, "merge s.tally --quiet"] {
            tallyho(&folder, &format!("{T} -o s.tally")).expect(0);
            let ran = tallyho(&folder, &format!("{command} -o {output} --history h.json {AS}"));
            let expected = format!(
                "{output}: is the history, or a file that goes with it; write the output to another"
            );
            assert!(ran.status == 2 && ran.stderr.contains(&expected), "{output}: {}", ran.stderr);
        }
    }
    assert_eq!(fs::read(folder.path("h.json")).unwrap(), before);
    // Before there is one, too.
    let ran = tallyho(&folder, &format!("{T} -o new.json --history new.json {AS}")).expect(2);
    assert!(ran.stderr.contains("new.json: is the history"), "{}", ran.stderr);
    assert!(!folder.path("new.json").exists());
}

#[test]
fn an_export_replaces_no_file_of_the_history() {
    let folder = recorded();
    fs::rename(folder.path("h.json"), folder.path("h.csv")).unwrap();
    let ran = tallyho(&folder, "history export --db h.csv ./h.csv").expect(2);
    assert!(ran.stderr.contains("./h.csv: is the history"), "{}", ran.stderr);
    tallyho(&folder, "history list --db h.csv").expect(0);
}

#[test]
fn where_the_run_cannot_be_recorded_no_output_is_replaced() {
    let folder = recorded();
    let database = rusqlite::Connection::open(folder.path("h.json")).unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON run BEGIN SELECT RAISE(ABORT, 'no'); END";
    database.execute_batch(refuse).unwrap();
    drop(database);
    folder.file("o.json", "precious");
    let before = names(&folder.path(""));
    tallyho(&folder, &format!("{T} -o o.json -o o.md --history h.json {AS}")).expect(2);
    assert_eq!(fs::read_to_string(folder.path("o.json")).unwrap(), "precious");
    assert_eq!(names(&folder.path("")), before);
}

#[test]
fn what_a_killed_run_left_is_swept_and_told() {
    let folder = sound();
    folder.file(".tallyho-a1B2c3-o.json.tmp", "half");
    folder.file(".tallyho-d4E5f6-other.md.tmp", "half");
    tallyho(&folder, &format!("{T} -o o.json")).expect(0);
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path("o.json")).unwrap()).unwrap();
    let told = report["warnings"].as_array().unwrap();
    assert!(
        told.iter().any(|it| it["code"] == "TH303"
            && it["text"].as_str().unwrap().starts_with("a run that was to replace o.json")),
        "{told:?}"
    );
    assert!(names(&folder.path("")).iter().all(|name| !name.ends_with(".tmp")));
    tallyho(&folder, &format!("{T} -o o.json")).expect(0);
    assert!(!fs::read_to_string(folder.path("o.json")).unwrap().contains("TH303"));
}

#[cfg(unix)]
#[test]
fn a_replaced_file_runs_as_nobody_else() {
    let folder = sound();
    let path = folder.file("o.json", "old");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o4750)).unwrap();
    tallyho(&folder, &format!("{T} -o o.json")).expect(0);
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o750);
}

/// Whether this process may give files away, as root may.
#[cfg(unix)]
fn gives_away(folder: &Folder) -> bool {
    let path = folder.file("given", "");
    lchown(&path, Some(65_534), Some(65_534)).is_ok()
}

#[cfg(unix)]
#[test]
fn a_replaced_file_keeps_its_owner() {
    let folder = sound();
    let path = folder.file("o.json", "old");
    // Without the right to give files away it is the user's own, which it stays, too.
    let given = gives_away(&folder) && lchown(&path, Some(65_534), Some(65_534)).is_ok();
    let owner = fs::metadata(&path).unwrap().uid();
    assert_eq!(given, owner == 65_534);
    tallyho(&folder, &format!("{T} -o o.json")).expect(0);
    let found = fs::metadata(&path).unwrap();
    assert!(found.len() > 3 && found.uid() == owner, "{found:?}");
}

#[cfg(unix)]
#[test]
fn a_link_that_another_user_planted_is_not_followed() {
    let folder = sound();
    folder.file("victim.json", "precious");
    fs::create_dir(folder.path("open")).unwrap();
    let link = folder.path("open/o.json");
    symlink(folder.path("victim.json"), &link).unwrap();
    let planted = gives_away(&folder);
    if planted {
        lchown(&link, Some(65_534), None).unwrap();
    }
    fs::set_permissions(folder.path("open"), fs::Permissions::from_mode(0o1777)).unwrap();
    let ran = tallyho(&folder, &format!("{T} -o open/o.json"));
    let precious = fs::read_to_string(folder.path("victim.json")).unwrap() == "precious";
    if planted {
        assert!(ran.status == 2 && ran.stderr.contains("another user"), "{}", ran.stderr);
    }
    // One's own link is followed.
    assert_eq!(precious, planted);
    let line = format!("{T} --history open/o.json {AS}");
    let ran = tallyho(&folder, &line);
    assert!(!planted || ran.status == 2 && ran.stderr.contains("another user"), "{}", ran.stderr);
    // Nor is a file made where one leads to that is not there.
    fs::remove_file(folder.path("victim.json")).unwrap();
    let ran = tallyho(&folder, &line);
    assert!(!planted || ran.status == 2 && ran.stderr.contains("another user"), "{}", ran.stderr);
    assert_eq!(folder.path("victim.json").exists(), !planted);
}

/// Nobody reads from it, so that whoever opened it would wait for ever.
#[cfg(unix)]
#[test]
fn a_pipe_that_another_user_planted_is_not_waited_for() {
    let folder = sound();
    if !gives_away(&folder) {
        return;
    }
    fs::create_dir(folder.path("open")).unwrap();
    let pipe = folder.path("open/o.json");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    lchown(&pipe, Some(65_534), None).unwrap();
    fs::set_permissions(folder.path("open"), fs::Permissions::from_mode(0o1777)).unwrap();
    let ran = tallyho(&folder, &format!("{T} -o open/o.json")).expect(2);
    assert!(ran.stderr.contains("is a pipe that another user (number 65534) made"), "{ran:?}");
}
