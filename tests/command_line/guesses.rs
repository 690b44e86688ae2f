//! What is guessed of one positive class, of a threshold and of a scale is said, or
//! refused where it cannot be right.

use serde_json::{Value, json};
use zip::CompressionMethod;

use super::tallyho;
use crate::common::files::{Folder, npy, npy_matrix, npz};

const ONE: &str = "eval t.csv --labels y --scores s";

fn report(folder: &Folder, line: &str) -> Value {
    tallyho(folder, &format!("{line} --json")).expect(0).json()
}

fn refusal(folder: &Folder, line: &str) -> String {
    tallyho(folder, line).expect(2).stderr
}

fn codes(report: &Value) -> Vec<&str> {
    report["warnings"].as_array().unwrap().iter().filter_map(|it| it["code"].as_str()).collect()
}

/// Four rows of one score, of two labels.
fn table(negative: &str, positive: &str) -> String {
    let rows = [(negative, 0.25), (positive, 0.75), (positive, 0.875), (negative, 0.625)];
    rows.iter().fold("y,s\n".to_owned(), |all, (y, s)| format!("{all}{y},{s}\n"))
}

#[test]
fn a_positive_class_that_names_do_not_tell_is_warned_of() {
    let folder = Folder::new();
    for [negative, positive] in
        [["0", "1"], ["-1", "1"], ["False", "True"], ["no", "yes"], ["N", "Y"], ["neg", "pos"]]
    {
        folder.file("t.csv", table(negative, positive));
        let warned = codes(&report(&folder, ONE)).contains(&"TH166");
        assert_eq!(warned, negative == "neg", "{positive}");
    }
    folder.file("t.csv", table("legit", "fraud"));
    let ran = tallyho(&folder, ONE).expect(0);
    let said = "warning TH166: nothing tells which of 'fraud' and 'legit' is the positive class: \
                'legit' was taken, the later one; say --positive 'legit' if it is, or --positive \
                'fraud'";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    tallyho(&folder, &format!("{ONE} --strict")).expect(2);
    folder.file("classes.txt", "legit\nfraud\n");
    for named in ["--positive fraud", "--positive legit", "--classes classes.txt"] {
        let found = report(&folder, &format!("{ONE} {named}"));
        assert!(!codes(&found).contains(&"TH166"), "{named}");
    }
    assert_eq!(
        report(&folder, &format!("{ONE} --positive fraud"))["metrics"]["accuracy"]["value"],
        0.75
    );
}

#[test]
fn a_score_column_that_is_called_as_the_other_class_is_warned_of() {
    let folder = Folder::new();
    let said = |column: &str, classes: [&str; 2], more: &str| {
        let text = table(classes[0], classes[1]).replacen("y,s", &format!("y,{column}"), 1);
        folder.file("t.csv", text);
        let line = format!("eval t.csv --labels y --scores '{column}' --json {more}");
        tallyho(&folder, &line).expect(0).stderr
    };
    for (column, classes) in [("p_0", ["0", "1"]), ("proba0", ["0", "1"]), ("P_No", ["no", "yes"])]
    {
        let found = said(column, classes, "");
        let expected = format!(
            "warning TH166: column '{column}' is called as class '{0}' is, but was taken for the \
             score of '{1}'; say --positive '{1}' if it is, or --positive '{0}'",
            classes[0], classes[1]
        );
        assert!(found.contains(&expected), "{column}: {found}");
        assert_eq!(said(column, classes, &format!("--positive {}", classes[1])), "");
    }
    for column in ["p_1", "p_10", "fold_0_score", "score"] {
        assert_eq!(said(column, ["0", "1"], ""), "", "{column}");
    }
    assert_eq!(said("casino", ["no", "yes"], ""), "");
}

#[test]
fn of_two_columns_it_is_warned_of_where_something_depends_on_it() {
    let folder = Folder::new();
    folder.file("t.csv", "y,p_yes,p_no\nyes,0.75,0.25\nno,0.25,0.75\nyes,0.375,0.625\n");
    let line = "eval t.csv --labels y --scores 'p_*'";
    assert!(!codes(&report(&folder, line)).contains(&"TH166"));
    for asked in ["--threshold 0.3", "--metrics roc_auc", "--auc exact"] {
        let found = report(&folder, &format!("{line} {asked}"));
        assert!(codes(&found).contains(&"TH166"), "{asked}: {found}");
        let found = report(&folder, &format!("{line} {asked} --positive yes"));
        assert!(!codes(&found).contains(&"TH166"), "{asked}");
    }
    folder.file("t.csv", "y,p_no,p_yes\nyes,0.25,0.75\nno,0.75,0.25\nyes,0.625,0.375\n");
    let found = report(&folder, &format!("{line} --metrics roc_auc"));
    assert!(codes(&found).contains(&"TH161") && !codes(&found).contains(&"TH166"));
}

