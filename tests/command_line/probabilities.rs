//! Probabilities as people have them: rounded, in percent, unnormalized, a hair off.
//!
//! Expected values were made with scikit-learn and numpy in double precision.

use serde_json::{Value, json};

use super::tallyho;
use crate::common::files::{Folder, npy, npy_matrix};

const MATRIX: &str = "eval t.csv --labels y --scores 'p*'";
const SINGLE: &str = "eval --labels y.npy --scores s.npy";

fn report(folder: &Folder, line: &str) -> Value {
    tallyho(folder, &format!("{line} --json")).expect(0).json()
}

fn refusal(folder: &Folder, line: &str) -> String {
    let ran = tallyho(folder, line).expect(2);
    assert_eq!(ran.stdout, "");
    ran.stderr.trim_end().to_owned()
}

/// What is said beside the numbers: "TH205 text".
fn said(report: &Value) -> Vec<String> {
    // What was read, and how columns became classes, is said in any case.
    let said = |it: &&Value| it["code"] != "TH102" && it["code"] != "TH037";
    let warnings = report["warnings"].as_array().unwrap().iter().filter(said);
    let text = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
    warnings.map(|it| format!("{} {}", text(it, "code"), text(it, "text"))).collect()
}

fn near(report: &Value, metrics: &[(&str, f64)]) {
    for &(name, expected) in metrics {
        let value = report["metrics"][name]["value"].as_f64().unwrap();
        assert!((value - expected).abs() < 1e-6, "{name}: {value} instead of {expected}");
    }
}

fn csv(rows: &[(usize, &[f64])]) -> String {
    let columns = rows[0].1.len();
    let names = (0..columns).map(|class| format!(",p{class}")).collect::<String>();
    let line = |(label, scores): &(usize, &[f64])| {
        let scores = scores.iter().map(|score| format!(",{score}")).collect::<String>();
        format!("{label}{scores}\n")
    };
    format!("y{names}\n{}", rows.iter().map(line).collect::<String>())
}

/// Two decimals of three classes: sums of 0.99 to 1.01.
const ROUNDED: [(usize, &[f64]); 8] = [
    (0, &[0.33, 0.33, 0.33]),
    (1, &[0.17, 0.66, 0.17]),
    (2, &[0.05, 0.28, 0.68]),
    (0, &[0.44, 0.43, 0.14]),
    (1, &[0.52, 0.31, 0.17]),
    (2, &[0.01, 0.13, 0.87]),
    (0, &[0.7, 0.2, 0.1]),
    (1, &[0.34, 0.33, 0.34]),
];

const PERCENT: [(usize, &[f64]); 6] = [
    (0, &[62.5, 25.0, 12.5]),
    (1, &[10.0, 85.0, 5.0]),
    (2, &[30.25, 40.5, 29.25]),
    (0, &[33.4, 33.3, 33.3]),
    (2, &[1.0, 2.0, 97.0]),
    (1, &[55.0, 40.0, 5.0]),
];

#[test]
fn probabilities_a_hair_outside_of_0_to_1_are_clipped_and_counted() {
    let folder = Folder::new();
    let scores = [1.00001, 0.2, -0.0004, 0.75, 1.001, 0.4, -0.001, 0.9];
    folder.file("y.npy", npy(&[1i64, 0, 0, 1, 1, 1, 0, 0]));
    folder.file("s.npy", npy(&scores));
    folder.file("clipped.npy", npy(&scores.map(|score: f64| score.clamp(0.0, 1.0))));
    let by_hand = report(&folder, &SINGLE.replace("s.npy", "clipped.npy"));
    assert_eq!(said(&by_hand), [""; 0]);
    for given in ["", " --scores-are probabilities", " --threads 3 --batch-rows 1"] {
        let found = report(&folder, &format!("{SINGLE}{given}"));
        near(
            &found,
            &[
                ("accuracy", 0.75),
                ("roc_auc", 0.875),
                ("brier_score", 0.1590625),
                ("log_loss", 0.466212681079274),
            ],
        );
        for key in ["digest", "rows", "metrics", "confusion", "calibration", "options"] {
            assert_eq!(found[key], by_hand[key], "{key}");
        }
        let text = "TH205 4 probabilities up to 0.001 below 0 or above 1 were clipped; the first: \
                    s.npy, row 0";
        assert_eq!(said(&found), [text]);
    }
    let strict = tallyho(&folder, &format!("{SINGLE} --strict")).expect(2).stderr;
    assert!(strict.contains("TH205"), "{strict}");
    // Of single precision 1.001 is a little more, and 1.0011 is too much in any type.
    folder.file("s.npy", npy(&scores.map(|score| score as f32)));
    assert_eq!(said(&report(&folder, SINGLE)).len(), 1);
    folder.file("s.npy", npy(&[1.0011, 0.2, 0.0, 0.75, 1.0, 0.4, 0.0, 0.9]));
    assert_eq!(
        refusal(&folder, &format!("{SINGLE} --scores-are probabilities")),
        "tallyho: s.npy: row 0: score 0 is 1.0011, but a probability lies in 0 to 1; if these are \
         percentages or logits, say --scores-are percent or --scores-are logits; correct it, or \
         leave such rows out with --on-invalid skip"
    );
}

