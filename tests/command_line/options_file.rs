//! Options from a file in TOML.

use super::{sound, tallyho};
use crate::common::files::Folder;

fn with(options: &str) -> Folder {
    let folder = sound();
    folder.file("o.toml", options);
    folder
}

const ALL: &str = "\
# Of every kind: texts, lists, numbers, flags.
tables = [\"t.csv\"]
labels = \"label\"
scores = [\"s?\"]
scores_are = \"probabilities\"
metrics = [\"accuracy\", \"log_loss\"]
bins = 5
interval = 0.9
ignore_label = [\"-100\", 7]
json = true
require = [\"accuracy >= 0.7\"]
";

#[test]
fn a_file_stands_for_the_same_words_on_the_command_line() {
    let folder = with(ALL);
    let from_file = tallyho(&folder, "eval --options o.toml").expect(0).json();
    let typed = tallyho(
        &folder,
        "eval t.csv --labels label --scores 's?' --scores-are probabilities \
         --metrics accuracy,log_loss --bins 5 --interval 0.9 --ignore-label -100 --ignore-label 7 \
         --json --require 'accuracy >= 0.7'",
    );
    let typed = typed.expect(0).json();
    for key in ["options", "rows", "digest", "metrics", "rules"] {
        assert_eq!(from_file[key], typed[key], "{key}");
    }
    assert_eq!(from_file["metrics"]["accuracy"]["interval"]["level"], 0.9);
}

#[test]
fn what_is_typed_wins_over_the_file() {
    let folder = with(ALL);
    let typed = "eval --options o.toml --bins 3 --interval=0.5 --metrics accuracy,brier_score";
    let report = tallyho(&folder, typed).expect(0).json();
    assert_eq!(report["options"]["bins"], 3);
    assert_eq!(report["metrics"]["accuracy"]["interval"]["level"], 0.5);
    assert!(report["metrics"].get("log_loss").is_none());
    // Predictions leave no room for the scores of the file, nor quiet for JSON.
    let folder = with("labels = 'label'\nscores = 's?'\njson = true\n");
    let ran = tallyho(&folder, "eval t.csv --predictions prediction --options=o.toml -q").expect(0);
    assert_eq!(ran.stdout, "");
    // Before and after, in either form.
    let ran = tallyho(&folder, "eval --options o.toml t.csv --predictions prediction").expect(0);
    assert_eq!(ran.json()["metrics"]["accuracy"]["numerator"], 3);
}

#[test]
fn a_rule_of_the_file_is_not_lifted_by_one_that_is_typed() {
    let folder =
        with("labels = 'label'\npredictions = 'prediction'\nrequire = ['accuracy >= 0.8']\n");
    let line = "eval t.csv --options o.toml --json --require 'accuracy >= 0.1'";
    let report = tallyho(&folder, line).expect(1).json();
    assert_eq!(report["rules"].as_array().unwrap().len(), 2);
}

#[test]
fn paths_are_those_of_the_working_directory() {
    let folder = sound();
    std::fs::create_dir(folder.path("sub")).unwrap();
    folder.file("sub/o.toml", "labels = 'y.npy'\npredictions = 'p.npy'\noutput = ['r.json']\n");
    tallyho(&folder, "eval --options sub/o.toml -q").expect(0);
    assert!(folder.path("r.json").exists() && !folder.path("sub/r.json").exists());
}

#[test]
fn every_mistake_has_its_line_and_column() {
    let folder = with(
        "labels = \"label\"\nlable = \"x\"\nscores-are = \"logits\"\nbins = \"many\"\n\
         json = 1\npredictions = [\"a\"]\nscores_are = \"odds\"\noptions = \"o.toml\"\n\
         list_metrics = true\n[output]\n",
    );
    let ran = tallyho(&folder, "eval t.csv --options o.toml").expect(2);
    insta::assert_snapshot!(ran.stderr);
}

#[test]
fn what_is_no_toml_or_not_there_is_refused() {
    let folder = with("labels = label\n");
    let ran = tallyho(&folder, "eval t.csv --options o.toml").expect(2);
    assert!(ran.stderr.starts_with("tallyho: o.toml:1:10: "), "{ran:?}");
    let ran = tallyho(&folder, "eval t.csv --options none.toml").expect(2);
    assert!(ran.stderr.starts_with("tallyho: none.toml: cannot read the options: "), "{ran:?}");
}

/// What one file leaves out may be in the other half of the command line.
#[cfg(feature = "history")]
#[test]
fn options_that_go_together_may_come_from_both() {
    let folder = with("history = 'h.db'\ndataset = 'cats'\n");
    let eval = "eval t.csv --labels label --predictions prediction --options o.toml -q";
    tallyho(&folder, &format!("{eval} --model steady")).expect(0);
    assert!(folder.path("h.db").exists());
    let ran = tallyho(&folder, eval).expect(2);
    assert!(ran.stderr.contains("--model <NAME>"), "{ran:?}");
}

/// The settings of jobs are keys here, by the same names.
#[cfg(feature = "job")]
#[test]
fn every_setting_of_a_job_is_a_key() {
    let schema = schemars::schema_for!(tallyho::evaluation::Settings);
    let keys = schema.get("properties").and_then(|it| it.as_object()).unwrap().keys();
    let mut found = 0;
    for key in keys {
        let folder = with(&format!("{key} = {{}}\n"));
        let ran = tallyho(&folder, "eval t.csv --options o.toml").expect(2);
        // Known, and no table.
        assert!(ran.stderr.contains(&format!("{key} ")), "{key}: {ran:?}");
        assert!(!ran.stderr.contains("there is no option"), "{key}: {ran:?}");
        found += 1;
    }
    assert!(found > 20, "{found}");
}