#[test]
fn a_score_equal_to_the_threshold_is_positive_in_every_type() {
    let folder = Folder::new();
    let scores = [0.1, 0.3, 0.9, 0.9];
    let single = scores.map(|it: f64| it as f32);
    let half = single.map(half::f16::from_f32);
    folder.file("y.npy", npy(&[0i64, 0, 1, 1]));
    folder.file("f64.npy", npy(&scores));
    folder.file("f32.npy", npy(&single));
    folder.file("f16.npy", npy(&half));
    let pairs = |of: &[f32]| of.iter().flat_map(|it| [1.0 - it, *it]).collect::<Vec<_>>();
    folder.file("pairs.npy", npy_matrix(&pairs(&single), 2));
    let ways = ["", "--metrics accuracy", "--metrics roc_auc,accuracy"];
    for (file, more) in
        [("f64", ""), ("f32", ""), ("f16", ""), ("pairs", ""), ("f32", "--scores-are logits")]
    {
        for way in ways {
            let line = format!("eval --labels y.npy --scores {file}.npy --threshold 0.9");
            let found = report(&folder, &format!("{line} {way} {more}"));
            assert_eq!(found["metrics"]["accuracy"]["value"], 1.0, "{file} {way} {more}: {found}");
            assert_eq!(found["options"]["threshold"], 0.9);
        }
    }
}

/// Differences of logits of single precision need more than that.
#[test]
fn a_threshold_that_was_found_for_two_logits_counts_what_was_promised() {
    let folder = Folder::new();
    let rows = 40_u16;
    let logit = |row: u16| [1.0 / f32::from(row + 3), f32::from(row % 7) * 0.3 + 1e-3];
    folder.file("y.npy", npy(&(0..rows).map(|row| i64::from(row % 3 == 0)).collect::<Vec<_>>()));
    folder.file("s.npy", npy_matrix(&(0..rows).flat_map(logit).collect::<Vec<f32>>(), 2));
    let line = "eval --labels y.npy --scores s.npy --scores-are logits";
    for recall in ["0.2", "0.5", "0.7", "0.9"] {
        let found = report(&folder, &format!("{line} --threshold-for 'recall >= {recall}'"));
        let point = &found["operating_points"][0];
        let counted = report(&folder, &format!("{line} --threshold {}", point["threshold"]));
        let cells = &counted["confusion"]["counts"];
        assert_eq!([&cells[0][1], &cells[1][1]], [&point["fp"], &point["tp"]], "{recall}");
    }
}

#[test]
fn a_threshold_that_tells_no_probabilities_apart_is_warned_of() {
    let folder = Folder::new();
    folder.file("t.csv", table("0", "1"));
    for (threshold, said) in [("30", "no row is"), ("-0.5", "all rows are")] {
        let ran = tallyho(&folder, &format!("{ONE} --threshold {threshold}")).expect(0);
        assert!(ran.stderr.contains("TH211") && ran.stderr.contains(said), "{}", ran.stderr);
    }
    for fit in ["0", "0.5", "1"] {
        let found = report(&folder, &format!("{ONE} --threshold {fit}"));
        assert!(!codes(&found).contains(&"TH211"));
    }
    folder.file("t.csv", "y,s\n0,3\n1,97\n0,2\n1,88\n");
    let ran = tallyho(&folder, &format!("{ONE} --scores-are percent --threshold 1")).expect(0);
    assert!(ran.stderr.contains("for 1 % say --threshold 0.01"), "{}", ran.stderr);
}

#[test]
fn log_probabilities_as_the_one_score_are_warned_of() {
    let folder = Folder::new();
    folder.file("t.csv", "y,s\n0,-2.5\n1,-0.25\n0,-3.5\n1,-0.125\n");
    let ran = tallyho(&folder, ONE).expect(0);
    assert!(ran.stderr.contains("warning TH212: no score looked at is above 0"), "{}", ran.stderr);
    for sure in ["--scores-are logits", "--scores-are logits --threshold -1"] {
        assert!(!codes(&report(&folder, &format!("{ONE} {sure}"))).contains(&"TH212"));
    }
}

