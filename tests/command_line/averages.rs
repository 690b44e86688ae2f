//! Averages over chosen classes.

use serde_json::{Value, json};

use super::outside::folder as outside_rows;
use super::tallyho;
use crate::common::files::{Folder, npy_matrix};
use crate::common::program::without_provenance;

const NAMES: &str = "--labels y --predictions p --device cpu --json --beta 2";

/// scikit-learn 1.9.1, `zero_division=0`: `labels=["b", "d"]`, then `["a", "c"]`.
const EXPECTED: [(&str, &[(&str, f64)]); 2] = [
    (
        "b,d",
        &[
            ("precision_macro", 0.718_181_818_181_818_3),
            ("recall_macro", 0.713_675_213_675_213_6),
            ("f1_macro", 0.712_719_298_245_614_1),
            ("jaccard_macro", 0.569_518_716_577_540_2),
            ("fbeta_macro(beta=2)", 0.712_560_386_473_43),
            ("precision_micro", 0.714_285_714_285_714_3),
            ("recall_micro", 0.681_818_181_818_181_8),
            ("f1_micro", 0.697_674_418_604_651_2),
            ("jaccard_micro", 0.535_714_285_714_285_7),
            ("fbeta_micro(beta=2)", 0.688_073_394_495_412_8),
            ("precision_weighted", 0.703_305_785_123_966_9),
            ("recall_weighted", 0.681_818_181_818_181_8),
            ("f1_weighted", 0.689_194_577_352_472_1),
            ("jaccard_weighted", 0.540_836_169_178_415_1),
            ("fbeta_weighted(beta=2)", 0.684_014_053_579_271),
        ],
    ),
    (
        "a,c",
        &[
            ("precision_macro", 0.829_545_454_545_454_6),
            ("recall_macro", 0.669_642_857_142_857_2),
            ("f1_macro", 0.740_909_090_909_091),
            ("jaccard_macro", 0.591_954_022_988_505_7),
            ("fbeta_macro(beta=2)", 0.696_410_190_427_174_4),
            ("precision_micro", 0.806_451_612_903_225_8),
            ("recall_micro", 0.657_894_736_842_105_3),
            ("f1_micro", 0.724_637_681_159_420_3),
            ("jaccard_micro", 0.568_181_818_181_818_2),
            ("fbeta_micro(beta=2)", 0.683_060_109_289_617_5),
            ("precision_weighted", 0.808_612_440_191_387_6),
            ("recall_weighted", 0.657_894_736_842_105_3),
            ("f1_weighted", 0.725_358_851_674_641_1),
            ("jaccard_weighted", 0.572_292_800_967_937_1),
            ("fbeta_weighted(beta=2)", 0.683_289_541_403_689_4),
        ],
    ),
];

fn value(report: &Value, name: &str) -> f64 {
    report["metrics"][name]["value"].as_f64().unwrap_or_else(|| panic!("{name}: {report}"))
}

#[test]
fn averages_over_chosen_classes_are_those_of_scikit_learn() {
    let folder = outside_rows();
    for (over, expected) in EXPECTED {
        for line in [
            format!("--average-over {over}"),
            format!("--average-over {over} --outside wrong"),
            format!("--average-over {}", over.replace(',', " --average-over ")),
        ] {
            let report = tallyho(&folder, &format!("eval t.csv {NAMES} {line}")).expect(0).json();
            for (name, expected) in expected {
                let found = value(&report, name);
                assert!((found - expected).abs() < 1e-15, "{name} {line}: {found} {expected}");
            }
            assert_eq!(value(&report, "accuracy"), 2.0 / 3.0);
            let names: Vec<&str> = over.split(',').collect();
            assert_eq!(report["options"]["average_over"], json!(names));
        }
    }
}

