//! The config of a job as it is written, in TOML.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::alert::Channel;
use crate::error::{Error, Result};
use crate::evaluation::Settings;
use crate::publish::{Mlflow, Pushgateway};

/// A nightly job: which models are evaluated on which datasets, by which rules
/// they are judged, and where the results go.
///
/// Paths are relative to the folder of this file. In paths, names of columns and
/// values of labels, {date} stands for the night, {dataset}, {split} and {model}
/// for what is evaluated, and ${NAME} for the environment variable NAME.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name of the job, in the history; the name of this file if left out
    pub job: Option<String>,
    /// SQLite file that remembers every run; "tallyho.db" if left out
    #[schemars(with = "Option<String>")]
    pub history: Option<Spanned<String>>,
    /// Where to count: "auto", "cpu", "gpu" or the name of an adapter
    pub device: Option<String>,
    /// The most memory to use on the device, such as "512M"
    #[schemars(with = "Option<String>")]
    pub device_memory: Option<Spanned<String>>,
    /// The most memory to use, such as "4G"; what is free if left out
    #[schemars(with = "Option<String>")]
    pub memory: Option<Spanned<String>>,
    /// Threads, 1 to 1,024; all cores if left out
    #[schemars(with = "Option<usize>")]
    pub threads: Option<Spanned<usize>>,
    /// Whether the history keeps which rows are right, of up to ten million, so that
    /// accuracies are compared row by row; true if left out. The CPU notes that:
    /// with false, a GPU may count
    pub paired: Option<bool>,
    /// How rows are counted and shown, unless a dataset or a model says otherwise
    #[serde(default)]
    pub options: Settings,
    /// How rules are judged, unless a rule says otherwise
    #[serde(default)]
    pub judging: Judging,
    /// What is evaluated on
    pub dataset: Vec<Dataset>,
    /// What is evaluated
    pub model: Vec<Model>,
    /// What must hold
    #[serde(default)]
    pub rule: Vec<RuleEntry>,
    /// Files that are written, and services that are told
    #[serde(default)]
    pub output: Output,
    /// Who is told when something breaks or recovers
    #[serde(default)]
    #[schemars(with = "Vec<Channel>")]
    pub notify: Vec<Spanned<Channel>>,
}

/// Rows with labels.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Its name, in the history
    #[schemars(with = "String")]
    pub name: Spanned<String>,
    /// Tables with a column for each role; globs are expanded. Left out, labels
    /// and predictions or scores are files of their own
    #[schemars(with = "Option<Vec<String>>")]
    pub files: Option<Spanned<Vec<String>>>,
    /// Column, array or file of the true classes
    #[schemars(with = "Option<String>")]
    pub labels: Option<Spanned<String>>,
    /// File that names the classes in order: one per line, or a JSON list
    #[schemars(with = "Option<String>")]
    pub classes: Option<Spanned<String>>,
    /// Columns, arrays or files by whose values rows are put into groups, each with a
    /// report of its own
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub slices: Vec<Spanned<String>>,
    /// How its rows are counted and shown
    #[serde(default)]
    pub options: Settings,
    /// Its parts, each evaluated by itself: train, validation, test
    #[serde(default)]
    pub split: Vec<Split>,
}

/// A part of a dataset.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// Its name, in the history
    #[schemars(with = "String")]
    pub name: Spanned<String>,
    /// Its tables; those of the dataset if left out
    #[schemars(with = "Option<Vec<String>>")]
    pub files: Option<Spanned<Vec<String>>>,
    /// Its labels; those of the dataset if left out
    #[schemars(with = "Option<String>")]
    pub labels: Option<Spanned<String>>,
}

/// What made predictions.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name, in the history
    #[schemars(with = "String")]
    pub name: Spanned<String>,
    /// The datasets that it is evaluated on; all if left out
    #[schemars(with = "Option<Vec<String>>")]
    pub datasets: Option<Vec<Spanned<String>>>,
    /// Column, array or file of the predicted classes
    #[schemars(with = "Option<String>")]
    pub predictions: Option<Spanned<String>>,
    /// Column, glob of columns, array or file of the scores
    #[schemars(with = "Option<String>")]
    pub scores: Option<Spanned<String>>,
    /// Tables of its own instead of those of the dataset, with labels in them
    #[schemars(with = "Option<Vec<String>>")]
    pub files: Option<Spanned<Vec<String>>>,
    /// How its rows are counted and shown
    #[serde(default)]
    pub options: Settings,
    /// What is different on some datasets, by their names
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, On>")]
    pub on: BTreeMap<Spanned<String>, On>,
}

