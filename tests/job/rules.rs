//! Rules of a job over several nights.

use serde_json::Value;

use super::{CONFIG, night, on, table, verdicts};
use crate::common::files::Folder;

/// A job with these rules, each a TOML table without its head.
fn ruled(rules: &[&str]) -> Folder {
    let (head, _) = CONFIG.split_once("[[rule]]").unwrap();
    let rules: String = rules.iter().map(|rule| format!("[[rule]]\n{rule}\n")).collect();
    let folder = Folder::new();
    folder.file("night.toml", format!("{head}{rules}"));
    folder
}

/// A night of October with so many rows of 1,000 right; the page.
fn october(folder: &Folder, day: usize, flaky: usize, status: i32) -> Value {
    let rows = table(1000, 900, flaky);
    folder.file(&format!("cats-2026-10-{day:02}.csv"), rows);
    on(folder, &format!("2026-10-{day:02}"), "--json").expect(status).json()
}

/// The verdicts of `flaky`, without its name.
fn of_flaky(page: &Value) -> Vec<String> {
    let all = verdicts(page).into_iter();
    all.filter_map(|it| it.strip_prefix("flaky: ").map(str::to_owned)).collect()
}

fn reason(page: &Value, rule: usize) -> String {
    page["evaluations"][1]["rules"][rule]["reason"].as_str().unwrap().to_owned()
}

#[test]
fn the_first_night_has_nothing_to_compare_with_and_breaks_nothing() {
    let folder = ruled(&[
        "require = 'accuracy >= baseline - 0.01'\nbaseline = 'mean of last 3'",
        "require = 'accuracy >= best - 0.02'",
        "require = 'worse(accuracy, previous, by 0.005) @ 95%'",
        "require = 'accuracy >= previous - 0.05 @ 95%'",
        "require = 'accuracy within 3 sigma of last 30'",
        "require = 'psi(predictions, previous) <= 0.1'",
        "require = 'recall[*] >= previous - 0.05'",
    ]);
    let page = october(&folder, 1, 900, 0);
    let first = verdicts(&page);
    assert_eq!(first.len(), 14);
    assert!(first.iter().all(|it| it.ends_with(" no baseline")), "{first:?}");
    let text = on(&folder, "2026-10-01", "").expect(0).stdout;
    assert!(text.contains("none of 14 rules broken"), "{text}");
    let page = october(&folder, 2, 899, 0);
    let second = of_flaky(&page);
    let sigma = "accuracy within 3 sigma of last 30";
    for verdict in &second {
        let expected = if verdict.starts_with(sigma) { " no baseline" } else { " holds" };
        assert!(verdict.ends_with(expected), "{second:?}");
    }
    let page = october(&folder, 3, 700, 1);
    let third = of_flaky(&page);
    let expected = ["broken", "broken", "broken", "undecided", "no baseline", "holds", "broken"];
    for (verdict, expected) in third.iter().zip(expected) {
        assert!(verdict.ends_with(&format!(" {expected}")), "{third:?}");
    }
    assert_eq!(page["evaluations"][1]["rules"][1]["baseline"], 2, "the best is of the first night");
}

