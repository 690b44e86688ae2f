//! Names that would move the cursor, leave the folder, be computed, or fill the screen:
//! through every renderer, error, path and export.

mod corpus;

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use corpus::{MARKS, names};

use crate::common::files::Folder;
use crate::common::program::Ran;
#[cfg(feature = "job")]
use crate::common::server::{Reply, Server};
use crate::reports::machines;

/// Whether a terminal shows the text as it is written, and nothing else.
fn is_harmless(text: &str) -> bool {
    let joins = "\u{1f469}\u{200d}\u{1f4bb}";
    let text = text.replace(joins, "");
    !text.contains(|it: char| (it.is_control() && it != '\n') || MARKS.contains(it))
}

/// Runs the program in this process: what it prints, which is harmless.
fn tallyho(args: &[&str]) -> Ran {
    let ran = raw(args);
    assert!(is_harmless(&ran.stdout), "{args:?}: {:?}", ran.stdout);
    assert!(is_harmless(&ran.stderr), "{args:?}: {:?}", ran.stderr);
    ran
}

fn raw(args: &[&str]) -> Ran {
    let args = ["tallyho"].iter().chain(args).map(Into::into);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let status = tallyho::cli::run(args, &mut stdout, &mut stderr);
    Ran {
        status: status.into(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// Lines of CSV.
fn csv(records: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    records.into_iter().for_each(|record| writer.write_record(record).unwrap());
    writer.into_inner().unwrap()
}

/// A cell of an export, which no spreadsheet computes, as the name that it was.
fn name_of(cell: &str) -> String {
    let dangerous = |text: &str| {
        text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
    };
    assert!(!dangerous(cell) || cell.parse::<i64>().is_ok(), "{cell:?}");
    let marked = dangerous(cell.trim_start_matches('\'')) && cell.starts_with('\'');
    if marked { cell[1..].to_owned() } else { cell.to_owned() }
}

/// A folder with every name as a label, half of them predicted right.
fn classes() -> (Folder, Vec<String>) {
    let (folder, names) = (Folder::new(), names());
    let header = vec!["y".to_owned(), "p".to_owned()];
    let rows = names.iter().zip(names.iter().cycle().skip(1)).enumerate();
    let rows = rows.flat_map(|(place, (name, next))| {
        let other = if place % 2 == 0 { name } else { next };
        [vec![name.clone(), name.clone()], vec![name.clone(), other.clone()]]
    });
    folder.file("t.csv", csv([header].into_iter().chain(rows)));
    (folder, names)
}

#[test]
fn there_are_two_hundred_names_and_harm_is_noticed() {
    let names = names();
    assert!(names.len() >= 200, "{}", names.len());
    let harmful = names.iter().filter(|name| !is_harmless(name)).count();
    assert!(harmful > 100, "{harmful}");
    assert!(is_harmless("größe 大\n") && !is_harmless("a\u{202e}") && !is_harmless("a\u{1b}[0m"));
    assert!(std::panic::catch_unwind(|| name_of("=1+1")).is_err());
}

#[test]
fn as_classes_they_are_shown_and_read_back() {
    let (folder, names) = classes();
    let at = |name: &str| folder.path(name).to_str().unwrap().to_owned();
    let rules: Vec<String> = names
        .iter()
        .map(|name| {
            let name = name.replace('\\', "\\\\").replace('"', "\\\"");
            format!("recall[\"{name}\"] >= 0.9")
        })
        .collect();
    let (table, tally) = (at("t.csv"), at("run.tally"));
    let files = ["r.json", "r.md", "c.csv", "n.prom", "v.xml", "run.tally"].map(at);
    let mut args = vec!["eval", &table, "--labels", "y", "--predictions", "p"];
    files.iter().for_each(|file| args.extend(["-o", file]));
    let all = [&args[..], &["--color", "never"]].concat();
    let rules: Vec<&str> = rules.iter().flat_map(|rule| ["--require", rule]).collect();
    let all = [&all[..], &rules].concat();
    let ran = tallyho(&all).expect(1);
    assert!(ran.stdout.contains("recall["), "{}", ran.stdout);
    let read = |name: &str| fs::read_to_string(folder.path(name)).unwrap();

    let report: Value = serde_json::from_str(&read("r.json")).unwrap();
    let wanted: BTreeSet<&str> = names.iter().map(|name| name.trim()).collect();
    let has = |value: &Value| -> BTreeSet<String> {
        let names = value.as_array().unwrap().iter();
        names.map(|it| it["class"].as_str().unwrap_or_default().trim().to_owned()).collect()
    };
    let found = has(&report["per_class"]);
    assert!(wanted.iter().all(|name| found.contains(*name)), "{found:?}");

    assert!(is_harmless(&read("r.md")));
    let text = read("c.csv");
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let cells: BTreeSet<String> =
        reader.records().map(|row| name_of(&row.unwrap()[0]).trim().to_owned()).collect();
    assert_eq!(cells, found);

    machines::read(&read("n.prom"));
    assert!(machines::tags(&read("v.xml")).len() > names.len());
    for line in
        [vec!["merge", &tally], vec!["inspect", &table, "--labels", "y", "--predictions", "p"]]
    {
        tallyho(&line).expect(0);
        let json = tallyho(&[&line[..], &["--json"]].concat()).expect(0).json();
        assert!(json.to_string().contains("macro avg"));
    }
    tallyho(&["inspect", &table]).expect(0);
    let colours = raw(&[&args[..6], &["--color", "always"]].concat()).expect(0).stdout;
    let bare = ["0", "1", "2", "31", "32", "33"]
        .iter()
        .fold(colours, |text, style| text.replace(&format!("\u{1b}[{style}m"), ""));
    assert!(is_harmless(&bare), "{bare:?}");
}

#[test]
fn as_columns_options_rules_and_files_they_are_named_without_harm() {
    let folder = Folder::new();
    let names = names();
    let at = |name: &str| folder.path(name).to_str().unwrap().to_owned();
    let header = |name: &String| vec!["y".to_owned(), "p".to_owned(), name.clone()];
    let row = |y: &str, p: &str| vec![y.to_owned(), p.to_owned(), "0.5".to_owned()];
    for (place, name) in names.iter().enumerate() {
        let table = at(&format!("{place}.csv"));
        fs::write(&table, csv([header(name), row("a", "a"), row("b", "a")])).unwrap();
        let line = ["eval", &table, "--labels", "y", "--predictions", "p"];
        tallyho(&["eval", &table]).expect(2);
        tallyho(&["inspect", &table]);
        tallyho(&["inspect", &table, "--labels", "y", "--scores", name]);
        tallyho(&["eval", &table, "--labels", name, "--predictions", "p"]);
        for option in ["--require", "--metrics", "--threads", "--date", "--positive", "--classes"] {
            tallyho(&[&line[..], &[&format!("{option}={name}")]].concat());
        }
        tallyho(&[name]);
        tallyho(&["eval", &format!("--{name}")]);
        tallyho(&["history", "show", name]);
        if !name.contains('/') && name.len() > 2 {
            let odd = at(name);
            fs::write(&odd, "y,p\na,a\nb\n").unwrap();
            tallyho(&["eval", &odd, "--labels", "y", "--predictions", "p"]);
            tallyho(&["eval", &odd]);
        }
    }
}

#[test]
fn as_names_of_runs_they_are_shown_exported_and_read_back() {
    let folder = Folder::new();
    let at = |name: &str| folder.path(name).to_str().unwrap().to_owned();
    let (table, database) = (at("t.csv"), at("tallyho.db"));
    fs::write(&table, "y,p\na,a\nb,a\n").unwrap();
    // Every name once, in the place of one of four.
    let names = names();
    for group in names.chunks(4) {
        let name = |place: usize| group.get(place).map_or("plain", String::as_str);
        let of = [
            format!("--job={}", name(0)),
            format!("--dataset={}", name(1)),
            format!("--model={}", name(2)),
            format!("--split={}", name(3)),
        ];
        let of = of.each_ref().map(String::as_str);
        let line = ["eval", &table, "--labels", "y", "--predictions", "p", "--history", &database];
        tallyho(&[&line[..], &of, &["--date", "2026-10-01"]].concat()).expect(0);
    }
    let history = |line: &[&str]| tallyho(&[&["history", "--db", &database], line].concat());
    for line in [
        &["list", "--last", "100"][..],
        &["show", "7"],
        &["compare", "1", "2"],
        &["trend", "accuracy"],
        &["check", "--max-age", "9999d", "--each"],
        &["verify"],
        &["accept", "3", "--because", "\u{1b}[2J"],
    ] {
        history(line).expect(0);
    }
    for (place, name) in names.iter().enumerate() {
        history(&["list", ["--job", "--dataset", "--model", "--split"][place % 4], name]);
    }
    let (exported, document) = (at("runs.csv"), at("runs.json"));
    history(&["export", &exported]).expect(0);
    history(&["export", &document]).expect(0);
    let wanted: BTreeSet<String> = names.iter().cloned().collect();
    let mut reader = ::csv::Reader::from_path(&exported).unwrap();
    let rows = reader.records().map(Result::unwrap);
    let cells: BTreeSet<String> =
        rows.flat_map(|row| (1..5).map(|at| name_of(&row[at])).collect::<Vec<_>>()).collect();
    assert!(wanted.is_subset(&cells), "{:?}", wanted.difference(&cells));
    let listed = history(&["list", "--json"]).expect(0).json();
    let listed = listed["runs"].as_array().unwrap().iter();
    let keys = ["job", "dataset", "model", "split"];
    let found: BTreeSet<String> = listed
        .flat_map(|run| keys.map(|key| run[key].as_str().unwrap_or_default().to_owned()))
        .collect();
    assert!(wanted.is_subset(&found), "{:?}", wanted.difference(&found));
}

/// As a string of TOML.
#[cfg(feature = "job")]
fn toml(name: &str) -> String {
    serde_json::to_string(name).unwrap().replace('\u{7f}', "\\u007f")
}

#[cfg(feature = "job")]
#[test]
fn as_names_in_a_job_they_reach_every_output_and_make_no_path_elsewhere() {
    let answer = "no \u{1b}]0;title\u{7}\u{9b}2J\u{202e} here";
    let server = Server::start(&[Reply::Say(400, "", answer)]);
    let (outside, names) = (Folder::new(), names());
    fs::create_dir(outside.path("inside")).unwrap();
    let at = |name: &str| outside.path("inside").join(name).to_str().unwrap().to_owned();
    fs::write(at("t.csv"), "y,p\na,a\nb,a\n").unwrap();
    let mut config = format!(
        "job = {}\n[output]\njunit = 'v.xml'\nprometheus = 'n.prom'\njson = 'n.json'\n\
         [[notify]]\nname = 'hook'\nurl = '{}'\nattempts = 1\n\
         [[rule]]\nrequire = 'recall[\"\u{202e}\"] >= 0.5'\n\
         [[dataset]]\nname = \"../../d\\u001b[2J\"\nfiles = ['t.csv']\nlabels = 'y'\n",
        toml("../../job\u{1b}[2J\r\nX-Header: 1\0"),
        server.url("/"),
    );
    config += &format!("[output.pushgateway]\nurl = '{}'\n", server.url(""));
    config += &format!("[output.mlflow]\nurl = '{}'\n", server.url(""));
    for name in &names {
        config += &format!("[[model]]\nname = {}\npredictions = 'p'\n", toml(name));
    }
    fs::write(at("night.toml"), &config).unwrap();
    let job = ["run", &at("night.toml"), "--date", "2026-10-01"];
    tallyho(&[&job[..], &["--check"]].concat());
    let ran = tallyho(&job).expect(2);
    assert!(ran.stderr.contains("hook was not told"), "{}", ran.stderr);
    tallyho(&[&job[..], &["--json"]].concat()).expect(2).json();
    let asked = server.asked();
    assert!(
        ["/", "/metrics/job@base64/", "/api/"]
            .iter()
            .all(|it| asked.iter().any(|other| other.path.starts_with(it)))
    );
    for question in asked {
        let headers = question.headers.iter().flat_map(|(name, value)| [name, value]);
        for text in headers.chain([&question.path]) {
            assert!(is_harmless(text) && !text.contains("Header: 1"), "{question:?}");
        }
        assert!(!question.headers.contains_key("x-header") && !question.path.contains("../"));
    }
    let read = |name: &str| fs::read_to_string(at(name)).unwrap();
    assert!(machines::tags(&read("v.xml")).len() > names.len());
    machines::read(&read("n.prom"));
    let page: Value = serde_json::from_str(&read("n.json")).unwrap();
    let found: BTreeSet<&str> = page["evaluations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["model"].as_str().unwrap())
        .collect();
    assert_eq!(found, names.iter().map(String::as_str).collect());
    for name in &names {
        let config = format!(
            "[output]\nreports = ['{{model}}.json']\n[[dataset]]\nname = 'd'\n\
             files = ['t.csv']\nlabels = 'y'\n[[model]]\nname = {}\npredictions = 'p'\n",
            toml(name)
        );
        fs::write(at("report.toml"), config).unwrap();
        tallyho(&["run", &at("report.toml"), "--date", "2026-10-01"]);
    }
    assert_eq!(super::names(&outside.path("")), ["inside"]);
    for file in super::names(&outside.path("inside")) {
        assert!(is_harmless(&file) && !file.contains('\n'), "{file:?}");
    }
}

/// Ten megabytes of a name, in a line of at most four kilobytes.
#[test]
fn messages_stay_short_however_long_a_name_is() {
    let folder = Folder::new();
    let at = |name: &str| folder.path(name).to_str().unwrap().to_owned();
    let table = |name: &str, lines: [[&str; 2]; 3]| {
        fs::write(at(name), csv(lines.map(|line| line.map(str::to_owned).to_vec()))).unwrap();
    };
    let (longest, long) = ("n".repeat(10 << 20), "n".repeat(1 << 17));
    let marked = "\u{202e}'".repeat(1 << 16);
    table("longest.csv", [["y", "p"], ["a", "a"], [&longest, "a"]]);
    table("long.csv", [["y", "p"], ["a", "a"], [&long, "a"]]);
    table("marked.csv", [["y", "p"], ["a", "a"], [&marked, "a"]]);
    table("column.csv", [["y", &long], ["a", "a"], ["b", "a"]]);
    fs::write(at("classes.txt"), "a\n").unwrap();
    let short = |file: &str, args: &[&str]| {
        let ran = tallyho(&[&args[..1], &[&at(file)], &args[1..]].concat());
        let line = ran.stderr.lines().map(str::len).max().unwrap_or_default();
        assert!(line <= 4096, "{line} bytes of {file} {args:?}");
        assert!(ran.stdout.len() < 1 << 14, "{} bytes of {file} {args:?}", ran.stdout.len());
        ran
    };
    let classes = at("classes.txt");
    let roles = ["--labels", "y", "--predictions", "p"];
    let eval = [&["eval"], &roles[..]].concat();
    for file in ["longest.csv", "long.csv", "marked.csv"] {
        let ran = short(file, &[&eval[..], &["--classes", &classes]].concat()).expect(2);
        assert!(ran.stderr.contains("characters…]"), "{}", ran.stderr);
    }
    for file in ["long.csv", "marked.csv"] {
        short(file, &eval).expect(0);
        short(file, &[&eval[..], &["--strict"]].concat());
        short(file, &[&["inspect"], &roles[..]].concat()).expect(0);
        short(file, &["eval"]).expect(2);
    }
    short("column.csv", &eval).expect(2);
    short("column.csv", &["eval"]).expect(2);
    short("long.csv", &["eval", "--labels", &long, "--predictions", "p"]).expect(2);
    short("long.csv", &["eval", "--threads", &long]).expect(2);
    short("long.csv", &["eval", &format!("--{long}")]).expect(2);
    short("long.csv", &[&eval[..], &["--require", &long]].concat()).expect(2);
    #[cfg(feature = "job")]
    {
        let config = "
[[dataset]]
name = 'd'
files = ['longest.csv']
labels = 'y'
classes = 'classes.txt'

[[model]]
name = 'm'
predictions = 'p'

[output]
junit = 'v.xml'
json = 'n.json'
";
        fs::write(at("night.toml"), config).unwrap();
        let ran = short("night.toml", &["run", "--date", "2026-10-01"]).expect(2);
        assert!(ran.stdout.contains("characters…]"), "{}", ran.stdout);
        for file in ["v.xml", "n.json", "tallyho.db"] {
            let bytes = fs::metadata(at(file)).unwrap().len();
            assert!(bytes < 1 << 18, "{bytes} bytes of {file}");
        }
    }
}

/// Every text that is printed passes the functions that make it harmless.
#[test]
fn nothing_in_the_command_line_writes_past_what_makes_text_harmless() {
    let writes = |text: &str| -> usize {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let is_write = |line: &&str| {
            let prints = line.contains("print!(") || line.contains("println!(");
            let writes = line.contains("write!(stdout") || line.contains("writeln!(stdout");
            prints || writes || line.contains("stdout.write")
        };
        code.filter(is_write).count()
    };
    assert_eq!(
        writes("    stdout.write_all(b)?;\n    // stdout.write(x)\n    writeln!(stdout, \"\");"),
        2
    );
    let mut found = Vec::new();
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let count = writes(&fs::read_to_string(&path).unwrap());
            found.extend(std::iter::repeat_n(path, count));
        }
    }
    // `print`, `print_page` and the script of a shell.
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|path| path.ends_with("cli/mod.rs")), "{found:?}");
}
