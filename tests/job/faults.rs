//! Files and databases that are missing, full, read-only, damaged or something
//! else; evaluations that fail; an interrupt.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tallyho::history::{Filter, History};

use super::{CONFIG, folder, night, on, program, runs, table};
use crate::common::files::{Folder, npy_header};
use crate::common::server::{Reply, Server};
use crate::history::locked::Locked;

/// A job with a webhook, and what it is told.
fn told(more: &str) -> (Folder, Server) {
    let server = Server::start(&[Reply::Say(200, "", "ok")]);
    let url = server.url("/hook");
    let folder = folder(&format!("{CONFIG}{more}\n[[notify]]\nname = 'hook'\nurl = '{url}'\n"));
    (folder, server)
}

/// The reasons of the evaluations, or of the job, that failed as the last message
/// has them.
fn failures(server: &Server) -> Vec<String> {
    let asked = server.asked();
    let Some(last) = asked.last() else { return Vec::new() };
    let page: Value = serde_json::from_str(&last.body).unwrap();
    let events = page["events"].as_array().unwrap().iter();
    let failed = events.filter(|it| it["kind"] == "failed");
    failed.map(|it| it["reason"].as_str().unwrap().to_owned()).collect()
}

/// A night that cannot begin: status 2, at most two lines, and somebody is told
/// the same.
fn cannot_begin(folder: &Folder, server: &Server, expected: &str) {
    let before = server.asked().len();
    let ran = night(folder, "").expect(2);
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    assert!(ran.stderr.lines().count() <= 2 && ran.stdout.is_empty(), "{ran:?}");
    assert_eq!(server.asked().len(), before + 1, "{ran:?}");
    let reasons = failures(server);
    assert!(reasons.len() == 1 && reasons[0].contains(expected), "{reasons:?}");
}

#[test]
fn a_full_disk_costs_the_output_and_is_told_until_it_is_over() {
    let output = "[output]\njunit = '/dev/full'\njson = 'night.json'\nprometheus = 'night.prom'\n";
    let (folder, server) = told(output);
    let ran = night(&folder, "").expect(2);
    assert!(ran.stderr.starts_with("tallyho: /dev/full: cannot write the file"), "{}", ran.stderr);
    let page = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains("problem /dev/full: cannot write the file: No space left"), "{page}");
    assert!(page.contains("wrote night.prom"), "{page}");
    assert_eq!(runs(&folder).len(), 2);
    let gauges = fs::read_to_string(folder.path("night.prom")).unwrap();
    assert!(gauges.contains("tallyho_accuracy{"), "{gauges}");
    assert!(failures(&server)[0].starts_with("/dev/full: cannot write the file"));
    // That it lasts is no news; that it is over, is.
    night(&folder, "").expect(2);
    let config = fs::read_to_string(folder.path("night.toml")).unwrap();
    folder.file("night.toml", config.replace("/dev/full", "night.xml"));
    night(&folder, "--only model=steady").expect(0);
    let page = night(&folder, "--json").expect(0).json();
    let found = &page["evaluations"][0]["found"];
    assert_eq!((found, &page["status"]), (&true.into(), &"holds".into()));
    let messages: Vec<Value> =
        server.asked().iter().map(|it| serde_json::from_str(&it.body).unwrap()).collect();
    let headlines: Vec<&str> = messages.iter().map(|it| it["headline"].as_str().unwrap()).collect();
    assert_eq!(headlines, ["night, 2026-11-21: the job failed", "night, 2026-11-21: 1 recovered"]);
    assert_eq!(messages[0]["counts"]["evaluated"], 2);
    assert_eq!(messages[1]["events"][0]["model"], "");
}

/// A limit on the size of files stands for a full disk.
#[test]
fn a_full_disk_of_the_history_fails_evaluations_and_keeps_earlier_runs() {
    let (folder, server) = told("");
    night(&folder, "").expect(0);
    let rows: String = (0..30_000).map(|row| format!("c{row},d{row},c{row}\n")).collect();
    folder.file("cats-2026-11-22.csv", format!("label,steady,flaky\nc0,c0,c0\n{rows}"));
    let script = "trap '' XFSZ; ulimit -f 200; exec \"$0\" run night.toml --date 2026-11-22 --json";
    let output = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_tallyho")])
        .current_dir(folder.path(""))
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{stdout}");
    assert!(stdout.contains("cannot record the run: "), "{stdout}");
    assert!(failures(&server)[0].contains("cannot record the run"), "{:?}", failures(&server));
    let history = History::open(&folder.path("tallyho.db")).unwrap();
    assert!(history.verify(&Filter::default()).unwrap().is_sound());
    assert!(history.runs(&Filter::default()).unwrap().len() >= 2);
    drop(history);
    on(&folder, "2026-11-22", "--quiet").expect(1);
    assert_eq!(runs(&folder).len(), 4);
}

