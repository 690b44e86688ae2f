//! One class in several spellings: warned of, kept apart or counted as one.

use serde_json::{Value, json};

use super::tallyho;
#[cfg(feature = "parquet")]
use crate::common::files::{Column, parquet};
use crate::common::files::{Folder, npy, npy_matrix};
use crate::common::program::{Ran, without_provenance};

const NAMES: &str = "--labels y --predictions p --device cpu";

fn table(rows: &str) -> Folder {
    let folder = Folder::new();
    folder.file("t.csv", format!("y,p\n{rows}"));
    folder
}

/// The accuracy, the classes, and the codes of what is said.
fn told(ran: Ran) -> (f64, Value, Vec<String>) {
    let report = ran.expect(0).json();
    let codes = [&report["findings"], &report["warnings"]].map(|it| it.as_array().unwrap());
    let codes = codes.into_iter().flatten().map(|it| it["code"].as_str().unwrap().to_owned());
    let accuracy = report["metrics"]["accuracy"]["value"].as_f64().unwrap();
    (accuracy, report["classes"].clone(), codes.collect())
}

/// Rows, how many of them agree, and the classes if spellings are one.
const KINDS: &[(&str, f64, &[&str])] = &[
    ("1,1.0\n2,2.0\n2,2\n1,2\n", 0.75, &["1", "2"]),
    ("1,+1\n7,007\n7,7\n1,7e0\n", 0.75, &["1", "7"]),
    ("True,TRUE\nFalse,false\nTrue,True\nTrue,FALSE\n", 0.75, &["0", "1"]),
    ("True,1\nFalse,0\nTrue,True\nTrue,0\n", 0.75, &["0", "1"]),
    ("cat, cat\ndog,dog \ncat,cat\ncat,dog\n", 0.75, &["cat", "dog"]),
    ("Cat,cat\ndog,DOG\ncat,cat\ncat,Dog\n", 0.75, &["cat", "dog"]),
    ("caf\u{e9},cafe\u{301}\ntea,Tea\ntea,tea\ntea,CAF\u{c9}\n", 0.75, &["caf\u{e9}", "tea"]),
];

#[test]
fn every_kind_of_spelling_is_warned_of_kept_apart_or_counted_as_one() {
    for (rows, share, classes) in KINDS {
        let folder = table(rows);
        let eval =
            |options: &str| told(tallyho(&folder, &format!("eval t.csv {NAMES} --json {options}")));
        let (accuracy, _, codes) = eval("");
        assert!(accuracy < *share && codes.contains(&"TH511".to_owned()), "{rows}: {codes:?}");
        let (apart, _, codes) = eval("--match-classes exact");
        assert_eq!(apart, accuracy, "{rows}");
        assert!(!codes.contains(&"TH511".to_owned()), "{rows}: {codes:?}");
        let (accuracy, found, codes) = eval("--match-classes loose");
        assert_eq!((accuracy, found), (*share, json!(classes)), "{rows}");
        assert_eq!(codes, ["TH143"], "{rows}");
    }
}

#[test]
fn the_warning_names_the_spellings_with_their_rows_and_the_way_out() {
    let folder = table("cat,Cat\ndog,DOG\ncat,cat\n");
    let ran = tallyho(&folder, &format!("eval t.csv {NAMES} -q")).expect(0);
    assert_eq!(
        ran.stderr,
        "tallyho: warning TH511: classes that differ in nothing but their spelling are counted \
         apart: 'Cat' (labels: 0, predictions: 1) and 'cat' (labels: 2, predictions: 1); 'DOG' \
         (labels: 0, predictions: 1) and 'dog' (labels: 1, predictions: 0); --match-classes loose \
         counts such as one, exact keeps them apart without a word\n"
    );
    tallyho(&folder, &format!("eval t.csv {NAMES} -q --strict")).expect(2);
    tallyho(&folder, &format!("eval t.csv {NAMES} -q --strict --match-classes exact")).expect(0);
    tallyho(&folder, &format!("eval t.csv {NAMES} -q --strict --match-classes loose")).expect(0);
}

