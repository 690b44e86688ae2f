//! Options about input: where rows come from and what they are.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};

use super::{INPUT, OnInvalidArg, ScoresAreArg, named, score_type};
use crate::input::{CsvOptions, LabelsAre};
use crate::tally::ScoreType;

/// Where rows come from and what they are.
#[derive(Debug, Args)]
pub(in crate::cli) struct InputArgs {
    /// Tables with one column per role: parquet, csv, npz; globs are expanded.
    /// Without tables, each role names a file of its own, or FILE:COLUMN
    #[arg(value_name = "TABLE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) tables: Vec<PathBuf>,

    /// Column, array, file or FILE:COLUMN of the true classes: integers or strings
    #[arg(long, value_name = "NAME", help_heading = INPUT)]
    pub(in crate::cli) labels: Option<String>,

    /// Column, array, file or FILE:COLUMN of the predicted classes
    #[arg(long, value_name = "NAME", help_heading = INPUT)]
    pub(in crate::cli) predictions: Option<String>,

    /// Columns, glob of columns, array, file or FILE:COLUMNS of the scores: one per
    /// class, or one for the positive class of two; columns are separated by commas
    /// (repeatable)
    #[arg(long, value_name = "NAMES", help_heading = INPUT)]
    pub(in crate::cli) scores: Vec<String>,

    /// Column, array, file or FILE:COLUMN by whose values rows are put into groups, each
    /// with a report of its own, such as `country` (repeatable)
    #[arg(long, value_name = "NAME", help_heading = INPUT)]
    pub(in crate::cli) slice: Vec<String>,

    /// What the scores are; `auto` looks at the first 1,024 rows of every file,
    /// `percent` divides by 100, `unnormalized` each row by its sum
    #[arg(long, value_name = "KIND", value_enum, default_value = "auto", help_heading = INPUT)]
    pub(in crate::cli) scores_are: ScoresAreArg,

    /// Type of the scores in text files [default: f64]; bf16 also of arrays of uint16 or V2
    #[arg(long, value_name = "TYPE", value_parser = score_type(), help_heading = INPUT)]
    pub(in crate::cli) score_type: Option<ScoreType>,

    /// What labels and predictions of several dimensions are: every element a row, or
    /// each row one-hot
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(["rows", "one-hot"]).try_map(|name| named(LabelsAre::from_name(&name))), help_heading = INPUT)]
    pub(in crate::cli) labels_are: Option<LabelsAre>,

    /// How CSV files are read, where they do not tell: delimiter=comma|semicolon|tab|pipe,
    /// decimal=point|comma, header=yes|no, repeated-header=error|skip|keep, with commas
    /// between, as in 'delimiter=;,header=no' (repeatable)
    #[arg(long, value_name = "OPTIONS", help_heading = INPUT)]
    pub(in crate::cli) csv: Vec<CsvOptions>,

    /// What to do with a row that cannot be scored: stop and name it, or leave
    /// it out and count it
    #[arg(long, value_name = "ACTION", value_enum, default_value = "error", help_heading = INPUT)]
    pub(in crate::cli) on_invalid: OnInvalidArg,
}
