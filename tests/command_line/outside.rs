//! Predictions of no class: missing ones, and answers outside the classes.

use serde_json::{Value, json};

use super::tallyho;
#[cfg(feature = "parquet")]
use crate::common::files::{Column, parquet};
use crate::common::files::{Folder, npy};
use crate::common::program::without_provenance;

const NAMES: &str = "--labels y --predictions p --device cpu";

/// Labels of a, b, c and d; predictions of these and of two others.
const ROWS: &str = "c,c c,c c,none a,a a,none d,d b,b a,a d,none d,d a,a c,c a,a a,a c,c a,a b,b a,d c,a a,a \
    a,a c,c d,d b,none c,none d,d a,a b,e? d,d a,b a,c b,a c,c b,b b,a a,a c,c a,a a,a d,d \
    b,b a,b c,c a,a a,none b,b c,c c,c b,d d,d d,d c,a a,none a,b b,a b,b a,a b,b a,a a,b";

/// scikit-learn 1.9.1 with `labels=["a", "b", "c", "d"], zero_division=0`; Matthews'
/// coefficient and kappa with predictions of no class as one class.
const EXPECTED: &[(&str, f64)] = &[
    ("precision_macro", 0.773_863_636_363_636_4),
    ("recall_macro", 0.691_659_035_409_035_4),
    ("f1_macro", 0.726_814_194_577_352_5),
    ("jaccard_macro", 0.580_736_369_783_023),
    ("fbeta_macro(beta=2)", 0.704_485_288_450_302_2),
    ("precision_micro", 0.769_230_769_230_769_3),
    ("recall_micro", 0.666_666_666_666_666_6),
    ("f1_micro", 0.714_285_714_285_714_3),
    ("jaccard_micro", 0.555_555_555_555_555_6),
    ("fbeta_micro(beta=2)", 0.684_931_506_849_315),
    ("precision_weighted", 0.77),
    ("recall_weighted", 0.666_666_666_666_666_6),
    ("f1_weighted", 0.712_098_617_756_512_5),
    ("jaccard_weighted", 0.560_758_702_645_112_3),
    ("fbeta_weighted(beta=2)", 0.683_555_195_868_069_2),
    ("accuracy", 0.666_666_666_666_666_6),
    ("matthews_corrcoef", 0.571_199_077_610_166_7),
    ("cohen_kappa", 0.560_922_063_666_300_8),
    ("balanced_accuracy", 0.691_659_035_409_035_4),
];

pub fn folder() -> Folder {
    let folder = Folder::new();
    let rows: String = ROWS.split_whitespace().map(|row| format!("{row}\n")).collect();
    folder.file("t.csv", format!("y,p\n{rows}"));
    folder.file("classes.txt", "a\nb\nc\nd\n");
    folder
}

fn value(report: &Value, name: &str) -> f64 {
    report["metrics"][name]["value"].as_f64().unwrap_or_else(|| panic!("{name}: {report}"))
}

#[test]
fn wrong_answers_outside_the_classes_count_as_scikit_learn_counts_them() {
    let folder = folder();
    for classes in ["", "--classes classes.txt"] {
        let line =
            format!("eval t.csv {NAMES} --json --beta 2 --ordinal --outside wrong {classes}");
        let report = tallyho(&folder, &line).expect(0).json();
        for (name, expected) in EXPECTED {
            let found = value(&report, name);
            assert!((found - expected).abs() < 1e-15, "{name} {classes}: {found} {expected}");
        }
        assert_eq!(report["classes"], json!(["a", "b", "c", "d"]));
        assert_eq!(report["per_class"].as_array().unwrap().len(), 4);
        assert_eq!(report["confusion"]["outside"], json!([3, 2, 2, 1]));
        assert_eq!(report["confusion"]["counts"][0], json!([15, 4, 1, 1]));
        assert_eq!(report["options"]["outside"], "wrong");
        let kappa = &report["metrics"]["cohen_kappa_linear"]["undefined"];
        assert_eq!(kappa, "8 predictions are of no class, which is at no distance from a class");
        let wilson = &report["metrics"]["precision_micro"];
        assert_eq!([&wilson["numerator"], &wilson["denominator"]], [40, 52]);
        // Two answers are told apart nowhere, so that naming the classes changes nothing.
        let interval = &report["metrics"]["f1_macro"]["interval"];
        assert_eq!(interval["method"], "bootstrap");
    }
}

