//! States: the parts give the whole.

use std::fs;

use super::{sound, tallyho};
use crate::common::files::Folder;
use crate::common::program::without_provenance;

const NAMES: &str = "--labels label --predictions prediction";

/// Three shards of which each knows other classes, and the whole.
fn shards() -> Folder {
    let folder = Folder::new();
    let shards = ["cat,cat\ndog,cat\n", "emu,dog\nemu,emu\n10,10\n", "2,10\ncat,cat\n"];
    for (at, rows) in shards.iter().enumerate() {
        folder.file(&format!("{at}.csv"), format!("label,prediction\n{rows}"));
        let line = format!("eval {at}.csv {NAMES} -q -o {at}.tally");
        tallyho(&folder, &line).expect(0);
    }
    folder.file("all.csv", format!("label,prediction\n{}", shards.concat()));
    folder
}

#[test]
fn the_report_of_merged_states_is_that_of_the_whole_but_for_provenance() {
    let folder = shards();
    let options = "--require 'accuracy >= 0.5' --json -o whole.csv";
    let whole = tallyho(&folder, &format!("eval all.csv {NAMES} {options}")).expect(0);
    let whole_csv = fs::read(folder.path("whole.csv")).unwrap();
    assert_eq!(whole.json()["classes"], serde_json::json!(["10", "2", "cat", "dog", "emu"]));
    for states in ["0.tally 1.tally 2.tally", "2.tally 1.tally 0.tally"] {
        let merged = tallyho(&folder, &format!("merge {states} {options}")).expect(0);
        assert_eq!(without_provenance(&merged.stdout), without_provenance(&whole.stdout));
        assert_eq!(fs::read(folder.path("whole.csv")).unwrap(), whole_csv);
        let inputs = &merged.json()["inputs"];
        assert_eq!(inputs.as_array().unwrap().len(), 3);
        assert_eq!(inputs[0]["format"], "tally");
    }
}

#[test]
fn merging_in_steps_gives_the_state_of_the_whole_to_the_byte() {
    let folder = shards();
    tallyho(&folder, &format!("eval all.csv {NAMES} -q -o whole.tally")).expect(0);
    tallyho(&folder, "merge 2.tally 0.tally -q -o some.tally").expect(0);
    tallyho(&folder, "merge some.tally 1.tally -q -o all.tally").expect(0);
    let bytes = |name: &str| fs::read(folder.path(name)).unwrap();
    assert_eq!(bytes("all.tally"), bytes("whole.tally"));
}

#[test]
fn merging_one_state_gives_it_back() {
    let folder = shards();
    tallyho(&folder, "merge 1.tally -q -o again.tally").expect(0);
    let bytes = |name: &str| fs::read(folder.path(name)).unwrap();
    assert_eq!(bytes("again.tally"), bytes("1.tally"));
}

#[test]
fn a_state_may_be_replaced_by_the_sum_it_is_part_of() {
    let folder = shards();
    tallyho(&folder, "merge 0.tally 1.tally -q -o sum.tally").expect(0);
    tallyho(&folder, "merge 0.tally 1.tally -q -o 0.tally").expect(0);
    let bytes = |name: &str| fs::read(folder.path(name)).unwrap();
    assert_eq!(bytes("0.tally"), bytes("sum.tally"));
}

#[test]
fn every_count_of_rows_adds_up() {
    let folder = sound();
    folder.file("bad.csv", "label,prediction\n0,0\n,1\n9,1\n0,1\n");
    let options = "--labels label --predictions prediction --ignore-label 9 --on-invalid skip";
    tallyho(&folder, &format!("eval bad.csv {options} -q -o a.tally")).expect(0);
    tallyho(&folder, &format!("eval t.csv {options} -q -o b.tally")).expect(0);
    let rows = tallyho(&folder, "merge a.tally b.tally --json").expect(0).json()["rows"].clone();
    let expected = serde_json::json!(
        {"read": 8, "scored": 6, "ignored": 1, "invalid": 1, "infinite_loss": 0});
    assert_eq!(rows, expected);
}

/// The report of a state shows what its evaluation was asked to show.
#[test]
fn options_of_the_report_travel_with_the_state() {
    let folder = sound();
    let options = "--labels label --scores 's*' --metrics accuracy,classwise_ece,fbeta_macro \
                   --beta 2 --interval 0.5 --zero-division 1 --bins 4";
    let eval = tallyho(&folder, &format!("eval t.csv {options} --json -o t.tally")).expect(0);
    let merged = tallyho(&folder, "merge t.tally --json").expect(0);
    assert_eq!(without_provenance(&eval.stdout), without_provenance(&merged.stdout));
    let metrics = eval.json()["metrics"].clone();
    let mut names: Vec<&String> = metrics.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["accuracy", "classwise_ece", "fbeta_macro(beta=2)"]);
}