#[test]
fn rows_with_a_hair_outside_are_clipped_in_both_passes() {
    let folder = Folder::new();
    let rows: [(usize, &[f64]); 4] = [
        (0, &[1.0002, -0.0001, -0.0001]),
        (1, &[0.25, 0.75, 0.0]),
        (2, &[0.125, 0.25, 0.625]),
        (2, &[-0.001, 0.5, 0.501]),
    ];
    let clipped: [(usize, &[f64]); 4] =
        [(0, &[1.0, 0.0, 0.0]), rows[1], rows[2], (2, &[0.0, 0.5, 0.501])];
    folder.file("t.csv", csv(&rows));
    folder.file("clipped.csv", csv(&clipped));
    for options in ["", " --auc exact", " --auc binned", " --metrics classwise_ece"] {
        let found = report(&folder, &format!("{MATRIX}{options}"));
        let by_hand =
            report(&folder, &format!("{}{options}", MATRIX.replace("t.csv", "clipped.csv")));
        for key in ["digest", "rows", "metrics", "calibration"] {
            assert_eq!(found[key], by_hand[key], "{key} {options}");
        }
        assert_eq!(
            said(&found),
            [
                "TH205 4 probabilities up to 0.001 below 0 or above 1 were clipped; the first: t.csv, row 0"
            ]
        );
    }
    // Clipped, the row sums to 1.5: that is what is wrong with it.
    folder.file("t.csv", csv(&[rows[1], (0, &[1.0005, 0.5, -0.0005])]));
    assert_eq!(
        refusal(&folder, &format!("{MATRIX} --scores-are probabilities")),
        "tallyho: t.csv: row 1: the probabilities sum to 1.5, not to 1 within 0.001; to divide each \
         row by its sum, say --scores-are unnormalized; if these are logits, say --scores-are \
         logits; correct it, or leave such rows out with --on-invalid skip"
    );
    let skipped =
        report(&folder, &format!("{MATRIX} --scores-are probabilities --on-invalid skip"));
    assert_eq!(skipped["rows"]["invalid"], 1);
    assert!(said(&skipped).iter().all(|it| !it.starts_with("TH205")), "{skipped}");
}

#[test]
fn percentages_are_refused_until_they_are_called_that() {
    let folder = Folder::new();
    folder.file("t.csv", csv(&PERCENT));
    assert_eq!(
        refusal(&folder, MATRIX),
        "tallyho: t.csv: rows sum to 100, as percentages do; say --scores-are percent if they are, \
         or --scores-are logits"
    );
    let found = report(&folder, &format!("{MATRIX} --scores-are percent"));
    near(
        &found,
        &[
            ("accuracy", 2.0 / 3.0),
            ("log_loss", 0.6508628994030061),
            ("brier_score", 0.39026191666666676),
        ],
    );
    assert_eq!(found["options"]["scores_are"], "probabilities");
    assert_eq!(said(&found), ["TH206 the scores are percentages: each was divided by 100"]);
    let divided = PERCENT
        .map(|(label, scores)| (label, scores.iter().map(|it| it / 100.0).collect::<Vec<_>>()));
    let divided: Vec<(usize, &[f64])> =
        divided.iter().map(|(label, it)| (*label, it.as_slice())).collect();
    folder.file("divided.csv", csv(&divided));
    let by_hand = report(&folder, &MATRIX.replace("t.csv", "divided.csv"));
    for key in ["digest", "rows", "metrics", "confusion", "calibration", "options"] {
        assert_eq!(found[key], by_hand[key], "{key}");
    }
    let logits = report(&folder, &format!("{MATRIX} --scores-are logits"));
    assert_eq!((&logits["options"]["scores_are"], said(&logits)), (&json!("logits"), vec![]));
    // Whole percents of many classes are off by more: 97 and 102 are of percentages, too.
    let whole: [(usize, &[f64]); 2] =
        [(0, &[33.0, 16.0, 16.0, 16.0, 16.0, 0.0]), (1, &[1.0, 92.0, 2.0, 2.0, 2.0, 3.0])];
    folder.file("t.csv", csv(&whole));
    assert!(refusal(&folder, MATRIX).contains("rows sum to 100"));
    let found = report(&folder, &format!("{MATRIX} --scores-are percent"));
    let note = "TH208 the percentages have no decimals, so the sum of a row may be off 1 by 0.03, \
                not only by 0.001";
    assert_eq!(said(&found)[1], note);
}

