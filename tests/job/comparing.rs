//! What a night is compared with, and beside what it is judged.

use std::fs;

use serde_json::Value;
use tallyho::history::{Filter, History};

use super::{CONFIG, on, table, verdicts};
use crate::common::files::Folder;
use crate::common::program::run;

/// A job with these rules.
fn ruled(rules: &[&str], rest: &str) -> Folder {
    let (head, _) = CONFIG.split_once("[[rule]]").unwrap();
    let rules: String = rules.iter().map(|rule| format!("[[rule]]\n{rule}\n")).collect();
    let folder = Folder::new();
    folder.file("night.toml", format!("{head}{rules}{rest}"));
    folder
}

/// A night of October with so many rows of 1,000 right.
fn october(folder: &Folder, day: usize, [steady, flaky]: [usize; 2], line: &str) -> (i32, Value) {
    folder.file(&format!("cats-2026-10-{day:02}.csv"), table(1000, steady, flaky));
    let ran = on(folder, &format!("2026-10-{day:02}"), &format!("--json {line}"));
    (ran.status, ran.json())
}

const FALL: &str = "require = 'worse(accuracy, previous, by 0.01) @ 95%'";

#[test]
fn a_night_that_was_never_judged_is_nothing_to_compare_with() {
    let folder = ruled(&[FALL], "");
    assert_eq!(october(&folder, 1, [900, 900], "").0, 0);
    // The second night fell, and was stopped before it was judged.
    assert_eq!(october(&folder, 2, [900, 500], "").0, 1);
    let database = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    database.execute("DELETE FROM verdict WHERE run IN (3, 4)", []).unwrap();
    database.execute("UPDATE run SET judged = 0 WHERE id IN (3, 4)", []).unwrap();
    // Checksums would tell that it was not this program which left it so.
    database.execute_batch("DROP TABLE checksum; PRAGMA user_version = 3").unwrap();
    drop(database);
    let (status, page) = october(&folder, 3, [900, 500], "");
    assert_eq!(status, 1, "{page}");
    assert_eq!(page["evaluations"][1]["rules"][0]["baseline"], 2);
    // Done again it is judged, and counts.
    assert_eq!(october(&folder, 2, [900, 500], "").0, 1);
}

#[test]
fn a_night_without_a_value_or_with_too_few_rows_is_nothing_to_compare_with() {
    let few = "require = 'accuracy >= previous - 0.05'\nmin_rows = 100";
    let folder = ruled(&["require = 'recall[cat] >= previous - 0.05'", few], "");
    assert_eq!(october(&folder, 1, [900, 900], "").0, 0);
    // No row is a cat, and there are four of them.
    let rows = "label,steady,flaky\ndog,dog,dog\ndog,dog,owl\nowl,owl,dog\nowl,dog,dog\n";
    folder.file("cats-2026-10-02.csv", rows);
    let second = on(&folder, "2026-10-02", "--json").expect(1).json();
    assert!(verdicts(&second).iter().any(|it| it.ends_with("too few rows")), "{second}");
    let (status, third) = october(&folder, 3, [900, 500], "");
    assert_eq!(status, 1);
    for rule in 0..2 {
        let judged = &third["evaluations"][1]["rules"][rule];
        assert_eq!((&judged["verdict"], &judged["baseline"]), (&"broken".into(), &2.into()));
    }
}

#[test]
fn a_damaged_run_keeps_no_other_rule_from_being_judged_and_told() {
    let notify = "[[notify]]\nname = 'x'\ncommand = ['sh', '-c', 'cat > told.txt']\n\
                  [output]\njunit = 'night.xml'\n";
    let folder = ruled(
        &["require = 'psi(predictions, previous) <= 0.1'", "require = 'accuracy >= 0.8'"],
        notify,
    );
    assert_eq!(october(&folder, 1, [900, 900], "").0, 0);
    let database = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    let damage = "UPDATE blob SET packed = zeroblob(length(packed)) WHERE id = \
                  (SELECT tallies FROM run WHERE id = 1)";
    database.execute(damage, []).unwrap();
    drop(database);
    // Equal tallies would be mended.
    let (status, page) = october(&folder, 2, [901, 500], "");
    assert_eq!(status, 2, "{page}");
    let found = verdicts(&page);
    assert_eq!(found[1], "steady: accuracy >= 0.8 holds");
    assert_eq!(found[3], "flaky: accuracy >= 0.8 broken");
    assert!(page["problems"][0].as_str().unwrap().contains("psi(predictions, previous)"));
    assert!(fs::read_to_string(folder.path("night.xml")).unwrap().contains("<failure"));
    assert!(fs::read_to_string(folder.path("told.txt")).unwrap().contains("flaky on cats"));
}

