//! Exit statuses, and what is printed with them.

use super::{sound, tallyho};
use crate::common::files::Folder;

const T: &str = "eval t.csv --labels label --predictions prediction";
const S: &str = "eval t.csv --labels label --scores 's*'";

fn require(folder: &Folder, rules: &[&str], more: &str) -> (i32, String, String) {
    let rules: Vec<String> = rules.iter().map(|rule| format!("--require '{rule}'")).collect();
    let ran = tallyho(folder, &format!("{T} {more} {}", rules.join(" ")));
    (ran.status, ran.stdout, ran.stderr)
}

#[test]
fn rules_that_hold_are_status_0() {
    let folder = sound();
    let (status, stdout, stderr) = require(&folder, &["accuracy >= 0.75", "recall[1] == 1"], "");
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.starts_with("PASS"), "{stdout}");
}

#[test]
fn a_broken_rule_is_status_1_with_the_numbers() {
    let folder = sound();
    let rules = ["accuracy >= 0.75", "recall[0] >= 0.9"];
    let (status, stdout, stderr) = require(&folder, &rules, "");
    assert_eq!((status, stderr.as_str()), (1, ""), "{stdout}");
    assert!(stdout.starts_with("FAIL"), "{stdout}");
    assert!(stdout.contains("recall[0] is 0.5 (1 of 2), required >= 0.9"), "{stdout}");
}

#[test]
fn a_rule_on_an_undefined_metric_is_status_1_and_says_why() {
    let folder = sound();
    folder.file("t.csv", "label,prediction\n0,0\n1,0\n");
    let (status, stdout, _) = require(&folder, &["precision[1] >= 0"], "--json");
    assert_eq!(status, 1);
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let rule = &report["rules"][0];
    assert_eq!(rule["verdict"], "undefined");
    assert!(rule["value"].is_null());
    let reason = rule["reason"].as_str().unwrap();
    assert!(reason.starts_with("precision[1] is undefined: "), "{reason}");
    assert!(reason.contains("predicted"), "{reason}");
    assert_eq!(require(&folder, &["precision[1] >= 0"], "--zero-division 0").0, 0);
}

#[test]
fn an_error_wins_over_a_broken_rule() {
    let folder = sound();
    let broken = "accuracy > 0.99";
    for (rule, hint) in [("accurracy > 0", "did you mean 'accuracy'?"), ("recall[3] > 0", "'3'")] {
        for rules in [[broken, rule], [rule, broken]] {
            let (status, stdout, stderr) = require(&folder, &rules, "-o r.json");
            assert_eq!((status, stdout.as_str()), (2, ""));
            assert!(stderr.contains(hint), "{stderr}");
        }
    }
    assert!(!folder.path("r.json").exists());
    // The report cannot be written: 2, although a rule is broken as well.
    assert_eq!(require(&folder, &[broken], "-o absent/r.json").0, 2);
}

#[test]
fn reports_of_broken_rules_are_written_all_the_same() {
    let folder = sound();
    assert_eq!(require(&folder, &["accuracy > 0.99"], "-o r.json").0, 1);
    assert!(std::fs::read_to_string(folder.path("r.json")).unwrap().contains("\"broken\""));
}

#[test]
fn quiet_prints_nothing_but_still_judges() {
    let folder = sound();
    for (rule, status) in [("accuracy > 0", 0), ("accuracy > 0.99", 1)] {
        let found = require(&folder, &[rule], "--quiet");
        assert_eq!(found, (status, String::new(), String::new()));
    }
    let (status, stdout, stderr) = require(&folder, &["accuracy > 0"], "-q --bins 0");
    assert_eq!((status, stdout.as_str()), (2, ""));
    assert_ne!(stderr, "", "an error is not hushed");
}

#[test]
fn json_is_the_whole_of_standard_output_and_equals_the_file() {
    let folder = sound();
    let ran = tallyho(&folder, &format!("{T} --json -o r.json")).expect(0);
    assert_eq!(ran.json()["schema"], "tallyho.report/1");
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.stdout, std::fs::read_to_string(folder.path("r.json")).unwrap());
}

#[test]
fn warnings_reach_standard_error_and_strict_takes_them_for_errors() {
    let folder = sound();
    folder.file("t.csv", "label,s0,s1\n0,1,0\n1,nan,0\n1,0,1\n");
    let line = |more: &str| format!("{S} --on-invalid skip {more}");
    for quiet in ["--json", "-q", ""] {
        let ran = tallyho(&folder, &line(quiet)).expect(0);
        // One fact, one line, though the report has it as a finding, too.
        let codes: Vec<&str> = ran.stderr.lines().map(|line| &line[..22]).collect();
        assert_eq!(codes, ["tallyho: warning TH204"], "{ran:?}");
        if quiet == "--json" {
            assert_eq!(ran.json()["findings"][0]["code"], "TH501");
        }
    }
    let ran = tallyho(&folder, &line("--strict -o r.json")).expect(2);
    let last = ran.stderr.lines().last().unwrap();
    let told = "tallyho: --strict takes warnings for errors, and there is one (TH204); nothing was written";
    assert_eq!((last, ran.stdout.as_str()), (told, ""));
    assert!(!folder.path("r.json").exists());
    // States tell no row, so that the share is all there is to say.
    tallyho(&folder, &line("-q -o r.tally")).expect(0);
    let merged = tallyho(&folder, "merge r.tally").expect(0);
    assert!(merged.stderr.starts_with("tallyho: warning TH501: 33.3 %"), "{merged:?}");
    assert!(merged.stdout.starts_with("warning  33.3 %"), "{merged:?}");
    folder.file("t.csv", "label,s0,s1\n0,1,0\n1,0,1\n");
    tallyho(&folder, &line("--strict")).expect(0);
}
