//! Rules against the runs that the history holds, with the real program.

use serde_json::Value;

use tallyho::history::History;
use tallyho::rule::{Quantity, RunHistory};

use super::{counted, history, identity, record};
use crate::command_line::tallyho;
use crate::common::files::Folder;
use crate::common::program::Ran;

/// 200 rows of two classes; the first `hits` are right.
fn rows(folder: &Folder, name: &str, hits: usize) {
    let mut text = String::from("label,prediction\n");
    for row in 0..200 {
        let label = row % 2;
        let prediction = if row < hits { label } else { 1 - label };
        text.push_str(&format!("{label},{prediction}\n"));
    }
    folder.file(name, text);
}

/// Evaluates as a night of October 2026 under these rules.
fn night(folder: &Folder, day: u32, hits: usize, rules: &[&str]) -> Ran {
    rows(folder, "t.csv", hits);
    let rules: Vec<String> = rules.iter().map(|rule| format!("--require '{rule}'")).collect();
    let line = format!(
        "eval t.csv --labels label --predictions prediction --json --history h.db --dataset d \
         --model m --date 2026-10-{day:02} {}",
        rules.join(" ")
    );
    tallyho(folder, &line)
}

fn first(ran: &Ran) -> Value {
    ran.json()["rules"][0].clone()
}

#[test]
fn rules_on_earlier_runs_ask_for_their_history() {
    let folder = Folder::new();
    rows(&folder, "t.csv", 180);
    let t = "eval t.csv --labels label --predictions prediction";
    for (rule, what) in [
        ("accuracy >= previous", "it compares with earlier runs"),
        ("accuracy within 3 sigma of last 30", "it compares with earlier runs"),
        ("drifted(predictions, run 3)", "it compares with earlier runs"),
        ("accuracy{split=train} >= 0.9", "it selects the split 'train'"),
    ] {
        let ran = tallyho(&folder, &format!("{t} --require '{rule}'")).expect(2);
        assert!(
            ran.stderr.contains(what) && ran.stderr.contains("--history FILE"),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.stderr.lines().count(), 1);
    }
    tallyho(&folder, &format!("{t} --require 'rows >= 200' --require 'seconds < 1000'")).expect(0);
    let ran = tallyho(&folder, &format!("{t} --require 'rows > 200'")).expect(1);
    assert!(ran.stdout.contains("rows is 200, required > 200"), "{}", ran.stdout);
}

#[test]
fn a_lasting_fault_does_not_become_the_new_normal() {
    let folder = Folder::new();
    let rule = "accuracy >= previous - 0.01";
    let found = first(&night(&folder, 1, 180, &[rule]).expect(0));
    assert_eq!(found["verdict"], "no baseline");
    for day in [2, 3, 4] {
        let ran = night(&folder, day, 150, &[rule]).expect(1);
        let reason = first(&ran)["reason"].as_str().unwrap().to_owned();
        assert_eq!(
            reason,
            "accuracy is 0.75 (150 of 200), required >= 0.89: previous is 0.9 (run 1 of \
             2026-10-01), less 0.01"
        );
    }
    // The mean of nights under another rule, which they kept.
    let found = first(&night(&folder, 5, 160, &["accuracy >= mean of last 4"]).expect(0));
    assert!(
        found["reason"].as_str().unwrap().contains("the mean of 4 nights is 0.7875"),
        "{found}"
    );
    history(&folder, "accept 4 --db h.db").expect(0);
    let found = first(&night(&folder, 6, 159, &[rule]).expect(0));
    assert!(found["reason"].as_str().unwrap().contains("previous is 0.8 (run 5"), "{found}");
}

#[test]
fn accepting_a_broken_run_makes_it_the_baseline() {
    let folder = Folder::new();
    let rule = "accuracy >= previous - 0.01";
    night(&folder, 1, 180, &[rule]).expect(0);
    night(&folder, 2, 150, &[rule]).expect(1);
    night(&folder, 3, 150, &[rule]).expect(1);
    history(&folder, "accept 2 --db h.db").expect(0);
    let ran = night(&folder, 4, 150, &[rule]).expect(0);
    assert!(first(&ran)["reason"].as_str().unwrap().contains("(run 2 of 2026-10-02)"), "{ran:?}");
}

#[test]
fn a_night_that_is_repeated_is_not_its_own_baseline() {
    let folder = Folder::new();
    let rule = "accuracy >= previous";
    night(&folder, 1, 180, &[rule]).expect(0);
    night(&folder, 2, 190, &[rule]).expect(0);
    night(&folder, 2, 185, &[rule]).expect(0);
    // Of night 2 the last run counts.
    night(&folder, 3, 185, &[rule]).expect(0);
    let found = first(&night(&folder, 4, 184, &[rule]).expect(1));
    assert!(found["reason"].as_str().unwrap().contains("run 4 of 2026-10-03"), "{found}");
}