#[test]
fn single_percentages_are_refused_until_they_are_called_that() {
    let folder = Folder::new();
    let scores = [3.5, 97.0, 55.5, 49.9, 0.25, 100.0, 62.0, 8.0];
    folder.file("y.npy", npy(&[0i64, 1, 1, 1, 0, 1, 0, 0]));
    folder.file("s.npy", npy(&scores));
    let seen = "every score looked at lies in 0 to 100 and some are above 1, as percentages are";
    let ways = "say --scores-are percent if they are, or --scores-are logits";
    // A threshold depends on the scale, so predictions alone are no way around.
    for line in [SINGLE, &format!("{SINGLE} --metrics accuracy")] {
        assert_eq!(refusal(&folder, line), format!("tallyho: s.npy: {seen}; {ways}"));
    }
    let found = report(&folder, &format!("{SINGLE} --scores-are percent"));
    near(
        &found,
        &[
            ("accuracy", 0.75),
            ("roc_auc", 0.875),
            ("log_loss", 0.30043643737663195),
            ("brier_score", 0.10524465624999998),
        ],
    );
    folder.file("divided.npy", npy(&scores.map(|it: f64| it / 100.0)));
    let by_hand = report(&folder, &SINGLE.replace("s.npy", "divided.npy"));
    assert_eq!((&found["digest"], &found["metrics"]), (&by_hand["digest"], &by_hand["metrics"]));
    assert_eq!(found["options"]["threshold"], 0.5);
    let logits = report(&folder, &format!("{SINGLE} --scores-are logits"));
    assert_eq!(logits["options"]["threshold"], 0.0);
    assert_eq!(
        refusal(&folder, &format!("{SINGLE} --scores-are percent --threshold 50")),
        "tallyho: --threshold 50 is above every score, since --scores-are percent divides them by \
         100; did you mean --threshold 0.5?"
    );
    // The other slip: probabilities that are said to be percentages.
    let twice = report(
        &folder,
        &format!("{} --scores-are percent", SINGLE.replace("s.npy", "divided.npy")),
    );
    assert_eq!(
        said(&twice)[1],
        "TH210 the scores were divided by 100, but every one looked at lies in 0 to 1 as it is"
    );
    let divide = refusal(&folder, &format!("{SINGLE} --scores-are unnormalized"));
    assert_eq!(
        divide,
        "tallyho: --scores-are unnormalized divides each row by its sum; these rows have one score \
         each, so say percent, probabilities or logits"
    );
}

