//! Failures of other software, each named after its issue.

use std::time::{Duration, Instant};

use tallyho::batch::Scores;
use tallyho::metric::{measures, per_class};
use tallyho::tally::{Tallies, Task, ZeroDivision};

use crate::metrics::{confusion, matrix, measure, with};
use crate::order::{logits, ordered, planned, single};

/// Tallies of labels and predictions, row by row.
fn rows(classes: usize, labels: &[u32], predictions: &[u32]) -> Tallies {
    let cells = labels.iter().zip(predictions).map(|(label, prediction)| (*label, *prediction, 1));
    confusion(classes, &cells.collect::<Vec<_>>())
}

fn value(tallies: &Tallies, name: &str) -> f64 {
    measure(tallies, name).value.unwrap()
}

/// 1.3.0 gave every class with tp = 0 the value for zero division: 0.98.
#[test]
fn scikit_learn_27577_macro_f1_divides_by_zero_only_without_rows_and_predictions() {
    let labels: Vec<u32> = (0..104).collect();
    let predictions: Vec<u32> = (0..100).chain(101..105).collect();
    let tallies = with(&rows(105, &labels, &predictions), |spec| {
        spec.zero_division = ZeroDivision::One;
    });
    assert!((value(&tallies, "f1_macro") - 0.952_380_952_380_952_3).abs() < 1e-15);
}

/// 1.3.0: `f1_score([1, 0, 0], [0, 1, 0], zero_division=1)` was 1.
#[test]
fn scikit_learn_26864_f1_of_a_class_that_is_never_right_is_0() {
    let tallies = with(&rows(2, &[1, 0, 0], &[0, 1, 0]), |spec| {
        spec.zero_division = ZeroDivision::One;
    });
    assert_eq!(per_class(&tallies)[1].f1, Ok(0.0));
}

/// 0.778 for 0.667: it left out a class that is in the labels only.
#[test]
fn torcheval_176_macro_f1_counts_a_class_that_is_never_predicted() {
    // The labels 2 1 0 4 against 2 1 0 1, with class 4 as the fourth.
    let tallies = rows(4, &[2, 1, 0, 3], &[2, 1, 0, 1]);
    assert!((value(&tallies, "f1_macro") - 2.0 / 3.0).abs() < 1e-15);
}

/// 0.860215 for 0.822222: it took F of the averages, not the average of F.
#[test]
fn linfa_448_macro_f1_is_the_average_of_f1() {
    let tallies = rows(3, &[0, 0, 1, 1, 2, 2], &[0, 1, 1, 1, 2, 2]);
    assert!((value(&tallies, "f1_macro") - 37.0 / 45.0).abs() < 1e-15);
}

/// Counts in 32-bit floats freeze at 2²⁴, also reported as #6842.
#[test]
fn scikit_learn_34975_counts_beyond_2_to_the_24_stay_exact() {
    let tallies = confusion(2, &[(0, 0, (1 << 24) + 1), (1, 1, 1 << 24), (1, 0, 1)]);
    let accuracy = measure(&tallies, "accuracy");
    assert_eq!(accuracy.ratio, Some(((1 << 25) + 1, (1 << 25) + 2)));
    assert_eq!(per_class(&tallies)[0].predicted, (1 << 24) + 2);
}

/// 32-bit products gave −0.6016, and a constant prediction NaN.
#[test]
fn smile_879_matthews_neither_overflows_nor_is_nan() {
    let tallies = matrix(&[[50_000, 5_000], [5_000, 50_000]]);
    assert!((value(&tallies, "matthews_corrcoef") - 9.0 / 11.0).abs() < 1e-15);
    let constant = measure(&matrix(&[[5, 0], [5, 0]]), "matthews_corrcoef");
    assert_eq!(constant.value, Err("all predictions are one class".into()));
}

/// It was 0.0 with a warning.
#[test]
fn scikit_learn_30079_the_area_of_one_class_is_undefined() {
    let reason = |labels: &[u8]| ordered(&logits(labels, &[0.1, 0.4, 0.8]), "roc_auc").value;
    assert_eq!(reason(&[1, 1, 1]), Err("all labels are class 1".into()));
    assert_eq!(reason(&[0, 0, 0]), Err("class 1 has no rows".into()));
}

/// 0.5 for 0.9286: a sigmoid in single precision made 1 of all of these.
#[test]
fn torchmetrics_2819_large_logits_are_compared_as_they_are() {
    let scores = [98.0, 100.0, 91.0, 92.0, 93.0, 94.0, 95.0, 96.0, 99.0];
    let labels = [1, 1, 0, 0, 0, 0, 0, 0, 0];
    let area = ordered(&logits(&labels, &scores), "roc_auc").value.unwrap();
    assert_eq!(area, 13.0 / 14.0);
}

/// 1.0 for 0.75: rows of one score were taken one after the other.
#[test]
fn smartcore_373_rows_of_one_score_count_half() {
    let tallies = logits(&[0, 1, 1], &[0.5, 0.9, 0.5]);
    assert_eq!(ordered(&tallies, "roc_auc").value, Ok(0.75));
}

