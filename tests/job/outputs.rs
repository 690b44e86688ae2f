//! Files that a night writes.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::{CONFIG, on, table};
use crate::common::files::Folder;

const OUTPUT: &str = r#"
[output]
junit = "out/{date}.xml"
prometheus = "out/night.prom"
json = "out/night.json"
reports = ["out/{date}/{dataset}/{model}.json", "out/{model}.md"]
"#;

/// Two nights: the second has every verdict that there is, and an evaluation that
/// fails.
pub fn two_nights() -> Folder {
    let folder = Folder::new();
    let rules = [
        "require = 'accuracy >= previous - 0.01'",
        "require = 'precision[dog] >= 0'",
        "require = 'accuracy >= previous - 0.0001 @ 95%'",
        "require = 'accuracy within 2 sigma of last 9'",
        "require = 'f1_macro >= 0.1'\nmin_rows = 5000",
    ];
    let rules: String = rules.iter().map(|rule| format!("[[rule]]\n{rule}\n")).collect();
    let (head, _) = CONFIG.split_once("[[rule]]").unwrap();
    let gone = "[[model]]\nname = 'gone'\npredictions = 'gone'\n";
    folder.file("night.toml", format!("{head}{rules}{gone}{OUTPUT}"));
    let rows = table(1000, 900, 850);
    let with = rows.lines().map(|row| {
        format!("{row},{row}\n").replacen(
            "label,steady,flaky,label,steady,flaky",
            "label,steady,flaky,gone,x,y",
            1,
        )
    });
    folder.file("cats-2026-11-20.csv", with.collect::<String>());
    on(&folder, "2026-11-20", "").expect(0);
    // Flaky says "cat" of everything.
    let rows: Vec<&str> = rows.lines().collect();
    let cats = rows[1..].iter().map(|row| format!("{},cat\n", row.rsplit_once(',').unwrap().0));
    folder.file("cats-2026-11-21.csv", format!("{}\n{}", rows[0], cats.collect::<String>()));
    on(&folder, "2026-11-21", "").expect(2);
    folder
}

