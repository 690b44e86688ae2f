//! Accepting, forgetting, and whether the job still runs.

use tallyho::history::{Failure, Filter, History, Notice};

use super::{counted, history, identity, nights, record};
use crate::common::files::Folder;

fn judged(folder: &Folder) -> History {
    let history = History::open_or_create(&folder.path("tallyho.db")).unwrap();
    for (night, hits) in [("10-01", 900), ("10-02", 700), ("10-03", 600)] {
        let verdicts = [("accuracy >= 0.8", hits >= 800), ("f1_macro >= 0.65", hits >= 650)];
        record(&history, "steady", night, &counted(hits, 1000), &verdicts, None);
    }
    history
}

#[test]
fn accepting_a_run_accepts_the_rules_that_did_not_hold() {
    let folder = Folder::new();
    let database = judged(&folder);
    let ran = history(&folder, "accept 2 --because 'a new camera'").expect(0);
    assert_eq!(ran.stdout, "run 2 is accepted as a baseline in spite of accuracy >= 0.8\n");
    let run = database.runs(&Filter::default()).unwrap().remove(1);
    assert!(run.accepted.is_some());
    let verdicts = database.verdicts(run.id).unwrap();
    let accepted = verdicts.iter().map(|it| (it.holds(), it.accepted.is_some()));
    assert_eq!(accepted.collect::<Vec<_>>(), [(false, true), (true, false)]);
    let shown = history(&folder, "show 2").expect(0).stdout;
    assert!(shown.contains(": a new camera") && shown.contains("; accepted 20"), "{shown}");
    let again = history(&folder, "accept 2").expect(0).stdout;
    assert!(again.contains("(again)"), "{again}");
    let kept = history(&folder, "show 2 --json").expect(0).json();
    assert_eq!(kept["accepted_because"], "a new camera", "the reason stays");
}

/// Nights 1 to 3 with 900, 700 and 600 hits; rules at 0.8 and 0.65.
#[test]
fn a_night_is_compared_with_nights_that_kept_the_rule_or_were_accepted() {
    let folder = Folder::new();
    let database = judged(&folder);
    let night = |day: u32| format!("2026-10-{day:02}").parse().unwrap();
    let ids = |rule: &str, day: u32| -> Vec<i64> {
        let runs = database.baselines(&identity("steady"), rule, night(day)).unwrap();
        runs.iter().map(|run| run.id.0).collect()
    };
    assert_eq!(ids("accuracy >= 0.8", 4), [1]);
    assert_eq!(ids("f1_macro >= 0.65", 4), [1, 2]);
    assert_eq!(ids("f1_macro >= 0.65", 2), [1], "only earlier nights");
    assert_eq!(ids("recall_macro >= 0.5", 4), [1, 2, 3], "never judged by it");
    history(&folder, "accept 3 --rule 'accuracy >= 0.8'").expect(0);
    assert_eq!(ids("accuracy >= 0.8", 4), [1, 3]);
    assert_eq!(ids("f1_macro >= 0.65", 4), [1, 2], "accepted for the other rule only");
    // The last run of a night is the night's, also when it is the one that broke.
    let rule = "accuracy >= 0.8";
    record(&database, "steady", "10-01", &counted(500, 1000), &[(rule, false)], None);
    assert_eq!(ids(rule, 4), [3]);
    let found = database.judged(&identity("steady"), rule).unwrap();
    let verdicts: Vec<(i64, bool)> =
        found.iter().map(|it| (it.run.0, it.verdict.holds())).collect();
    assert_eq!(verdicts, [(1, true), (4, false), (2, false), (3, false)]);
}

#[test]
fn one_rule_can_be_accepted_alone() {
    let folder = Folder::new();
    let database = judged(&folder);
    let ran = history(&folder, "accept latest --rule 'f1_macro >= 0.65' --json").expect(0).json();
    assert_eq!(ran["rules"], serde_json::json!(["f1_macro >= 0.65"]));
    let verdicts = database.verdicts(tallyho::history::RunId(3)).unwrap();
    assert!(verdicts[0].accepted.is_none() && verdicts[1].accepted.is_some());
    let ran = history(&folder, "accept 3 --rule 'accuracy >= 0.9'").expect(2);
    assert!(ran.stderr.contains("its rules: accuracy >= 0.8 · f1_macro"), "{}", ran.stderr);
}