#[test]
fn decomposed_letters_are_spelled_out_and_many_groups_are_counted() {
    let mut rows: String = (0..9).map(|at| format!("c{at},C{at}\n")).collect();
    rows.push_str("e\u{301},\u{e9}\nc0,c0\n");
    let folder = table(&rows);
    let ran = tallyho(&folder, &format!("eval t.csv {NAMES} -q")).expect(0);
    assert!(ran.stderr.contains("; and 5 more; --match-classes"), "{}", ran.stderr);
    let folder = table("e\u{301},\u{e9}\na,a\n");
    let ran = tallyho(&folder, &format!("eval t.csv {NAMES} -q")).expect(0);
    assert!(
        ran.stderr.contains("'e\\u{301}' (labels: 1, predictions: 0) and '\u{e9}'"),
        "{}",
        ran.stderr
    );
}

/// Shards of integers, floats in text and words, each with spellings of its own.
fn shards() -> Folder {
    let folder = Folder::new();
    let shards = ["1,1.0\n2,2\n2,+2\n", "1.0,1\n02,2\n1,Cat\n", " cat,CAT\ncat,1\n2,2e0\n"];
    for (at, rows) in shards.iter().enumerate() {
        folder.file(&format!("{at}.csv"), format!("y,p\n{rows}"));
    }
    folder.file("all.csv", format!("y,p\n{}", shards.concat()));
    folder
}

#[test]
fn spellings_that_only_some_files_have_are_told_by_these_files() {
    let folder = Folder::new();
    for at in 0..9 {
        folder.file(&format!("{at}.csv"), "y,p\n0,0\n1,1\ncat,Cat\n");
    }
    let eval = |files: &str| {
        let ran = tallyho(&folder, &format!("eval {files} {NAMES} -q")).expect(0);
        let told = ran.stderr.lines().find(|line| line.contains("TH043"));
        (told.map(str::to_owned), ran.stderr)
    };
    let told = |files: &str| eval(files).0.map(|it| it.split_once("rows, ").unwrap().1.to_owned());
    // Spellings that every file has are told by the finding alone.
    let (found, all) = eval("0.csv 1.csv");
    assert!(found.is_none() && all.contains("TH511"), "{all}");
    folder.file("a.csv", "y,p\n0.0,0\n1.0,1\ncat,Cat\n");
    assert_eq!(told("0.csv a.csv 1.csv").unwrap(), "'0.0' and '1.0' are only in a.csv");
    assert_eq!(told("a.csv 1.csv").unwrap(), "'0.0' and '1.0' are only in a.csv");
    assert_eq!(told("a.csv"), None);
    folder.file("b.csv", "y,p\n0,0\n1.0,1\nCat,Cat\nCAT,dog\n");
    assert_eq!(
        told("0.csv a.csv 1.csv b.csv").unwrap(),
        "'0.0' is only in a.csv; '1.0' is only in a.csv and 1 more; 'CAT' is only in b.csv"
    );
    let line = format!("eval 0.csv a.csv {NAMES} -q --match-classes");
    for word in ["exact", "loose"] {
        assert_eq!(tallyho(&folder, &format!("{line} {word}")).expect(0).stderr, "");
    }
    // However many spellings and files there are, the message is short.
    for file in 0..9 {
        let rows: String = (0..90).map(|at| format!("C{}-{file},c{at}-x\n", at % 9)).collect();
        let rows = format!("{rows}{}", rows.replace('C', "c"));
        let rows: String = (0..9).map(|at| rows.replace('x', &at.to_string())).collect();
        folder.file(&format!("{file}.csv"), format!("y,p\n{rows}"));
    }
    let (found, all) = eval("'[0-9].csv'");
    let found = found.unwrap();
    assert!(found.contains("; and 3 more") && found.len() < 500, "{all}");
}

