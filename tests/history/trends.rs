//! Metrics over time.

use serde_json::Value;
use tallyho::history::{Filter, History, Quantity, Span, TrendOptions};

use super::{counted, history, nights, october, record};
use crate::command_line::tallyho;
use crate::common::files::Folder;

fn trend(history: &History, metric: &str, options: &TrendOptions) -> tallyho::history::Trend {
    let metric = Quantity::parse(metric).unwrap();
    let mut trends = history.trends(&Filter::default(), &metric, options).unwrap();
    assert_eq!(trends.len(), 1);
    trends.remove(0)
}

#[test]
fn the_pages_are_as_reviewed() {
    let folder = Folder::new();
    let database = october(&folder.path("tallyho.db"));
    for (night, hits) in [("10-01", 950), ("10-02", 951), ("10-04", 949)] {
        let verdicts = [("accuracy >= 0.95", hits >= 950)];
        record(&database, "other", night, &counted(hits, 1000), &verdicts, None);
    }
    for (name, line) in [
        ("list", "list --last 6"),
        ("list_one_model", "list --model other --metric f1_macro"),
        ("trend", "trend accuracy --model steady"),
        ("trend_window", "trend accuracy --model steady --window 7d --table --last 9"),
        ("trend_several", "trend"),
        ("trend_rules", "trend accuracy --model other"),
        ("compare", "compare 3 24"),
        ("show", "show latest"),
    ] {
        let ran = history(&folder, line).expect(0);
        assert_eq!(ran.stderr, "");
        for text in ran.stdout.lines() {
            assert!(text.chars().count() <= 80, "{line}: {text}");
        }
        insta::assert_snapshot!(name, ran.stdout);
    }
}

#[test]
fn missing_and_repeated_nights_are_told() {
    let folder = Folder::new();
    let database = october(&folder.path("h.db"));
    let found = trend(&database, "accuracy", &TrendOptions::default());
    let missing: Vec<String> = found.missing.iter().map(ToString::to_string).collect();
    assert_eq!(missing, ["2026-10-05", "2026-10-09"]);
    let repeated: Vec<_> = found.points.iter().filter(|point| point.hidden > 0).collect();
    assert_eq!(repeated.len(), 1);
    assert_eq!((repeated[0].night.to_string().as_str(), repeated[0].hidden), ("2026-10-12", 1));
    assert_eq!(repeated[0].value.value, Ok(0.905), "the last one counts");
    let all = TrendOptions { all: true, ..TrendOptions::default() };
    assert_eq!(trend(&database, "accuracy", &all).points.len(), found.points.len() + 1);
}

#[test]
fn the_first_bad_night_is_that_after_the_last_good_one() {
    let folder = Folder::new();
    let database = october(&folder.path("h.db"));
    let found = trend(&database, "accuracy", &TrendOptions::default());
    let changes: Vec<String> = found.changes.iter().map(|it| it.night.to_string()).collect();
    assert_eq!(changes, ["2026-10-22"]);
    let decline = found.decline.unwrap();
    assert_eq!(decline.night.to_string(), "2026-10-22");
    assert!(decline.best > 0.89 && decline.now < 0.81);
    // Of a metric of which less is better the same night is bad.
    let errors = trend(&database, "error_rate", &TrendOptions::default());
    assert_eq!(errors.decline.unwrap().night.to_string(), "2026-10-22");
    // And of one that is neither good nor bad, none is.
    assert_eq!(trend(&database, "label_entropy", &TrendOptions::default()).decline, None);
}

#[test]
fn a_series_that_recovered_is_not_worse() {
    let folder = Folder::new();
    let hits = [900, 901, 899, 900, 700, 701, 699, 900, 901, 900];
    let dated: Vec<(String, usize)> =
        hits.iter().zip(1..).map(|(hits, day)| (format!("10-{day:02}"), *hits)).collect();
    let dated: Vec<(&str, usize)> = dated.iter().map(|(night, hits)| (&**night, *hits)).collect();
    let found = trend(&nights(&folder.path("h.db"), &dated), "accuracy", &TrendOptions::default());
    let changes: Vec<String> = found.changes.iter().map(|it| it.night.to_string()).collect();
    assert_eq!(changes, ["2026-10-05", "2026-10-08"]);
    assert_eq!(found.decline, None);
}

