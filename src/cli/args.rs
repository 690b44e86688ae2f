//! What can be typed.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use clap::{ArgGroup, Args, ValueEnum, ValueHint};

use super::record::Recording;
use crate::evaluation::{Wanted, parse_size};
use crate::tally::{Auc, BinEdges, IntervalMethod, ScoreType, ScoresAre, Ties, ZeroDivision};

const USAGE: &str = "\
tallyho eval [OPTIONS] [TABLE]... --labels <NAME> --predictions <NAME>
       tallyho eval [OPTIONS] [TABLE]... --labels <NAME> --scores <NAME>
       tallyho eval --list-metrics";

const EXAMPLES: &str = "\
Examples:
  tallyho eval --labels y.npy --predictions p.npy
  tallyho eval --labels y.npy --scores logits.npy
  tallyho eval predictions.parquet --labels label --scores 'p*' -o report.json
  tallyho eval 'shards/*.csv' --labels y --predictions p --require 'accuracy > 0.9'

Exit status: 0 done and every rule holds; 1 a rule is broken or undefined;
2 bad usage, bad input or a failure; 130 interrupted.

Rows count from 0; a header is not a row. Memory is bounded by batches and
tallies and does not grow with the number of rows, but under --auc exact: by 2
to 4 bytes a row for one score per row (8 to 16 for f64), by as many for
metrics by confidence, and by about 60 bytes a row, however many classes, for
a score for each class, where the rows are read twice. --auc binned takes
0.5 MiB for each class on each thread.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE, group = ArgGroup::new("row").args(["predictions", "scores", "list_metrics"]).required(true))]
pub(super) struct Eval {
    /// Tables with one column per role: parquet, csv, npz; globs are expanded.
    /// Without tables, each role names a file of its own
    #[arg(value_name = "TABLE", value_hint = ValueHint::FilePath)]
    pub(super) tables: Vec<PathBuf>,

    /// Column, array or file of the true classes: integers or strings
    #[arg(long, value_name = "NAME", required_unless_present = "list_metrics", help_heading = INPUT)]
    pub(super) labels: Option<String>,

    /// Column, array or file of the predicted classes
    #[arg(long, value_name = "NAME", help_heading = INPUT)]
    pub(super) predictions: Option<String>,

