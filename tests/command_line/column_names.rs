//! Names of columns as people write them, and as messages show them.

use serde_json::Value;

use super::tallyho;
use crate::common::files::{Folder, npy};

fn report(folder: &Folder, line: &str) -> Value {
    tallyho(folder, &format!("eval {line} --json")).expect(0).json()
}

fn refusal(folder: &Folder, line: &str) -> String {
    let ran = tallyho(folder, &format!("eval {line}")).expect(2);
    ran.stderr.trim_end().strip_prefix("tallyho: ").unwrap().to_owned()
}

fn told<'a>(report: &'a Value, code: &str) -> Vec<&'a str> {
    let notices = report["warnings"].as_array().unwrap().iter();
    notices.filter(|it| it["code"] == code).map(|it| it["text"].as_str().unwrap()).collect()
}

#[test]
fn a_blank_after_the_comma_is_no_part_of_a_name_unless_it_is_asked_for() {
    let folder = Folder::new();
    folder.file("t.csv", "y, p_a, p_b\na,0.75,0.25\nb,0.25,0.75\n");
    for scores in ["p_a,p_b", "p_*", "' p_*'", "' p_a, p_b'", "p_a,' p_b'"] {
        let found = report(&folder, &format!("t.csv --labels y --scores {scores}"));
        assert_eq!(found["metrics"]["accuracy"]["value"], 1.0, "{scores}");
    }
    let found = report(&folder, "t.csv --labels y --scores p_a,p_b");
    let expected =
        ["t.csv: 'p_a' was taken for column ' p_a'", "t.csv: 'p_b' was taken for column ' p_b'"];
    assert_eq!(told(&found, "TH018"), expected);
    assert!(told(&report(&folder, "t.csv --labels y --scores ' p_*'"), "TH018").is_empty());
    folder.file("t.csv", "y , p\na,a\nb,a\n");
    let found = report(&folder, "t.csv --labels y --predictions p");
    assert_eq!(told(&found, "TH018").len(), 2);
    // The name as it is written comes first.
    folder.file("t.csv", "y,p, p\na,a,b\nb,b,a\n");
    let found = report(&folder, "t.csv --labels y --predictions p");
    assert_eq!(found["metrics"]["accuracy"]["value"], 1.0);
    let found = report(&folder, "t.csv --labels y --predictions ' p'");
    assert_eq!(found["metrics"]["accuracy"]["value"], 0.0);
}

#[test]
fn row_names_of_r_are_no_column_too_many() {
    let folder = Folder::new();
    for (text, options) in [
        ("\"y\",\"p\"\n\"1\",0,0\n\"2\",1,0\n", ""),
        ("\"y\";\"p\"\n\"1\";0;0\n\"2\";1;0\n", ""),
        ("\"y\" \"p\"\n\"r1\" 0 0\n\"r2\" 1 0\n", "--csv delimiter=space"),
    ] {
        folder.file("t.csv", text);
        let found = report(&folder, &format!("t.csv --labels y --predictions p {options}"));
        assert_eq!(
            (&found["rows"]["scored"], &found["metrics"]["accuracy"]["value"]),
            (&2.into(), &0.5.into())
        );
        let expected = "t.csv: the header has 2 names for 3 fields, as R writes it; the first of \
                        each row was taken for the row's name";
        assert_eq!(told(&found, "TH016"), [expected]);
    }
    // Of one role, too; and a comma at the end of each line names no row.
    folder.file("S.csv", "\"a\",\"b\"\n\"1\",0.75,0.25\n\"2\",0.25,0.75\n");
    folder.file("y.csv", "y\na\nb\n");
    let found = report(&folder, "--labels y.csv --scores S.csv");
    assert_eq!(found["metrics"]["accuracy"]["value"], 1.0);
    folder.file("t.csv", "y,p\n0,0,\n1,0,\n");
    assert!(refusal(&folder, "t.csv --labels y --predictions p").contains("has 3 fields where"));
}