#[test]
fn the_z_score_looks_back_on_the_nights_before() {
    let folder = Folder::new();
    let database = nights(
        &folder.path("h.db"),
        &[("10-01", 900), ("10-02", 910), ("10-03", 890), ("10-04", 950)],
    );
    let found = trend(&database, "accuracy", &TrendOptions::default());
    let past = found.points[3].past.unwrap();
    assert!((past.mean - 0.9).abs() < 1e-12 && (past.deviation.unwrap() - 0.01).abs() < 1e-12);
    assert!((past.z.unwrap() - 5.0).abs() < 1e-9);
    let short = TrendOptions { look_back: 2, ..TrendOptions::default() };
    assert_eq!(trend(&database, "accuracy", &short).points[3].past.unwrap().values, 2);
}

/// The window over nights of different sizes is the metric of all their rows.
#[test]
fn a_window_is_the_metric_of_its_nights_added_up() {
    let folder = Folder::new();
    let database = History::open_or_create(&folder.path("h.db")).unwrap();
    for (night, hits, rows) in [("10-01", 10, 10), ("10-02", 0, 100), ("10-05", 90, 100)] {
        record(&database, "steady", night, &counted(hits, rows), &[], None);
    }
    let options = |span| TrendOptions { window: Some(span), ..TrendOptions::default() };
    let values = |span| -> Vec<(f64, usize)> {
        let points = trend(&database, "accuracy", &options(span)).points.into_iter();
        let windows = points.map(|point| point.window.unwrap());
        windows.map(|window| (window.value.value.unwrap(), window.runs)).collect()
    };
    assert_eq!(values(Span::Runs(2)), [(1.0, 1), (10.0 / 110.0, 2), (90.0 / 200.0, 2)]);
    assert_eq!(values(Span::Days(4)), [(1.0, 1), (10.0 / 110.0, 2), (90.0 / 200.0, 2)]);
    assert_eq!(values(Span::Days(5)), [(1.0, 1), (10.0 / 110.0, 2), (100.0 / 210.0, 3)]);
    assert_eq!(values(Span::Days(1)), [(1.0, 1), (0.0, 1), (0.9, 1)]);
}

/// The same against `merge` of the states, for every metric.
#[test]
fn a_window_equals_the_merge_of_states() {
    let folder = Folder::new();
    for night in 1..=3 {
        let line = format!(
            "synth {night}.csv --rows 500 --classes 4 --seed {night} --scores-are logits -q"
        );
        tallyho(&folder, &line).expect(0);
        let line = format!(
            "eval {night}.csv --labels label --scores 's_*' -q -o {night}.tally --history \
             tallyho.db --dataset d --model m --date 2026-10-0{night}"
        );
        tallyho(&folder, &line).expect(0);
    }
    let merged = tallyho(&folder, "merge 1.tally 2.tally 3.tally --json").expect(0).json();
    let metrics = merged["metrics"].as_object().unwrap();
    assert!(metrics.len() > 20);
    for (name, metric) in metrics {
        let line = format!("trend '{name}' --window 3 --json");
        let found = history(&folder, &line).expect(0).json();
        let window = &found["series"][0]["points"][2]["window"];
        assert_eq!(window["value"], metric["value"], "{name}");
        assert_eq!(window["interval"].get("low"), metric["interval"].get("low"), "{name}");
    }
}

