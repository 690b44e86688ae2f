//! Stopped from outside: a reader that goes away, an interrupt.

use std::io::Read;
use std::process::Stdio;

use super::{sound, tallyho};
use crate::common::program::command;

const T: &[&str] = &["eval", "t.csv", "--labels", "label", "--predictions", "prediction"];

/// A pipe whose reading end is closed before the program writes.
#[test]
fn a_closed_pipe_ends_quietly_with_the_status_of_the_rules() {
    let folder = sound();
    let broken: &[&str] = &["--require", "accuracy > 0.99"];
    for (more, status) in [(&[][..], 0), (&["--json"][..], 0), (broken, 1)] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut program = command(&folder.path(""), &[T, more].concat());
        program.stdout(Stdio::from(writer)).stderr(Stdio::piped());
        let output = program.spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{more:?}");
        assert_eq!(output.status.code(), Some(status), "{more:?}");
    }
}

/// More than a pipe holds, of which one line is read.
#[test]
fn a_pipe_closed_after_the_first_line_ends_quietly() {
    let folder = sound();
    let rows: String = (0..20_000).map(|class| format!("class{class},class{class}\n")).collect();
    folder.file("many.csv", format!("label,prediction\n{rows}"));
    let args = ["eval", "many.csv", "--labels", "label", "--predictions", "prediction", "--json"];
    let mut child = command(&folder.path(""), &args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = [0; 2];
    child.stdout.take().unwrap().read_exact(&mut line).unwrap();
    assert_eq!(&line, b"{\n");
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

/// Tens of GiB of zeros that take no room on disk and seconds to read.
#[cfg(unix)]
#[test]
fn an_interrupt_is_status_130_and_leaves_nothing_behind() {
    use crate::common::files::npy_header;
    use std::os::unix::process::ExitStatusExt;
    use std::time::{Duration, Instant};

    let folder = sound();
    let rows = 1 << 36;
    let header = npy_header("|u1", false, &[rows], 1);
    for name in ["long_y.npy", "long_p.npy"] {
        let path = folder.file(name, &header);
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_len((header.len() + rows) as u64).unwrap();
    }
    folder.file("r.json", "precious");
    let before = super::names(&folder.path(""));
    let args = ["eval", "--labels", "long_y.npy", "--predictions", "long_p.npy", "-o", "r.json"];
    let mut child = command(&folder.path(""), &args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    // Its temporary file shows that it has started to work.
    while super::names(&folder.path("")) == before {
        assert!(started.elapsed() < Duration::from_secs(20), "no temporary file");
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(50));
    let interrupt = format!("kill -INT {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &interrupt]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert!(started.elapsed() < Duration::from_secs(20), "it went on to the end");
    assert_eq!((output.status.code(), output.status.signal()), (Some(130), None));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, "tallyho: interrupted; nothing was written\n");
    assert!(output.stdout.is_empty());
    assert_eq!(super::names(&folder.path("")), before);
    assert_eq!(std::fs::read_to_string(folder.path("r.json")).unwrap(), "precious");
}

/// A program may be run with any of its three streams closed.
#[cfg(unix)]
#[test]
fn without_a_standard_output_the_files_are_written_all_the_same() {
    let folder = sound();
    let script = "\"$0\" eval t.csv --labels label --predictions prediction -q -o r.json >&-";
    let status = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_tallyho")])
        .current_dir(folder.path(""))
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
    let report = std::fs::read_to_string(folder.path("r.json")).unwrap();
    assert!(report.ends_with("}\n"));
    tallyho(&folder, "merge r.json").expect(2);
}

/// Opening a pipe would wait for a writer, and rows are read out of order.
#[cfg(unix)]
#[test]
fn a_pipe_as_an_input_is_refused_at_once() {
    let folder = sound();
    let made = std::process::Command::new("mkfifo").arg(folder.path("pipe.npy")).status();
    assert!(made.unwrap().success());
    let ran = tallyho(&folder, "eval --labels pipe.npy --predictions p.npy").expect(2);
    assert!(ran.stderr.starts_with("tallyho: pipe.npy: is not a regular file"), "{}", ran.stderr);
}

/// Resamples look at no flag; the command ends all the same.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_command_in_every_phase() {
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    let folder = sound();
    folder.file("r.json", "precious");
    // A million resamples of some 1,500 cells take minutes.
    let rows: String = (0..3_000).map(|row| format!("{},{}\n", row % 40, row % 37)).collect();
    folder.file("many.csv", format!("label,prediction\n{rows}"));
    let before = super::names(&folder.path(""));
    let line = "eval many.csv --labels label --predictions prediction --metrics f1_macro \
                --replicates 1000000 -o r.json";
    let args: Vec<&str> = line.split_whitespace().collect();
    for signal in ["-INT", "-TERM"] {
        let mut program = command(&folder.path(""), &args);
        let child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        sleep(Duration::from_millis(400));
        let id = child.id().to_string();
        let sent = std::process::Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success(), "it ended by itself");
        let asked = Instant::now();
        let output = child.wait_with_output().unwrap();
        // A second, and what a busy machine adds.
        assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{args:?} {stderr}");
        assert!(stderr.contains("tallyho: interrupted"), "{stderr}");
        assert_eq!(super::names(&folder.path("")), before);
        assert_eq!(std::fs::read_to_string(folder.path("r.json")).unwrap(), "precious");
    }
}

/// Where another process holds the history, what is ready waits to be recorded.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_command_that_waits_for_the_history() {
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    let folder = sound();
    let recorded = [T, &["-q", "--history", "h.db", "--dataset", "d", "--model", "m"]].concat();
    tallyho(&folder, &recorded.join(" ")).expect(0);
    let holder = rusqlite::Connection::open(folder.path("h.db")).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut program = command(&folder.path(""), &[&recorded[..], &["-o", "r.json"]].concat());
    let child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    sleep(Duration::from_millis(600));
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.unwrap().success(), "it ended by itself");
    let asked = Instant::now();
    let output = child.wait_with_output().unwrap();
    // A second, and what a busy machine adds; to wait for the history takes 30.
    assert!(asked.elapsed() < Duration::from_secs(6), "{:?}", asked.elapsed());
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let left = super::names(&folder.path(""));
    assert!(left.iter().all(|name| name != "r.json" && !name.ends_with(".tmp")), "{left:?}");
}