#[test]
fn what_an_outcome_counts_as_can_be_said_for_all_rules_and_for_one() {
    let folder = ruled(&[
        "require = 'accuracy >= previous'\nno_baseline = 'broken'",
        "require = 'accuracy >= best'",
        "require = 'accuracy >= 0.5'\nmin_rows = 5000\ntoo_few_rows = 'undecided'",
        "require = 'accuracy >= 0.6'\nmin_rows = 5000",
        "require = 'accuracy >= previous - 0.001 @ 95%'\nundecided = 'broken'\n\
         no_baseline = 'holds'",
        "require = 'accuracy >= previous - 0.002 @ 95%'",
        "require = 'matthews_corrcoef >= 0.5'\nmin_rows = 1",
    ]);
    let page = october(&folder, 1, 900, 1);
    assert_eq!(
        of_flaky(&page),
        [
            "accuracy >= previous broken",
            "accuracy >= best no baseline",
            "accuracy >= 0.5 undecided",
            "accuracy >= 0.6 too few rows",
            "accuracy >= previous - 0.001 @ 95% holds",
            "accuracy >= previous - 0.002 @ 95% no baseline",
            "matthews_corrcoef >= 0.5 holds",
        ]
    );
    assert!(reason(&page, 3).contains("1000 rows were scored"), "{}", reason(&page, 3));
    let page = october(&folder, 2, 900, 1);
    assert_eq!(
        of_flaky(&page)[4..6],
        [
            "accuracy >= previous - 0.001 @ 95% broken",
            "accuracy >= previous - 0.002 @ 95% undecided"
        ]
    );
    // For all rules, unless one says otherwise.
    let config = std::fs::read_to_string(folder.path("night.toml")).unwrap();
    folder.file(
        "night.toml",
        format!("[judging]\nmin_rows = 2000\ntoo_few_rows = 'holds'\n{config}"),
    );
    let page = october(&folder, 3, 900, 0);
    assert!(of_flaky(&page)[..2].iter().all(|it| it.ends_with(" holds")), "{:?}", of_flaky(&page));
    assert!(of_flaky(&page)[6].ends_with(" holds"));
}

#[test]
fn what_has_no_value_or_no_rows_tonight_stops_no_other_rule() {
    let folder = ruled(&[
        "require = 'recall[bird] >= 0.5'",
        "require = 'recall[bird] >= 0.6'\nundefined = 'holds'",
        "require = 'precision[dog] >= 0.1'",
        "require = 'precision[dog] >= 0.2'\nundefined = 'undecided'",
        "require = 'recall[*] >= 0.3'",
        "require = 'accuracy >= 0.4'",
    ]);
    let never = "label,steady,flaky\ncat,cat,cat\ndog,dog,cat\n".to_owned();
    folder.file("cats-2026-11-21.csv", never);
    let page = night(&folder, "--json").expect(1).json();
    let mut verdicts = of_flaky(&page);
    verdicts.sort();
    assert_eq!(
        verdicts,
        [
            "accuracy >= 0.4 holds",
            "precision[dog] >= 0.1 undefined",
            "precision[dog] >= 0.2 undecided",
            "recall[*] >= 0.3 broken",
            "recall[bird] >= 0.5 undefined",
            "recall[bird] >= 0.6 holds",
        ]
    );
    let rules = page["evaluations"][1]["rules"].as_array().unwrap();
    let of = |rule: &str| {
        let found = rules.iter().find(|it| it["rule"] == rule).unwrap();
        found["reason"].as_str().unwrap().to_owned()
    };
    assert!(
        of("recall[*] >= 0.3").contains("recall[dog] is 0 (0 of 1)"),
        "{}",
        of("recall[*] >= 0.3")
    );
    assert!(of("recall[bird] >= 0.5").contains("bird"), "{}", of("recall[bird] >= 0.5"));
}

#[test]
fn a_rule_that_makes_no_sense_is_a_mistake_of_the_config() {
    for (rule, hint) in [
        ("accuracy >= best - -0.1", "from 0 up"),
        ("worse(rows, previous)", "rows"),
        ("accuracy within 3 sigma of last 2", "5"),
        ("accuracy >= ", "previous"),
        ("psi(predictions, best) <= 0.1", "best"),
        ("accuracy >= 0.8 and f1_macro >= 0.8", "and"),
        ("accuracy{split=test} >= 0.5", "test"),
    ] {
        let folder = ruled(&[&format!("require = '{rule}'")]);
        folder.file("cats-2026-11-21.csv", table(100, 90, 90));
        for line in ["--check", ""] {
            let ran = night(&folder, line).expect(2);
            assert!(ran.stderr.contains(hint), "{rule}: {ran:?}");
            assert!(ran.stderr.starts_with("tallyho: night.toml:"), "{rule}: {ran:?}");
        }
        assert!(!folder.path("tallyho.db").exists(), "{rule}");
    }
}

