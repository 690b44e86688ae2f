//! Values that begin with a hyphen.

use super::{sound, tallyho};
use crate::common::files::Folder;

/// Labels with -100, as padding has, and with -1 and 1.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.file("t.csv", "y,p,b,s\n0,0,-1,-0.5\n1,0,1,0.25\n-100,1,1,-0.25\n1,1,-1,0.5\n");
    folder.file("names.csv", "y,p\n-x,-x\na,a\n-x,a\n");
    folder
}

#[test]
fn a_label_may_begin_with_a_hyphen() {
    let folder = folder();
    for line in [
        "eval t.csv --labels y --predictions p --ignore-label -100 --json",
        "eval t.csv --labels y --predictions p --ignore-label=-100 --json",
    ] {
        let report = tallyho(&folder, line).expect(0).json();
        assert_eq!((&report["rows"]["scored"], &report["rows"]["ignored"]), (&3.into(), &1.into()));
        assert_eq!(report["metrics"]["accuracy"]["value"], 2.0 / 3.0);
    }
    let line = "eval names.csv --labels y --predictions p --ignore-label -x --json";
    assert_eq!(tallyho(&folder, line).expect(0).json()["rows"]["scored"], 1);
}

#[test]
fn the_positive_class_may_begin_with_a_hyphen() {
    let line = "eval t.csv --labels b --scores s --scores-are logits --positive -1 --threshold -0.3 --json";
    let report = tallyho(&folder(), line).expect(0).json();
    assert_eq!(report["options"]["positive"], "-1");
    assert_eq!(report["options"]["threshold"], -0.3);
}

/// Exit status 2 without a row that was counted.
#[test]
fn the_next_option_is_no_value() {
    let folder = folder();
    for option in ["--ignore-label", "--positive", "--threshold", "--beta", "--max-fpr"] {
        for next in ["--json", "--metrics=accuracy", "-q", "-o"] {
            let line = format!("eval t.csv --labels y --predictions p {option} {next}");
            let ran = tallyho(&folder, &line).expect(2);
            let problem = "a value is required for '";
            assert!(ran.stderr.contains(problem) && ran.stderr.contains(option), "{line}: {ran:?}");
            assert_eq!(ran.stdout, "");
        }
    }
}

#[test]
fn names_of_columns_begin_with_a_hyphen_after_an_equals_sign_only() {
    let folder = Folder::new();
    folder.file("t.csv", "-y,p\n0,0\n1,1\n");
    let ran = tallyho(&folder, "eval t.csv --labels -y --predictions p").expect(2);
    assert!(ran.stderr.contains("unexpected argument '-y' found"), "{ran:?}");
    tallyho(&folder, "eval t.csv --labels=-y --predictions p").expect(0);
}

#[test]
fn a_negative_number_that_makes_no_sense_is_refused_for_what_it_is() {
    let folder = sound();
    for (option, problem) in [
        ("--bins -5", "invalid value '-5' for '--bins <N>'"),
        ("--threads -1", "invalid value '-1' for '--threads <N>'"),
        ("--beta -1", "--beta takes a number from 0 to 1e9, found -1"),
        ("--max-fpr -0.5", "found -0.5"),
        ("--threshold -inf", "--threshold must be a finite number, found -inf"),
        ("--threshold x", "invalid value 'x' for '--threshold <SCORE>'"),
    ] {
        let line = format!("eval t.csv --labels label --scores s1 {option}");
        let ran = tallyho(&folder, &line).expect(2);
        assert!(ran.stderr.contains(problem), "{option}: {ran:?}");
    }
}