#[test]
fn pruning_never_forgets_accepted_baselines_unasked() {
    let folder = Folder::new();
    let database = judged(&folder);
    history(&folder, "accept 1").expect(0);
    let dry = history(&folder, "prune --keep-last 1 --dry-run").expect(0).stdout;
    assert_eq!(
        dry,
        "1 runs would be forgotten: 2\nkept as accepted baselines: 1 (--accepted forgets them too)\n"
    );
    let ids = || -> Vec<i64> {
        database.runs(&Filter::default()).unwrap().iter().map(|run| run.id.0).collect()
    };
    assert_eq!(ids(), [1, 2, 3]);
    history(&folder, "prune --keep-last 1").expect(0);
    assert_eq!(ids(), [1, 3]);
    let all = history(&folder, "prune --keep-last 1 --accepted --json").expect(0).json();
    assert_eq!(all["forgotten"], serde_json::json!([1]));
    assert_eq!(ids(), [3]);
    history(&folder, "verify").expect(0);
    let id = record(&database, "steady", "10-04", &counted(900, 1000), &[], None);
    assert_eq!(id.0, 4, "numbers are not used again");
}

#[test]
fn both_conditions_of_pruning_must_hold() {
    let folder = Folder::new();
    let database = nights(
        &folder.path("tallyho.db"),
        &[("10-01", 900), ("10-02", 901), ("10-03", 902), ("10-04", 903)],
    );
    let ran = history(&folder, "prune").expect(2);
    assert!(ran.stderr.contains("--older-than 365d"), "{}", ran.stderr);
    // All are younger than a hundred years.
    history(&folder, "prune --older-than 100y --keep-last 1").expect(0);
    assert_eq!(database.runs(&Filter::default()).unwrap().len(), 4);
    let before = std::fs::metadata(folder.path("tallyho.db")).unwrap().len();
    history(&folder, "prune --older-than 2026-10-03 --keep-last 3").expect(0);
    let left: Vec<i64> =
        database.runs(&Filter::default()).unwrap().iter().map(|run| run.id.0).collect();
    assert_eq!(left, [2, 3, 4]);
    drop(database);
    let database = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    for table in ["metric", "verdict", "input"] {
        let select = format!("SELECT count(*) FROM {table} WHERE run = 1");
        let count: i64 = database.query_row(&select, [], |row| row.get(0)).unwrap();
        assert_eq!(count, 0, "{table}");
    }
    let blobs: i64 = database.query_row("SELECT count(*) FROM blob", [], |row| row.get(0)).unwrap();
    assert_eq!(blobs, 3);
    assert!(before > 0);
}

#[test]
fn a_job_that_stopped_running_is_noticed() {
    let folder = Folder::new();
    let database = nights(&folder.path("tallyho.db"), &[("01-01", 900)]);
    let ran = history(&folder, "check --max-age 26h").expect(1);
    assert!(ran.stdout.starts_with("too old  nightly: last run "), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("2026-01-01 02:00:00 UTC\n"), "{}", ran.stdout);
    history(&folder, "check --max-age 1000w").expect(0);
    let json = history(&folder, "check --max-age 26h --each --json").expect(1).json();
    assert_eq!(json[0]["of"], "steady on cats (test), job nightly");
    assert_eq!(json[0]["too_old"], true);
    for (line, hint) in [
        ("check --max-age soon", "found 'soon'"),
        ("check --max-age 26h --job other", "no run has the job 'other'"),
        ("check", "--max-age <AGE>"),
    ] {
        let ran = history(&folder, line).expect(2);
        assert!(ran.stderr.contains(hint), "{}", ran.stderr);
    }
    drop(database);
}

#[test]
fn failures_and_notices_come_back_as_they_were_noted() {
    let folder = Folder::new();
    let history = History::open_or_create(&folder.path("h.db")).unwrap();
    let failure = Failure {
        identity: identity("steady"),
        night: "2026-10-01".parse().unwrap(),
        time: "2026-10-01T02:00:00Z".parse().unwrap(),
        reason: "t.csv: row 3: the label is null".into(),
    };
    let notice = Notice {
        identity: identity("steady"),
        rule: "accuracy >= 0.8".into(),
        night: failure.night,
        time: failure.time,
        kind: "broken".into(),
        channel: "team".into(),
        attempts: 3,
        delivered: false,
        answer: "timed out after 10 s".into(),
        run: None,
        baseline: Some(tallyho::history::RunId(7)),
    };
    history.record_failure(&failure).unwrap();
    history.record_notice(&notice).unwrap();
    let all =
        Filter { model: Some("steady".into()), since: Some(failure.night), ..Filter::default() };
    assert_eq!(history.failures(&all).unwrap(), [failure]);
    assert_eq!(history.notices(&all).unwrap(), [notice]);
    let other = Filter { model: Some("other".into()), ..Filter::default() };
    assert!(history.failures(&other).unwrap().is_empty());
    assert!(history.notices(&other).unwrap().is_empty());
}
