//! The command: files of every format, read back by `eval`.

use std::fs;

use super::super::command_line::{names, tallyho};
use crate::common::files::Folder;
use crate::common::program::{Ran, warnings};

/// The commands that a run of `synth` tells, after `tallyho `.
fn told(ran: &Ran) -> Vec<String> {
    let lines = ran.stdout.lines().skip(1);
    lines.map(|line| line.trim().strip_prefix("tallyho ").unwrap().to_owned()).collect()
}

/// Runs `synth` and then each of the commands it tells; their reports.
fn scored(folder: &Folder, line: &str) -> Vec<serde_json::Value> {
    let ran = tallyho(folder, line).expect(0);
    assert_eq!(ran.stderr, "");
    let commands = told(&ran);
    assert!(!commands.is_empty(), "{ran:?}");
    commands
        .iter()
        .map(|command| tallyho(folder, &format!("{command} --json")).expect(0).json())
        .collect()
}

#[test]
fn every_format_and_number_of_threads_gives_the_same_digest() {
    let folder = Folder::new();
    let tables = "t.csv 'a table.npz' t.PARQUET";
    let arrays = |content: &str| format!("--labels y.npy --{content} c.npy");
    for (options, content) in [
        ("--rows 5000 --skew 1", "predictions"),
        ("--rows 900 --classes 100 --scores-are logits", "scores"),
        ("--rows 900 --scores-are probabilities --score-type f16", "scores"),
        ("--rows 900 --scores-are probabilities --score-type f64 --seed 7", "scores"),
        ("--rows 900 --scores-are logits --binary --score-type f16", "scores"),
        ("--rows 900 --scores-are probabilities --binary", "scores"),
    ] {
        let mut reports = scored(&folder, &format!("synth {tables} {options} --threads 1"));
        reports.extend(scored(&folder, &format!("synth {tables} {options} --threads 3")));
        reports.extend(scored(&folder, &format!("synth {} {options}", arrays(content))));
        assert_eq!(reports.len(), 7);
        for report in &reports {
            assert_eq!(report["digest"], reports[0]["digest"], "{options}");
            let rows = if content == "scores" { 900 } else { 5_000 };
            assert_eq!(report["rows"]["scored"], rows);
            assert_eq!(warnings(report).len(), 0, "{report}");
            let accuracy = report["metrics"]["accuracy"]["value"].as_f64().unwrap();
            assert!((0.85..0.95).contains(&accuracy), "{accuracy} for {options}");
        }
    }
}

/// Parquet has no bf16; text and arrays need to be told.
#[test]
fn bf16_sets_have_one_digest_too() {
    let folder = Folder::new();
    for options in
        ["--scores-are logits", "--scores-are probabilities", "--scores-are logits --binary"]
    {
        let options = format!("--rows 900 --score-type bf16 {options}");
        let mut reports = scored(&folder, &format!("synth t.csv t.npz {options}"));
        let arrays = "--labels y.npy --scores s.npy";
        reports.extend(scored(&folder, &format!("synth {arrays} {options}")));
        for report in &reports {
            assert_eq!(report["digest"], reports[0]["digest"], "{options}");
            assert_eq!(report["rows"]["scored"], 900);
            assert_eq!(warnings(report).len(), 0, "{report}");
        }
        assert_eq!(reports[2]["inputs"][1]["dtype"], "bfloat16");
    }
}

#[test]
fn confidence_is_about_the_probability_of_being_right() {
    let folder = Folder::new();
    for options in [
        "--classes 10 --accuracy 0.8",
        "--classes 2 --accuracy 0.8",
        "--classes 1000 --accuracy 0.5 --rows 5000",
        "--binary --accuracy 0.7",
        "--accuracy 0.97",
    ] {
        let rows = if options.contains("rows") { "" } else { "--rows 40000" };
        let line = format!("synth --labels y.npy --scores s.npy {options} {rows}");
        let report = scored(&folder, &line).remove(0);
        let error = report["metrics"]["expected_calibration_error"]["value"].as_f64().unwrap();
        assert!(error < 0.03, "{error} for {options}");
    }
}

#[test]
fn parts_make_the_same_set_as_a_whole() {
    let folder = Folder::new();
    let whole = scored(&folder, "synth whole.csv --rows 3000").remove(0);
    tallyho(&folder, "synth part0.csv --rows 1000").expect(0);
    tallyho(&folder, "synth part1.csv --rows 2000 --first-row 1000").expect(0);
    let line = "eval 'part*.csv' --labels label --predictions prediction --json";
    assert_eq!(tallyho(&folder, line).expect(0).json()["digest"], whole["digest"]);
    let lines = |name: &str| fs::read_to_string(folder.path(name)).unwrap();
    let parts = lines("part0.csv") + lines("part1.csv").strip_prefix("label,prediction\n").unwrap();
    assert_eq!(parts, lines("whole.csv"));
}