/// Whether rows have scores is known when their files are open: `--check` says
/// so, and the evaluation fails before it counts.
#[test]
fn a_rule_that_these_rows_can_never_answer_fails_the_evaluation() {
    for (rule, hint) in
        [("roc_auc >= 0.5", "give scores"), ("psi(confidence, previous) <= 0.1", "scores")]
    {
        let folder = ruled(&[&format!("require = '{rule}'")]);
        folder.file("cats-2026-11-21.csv", table(100, 90, 90));
        let checked = night(&folder, "--check").expect(2);
        assert!(checked.stdout.contains("would fail: steady on cats: "), "{checked:?}");
        assert!(checked.stdout.contains(hint), "{rule}: {checked:?}");
        let page = night(&folder, "--json").expect(2).json();
        let reason = page["evaluations"][1]["reason"].as_str().unwrap();
        assert!(reason.contains(hint), "{rule}: {reason}");
    }
}

/// Five nights about 0.9 make a deviation; a sixth far off breaks it, and is no
/// part of the window of the seventh.
#[test]
fn a_value_far_from_those_before_breaks_a_window() {
    let folder = ruled(&["require = 'accuracy within 3 sigma of last 30'"]);
    for (day, right) in [(1, 900), (2, 904), (3, 896), (4, 902), (5, 898)] {
        october(&folder, day, right, 0);
    }
    // The other model was 0.9 each night, so that any other value breaks its rule.
    let page = october(&folder, 6, 905, 0);
    assert_eq!(of_flaky(&page), ["accuracy within 3 sigma of last 30 holds"]);
    let page = october(&folder, 7, 930, 1);
    let reason_of = reason(&page, 0);
    assert!(reason_of.contains("deviations above the mean of 6 nights"), "{reason_of}");
    let page = october(&folder, 8, 930, 1);
    assert!(reason(&page, 0).contains("of 6 nights"), "{}", reason(&page, 0));
}

#[test]
fn predictions_that_shift_are_found_without_labels() {
    let folder = ruled(&[
        "require = 'psi(predictions, previous) <= 0.1'",
        "require = 'drifted(predictions, previous) @ 99%'",
    ]);
    let shifted = |cats: usize| {
        let rows = (0..1000).map(|row| {
            let class = if row < cats { "cat" } else { "dog" };
            format!("{},cat,{class}\n", ["cat", "dog"][row % 2])
        });
        format!("label,steady,flaky\n{}", rows.collect::<String>())
    };
    let night = |day: usize, cats: usize, status: i32| {
        folder.file(&format!("cats-2026-10-{day:02}.csv"), shifted(cats));
        on(&folder, &format!("2026-10-{day:02}"), "--json").expect(status).json()
    };
    night(1, 500, 0);
    night(2, 510, 0);
    let page = night(3, 800, 1);
    assert!(of_flaky(&page).iter().all(|it| it.ends_with(" broken")), "{page}");
    // PSI of 80:20 against 51:49, by hand: 0.29·ln(80/51) + 0.29·ln(49/20).
    let psi = page["evaluations"][1]["rules"][0]["value"].as_f64().unwrap();
    let expected = 0.29 * (80.0f64 / 51.0).ln() + 0.29 * (49.0f64 / 20.0).ln();
    assert!((psi - expected).abs() < 1e-9, "{psi} {expected}");
}

