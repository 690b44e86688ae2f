//! Commands: programs that listen, fail, hang, and leave others behind.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tallyho::alert::{Delivery, check_here, deliver};

use super::Job;

/// Tells a command of a broken rule, in the folder of the job; `command` is the
/// value in the config.
fn told(command: &str, settings: &str) -> (Job, Delivery, Duration) {
    let job = Job::new(&format!("[[notify]]\nname = 'pager'\ncommand = {command}\n{settings}\n"));
    let states = job.happen(1, "broken", None);
    let messages = job.diff(1, &states);
    let started = Instant::now();
    let folder = job.folder.path("");
    let mut told = deliver(messages, &job.channels, &folder, &AtomicBool::new(false));
    let took = started.elapsed();
    (job, told.remove(0), took)
}

/// The same with a script of the shell.
fn script(script: &str, settings: &str) -> (Job, Delivery, Duration) {
    told(&format!("['sh', '-c', '''{script}''']"), settings)
}

#[test]
fn a_command_gets_the_message_and_what_it_is_about() {
    let write = "cat > input; env > variables; pwd > place; printf \"%s\\n\" \"$@\" > words";
    let words = format!("['sh', '-c', '''{write}''', 'name', '$HOME; exit 3', '--urgent']");
    let (job, told, _) = told(&words, "");
    assert_eq!((told.attempts, told.delivered), (1, true), "{told:?}");
    let read = |name: &str| fs::read_to_string(job.folder.path(name)).unwrap();
    assert_eq!(
        read("input"),
        "nightly, 2026-10-01: 1 broken\n\
         broken: steady on cats (test): accuracy is 0.7 (broken), required >= 0.8\n\
         0 of 1 rule hold in 1 evaluation\n"
    );
    assert_eq!(read("words"), "$HOME; exit 3\n--urgent\n", "no shell looks at them");
    let place = fs::canonicalize(job.folder.path("")).unwrap();
    assert_eq!(fs::canonicalize(read("place").trim()).unwrap(), place);
    for line in [
        "TALLYHO_JOB=nightly",
        "TALLYHO_NIGHT=2026-10-01",
        "TALLYHO_CHANNEL=pager",
        "TALLYHO_WORST=broken",
        "TALLYHO_EVENTS=1",
        "TALLYHO_FAILING=1",
    ] {
        assert!(read("variables").lines().any(|found| found == line), "{line}");
    }
}

#[test]
fn a_path_is_relative_to_the_config() {
    let config = "[[notify]]\nname = 'pager'\ncommand = ['./page', '-c', 'cat > input']";
    let job = Job::new(config);
    let folder = job.folder.path("");
    let missing = check_here(&job.channels, &folder);
    assert!(missing[0].to_string().contains("there is no program /"), "{missing:?}");
    std::os::unix::fs::symlink("/bin/sh", job.folder.path("page")).unwrap();
    assert_eq!(check_here(&job.channels, &folder), []);
    let states = job.happen(1, "broken", None);
    let told = deliver(job.diff(1, &states), &job.channels, &folder, &AtomicBool::new(false));
    assert!(told[0].delivered, "{told:?}");
    assert!(job.folder.path("input").exists());
}

#[test]
fn a_command_that_fails_is_tried_again_and_its_last_words_are_kept() {
    let (job, told, _) = script("echo x >> tries; echo no pager >&2; exit 3", "pause = '1ms'");
    assert_eq!((told.attempts, told.delivered), (3, false));
    assert_eq!(told.answer, "exit status: 3: no pager");
    assert_eq!(fs::read_to_string(job.folder.path("tries")).unwrap(), "x\nx\nx\n");
    let (_, told, _) = script("test -e tried && exit 0; touch tried; exit 1", "pause = '1ms'");
    assert_eq!((told.attempts, told.delivered), (2, true));
}

#[test]
fn a_program_that_is_not_there_is_not_looked_for_again() {
    let (_, told, _) = told("['no-such-program-here']", "");
    assert_eq!((told.attempts, told.delivered), (1, false));
    assert!(told.answer.starts_with("cannot start no-such-program-here: "), "{}", told.answer);
}

#[test]
fn a_command_that_does_not_listen_is_no_fault() {
    for body in ["exit 0", "exec <&-; sleep 0.1"] {
        let (_, told, _) = script(body, "");
        assert!(told.delivered, "{told:?}");
    }
}

#[test]
fn a_command_that_never_ends_is_ended() {
    let (job, told, took) = script(
        "trap 'echo ended; exit 5' TERM; sleep 60 & wait",
        "timeout = '300ms'\nattempts = 1",
    );
    assert_eq!(told.answer, "not done within 300ms: ended", "it may clean up");
    assert!(took < Duration::from_millis(1300), "{took:?}");
    drop(job);
}