#[test]
fn all_but_some_classes_are_the_others() {
    let folder = outside_rows();
    let eval = |over: &str| {
        let line = format!("eval t.csv {NAMES} --outside wrong --average-over {over}");
        without_provenance(&tallyho(&folder, &line).expect(0).stdout)
    };
    assert_eq!(eval("'!a,!c'"), eval("b,d"));
    // Over all classes, averages are as ever, and so is what is named.
    let all = tallyho(&folder, &format!("eval t.csv {NAMES} --outside wrong")).expect(0).json();
    let line = format!("eval t.csv {NAMES} --outside wrong --average-over a,b,c,d");
    let chosen = tallyho(&folder, &line).expect(0).json();
    assert_eq!(all["metrics"], chosen["metrics"]);
    assert_eq!(all["digest"], chosen["digest"]);
}

#[test]
fn intervals_are_of_shares_of_rows_or_of_resamples() {
    let folder = outside_rows();
    let line = format!("eval t.csv {NAMES} --average-over b,d");
    let report = tallyho(&folder, &line).expect(0).json();
    let of = |name: &str| report["metrics"][name].clone();
    for (name, counts) in
        [("recall_micro", [15, 22]), ("recall_weighted", [15, 22]), ("precision_micro", [15, 21])]
    {
        assert_eq!(of(name)["interval"]["method"], "wilson", "{name}");
        assert_eq!([&of(name)["numerator"], &of(name)["denominator"]], counts, "{name}");
    }
    for name in ["f1_micro", "jaccard_micro", "fbeta_micro(beta=2)", "f1_macro"] {
        assert_eq!(of(name)["interval"]["method"], "bootstrap", "{name}");
    }
}

#[test]
fn shards_merge_and_are_averaged_as_the_first() {
    let folder = Folder::new();
    folder.file("0.csv", "y,p\nO,O\nPER,O\nLOC,LOC\n");
    folder.file("1.csv", "y,p\nPER,PER\nO,LOC\nLOC,O\n");
    folder.file("all.csv", "y,p\nO,O\nPER,O\nLOC,LOC\nPER,PER\nO,LOC\nLOC,O\n");
    let names = "--labels y --predictions p --average-over '!O'";
    for at in 0..2 {
        tallyho(&folder, &format!("eval {at}.csv {names} -q -o {at}.tally")).expect(0);
    }
    let whole = tallyho(&folder, &format!("eval all.csv {names} --json -o all.tally")).expect(0);
    let merged = tallyho(&folder, "merge 1.tally 0.tally --json -o merged.tally").expect(0);
    assert_eq!(without_provenance(&merged.stdout), without_provenance(&whole.stdout));
    let read = |name: &str| std::fs::read(folder.path(name)).unwrap();
    assert_eq!(read("merged.tally"), read("all.tally"));
    let line = "eval 1.csv --labels y --predictions p -q -o plain.tally";
    tallyho(&folder, line).expect(0);
    let ran = tallyho(&folder, "merge 0.tally plain.tally --json").expect(0);
    let report = ran.json();
    assert_eq!(report["metrics"], whole.json()["metrics"]);
    let told = report["warnings"][0]["text"].as_str().unwrap();
    assert_eq!(report["warnings"][0]["code"], "TH048");
    assert!(told.contains("(average-over is !O against all classes)"), "{told}");
    let other = tallyho(&folder, "merge plain.tally 0.tally --json").expect(0).json();
    assert_ne!(other["metrics"]["f1_macro"], report["metrics"]["f1_macro"]);
    assert_eq!(other["digest"], report["digest"]);
}

#[test]
fn shards_that_differ_in_seed_or_interval_merge() {
    let folder = Folder::new();
    folder.file("0.csv", "y,p\nO,O\nPER,O\nLOC,LOC\n");
    folder.file("1.csv", "y,p\nPER,PER\nO,LOC\nLOC,O\n");
    let names = "--labels y --predictions p -q";
    tallyho(&folder, &format!("eval 0.csv {names} -o 0.tally")).expect(0);
    let more = "--interval 0.9 --seed 3 --replicates 400 --zero-division 1 -o 1.tally";
    tallyho(&folder, &format!("eval 1.csv {names} {more}")).expect(0);
    let level = |line: &str| {
        let report = tallyho(&folder, line).expect(0).json();
        assert_eq!(report["warnings"][0]["code"], "TH048", "{report}");
        report["metrics"]["accuracy"]["interval"]["level"].clone()
    };
    assert_eq!(level("merge 0.tally 1.tally --json"), 0.95);
    assert_eq!(level("merge 1.tally 0.tally --json"), 0.9);
}