/// Three row groups, and more blocks of the other formats.
#[test]
fn rows_go_on_across_blocks() {
    let folder = Folder::new();
    let reports = scored(&folder, "synth t.parquet t.npz --rows 2100001");
    assert_eq!(reports.len(), 2);
    for report in &reports {
        assert_eq!(report["rows"]["scored"], 2_100_001);
        assert_eq!(report["digest"], reports[0]["digest"]);
    }
}

#[test]
fn errors_say_what_to_do_and_leave_files_as_they_were() {
    let folder = Folder::new();
    folder.file("t.csv", "precious");
    fs::create_dir(folder.path("folder.csv")).unwrap();
    for (line, problem) in [
        ("t.txt", "t.txt: expected a table with the extension .csv, .npz or .parquet; for npy"),
        ("t.npy", "name a file for each role, with --labels and --predictions or --scores"),
        ("--labels y.csv --predictions p.npy", "y.csv: a file for one role is written as npy"),
        ("--labels y.npy --predictions y.npy", "y.npy: is named by two outputs"),
        ("t.csv ./t.csv", "is named by two outputs"),
        ("folder.csv", "folder.csv: cannot open it for writing: is a directory"),
        ("t.csv absent/t.csv", "absent/t.csv: cannot open it for writing: No such file"),
        ("t.csv --binary", "--binary needs scores; these rows have only predictions (add"),
        ("t.csv --score-type f16", "--score-type needs scores"),
        (
            "t.parquet --scores-are logits --score-type bf16",
            "t.parquet: parquet has no bf16; write",
        ),
        ("--labels y.npy --predictions p.npy --scores-are logits", "(use --scores instead of"),
        ("t.csv --rows 0", "--rows must be at least 1, found 0"),
        ("t.csv --rows 9999999999999999999", "are more than a file can hold"),
        ("t.csv --accuracy -1", "--accuracy must be 0 to 1, found -1"),
        ("t.csv --threads 0", "--threads must be 1 to 1024, found 0"),
        ("t.csv --scores-are logits --binary --classes 3", "leave --classes out"),
        ("", "required arguments were not provided"),
        ("--labels y.npy", "required arguments were not provided"),
        ("t.csv --predictions p.npy", "cannot be used with"),
    ] {
        let ran = tallyho(&folder, &format!("synth {line}")).expect(2);
        assert!(ran.stderr.contains(problem), "{line}: {}", ran.stderr);
        assert_eq!(names(&folder.path("")), ["folder.csv", "t.csv"], "{line}");
        assert_eq!(fs::read_to_string(folder.path("t.csv")).unwrap(), "precious");
    }
}

/// A device that is always full, in place of a file of each format.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = Folder::new();
    for name in ["t.csv", "t.npz", "t.parquet", "y.npy"] {
        std::os::unix::fs::symlink("/dev/full", folder.path(name)).unwrap();
    }
    for (line, name) in [
        ("t.csv", "t.csv"),
        ("t.npz", "t.npz"),
        ("t.parquet", "t.parquet"),
        ("--labels y.npy --predictions p.npy", "y.npy"),
    ] {
        let ran = tallyho(&folder, &format!("synth {line}")).expect(2);
        let problem = "cannot write the rows: No space left on device (os error 28)";
        assert_eq!(ran.stderr, format!("tallyho: {name}: {problem}\n"));
        assert_eq!(ran.stdout, "");
    }
    assert!(!folder.path("p.npy").exists());
}

/// 320 MB of rows within an address space of 240 MB, most of it for threads.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_number_of_rows() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("/dev/null", folder.path("t.csv")).unwrap();
    let script = "ulimit -v 240000; exec \"$0\" synth t.csv --rows 20000000 --threads 1 -q";
    let status = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_tallyho")])
        .current_dir(folder.path(""))
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn an_interrupt_is_status_130_and_leaves_no_file_behind() {
    use std::time::{Duration, Instant};

    let folder = Folder::new();
    folder.file("t.csv", "precious");
    let args = ["synth", "t.csv", "--rows", "100000000000"];
    let mut child = crate::common::program::command(&folder.path(""), &args)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while names(&folder.path("")).len() == 1 {
        assert!(started.elapsed() < Duration::from_secs(20), "no temporary file");
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        std::thread::sleep(Duration::from_millis(5));
    }
    let interrupt = format!("kill -INT {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &interrupt]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(output.stderr, b"tallyho: interrupted; nothing was written\n");
    assert_eq!(names(&folder.path("")), ["t.csv"]);
    assert_eq!(fs::read_to_string(folder.path("t.csv")).unwrap(), "precious");
}
