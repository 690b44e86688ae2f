//! Slices as a user meets them: reports, rules, states, a history and a job.

use serde_json::Value;

use crate::common::files::Folder;
use crate::common::program::{Ran, run};

/// 400 rows of three classes, in lands of which one is worse.
fn table(files: &Folder) {
    let mut csv = "y,p,land,kind\n".to_owned();
    for row in 0..400_u32 {
        let land = ["DE", "FR", "US", "DE", ""][(row % 5) as usize];
        let label = row % 3;
        let is_wrong = if land == "US" { row % 4 > 0 } else { row % 7 == 0 };
        csv += &format!("{label},{},{land},{}\n", (label + u32::from(is_wrong)) % 3, row % 30);
    }
    files.file("t.csv", csv);
}

fn eval(files: &Folder, more: &[&str]) -> Ran {
    let args = ["eval", "t.csv", "--labels", "y", "--predictions", "p", "--slice", "land"];
    run(files.path("").as_path(), &[&args[..], more].concat())
}

#[test]
fn a_page_shows_the_slices_of_each_column() {
    let files = Folder::new();
    table(&files);
    let ran = eval(&files, &["--slice", "kind", "-o", "r.md"]).expect(0);
    let from = ran.stdout.find("Slices by land").unwrap();
    let to = ran.stdout.find("digest").unwrap();
    insta::assert_snapshot!("slices_in_a_terminal", &ran.stdout[from..to]);
    let page = std::fs::read_to_string(files.path("r.md")).unwrap();
    let from = page.find("### Slices by `land`").unwrap();
    insta::assert_snapshot!("slices_in_markdown", &page[from..page.find("Digest").unwrap()]);
}

#[test]
fn groups_without_a_value_are_left_out_of_a_long_table_and_counted() {
    let files = Folder::new();
    let row = |at: usize| match at {
        0..4 => format!("a,a,g{at:02}\nb,a,g{at:02}\n"),
        _ => format!("x,a,g{at:02}\n"),
    };
    let rows: String = (0..20).map(row).collect();
    files.file("t.csv", format!("y,p,land\n{rows}"));
    let ran = eval(&files, &["--ignore-label", "x", "-o", "r.md"]).expect(0);
    let end = "\ng03      2    0.5000  0.09453 – 0.9055             0.5000    0.3333\n\
               … and 16 more: -o report.json\n";
    assert!(ran.stdout.contains(end), "{}", ran.stdout);
    let page = std::fs::read_to_string(files.path("r.md")).unwrap();
    assert!(page.contains("|\n\n16 more have no `accuracy`.\n"), "{page}");
}

#[test]
fn rules_are_judged_by_slice() {
    let files = Folder::new();
    table(&files);
    for (rule, status, told) in [
        ("accuracy{land=DE} >= 0.8", 0, "holds"),
        ("accuracy{land=US} >= 0.8", 1, "broken"),
        ("accuracy{land=\"\"} >= 0.8", 0, "holds"),
        ("recall[1]{land=FR} >= 0.7", 0, "holds"),
        ("recall[*]{land=US} >= 0.5", 1, "broken"),
        ("accuracy{land=DE} - accuracy{land=US} <= 0.2", 1, "broken"),
        ("accuracy{land=U} >= 0.5", 1, "did you mean 'US'?"),
        ("accuracy{city=DE} >= 0.5", 2, "slices are made by 'land'"),
        ("accuracy{land=DE,kind=1} >= 0.5", 2, "a rule is about one slice"),
    ] {
        let ran = eval(&files, &["--require", rule]).expect(status);
        let all = ran.stdout + &ran.stderr;
        let words: Vec<&str> = all.split_whitespace().collect();
        assert!(words.join(" ").contains(told), "{rule}: {all}");
    }
    let ran = run(
        files.path("").as_path(),
        &[
            "eval",
            "t.csv",
            "--labels",
            "y",
            "--predictions",
            "p",
            "--require",
            "f1_macro{land=DE} > 0",
        ],
    );
    assert!(ran.expect(2).stderr.contains("no column makes slices"));
}

#[test]
fn a_rule_of_a_slice_compares_with_that_slice_before() {
    let files = Folder::new();
    table(&files);
    let recorded = |day: u32, more: &[&str]| {
        let date = format!("2026-01-0{day}");
        let usual = ["--history", "h.db", "--model", "m", "--dataset", "d", "--json", "--date"];
        eval(&files, &[&usual[..], &[&date], more].concat())
    };
    recorded(1, &[]).expect(0);
    let good = std::fs::read_to_string(files.path("t.csv")).unwrap();
    let judged = |day: u32, rule: &str, status: i32| {
        recorded(day, &["--require", rule]).expect(status).json()["rules"][0].clone()
    };
    let rule = judged(2, "accuracy{land=FR} >= previous - 0.01", 0);
    assert_eq!(rule["verdict"], "holds", "{rule}");
    assert_eq!(rule["baseline"], 1, "{rule}");
    // The rows of one land get worse, of another better: the whole stays.
    let changed: String = good
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            match fields[2] {
                "FR" => format!("{},9,{},{}\n", fields[0], fields[2], fields[3]),
                _ => format!("{line}\n"),
            }
        })
        .collect();
    files.file("t.csv", changed);
    let rule = judged(3, "accuracy{land=FR} >= previous - 0.01", 1);
    assert_eq!((&rule["verdict"], &rule["baseline"]), (&"broken".into(), &2.into()), "{rule}");
    let rule = judged(4, "accuracy{land=DE} >= previous", 0);
    assert_eq!(rule["verdict"], "holds", "{rule}");
    let rule = judged(5, "worse(accuracy{land=FR}, run 1) @ 99%", 1);
    assert_eq!(rule["verdict"], "broken", "{rule}");
    let rule = judged(6, "worse(accuracy{land=DE}, run 1) @ 99%", 0);
    assert_eq!(rule["verdict"], "holds", "{rule}");
}