fn read(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The cases of a suite of JUnit XML: what became of each.
fn cases(xml: &str, suite: &str) -> BTreeMap<String, String> {
    let start = xml.find(&format!("<testsuite name=\"{suite}\"")).unwrap();
    let suite = &xml[start..start + xml[start..].find("</testsuite>").unwrap()];
    let case = |line: &str| {
        let name = line.split("name=\"").nth(1)?.split('"').next()?.replace("&gt;", ">");
        let found = ["failure", "error", "skipped"]
            .into_iter()
            .find(|it| line.contains(&format!("<{it} ")));
        let kind = line.split("type=\"").nth(1).map_or("", |it| it.split('"').next().unwrap());
        Some((name, format!("{} {kind}", found.unwrap_or("passed")).trim().to_owned()))
    };
    suite.lines().filter(|line| line.contains("<testcase")).filter_map(case).collect()
}

#[test]
fn every_verdict_has_its_place_in_junit() {
    let folder = two_nights();
    let xml = read(&folder, "out/2026-11-21.xml");
    let flaky = cases(&xml, "flaky on cats");
    let expected = [
        ("accuracy >= previous - 0.0001 @ 95%", "skipped undecided"),
        ("accuracy >= previous - 0.01", "failure broken"),
        ("accuracy within 2 sigma of last 9", "error no baseline"),
        ("evaluation", "passed"),
        ("f1_macro >= 0.1", "skipped too few rows"),
        ("precision[dog] >= 0", "error undefined"),
    ];
    assert_eq!(flaky, expected.map(|(name, kind)| (name.to_owned(), kind.to_owned())).into());
    assert_eq!(cases(&xml, "steady on cats")["accuracy >= previous - 0.01"], "passed");
    assert_eq!(
        cases(&xml, "gone on cats"),
        [("evaluation".to_owned(), "error failed".to_owned())].into()
    );
    assert!(
        xml.contains("<testsuites name=\"night\" tests=\"13\" failures=\"1\" errors=\"4\""),
        "{xml}"
    );
    assert!(folder.path("out/2026-11-20.xml").exists(), "each night has its own");
}

#[test]
fn gauges_tell_of_failed_evaluations_when_they_last_succeeded() {
    let gauges = read(&two_nights(), "out/night.prom");
    let value = |name: &str, model: &str| -> Option<f64> {
        let labels = format!("{name}{{job=\"night\",dataset=\"cats\",model=\"{model}\"}}");
        let line = gauges.lines().find(|line| line.starts_with(&labels));
        line.map(|line| line.rsplit_once(' ').unwrap().1.parse().unwrap())
    };
    assert_eq!(value("tallyho_accuracy", "steady"), Some(0.9), "{gauges}");
    assert_eq!(value("tallyho_accuracy", "gone"), None);
    assert_eq!(value("tallyho_evaluation_failed", "gone"), Some(1.0));
    assert_eq!(value("tallyho_evaluation_failed", "flaky"), Some(0.0));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    for model in ["steady", "flaky", "gone"] {
        let last = gauges.lines().find(|line| {
            line.starts_with("tallyho_last_success") && line.contains(&format!("model=\"{model}\""))
        });
        let seconds: f64 = last.unwrap().rsplit_once(' ').unwrap().1.parse().unwrap();
        assert!((now.as_secs_f64() - seconds).abs() < 120.0, "{last:?}");
    }
}

/// The keys of an object, in their order.
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_night_as_json_has_the_keys_of_its_schema() {
    let folder = two_nights();
    let page: Value = serde_json::from_str(&read(&folder, "out/night.json")).unwrap();
    assert_eq!(page["schema"], "tallyho.run/1");
    let mut all = keys(&page);
    all.sort_unstable();
    assert_eq!(
        all,
        [
            "evaluations",
            "history",
            "job",
            "night",
            "not_begun",
            "notices",
            "problems",
            "schema",
            "seconds",
            "status",
            "told",
            "tool",
            "written"
        ]
    );
    let [steady, flaky, gone] = &page["evaluations"].as_array().unwrap()[..] else {
        panic!("{page}")
    };
    let mut done = keys(steady);
    done.sort_unstable();
    assert_eq!(
        done,
        [
            "dataset", "digest", "found", "invalid", "metrics", "model", "rows", "rules", "run",
            "scored", "split", "status", "time", "timing"
        ]
    );
    assert_eq!(keys(gone).len(), 5);
    assert!(gone["reason"].as_str().unwrap().contains("has no column 'gone'"), "{gone}");
    assert_eq!(flaky["metrics"]["accuracy"], 0.5);
    assert!(flaky["metrics"]["matthews_corrcoef"].is_null());
    let rule = &flaky["rules"][0];
    assert_eq!((&rule["fails"], &rule["baseline"]), (&true.into(), &2.into()));
    assert_eq!(page["status"], "failed");
    assert!(page["seconds"].as_f64().unwrap() > 0.0, "{page}");
}

#[test]
fn each_evaluation_has_reports_and_what_failed_has_none() {
    let folder = two_nights();
    let report: Value =
        serde_json::from_str(&read(&folder, "out/2026-11-21/cats/flaky.json")).unwrap();
    assert_eq!(
        (&report["schema"], &report["metrics"]["accuracy"]["value"]),
        (&"tallyho.report/1".into(), &0.5.into())
    );
    let rules = report["rules"].as_array().unwrap();
    assert_eq!((rules.len(), &rules[0]["verdict"]), (5, &"broken".into()));
    assert!(!folder.path("out/2026-11-21/cats/gone.json").exists());
    assert!(read(&folder, "out/steady.md").contains("accuracy"));
}

#[test]
fn a_part_of_the_job_leaves_the_files_of_the_whole_night_alone() {
    let folder = two_nights();
    let names = ["out/2026-11-21.xml", "out/night.prom", "out/night.json"];
    let before = names.map(|name| read(&folder, name));
    let flaky = read(&folder, "out/flaky.md");
    fs::remove_file(folder.path("out/steady.md")).unwrap();
    let ran = on(&folder, "2026-11-21", "--only model=steady --again").expect(0);
    assert!(ran.stdout.contains("of a part of the job"), "{}", ran.stdout);
    assert_eq!(names.map(|name| read(&folder, name)), before);
    assert_eq!(read(&folder, "out/flaky.md"), flaky);
    assert!(folder.path("out/steady.md").exists());
}

/// Whatever the config says, no file that the job reads is written over.
#[test]
fn an_output_in_the_place_of_an_input_is_refused() {
    let folder = Folder::new();
    let rows = table(10, 9, 9);
    folder.file("cats-2026-11-21.csv", &rows);
    folder.file("classes.txt", "cat\ndog\n");
    let config = CONFIG
        .replace("-{date}", "-*")
        .replace("labels = \"label\"", "labels = \"label\"\nclasses = \"classes.txt\"");
    for name in [
        "cats-2026-11-21.csv",
        "./cats-{date}.csv",
        "night.toml",
        "classes.txt",
        "tallyho.db",
        "tallyho.db-wal",
    ] {
        for output in
            [format!("prometheus = '{name}'"), format!("reports = ['{{model}}.md', '{name}']")]
        {
            let config = format!("{config}\n[output]\n{output}\n");
            // Each report has a name of its own.
            let config = match output.starts_with("reports") {
                true => config.replace("[[model]]\nname = \"flaky\"\npredictions = \"flaky\"", ""),
                false => config,
            };
            folder.file("night.toml", &config);
            for line in ["--check", ""] {
                let ran = on(&folder, "2026-11-21", line).expect(2);
                let named = ran.stderr.contains("; write the output to another file")
                    || ran.stderr.contains("extension");
                assert!(named, "{output}: {ran:?}");
            }
            assert_eq!(read(&folder, "cats-2026-11-21.csv"), rows, "{output}");
            assert_eq!(read(&folder, "night.toml"), config);
            assert!(!folder.path("tallyho.db").exists());
        }
    }
}

/// Scores of which one column is no score, for a model.
fn with_warnings(options: &str) -> Folder {
    let folder = Folder::new();
    let rows: String = (0..8).map(|_| "cat,0.5,0.25,9\ndog,0.25,0.5,9\n").collect();
    folder.file("t.csv", format!("y,s_cat,s_dog,s_max\n{rows}"));
    let config = "[[dataset]]\nname = 'cats'\nfiles = ['t.csv']\nlabels = 'y'\n\
                  [[model]]\nname = 'm'\nscores = 's_*'\n";
    folder.file("night.toml", format!("{options}\n{config}{OUTPUT}"));
    folder
}

#[test]
fn warnings_of_an_evaluation_are_in_every_output_and_on_standard_error() {
    let folder = with_warnings("");
    let ran = on(&folder, "2026-11-21", "").expect(0);
    let said = "tallyho: m on cats: warning TH502: class 'max' is predicted for 16 of 16 rows";
    assert!(ran.stderr.contains(said), "{ran:?}");
    assert!(read(&folder, "out/2026-11-21.xml").contains("<system-out>TH502: class 'max'"));
    let gauges = read(&folder, "out/night.prom");
    assert!(gauges.contains("tallyho_warnings{code=\"TH502\",job=\"night\""), "{gauges}");
    assert!(read(&folder, "out/m.md").contains("- warning TH502: class 'max'"));
    // Options go by the names that they have in a config.
    assert!(ran.stderr.contains("leave it out: scores takes a list of columns"), "{ran:?}");
    assert!(!read(&folder, "out/m.md").contains("--scores"));
}

#[test]
fn a_strict_evaluation_with_warnings_fails_and_is_not_recorded() {
    let folder = with_warnings("[options]\nstrict = true");
    let ran = on(&folder, "2026-11-21", "").expect(2);
    let said = "m on cats: strict takes warnings for errors, and there are 3 (TH502, TH209, TH104)";
    assert!(ran.stderr.contains(said), "{ran:?}");
    crate::common::program::run(&folder.path(""), &["history", "list"]).expect(2);
}

#[test]
fn what_a_killed_night_left_is_swept_and_told() {
    let folder = super::folder(&format!("{CONFIG}{OUTPUT}"));
    fs::create_dir_all(folder.path("out/2026-11-21/cats")).unwrap();
    folder.file("out/.tallyho-a1B2c3-night.json.tmp", "half");
    folder.file("out/.tallyho-d4E5f6-steady.md.tmp", "half");
    folder.file("out/2026-11-21/cats/.tallyho-g7H8i9-flaky.json.tmp", "half");
    folder.file("out/.tallyho-j1K2l3-other.md.tmp", "half");
    let ran = super::night(&folder, "--json").expect(0);
    let page = ran.json();
    let [notice] = page["notices"].as_array().unwrap().as_slice() else { panic!("{page}") };
    let (code, text) = (&notice["code"], notice["text"].as_str().unwrap());
    assert_eq!((code, &notice["severity"]), (&"TH303".into(), &"note".into()));
    for path in ["out/night.json and ", "out/steady.md", "out/2026-11-21/cats/flaky.json"] {
        assert!(text.contains(path), "{text}");
    }
    assert!(!text.contains("other.md"), "{text}");
    // It is said in the report of the evaluation whose output it was to be, and no other.
    let has = |name: &str| read(&folder, &format!("out/{name}")).contains("TH303");
    assert!(has("night.json") && has("steady.md") && has("2026-11-21/cats/flaky.json"));
    assert!(has("2026-11-21/cats/steady.json") && has("flaky.md") && !has("2026-11-21.xml"));
    let left = |folder: &std::path::Path| {
        let names = fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().ends_with(".tmp")).count()
    };
    assert_eq!(left(&folder.path("out")) + left(&folder.path("out/2026-11-21/cats")), 0);
    assert_eq!(super::night(&folder, "--json").expect(0).json()["notices"], Value::Array(vec![]));
    folder.file("out/.tallyho-a1B2c3-night.json.tmp", "half");
    let page = super::night(&folder, "").expect(0).stdout;
    assert!(page.contains("note      TH303: a run that was to replace "), "{page}");
}