#[test]
fn percentages_beside_probabilities_are_refused_by_the_names_of_both_files() {
    let folder = Folder::new();
    folder.file("s-1.csv", "y,s\n0,12\n1,88\n0,30\n");
    folder.file("s-2.csv", "y,s\n1,.9\n0,.2\n1,.7\n");
    for files in ["s-1.csv s-2.csv", "s-2.csv s-1.csv"] {
        for way in ["--scores-are percent", ""] {
            let refused = refusal(&folder, &format!("eval {files} --labels y --scores s {way}"));
            let said = "tallyho: s-1.csv holds scores above 1, as percentages are, but every score \
                        looked at in s-2.csv lies in 0 to 1";
            assert!(refused.starts_with(said), "{refused}");
        }
    }
    let line = "eval s-1.csv s-2.csv --labels y --scores s --scores-are logits";
    assert_eq!(report(&folder, line)["rows"]["scored"], 6);
}

#[test]
fn predictions_alone_refuse_what_is_no_probability_as_ever() {
    let folder = Folder::new();
    folder.file("y.npy", npy(&[0i64, 1, 0, 1]));
    let rows = [0.9, 0.1, 0.2, 0.8, 1.3, 0.9, -0.3, 1.4];
    let line = "eval --labels y.npy --scores s.npy";
    for wide in [false, true] {
        // Of many columns no block of rows is scored at once.
        let columns = if wide { 40 } else { 2 };
        let row = |pair: &[f64]| [pair, &vec![0.0; columns - 2]].concat();
        let scores: Vec<f64> = rows.chunks(2).flat_map(row).collect();
        let single: Vec<f32> = scores.iter().map(|it| *it as f32).collect();
        folder.file("s.npy", npy_matrix(&single, columns));
        for metrics in ["", "--metrics accuracy"] {
            let refused = refusal(&folder, &format!("{line} {metrics}"));
            assert!(refused.contains("row 2: score 0 is 1.29"), "{refused}");
            let found = report(&folder, &format!("{line} {metrics} --on-invalid skip"));
            assert_eq!(found["rows"]["invalid"], 2, "{metrics}");
        }
        // What is a hair off is clipped, and sums do not matter.
        let mut fine = single.clone();
        fine[2 * columns..2 * columns + 2].copy_from_slice(&[1.0005, 0.0]);
        fine[3 * columns..3 * columns + 2].copy_from_slice(&[0.25, 0.5]);
        folder.file("s.npy", npy_matrix(&fine, columns));
        let found = report(&folder, &format!("{line} --metrics accuracy"));
        assert_eq!(found["metrics"]["accuracy"]["value"], 1.0);
        assert!(codes(&found).contains(&"TH205"), "{found}");
        assert!(refusal(&folder, line).contains("row 3: the probabilities sum to 0.75"));
    }
    // Whole blocks of rows.
    folder.file("y.npy", npy(&[1i64; 64]));
    let mut many = [0.25_f32, 0.5].repeat(64);
    folder.file("s.npy", npy_matrix(&many, 2));
    let sure = format!("{line} --metrics accuracy --scores-are probabilities");
    assert_eq!(report(&folder, &sure)["metrics"]["accuracy"]["value"], 1.0);
    many[2 * 37] = -0.3;
    folder.file("s.npy", npy_matrix(&many, 2));
    assert!(refusal(&folder, &sure).contains("row 37: score 0 is -0.3"));
    // Percentages and logits have their order, too.
    let percent: Vec<f32> = [25.0, 75.0].repeat(64);
    folder.file("s.npy", npy_matrix(&percent, 2));
    let found = report(&folder, &format!("{line} --metrics accuracy"));
    assert_eq!(found["metrics"]["accuracy"]["value"], json!(1.0));
}

#[test]
fn one_score_that_is_always_the_other_class_is_no_matter_of_columns() {
    let folder = Folder::new();
    folder.file("t.csv", "y,s\nyes,0.2\nyes,0.3\nyes,0.1\n");
    let ran = tallyho(&folder, &format!("{ONE} --positive yes")).expect(0);
    assert!(ran.stderr.contains("TH502: class 'not yes' is predicted for 3 of 3 rows"));
    assert!(!ran.stderr.contains("leave it out of the scores"), "{}", ran.stderr);
    let told = tallyho(&folder, "eval --list-metrics").expect(0).stdout;
    assert!(told.contains("a row of logits gives its label probability 0"), "{told}");
}