#[test]
fn without_classes_the_classes_are_those_of_the_labels_of_the_whole() {
    let folder = Folder::new();
    // In each shard a label of the other is only predicted.
    folder.file("0.csv", "y,p\nx,x\nx,y\nx,?\n");
    folder.file("1.csv", "y,p\ny,y\ny,x\nx,!\n");
    folder.file("2.csv", "y,p\ny,\ny,?\nx,y\n");
    folder.file("all.csv", "y,p\nx,x\nx,y\nx,?\ny,y\ny,x\nx,!\ny,\ny,?\nx,y\n");
    for at in 0..3 {
        let line = format!("eval {at}.csv {NAMES} -q --outside wrong -o {at}.tally");
        tallyho(&folder, &line).expect(0);
    }
    let show = "--json -o report.md -o report.csv";
    let line = format!("eval all.csv {NAMES} --outside wrong {show} -o all.tally");
    let whole = tallyho(&folder, &line).expect(0);
    let read = |name: &str| std::fs::read(folder.path(name)).unwrap();
    let whole_csv = read("report.csv");
    for order in ["0.tally 1.tally 2.tally", "2.tally 1.tally 0.tally"] {
        let merged = tallyho(&folder, &format!("merge {order} {show} -o merged.tally")).expect(0);
        assert_eq!(without_provenance(&merged.stdout), without_provenance(&whole.stdout));
        assert_eq!(
            (read("merged.tally"), read("report.csv")),
            (read("all.tally"), whole_csv.clone())
        );
    }
    let report = whole.json();
    assert_eq!(report["classes"], json!(["x", "y"]));
    assert_eq!(report["confusion"]["outside"], json!([2, 2]));
    let text = "4 of 9 predictions are of no class and count as wrong; 1 is missing; named are \
        '?' (2), '!' (1)";
    assert_eq!(report["findings"], json!([{ "code": "TH512", "severity": "note", "text": text }]));
    assert!(String::from_utf8(whole_csv).unwrap().lines().next().unwrap().ends_with(",outside"));
    let page = String::from_utf8(read("report.md")).unwrap();
    assert!(page.contains("| label \\ prediction | `x` | `y` | `no class` |"), "{page}");
    let text = tallyho(&folder, &format!("eval all.csv {NAMES} --outside wrong")).expect(0).stdout;
    assert!(text.contains("classes  2; 4 predictions of no class, counted as wrong\n"), "{text}");
    assert!(text.contains("   x  y  no class\nx  1  2         2\ny  1  1         2\n"), "{text}");
    let ran =
        tallyho(&folder, &format!("eval all.csv {NAMES} -o plain.tally --on-invalid skip -q"));
    ran.expect(0);
    let ran = tallyho(&folder, "merge all.tally plain.tally").expect(2);
    assert!(ran.stderr.contains("outside is wrong against not wrong"), "{}", ran.stderr);
}

#[test]
fn a_missing_prediction_is_wrong_in_every_format() {
    let folder = Folder::new();
    folder.file("t.csv", "y,p\n1,1\n2,\n1,1\n2,2\n");
    folder.file("y.npy", npy(&[1_i64, 2, 1, 2]));
    folder.file("p.npy", npy(&[1.0_f64, f64::NAN, 1.0, 2.0]));
    let mut lines = vec![
        format!("eval t.csv {NAMES}"),
        "eval --labels y.npy --predictions p.npy --device cpu".to_owned(),
    ];
    #[cfg(feature = "parquet")]
    {
        let labels = Column::I64([1, 2, 1, 2].map(Some).to_vec());
        let predictions = Column::I64(vec![Some(1), None, Some(1), Some(2)]);
        folder.file("t.parquet", parquet(&[("y", labels), ("p", predictions)], 4));
        lines.push(format!("eval t.parquet {NAMES}"));
    }
    folder.file("c.txt", "1\n2\n");
    for line in lines {
        for classes in ["", "--classes c.txt"] {
            let report = tallyho(&folder, &format!("{line} --json --outside wrong {classes}"))
                .expect(0)
                .json();
            assert_eq!(value(&report, "accuracy"), 0.75, "{line}");
            assert_eq!(report["confusion"]["counts"], json!([[2, 0], [0, 1]]), "{line}");
            assert_eq!(report["confusion"]["outside"], json!([0, 1]), "{line}");
            assert_eq!(report["rows"]["invalid"], 0, "{line}");
        }
        let ran = tallyho(&folder, &line).expect(2);
        let way_out = "; correct it, count such predictions as wrong with --outside wrong, or \
            leave such rows out with --on-invalid skip\n";
        assert!(ran.stderr.ends_with(way_out), "{}", ran.stderr);
    }
}

