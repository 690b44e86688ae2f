//! What is written in a config, and what is wrong with it.

use insta::assert_snapshot;

use super::{CONFIG, folder, night};
use crate::common::files::Folder;
use crate::common::program::run;

/// What is said of `config`, which is not in order.
fn refused(config: &str) -> String {
    let folder = Folder::new();
    folder.file("night.toml", config);
    let ran = night(&folder, "").expect(2);
    assert_eq!(ran.stdout, "");
    assert!(!folder.path("tallyho.db").exists(), "nothing is begun");
    ran.stderr
}

#[test]
fn every_mistake_is_named_with_line_and_column() {
    let config = r#"
job = "nightly"
device_memory = "lots"

[[dataset]]
name = "cats"
files = ["cats-{day}.csv"]
labels = "label"
options = { bins = 10 }

[[dataset]]
name = "cats"
files = []
labels = "label"

[[dataset]]
name = "dogs"

[[model]]
name = "steady"
predictions = "steady"
datasets = ["cast"]

[[model]]
name = "both"
predictions = "p"
scores = "s_*"

[[model]]
name = "neither"
on.mice.scores = "s_*"

[[rule]]
require = "acuracy >= 0.8"

[[rule]]
require = "accuracy >= 0.8"
models = ["stedy"]

[output]
reports = ["report.docx"]
"#;
    assert_snapshot!(refused(config));
}

#[test]
fn slips_in_the_keys_of_several_tables_are_all_found() {
    let config = r#"
[[dataset]]
name = "cats"
file = ["cats.csv"]

[[model]]
name = "steady"
prediction = "steady"

[[rule]]
require = "accuracy >= 0.8"
undefined = "fine"

[outputs]
json = "x.json"
"#;
    assert_snapshot!(refused(config));
}

#[test]
fn what_is_no_toml_is_refused() {
    assert_snapshot!(refused("[[dataset]\nname = cats\n"));
}

#[test]
fn a_config_needs_datasets_and_models() {
    assert_snapshot!(refused("dataset = []\nmodel = []\n"));
}

#[test]
fn a_config_that_is_not_there_is_an_error() {
    let folder = Folder::new();
    let ran = night(&folder, "").expect(2);
    assert!(ran.stderr.contains("night.toml: cannot read the config"), "{}", ran.stderr);
}

#[test]
fn settings_that_make_no_sense_are_named_as_keys() {
    let config =
        CONFIG.replace("name = \"flaky\"", "name = \"flaky\"\noptions = { max_fpr = [0.1] }");
    let said = refused(&config);
    assert!(said.contains("max_fpr needs scores"), "{said}");
    assert!(!said.contains("--"), "{said}");
}

/// Every key of the example in the help is one of the schema.
#[test]
fn the_schema_describes_the_config() {
    let folder = Folder::new();
    let ran = run(&folder.path(""), &["run", "--schema"]).expect(0);
    let schema = ran.json();
    for key in ["dataset", "model", "rule", "output", "history", "options", "judging"] {
        assert!(schema["properties"][key].is_object(), "{key}");
    }
    assert_eq!(schema["additionalProperties"], false);
    let rule = &schema["$defs"]["RuleEntry"];
    assert_eq!(rule["required"], serde_json::json!(["require"]));
    assert!(rule["properties"]["min_rows"]["description"].is_string());
    let bins = &schema["$defs"]["Settings"]["properties"]["bin_edges"];
    assert!(bins.to_string().contains("BinEdges"), "{bins}");
}

#[test]
fn check_says_what_would_fail_and_does_nothing() {
    let folder = folder(&CONFIG.replace("\"flaky\"\n\n[[rule", "\"flakey\"\n\n[[rule"));
    let ran = night(&folder, "--check").expect(2);
    assert_snapshot!(ran.stdout);
    assert!(!folder.path("tallyho.db").exists());
    let ran = super::on(&folder, "2026-11-22", "--check").expect(0);
    assert_snapshot!(ran.stdout);
}
