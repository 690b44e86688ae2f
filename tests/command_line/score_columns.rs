//! Score columns and the classes that they become.

use serde_json::{Value, json};

use super::tallyho;
use crate::common::files::{Folder, npy};

/// Three rows of which all are right; the columns are out of order.
const ROWS: &str = "y,p_1,p_0\n1,0.9,0.1\n0,0.2,0.8\n1,0.6,0.4\n";

fn report(folder: &Folder, line: &str) -> Value {
    tallyho(folder, &format!("{line} --json")).expect(0).json()
}

/// The text of the notice of a code.
fn notice(report: &Value, code: &str) -> String {
    let all = report["warnings"].as_array().unwrap();
    let found = all.iter().find(|notice| notice["code"] == code);
    found.unwrap_or_else(|| panic!("no {code} in {all:?}"))["text"].as_str().unwrap().to_owned()
}

fn accuracy(report: &Value) -> &Value {
    &report["metrics"]["accuracy"]["value"]
}

#[test]
fn numbers_out_of_order_are_never_taken_by_position_whatever_the_glob() {
    let folder = Folder::new();
    folder.file("t.csv", ROWS);
    folder.file("in_order.csv", "y,p_0,p_1\n1,0.1,0.9\n0,0.8,0.2\n1,0.4,0.6\n");
    let globs = ["'p_*'", "'p_?'", "'p_[01]'", "'p[_][0-9]*'", "'p*'", "p_1,p_0", "p_0,p_1"];
    let lists = ["p_0 --scores p_1", "p_1 --scores 'p_0'", "'p_0, p_1'"];
    let expected = report(&folder, "eval in_order.csv --labels y --scores 'p_*'");
    for scores in globs.iter().chain(&lists) {
        let found = report(&folder, &format!("eval t.csv --labels y --scores {scores}"));
        assert_eq!((accuracy(&found), &found["classes"]), (&json!(1.0), &json!(["0", "1"])));
        assert_eq!(found["digest"], expected["digest"], "{scores}");
        let said = "2 score columns became classes by the numbers in their names: 'p_0' is class \
                    '0', 'p_1' is class '1'";
        assert_eq!(notice(&found, "TH102"), said);
    }
}

#[test]
fn names_of_columns_are_classes_as_the_labels_spell_them() {
    let folder = Folder::new();
    let cases = [
        ("whole names", "malignant,benign", "benign", "malignant,benign"),
        ("a common prefix", "p_cat,p_dog", "dog", "'p_*'"),
        ("a common suffix", "dog.prob,cat.prob", "cat", "'*.prob'"),
        ("a prefix that is shared with the class", "class_0,class_1", "class_1", "'class_*'"),
        ("a prefix before that", "p_class_0,p_class_1", "class_1", "'p_*'"),
    ];
    for (what, columns, label, scores) in cases {
        let right = columns.split(',').position(|column| column.contains(label)).unwrap();
        let row = if right == 0 { "0.9,0.1" } else { "0.2,0.8" };
        folder.file("t.csv", format!("y,{columns}\n{label},{row}\n{label},{row}\n"));
        let found = report(&folder, &format!("eval t.csv --labels y --scores {scores}"));
        assert_eq!(accuracy(&found), &json!(1.0), "{what}");
        assert!(found["classes"].as_array().unwrap().contains(&json!(label)), "{what}");
    }
}

#[test]
fn files_with_their_score_columns_in_other_orders_are_put_together_by_class() {
    let folder = Folder::new();
    folder.file("a.csv", "y,p_cat,p_dog\ncat,0.9,0.1\ndog,0.2,0.8\n");
    folder.file("b.csv", "p_dog,y,p_cat\n0.9,dog,0.1\n0.2,cat,0.8\n");
    folder.file("whole.csv", "y,p_cat,p_dog\ncat,0.9,0.1\ndog,0.2,0.8\ndog,0.1,0.9\ncat,0.8,0.2\n");
    let whole = report(&folder, "eval whole.csv --labels y --scores 'p_*'");
    let found = report(&folder, "eval a.csv b.csv --labels y --scores 'p_*'");
    assert_eq!(found["digest"], whole["digest"]);
    assert_eq!(found["classes"], json!(["cat", "dog"]));
    let said = notice(&found, "TH103");
    assert!(said.starts_with("b.csv names its score columns otherwise"), "{said}");
    folder.file("c.csv", "y,p_cat,p_eel\ncat,0.9,0.1\n");
    let refused = tallyho(&folder, "eval a.csv c.csv --labels y --scores 'p_*'").expect(2);
    let problem = "tallyho: a.csv has a score column for class 'dog', but c.csv has none; all \
                   files must have the same classes\n";
    assert_eq!(refused.stderr, problem);
}