#[test]
fn what_is_left_out_is_said_to_inflate_in_the_first_lines() {
    let folder = folder();
    let line = format!("eval t.csv {NAMES} --classes classes.txt --outside skip");
    let ran = tallyho(&folder, &format!("{line} -o report.md")).expect(0);
    assert_eq!(
        ran.stderr,
        "tallyho: warning TH142: 8 rows (13.3 % of all) whose prediction is of no class \
         were left out, so values are better than the model; the first: t.csv, row 2: prediction \
         'none' is not one of the classes that --classes names; --outside wrong counts them as \
         wrong\n"
    );
    assert!(ran.stdout.starts_with("warning  8 rows (13.3 % of all) whose"), "{}", ran.stdout);
    let page = std::fs::read_to_string(folder.path("report.md")).unwrap();
    assert!(page.starts_with("**warning TH142**: 8 rows (13.3 % of all) whose"), "{page}");
    let report = tallyho(&folder, &format!("{line} --json")).expect(0).json();
    assert_eq!([&report["rows"]["scored"], &report["rows"]["invalid"]], [52, 8]);
    assert_eq!(value(&report, "accuracy"), 40.0 / 52.0);
    // The rest of what is amiss is still an error.
    folder.file("bad.csv", "y,p\na,a\ne,a\n");
    let line = format!("eval bad.csv {NAMES} --classes classes.txt --outside");
    for outside in ["skip", "wrong"] {
        let ran = tallyho(&folder, &format!("{line} {outside}")).expect(2);
        assert!(ran.stderr.contains("row 1: label 'e' is not one of"), "{}", ran.stderr);
    }
    let ran = tallyho(&folder, &format!("{line} skip --on-invalid skip -q")).expect(0);
    assert!(
        ran.stderr.contains("TH204: 1 invalid row (50.0 % of all) was left out"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = folder();
    folder.file("y.npy", npy(&[0_i64, 1]));
    folder.file("s.npy", npy(&[0.2_f64, 0.7]));
    for (line, problem) in [
        (
            format!("t.csv {NAMES} --outside skip"),
            "--outside skip needs --classes: only the last row tells which classes the labels \
             have; name them, or count predictions of other names with --outside wrong",
        ),
        (
            "--labels y.npy --scores s.npy --outside wrong".to_owned(),
            "--outside is for predictions; rows of scores always predict one of their classes",
        ),
        (
            "--labels y.npy --scores s.npy --outside error".to_owned(),
            "--outside is for predictions; rows of scores always predict one of their classes",
        ),
    ] {
        let ran = tallyho(&folder, &format!("eval {line}")).expect(2);
        assert_eq!(ran.stderr, format!("tallyho: {problem}\n"));
    }
    // All answers outside: right, and worth a warning.
    folder.file("t.csv", "y,p\n0,no\n1,yes\n");
    let line = format!("eval t.csv {NAMES} -q --outside wrong --require 'accuracy <= 0'");
    let ran = tallyho(&folder, &line).expect(0);
    assert!(ran.stderr.contains("TH513: 2 of 2 predictions are of no class"), "{}", ran.stderr);
}

#[test]
fn rules_know_only_the_classes() {
    let folder = folder();
    let eval = |rule: &str| {
        tallyho(&folder, &format!("eval t.csv {NAMES} -q --outside wrong --require '{rule}'"))
    };
    eval("recall[*] >= 0.538").expect(0);
    eval("recall[*] >= 0.539").expect(1);
    eval("f1_macro >= 0.7268").expect(0);
    eval("f1_macro >= 0.7269").expect(1);
    let ran = eval("recall[none] >= 0").expect(2);
    assert!(ran.stderr.contains("there is no class 'none'"), "{}", ran.stderr);
}

/// The code and the text of what is said of predicted names that no label has.
fn only_predicted(rows: &str, options: &str) -> [String; 2] {
    let folder = Folder::new();
    folder.file("t.csv", format!("y,p\n{rows}"));
    let report = tallyho(&folder, &format!("eval t.csv {NAMES} --json {options}")).expect(0).json();
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|it| it["code"] == "TH514" || it["code"] == "TH518");
    let found = found.unwrap_or_else(|| panic!("{report}"));
    ["code", "text"].map(|key| found[key].as_str().unwrap().to_owned())
}

/// `count` classes, each once as a label and right, `times` times.
fn right(count: usize, times: usize) -> String {
    (0..times).flat_map(|_| 0..count).map(|class| format!("c{class},c{class}\n")).collect()
}

#[test]
fn predicted_names_that_no_label_has_are_warned_of_where_averages_change() {
    let folder = folder();
    let line = format!("eval t.csv {NAMES} -q");
    let ran = tallyho(&folder, &line).expect(0);
    assert_eq!(
        ran.stderr,
        "tallyho: warning TH518: no label has the predicted classes 'none', 'e?' (8 of 60 rows), \
         which are 2 of the 6 classes that averages are over; --outside wrong counts such \
         predictions as wrong and not as classes; if they are classes, name all in --classes\n"
    );
    tallyho(&folder, &format!("{line} --strict")).expect(2);
    tallyho(&folder, &format!("{line} --strict --outside wrong")).expect(0);
    // One of 101 classes is 0.99 %, and one row of 1,010 is 0.099 %.
    let rows = format!("{}c0,x\n", right(100, 10));
    let [code, text] = only_predicted(&rows, "");
    assert_eq!(code, "TH514", "{text}");
    assert!(
        text.ends_with("(1 of 1001 rows), which is 1 of the 101 classes that averages are over")
    );
    assert_eq!(only_predicted(&format!("{}c0,x\n", right(99, 11)), "")[0], "TH518");
    assert_eq!(only_predicted(&format!("{}c0,x\nc1,x\n", right(100, 10)), "")[0], "TH518");
}

#[test]
fn predicted_names_that_are_told_of_otherwise_are_noted() {
    // Averages leave them out.
    let [code, text] = only_predicted("a,a\nb,b\na,x\n", "--average-over a,b");
    assert_eq!(code, "TH514");
    assert!(text.ends_with("which averages leave out"), "{text}");
    assert_eq!(only_predicted("a,a\nb,b\na,x\n", "--average-over a,x")[0], "TH518");
    // Spellings and missing values have warnings of their own, and so has most of the rows.
    for rows in ["a,a\nb,b\na,A\n", "1,1\n2,2\n1,NaN\n", "a,a\na,x\nb,x\nb,x\n"] {
        assert_eq!(only_predicted(rows, "")[0], "TH514", "{rows}");
    }
    for rows in ["a,a\nb,b\na,A\nb,x\n", "1,1\n2,2\n1,NaN\n2,3\n"] {
        assert_eq!(only_predicted(rows, "")[0], "TH518", "{rows}");
    }
    assert_eq!(only_predicted("a,a\nb,b\na,A\n", "--match-classes exact")[0], "TH514");
}

#[test]
fn names_that_no_label_has_are_refused_where_that_was_said() {
    let folder = folder();
    let line = format!("eval t.csv {NAMES} -q --outside error");
    assert_eq!(
        tallyho(&folder, &line).expect(2).stderr,
        "tallyho: t.csv: 8 of 60 predictions are of classes that no label has, which --outside \
         error refuses: 'none' (7), 'e?' (1); correct them, name all classes with --classes, or \
         count such as wrong with --outside wrong\n"
    );
    folder.file("t.csv", "y,p\na,a\nb,a\n");
    tallyho(&folder, &line).expect(0);
    folder.file("t.csv", "y,p\na,a\nb,\n");
    let ran = tallyho(&folder, &line).expect(2);
    assert!(ran.stderr.contains("t.csv: row 1: "), "{}", ran.stderr);
}