/// A model on one dataset.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct On {
    /// Column, array or file of the predicted classes
    #[schemars(with = "Option<String>")]
    pub predictions: Option<Spanned<String>>,
    /// Column, glob of columns, array or file of the scores
    #[schemars(with = "Option<String>")]
    pub scores: Option<Spanned<String>>,
    /// Tables instead of those of the dataset, with labels in them
    #[schemars(with = "Option<Vec<String>>")]
    pub files: Option<Spanned<Vec<String>>>,
    /// How its rows are counted and shown
    pub options: Settings,
}

/// A table with its own keys and those that say how rules are judged, which stand
/// in a rule or, for all rules, in a table of their own.
macro_rules! with_judging {
    ($(#[$attribute:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($own)*
            /// What `baseline` means: "previous", "best", "mean of last 7" or "run 12"
            #[schemars(with = "Option<String>")]
            pub baseline: Option<Spanned<String>>,
            /// The fewest rows to judge by; with fewer, the verdict is "too few rows"
            pub min_rows: Option<u64>,
            /// The verdict when a value is undefined; "undefined" if left out
            pub undefined: Option<Meaning>,
            /// The verdict when there is no earlier run to compare with; "no baseline"
            /// if left out, which does not fail
            pub no_baseline: Option<Meaning>,
            /// The verdict with too few rows; "too few rows" if left out, which does not
            /// fail
            pub too_few_rows: Option<Meaning>,
            /// The verdict when the rows prove nothing; "undecided" if left out, which
            /// does not fail
            pub undecided: Option<Meaning>,
        }
    };
}

with_judging!(
    /// A rule, and which evaluations it is for.
    RuleEntry {
        /// The rule, such as "accuracy >= 0.8" or "worse(f1_macro, previous) @ 95%"
        #[schemars(with = "String")]
        pub require: Spanned<String>,
        /// Datasets that it is for; all if left out
        #[schemars(with = "Option<Vec<String>>")]
        pub datasets: Option<Vec<Spanned<String>>>,
        /// Models that it is for; all if left out
        #[schemars(with = "Option<Vec<String>>")]
        pub models: Option<Vec<Spanned<String>>>,
        /// Splits that it is for; all if left out
        #[schemars(with = "Option<Vec<String>>")]
        pub splits: Option<Vec<Spanned<String>>>,
    }
);

with_judging!(
    /// How rules are judged.
    #[derive(Default)]
    Judging {}
);

/// A verdict that stands for an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Meaning {
    /// As if the rule held
    Holds,
    /// As if it was broken
    Broken,
    /// As if its value was undefined, which fails
    Undefined,
    /// Shown, and no failure
    Undecided,
}

/// Files that are written, and services that are told.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Output {
    /// JUnit XML of all verdicts
    #[schemars(with = "Option<String>")]
    pub junit: Option<Spanned<String>>,
    /// Metrics for the textfile collector of Prometheus' node exporter
    #[schemars(with = "Option<String>")]
    pub prometheus: Option<Spanned<String>>,
    /// The night as JSON, schema tallyho.run/1
    #[schemars(with = "Option<String>")]
    pub json: Option<Spanned<String>>,
    /// A report of every evaluation, its format by the extension: name it with
    /// {dataset}, {model} and {split}; folders are created
    #[schemars(with = "Vec<String>")]
    pub reports: Vec<Spanned<String>>,
    /// A Prometheus push gateway
    #[schemars(with = "Option<Pushgateway>")]
    pub pushgateway: Option<Spanned<Pushgateway>>,
    /// An MLflow tracking server
    #[schemars(with = "Option<Mlflow>")]
    pub mlflow: Option<Spanned<Mlflow>>,
}

/// The JSON Schema of a config.
///
/// # Errors
///
/// [`Error::Internal`] if it cannot be written.
pub fn schema() -> Result<String> {
    let schema = schemars::schema_for!(Config);
    let text = serde_json::to_string_pretty(&schema);
    text.map(|text| text + "\n").map_err(|error| Error::Internal(error.to_string()))
}