    /// Columns, glob of columns, array or file of the scores: one per class, or one
    /// for the positive class of two; columns are separated by commas (repeatable)
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = INPUT)]
    pub(super) scores: Vec<String>,

    /// What the scores are; `auto` looks at the first 1,024 rows of every file
    #[arg(long, value_name = "KIND", value_enum, default_value = "auto", help_heading = INPUT)]
    pub(super) scores_are: ScoresAreArg,

    /// Type of the scores in text files [default: f64]; bf16 also of arrays of uint16 or V2
    #[arg(long, value_name = "TYPE", value_parser = score_type(), help_heading = INPUT)]
    pub(super) score_type: Option<ScoreType>,

    /// File that names the classes in order: one per line, or a JSON list
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = INPUT)]
    pub(super) classes: Option<PathBuf>,

    /// Leave out rows with this label (repeatable)
    #[arg(long, value_name = "LABEL", help_heading = INPUT)]
    pub(super) ignore_label: Vec<String>,

    /// What to do with a row that cannot be scored: stop and name it, or leave
    /// it out and count it
    #[arg(long, value_name = "ACTION", value_enum, default_value = "error", help_heading = INPUT)]
    pub(super) on_invalid: OnInvalidArg,

    /// Positive class of one score per row or of two score columns [default: the
    /// later of the two]
    #[arg(long, value_name = "CLASS", help_heading = METRICS)]
    pub(super) positive: Option<String>,

    /// Least score of a positive prediction; of two columns of logits, of the
    /// positive one less the other [default: 0.5, or 0 for logits]
    #[arg(long, value_name = "SCORE", allow_hyphen_values = true, help_heading = METRICS)]
    pub(super) threshold: Option<f64>,

    /// Only these metrics, separated by commas; where they and rules need labels
    /// and predictions alone, nothing else is counted, unless --bins, --bin-edges,
    /// --ties, --top-k, --auc, --curves or --history ask for it
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = METRICS)]
    pub(super) metrics: Vec<String>,

    /// List every metric: formula, range, when it is undefined, source
    #[arg(long, help_heading = METRICS)]
    pub(super) list_metrics: bool,

    /// Number of calibration bins [default: 15]
    #[arg(long, value_name = "N", help_heading = METRICS)]
    pub(super) bins: Option<usize>,

    /// Which edge of a calibration bin belongs to it [default: right-closed]
    #[arg(long, value_name = "EDGE", value_parser = PossibleValuesParser::new(["right-closed", "left-closed"]).try_map(|name| named(BinEdges::from_name(&name))), help_heading = METRICS)]
    pub(super) bin_edges: Option<BinEdges>,

    /// Which class of equal scores is ahead, for ranks [default: lowest]
    #[arg(long, value_name = "RULE", value_parser = PossibleValuesParser::new(["lowest", "sklearn-top-k"]).try_map(|name| named(Ties::from_name(&name))), help_heading = METRICS)]
    pub(super) ties: Option<Ties>,

    /// What a quotient with denominator 0 is; `exclude` leaves it out of averages
    #[arg(long, value_name = "VALUE", default_value = "undefined", value_parser = PossibleValuesParser::new(["undefined", "0", "1", "exclude"]).try_map(|name| named(ZeroDivision::from_name(&name))), help_heading = METRICS)]
    pub(super) zero_division: ZeroDivision,

    /// K of top-K accuracy, separated by commas [default: 1,3,5]
    #[arg(long, value_name = "K", value_delimiter = ',', help_heading = METRICS)]
    pub(super) top_k: Vec<usize>,

    /// Also report F-beta for this beta (repeatable)
    #[arg(long, allow_hyphen_values = true, value_name = "BETA", value_delimiter = ',', help_heading = METRICS)]
    pub(super) beta: Vec<f64>,

    /// Level of confidence intervals, between 0 and 1
    #[arg(long, value_name = "LEVEL", default_value_t = 0.95, help_heading = METRICS)]
    pub(super) interval: f64,

    /// Interval of a proportion: good on average, or never too narrow
    #[arg(long, value_name = "METHOD", default_value = "wilson", value_parser = PossibleValuesParser::new(["wilson", "clopper-pearson"]).try_map(|name| named(IntervalMethod::from_name(&name))), help_heading = METRICS)]
    pub(super) interval_method: IntervalMethod,

    /// Resamples for intervals of other counts, such as of macro averages; 0
    /// for none [default: 1000, if at most 1,000 cells of the confusion are
    /// not empty]
    #[arg(long, value_name = "N", help_heading = METRICS)]
    pub(super) replicates: Option<u32>,

    /// Seed of the resamples: the same seed, the same intervals everywhere
    #[arg(long, value_name = "SEED", default_value_t = 0, help_heading = METRICS)]
    pub(super) seed: u64,

    /// How rows are put in order by score: `exact` holds every score in memory,
    /// `binned` counts 65,536 bins per class, merges, and gives an interval that
    /// holds the exact value [default: exact for one score per row, else none]
    #[arg(long, value_name = "HOW", value_parser = PossibleValuesParser::new(["exact", "binned", "none"]).try_map(|name| named(Auc::from_name(&name))), help_heading = ORDER)]
    pub(super) auc: Option<Auc>,

    /// Also report the area under the ROC curve up to this false positive rate
    /// (repeatable)
    #[arg(long, value_name = "RATE", value_delimiter = ',', help_heading = ORDER)]
    pub(super) max_fpr: Vec<f64>,

    /// Find the threshold of binary scores that keeps a rate, such as
    /// 'recall >= 0.95' or 'false_positive_rate <= 0.01' (repeatable)
    #[arg(long, value_name = "RATE", help_heading = ORDER)]
    pub(super) threshold_for: Vec<String>,

    /// Find the threshold of least cost, such as 'fp=1,fn=10' (repeatable)
    #[arg(long, value_name = "COSTS", help_heading = ORDER)]
    pub(super) cost: Vec<String>,

    #[command(flatten)]
    pub(super) show: Show,

    /// Where to count: `cpu`, `gpu`, an adapter's name or number as `tallyho
    /// devices` lists them, or what is faster; the result is the same
    #[arg(long, value_name = "DEVICE", default_value = "auto", help_heading = RUNNING)]
    pub(super) device: Wanted,

    /// The most memory to use on the device, such as 512M or 2G [default: 512M]
    #[arg(long, value_name = "SIZE", value_parser = parse_size, help_heading = RUNNING)]
    pub(super) device_memory: Option<u64>,
    #[command(flatten)]
    pub(super) record: Recording,

    /// Threads [default: all cores]
    #[arg(long, value_name = "N", help_heading = RUNNING)]
    pub(super) threads: Option<usize>,

    /// Rows read at once by a thread [default: as many as fit its cache]
    #[arg(long, value_name = "N", help_heading = RUNNING)]
    pub(super) batch_rows: Option<usize>,
}