#[test]
fn a_part_of_a_night_is_judged_beside_the_rest_of_it() {
    // A fall that one test finds and one of two does not.
    let folder = ruled(&["require = 'worse(accuracy, previous) @ 95%'"], "");
    assert_eq!(october(&folder, 1, [900, 900], "").0, 0);
    let (status, whole) = october(&folder, 2, [900, 896], "");
    assert_eq!(status, 0, "{whole}");
    let (status, part) = october(&folder, 2, [900, 896], "--only model=flaky");
    assert_eq!(status, 0, "{part}");
    let reason = |page: &Value, at: usize| page["evaluations"][at]["rules"][0]["reason"].clone();
    assert_eq!(reason(&part, 0), reason(&whole, 1));
    assert_eq!(verdicts(&part).len(), 1);
}

#[test]
fn which_rows_are_right_is_kept_unless_the_config_says_otherwise() {
    for (head, how) in [("", "paired on 1,000 rows"), ("paired = false\n", "unpaired, 1,000")] {
        let folder = ruled(&[FALL], "");
        let config = fs::read_to_string(folder.path("night.toml")).unwrap();
        folder.file("night.toml", format!("{head}{config}"));
        october(&folder, 1, [900, 900], "");
        let (_, page) = october(&folder, 2, [900, 890], "");
        let reason = page["evaluations"][1]["rules"][0]["reason"].as_str().unwrap();
        assert!(reason.contains(how), "{reason}");
    }
}

#[test]
fn a_value_worse_than_the_accepted_one_is_news() {
    let notify = "[[notify]]\nname = 'x'\ncommand = ['sh', '-c', 'head -1 >> told.txt']\n";
    let folder = ruled(&["require = 'accuracy >= 0.8'"], notify);
    let told = || fs::read_to_string(folder.path("told.txt")).unwrap_or_default().lines().count();
    october(&folder, 1, [900, 900], "");
    october(&folder, 2, [900, 790], "");
    assert_eq!(told(), 1);
    run(&folder.path(""), &["history", "accept", "4"]).expect(0);
    october(&folder, 3, [900, 789], "");
    assert_eq!(told(), 1, "as accepted");
    october(&folder, 4, [900, 400], "");
    assert_eq!(told(), 2, "worse than accepted");
}

#[test]
fn a_rule_that_stands_twice_for_an_evaluation_is_a_mistake() {
    let twice = "require = 'accuracy >= baseline'\nbaseline = 'best'";
    let folder = ruled(&["require = 'accuracy >= baseline'", twice], "");
    let ran = on(&folder, "2026-10-01", "").expect(2);
    assert!(ran.stderr.contains("this rule is there already for steady on cats"), "{}", ran.stderr);
}

#[test]
fn gauges_are_those_of_the_latest_night() {
    let folder = ruled(&["require = 'accuracy >= 0.8'"], "[output]\nprometheus = 'night.prom'\n");
    october(&folder, 1, [900, 900], "");
    october(&folder, 2, [910, 910], "");
    let gauges = || fs::read_to_string(folder.path("night.prom")).unwrap();
    let latest = gauges();
    assert!(latest.contains("0.91"));
    let ran = on(&folder, "2026-10-01", "").expect(0);
    assert!(ran.stdout.contains("of a night before the latest"), "{}", ran.stdout);
    assert_eq!(gauges(), latest);
}

#[test]
fn the_history_may_lie_in_a_folder_that_is_not_there_yet() {
    let folder = ruled(&["require = 'accuracy >= 0.8'"], "");
    let config = fs::read_to_string(folder.path("night.toml")).unwrap();
    folder.file("night.toml", format!("history = 'state/{{date}}.db'\n{config}"));
    assert_eq!(october(&folder, 1, [900, 900], "").0, 0);
    let history = History::open(&folder.path("state/2026-10-01.db")).unwrap();
    assert_eq!(history.runs(&Filter::default()).unwrap().len(), 2);
}

#[test]
fn a_large_file_that_was_written_anew_is_evaluated_again() {
    let folder = Folder::new();
    folder.file(
        "night.toml",
        "[[dataset]]\nname = 'd'\nlabels = 'y.npy'\n[[model]]\nname = 'm'\npredictions = 'p.npy'\n",
    );
    let array = |values: Vec<u8>| {
        let mut bytes = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
        let header =
            format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({},), }}", values.len());
        bytes.extend(format!("{header:<117}\n").bytes());
        bytes.extend(values);
        bytes
    };
    let rows = 18 << 20;
    folder.file("y.npy", array(vec![1; rows]));
    folder.file("p.npy", array(vec![1; rows]));
    let accuracy = || {
        let page = on(&folder, "2026-10-01", "--json").expect(0).json();
        page["evaluations"][0]["metrics"]["accuracy"].as_f64().unwrap()
    };
    assert_eq!(accuracy(), 1.0);
    // Changed between the parts that the fingerprint looks at.
    let mut changed = vec![1; rows];
    changed[3 << 20..4 << 20].fill(0);
    std::thread::sleep(std::time::Duration::from_millis(20));
    folder.file("p.npy", array(changed));
    assert_eq!(accuracy(), 17.0 / 18.0);
}