/// The curve of the default positive label under another one's name.
/// scikit-learn 1.9.1: `average_precision_score(y == 0, s)` is 0.41666666666666663.
#[test]
fn mlflow_23991_average_precision_is_that_of_the_positive_label() {
    let mut plan = single();
    plan.spec.task = Task::Binary { positive: 0 };
    let tallies = planned(&[0, 1, 0, 1], Scores::F32(vec![0.25, 0.75, 0.75, 1.0]), &plan);
    let found = ordered(&tallies, "average_precision").value.unwrap();
    assert!((found - 0.416_666_666_666_666_63).abs() < 1e-15, "{found}");
    assert_eq!(ordered(&tallies, "roc_auc").value, Ok(0.125));
    let classes = per_class(&tallies);
    let areas = |class: usize| classes[class].order.as_ref().unwrap();
    assert_eq!(areas(0).average_precision, Ok(found));
    assert_eq!(areas(1).average_precision, Err("the scores are those of class 0".into()));
}

/// A matrix of 50,000² cells does not fit, and a report over it never ends
/// (scikit-learn #26808): 2.5 · 10⁹ steps take far longer than the limit.
#[test]
fn torchmetrics_1279_fifty_thousand_classes_take_time_and_memory_by_cells() {
    let classes = 50_000u32;
    let cells: Vec<(u32, u32, u64)> = (0..classes)
        .flat_map(|class| [(class, class, 5), (class, (class * 7 + 1) % classes, 2)])
        .collect();
    let tallies = confusion(classes as usize, &cells);
    let start = Instant::now();
    assert!(measures(&tallies).unwrap().len() > 15);
    assert_eq!(per_class(&tallies).len(), 50_000);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

/// Input and scores, by the real program.
#[cfg(feature = "cli")]
mod program {
    use serde_json::{Value, json};

    use crate::common::Rng;
    use crate::common::files::{Folder, npy, npy_matrix};
    use crate::common::program::run;

    fn eval(folder: &Folder, args: &[&str]) -> Value {
        run(&folder.path(""), &[&["eval", "--json"], args].concat()).expect(0).json()
    }

    /// A confidence of exactly 1 went into a bin of its own beyond the last, and
    /// the mean over bins left it out.
    #[test]
    fn torchmetrics_3510_a_confidence_of_1_is_in_the_last_bin() {
        let folder = Folder::new();
        folder.file("y.npy", npy(&[0i64, 1, 0, 1]));
        folder.file("p.npy", npy_matrix(&[1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.05, 0.95], 2));
        folder.file("z.npy", npy_matrix(&[99.0, 0.0, 0.0, 99.0, 0.0, 99.0, 0.0, 2.944], 2));
        for scores in ["p.npy", "z.npy"] {
            for edges in ["right-closed", "left-closed"] {
                for bins in ["1", "10", "15"] {
                    let more = ["--bin-edges", edges, "--bins", bins];
                    let args = [&["--labels", "y.npy", "--scores", scores], &more[..]].concat();
                    let report = eval(&folder, &args);
                    let table = report["calibration"].as_array().unwrap();
                    assert_eq!(table.len(), bins.parse::<usize>().unwrap());
                    let last = table.last().unwrap();
                    assert_eq!(
                        (&last["rows"], &last["high"]),
                        (&json!(4), &json!(1.0)),
                        "{args:?}"
                    );
                    // Three of four right with a mean confidence of 0.9875.
                    let error = &report["metrics"]["expected_calibration_error"]["value"];
                    assert!((error.as_f64().unwrap() - 0.2375).abs() < 1e-5, "{args:?}: {error}");
                }
            }
        }
    }

    /// label · classes + prediction was computed in 8 bits: from 16 classes on
    /// counts went to other cells.
    #[test]
    fn torchmetrics_1510_small_integers_do_not_overflow_when_combined() {
        let folder = Folder::new();
        let pairs = (0..=255u8).flat_map(|label| [(label, label), (label, 255 - label)]);
        let (labels, predictions): (Vec<u8>, Vec<u8>) = pairs.unzip();
        folder.file("y.npy", npy(&labels));
        folder.file("p.npy", npy(&predictions));
        let report = eval(&folder, &["--labels", "y.npy", "--predictions", "p.npy"]);
        assert_eq!(report["classes"].as_array().unwrap().len(), 256);
        for label in 0..256 {
            for prediction in 0..256 {
                let expected = u8::from(label == prediction) + u8::from(label + prediction == 255);
                let found = &report["confusion"]["counts"][label][prediction];
                assert_eq!(*found, json!(expected), "{label} {prediction}");
            }
        }
        let signed = |values: &[u8]| npy(&values.iter().map(|v| *v as i8).collect::<Vec<_>>());
        folder.file("y.npy", signed(&labels));
        folder.file("p.npy", signed(&predictions));
        let report = eval(&folder, &["--labels", "y.npy", "--predictions", "p.npy"]);
        assert_eq!(report["classes"][0], "-128");
        // A label and its mirror image differ, so half of the rows are right.
        assert_eq!(report["metrics"]["accuracy"]["value"], 0.5);
    }

    /// Whether scores are logits was asked of each batch anew: a batch whose
    /// logits all lay in 0 to 1 was taken for probabilities.
    #[test]
    fn torchmetrics_2195_what_scores_are_is_decided_once() {
        let folder = Folder::new();
        let mut rng = Rng::new(6);
        let labels: Vec<i64> = (0..600).map(|_| i64::from(rng.below(2))).collect();
        // Rows 200 to 399 lie in 0 to 1, and sum to 1 on top of it.
        let scores: Vec<f32> = (0..600)
            .flat_map(|row| {
                let score = rng.normal();
                let unit = f32::from(rng.below(1_001) as u16) / 1_000.0;
                if row / 200 == 1 { [unit, 1.0 - unit] } else { [3.0 * score, -score] }
            })
            .collect();
        folder.file("y.npy", npy(&labels));
        folder.file("s.npy", npy_matrix(&scores, 2));
        let args = ["--labels", "y.npy", "--scores", "s.npy"];
        let all = eval(&folder, &args);
        assert_eq!(all["options"]["scores_are"], "logits");
        for rows in ["1", "100", "200", "1000"] {
            let batches = eval(&folder, &[&args[..], &["--batch-rows", rows]].concat());
            assert_eq!(batches["digest"], all["digest"], "{rows}");
        }
        let oracle: f64 = (0..600)
            .map(|row| {
                let row_scores = [f64::from(scores[2 * row]), f64::from(scores[2 * row + 1])];
                let sum: f64 = row_scores.iter().map(|score| score.exp()).sum();
                sum.ln() - row_scores[labels[row] as usize]
            })
            .sum();
        let loss = all["metrics"]["log_loss"]["value"].as_f64().unwrap();
        assert!((loss - oracle / 600.0).abs() < 1e-6, "{loss} against {}", oracle / 600.0);
    }

    /// 50,000² counts of 8 bytes take 20 GB.
    #[test]
    fn torchmetrics_1279_fifty_thousand_classes_fit_in_100_mb() {
        let folder = Folder::new();
        let classes = 50_000;
        let labels: Vec<i32> = (0..classes).collect();
        let predictions: Vec<i32> =
            labels.iter().map(|y| if y % 4 == 0 { 0 } else { *y }).collect();
        folder.file("y.npy", npy(&labels));
        folder.file("p.npy", npy(&predictions));
        let report = eval(&folder, &["--labels", "y.npy", "--predictions", "p.npy"]);
        assert_eq!(report["confusion"]["layout"], "sparse");
        assert_eq!(report["confusion"]["cells"].as_array().unwrap().len(), 50_000);
        let accuracy = &report["metrics"]["accuracy"];
        assert_eq!(
            (&accuracy["numerator"], &accuracy["denominator"]),
            (&json!(37_501), &json!(50_000))
        );
        let memory = &report["timing"]["peak_memory_bytes"];
        if cfg!(target_os = "linux") {
            let memory = memory.as_u64().unwrap();
            assert!((1 << 20..100 << 20).contains(&memory), "{memory}");
        }
    }

    /// A label of NaN became a class, or broke the whole profile.
    #[test]
    fn whylogs_1373_a_label_that_is_not_a_number_is_an_error_that_names_its_row() {
        let folder = Folder::new();
        folder.file("p.npy", npy(&[0i64, 1, 1, 0]));
        for (value, spelled) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf"), (0.5, "0.5")] {
            folder.file("y.npy", npy(&[0.0, 1.0, value, 0.0]));
            let args = ["eval", "--json", "--labels", "y.npy", "--predictions", "p.npy"];
            let ran = run(&folder.path(""), &args).expect(2);
            assert!(ran.stderr.starts_with("tallyho: y.npy: row 2: "), "{}", ran.stderr);
            assert!(ran.stderr.contains(spelled), "{}", ran.stderr);
            let skip = run(&folder.path(""), &[&args[..], &["--on-invalid", "skip"]].concat());
            let report = skip.expect(0).json();
            assert_eq!(report["classes"], json!(["0", "1"]), "no class of its own");
            assert_eq!(
                (&report["rows"]["scored"], &report["rows"]["invalid"]),
                (&json!(3), &json!(1))
            );
        }
    }

    /// More rows of one kind than a 32-bit float can count one by one.
    #[test]
    fn scikit_learn_6842_sixteen_million_rows_and_more_of_one_kind_are_counted() {
        let folder = Folder::new();
        let rows = (1 << 24) + 3;
        let mut labels = vec![1u8; rows];
        labels[5] = 0;
        folder.file("y.npy", npy(&labels));
        folder.file("p.npy", npy(&vec![1u8; rows]));
        let report = eval(&folder, &["--labels", "y.npy", "--predictions", "p.npy"]);
        assert_eq!(report["confusion"]["counts"], json!([[0, 1], [0, (1 << 24) + 2]]));
    }
}
