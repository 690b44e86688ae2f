//! Rules between the splits of a dataset.

use serde_json::Value;

use super::{night, on, table, verdicts};
use crate::common::files::Folder;

const OVER_FITTING: &str = "accuracy{split=train} - accuracy{split=validation} <= 0.05";

/// A job with two splits, the rule between them, and one rule for one of them.
fn job() -> Folder {
    let folder = Folder::new();
    folder.file(
        "night.toml",
        format!(
            "[[dataset]]
name = 'cats'
files = ['{{split}}-{{date}}.csv']
labels = 'label'
split = [{{ name = 'train' }}, {{ name = 'validation' }}]

[[model]]
name = 'steady'
predictions = 'steady'

[[model]]
name = 'flaky'
predictions = 'flaky'

[[rule]]
require = '{OVER_FITTING}'

[[rule]]
require = 'accuracy >= 0.8'
splits = ['validation']
models = ['steady']
"
        ),
    );
    rows(&folder, "2026-11-21", 90, 84);
    folder
}

/// Rows of a night: both models are right in 90 of 100 in training.
fn rows(folder: &Folder, date: &str, steady: usize, flaky: usize) {
    folder.file(&format!("train-{date}.csv"), table(100, 90, 90));
    folder.file(&format!("validation-{date}.csv"), table(100, steady, flaky));
}

fn by_split(page: &Value) -> Vec<(String, usize)> {
    let evaluations = page["evaluations"].as_array().unwrap().iter();
    evaluations
        .map(|it| {
            let rules = it["rules"].as_array().map_or(0, Vec::len);
            (format!("{} {}", it["model"].as_str().unwrap(), it["split"].as_str().unwrap()), rules)
        })
        .collect()
}

#[test]
fn over_fitting_is_judged_once_for_each_model_across_splits() {
    let folder = job();
    let page = night(&folder, "--json").expect(1).json();
    let expected = [
        ("steady train", 0),
        ("flaky train", 0),
        ("steady validation", 2),
        ("flaky validation", 1),
    ];
    assert_eq!(by_split(&page), expected.map(|(name, rules)| (name.to_owned(), rules)));
    assert_eq!(
        verdicts(&page),
        [
            format!("steady: {OVER_FITTING} holds"),
            "steady: accuracy >= 0.8 holds".to_owned(),
            format!("flaky: {OVER_FITTING} broken"),
        ]
    );
    let reason = page["evaluations"][3]["rules"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("0.06") && reason.contains("0.84"), "{reason}");
    // Found in the history, splits are compared all the same.
    let again = night(&folder, "--json").expect(1).json();
    assert_eq!(verdicts(&again), verdicts(&page));
}

/// A part of the job takes the rest of the night from the history.
#[test]
fn a_part_of_the_job_is_judged_with_the_splits_that_were_done_before() {
    let folder = job();
    rows(&folder, "2026-11-22", 90, 90);
    night(&folder, "--only split=train").expect(0);
    let page = night(&folder, "--json --only split=validation").expect(1).json();
    assert_eq!(verdicts(&page)[2], format!("flaky: {OVER_FITTING} broken"), "{page}");
    // Of another night they are not.
    let page = on(&folder, "2026-11-22", "--json --only split=validation").expect(1).json();
    assert_eq!(verdicts(&page)[2], format!("flaky: {OVER_FITTING} undefined"), "{page}");
    let reason = page["evaluations"][1]["rules"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("train"), "{reason}");
}

#[test]
fn a_split_that_failed_leaves_the_rule_between_them_undefined() {
    let folder = job();
    std::fs::remove_file(folder.path("train-2026-11-21.csv")).unwrap();
    let page = night(&folder, "--json").expect(2).json();
    let all = verdicts(&page);
    assert_eq!(all[0], format!("steady: {OVER_FITTING} undefined"));
    assert_eq!(all[1], "steady: accuracy >= 0.8 holds");
}
