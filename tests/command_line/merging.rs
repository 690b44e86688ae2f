//! States: the parts give the whole.

use std::fs;

use super::{sound, tallyho};
use crate::common::files::Folder;
use crate::common::program::{run, without_provenance};

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

#[test]
fn a_state_that_is_named_twice_is_counted_once() {
    let folder = shards();
    let rows = |states: &str| tallyho(&folder, &format!("merge {states} --json")).expect(0).json();
    let ran = tallyho(&folder, "merge 0.tally 0.tally -q").expect(0);
    assert_eq!(ran.stderr, "tallyho: warning TH035: 0.tally is named twice; it is counted once\n");
    let report = rows("0.tally ./0.tally 1.tally");
    assert_eq!(report["rows"], rows("0.tally 1.tally")["rows"]);
    assert_eq!(report["inputs"].as_array().unwrap().len(), 2);
    assert_eq!(report["warnings"][0]["code"], "TH035");
    tallyho(&folder, "merge 0.tally 0.tally -q --strict").expect(2);
}

/// Counts of few rows are often equal, those of many are not.
#[test]
fn equal_counts_of_many_rows_are_warned_of() {
    let folder = Folder::new();
    let warned = |rows: &str, options: &str| {
        folder.file("t.csv", format!("label,prediction,s\n{rows}"));
        for name in ["a", "b"] {
            let line = format!("eval t.csv --labels label {options} -q -o {name}.tally");
            tallyho(&folder, &line).expect(0);
        }
        let ran = tallyho(&folder, "merge a.tally b.tally -q").expect(0);
        ran.stderr.contains("TH041: a.tally and b.tally hold the same counts of")
    };
    let rows = |count: usize, classes: usize| -> String {
        let row = |at: usize| format!("{},{},0.{}\n", at % classes, at * at % classes, at % 7 + 1);
        (0..count).map(row).collect()
    };
    let predictions = "--predictions prediction";
    assert!(warned(&rows(1_000, 10), predictions));
    assert!(!warned(&rows(999, 10), predictions));
    assert!(warned(&rows(1_000, 2), predictions));
    assert!(warned(&rows(1_000, 2), "--scores s"));
    assert!(!warned(&rows(999, 2), "--scores s"));
    folder.file("t.csv", format!("label,prediction,s\n{}", rows(1_000, 2)));
    // Of other names they are of other rows, and who allows repeats need not be told.
    for name in ["a", "b"] {
        let line = format!("eval t.csv --labels label --scores s -q -o {name}.tally");
        tallyho(&folder, &format!("{line} --shard {name}")).expect(0);
    }
    let unnamed = "eval t.csv --labels label --scores s -q -o c.tally";
    tallyho(&folder, unnamed).expect(0);
    assert_eq!(tallyho(&folder, "merge a.tally b.tally -q --strict").expect(0).stderr, "");
    tallyho(&folder, &format!("{unnamed} -o d.tally")).expect(0);
    let ran = tallyho(&folder, "merge c.tally d.tally -q --strict").expect(2);
    assert!(ran.stderr.contains("TH041: c.tally and d.tally hold the same counts"), "{ran:?}");
    let allowed = tallyho(&folder, "merge c.tally d.tally -q --strict --allow-repeats");
    assert_eq!(allowed.expect(0).stderr, "");
}

/// Shards 0 to 2 with names, signed with the key in `own.key`.
fn named_shards() -> Folder {
    let folder = shards();
    folder.file("own.key", [7; 32]);
    folder.file("other.key", [8; 40]);
    for at in 0..3 {
        let line = format!("eval {at}.csv {NAMES} -q --shard part-{at} --sign own.key");
        tallyho(&folder, &format!("{line} -o {at}.tally")).expect(0);
    }
    folder
}