#[test]
fn classes_that_are_given_take_their_columns_by_name_or_number_or_list_but_never_by_chance() {
    let folder = Folder::new();
    folder.file("classes", "dog\ncat\n");
    folder.file("t.csv", "y,p_cat,p_dog\ncat,0.9,0.1\ndog,0.2,0.8\n");
    let found = report(&folder, "eval t.csv --labels y --scores 'p_*' --classes classes");
    assert_eq!((accuracy(&found), &found["classes"]), (&json!(1.0), &json!(["dog", "cat"])));
    folder.file("n.csv", "y,p_1,p_0\ncat,0.9,0.1\ndog,0.2,0.8\n");
    let found = report(&folder, "eval n.csv --labels y --scores 'p_*' --classes classes");
    assert_eq!((accuracy(&found), &found["classes"]), (&json!(1.0), &json!(["dog", "cat"])));
    folder.file("x.csv", "y,b,a\ncat,0.9,0.1\ndog,0.2,0.8\n");
    let refused =
        tallyho(&folder, "eval x.csv --labels y --scores '?' --classes classes").expect(2);
    assert!(
        refused.stderr.contains("nothing tells which score column is which class"),
        "{refused:?}"
    );
    let found = report(&folder, "eval x.csv --labels y --scores a,b --classes classes");
    assert_eq!(accuracy(&found), &json!(1.0));
    assert!(notice(&found, "TH102").contains("in the order in which --scores and --classes"));
}

#[test]
fn numbers_of_every_type_are_scores_and_what_is_no_number_is_refused_by_name() {
    let folder = Folder::new();
    let rows = "y,p_cat,p_dog,p_eel\ncat,2.5,-1,7\neel,0.5,1,3\ndog,0.25,9,4\neel,1,2,3\n";
    folder.file("t.csv", rows);
    let found = report(&folder, "eval t.csv --labels y --scores 'p_*'");
    assert_eq!(found["classes"], json!(["cat", "dog", "eel"]));
    assert_eq!(found["confusion"]["counts"], json!([[0, 0, 1], [0, 1, 0], [0, 0, 2]]));
    folder.file("na.csv", "y,p_cat,p_dog,p_eel\ncat,2.5,-1,NA\ndog,0.5,1,NA\n");
    let refused = tallyho(&folder, "eval na.csv --labels y --scores 'p_*'").expect(2);
    let problem = "tallyho: na.csv: column 'p_eel' matches --scores 'p_*' but holds text such as \
                   'NA'; if it is a score, save it as numbers, and if not, name the others: \
                   --scores p_cat,p_dog\n";
    assert_eq!(refused.stderr, problem);
    folder.file("half.csv", "y,p_cat,p_dog\ncat,2.5,-1\ndog,0.5,NA\ndog,0.5,3\n");
    let refused = tallyho(&folder, "eval half.csv --labels y --scores 'p_*'").expect(2);
    assert!(
        refused.stderr.contains("row 1: score column 'p_dog' is 'NA', not a number"),
        "{refused:?}"
    );
}

#[test]
fn a_column_beside_the_scores_that_no_label_has_is_warned_of_by_name() {
    let folder = Folder::new();
    let rows: String = (0..8).map(|_| "cat,0.5,0.25,0.75\ndog,0.25,0.5,0.75\n").collect();
    folder.file("t.csv", format!("y,prob_cat,prob_dog,prob_max\n{rows}"));
    let ran = tallyho(&folder, "eval t.csv --labels y --scores 'prob_*' -q").expect(0);
    let most = "tallyho: warning TH502: class 'max' is predicted for 16 of 16 rows and is the label \
                of none; if its column holds no score, leave it out of the scores\n";
    assert!(ran.stderr.contains(most), "{ran:?}");
    assert!(ran.stderr.contains("no label belongs to 1 of the 3 score columns: 'prob_max'"));
    let ran = tallyho(&folder, "eval t.csv --labels y --scores prob_cat,prob_dog -q").expect(0);
    assert!(!ran.stderr.contains("TH502") && !ran.stderr.contains("TH104"), "{ran:?}");
}

#[test]
fn an_index_that_pandas_wrote_is_left_out_with_a_note() {
    let folder = Folder::new();
    folder.file("y.npy", npy(&[0i64, 1, 2]));
    for index in ["", "Unnamed: 0"] {
        folder
            .file("s.csv", format!("{index},0,1,2\n0,0.7,0.2,0.1\n1,0.2,0.5,0.3\n2,0.1,0.1,0.8\n"));
        let found = report(&folder, "eval --labels y.npy --scores s.csv");
        assert_eq!((accuracy(&found), &found["classes"]), (&json!(1.0), &json!(["0", "1", "2"])));
        let said = format!(
            "s.csv: column '{index}' only numbers the rows, as pandas writes its index: left out"
        );
        assert_eq!(notice(&found, "TH101"), said);
    }
    folder.file("y.csv", ",label\n0,0\n1,1\n2,2\n");
    folder.file("p.csv", "answer\n0\n1\n2\n");
    let found = report(&folder, "eval --labels y.csv --predictions p.csv");
    assert_eq!(accuracy(&found), &json!(1.0));
}