#[test]
fn states_keep_slices_and_merge_them() {
    let files = Folder::new();
    table(&files);
    let text = std::fs::read_to_string(files.path("t.csv")).unwrap();
    let whole = eval(&files, &["--json"]).expect(0).json();
    let lines: Vec<&str> = text.lines().collect();
    for (name, rows) in [("a", &lines[1..150]), ("b", &lines[150..])] {
        files.file("t.csv", format!("{}\n{}\n", lines[0], rows.join("\n")));
        eval(&files, &["-o", &format!("{name}.tally")]).expect(0);
    }
    let merged = run(files.path("").as_path(), &["merge", "a.tally", "b.tally", "--json"]);
    let merged = merged.expect(0).json();
    assert_eq!(merged["slices"], whole["slices"]);
    assert_eq!(merged["digest"], whole["digest"]);
    let rules = ["merge", "a.tally", "b.tally", "--require", "accuracy{land=US} >= 0.8"];
    run(files.path("").as_path(), &rules).expect(1);
    let plain = ["eval", "t.csv", "--labels", "y", "--predictions", "p", "-o", "plain.tally"];
    run(files.path("").as_path(), &plain).expect(0);
    let merged = run(files.path("").as_path(), &["merge", "a.tally", "plain.tally", "--json"]);
    let merged = merged.expect(0).json();
    assert_eq!(merged["slices"], serde_json::json!([]));
    assert_eq!(merged["warnings"][0]["code"], "TH047", "{}", merged["warnings"]);
}

#[test]
fn the_history_shows_the_slices_of_a_run() {
    let files = Folder::new();
    table(&files);
    let now = eval(&files, &["--history", "h.db", "--model", "m", "--dataset", "d", "--json"]);
    let now = now.expect(0).json();
    let args = ["history", "show", "1", "--db", "h.db", "--json"];
    let then: Value = run(files.path("").as_path(), &args).expect(0).json();
    assert_eq!(then["slices"], now["slices"], "{then}");
}

#[test]
fn a_job_makes_slices_of_a_dataset() {
    let files = Folder::new();
    table(&files);
    files.file(
        "job.toml",
        "history = \"h.db\"\n\n[[dataset]]\nname = \"d\"\nfiles = [\"t.csv\"]\nlabels = \"y\"\n\
         slices = [\"land\"]\n\n[[model]]\nname = \"m\"\npredictions = \"p\"\n\n[[rule]]\n\
         require = \"accuracy{land=US} >= 0.8\"\n",
    );
    let ran = run(files.path("").as_path(), &["run", "job.toml"]).expect(1);
    assert!(ran.stdout.contains("accuracy{land=US}"), "{ran:?}");
}

#[test]
fn a_trend_follows_a_slice() {
    let files = Folder::new();
    table(&files);
    let recorded = |day: u32, more: &[&str]| {
        let date = format!("2026-01-0{day}");
        let usual = ["--history", "h.db", "--model", "m", "--dataset", "d", "--date", &date];
        eval(&files, &[&usual[..], more].concat()).expect(0);
    };
    recorded(1, &[]);
    // What a report shows does not hinder adding up nights, groups included.
    recorded(2, &["--interval", "0.9"]);
    let trend = |metric: &str| {
        let args = ["history", "trend", metric, "--db", "h.db", "--window", "2", "--json"];
        run(files.path("").as_path(), &args)
    };
    let found = trend("accuracy{land=US}").expect(0).json();
    let points = found["series"][0]["points"].as_array().unwrap();
    assert_eq!(points.len(), 2, "{found}");
    assert_eq!(points[1]["value"], 0.25, "{found}");
    assert_eq!(points[1]["window"]["denominator"], 160, "{found}");
    let absent = trend("accuracy{land=U}").expect(0).json();
    assert!(absent.to_string().contains("did you mean 'US'?"), "{absent}");
    assert!(trend("seconds{land=US}").expect(2).stderr.contains("leave out the braces"));
    for text in ["accuracy{land}", "accuracy{land=US,kind=1}", "accuracy{land=\"US}"] {
        assert!(trend(text).expect(2).stderr.contains("expected one slice"), "{text}");
    }
    let quoted = trend("accuracy{\"land\"=\"US\"}").expect(0).json();
    assert_eq!(quoted["series"], found["series"]);
}

/// Other slices are other work, which an earlier start of the night has not done.
#[test]
fn a_job_that_gets_slices_is_evaluated_again() {
    let files = Folder::new();
    table(&files);
    let config = |slices: &str| {
        files.file(
            "job.toml",
            format!(
                "history = \"h.db\"\n\n[[dataset]]\nname = \"d\"\nfiles = [\"t.csv\"]\n\
                 labels = \"y\"\n{slices}\n[[model]]\nname = \"m\"\npredictions = \"p\"\n"
            ),
        );
        let args = ["run", "job.toml", "--date", "2026-01-01", "--json"];
        run(files.path("").as_path(), &args).expect(0).json()
    };
    let first = config("")["evaluations"][0]["run"].clone();
    assert_eq!(config("")["evaluations"][0]["run"], first);
    assert_ne!(config("slices = [\"land\"]\n")["evaluations"][0]["run"], first);
}