#[test]
fn states_merge_to_the_whole_and_find_what_the_whole_finds() {
    let folder = shards();
    for option in ["", "--match-classes exact", "--match-classes loose"] {
        for at in 0..3 {
            tallyho(&folder, &format!("eval {at}.csv {NAMES} -q {option} -o {at}.tally")).expect(0);
        }
        let whole = tallyho(&folder, &format!("eval all.csv {NAMES} --json {option} -o all.tally"));
        for order in ["0.tally 1.tally 2.tally", "2.tally 0.tally 1.tally"] {
            let merged =
                tallyho(&folder, &format!("merge {order} --json -o merged.tally")).expect(0);
            assert_eq!(without_provenance(&merged.stdout), without_provenance(&whole.stdout));
            let bytes = |name: &str| std::fs::read(folder.path(name)).unwrap();
            assert_eq!(bytes("merged.tally"), bytes("all.tally"), "{option}");
        }
    }
    // A state says which it is, but one that says nothing is as ever.
    let state = |name: &str| std::fs::read(folder.path(name)).unwrap();
    assert_eq!(state("all.tally")[8], 4);
    tallyho(&folder, &format!("eval all.csv {NAMES} -q -o plain.tally")).expect(0);
    assert_eq!(state("plain.tally")[8], 3);
    let ran = tallyho(&folder, "merge all.tally plain.tally").expect(2);
    let problem =
        "match-classes is loose against exact; evaluate both with the same --match-classes\n";
    assert!(ran.stderr.ends_with(problem), "{}", ran.stderr);
    // Only where both were said to be exact, the warning is not wanted.
    tallyho(&folder, &format!("eval 0.csv {NAMES} -q --match-classes exact -o exact.tally"))
        .expect(0);
    let ran = tallyho(&folder, "merge exact.tally plain.tally -q").expect(0);
    assert!(ran.stderr.contains("TH511"), "{}", ran.stderr);
}

#[test]
fn threads_and_batches_never_show_in_how_a_class_is_spelled() {
    let folder = shards();
    let eval = |options: &str| {
        let line = format!("eval all.csv {NAMES} --json --match-classes loose {options}");
        without_provenance(&tallyho(&folder, &line).expect(0).stdout)
    };
    let first = eval("--threads 1");
    for options in ["--threads 4 --batch-rows 1", "--threads 2 --batch-rows 2"] {
        assert_eq!(eval(options), first);
    }
    assert!(first.contains("\"cat\""), "{first}");
}

#[test]
fn arrays_and_text_meet_in_the_numbers_that_they_spell() {
    let folder = Folder::new();
    folder.file("y.npy", npy(&[1_i64, 2, 2, 1]));
    folder.file("p.csv", "p\n1.0\n2.0\n2.0\n2.0\n");
    folder.file("b.npy", npy(&[true, false, true]));
    folder.file("b.csv", "p\nTrue\nFalse\nFalse\n");
    let ran = tallyho(&folder, "eval --labels y.npy --predictions p.csv").expect(2);
    assert_eq!(
        ran.stderr,
        "tallyho: y.npy: labels and predictions have no class in common: labels are spelled like \
         '1', predictions like '1.0'; --match-classes loose takes such spellings for one class\n"
    );
    let line = "eval --labels y.npy --predictions p.csv --json --match-classes loose";
    assert_eq!(told(tallyho(&folder, line)).0, 0.75);
    let line = "eval --labels b.npy --predictions b.csv --json --match-classes loose";
    assert_eq!(told(tallyho(&folder, line)).0, 2.0 / 3.0);
}

#[test]
fn given_classes_and_score_columns_keep_their_names() {
    let folder = table("cat,CAT\nDOG,dog\ncat,Dog\n");
    folder.file("classes.txt", "Dog\nCat\n");
    let line = format!("eval t.csv {NAMES} --classes classes.txt");
    let ran = tallyho(&folder, &line).expect(2);
    assert_eq!(
        ran.stderr,
        "tallyho: t.csv: row 0: label 'cat' is not one of the classes that --classes names \
         (--match-classes loose takes it for 'Cat'); correct it, or leave such rows out with \
         --on-invalid skip\n"
    );
    let (accuracy, classes, _) =
        told(tallyho(&folder, &format!("{line} --json --match-classes loose")));
    assert_eq!((accuracy, classes), (2.0 / 3.0, json!(["Dog", "Cat"])));
    folder.file("twice.txt", "Dog\ndog\n");
    let line = format!("eval t.csv {NAMES} --classes twice.txt --match-classes loose");
    assert_eq!(
        tallyho(&folder, &line).expect(2).stderr,
        "tallyho: --match-classes loose cannot tell the classes 'Dog' and 'dog' apart; rename one, \
         or use --match-classes exact\n"
    );
    folder.file("s.csv", "y,p_cat,p_dog\nCat,0.75,0.25\ndog,0.5,0.5\nDOG,0.25,0.75\n");
    let line = "eval s.csv --labels y --scores 'p_*' --scores-are probabilities";
    let ran = tallyho(&folder, line).expect(2);
    assert_eq!(
        ran.stderr,
        "tallyho: s.csv: row 0: label 'Cat' has no score: the classes are 'cat' and 'dog' \
         (--match-classes loose takes it for 'cat'); correct it, or leave such rows out with \
         --on-invalid skip\n"
    );
    let (accuracy, classes, _) =
        told(tallyho(&folder, &format!("{line} --json --match-classes loose")));
    assert_eq!((accuracy, classes), (2.0 / 3.0, json!(["cat", "dog"])));
    folder.file("m.npy", npy_matrix(&[0.75, 0.25, 0.25, 0.75], 2));
    folder.file("l.csv", "y\n0.0\n1.0\n");
    let line = "eval --labels l.csv --scores m.npy --json --match-classes loose --scores-are probabilities";
    let (accuracy, classes, _) = told(tallyho(&folder, line));
    assert_eq!((accuracy, classes), (1.0, json!(["0", "1"])));
}

