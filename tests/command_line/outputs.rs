//! Files written, and files that must not be touched.

use std::fs;
#[cfg(target_os = "linux")]
use std::process::Stdio;

use super::{names, sound, tallyho};
use crate::common::files::Folder;
#[cfg(target_os = "linux")]
use crate::common::program::full;
use crate::common::program::{command, finish, without_provenance};

const T: &str = "eval t.csv --labels label --predictions prediction";
const FILES: &str = "-o r.json -o r.md -o r.csv -o r.tally";

fn read(folder: &Folder, name: &str) -> String {
    String::from_utf8_lossy(&fs::read(folder.path(name)).unwrap()).into_owned()
}

/// Lines of a report for people that tell where it came from.
fn without_timing(markdown: &str) -> Vec<&str> {
    markdown.lines().filter(|line| !line.contains("peak memory") && !line.contains(" ms")).collect()
}

#[test]
fn files_of_every_kind_are_the_same_each_time_but_for_provenance() {
    let (one, two) = (sound(), sound());
    tallyho(&one, &format!("{T} --quiet --threads 1 {FILES}")).expect(0);
    // Over files that are there already, and with other ways to the same rows.
    for name in ["r.json", "r.md", "r.csv", "r.tally"] {
        two.file(name, "old");
    }
    tallyho(&two, &format!("{T} --quiet --threads 3 --batch-rows 1 {FILES}")).expect(0);
    for name in ["r.csv", "r.tally"] {
        assert_eq!(fs::read(one.path(name)).unwrap(), fs::read(two.path(name)).unwrap(), "{name}");
    }
    let (a, b) = (read(&one, "r.json"), read(&two, "r.json"));
    assert_ne!(a, b, "threads are part of the provenance");
    assert_eq!(without_provenance(&a), without_provenance(&b));
    let (a, b) = (read(&one, "r.md"), read(&two, "r.md"));
    let threads = |text: &str| text.replace("3 threads", "1 thread");
    assert_eq!(without_timing(&threads(&a)), without_timing(&threads(&b)));
    assert!(a.contains("accuracy") && read(&one, "r.csv").starts_with("class,"));
}

#[test]
fn a_failed_run_leaves_existing_files_as_they_were_and_no_others() {
    let folder = sound();
    folder.file("bad.csv", "label,prediction\n0,0\n,1\n");
    for name in ["r.json", "r.md", "r.csv", "r.tally"] {
        folder.file(name, "precious");
    }
    let before = names(&folder.path(""));
    let bad = "eval bad.csv --labels label --predictions prediction";
    let lines = [
        // The input turns out bad after the outputs were opened.
        format!("{bad} {FILES}"),
        // One of the outputs cannot be opened.
        format!("{T} {FILES} -o absent/x.json"),
        // A rule names a class that is only found to be missing at the end.
        format!("{T} {FILES} --require 'recall[dog] > 0'"),
    ];
    for line in lines {
        tallyho(&folder, &line).expect(2);
        for name in ["r.json", "r.md", "r.csv", "r.tally"] {
            assert_eq!(read(&folder, name), "precious", "{line}");
        }
        assert_eq!(names(&folder.path("")), before, "{line}");
    }
}

#[test]
fn outputs_are_opened_before_the_input_is_read() {
    let folder = sound();
    folder.file("bad.csv", "label,prediction\n0,0\n,1\n");
    let line = "eval bad.csv --labels label --predictions prediction -o absent/x.json";
    let ran = tallyho(&folder, line).expect(2);
    assert!(ran.stderr.contains("absent/x.json"), "{}", ran.stderr);
}

/// All files are complete on disk before the first is replaced.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_replaces_nothing() {
    let folder = sound();
    folder.file("r.json", "precious");
    for name in ["full.json", "full.md", "full.csv", "full.tally"] {
        std::os::unix::fs::symlink("/dev/full", folder.path(name)).unwrap();
        let before = names(&folder.path(""));
        for line in [format!("{T} -o r.json -o {name}"), format!("{T} -o {name} -o r.json")] {
            let ran = tallyho(&folder, &line).expect(2);
            assert!(ran.stderr.starts_with(&format!("tallyho: {name}: cannot write")), "{ran:?}");
            assert!(ran.stderr.contains("No space left"), "{ran:?}");
            assert_eq!(ran.stdout, "");
            assert_eq!(read(&folder, "r.json"), "precious");
            assert_eq!(names(&folder.path("")), before);
        }
    }
}

/// On a small file system of memory; where none may be mounted, on the sink.
#[cfg(target_os = "linux")]
#[test]
fn a_full_file_system_is_an_error_and_leaves_no_temporary_file() {
    let folder = sound();
    let rows: String = (0..2_000).map(|class| format!("class{class},class{class}\n")).collect();
    folder.file("many.csv", format!("label,prediction\n{rows}"));
    let line = "eval many.csv --labels label --predictions prediction -q -o small/r.json";
    let Some((stdout, stderr)) = on_a_small_file_system(&folder, line) else {
        return a_full_disk_is_an_error_and_replaces_nothing();
    };
    assert_eq!(stdout, "status 2\nprecious\nr.json\n", "{stderr}");
    let expected = "tallyho: small/r.json: cannot write the report: No space left";
    assert!(stderr.starts_with(expected), "{stderr}");
}

