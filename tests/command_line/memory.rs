//! Little memory: whatever a file or an option asks for, the program ends by itself, with
//! a line that says what there is no memory for and what to do.

use std::fs::{File, read_dir};
use std::io::{BufWriter, Write as _};
use std::process::{Command, Stdio};

use serde_json::json;
use tallyho::class::Classes;
use tallyho::tally::{Aggregates, Confusion, Rows, Spec, Tallies, encode};

use super::{sound, tallyho, words};
use crate::common::files::{Folder, npy_header};
use crate::common::program::{Ran, finish};

/// Runs a line where the address space is limited to 512 MiB.
#[cfg(target_os = "linux")]
fn confined(folder: &Folder, line: &str) -> Ran {
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -v 524288; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_tallyho")])
        .args(words(line))
        .current_dir(folder.path(""))
        .stdin(Stdio::null());
    finish(&mut command)
}

/// Checks that a run ended for want of memory, with one line that says of what and what
/// to do.
#[track_caller]
fn assert_refused(ran: &Ran, what: &str, instead: &str) {
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{ran:?}");
    assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
    let line = ran.stderr.as_str();
    assert!(line.starts_with(&format!("tallyho: {what}")), "{line}");
    assert!(line.contains(" of memory are needed, and "), "{line}");
    assert!(line.contains("; allow more with --memory, or "), "{line}");
    assert!(line.contains(instead), "{line}");
}

