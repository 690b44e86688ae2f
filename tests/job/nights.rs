//! Nights: done, done in part, done again.

use super::{CONFIG, folder, night, on, runs, table};
use crate::common::files::Folder;
use insta::assert_snapshot;

/// A page without what differs from night to night.
fn steady(page: &str) -> String {
    let time = |line: &str| line.starts_with("time");
    let lines = page.lines().filter(|line| !time(line));
    let blur = |word: &str| match word {
        "ms" | "s" | "µs" => "T".to_owned(),
        _ => word.to_owned(),
    };
    lines
        .map(|line| {
            let words: Vec<String> = line.split(' ').map(blur).collect();
            let joined = words.join(" ");
            match joined.find(" T ") {
                Some(at) => {
                    let start = joined[..at].rfind(' ').unwrap_or(0);
                    format!("{}…{}", joined[..start].trim_end(), &joined[at..])
                }
                // The width of that column is that of its longest time.
                None if !joined.starts_with(' ') => narrow(joined),
                None => joined,
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// The line with two blanks wherever there are more.
fn narrow(mut line: String) -> String {
    while line.contains("   ") {
        line = line.replace("   ", "  ");
    }
    line
}

#[test]
fn a_night_records_every_model_on_every_dataset() {
    let folder = folder(CONFIG);
    let ran = night(&folder, "").expect(0);
    assert_eq!(ran.stderr, "");
    assert_snapshot!(steady(&ran.stdout));
    let runs = runs(&folder);
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[0]["model"], "steady");
    assert_eq!(runs[0]["job"], "night");
    assert_eq!(runs[0]["night"], "2026-11-21");
    assert_eq!(runs[0]["rules"], 1);
}

#[test]
fn a_broken_rule_is_status_1_and_a_failed_evaluation_status_2() {
    let folder = folder(CONFIG);
    folder.file("cats-2026-11-22.csv", table(100, 90, 70));
    assert_snapshot!(steady(&on(&folder, "2026-11-22", "").expect(1).stdout));
    // The file of the second model lacks its column: 2 wins over 1.
    let config = CONFIG.replace("\"flaky\"\n\n", "\"flakey\"\n\n").replace("0.8", "0.95");
    folder.file("night.toml", config);
    let ran = on(&folder, "2026-11-22", "").expect(2);
    assert_snapshot!(steady(&ran.stdout));
    let listed = on(&folder, "2026-11-22", "--json").expect(2).json();
    assert_eq!(listed["schema"], "tallyho.run/1");
    assert_eq!(listed["status"], "failed");
    assert_eq!(listed["evaluations"][0]["rules"][0]["verdict"], "broken");
    assert_eq!(listed["evaluations"][1]["status"], "failed");
}

#[test]
fn a_night_done_again_does_only_what_is_missing_or_changed() {
    let folder = folder(CONFIG);
    let found = |line: &str| {
        let page = night(&folder, &format!("--json {line}")).json();
        let evaluations = page["evaluations"].as_array().unwrap().iter();
        evaluations.map(|it| it["found"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(found("--only model=steady"), [false]);
    assert_eq!(found(""), [true, false]);
    assert_eq!(found(""), [true, true]);
    assert_eq!(runs(&folder).len(), 2);
    assert_eq!(found("--again --only model=flaky"), [false]);
    assert_eq!(runs(&folder).len(), 3);
    // Other rows, and then other settings, make the runs stale.
    folder.file("cats-2026-11-21.csv", table(100, 91, 86));
    assert_eq!(found(""), [false, false]);
    folder.file("night.toml", format!("options = {{ beta = [2] }}\n{CONFIG}"));
    assert_eq!(found(""), [false, false]);
    // Other rules do not: what was counted is judged anew.
    folder
        .file("night.toml", format!("options = {{ beta = [2] }}\n{CONFIG}").replace("0.8", "0.9"));
    let page = night(&folder, "--json").expect(1).json();
    assert_eq!(page["evaluations"][1]["found"], true);
    assert_eq!(page["evaluations"][1]["rules"][0]["rule"], "accuracy >= 0.9");
    assert_eq!(page["evaluations"][1]["rules"][0]["verdict"], "broken");
}

#[test]
fn files_per_role_splits_and_overrides_are_found() {
    let folder = Folder::new();
    folder.file(
        "night.toml",
        r#"
job = "own name"
history = "deep.db"
[options]
top_k = [1, 2]
[[dataset]]
name = "digits"
labels = "y-{split}.csv"
[[dataset.split]]
name = "train"
[[dataset.split]]
name = "test"
[[dataset]]
name = "cats"
files = ["cats-{date}.csv"]
labels = "label"
[[model]]
name = "m"
predictions = "{model}-{split}.csv"
on.cats = { predictions = "steady" }
[output]
reports = ["out/{dataset}-{split}.json"]
"#,
    );
    folder.file("cats-2026-11-21.csv", table(10, 9, 5));
    for split in ["train", "test"] {
        folder.file(&format!("y-{split}.csv"), "y\n1\n2\n1\n");
        folder.file(&format!("m-{split}.csv"), "p\n1\n2\n2\n");
    }
    let page = night(&folder, "--json").expect(0).json();
    let evaluations = page["evaluations"].as_array().unwrap();
    let names: Vec<_> = evaluations.iter().map(|it| (&it["dataset"], &it["split"])).collect();
    assert_eq!(names.len(), 3);
    assert_eq!((names[0].0.as_str(), names[0].1.as_str()), (Some("digits"), Some("train")));
    assert_eq!(evaluations[0]["metrics"]["accuracy"], 2.0 / 3.0);
    assert_eq!(evaluations[2]["metrics"]["accuracy"], 0.9);
    assert_eq!(page["job"], "own name");
    assert!(folder.path("deep.db").exists());
    let report = std::fs::read_to_string(folder.path("out/digits-test.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["schema"], "tallyho.report/1");
    assert!(folder.path("out/cats-.json").exists());
    night(&folder, "--only split=valid").expect(2);
}

#[test]
fn only_takes_names_of_the_job() {
    let folder = folder(CONFIG);
    let said = |line: &str| night(&folder, line).expect(2).stderr;
    assert!(said("--only model=stedy").contains("did you mean 'steady'?"));
    assert!(said("--only models=steady").contains("--only takes model=NAME"));
    let page = night(&folder, "--json --only model=flaky --only dataset=cats").expect(0).json();
    assert_eq!(page["evaluations"].as_array().unwrap().len(), 1);
}

#[test]
fn outputs_that_cannot_be_written_stop_a_night_before_it_begins() {
    let folder = folder(&format!("{CONFIG}\n[output]\njson = \"cats-2026-11-21.csv/x.json\"\n"));
    let ran = night(&folder, "").expect(2);
    assert!(ran.stderr.contains("make the folder"), "{}", ran.stderr);
    assert!(!folder.path("tallyho.db").exists());
}