#[test]
fn windows_of_nights_that_do_not_add_up_say_why() {
    let folder = Folder::new();
    folder.file("t.csv", "label,prediction,s0,s1\n0,0,0.75,0.25\n1,1,0.25,0.75\n");
    let names = "--history tallyho.db --dataset d --model m -q";
    tallyho(
        &folder,
        &format!("eval t.csv --labels label --predictions prediction {names} --date 2026-10-01"),
    )
    .expect(0);
    tallyho(&folder, &format!("eval t.csv --labels label --scores 's*' {names} --date 2026-10-02"))
        .expect(0);
    let found = history(&folder, "trend accuracy --window 2 --json").expect(0).json();
    let why = found["series"][0]["points"][1]["window"]["undefined"].as_str().unwrap();
    assert!(why.starts_with("runs 1 and 2 do not add up: "), "{why}");
    assert_eq!(found["series"][0]["points"][1]["value"], 1.0);
    // Options of the report are no hindrance.
    tallyho(&folder, &format!("eval t.csv --labels label --scores 's*' --metrics accuracy --interval 0.9 {names} --date 2026-10-03")).expect(0);
    let found = history(&folder, "trend accuracy --window 2 --json").expect(0).json();
    assert_eq!(found["series"][0]["points"][2]["window"]["value"], 1.0);
}

#[test]
fn a_metric_that_was_not_stored_appears_for_old_runs() {
    let folder = Folder::new();
    let database = nights(&folder.path("tallyho.db"), &[("10-01", 900), ("10-02", 800)]);
    drop(database);
    let connection = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    // As a version left it that knew fewer metrics, and no checksums.
    connection
        .execute_batch(
            "DELETE FROM metric WHERE name = 'f1_macro'; DROP TABLE checksum; \
             PRAGMA user_version = 3",
        )
        .unwrap();
    for (metric, expected) in [("f1_macro", 0.9), ("fbeta_macro(beta=2)", 0.9), ("recall[0]", 0.9)]
    {
        let found = history(&folder, &format!("trend '{metric}' --json")).expect(0).json();
        let value = found["series"][0]["points"][0]["value"].as_f64().unwrap();
        assert!((value - expected).abs() < 1e-12, "{metric}: {value}");
    }
    let shown = history(&folder, "show 1 --json").expect(0).json();
    assert!(shown["metrics"].as_array().unwrap().iter().any(|it| it["name"] == "f1_macro"));
    let verified = history(&folder, "verify --json").expect(0).json();
    assert_eq!(verified["values_not_stored"], 2);
    assert_eq!(verified["runs_older_than_checksums"], 2);
}

#[test]
fn undefined_nights_are_told_with_their_reason() {
    let folder = Folder::new();
    let database = nights(&folder.path("tallyho.db"), &[("10-01", 900), ("10-02", 800)]);
    let one_class = crate::common::memory::tallies(&[0, 0], &[0, 0]);
    record(&database, "steady", "10-03", &one_class, &[], None);
    let found = history(&folder, "trend 'recall[1]' --json").expect(0).json();
    let point = &found["series"][0]["points"][2];
    assert_eq!(point["value"], Value::Null);
    assert_eq!(point["undefined"], "there is no class '1' in this run");
    let text = history(&folder, "trend 'recall[1]'").expect(0).stdout;
    assert!(
        text.contains("? undefined") && text.contains("2026-10-03 (run 3): there is no class"),
        "{text}"
    );
    let scores = history(&folder, "trend log_loss").expect(0).stdout;
    assert!(scores.contains("needs scores"), "{scores}");
}

#[test]
fn figures_of_the_job_are_trends_too() {
    let folder = Folder::new();
    nights(&folder.path("tallyho.db"), &[("10-01", 900), ("10-02", 800)]);
    for (figure, value) in [
        ("rows", 1000.0),
        ("rows_scored", 1000.0),
        ("rows_invalid", 0.0),
        ("rows_ignored", 0.0),
        ("seconds", 0.5),
        ("rows_per_second", 200.0),
        ("bytes_per_second", 1600.0),
        ("peak_memory_bytes", 1_048_576.0),
    ] {
        let found = history(&folder, &format!("trend {figure} --json")).expect(0).json();
        assert_eq!(found["series"][0]["points"][0]["value"], value, "{figure}");
    }
    let ran = history(&folder, "trend seconds --window 7").expect(2);
    assert!(ran.stderr.contains("leave out --window"), "{}", ran.stderr);
}

