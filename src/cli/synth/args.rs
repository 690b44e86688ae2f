//! The arguments of `synth`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum, ValueHint};

use crate::cli::args::{MemoryArgs, score_type};
use crate::tally::{ScoreType, ScoresAre};

const USAGE: &str = "\
tallyho synth [OPTIONS] <TABLE>...
       tallyho synth [OPTIONS] --labels <FILE> --predictions <FILE>
       tallyho synth [OPTIONS] --labels <FILE> --scores <FILE>";

const EXAMPLES: &str = "\
Examples:
  tallyho synth pairs.csv
  tallyho synth --labels y.npy --predictions p.npy --rows 100000000 --skew 1
  tallyho synth --labels y.npy --scores s.npy --classes 1000
  tallyho synth t.parquet --scores-are probabilities --score-type f16
  tallyho synth --labels y.npy --scores s.npy --binary --accuracy 0.8

Equal options give equal rows in every format, on any machine and with any
number of threads. Memory does not grow with the number of rows, but for the
footer of a parquet file.

Exit status: 0 done; 2 bad usage or a failure; 130 interrupted. Existing files
are replaced at the end only.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE, group = ArgGroup::new("out").args(["tables", "labels"]).required(true), group = ArgGroup::new("content").args(["predictions", "scores"]))]
pub(in crate::cli) struct Synth {
    /// Tables to write: .csv, .npz or .parquet; each gets the same rows
    #[arg(value_name = "TABLE", value_hint = ValueHint::FilePath, conflicts_with = "content")]
    pub(super) tables: Vec<PathBuf>,

    /// File for the labels, as an npy array
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "content", help_heading = OUTPUT)]
    pub(super) labels: Option<PathBuf>,

    /// File for the predictions, as an npy array
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "labels", help_heading = OUTPUT)]
    pub(super) predictions: Option<PathBuf>,

    /// File for the scores, as an npy array: one per class, or one with --binary
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "labels", help_heading = OUTPUT)]
    pub(super) scores: Option<PathBuf>,

    /// Give rows scores of this kind; without it tables have predictions
    /// [default with --scores: logits]
    #[arg(long, value_name = "KIND", value_enum, help_heading = ROWS)]
    pub(super) scores_are: Option<ScoresAreArg>,

    /// Type of the scores [default: f32]
    #[arg(long, value_name = "TYPE", value_parser = score_type(), help_heading = ROWS)]
    pub(super) score_type: Option<ScoreType>,

    /// One score per row, that of class 1 of two
    #[arg(long, help_heading = ROWS)]
    pub(super) binary: bool,

    /// Number of rows
    #[arg(long, value_name = "N", default_value_t = 1_000_000, help_heading = ROWS)]
    pub(super) rows: u64,

    /// Number of the first row: several runs can make the parts of one set
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = ROWS)]
    pub(super) first_row: u64,

    /// Number of classes, which are called 0, 1, 2, … [default: 10]
    #[arg(long, value_name = "N", help_heading = ROWS)]
    pub(super) classes: Option<u32>,

    /// Probability that a prediction, or the highest score, is right
    #[arg(long, value_name = "P", default_value_t = 0.9, allow_hyphen_values = true, help_heading = ROWS)]
    pub(super) accuracy: f64,

    /// How unequal the classes are: exponent of Zipf's law, 0 for equal ones
    #[arg(long, value_name = "S", default_value_t = 0.0, allow_hyphen_values = true, help_heading = ROWS)]
    pub(super) skew: f64,

    /// Names the set among those with the same options
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = ROWS)]
    pub(super) seed: u64,

    /// Threads [default: all cores]
    #[arg(long, value_name = "N", help_heading = RUNNING)]
    pub(super) threads: Option<usize>,

    #[command(flatten)]
    pub(super) memory: MemoryArgs,

    /// Print nothing and show no progress
    #[arg(short, long, help_heading = RUNNING)]
    pub(super) quiet: bool,
}

const OUTPUT: &str = "Output";
const ROWS: &str = "Rows";
const RUNNING: &str = "Running";

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ScoresAreArg {
    Logits,
    Probabilities,
}

impl From<ScoresAreArg> for ScoresAre {
    fn from(typed: ScoresAreArg) -> Self {
        match typed {
            ScoresAreArg::Logits => Self::Logits,
            ScoresAreArg::Probabilities => Self::Probabilities,
        }
    }
}