/// A file of zeros after a header, which take no room on a disk.
fn sparse(folder: &Folder, name: &str, descr: &str, shape: &[usize], bytes: u64) {
    let header = npy_header(descr, false, shape, 1);
    let mut file = File::create(folder.path(name)).unwrap();
    file.write_all(&header).unwrap();
    file.set_len(header.len() as u64 + bytes).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn what_memory_does_not_suffice_for_is_refused_before_it_is_allocated() {
    let folder = sound();
    let classes = |name: &str, around: [&str; 3]| {
        let mut file = BufWriter::new(File::create(folder.path(name)).unwrap());
        write!(file, "{}c", around[0]).unwrap();
        (1..3_000_000).for_each(|class| write!(file, "{}c{class}", around[1]).unwrap());
        write!(file, "{}", around[2]).unwrap();
    };
    classes("c.txt", ["", "\n", "\n"]);
    classes("c.json", ["[\"", "\",\"", "\"]"]);
    sparse(&folder, "y60m.npy", "|u1", &[60_000_000], 60_000_000);
    sparse(&folder, "s60m.npy", "<f8", &[60_000_000], 480_000_000);
    sparse(&folder, "wide.npy", "<U100000000", &[4], 1_600_000_000);
    std::fs::copy("tests/fixtures/long_list.parquet", folder.path("list.parquet")).unwrap();
    let pairs = "eval t.csv --labels label --predictions prediction --device cpu";
    for (line, what, instead) in [
        (
            format!("{pairs} --classes c.txt"),
            "c.txt: names of about 3000001 classes",
            "fewer classes",
        ),
        (format!("{pairs} --classes c.json"), "c.json: JSON of about 3000000 classes", "fewer"),
        (
            "eval --labels y60m.npy --scores s60m.npy --auc exact --classes c2 --device cpu".into(),
            "--auc exact of 60000000 rows",
            "--auc binned",
        ),
        (
            "eval --labels y.npy --predictions wide.npy --device cpu".into(),
            "wide.npy: 2 batches of ",
            "--batch-rows",
        ),
        (
            "eval list.parquet --labels y --scores s --device cpu".into(),
            "list.parquet: 1 lists of 100000000 scores",
            "a column of its own",
        ),
    ] {
        folder.file("c2", "0\n1\n");
        assert_refused(&confined(&folder, &line), what, instead);
    }
    // A claim that the file itself belies is no matter of memory.
    folder.file("huge.npy", npy_header("<f4", false, &[4, 1_000_000_000_000], 1));
    let ran = confined(&folder, "eval --labels y.npy --scores huge.npy --device cpu").expect(2);
    assert!(ran.stderr.contains("is truncated"), "{ran:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_thousand_threads_are_as_many_as_there_is_memory_for() {
    let folder = sound();
    let line = "eval t.csv --labels label --scores 's*' --device cpu --json";
    let usual = tallyho(&folder, line).expect(0).json();
    let ran = confined(&folder, &format!("{line} --threads 1024")).expect(0);
    let report = ran.json();
    assert_eq!(report["digest"], usual["digest"]);
    let threads = report["device"]["threads"].as_u64().unwrap();
    assert!((1..100).contains(&threads), "{threads}");
    let fewer = report["warnings"].as_array().unwrap().iter().find(|it| it["code"] == "TH305");
    let text = fewer.unwrap()["text"].as_str().unwrap();
    assert!(text.starts_with(&format!("{threads} threads are used though 1024")), "{text}");
    // As many as there are cores are nobody's wish.
    let unasked = confined(&folder, line).expect(0).json();
    assert!(!unasked["warnings"].to_string().contains("TH305"));
    let rows = confined(&folder, "synth r.csv --rows 100 --classes 3 --threads 1024 -q");
    assert_eq!((rows.status, rows.stderr.as_str()), (0, ""));
}

#[test]
fn names_of_classes_are_held_to_the_limit_that_is_given() {
    let folder = Folder::new();
    let mut file = BufWriter::new(File::create(folder.path("long.csv")).unwrap());
    writeln!(file, "y,p\n1,1").unwrap();
    let long = "x".repeat(10_000);
    (0..8_000).for_each(|row| writeln!(file, "{row}{long},1").unwrap());
    drop(file);
    let line = "eval long.csv --labels y --predictions p --device cpu --threads 1";
    let ran = tallyho(&folder, &format!("{line} --memory 64M"));
    assert_refused(&ran, "long.csv: a batch of rows of more than ", "fewer --batch-rows");
    let ran = tallyho(&folder, &format!("{line} --memory 64M --batch-rows 100"));
    assert_refused(&ran, "names of classes, counts and scores", "labels are classes");
    tallyho(&folder, &format!("{line} --memory 2G")).expect(0);
}

#[test]
fn what_nobody_asked_for_ends_the_program_with_a_message_and_leaves_nothing_behind() {
    let folder = Folder::new();
    folder.file("o.json", "precious");
    // One name, which the report repeats again and again.
    let name = "x".repeat(8 << 20);
    folder.file("t.csv", format!("y,p\n{name},b\nb,b\n"));
    let line = "eval t.csv --labels y --predictions p --device cpu -q -o o.json --threads 1";
    let refused = (0..).map(|step| 40 + 8 * step).map(|mib| {
        let ran = tallyho(&folder, &format!("{line} --memory {mib}M"));
        (ran.status, ran.stderr)
    });
    // From too little on to enough.
    let messages: Vec<String> =
        refused.take_while(|(status, _)| *status != 0).take(60).map(|(_, text)| text).collect();
    let last = |text: &String| text.lines().last().unwrap_or_default().to_owned();
    let lasts: Vec<String> = messages.iter().map(last).collect();
    assert!(lasts.iter().all(|line| line.contains("; allow more with --memory, or ")), "{lasts:?}");
    let unasked = |line: &&String| line.starts_with("tallyho: out of memory: ");
    assert!(lasts.iter().any(|line| unasked(&line)), "{lasts:?}");
    assert!(lasts.len() < 60, "never enough");
    assert_eq!(read_dir(folder.path("")).unwrap().count(), 2);
}

/// What has no option for memory or threads is not told of one.
#[cfg(feature = "job")]
#[test]
fn each_command_says_what_helps_it() {
    let folder = Folder::new();
    let name = "x".repeat(8 << 20);
    folder.file("t.csv", format!("y,p\n{name},b\nb,b\n"));
    let config = |mib: u32| {
        format!(
            "memory = '{mib}M'\nthreads = 1\ndevice = 'cpu'\n[[dataset]]\nname = 'd'\n\
             files = ['t.csv']\nlabels = 'y'\n[[model]]\nname = 'm'\npredictions = 'p'\n"
        )
    };
    let unasked = (0..60).map(|step| 40 + 8 * step).find_map(|mib| {
        folder.file("night.toml", config(mib));
        let ran = tallyho(&folder, "run night.toml --json");
        ran.stderr.contains("tallyho: out of memory: ").then_some(ran.stderr)
    });
    let unasked = unasked.unwrap();
    assert!(unasked.contains("; allow more with memory, or fewer threads, in its config"));
    assert!(!unasked.contains("--"), "{unasked}");
    state_of(&folder, 3);
    for line in ["merge a.tally", "history --db h.db list", "eval t.csv --labels y --predictions p"]
    {
        let told = tallyho(&folder, &format!("{line} --memory 1K")).stderr;
        assert!(!told.contains(" 0 MiB"), "{told}");
        assert!(line.starts_with("eval") || !told.contains("--threads"), "{told}");
    }
}

#[test]
fn a_job_has_a_limit_of_its_own() {
    let folder = sound();
    let config = |memory: &str| {
        format!(
            "memory = '{memory}'\ndevice = 'cpu'\n[[dataset]]\nname = 'd'\nfiles = ['t.csv']\n\
             labels = 'label'\n[[model]]\nname = 'm'\npredictions = 'prediction'\n"
        )
    };
    folder.file("night.toml", config("1K"));
    let ran = tallyho(&folder, "run night.toml --json").expect(2);
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("of memory are needed"), "{ran:?}");
    folder.file("night.toml", config("much"));
    let ran = tallyho(&folder, "run night.toml").expect(2);
    assert!(ran.stderr.contains("expected a size like 512M"), "{ran:?}");
    folder.file("night.toml", config("1G"));
    let ran = tallyho(&folder, "run night.toml --json").expect(0);
    assert_ne!(ran.json(), json!(null));
}

/// A state of so many classes that no row has.
fn state_of(folder: &Folder, classes: usize) {
    let tallies = Tallies {
        spec: Spec::default(),
        classes: Classes::numbered(classes),
        rows: Rows::default(),
        confusion: Confusion::default(),
        aggregates: Aggregates::default(),
        slices: Vec::new(),
    };
    folder.file("a.tally", encode(&tallies));
}

#[test]
fn what_is_read_as_a_whole_is_held_to_the_limit_that_is_given() {
    let folder = sound();
    state_of(&folder, 300_000);
    let ran = tallyho(&folder, "merge a.tally --memory 10M");
    assert_refused(&ran, "a.tally: a file of ", "make it with fewer classes");
    std::fs::copy(folder.path("a.tally"), folder.path("b.tally")).unwrap();
    let ran = tallyho(&folder, "merge a.tally b.tally --memory 10M");
    assert_refused(&ran, "a.tally: a file of ", "merge fewer states at once");
    let ran = tallyho(&folder, "merge a.tally --memory 80M");
    assert_refused(&ran, "a report of 300000 classes", "use fewer classes");
    tallyho(&folder, "merge a.tally --memory 1G -q").expect(0);
}

#[cfg(feature = "history")]
#[test]
fn what_a_history_says_to_be_huge_is_not_taken_at_its_word() {
    let folder = sound();
    let line = "eval t.csv --labels label --predictions prediction --device cpu -q --history h.db \
                --dataset d --model m";
    tallyho(&folder, line).expect(0);
    let database = rusqlite::Connection::open(folder.path("h.db")).unwrap();
    let forge = "UPDATE blob SET packed = zeroblob(1000000), length = 1 << 34";
    database.execute(forge, []).unwrap();
    let ran = tallyho(&folder, "history --db h.db show 1 --memory 1G");
    assert_refused(&ran, "h.db: what is stored as blob 1", "leave that run out");
    database.execute("UPDATE blob SET packed = zeroblob(100000000)", []).unwrap();
    drop(database);
    let ran = tallyho(&folder, "history --db h.db show 1 --memory 100M");
    assert_eq!((ran.status, ran.stderr.lines().count()), (2, 1), "{ran:?}");
}

#[cfg(all(feature = "job", target_os = "linux"))]
#[test]
fn a_job_of_more_evaluations_than_there_is_memory_for_is_refused() {
    let folder = sound();
    let dataset =
        |at| format!("[[dataset]]\nname = 'd{at}'\nfiles = ['t.csv']\nlabels = 'label'\n");
    let model = |at| format!("[[model]]\nname = 'm{at}'\npredictions = 'prediction'\n");
    let sets: String = (0..300).map(dataset).collect();
    let models: String = (0..300).map(model).collect();
    folder.file("night.toml", format!("memory = '60M'\n{sets}{models}"));
    let ran = tallyho(&folder, "run night.toml --check").expect(2);
    assert!(ran.stderr.contains("night.toml:1:1: a job of more than "), "{ran:?}");
    assert!(ran.stderr.contains(" evaluations: "), "{ran:?}");
    assert!(ran.stderr.contains("; allow more with memory, or split the job"), "{ran:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn texts_that_are_longer_than_there_is_memory_for_are_refused() {
    let folder = sound();
    for name in ["o.toml", "c.txt"] {
        File::create(folder.path(name)).unwrap().set_len(3 << 30).unwrap();
    }
    let pairs = "eval t.csv --labels label --predictions prediction --device cpu";
    for (line, name) in [
        (format!("{pairs} --options o.toml"), "o.toml"),
        ("run o.toml".into(), "o.toml"),
        (format!("{pairs} --classes c.txt"), "c.txt"),
        ("merge c.txt".into(), "c.txt"),
    ] {
        let what = format!("{name}: a file of 3221225472 bytes");
        assert_refused(&confined(&folder, &line), &what, "");
    }
}