#[test]
fn two_states_of_one_name_are_refused_however_they_were_merged() {
    let folder = named_shards();
    tallyho(&folder, "merge 0.tally 1.tally -q -o some.tally").expect(0);
    let ran = tallyho(&folder, "merge 2.tally some.tally 1.tally").expect(2);
    assert_eq!(
        ran.stderr,
        "tallyho: some.tally and 1.tally both hold the shard 'part-1', which would be counted \
         twice; leave one out, or add both with --allow-repeats\n"
    );
    let ran = tallyho(&folder, "merge some.tally 1.tally --allow-repeats --json -o all.tally");
    let report = ran.expect(0).json();
    assert_eq!(report["rows"]["scored"], 8);
    assert_eq!(report["warnings"][0]["code"], "TH046");
    let text = "some.tally and 1.tally both hold the shard 'part-1', and both are added, as asked";
    assert_eq!(report["warnings"][0]["text"], text);
    tallyho(&folder, "merge all.tally 0.tally -q").expect(2);
    tallyho(&folder, "merge all.tally 2.tally -q").expect(0);
}

#[test]
fn names_and_signatures_do_not_change_what_is_counted() {
    let folder = named_shards();
    let signed = tallyho(&folder, "merge 0.tally 1.tally 2.tally --json").expect(0);
    let whole = tallyho(&folder, &format!("eval all.csv {NAMES} --json")).expect(0);
    assert_eq!(signed.json()["digest"], whole.json()["digest"]);
    assert_eq!(signed.json()["order_digest"], serde_json::Value::Null);
    // The parts are signed, and nobody asked by whom.
    assert_eq!(signed.json()["warnings"][0]["code"], "TH045");
    assert_eq!(
        signed.json()["warnings"][0]["text"],
        "3 of 3 states are signed, which was not verified"
    );
    let verified = tallyho(&folder, "merge 0.tally 1.tally 2.tally --verify own.key --json");
    assert_eq!(verified.expect(0).json()["warnings"], serde_json::json!([]));
}

#[test]
fn only_states_signed_with_the_key_are_verified() {
    let folder = named_shards();
    tallyho(&folder, &format!("eval 0.csv {NAMES} -q -o plain.tally")).expect(0);
    tallyho(&folder, &format!("eval 0.csv {NAMES} -q --shard x -o named.tally")).expect(0);
    tallyho(&folder, &format!("eval 0.csv {NAMES} -q --sign other.key -o other.tally")).expect(0);
    for name in ["plain", "named"] {
        let ran = tallyho(&folder, &format!("merge 1.tally {name}.tally --verify own.key"));
        let expected = format!(
            "tallyho: {name}.tally: not signed, and only states that are signed with the key are \
             to be merged; write it again with the key\n"
        );
        assert_eq!(ran.expect(2).stderr, expected);
    }
    let ran = tallyho(&folder, "merge 1.tally other.tally --verify own.key").expect(2);
    assert_eq!(
        ran.stderr,
        "tallyho: other.tally: its signature is not of this key: it was signed with another one, \
         or changed since; write it again with the key\n"
    );
    // Whoever has no key changes a state with its checksum, and is found out.
    let bytes = fs::read(folder.path("0.tally")).unwrap();
    let end = bytes.len() - 33 - 32;
    let mut forged = bytes[..end].to_vec();
    forged[40] ^= 1;
    let forged = [&forged, &blake3::hash(&forged).as_bytes()[..], &bytes[end + 32..]].concat();
    folder.file("forged.tally", forged);
    let ran = tallyho(&folder, "merge 1.tally forged.tally --verify own.key").expect(2);
    assert!(ran.stderr.contains("forged.tally: its signature is not of this key"), "{ran:?}");
    // A sum is signed anew, or not at all.
    tallyho(&folder, "merge 0.tally 1.tally -q --verify own.key -o sum.tally").expect(0);
    tallyho(&folder, "merge sum.tally 2.tally -q --verify own.key").expect(2);
    let line = "merge 0.tally 1.tally -q --verify own.key --sign own.key -o sum.tally";
    tallyho(&folder, line).expect(0);
    tallyho(&folder, "merge sum.tally 2.tally -q --verify own.key").expect(0);
}