#[test]
fn the_report_names_the_classes_and_rules_follow() {
    let folder = outside_rows();
    let line = "eval t.csv --labels y --predictions p --outside wrong --average-over '!a'";
    let ran =
        tallyho(&folder, &format!("{line} -o report.md --require 'f1_micro < 0.7353'")).expect(0);
    assert!(ran.stdout.contains("\noptions  averages over b, c, d\n"), "{}", ran.stdout);
    let page = std::fs::read_to_string(folder.path("report.md")).unwrap();
    assert!(page.contains("- options: averages over b, c, d\n"), "{page}");
}

#[test]
fn a_class_with_a_comma_is_one_class_and_others_are_split() {
    let folder = Folder::new();
    folder.file("t.csv", "y,p\n\"c,t\",\"c,t\"\na,b\nb,b\n\"c,t\",a\n");
    let names = |over: &str| {
        let line = format!("eval t.csv {NAMES} --average-over {over}");
        let report = tallyho(&folder, &line).expect(0).json();
        report["options"]["average_over"].clone()
    };
    assert_eq!(names("'c,t'"), json!(["c,t"]));
    assert_eq!(names("'c,t' --average-over a"), json!(["a", "c,t"]));
    assert_eq!(names("'!c,t'"), json!(["a", "b"]));
    assert_eq!(names("'a,b'"), json!(["a", "b"]));
    assert_eq!(names("'!a,!b'"), json!(["c,t"]));
    // A state has the class, not what was typed.
    let line = format!("eval t.csv {NAMES} --average-over 'c,t' -o t.tally");
    let report = tallyho(&folder, &line).expect(0);
    let merged = tallyho(&folder, "merge t.tally --json").expect(0);
    assert_eq!(without_provenance(&merged.stdout), without_provenance(&report.stdout));
}

#[test]
fn slips_in_the_names_are_refused() {
    let folder = outside_rows();
    folder.file("classes.txt", "alpha\nbeta\n");
    for (options, problem) in [
        ("--average-over A", "--average-over: there is no class 'A'; did you mean 'a'?"),
        (
            "--average-over zebra",
            "--average-over: there is no class 'zebra'; there are 6 classes: a, b, c, d, e?, …",
        ),
        (
            "--average-over 'a,!b'",
            "--average-over takes the classes to average over or, each with '!', those to leave \
             out; found 'a' and '!b'",
        ),
        ("--average-over a,a", "--average-over: 'a' is a name given twice"),
        ("--average-over '!'", "--average-over: '!' is no name"),
        ("--average-over '!a,!b,!c,!d,!e?,!none'", "--average-over leaves out every class"),
        (
            "--classes classes.txt --average-over bta",
            "--average-over: there is no class 'bta'; did you mean 'beta'?",
        ),
    ] {
        let ran = tallyho(&folder, &format!("eval t.csv --labels y --predictions p {options}"));
        assert_eq!(ran.expect(2).stderr, format!("tallyho: {problem}\n"));
    }
    // Spellings that count as one class are one here, too.
    let line = format!("eval t.csv {NAMES} --match-classes loose --average-over A,C");
    let report = tallyho(&folder, &line).expect(0).json();
    assert_eq!(report["options"]["average_over"], json!(["a", "c"]));
}