#[derive(Debug, Args)]
pub(super) struct Merge {
    /// States written by `eval -o x.tally` or by `merge`
    #[arg(value_name = "STATE", required = true, value_hint = ValueHint::FilePath)]
    pub(super) states: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) show: Show,

    #[command(flatten)]
    pub(super) record: Recording,
}

/// How results are shown and judged; common to all reports.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Write a report (.json .md .csv), gauges for Prometheus (.prom), verdicts
    /// as JUnit XML (.xml) or the state (.tally); repeatable
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = OUTPUT)]
    pub(super) output: Vec<PathBuf>,

    /// Write curves (.csv or .json): ROC, precision-recall, thresholds, gains,
    /// reliability, risk-coverage (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = OUTPUT)]
    pub(super) curves: Vec<PathBuf>,

    /// Print JSON instead of a table
    #[arg(long, help_heading = OUTPUT)]
    pub(super) json: bool,

    /// Rule that must hold, such as 'accuracy >= 0.9', 'recall[*] >= 0.8' or,
    /// with --history, 'accuracy >= previous - 0.01' (repeatable)
    #[arg(long, value_name = "RULE", help_heading = OUTPUT)]
    pub(super) require: Vec<String>,

    /// When to colour the table
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto", help_heading = OUTPUT)]
    pub(super) color: ColorArg,

    /// Take a warning for an error, with exit status 2
    #[arg(long, help_heading = OUTPUT)]
    pub(super) strict: bool,

    /// Print no report and no progress
    #[arg(short, long, conflicts_with = "json", help_heading = OUTPUT)]
    pub(super) quiet: bool,
}

const INPUT: &str = "Input";
const METRICS: &str = "Metrics";
const ORDER: &str = "Order of scores";
const OUTPUT: &str = "Output";
const RUNNING: &str = "Running";

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ScoresAreArg {
    Auto,
    Logits,
    Probabilities,
}

impl ScoresAreArg {
    pub(super) fn settled(self) -> Option<ScoresAre> {
        match self {
            Self::Auto => None,
            Self::Logits => Some(ScoresAre::Logits),
            Self::Probabilities => Some(ScoresAre::Probabilities),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum OnInvalidArg {
    Error,
    Skip,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ColorArg {
    Auto,
    Always,
    Never,
}

/// Every type of scores by its name.
pub(super) fn score_type() -> impl TypedValueParser<Value = ScoreType> {
    let names = ScoreType::ALL.iter().map(|known| known.name());
    PossibleValuesParser::new(names).try_map(|name| named(ScoreType::from_name(&name)))
}

/// clap has checked the spelling already; this only types it.
fn named<T>(value: Option<T>) -> Result<T, String> {
    value.ok_or_else(|| "unknown value".to_owned())
}