/// What a line prints, and then what is left of `small/r.json` and beside it.
/// The file system is mounted in a namespace of its own: nothing else sees it.
#[cfg(target_os = "linux")]
fn on_a_small_file_system(folder: &Folder, line: &str) -> Option<(String, String)> {
    fs::create_dir(folder.path("small")).unwrap();
    let script = format!(
        "mount -t tmpfs -o size=64k tmpfs small 2> /dev/null || exit 99; \
         printf precious > small/r.json; \"$0\" {line}; \
         echo \"status $?\"; cat small/r.json; echo; ls -A small"
    );
    let program = env!("CARGO_BIN_EXE_tallyho");
    let output = std::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, program])
        .current_dir(folder.path(""))
        .output()
        .ok()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mounted = output.status.success();
    mounted.then(|| (text(&output.stdout), text(&output.stderr)))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_an_error() {
    let folder = sound();
    let table = ["eval", "t.csv", "--labels", "label", "--predictions", "prediction"];
    let json = [&table[..], &["--json"]].concat();
    let list: &[&str] = &["eval", "--list-metrics"];
    for args in [&table[..], &json, list, &["completions", "bash"], &["--help"]] {
        let mut program = command(&folder.path(""), args);
        let ran = finish(program.stdout(Stdio::from(full())));
        assert_eq!(ran.status, 2, "{args:?}");
        assert!(ran.stderr.starts_with("tallyho: standard output: cannot write to it"), "{ran:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_replaced_file_keeps_its_permissions_and_a_link_its_target() {
    use std::os::unix::fs::PermissionsExt;
    let folder = sound();
    let real = folder.file("real.json", "old");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real.json", folder.path("link.json")).unwrap();
    tallyho(&folder, &format!("{T} -q -o link.json")).expect(0);
    assert!(fs::symlink_metadata(folder.path("link.json")).unwrap().is_symlink());
    assert!(read(&folder, "real.json").starts_with('{'));
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn an_input_is_never_replaced_however_it_is_named() {
    let folder = sound();
    let before = read(&folder, "t.csv");
    let path = folder.path("t.csv");
    let absolute = path.to_str().unwrap();
    for name in ["t.csv", "./t.csv", absolute] {
        let ran = tallyho(&folder, &format!("{T} -q -o {name}")).expect(2);
        assert!(ran.stderr.contains("is an input"), "{}", ran.stderr);
    }
    assert_eq!(read(&folder, "t.csv"), before);
}

#[test]
fn colour_is_used_only_where_asked_for_or_on_a_terminal() {
    let folder = sound();
    let line = format!("{T} --require 'accuracy > 0.99'");
    let colored = |color: &str, variable: Option<(&str, &str)>| {
        let words = super::words(&format!("{line} {color}"));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut program = command(&folder.path(""), &words);
        program.envs(variable);
        finish(&mut program).expect(1).stdout.contains('\u{1b}')
    };
    assert!(!colored("", None));
    assert!(!colored("--color auto", Some(("NO_COLOR", "1"))));
    assert!(!colored("--color never", Some(("CLICOLOR_FORCE", "1"))));
    assert!(colored("--color always", None));
    assert!(colored("--color always", Some(("NO_COLOR", "1"))), "what is asked for wins");
    assert!(colored("", Some(("CLICOLOR_FORCE", "1"))));
}

#[test]
fn gauges_and_verdicts_are_written_also_when_a_rule_is_broken() {
    let folder = sound();
    let line =
        format!("{T} -q -o x.prom -o x.xml --require 'accuracy > 1' --require 'accuracy >= 0'");
    tallyho(&folder, &line).expect(1);
    let (gauges, verdicts) = (read(&folder, "x.prom"), read(&folder, "x.xml"));
    for line in [
        "tallyho_evaluation_failed 0",
        "tallyho_rules{verdict=\"broken\"} 1",
        "tallyho_rule_holds{rule=\"accuracy > 1\"} 0",
        "tallyho_rule_holds{rule=\"accuracy >= 0\"} 1",
    ] {
        assert!(gauges.lines().any(|found| found == line), "{line}\n{gauges}");
    }
    let time =
        gauges.lines().find_map(|it| it.strip_prefix("tallyho_last_success_timestamp_seconds "));
    let time: f64 = time.unwrap().parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    assert!((now.as_secs_f64() - time).abs() < 600.0, "{time}");
    assert!(verdicts.contains("tests=\"3\" failures=\"1\" errors=\"0\""), "{verdicts}");
    assert!(verdicts.contains("<failure type=\"broken\" message=\"accuracy is "), "{verdicts}");
}