/// Whether a process goes away, or waits just to be collected, within a moment:
/// a signal takes a little time.
#[cfg(target_os = "linux")]
fn ends(number: &str) -> bool {
    let place = format!("/proc/{}/stat", number.trim());
    (0..100).any(|_| {
        thread::sleep(Duration::from_millis(10));
        fs::read_to_string(&place).map_or(true, |status| status.contains(") Z "))
    })
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_that_will_not_end_is_killed_with_all_that_it_started() {
    let body = "trap '' TERM; (trap '' TERM; sleep 60; sleep 60) & echo $! > child; \
                echo $$ > own; while true; do sleep 1; done";
    let (job, told, took) = script(body, "timeout = '300ms'\nattempts = 1");
    assert!(told.answer.starts_with("not done within 300ms"), "{}", told.answer);
    assert!(took >= Duration::from_millis(1300), "it had a second: {took:?}");
    assert!(took < Duration::from_millis(2800), "{took:?}");
    let read = |name: &str| fs::read_to_string(job.folder.path(name)).unwrap();
    assert!(ends(&read("child")));
    let own = format!("/proc/{}", read("own").trim());
    assert!(!fs::exists(own).unwrap(), "it was collected");
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_command_leaves_running_ends_with_it() {
    let (job, told, took) = script("sleep 60 & echo $! > child; echo paged", "");
    assert_eq!(told.answer, "exit status: 0: paged");
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(ends(&fs::read_to_string(job.folder.path("child")).unwrap()));
}

#[cfg(target_os = "linux")]
#[test]
fn what_leaves_the_group_and_keeps_the_output_open_holds_nobody() {
    let (_, told, took) = script("setsid sleep 5 & sleep 0.1; echo paged", "");
    assert!(told.delivered, "{told:?}");
    assert_eq!(told.answer, "exit status: 0: paged");
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_command_that_never_stops_writing_fills_nothing() {
    let (_, told, _) = script("yes tallyho", "timeout = '300ms'\nattempts = 1");
    assert!(!told.delivered);
    assert!(told.answer.chars().count() <= 240, "{}", told.answer);
    assert!(told.answer.ends_with("tallyho"), "{}", told.answer);
}

#[test]
fn the_limit_holds_for_commands() {
    let settings = "timeout = '300ms'\nlimit = '500ms'\nattempts = 10\npause = '1ms'";
    let (_, told, took) = script("sleep 60", settings);
    assert_eq!((told.attempts, told.delivered), (2, false), "{told:?}");
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_user_who_stops_the_job_ends_its_commands() {
    let job = Job::new("[[notify]]\nname = 'pager'\ncommand = ['sleep', '60']\ntimeout = '30s'");
    let states = job.happen(1, "broken", None);
    let messages = job.diff(1, &states);
    let stop = AtomicBool::new(false);
    let started = Instant::now();
    let told = thread::scope(|scope| {
        let sending = scope.spawn(|| deliver(messages, &job.channels, "".as_ref(), &stop));
        thread::sleep(Duration::from_millis(200));
        stop.store(true, Ordering::Relaxed);
        sending.join().unwrap()
    });
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert!(!told[0].delivered);
}

/// In a process of its own, whose environment holds secrets.
#[test]
fn a_command_gets_no_variables_of_the_job_but_those_that_it_needs_or_names() {
    let config = "
[[dataset]]
name = 'cats'
files = ['t.csv']
labels = 'y'

[[model]]
name = 'steady'
predictions = 'p'

[[rule]]
require = 'accuracy >= 0.9'

[[notify]]
name = 'pager'
command = ['sh', '-c', 'env > plain; echo $TALLYHO_TEST_TOKEN > token']

[[notify]]
name = 'named'
command = ['sh', '-c', 'env > named; env; exit 1']
environment = ['TALLYHO_TEST_TOKEN', 'TALLYHO_TEST_UNSET']
attempts = 1
";
    let folder = crate::common::files::Folder::new();
    folder.file("night.toml", config);
    folder.file("t.csv", "y,p\na,a\nb,a\n");
    let mut program = crate::common::program::command(&folder.path(""), &["run", "night.toml"]);
    program.env("TALLYHO_TEST_TOKEN", "t0ps3cr3t").env("AWS_SECRET_ACCESS_KEY", "hush-hush");
    program.env("LC_TIME", "C").env("LD_PRELOAD", "").env("TALLYHO_JOB", "another");
    let ran = crate::common::program::finish(&mut program).expect(2);
    let read = |name: &str| fs::read_to_string(folder.path(name)).unwrap();
    let variables = |text: &str| -> Vec<String> {
        text.lines().filter_map(|line| Some(line.split_once('=')?.0.to_owned())).collect()
    };
    let (plain, named) = (variables(&read("plain")), variables(&read("named")));
    for wanted in ["PATH", "LC_TIME", "TALLYHO_JOB", "TALLYHO_NIGHT", "TALLYHO_FAILING"] {
        assert!(plain.iter().any(|it| it == wanted), "{wanted}: {plain:?}");
    }
    assert!(read("plain").contains("TALLYHO_JOB=night\n"), "the job's own name is not lost");
    for unwanted in ["TALLYHO_TEST_TOKEN", "AWS_SECRET_ACCESS_KEY", "LD_PRELOAD", "COLUMNS"] {
        assert!(!plain.iter().any(|it| it == unwanted), "{unwanted}: {plain:?}");
    }
    assert_eq!(read("token"), "\n");
    assert!(read("named").contains("TALLYHO_TEST_TOKEN=t0ps3cr3t\n"));
    assert!(!named.iter().any(|it| it == "AWS_SECRET_ACCESS_KEY"), "{named:?}");
    assert!(ran.stderr.contains("named was not told"), "{}", ran.stderr);
    let shown = crate::history::history(&folder, "show latest --json").expect(0);
    for text in [ran.stdout, ran.stderr, shown.stdout] {
        assert!(!text.contains("t0ps3cr3t"), "{text}");
    }
}