#[test]
fn a_history_that_cannot_be_opened_is_told_to_somebody() {
    let (folder, server) = told("");
    let config = fs::read_to_string(folder.path("night.toml")).unwrap();
    let with = |history: &str| {
        folder.file("night.toml", format!("history = '{history}'\n{config}"));
    };
    fs::create_dir(folder.path("folder.db")).unwrap();
    with("folder.db");
    cannot_begin(&folder, &server, "folder.db: is a folder; name a file for the history");
    folder.file("file", "no folder");
    with("file/tallyho.db");
    cannot_begin(&folder, &server, "cannot make the folder");
    folder.file("notes.db", "These are my notes, and long enough to look at.\n".repeat(100));
    with("notes.db");
    cannot_begin(&folder, &server, "not a tallyho history");
    with("newer.db");
    night(&folder, "").expect(0);
    let database = rusqlite::Connection::open(folder.path("newer.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    let bytes = fs::read(folder.path("newer.db")).unwrap();
    cannot_begin(&folder, &server, "is of a newer version of tallyho: its tables are version 99");
    assert_eq!(fs::read(folder.path("newer.db")).unwrap(), bytes);
}

#[test]
fn a_read_only_history_is_found_before_any_work() {
    let (folder, server) = told("");
    night(&folder, "").expect(0);
    let locked = Locked::new(&folder);
    let line = "run night.toml --date 2026-11-22";
    let (status, stdout, stderr) = locked.run(line);
    assert_eq!((status, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("tallyho.db.night.lock: cannot lock the job: Perm"), "{stderr}");
    assert!(failures(&server)[0].contains("Permission denied"), "{:?}", failures(&server));
    // Only the file is.
    fs::set_permissions(folder.path(""), fs::Permissions::from_mode(0o777)).unwrap();
    for name in ["tallyho.db.night.lock", "tallyho.db-wal", "tallyho.db-shm"] {
        let _ = fs::remove_file(folder.path(name));
    }
    let (status, stdout, stderr) = locked.run(line);
    assert_eq!((status, stdout.as_str()), (Some(2), ""), "{stderr}");
    assert!(stderr.contains("tallyho.db: cannot open the history for writing: "), "{stderr}");
    assert!(stderr.contains("read-only; make both writable"), "{stderr}");
    assert!(failures(&server)[0].contains("read-only"), "{:?}", failures(&server));
}

/// Bytes of pages overwritten, one page at a time: the night is done all the
/// same, or an error names the file and somebody is told.
#[test]
fn a_damaged_page_is_an_error_that_somebody_is_told() {
    let rules = "[[rule]]\nrequire = 'worse(accuracy, previous) @ 95%'\n";
    let (folder, server) = told(rules);
    folder.file("cats-2026-11-20.csv", table(100, 90, 85));
    folder.file("cats-2026-11-22.csv", table(100, 90, 85));
    on(&folder, "2026-11-20", "").expect(0);
    night(&folder, "").expect(0);
    let whole = fs::read(folder.path("tallyho.db")).unwrap();
    let mut refused = 0;
    for page in 0..whole.len() / 4096 {
        let mut bytes = whole.clone();
        let start = page * 4096 + if page == 0 { 100 } else { 0 };
        bytes[start..(page + 1) * 4096].iter_mut().for_each(|byte| *byte ^= 0x5a);
        folder.file("tallyho.db", &bytes);
        for name in ["tallyho.db-wal", "tallyho.db-shm"] {
            let _ = fs::remove_file(folder.path(name));
        }
        let before = server.asked().len();
        let ran = on(&folder, "2026-11-22", "");
        assert!([0, 1, 2].contains(&ran.status), "page {page}: {ran:?}");
        assert!(!ran.stderr.contains("panicked"), "page {page}: {ran:?}");
        if ran.status == 2 {
            refused += 1;
            let said = format!("{}{}", ran.stderr, ran.stdout);
            assert!(said.contains("tallyho.db"), "page {page}: {ran:?}");
            assert!(server.asked().len() > before, "page {page}: {ran:?}");
        }
    }
    assert!(refused >= 5, "only {refused} pages were missed");
}

#[test]
fn a_folder_in_the_place_of_a_file_is_named() {
    let folder = folder(CONFIG);
    fs::create_dir(folder.path("folder.toml")).unwrap();
    let ran = program(&folder, "folder.toml").output().unwrap();
    let stderr = String::from_utf8(ran.stderr).unwrap();
    assert!(stderr.starts_with("tallyho: folder.toml: cannot read the config: "), "{stderr}");
    fs::create_dir(folder.path("night.xml")).unwrap();
    folder.file("night.toml", format!("{CONFIG}[output]\njunit = 'night.xml'\n"));
    let ran = night(&folder, "").expect(2);
    assert!(ran.stderr.starts_with("tallyho: night.xml: cannot open it for writing"), "{ran:?}");
    fs::remove_file(folder.path("cats-2026-11-21.csv")).unwrap();
    fs::create_dir(folder.path("cats-2026-11-21.csv")).unwrap();
    folder.file("night.toml", CONFIG);
    let ran = night(&folder, "").expect(2);
    assert!(ran.stdout.contains("cats-2026-11-21.csv: is"), "{}", ran.stdout);
}

#[test]
fn an_evaluation_that_fails_does_not_stop_the_others() {
    let more = "[[dataset]]\nname = 'dogs'\nfiles = ['dogs-{date}-*.csv']\nlabels = 'label'\n";
    let (folder, server) = told(more);
    let page = night(&folder, "--json").expect(2).json();
    let status = |at: usize| page["evaluations"][at]["status"].as_str().unwrap();
    assert_eq!([0, 1, 2, 3].map(status), ["done", "done", "failed", "failed"]);
    let reason = page["evaluations"][2]["reason"].as_str().unwrap();
    assert_eq!(reason, "no file matches 'dogs-2026-11-21-*.csv'");
    assert_eq!(failures(&server), [reason, reason]);
    assert_eq!(runs(&folder).len(), 2);
    // 2 wins over 1, and the same failure is no news.
    folder.file(
        "night.toml",
        fs::read_to_string(folder.path("night.toml")).unwrap().replace("0.8", "0.99"),
    );
    night(&folder, "").expect(2);
    assert_eq!(server.asked().len(), 2, "the broken rules are");
    // What was missing comes, in two parts, of which one is torn.
    folder.file("dogs-2026-11-21-a.csv", table(10, 9, 9));
    let torn = folder.file("dogs-2026-11-21-b.csv", "label,steady,flaky\ncat,cat,cat\ndog\n");
    let page = night(&folder, "--json").expect(2).json();
    let reason = page["evaluations"][2]["reason"].as_str().unwrap();
    assert!(reason.contains("dogs-2026-11-21-b.csv") && reason.contains('2'), "{reason}");
    fs::write(torn, table(10, 9, 9)).unwrap();
    let page = night(&folder, "--json").expect(1).json();
    assert_eq!(page["evaluations"][2]["rows"], 20);
    let last: Value = serde_json::from_str(&server.asked().last().unwrap().body).unwrap();
    assert_eq!(last["counts"]["evaluated"], 4);
    assert_eq!(
        last["events"].as_array().unwrap().iter().filter(|it| it["kind"] == "recovered").count(),
        2
    );
}

/// The second of three evaluations would read tens of GiB of zeros.
#[test]
fn an_interrupt_keeps_what_was_recorded_and_the_next_start_goes_on() {
    let config = CONFIG.replace(
        "[[model]]\nname = \"flaky\"\npredictions = \"flaky\"",
        "[[dataset]]\nname = 'long'\nlabels = 'long_y.npy'\n[[dataset]]\nname = 'last'\n\
         files = ['cats-{date}.csv']\nlabels = 'label'",
    );
    let config = config.replace(
        "predictions = \"steady\"",
        "predictions = 'steady'\non.long = { predictions = 'long_p.npy' }",
    );
    let (folder, server) = told("[output]\njson = 'night.json'\n");
    let hook = fs::read_to_string(folder.path("night.toml")).unwrap();
    let hook = hook.split_once("[output]").unwrap().1;
    folder.file("night.toml", format!("{config}[output]{hook}"));
    let long = |rows: usize| {
        let header = npy_header("|u1", false, &[rows], 1);
        for name in ["long_y.npy", "long_p.npy"] {
            let path = folder.file(name, &header);
            let file = fs::File::options().write(true).open(path).unwrap();
            file.set_len((header.len() + rows) as u64).unwrap();
        }
    };
    long(1 << 36);
    let mut job = program(&folder, "night.toml --date 2026-11-21");
    let mut child = job.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    let recorded = || {
        History::open(&folder.path("tallyho.db"))
            .is_ok_and(|it| it.runs(&Filter::default()).is_ok_and(|runs| runs.len() == 1))
    };
    while !recorded() {
        assert!(started.elapsed() < Duration::from_secs(20), "nothing was recorded");
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(100));
    let interrupt = format!("kill -INT {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &interrupt]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let page = String::from_utf8_lossy(&output.stdout);
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(130), "{page}");
    assert!(page.contains("stopped with 2 evaluations to do: start it again to go on"), "{page}");
    assert!(server.asked().is_empty() && !folder.path("night.json").exists(), "half a night");
    assert!(crate::command_line::names(&folder.path("")).iter().all(|it| !it.ends_with(".tmp")));
    long(1000);
    let page = night(&folder, "--json").expect(0).json();
    let found = |at: usize| page["evaluations"][at]["found"].as_bool().unwrap();
    assert_eq!([0, 1, 2].map(found), [true, false, false]);
    assert_eq!(runs(&folder).len(), 3);
}
