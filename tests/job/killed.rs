//! Jobs killed at any instant.
//!
//! `TALLYHO_KILLS` makes as many; `TALLYHO_SEED` chooses when.

use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tallyho::history::{Filter, History, Run};

use super::{program, table};
use crate::common::files::Folder;
use crate::common::{Rng, campaign, figure};

const CONFIG: &str = r#"
[[dataset]]
name = "cats"
files = ["cats.csv"]
labels = "label"

[[dataset]]
name = "dogs"
files = ["dogs.csv"]
labels = "label"

[[model]]
name = "steady"
predictions = "steady"

[[model]]
name = "flaky"
predictions = "flaky"

[[rule]]
require = "accuracy >= previous - 0.01"

[[rule]]
require = "worse(balanced_accuracy, best) @ 95%"

[output]
junit = "night.xml"
prometheus = "night.prom"
json = "night.json"
"#;

const EVALUATIONS: usize = 4;

fn job() -> Folder {
    let folder = Folder::new();
    folder.file("night.toml", CONFIG);
    folder.file("cats.csv", table(100, 90, 85));
    folder.file("dogs.csv", table(60, 50, 45));
    folder
}

fn start(folder: &Folder, date: &str) -> Child {
    let mut job = program(folder, &format!("night.toml --date {date} --json"));
    job.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What makes a run what it is, verdicts aside.
fn key(run: &Run) -> (i64, String, String, String) {
    (run.id.0, run.night.to_string(), run.identity.subject(), run.digest.clone())
}

/// The runs in the history, which is sound; none if the tables are not there yet.
fn recorded(folder: &Folder, case: &str) -> Vec<Run> {
    match History::open(&folder.path("tallyho.db")) {
        Ok(history) => {
            let found = history.verify(&Filter::default()).unwrap();
            assert!(found.is_sound(), "{case}: {found:?}");
            history.runs(&Filter::default()).unwrap()
        }
        Err(error) => {
            let text = error.to_string();
            assert!(
                text.contains("no history here") || text.contains("is empty"),
                "{case}: {text}"
            );
            Vec::new()
        }
    }
}

/// Every output that is there is whole; the nights that they are of.
fn whole_outputs(folder: &Folder, case: &str) -> Option<String> {
    let read = |name: &str| fs::read_to_string(folder.path(name)).ok();
    if let Some(xml) = read("night.xml") {
        assert!(xml.starts_with("<?xml") && xml.ends_with("</testsuites>\n"), "{case}: {xml}");
        assert_eq!(xml.matches("</testsuite>").count(), EVALUATIONS, "{case}: {xml}");
    }
    if let Some(gauges) = read("night.prom") {
        let failed = gauges.lines().filter(|it| it.starts_with("tallyho_evaluation_failed{"));
        assert_eq!(failed.count(), EVALUATIONS, "{case}: {gauges}");
        assert!(gauges.ends_with('\n'), "{case}: {gauges}");
    }
    let page: Value = serde_json::from_str(&read("night.json")?).unwrap_or_else(|error| {
        panic!("{case}: night.json: {error}");
    });
    assert_eq!(page["evaluations"].as_array().unwrap().len(), EVALUATIONS, "{case}");
    Some(page["night"].as_str().unwrap().to_owned())
}

/// What the job printed at its end: which evaluations it found done.
fn found(stdout: &[u8]) -> Vec<bool> {
    let page: Value = serde_json::from_slice(stdout).unwrap();
    let evaluations = page["evaluations"].as_array().unwrap().iter();
    evaluations.map(|it| it["found"].as_bool().unwrap()).collect()
}

/// The delays cover the whole of a night, the creation of the history included;
/// a night that was killed is started again until it comes through.
#[test]
fn a_killed_night_loses_nothing_and_the_next_start_does_what_is_missing() {
    let campaign = campaign("TALLYHO_KILLS", 200);
    let seed = campaign.seed;
    let mut rng = Rng::new(seed);
    let warm = job();
    let started = Instant::now();
    assert!(start(&warm, "2026-10-01").wait_with_output().unwrap().status.success());
    let span = u32::try_from(started.elapsed().as_micros()).unwrap() * 5 / 4;
    let (mut killed, mut resumed, mut finished) = (0, 0, 0);
    for chapter in 0..campaign.count.div_ceil(20) {
        let folder = job();
        let (mut before, mut night) = (Vec::new(), 1);
        for round in 0..20 {
            let case = format!("seed {seed}, chapter {chapter}, round {round}");
            let date = format!("2026-10-{night:02}");
            let there = of_night(&before, &date);
            let mut child = start(&folder, &date);
            std::thread::sleep(Duration::from_micros(u64::from(rng.below(span))));
            child.kill().unwrap();
            let output = child.wait_with_output().unwrap();
            killed += u32::from(output.status.code().is_none());
            let runs = recorded(&folder, &case);
            let keys: Vec<_> = runs.iter().map(key).collect();
            assert!(keys.starts_with(&before), "{case}: {before:?} {keys:?}");
            let now = of_night(&keys, &date);
            assert_eq!(keys.len() - before.len(), now - there, "{case}: only of this night");
            assert!(now <= EVALUATIONS, "{case}: done twice: {keys:?}");
            let of = whole_outputs(&folder, &case);
            assert!(of.is_none_or(|of| of <= date), "{case}");
            if let Some(status) = output.status.code() {
                let stderr = String::from_utf8_lossy(&output.stderr);
                assert_eq!((status, stderr.as_ref()), (0, ""), "{case}");
                let expected: Vec<bool> = (0..EVALUATIONS).map(|at| at < there).collect();
                assert_eq!(found(&output.stdout), expected, "{case}");
                // On the first night there is no baseline; later, every rule holds.
                let not_kept = if night == 1 { 2 } else { 0 };
                let mut judged = runs.iter().filter(|run| run.night.to_string() == date);
                assert!(judged.all(|run| run.rules.not_holding == not_kept), "{case}: {runs:?}");
                resumed += usize::from(there > 0);
                finished += 1;
                night += 1;
            }
            before = keys;
        }
        let last = start(&folder, &format!("2026-10-{night:02}")).wait_with_output().unwrap();
        assert_eq!(last.status.code(), Some(0), "{}", String::from_utf8_lossy(&last.stderr));
        recorded(&folder, "at last");
    }
    figure(campaign.count, &format!("{killed} killed before their end"));
    assert!(killed >= campaign.count / 10, "only {killed} were killed");
    assert!(
        resumed >= campaign.count as usize / 40,
        "only {resumed} nights went on where they were killed"
    );
    assert!(finished >= campaign.count / 20, "only {finished} came through");
}

fn of_night(runs: &[(i64, String, String, String)], date: &str) -> usize {
    runs.iter().filter(|run| run.1 == date).count()
}