#[test]
fn ordinary_logits_are_never_taken_for_percentages() {
    let folder = Folder::new();
    folder.file("y.npy", npy(&[0i64, 1, 0, 1]));
    for scores in [[-3.0, 55.0, 12.0, 99.0], [0.5, 2.0, -0.25, 4.0], [-1.0, 101.0, 3.0, 250.0]] {
        folder.file("s.npy", npy(&scores));
        assert_eq!(report(&folder, SINGLE)["options"]["scores_are"], "logits", "{scores:?}");
    }
    // A shard of positives beside one with both signs; and one of percentages beside it.
    folder.file("a.csv", "y,s\n1,2.5\n1,7\n1,0.5\n");
    folder.file("b.csv", "y,s\n0,-4\n1,3\n");
    folder.file("c.csv", "y,s\n0,4\n1,93\n");
    for line in ["eval a.csv b.csv", "eval b.csv a.csv"] {
        let found = report(&folder, &format!("{line} --labels y --scores s"));
        assert_eq!(found["options"]["scores_are"], "logits");
    }
    let refused = refusal(&folder, "eval b.csv c.csv --labels y --scores s");
    assert!(
        refused.starts_with("tallyho: c.csv: every score looked at lies in 0 to 100"),
        "{refused}"
    );
    // As a ReLU leaves them: no percentages, but told of; a few rows say too little.
    let relu: Vec<f64> = (0..48).map(|at| f64::from(at * 7 % 11) * 1.5).collect();
    folder.file("y.npy", npy(&[0i64; 16].map(|_| 1)));
    folder.file("s.npy", npy_matrix(&relu, 3));
    let found = report(&folder, SINGLE);
    assert_eq!(
        said(&found),
        ["TH209 no score looked at is below 0, unlike most logits: taken as logits"]
    );
    assert_eq!(said(&report(&folder, &format!("{SINGLE} --scores-are logits"))), [""; 0]);
    let votes = report(&folder, &format!("{SINGLE} --scores-are unnormalized --on-invalid skip"));
    assert_eq!(votes["options"]["scores_are"], "probabilities");
    folder.file("y.npy", npy(&[1i64, 2]));
    folder.file("s.npy", npy_matrix(&[3.0, 1.0, 2.0, 0.5, 4.0, 0.0], 3));
    assert_eq!(said(&report(&folder, SINGLE)), [""; 0]);
}

#[test]
fn rows_of_rounded_probabilities_are_all_scored() {
    let folder = Folder::new();
    folder.file("t.csv", csv(&ROUNDED));
    let note = "TH208 the probabilities have 2 decimals, so the sum of a row may be off 1 by 0.015, \
                not only by 0.001";
    let mut digests = Vec::new();
    for ways in ["", " --scores-are probabilities", " --threads 1", " --threads 3 --batch-rows 2"] {
        let found = report(&folder, &format!("{MATRIX}{ways}"));
        near(&found, &[("accuracy", 0.75), ("log_loss", 0.6883254648327359)]);
        assert_eq!((said(&found), &found["rows"]["scored"]), (vec![note.to_owned()], &json!(8)));
        digests.push(found["digest"].clone());
    }
    // 0.33 has two decimals in single and half precision as well.
    let (labels, scores): (Vec<_>, Vec<_>) =
        ROUNDED.iter().map(|(y, it)| (*y as i64, it.to_vec())).unzip();
    let scores: Vec<f32> = scores.concat().iter().map(|it| *it as f32).collect();
    folder.file("y.npy", npy(&labels));
    folder.file("s.npy", npy_matrix(&scores, 3));
    assert_eq!(said(&report(&folder, SINGLE)), [note]);
    let half: Vec<half::f16> = scores.iter().map(|it| half::f16::from_f32(*it)).collect();
    folder.file("s.npy", npy_matrix(&half, 3));
    assert!(
        said(&report(&folder, SINGLE))[0].starts_with("TH208 the probabilities have 2 decimals")
    );
    // Shards in any order.
    folder.file("a.csv", csv(&ROUNDED[..3]));
    folder.file("b.csv", csv(&ROUNDED[3..]));
    for line in ["eval a.csv b.csv", "eval b.csv a.csv"] {
        let found = report(&folder, &format!("{line} --labels y --scores 'p*'"));
        assert_eq!((&found["digest"], said(&found)), (&digests[0], vec![note.to_owned()]));
    }
    assert!(digests.iter().all(|digest| *digest == digests[0]));
}