/// Which of two labels is positive must not depend on the row that comes first.
#[test]
fn binary_classes_found_in_any_spelling_are_the_same_two() {
    let folder = Folder::new();
    let rows = ["Spam,0.9\n", "ham,0.2\n", "HAM,0.6\n", "spam,0.8\n"];
    let mut reports = Vec::new();
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        folder.file("t.csv", format!("y,s\n{}", order.map(|at| rows[at]).concat()));
        let line = "eval t.csv --labels y --scores s --json --match-classes loose --positive SPAM";
        let report = tallyho(&folder, line).expect(0).json();
        assert_eq!(report["classes"], json!(["ham", "spam"]));
        assert_eq!(report["metrics"]["roc_auc"]["value"], json!(1.0));
        reports.push(report["digest"].clone());
    }
    assert!(reports.iter().all(|digest| *digest == reports[0]));
}

#[test]
fn a_label_to_be_ignored_that_no_row_has_is_warned_of() {
    let folder = table("0.0,0.0\n1.0,1.0\n255.0,0.0\n1.0,0.0\n");
    let line = format!("eval t.csv {NAMES} -q --ignore-label");
    assert_eq!(
        tallyho(&folder, &format!("{line} 255")).expect(0).stderr,
        "tallyho: warning TH141: no row has the label '255', which --ignore-label leaves out; \
         there are rows with the label '255.0': name that one, or see --match-classes loose\n"
    );
    assert_eq!(tallyho(&folder, &format!("{line} 255.0")).expect(0).stderr, "");
    assert_eq!(tallyho(&folder, &format!("{line} 255 --match-classes loose")).expect(0).stderr, "");
    // Of several, the one that is met is not named; integers are counted elsewhere.
    folder.file("y.npy", npy(&[0_i64, 1, 255, 1]));
    folder.file("p.npy", npy(&[0_i64, 1, 0, 0]));
    let line = "eval --labels y.npy --predictions p.npy --device cpu -q --ignore-label 255";
    assert_eq!(tallyho(&folder, line).expect(0).stderr, "");
    assert_eq!(
        tallyho(&folder, &format!("{line} --ignore-label 77")).expect(0).stderr,
        "tallyho: warning TH141: no row has the label '77', which --ignore-label leaves out\n"
    );
    folder.file("s.npy", npy_matrix(&[1.0_f32, 2.0, 0.0, 3.0, 1.0, 1.0, 2.0, 5.0], 2));
    let line = "eval --labels y.npy --scores s.npy --device cpu -q --ignore-label";
    assert_eq!(tallyho(&folder, &format!("{line} 255")).expect(0).stderr, "");
    let ran = tallyho(&folder, &format!("{line} 255 --ignore-label 9")).expect(0);
    assert!(ran.stderr.contains("TH141: no row has the label '9'"), "{}", ran.stderr);
}

#[cfg(feature = "parquet")]
#[test]
fn a_table_of_integers_meets_a_table_of_text() {
    let folder = Folder::new();
    let text = |values: &[&str]| {
        Column::Text(values.iter().map(|value| Some((*value).to_owned())).collect())
    };
    let labels = Column::I64(vec![Some(3), Some(4), Some(4)]);
    folder.file("t.parquet", parquet(&[("y", labels), ("p", text(&["3.0", "4", "03"]))], 2));
    let (accuracy, classes, _) =
        told(tallyho(&folder, &format!("eval t.parquet {NAMES} --json --match-classes loose")));
    assert_eq!((accuracy, classes), (2.0 / 3.0, json!(["3", "4"])));
}