#[test]
fn the_same_rows_are_paired_on_what_the_history_kept() {
    let folder = Folder::new();
    let rules = [
        "worse(accuracy, previous)",
        "accuracy >= previous - 0.01 @ 95%",
        "drifted(predictions, previous)",
    ];
    night(&folder, 1, 180, &[]).expect(0);
    let ran = night(&folder, 2, 170, &rules).expect(1);
    let found = ran.json()["rules"].clone();
    let reason = |at: usize| found[at]["reason"].as_str().unwrap().to_owned();
    assert!(
        reason(0).contains("paired on 200 rows") && reason(0).contains("corrected for 2 tests"),
        "{}",
        reason(0)
    );
    assert_eq!(
        (&found[0]["verdict"], &found[1]["verdict"]),
        (&"broken".into(), &"undecided".into())
    );
    assert!(reason(1).contains("paired on 200 rows"), "{}", reason(1));
    let calm = night(&folder, 3, 180, &rules).expect(0).json();
    assert_eq!(calm["rules"][1]["verdict"], "holds", "{}", calm["rules"][1]["reason"]);
}

#[test]
fn another_split_of_the_night_is_found_in_the_history() {
    let folder = Folder::new();
    rows(&folder, "train.csv", 198);
    rows(&folder, "test.csv", 180);
    let eval = |split: &str, rule: &str| {
        let line = format!(
            "eval {split}.csv --labels label --predictions prediction --json --history h.db \
             --dataset d --model m --date 2026-10-01 --split {split} {rule}"
        );
        tallyho(&folder, &line)
    };
    let rule = "--require 'accuracy{split=train} - accuracy{split=test} <= 0.05'";
    let found = first(&eval("test", rule).expect(1));
    assert_eq!(found["verdict"], "undefined");
    eval("train", "").expect(0);
    let found = first(&eval("test", rule).expect(1));
    assert_eq!(
        found["reason"],
        "the difference is 0.09, required <= 0.05: accuracy{split=train} is 0.99 (198 of 200), \
         accuracy{split=test} is 0.9 (180 of 200)"
    );
}

/// Values come from where they are cheapest, and are the same from everywhere.
#[test]
fn earlier_values_are_stored_or_computed_alike() {
    let folder = Folder::new();
    let history = History::open_or_create(&folder.path("h.db")).unwrap();
    for (night, hits) in [("10-01", 900), ("10-02", 910), ("10-03", 800), ("10-04", 905)] {
        record(&history, "steady", night, &counted(hits, 1000), &[("r", hits > 850)], None);
    }
    let identity = identity("steady");
    let past = history.past(&identity, "2026-10-05".parse().unwrap(), None);
    let values = |name: &str, last: usize| -> Vec<(i64, f64)> {
        let quantity = Quantity::parse(name).unwrap();
        let values = past.values("r", &quantity, last).unwrap();
        values.into_iter().map(|(earlier, value)| (earlier.run, value.unwrap())).collect()
    };
    let expected = [(4, 0.905), (2, 0.91), (1, 0.9)];
    assert_eq!(values("accuracy", 9), expected);
    assert_eq!(values("accuracy", 2), expected[..2]);
    assert_eq!(values("error_rate", 1)[0].0, 4, "not stored, and computed from the tallies");
    assert!((values("error_rate", 1)[0].1 - 0.095).abs() < 1e-12);
    assert_eq!(values("tp[0]", 1), [(4, 453.0)]);
    assert_eq!(values("seconds", 2), [(4, 0.5), (2, 0.5)]);
    assert_eq!(past.value(3, &Quantity::parse("rows").unwrap()).unwrap(), Ok(1000.0));
    assert_eq!(past.run(9).unwrap(), None);
    assert_eq!(past.run(3).unwrap().unwrap().night, "2026-10-03");
    let both = past.together(&[4, 2]).unwrap().unwrap();
    assert_eq!(both.rows.scored, 2000);
    assert_eq!(past.agreement(4).unwrap(), None);
    let runs = |rule: &str| -> Vec<i64> {
        past.runs(rule, 9).unwrap().into_iter().map(|run| run.run).collect()
    };
    assert_eq!((runs("r"), runs("other")), (vec![4, 2, 1], vec![4, 3, 2, 1]));
}