#[test]
fn the_job_itself_is_judged() {
    let folder = ruled(&[
        "require = 'rows >= 1000'",
        "require = 'rows >= 0.5 * previous'",
        "require = 'seconds <= 60'",
        "require = 'rows_per_second > 1'",
        "require = 'peak_memory_bytes <= 8000000000'",
        "require = 'rows_invalid <= 2'",
    ]);
    let config = std::fs::read_to_string(folder.path("night.toml")).unwrap();
    folder.file("night.toml", format!("options = {{ on_invalid = 'skip' }}\n{config}"));
    let page = october(&folder, 1, 900, 0);
    let but = |page: &Value| {
        let verdicts = of_flaky(page).into_iter();
        verdicts.filter(|it| !it.ends_with(" holds")).collect::<Vec<_>>()
    };
    assert_eq!(but(&page), ["rows >= 0.5 * previous no baseline"]);
    let few = format!("{},cat,cat\n,cat,cat\n,dog,dog\n", table(100, 90, 90));
    folder.file("cats-2026-10-02.csv", few);
    let page = on(&folder, "2026-10-02", "--json").json();
    assert_eq!(page["evaluations"][1]["invalid"], 3, "{page}");
    assert_eq!(
        but(&page),
        ["rows >= 1000 broken", "rows >= 0.5 * previous broken", "rows_invalid <= 2 broken"]
    );
}

/// Twenty models that are wrong about other rows each night, of which one is unlucky
/// and one gets worse. Alone, the unlucky one breaks its rule; together with all
/// others, only the worse one does.
#[test]
fn chance_over_many_models_is_no_alarm_and_a_drop_is() {
    let folder = Folder::new();
    let mut config = String::from(
        "[[dataset]]\nname = 'cats'\nfiles = ['{date}.csv']\nlabels = 'label'\n\
         [[rule]]\nrequire = 'worse(accuracy, previous) @ 95%'\n",
    );
    for model in 0..20 {
        config += &format!("[[model]]\nname = 'm{model}'\npredictions = 'm{model}'\n");
    }
    folder.file("night.toml", &config);
    // Of 600 rows each model is wrong about those of a range.
    let rows = |wrong: &dyn Fn(usize) -> std::ops::Range<usize>| {
        let head: String = (0..20).map(|model| format!(",m{model}")).collect();
        let row = |row: usize| -> String {
            let word = |model| if wrong(model).contains(&row) { ",b" } else { ",a" };
            format!("a{}\n", (0..20).map(word).collect::<String>())
        };
        format!("label{head}\n{}", (0..600).map(row).collect::<String>())
    };
    folder.file("2026-10-01.csv", rows(&|_| 0..60));
    // Half of the rows are others; 18 more of the unlucky one are wrong, and 70 of
    // the worse one.
    let second = |model| match model {
        3 => 30..108,
        7 => 30..160,
        _ => 30..90,
    };
    folder.file("2026-10-02.csv", rows(&second));
    on(&folder, "2026-10-01", "").expect(0);
    let page = on(&folder, "2026-10-02", "--json").expect(1).json();
    let broken: Vec<String> =
        verdicts(&page).into_iter().filter(|it| !it.ends_with(" holds")).collect();
    assert_eq!(broken, ["m7: worse(accuracy, previous) @ 95% broken"]);
    let said = |page: &Value, at: usize| {
        page["evaluations"][at]["rules"][0]["reason"].as_str().unwrap().to_owned()
    };
    let together = said(&page, 3);
    assert!(together.contains("paired on 600 rows"), "{together}");
    assert!(together.contains("corrected for 20 tests"), "{together}");
    let part = on(&folder, "2026-10-02", "--json --only model=m3").expect(0).json();
    assert_eq!(said(&part, 0), together, "judged beside the rest of the night");
    // As the only model of a job, it would have broken the rule.
    let (head, _) = config.split_once("[[model]]").unwrap();
    let alone = format!("job = 'alone'\n{head}[[model]]\nname = 'm3'\npredictions = 'm3'\n");
    folder.file("night.toml", alone);
    on(&folder, "2026-10-01", "").expect(0);
    let alone = on(&folder, "2026-10-02", "--json").expect(1).json();
    assert!(!said(&alone, 0).contains("corrected"), "{}", said(&alone, 0));
}