#[test]
fn a_score_that_is_amiss_is_named_by_its_column() {
    let folder = Folder::new();
    for (value, expected) in [
        ("", "score column 'p_1' is missing"),
        ("x", "score column 'p_1' is 'x', not a number"),
        ("1.3", "score column 'p_1' is 1.3, but a probability lies in 0 to 1"),
        ("nan", "score column 'p_1' is NaN"),
        ("inf", "score column 'p_1' is infinite"),
    ] {
        folder.file("t.csv", format!("y,p_1,p_0\n0,0.25,0.75\n1,{value},0.25\n0,0,1\n"));
        let line = "t.csv --labels y --scores p_0,p_1 --scores-are probabilities";
        let found = refusal(&folder, line);
        assert!(found.starts_with(&format!("t.csv: row 1: {expected}")), "{found}");
    }
    folder.file("s.csv", "s\n0.5\n1.5\n");
    folder.file("y.npy", npy(&[0i64, 1]));
    let found = refusal(&folder, "--labels y.npy --scores s.csv --scores-are probabilities");
    assert!(found.starts_with("s.csv: row 1: score column 's' is 1.5, but"), "{found}");
    folder.file("s.npy", npy(&[0.5f64, 1.5]));
    let found = refusal(&folder, "--labels y.npy --scores s.npy --scores-are probabilities");
    assert!(found.starts_with("s.npy: row 1: score 0 is 1.5, but"), "{found}");
}

#[test]
fn comment_lines_and_other_encodings_say_what_they_are() {
    let folder = Folder::new();
    folder.file("t.csv", "# made by hand\ny,p\na,a\n");
    assert_eq!(
        refusal(&folder, "t.csv --labels y --predictions p"),
        "t.csv: has no column 'y'; it has: '# made by hand'; its first line begins with '#': if \
         that is a comment, take such lines out"
    );
    let latin_1 =
        |text: &str| -> Vec<u8> { text.chars().map(|c| u8::try_from(c as u32).unwrap()).collect() };
    folder.file("t.csv", latin_1("y,p,note\ncat,cat,x\ncaf\u{e9},cat,x\n"));
    for options in ["", " --on-invalid skip"] {
        assert_eq!(
            refusal(&folder, &format!("t.csv --labels y --predictions p{options}")),
            "t.csv: is not UTF-8: row 1 has 'caf\u{fffd}'; save the file as UTF-8"
        );
    }
    folder.file("t.csv", latin_1("y,p,note\ncat,cat,\u{e9}\ndog,cat,x\n"));
    report(&folder, "t.csv --labels y --predictions p");
}

#[test]
fn lengths_that_differ_by_one_say_what_may_be_behind_it() {
    let folder = Folder::new();
    folder.file("y.npy", npy(&[0i64, 1, 1]));
    folder.file("s.csv", "1\n0.25\n0.5\n");
    assert_eq!(
        refusal(&folder, "--labels y.npy --scores s.csv"),
        "y.npy has 3 labels, but s.csv has 2 scores; if the first line of s.csv, '1', is a row, use \
         --csv header=no"
    );
    folder.file("y.csv", "y\n0\n1\n1\n\n");
    folder.file("p.csv", "p\n0\n1\n1\n");
    assert_eq!(
        refusal(&folder, "--labels y.csv --predictions p.csv"),
        "y.csv has 4 labels, but p.csv has 3 predictions; the last row of y.csv is empty"
    );
    folder.file("s.csv", "0,0,1\n0.25,0.25,0.5\n0.5,0.25,0.25\n");
    assert!(refusal(&folder, "--labels y.npy --scores s.csv").ends_with(
        "has more than one column '0'; if the first line is a row, use --csv header=no"
    ));
}

#[test]
fn a_comma_after_the_thousands_is_told_how_to_be_written() {
    let folder = Folder::new();
    folder.file("t.csv", "y;s\n0;1,000\n1;12,500\n");
    let line = "t.csv --labels y --scores s --scores-are logits";
    assert_eq!(
        refusal(&folder, line),
        "t.csv: column 's': '1,000' may be 1.000 or 1000; if it is 1.000, use --csv decimal=comma, \
         and if it is 1000, write it so, without a comma"
    );
    assert!(refusal(&folder, &format!("{line} --csv decimal=point")).starts_with(
        "t.csv: row 0: score column 's' is '1,000', not a number; if it is 1000, write it so, and \
         if it is 1.000, use --csv decimal=comma"
    ));
    report(&folder, &format!("{line} --csv decimal=comma"));
    folder.file("t.csv", "y;s\n0;1000\n1;12500\n");
    report(&folder, &format!("{line} --csv decimal=point"));
}
