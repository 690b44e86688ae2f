//! The arguments of `bench`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueHint};

use crate::cli::args::{MemoryArgs, ScoresAreArg, score_type};
use crate::evaluation::{DeviceRequest, parse_size};
use crate::exact::ScoreType;
use crate::input::CsvOptions;

const USAGE: &str = "\
tallyho bench [OPTIONS]
       tallyho bench [OPTIONS] [TABLE]... --labels <NAME> --predictions <NAME>
       tallyho bench [OPTIONS] [TABLE]... --labels <NAME> --scores <NAME>";

const AFTER: &str = "\
Without files, rows are generated in memory: pairs of label and prediction, and
logits of f32, f16 and bf16, of 2 to 32,000 classes. Both sides must give the
same digest before anything is timed.

Exit status: 0 done; 2 bad usage, bad input or a failure, such as digests that
differ; 130 interrupted.";

#[derive(Debug, Args)]
#[command(after_help = AFTER, override_usage = USAGE, group = ArgGroup::new("bench_row").args(["predictions", "scores"]))]
pub(in crate::cli) struct Bench {
    /// Tables to read instead of generated rows, as for `eval`
    #[arg(value_name = "TABLE", value_hint = ValueHint::FilePath, requires = "labels")]
    pub(super) tables: Vec<PathBuf>,

    /// Column, array or file of the true classes
    #[arg(long, value_name = "NAME", requires = "bench_row", help_heading = INPUT)]
    pub(super) labels: Option<String>,

    /// Column, array or file of the predicted classes
    #[arg(long, value_name = "NAME", requires = "labels", help_heading = INPUT)]
    pub(super) predictions: Option<String>,

    /// Column, glob of columns, array or file of the scores
    #[arg(long, value_name = "NAME", requires = "labels", help_heading = INPUT)]
    pub(super) scores: Option<String>,

    /// Type of scores in text, or bf16 where an array holds bfloat16
    #[arg(long, value_name = "TYPE", value_parser = score_type(), requires = "labels", help_heading = INPUT)]
    pub(super) score_type: Option<ScoreType>,

    /// How CSV files are read, as in `eval` (repeatable)
    #[arg(long, value_name = "OPTIONS", requires = "labels", help_heading = INPUT)]
    pub(super) csv: Vec<CsvOptions>,

    /// What the scores are
    #[arg(long, value_name = "KIND", value_enum, default_value = "auto", help_heading = INPUT)]
    pub(super) scores_are: ScoresAreArg,

    /// Device to bench: `auto` for a GPU if there is one, `cpu` for none, `gpu`,
    /// or the name or number of an adapter
    #[arg(long, value_name = "DEVICE", default_value = "auto", help_heading = RUNNING)]
    pub(super) device: DeviceRequest,

    /// The most memory to use on the device, such as 512M or 2G [default: 512M]
    #[arg(long, value_name = "SIZE", value_parser = parse_size, help_heading = RUNNING)]
    pub(super) device_memory: Option<u64>,

    #[command(flatten)]
    pub(super) memory: MemoryArgs,

    /// Seconds to spend on timing, about
    #[arg(long, value_name = "S", default_value_t = 20.0, help_heading = RUNNING)]
    pub(super) seconds: f64,

    /// Threads [default: all cores]
    #[arg(long, value_name = "N", help_heading = RUNNING)]
    pub(super) threads: Option<usize>,

    /// Print JSON instead of tables
    #[arg(long, help_heading = OUTPUT)]
    pub(super) json: bool,

    /// Also write the result (.json .md); repeatable
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = OUTPUT)]
    pub(super) output: Vec<PathBuf>,
}

const INPUT: &str = "Input";
const RUNNING: &str = "Running";
const OUTPUT: &str = "Output";