#[test]
fn lists_that_make_no_sense_are_refused() {
    let folder = Folder::new();
    folder.file("t.csv", ROWS);
    for (scores, problem) in [
        ("p_0,p_0", "--scores names column 'p_0' twice"),
        ("p_0,y", "t.csv: --scores names column 'y', which has another role already"),
        ("p_0,p_2", "t.csv: has no column 'p_2'; it has: 'y', 'p_1', 'p_0'; did you mean 'p_0'?"),
        (",", "--scores names no column"),
    ] {
        let ran = tallyho(&folder, &format!("eval t.csv --labels y --scores {scores}")).expect(2);
        assert_eq!(ran.stderr, format!("tallyho: {problem}\n"));
    }
    folder.file("y.npy", npy(&[0i64, 1]));
    let ran = tallyho(&folder, "eval --labels y.npy --scores a.npy --scores b.npy").expect(2);
    assert!(ran.stderr.contains("name the one array that holds all scores"), "{ran:?}");
}

#[test]
fn a_list_of_columns_is_no_way_around_names_that_say_otherwise() {
    let folder = Folder::new();
    let rows = "cat,.8,.1,.1\ndog,.1,.8,.1\nbird,.1,.1,.8\n";
    folder.file("t.csv", format!("y,p_cat,p_dog,p_bird\n{rows}"));
    folder.file("classes", "dog\ncat\nBird\n");
    for scores in ["'p_*'", "p_cat,p_dog,p_bird"] {
        let line = format!("eval t.csv --labels y --scores {scores} --classes classes");
        let refused = tallyho(&folder, &line).expect(2);
        let problem = "tallyho: t.csv: score column 'p_cat' is named like a class of --classes, but \
                       'p_bird' is not, and no column is named like 'Bird'; spell them alike, or say \
                       --match-classes loose if they differ in nothing but case or blanks\n";
        assert_eq!(refused.stderr, problem);
        let found = report(&folder, &format!("{line} --match-classes loose"));
        assert_eq!(
            (accuracy(&found), &found["classes"]),
            (&json!(1.0), &json!(["dog", "cat", "Bird"]))
        );
    }
}

#[test]
fn padded_numbers_are_the_classes_that_labels_or_a_list_spell_so() {
    let folder = Folder::new();
    let rows = "007,0.8,0.1,0.1\n042,0.1,0.8,0.1\n100,0.1,0.1,0.8\n";
    folder.file("t.csv", format!("y,p_007,p_042,p_100\n{rows}"));
    folder.file("classes", "100\n042\n007\n");
    let found = report(&folder, "eval t.csv --labels y --scores 'p_*'");
    assert_eq!((accuracy(&found), &found["classes"]), (&json!(1.0), &json!(["007", "042", "100"])));
    let found = report(&folder, "eval t.csv --labels y --scores 'p_*' --classes classes");
    assert_eq!((accuracy(&found), &found["classes"]), (&json!(1.0), &json!(["100", "042", "007"])));
}

#[test]
fn loose_matching_tells_how_much_of_a_column_s_name_is_the_class() {
    let folder = Folder::new();
    let rows = "New_York,.9,.1\nNew_Jersey,.2,.8\n";
    folder.file("t.csv", format!("y,p_new_york,p_new_jersey\n{rows}"));
    let line = "eval t.csv --labels y --scores 'p_*' --match-classes loose";
    let found = report(&folder, line);
    let classes = json!(["new_york", "new_jersey"]);
    assert_eq!((accuracy(&found), &found["classes"]), (&json!(1.0), &classes));
}

#[test]
fn numbers_below_zero_are_numbers_in_names_of_columns_too() {
    let folder = Folder::new();
    let in_order = "0,0.25,0.75,0\n1,0,0.25,0.75\n-1,0.75,0.25,0\n";
    let out_of_order = "0,0,0.25,0.75\n1,0.75,0,0.25\n-1,0,0.75,0.25\n";
    for (columns, rows, glob) in [
        ("p_-1,p_0,p_1", in_order, "p_*"),
        ("p-1,p0,p1", in_order, "p*"),
        ("p_1,p_-1,p_0", out_of_order, "p_*"),
    ] {
        folder.file("t.csv", format!("y,{columns}\n{rows}"));
        let ran = tallyho(&folder, &format!("eval t.csv --labels y --scores '{glob}' --json"));
        let ran = ran.expect(0);
        assert_eq!(ran.stderr, "", "{columns}");
        assert_eq!(accuracy(&ran.json()), &json!(1.0), "{columns}");
    }
}