#[test]
fn filters_choose_runs_and_a_wrong_name_has_a_hint() {
    let folder = Folder::new();
    let database = october(&folder.path("tallyho.db"));
    record(&database, "other", "10-03", &counted(500, 1000), &[], None);
    let count = |options: &str| {
        let found = history(&folder, &format!("list --json {options}")).expect(0).json();
        found["runs"].as_array().unwrap().len()
    };
    assert_eq!(count("--model other"), 1);
    assert_eq!(count("--job nightly --dataset cats --split test"), 28);
    assert_eq!(count("--since 2026-10-27"), 2);
    assert_eq!(count("--since 2026-10-02 --until 2026-10-03"), 3);
    assert_eq!(count("--last 5"), 5);
    for (options, hint) in [
        ("--model stedy", "did you mean 'steady'?"),
        ("--split training", "there are test"),
        ("--since 2027-01-01", "no run is of what was asked for"),
        ("--since soon", "found 'soon'"),
        ("--metric acuracy", "did you mean 'accuracy'?"),
        ("--metric second", "did you mean 'seconds'?"),
        ("--metric 'recal[1]'", "did you mean 'recall'?"),
    ] {
        let ran = history(&folder, &format!("list {options}")).expect(2);
        assert!(ran.stderr.contains(hint), "{options}: {}", ran.stderr);
    }
}

#[test]
fn runs_are_named_by_number_or_from_the_latest_back() {
    let folder = Folder::new();
    let database = october(&folder.path("tallyho.db"));
    record(&database, "other", "10-03", &counted(500, 1000), &[], None);
    let shown = |name: &str| {
        history(&folder, &format!("show {name} --json")).expect(0).json()["run"].clone()
    };
    assert_eq!(shown("3"), 3);
    assert_eq!(shown("latest"), 26, "by night, not by recording");
    assert_eq!(shown("latest~1"), 25);
    assert_eq!(shown("latest --model other"), 28);
    for (name, hint) in [
        ("99", "there is no run 99"),
        ("latest~99", "only 28 such runs"),
        ("first", "'first' names no run"),
        ("0", "'0' names no run"),
    ] {
        let ran = history(&folder, &format!("show {name}")).expect(2);
        assert!(ran.stderr.contains(hint), "{}", ran.stderr);
    }
}

/// The exact order does not merge: a night has its area, several together say
/// why they have none, and what was counted still adds up.
#[test]
fn areas_in_exact_order_are_those_of_single_nights() {
    let folder = Folder::new();
    folder.file("t.csv", "label,score\n0,0.1\n1,0.4\n0,0.35\n1,0.8\n0,0.5\n");
    let nights = ["", " --metrics roc_auc,accuracy", " --auc none"];
    for (night, options) in (1..).zip(nights) {
        let line = format!(
            "eval t.csv --labels label --scores score --history tallyho.db --dataset d --model m \
             -q --date 2026-10-0{night}{options}"
        );
        tallyho(&folder, &line).expect(0);
    }
    history(&folder, "verify").expect(0);
    let points = |metric: &str| {
        let found = history(&folder, &format!("trend {metric} --window 2 --json")).expect(0).json();
        found["series"][0]["points"].clone()
    };
    let areas = points("roc_auc");
    assert_eq!(areas[0]["value"], 5.0 / 6.0);
    assert_eq!(areas[0]["interval"]["method"], "delong");
    assert_eq!(areas[0]["window"]["value"], 5.0 / 6.0);
    let why = areas[1]["window"]["undefined"].as_str().unwrap();
    assert!(why.contains("do not add up: what is counted"), "{why}");
    assert_eq!(points("accuracy")[2]["value"], 0.6);
    tallyho(
        &folder,
        "eval t.csv --labels label --scores score --history tallyho.db --dataset d --model m -q \
         --date 2026-10-04 --auc exact",
    )
    .expect(0);
    let why = points("roc_auc")[3]["window"]["undefined"].clone();
    assert_eq!(why, "exact AUC does not merge; use --auc binned or evaluate together");
    assert_eq!(points("accuracy")[3]["window"]["value"], 0.6);
}