#[test]
fn one_column_of_the_other_class_is_told_by_its_name_or_refused() {
    let folder = Folder::new();
    let rows = "1,.2,.8\n0,.7,.3\n1,.4,.6\n0,.9,.1\n";
    folder.file("t.csv", format!("y,p_0,p_1\n{rows}"));
    let line = "eval t.csv --labels y --scores";
    assert_eq!(
        refusal(&folder, &format!("{line} p_0")).trim_end(),
        "tallyho: column 'p_0' seems to be the score of class '0', since there is 'p_1', too, but \
         the positive class would be '1'; say --positive '0' or --positive '1', whichever it is the \
         score of, or name the other column: --scores 'p_1'"
    );
    let accuracy = |way: &str| {
        report(&folder, &format!("{line} {way}"))["metrics"]["accuracy"]["value"].clone()
    };
    for way in ["p_1", "p_0 --positive 0"] {
        assert_eq!(accuracy(way), 1.0, "{way}");
    }
    assert_eq!(accuracy("p_0 --positive 1"), 0.0);
    // Names for numbers, and words that sort the other way around.
    folder.file("t.csv", format!("y,p_no,p_yes\n{rows}"));
    let found = report(&folder, &format!("{line} p_no"));
    assert!(codes(&found).contains(&"TH167"), "{found}");
    assert_eq!((accuracy("p_no"), accuracy("p_yes")), (json!(1.0), json!(1.0)));
    let named = |label: char| if label == '1' { "fraud" } else { "legit" };
    let named =
        rows.lines().map(|row| format!("{}{}\n", named(row.as_bytes()[0].into()), &row[1..]));
    folder.file("t.csv", format!("y,p_legit,p_fraud\n{}", named.collect::<String>()));
    for (column, code) in [("p_fraud", true), ("p_legit", false)] {
        let found = report(&folder, &format!("{line} {column}"));
        assert_eq!(found["metrics"]["accuracy"]["value"], 1.0, "{column}");
        assert_eq!(codes(&found).contains(&"TH167"), code, "{column}");
        assert!(!codes(&found).contains(&"TH166"), "{found}");
    }
    // A name that tells nothing is nothing to refuse.
    folder.file("t.csv", format!("y,other,s\n{rows}"));
    assert_eq!(accuracy("s"), 1.0);
}

#[test]
fn percentages_with_their_sign_are_called_that() {
    let folder = Folder::new();
    folder.file("t.csv", "y,p_0,p_1\n1,42.13%,57.87%\n0,90.5%,9.5%\n");
    let said = "'42.13%' is a percentage with its sign; save numbers, e.g. \
                s.str.rstrip('%').astype(float), and say --scores-are percent";
    for scores in ["'p_*'", "p_0,p_1", "p_0", "'p_*' --scores-are percent"] {
        let refused = refusal(&folder, &format!("eval t.csv --labels y --scores {scores}"));
        assert_eq!(refused.trim_end(), format!("tallyho: t.csv: column 'p_0': {said}"));
    }
}

#[test]
fn a_threshold_that_is_another_number_in_other_types_of_scores_is_refused() {
    let folder = Folder::new();
    let (y, f32s, f64s) = (npy(&[1_i64, 0]), npy(&[0.9_f32, 0.1]), npy(&[0.9_f64, 0.1]));
    for (name, scores) in [("4.npz", f32s), ("8.npz", f64s)] {
        let arrays = [("y", y.clone()), ("s", scores)];
        folder.file(name, npz(&arrays, CompressionMethod::Stored, false));
    }
    let line = "eval 4.npz 8.npz --labels y --scores s --threshold";
    let ran = tallyho(&folder, &format!("{line} 0.9")).expect(2);
    assert!(ran.stderr.contains("--threshold 0.9 is another number in each type"), "{ran:?}");
    for one in ["eval 4.npz", "eval 8.npz"] {
        let found =
            tallyho(&folder, &format!("{one} --labels y --scores s --threshold 0.9 --json"));
        assert_eq!(found.expect(0).json()["metrics"]["accuracy"]["value"], 1.0);
    }
    tallyho(&folder, &format!("{line} 0.5")).expect(0);
}
