//! `tallyho inspect`: what would be read, without counting.

use serde_json::json;

use super::{sound, tallyho};

#[test]
fn an_inspection_shows_files_roles_classes_first_rows_and_warnings() {
    let folder = sound();
    let line = "inspect t.csv --labels label --scores 's*'";
    let ran = tallyho(&folder, line).expect(0);
    let expected = "\
table      t.csv: csv of text
row        a label and 2 scores of type f64, taken as probabilities
classes    2 classes by names of score columns: 0, 1

First rows
row  label  scores
  0  0      0.75  0.25
  1  1      0.25  0.75
  2  0      0.25  0.75
  3  1      0  1
";
    assert!(ran.stdout.starts_with(expected), "{}", ran.stdout);
    assert!(ran.stdout.contains("note TH102: 2 score columns became classes"), "{}", ran.stdout);
    let found = tallyho(&folder, &format!("{line} --json")).expect(0).json();
    assert_eq!(found["classes"], json!(["0", "1"]));
    assert_eq!(found["first_rows"][0]["scores"], json!(["0.75", "0.25"]));
    assert_eq!(found["inputs"][0]["format"], "csv");
}

#[test]
fn an_inspection_reads_the_first_rows_only_and_names_what_is_wrong_with_them() {
    let folder = sound();
    folder.file("t.csv", "label,prediction\na,b\n,b\nc,c\n");
    let ran = tallyho(&folder, "inspect t.csv --labels label --predictions prediction").expect(0);
    assert!(ran.stdout.contains("  1         the label is missing\n"), "{}", ran.stdout);
    let classes = "classes    3 classes by labels and predictions of the first rows; counting may";
    assert!(ran.stdout.contains(classes), "{}", ran.stdout);
    // What eval refuses before it counts is refused here, too, with the same words.
    for roles in ["--labels lable --predictions prediction", "--labels label --scores prediction"] {
        let inspected = tallyho(&folder, &format!("inspect t.csv {roles}")).expect(2);
        assert_eq!(inspected.stderr, tallyho(&folder, &format!("eval t.csv {roles}")).stderr);
    }
}

#[test]
fn without_roles_an_inspection_lists_what_is_there() {
    let folder = sound();
    let ran = tallyho(&folder, "inspect t.csv").expect(0);
    assert!(ran.stdout.contains("t.csv: csv, 4 columns\n"), "{}", ran.stdout);
    let last = ran.stdout.lines().last().unwrap();
    assert!(last.starts_with("tallyho eval t.csv --labels label"), "{last}");
}