/// scikit-learn 1.9.1: the areas of classes 0 and 2 of these scores, each against the
/// rest, and their mean.
#[test]
fn areas_of_chosen_classes_are_averaged_alike() {
    let folder = Folder::new();
    folder.file("y.csv", "y\n0\n1\n2\n0\n1\n2\n0\n2\n");
    let scores = [
        0.5, 0.25, 0.25, 0.125, 0.5, 0.375, 0.25, 0.25, 0.5, 0.25, 0.5, 0.25, 0.375, 0.375, 0.25,
        0.25, 0.5, 0.25, 0.75, 0.125, 0.125, 0.5, 0.125, 0.375,
    ];
    folder.file("s.npy", npy_matrix(&scores, 3));
    let line = "eval --labels y.csv --scores s.npy --scores-are probabilities --json --device cpu";
    let report = |options: &str| tallyho(&folder, &format!("{line} {options}")).expect(0).json();
    let all = report("--auc exact");
    let area = |class: usize| all["per_class"][class]["roc_auc"].as_f64().unwrap();
    let over = report("--auc exact --average-over 0,2");
    assert_eq!(value(&over, "roc_auc_ovr_macro"), f64::midpoint(area(0), area(2)));
    assert_eq!(value(&over, "balanced_accuracy"), value(&all, "balanced_accuracy"));
    let pairs = report("--auc exact --average-over 0,2 --metrics roc_auc_ovo_macro");
    assert!((value(&pairs, "roc_auc_ovo_macro") - 0.805_555_555_555_555_6).abs() < 1e-15);
    let micro = report("--auc exact --average-over 0,2 --metrics roc_auc_ovr_micro");
    assert_eq!(
        micro["metrics"]["roc_auc_ovr_micro"]["undefined"],
        "the one order of all pairs holds every class; use --auc binned"
    );
    let binned = report("--auc binned --average-over 0,2 --metrics roc_auc_ovr_micro");
    assert!((value(&binned, "roc_auc_ovr_micro") - 0.766_666_666_666_666_6).abs() < 1e-3);
}

#[test]
fn a_name_that_only_predictions_have_is_no_class_where_these_count_as_wrong() {
    let folder = outside_rows();
    for (options, name) in [
        ("--average-over a,none", "none"),
        ("--average-over '!none'", "none"),
        ("--average-over A,NONE --match-classes loose", "NONE"),
    ] {
        let line = format!("eval t.csv --labels y --predictions p --outside wrong {options}");
        let problem = format!(
            "tallyho: --average-over: '{name}' is the label of no row, so that --outside wrong \
             counts its predictions as wrong and not as a class; leave it out, or name all \
             classes with --classes\n"
        );
        assert_eq!(tallyho(&folder, &line).expect(2).stderr, problem);
    }
    let line = "eval t.csv --labels y --predictions p --outside wrong --average-over '!a,!b,!c,!d'";
    let ran = tallyho(&folder, line).expect(2);
    assert_eq!(ran.stderr, "tallyho: --average-over leaves out every class\n");
    // Once it is named it is a class, and without the option it is one anyway.
    folder.file("all.txt", "a\nb\nc\nd\nnone\n");
    for options in ["--outside wrong --classes all.txt", ""] {
        let line = format!("eval t.csv {NAMES} --average-over a,none {options}");
        let report = tallyho(&folder, &line).expect(0).json();
        assert_eq!(report["options"]["average_over"], json!(["a", "none"]));
    }
}

#[test]
fn chosen_classes_without_an_average_are_refused() {
    let folder = outside_rows();
    let line = "eval t.csv --labels y --predictions p -q --average-over a,b --metrics accuracy";
    let ran = tallyho(&folder, line).expect(2);
    let problem = "tallyho: --average-over has no effect: --metrics names no average over classes, \
                   such as f1_macro\n";
    assert_eq!(ran.stderr, problem);
    for more in [",f1_macro", ",mIoU", " --require 'f1_macro >= 0.1'"] {
        tallyho(&folder, &format!("{line}{more}")).expect(0);
    }
    #[cfg(feature = "history")]
    tallyho(&folder, &format!("{line} --history h.db --dataset d --model m")).expect(0);
}

#[test]
fn an_order_of_classes_without_a_weighted_kappa_is_refused() {
    let folder = outside_rows();
    let line = "eval t.csv --labels y --predictions p -q --ordinal";
    let ran = tallyho(&folder, &format!("{line} --metrics accuracy,kappa")).expect(2);
    let problem = "tallyho: --ordinal has no effect: --metrics names neither cohen_kappa_linear \
                   nor cohen_kappa_quadratic\n";
    assert_eq!(ran.stderr, problem);
    for more in ["", "--metrics accuracy,cohen_kappa_linear"] {
        tallyho(&folder, &format!("{line} {more}")).expect(0);
    }
}
