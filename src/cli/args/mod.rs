//! The options of `eval` by topic, one file each.
//!
//! The heading of an option is its topic: it decides on which page of the help it
//! stands.

mod classes;
mod input;
mod metrics;
mod order;
mod output;
mod running;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, ValueEnum, ValueHint};

use self::classes::ClassArgs;
use self::input::InputArgs;
use self::metrics::MetricArgs;
use self::order::OrderArgs;
pub(super) use self::output::Show;
pub(super) use self::running::MemoryArgs;
use self::running::RunningArgs;
use super::record::Recording;
use crate::engine::ScoresGiven;
use crate::tally::ScoreType;

const USAGE: &str = "\
tallyho eval [OPTIONS] [TABLE]... --labels <NAME> --predictions <NAME>
       tallyho eval [OPTIONS] [TABLE]... --labels <NAME> --scores <NAMES>
       tallyho eval <TABLE>
       tallyho eval --list-metrics";

const EXAMPLES: &str = "\
Examples:
  tallyho eval --labels y.npy --predictions p.npy
  tallyho eval --labels y.npy --scores logits.npy
  tallyho eval predictions.parquet --labels label --scores 'p[0-9]*' -o report.json
  tallyho eval 'shards/*.csv' --labels y --predictions p --require 'accuracy > 0.9'

Exit status: 0 done and every rule holds; 1 a rule is broken or undefined;
2 bad usage, bad input or a failure; 130 interrupted.

Rows count from 0; a header is not a row. Memory is bounded by batches and
tallies and does not grow with the number of rows, but under --auc exact: by 2
to 4 bytes a row for one score per row (8 to 16 for f64), by as many for
metrics by confidence, and by about 60 bytes a row, however many classes, for
a score for each class, where the rows are read twice. --auc binned takes
0.5 MiB for each class on each thread.

By topic, with more words: tallyho help input | classes | metrics | order |
output | running | history";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE, group = ArgGroup::new("row").args(["predictions", "scores", "list_metrics"]))]
pub(super) struct Eval {
    #[command(flatten)]
    pub(super) input: InputArgs,

    #[command(flatten)]
    pub(super) classes: ClassArgs,

    #[command(flatten)]
    pub(super) metrics: MetricArgs,

    #[command(flatten)]
    pub(super) order: OrderArgs,

    #[command(flatten)]
    pub(super) show: Show,

    /// Name these rows in the state: `merge` adds no two states of one name
    #[arg(long, value_name = "NAME", help_heading = OUTPUT)]
    pub(super) shard: Option<String>,

    #[command(flatten)]
    pub(super) running: RunningArgs,

    #[command(flatten)]
    pub(super) record: Recording,
}

#[derive(Debug, Args)]
pub(super) struct Merge {
    /// States written by `eval -o x.tally` or by `merge`
    #[arg(value_name = "STATE", required = true, value_hint = ValueHint::FilePath)]
    pub(super) states: Vec<PathBuf>,

    /// The classes have an order though they are no numbers: report the weighted
    /// kappas, too
    #[arg(long)]
    pub(super) ordinal: bool,

    /// Merge only states that `--sign` signed with the key in this file
    #[arg(long, value_name = "KEYFILE", value_hint = ValueHint::FilePath)]
    pub(super) verify: Option<PathBuf>,

    /// Add states of one name (`--shard`), or of equal counts, all the same
    #[arg(long)]
    pub(super) allow_repeats: bool,

    #[command(flatten)]
    pub(super) show: Show,

    #[command(flatten)]
    pub(super) memory: MemoryArgs,

    #[command(flatten)]
    pub(super) record: Recording,
}

pub(super) const INPUT: &str = "Input";
pub(super) const CLASSES: &str = "Classes";
pub(super) const METRICS: &str = "Metrics";
pub(super) const ORDER: &str = "Order of scores";
pub(super) const OUTPUT: &str = "Output";
pub(super) const RUNNING: &str = "Running";
#[cfg(feature = "history")]
pub(super) const HISTORY: &str = "History";

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ScoresAreArg {
    Auto,
    Logits,
    Probabilities,
    Percent,
    Unnormalized,
}

impl ScoresAreArg {
    pub(super) fn settled(self) -> Option<ScoresGiven> {
        match self {
            Self::Auto => None,
            Self::Logits => Some(ScoresGiven::Logits),
            Self::Probabilities => Some(ScoresGiven::Probabilities),
            Self::Percent => Some(ScoresGiven::Percent),
            Self::Unnormalized => Some(ScoresGiven::Unnormalized),
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
