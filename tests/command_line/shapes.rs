//! Arrays of several dimensions and odd types, from what is typed to what is told.

use serde_json::{Value, json};

use super::tallyho;
#[cfg(feature = "parquet")]
use crate::common::files::{Column, parquet};
use crate::common::files::{Folder, Layout, npy, npy_as, npy_matrix};
use crate::common::program::run;

fn codes(report: &Value) -> Vec<&str> {
    let warnings = report["warnings"].as_array().unwrap();
    warnings.iter().map(|warning| warning["code"].as_str().unwrap()).collect()
}

/// Masks of 3 images of 4 × 5 pixels; a label of 255 is no class.
fn masks(folder: &Folder) {
    let label = |at: usize| if at.is_multiple_of(9) { 255 } else { (at % 4) as u8 };
    let labels: Vec<u8> = (0..60).map(label).collect();
    let predictions: Vec<u8> = (0..60).map(|at| (at % 4 * (at % 5).min(1)) as u8).collect();
    folder.file("y.npy", npy_as(&labels, &[3, 4, 5], Layout::default()));
    folder.file("p.npy", npy_as(&predictions, &[3, 4, 5], Layout::default()));
    folder.file("y1.npy", npy(&labels));
    folder.file("p1.npy", npy(&predictions));
}

#[test]
fn masks_are_counted_by_pixel_as_if_saved_with_ravel() {
    let folder = Folder::new();
    masks(&folder);
    let report = |labels, predictions| {
        let line =
            format!("eval --labels {labels} --predictions {predictions} --ignore-label 255 --json");
        tallyho(&folder, &line).expect(0)
    };
    let (flat, cubes) = (report("y1.npy", "p1.npy").json(), report("y.npy", "p.npy"));
    let found = cubes.json();
    assert_eq!(found["digest"], flat["digest"]);
    assert_eq!(found["rows"]["read"], 60);
    assert_eq!(codes(&found), ["TH121"]);
    // A note is for the report; there is nothing to be warned of.
    assert_eq!(cubes.stderr, "");
    assert_eq!(found["inputs"][0]["rows"], json!(60));
}

#[test]
fn what_labels_are_is_asked_and_answered() {
    let folder = Folder::new();
    let eye: Vec<u8> = (0..12).map(|at| u8::from(at % 4 == at / 4)).collect();
    folder.file("oh.npy", npy_matrix(&eye, 4));
    folder.file("v.npy", npy(&[0_u8, 1, 3]));
    let asked = tallyho(&folder, "eval --labels oh.npy --predictions oh.npy").expect(2);
    assert_eq!(
        asked.stderr,
        "tallyho: oh.npy: holds labels of shape (3, 4) whose values are only 0 and 1: if every \
         element is a row, as in a mask, say --labels-are rows (12 rows of two classes); if each \
         row is one-hot, say --labels-are one-hot (3 rows of 4 classes); if a row has several \
         labels, save one column at a time: y[:, 0]\n"
    );
    let accuracy = |line: &str| {
        let report = tallyho(&folder, &format!("{line} --json")).expect(0).json();
        (report["metrics"]["accuracy"]["value"].clone(), report["rows"]["scored"].clone())
    };
    let line = "eval --labels oh.npy --predictions oh.npy --labels-are";
    assert_eq!(accuracy(&format!("{line} rows")), (json!(1.0), json!(12)));
    assert_eq!(accuracy(&format!("{line} one-hot")), (json!(1.0), json!(3)));
    let line = "eval --labels oh.npy --predictions v.npy";
    let asked = tallyho(&folder, line).expect(2);
    assert_eq!(
        asked.stderr,
        "tallyho: oh.npy has labels of shape (3, 4), but v.npy has predictions of shape (3,); if \
         each row is one-hot, say --labels-are one-hot, or save the classes: \
         np.save('y.npy', y.argmax(1))\n"
    );
    let (value, _) = accuracy(&format!("{line} --labels-are one-hot"));
    assert_eq!(value, json!(2.0 / 3.0));
    let asked = tallyho(&folder, "eval --labels v.npy --predictions oh.npy").expect(2);
    assert!(asked.stderr.contains("--scores"), "{asked:?}");
    let none = tallyho(&folder, "eval --labels v.npy --predictions v.npy --labels-are one-hot");
    assert!(none.expect(2).stderr.contains("leave it out"));
}

#[test]
fn scores_that_may_be_predictions_are_warned_of_on_standard_error() {
    let folder = Folder::new();
    folder.file("y.npy", npy(&[0_u8, 1, 1, 0]));
    #[cfg(feature = "parquet")]
    {
        let y = Column::I64([0, 1, 1, 0].map(Some).to_vec());
        let s = Column::I64([310, 850, 640, 500].map(Some).to_vec());
        folder.file("t.parquet", parquet(&[("y", y), ("s", s)], 4));
        let line = "eval t.parquet --labels y --scores s --json";
        let ran = tallyho(&folder, line).expect(0);
        let warning = "tallyho: warning TH124: t.parquet: the one score of a row is a whole number \
                       (int64), as predicted classes are; if they are predicted classes, name them \
                       with --predictions";
        assert!(ran.stderr.lines().any(|line| line == warning), "{}", ran.stderr);
        assert_eq!(ran.json()["metrics"]["roc_auc"]["value"], json!(1.0));
        tallyho(&folder, &format!("{line} --strict")).expect(2);
    }
    let line = "eval --labels y.npy --scores s.npy --json";
    // Rows of logits of whole numbers are no predictions.
    folder.file("s.npy", npy_matrix(&[3_i32, -1, -4, 2, 0, 5, 9, 2], 2));
    let ran = tallyho(&folder, &format!("{line} --strict")).expect(0);
    assert_eq!(codes(&ran.json()), ["TH123", "TH162"]);
    folder.file("s.npy", npy_matrix(&[3_i8, -1, -4, 2, 0, 5, 9, 2], 2));
    let refused = tallyho(&folder, line).expect(2);
    assert!(refused.stderr.contains("(q.astype('float32') - zero_point) * scale"), "{refused:?}");
}

#[cfg(feature = "job")]
#[test]
fn a_job_says_what_its_labels_are_for_all_models_of_a_dataset() {
    let folder = Folder::new();
    let eye: Vec<u8> = (0..12).map(|at| u8::from(at % 4 == at / 4)).collect();
    folder.file("oh.npy", npy_matrix(&eye, 4));
    folder.file("v.npy", npy(&[0_u8, 1, 3]));
    let config = "\
        [[dataset]]\nname = 'd'\nlabels = 'oh.npy'\noptions = { labels_are = 'one-hot' }\n\
        [[model]]\nname = 'm'\npredictions = 'v.npy'\n\
        [[rule]]\nrequire = 'accuracy > 0.6'\n";
    folder.file("night.toml", config);
    let ran = run(folder.path("").as_path(), &["run", "night.toml"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    folder.file("night.toml", config.replace("one-hot", "one_hot"));
    let ran = run(folder.path("").as_path(), &["run", "night.toml"]).expect(2);
    assert!(ran.stderr.contains("one-hot"), "{ran:?}");
}