#[test]
fn a_key_is_long_enough_and_signs_a_state() {
    let folder = named_shards();
    folder.file("short.key", "secret\n");
    let eval = format!("eval 0.csv {NAMES} -q");
    let ran = tallyho(&folder, &format!("{eval} --sign short.key -o x.tally")).expect(2);
    assert_eq!(
        ran.stderr,
        "tallyho: short.key: a key has 32 to 65536 bytes, found 7; \
         `head -c 32 /dev/urandom > FILE` makes one\n"
    );
    assert!(!folder.path("x.tally").exists());
    tallyho(&folder, &format!("{eval} --sign none.key -o x.tally")).expect(2);
    for option in ["--sign own.key", "--shard a"] {
        let ran = tallyho(&folder, &format!("{eval} {option} -o x.json")).expect(2);
        let name = option.split(' ').next().unwrap();
        let expected =
            format!("tallyho: {name} has no effect: no output is a state; add -o FILE.tally\n");
        assert_eq!(ran.stderr, expected);
    }
    // The key is no output.
    tallyho(&folder, &format!("{eval} --sign own.key -o own.key")).expect(2);
    let key = folder.file("key.tally", [9; 64]);
    tallyho(&folder, &format!("{eval} --sign key.tally -o key.tally")).expect(2);
    assert_eq!(fs::read(key).unwrap(), [9; 64]);
    for name in ["''", &"x".repeat(201)] {
        let name = name.trim_matches('\'');
        let mut args: Vec<&str> = eval.split(' ').collect();
        args.extend(["-o", "x.tally", "--shard", name]);
        let ran = run(&folder.path(""), &args).expect(2);
        assert!(ran.stderr.contains("the name of a shard has 1 to 200 bytes"), "{ran:?}");
    }
}

#[test]
fn states_that_do_not_merge_are_told_with_the_option_that_makes_them_alike() {
    let folder = sound();
    folder.file("ab.csv", "y,a,b\na,0.75,0.25\nb,0.25,0.75\n");
    folder.file("ba.csv", "y,b,a\na,0.25,0.75\nb,0.75,0.25\n");
    folder.file("ab.txt", "a\nb\n");
    for name in ["ab", "ba"] {
        let line = format!("eval {name}.csv --labels y --scores a,b -q");
        tallyho(&folder, &format!("{line} --classes ab.txt -o {name}.named.tally")).expect(0);
        let line = line.replace("a,b", if name == "ab" { "a,b" } else { "b,a" });
        tallyho(&folder, &format!("{line} -o {name}.tally")).expect(0);
    }
    let ran = tallyho(&folder, "merge ab.tally ba.tally").expect(2);
    assert!(
        ran.stderr.ends_with(
            "; the same classes are in another order: evaluate both with the same --classes FILE\n"
        ),
        "{ran:?}"
    );
    tallyho(&folder, "merge ab.named.tally ba.named.tally -q").expect(0);
    let line = "eval t.csv --labels label --scores s0,s1 -q";
    tallyho(&folder, &format!("{line} --bins 10 -o ten.tally")).expect(0);
    tallyho(&folder, &format!("{line} -o fifteen.tally")).expect(0);
    let ran = tallyho(&folder, "merge ten.tally fifteen.tally").expect(2);
    assert!(ran.stderr.ends_with("evaluate both with the same --bins\n"), "{ran:?}");
}

#[test]
fn an_exact_order_has_a_digest_until_it_is_merged() {
    let folder = sound();
    folder.file("s.csv", "y,s\n0,0.25\n1,0.5\n0,0.5\n1,0.75\n");
    folder.file("turned.csv", "y,s\n1,0.75\n0,0.5\n0,0.25\n1,0.5\n");
    folder.file("closer.csv", "y,s\n0,0.25\n1,0.625\n0,0.625\n1,0.75\n");
    let order = |line: &str| tallyho(&folder, line).expect(0).json()["order_digest"].clone();
    let eval = |name: &str| format!("eval {name}.csv --labels y --scores s --json");
    let found = order(&format!("{} -o s.tally", eval("s")));
    assert_eq!(found.as_str().unwrap().len(), 64);
    // The order of rows in the file is another one.
    assert_eq!(order(&eval("turned")), found);
    assert_ne!(order(&format!("{} -o closer.tally", eval("closer"))), found);
    assert_eq!(order("merge s.tally --json"), found);
    assert!(order("merge s.tally closer.tally --json").is_null());
    assert!(order(&format!("{} --auc binned", eval("s"))).is_null());
}