#[test]
fn the_fewest_decimals_of_any_file_decide_for_all() {
    let folder = Folder::new();
    folder.file("rounded.csv", csv(&ROUNDED));
    folder.file("fine.csv", csv(&[(0, &[0.123456, 0.5, 0.376544]), (1, &[0.25, 0.5, 0.25])]));
    folder.file("sure.csv", csv(&[(0, &[1.0, 0.0, 0.0]), (1, &[0.0, 1.0, 0.0])]));
    let note = "TH208 the probabilities have 2 decimals in some files and more in others, so the \
                sum of a row of any file may be off 1 by 0.015, not only by 0.001";
    let told = |files: &str| {
        let found = report(&folder, &format!("eval {files} --labels y --scores 'p*'"));
        (found["digest"].clone(), found["rows"]["scored"].clone(), said(&found))
    };
    let first = told("rounded.csv fine.csv sure.csv");
    assert_eq!((&first.1, &first.2), (&json!(12), &vec![note.to_owned()]));
    for files in ["fine.csv sure.csv rounded.csv", "sure.csv rounded.csv fine.csv"] {
        assert_eq!(told(files), first);
    }
    // Of nothing but 0 and 1 no decimals are told, unless there is nothing else.
    assert_eq!(told("fine.csv sure.csv").2, [""; 0]);
    assert!(told("sure.csv").2[0].contains("no decimals"));
}

#[test]
fn unnormalized_rows_are_divided_by_their_sums() {
    let folder = Folder::new();
    folder.file("t.csv", csv(&ROUNDED));
    let found = report(&folder, &format!("{MATRIX} --scores-are unnormalized"));
    near(
        &found,
        &[
            ("accuracy", 0.75),
            ("log_loss", 0.6920443382776322),
            ("brier_score", 0.3970384700846322),
        ],
    );
    assert_eq!(
        said(&found),
        ["TH207 the scores are unnormalized: each row was divided by its sum"]
    );
    let divided = ROUNDED.map(|(label, scores)| {
        let sum: f64 = scores.iter().sum();
        (label, scores.iter().map(|it| it / sum).collect::<Vec<_>>())
    });
    let divided: Vec<(usize, &[f64])> =
        divided.iter().map(|(label, it)| (*label, it.as_slice())).collect();
    folder.file("divided.csv", csv(&divided));
    let by_hand = report(&folder, &MATRIX.replace("t.csv", "divided.csv"));
    for key in ["digest", "rows", "metrics", "confusion", "calibration", "options"] {
        assert_eq!(found[key], by_hand[key], "{key}");
    }
    folder.file(
        "t.csv",
        csv(&[(0, &[2.0, 1.0, 1.0]), (1, &[0.0, 0.0, 0.0]), (2, &[0.5, -0.0005, 0.5])]),
    );
    let line = format!("{MATRIX} --scores-are unnormalized");
    assert_eq!(
        refusal(&folder, &line),
        "tallyho: t.csv: row 1: the scores sum to 0, so they cannot be divided by their sum; \
         correct it, or leave such rows out with --on-invalid skip"
    );
    let skipped = report(&folder, &format!("{line} --on-invalid skip"));
    assert_eq!((&skipped["rows"]["scored"], &skipped["rows"]["invalid"]), (&json!(1), &json!(2)));
    folder.file("t.csv", csv(&[(2, &[0.5, -0.0005, 0.5])]));
    assert_eq!(
        refusal(&folder, &line),
        "tallyho: t.csv: row 0: score 1 is -0.0005, but a row to be divided by its sum has no score \
         below 0; correct it, or leave such rows out with --on-invalid skip"
    );
}

#[test]
fn of_predictions_alone_sums_and_scales_do_not_matter() {
    let folder = Folder::new();
    let off = [(0, &[0.5, 0.25, 0.125][..]), (1, &[0.1, 0.75, 0.1]), (1, &[0.5, 0.1, 0.1])];
    let sums_to_half: Vec<(usize, &[f64])> = off.to_vec();
    for rows in [sums_to_half, ROUNDED.to_vec(), PERCENT.to_vec()] {
        folder.file("t.csv", csv(&rows));
        let right = |(label, scores): &(usize, &[f64])| {
            let highest = scores.iter().copied().fold(f64::MIN, f64::max);
            scores.iter().position(|it| *it == highest) == Some(*label)
        };
        let right = rows.iter().filter(|row| right(row)).count();
        for given in [
            "",
            " --scores-are probabilities",
            " --scores-are percent",
            " --scores-are unnormalized",
            " --scores-are logits",
        ] {
            let line = format!("{MATRIX} --metrics accuracy{given}");
            if given.ends_with("probabilities") && rows[0].1[0] > 1.0 {
                assert!(refusal(&folder, &line).contains("but a probability lies in 0 to 1"));
                continue;
            }
            let found = report(&folder, &line);
            assert_eq!(found["rows"]["scored"], rows.len(), "{given}");
            assert_eq!(found["metrics"]["accuracy"]["numerator"], right, "{given}");
            let warned =
                said(&found).iter().any(|it| it.starts_with("TH20") && it > &"TH208".to_owned());
            assert!(!warned, "{given}: {found}");
        }
    }
    folder.file("t.csv", "y,p0,p1\n0,0.9,0.3\n1,nan,0.5\n");
    assert_eq!(
        refusal(&folder, &format!("{MATRIX} --metrics accuracy --scores-are probabilities")),
        "tallyho: t.csv: row 1: score column 'p0' is NaN; correct it, or leave such rows out with --on-invalid skip"
    );
    folder.file("t.csv", "y,p0,p1\n0,0.9,0.3\n1,inf,0.5\n");
    assert!(
        refusal(&folder, &format!("{MATRIX} --metrics accuracy"))
            .contains("score column 'p0' is infinite")
    );
}

#[test]
fn ten_classes_of_two_decimals_are_probabilities() {
    let folder = Folder::new();
    // Each ninth is 0.11, so rows sum to 0.99 and 1.04; half of them are far from 1.
    let row = |label: usize| {
        let score = |class: usize| match (class == label, label % 2) {
            (true, 0) => 0.0,
            (true, _) => 0.05,
            (false, _) => 0.11,
        };
        (0..10).map(score).collect::<Vec<f64>>()
    };
    let scores: Vec<Vec<f64>> = (0..10).map(row).collect();
    let rows: Vec<(usize, &[f64])> =
        scores.iter().enumerate().map(|(y, it)| (y, it.as_slice())).collect();
    folder.file("t.csv", csv(&rows));
    let found = report(&folder, MATRIX);
    assert_eq!(
        (&found["options"]["scores_are"], &found["rows"]["scored"]),
        (&json!("probabilities"), &json!(10))
    );
    let note = "TH208 the probabilities have 2 decimals, so the sum of a row may be off 1 by 0.05, \
                not only by 0.001";
    assert_eq!(said(&found), [note]);
}

/// 0.999 is within 0.001 of 1, whatever the bits of three numbers sum to.
#[test]
fn a_sum_at_the_end_of_the_tolerance_is_within_it() {
    let folder = Folder::new();
    let scores = [0.123456789, 0.333, 0.542543211, 0.333, 0.333, 0.333, 0.25, 0.5, 0.249];
    folder.file("y.npy", npy(&[0i64, 1, 2]));
    folder.file("s.npy", npy_matrix(&scores, 3));
    let line = format!("{SINGLE} --scores-are probabilities");
    assert_eq!(report(&folder, &line)["rows"]["scored"], 3);
    folder.file("s.npy", npy_matrix(&scores.map(|it| it as f32), 3));
    assert_eq!(report(&folder, &line)["rows"]["scored"], 3);
    let mut scores = scores;
    scores[0] -= 0.0000002;
    folder.file("s.npy", npy_matrix(&scores, 3));
    let refused = refusal(&folder, &line);
    assert!(refused.contains("sum to 0.9989998, not to 1 within 0.001;"), "{refused}");
}

#[test]
fn a_job_takes_the_same_words() {
    let folder = Folder::new();
    let config = |word: &str| {
        format!(
            "[options]\nscores_are = \"{word}\"\n[[dataset]]\nname = \"d\"\nfiles = [\"t.csv\"]\n\
             labels = \"y\"\n[[model]]\nname = \"m\"\nscores = \"p*\"\n"
        )
    };
    folder.file("t.csv", csv(&PERCENT));
    folder.file("job.toml", config("percent"));
    tallyho(&folder, "run job.toml --date 2026-11-21").expect(0);
    folder.file("job.toml", config("odds"));
    let refused = tallyho(&folder, "run job.toml").expect(2).stderr;
    assert!(refused.contains("`logits`, `probabilities`, `percent`, `unnormalized`"), "{refused}");
    folder.file("job.toml", config("auto").replace("scores_are = \"auto\"\n", ""));
    let refused = tallyho(&folder, "run job.toml --again --date 2026-11-22").expect(2).stderr;
    assert!(
        refused.contains("say scores_are percent if they are, or scores_are logits"),
        "{refused}"
    );
}
