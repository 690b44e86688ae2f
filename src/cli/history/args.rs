//! The arguments of `history`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use crate::cli::args::ColorArg;
use crate::evaluation::parse_size;

const EXAMPLES: &str = "\
Examples:
  tallyho history list --model steady --last 30
  tallyho history trend accuracy --model steady --window 7d
  tallyho history trend 'recall[cat]' --since 2026-10-01 --table
  tallyho history compare latest~1 latest
  tallyho history export runs.parquet
  tallyho history check --max-age 26h --job nightly

A run stands for a night, a date. When a night has several runs, the one that
was recorded last is the night's. Times are UTC.

The history is one SQLite file, which several processes may use at once, and
which any SQL tool can read; it must not lie on a network file system.

Exit status: 0 done; 1 verify found a difference, or check found no run that is
new enough; 2 bad usage or a failure; 130 interrupted.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct History {
    /// The history
    #[arg(long, global = true, value_name = "FILE", default_value = "tallyho.db", value_hint = ValueHint::FilePath)]
    pub(super) db: PathBuf,

    /// Print JSON instead of a table
    #[arg(long, global = true)]
    pub(super) json: bool,

    /// When to colour tables
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value = "auto")]
    pub(super) color: ColorArg,

    /// The most memory to use, such as 4G [default: what is free, and what the control
    /// group and resource limits leave]
    #[arg(long, global = true, value_name = "SIZE", value_parser = parse_size)]
    pub(super) memory: Option<u64>,

    #[command(subcommand)]
    pub(super) action: Action,
}

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// List runs, the latest at the end
    List(List),
    /// Show one run: where it comes from, its metrics, its verdicts
    Show(Show),
    /// Draw a metric over time: windows, mean and z-score, changes of level
    Trend(Trend),
    /// Put two runs side by side
    Compare(Compare),
    /// Write runs to a .csv, .json or .parquet file
    Export(Export),
    /// Copy the history, also while others write to it
    Backup(Backup),
    /// Forget old runs
    Prune(Prune),
    /// Check every row by its checksum, and compute digests and values anew
    ///
    /// Looks at the pages, indices and tables of the file and at its log; at every column
    /// of every row of all runs, by the checksum that was written with it; and at digests,
    /// counts and values of the runs that are asked for, computed anew from their tallies.
    /// Intervals, verdicts, paths, times and the like are not computed again: they have
    /// their checksums. Runs that versions before these recorded got theirs later, and it
    /// says how many those are. Checksums find damage; who forges rows can forge them too.
    Verify(Verify),
    /// Let a run count as a baseline in spite of its broken rules
    Accept(Accept),
    /// Fail when the last run is too long ago
    Check(Check),
}

impl Action {
    /// Whether it writes nothing.
    pub(super) fn only_reads(&self) -> bool {
        match self {
            Self::List(_) | Self::Show(_) | Self::Trend(_) | Self::Compare(_) => true,
            Self::Verify(_) | Self::Check(_) => true,
            Self::Export(_) | Self::Backup(_) | Self::Prune(_) | Self::Accept(_) => false,
        }
    }
}

/// Which runs.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// Only runs of this job
    #[arg(long, value_name = "NAME", help_heading = WHICH)]
    pub(super) job: Option<String>,

    /// Only runs on this dataset
    #[arg(long, value_name = "NAME", help_heading = WHICH)]
    pub(super) dataset: Option<String>,

    /// Only runs of this model
    #[arg(long, value_name = "NAME", help_heading = WHICH)]
    pub(super) model: Option<String>,

    /// Only runs of this split
    #[arg(long, value_name = "NAME", help_heading = WHICH)]
    pub(super) split: Option<String>,

    /// Only nights from this one on: a date, or 30d
    #[arg(long, value_name = "WHEN", help_heading = WHICH)]
    pub(super) since: Option<String>,

    /// Only nights up to this one: a date, or 30d
    #[arg(long, value_name = "WHEN", help_heading = WHICH)]
    pub(super) until: Option<String>,
}

const WHICH: &str = "Runs";

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    pub(super) which: Which,

    /// Only the last so many [default: 20, all with --json]
    #[arg(long, value_name = "N", help_heading = WHICH)]
    pub(super) last: Option<usize>,

    /// The metric to show beside each run
    #[arg(long, value_name = "NAME", default_value = "accuracy")]
    pub(super) metric: String,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Number of the run, or `latest`, `latest~1`, …
    pub(super) run: String,

    #[command(flatten)]
    pub(super) which: Which,
}

#[derive(Debug, Args)]
pub(super) struct Trend {
    /// A metric (accuracy), a value of a class (recall[cat]) or of the job
    /// (seconds, rows, rows_per_second, peak_memory_bytes, rows_invalid)
    #[arg(default_value = "accuracy")]
    pub(super) metric: String,

    #[command(flatten)]
    pub(super) which: Which,

    /// Only the last so many nights of every series
    #[arg(long, value_name = "N", help_heading = WHICH)]
    pub(super) last: Option<usize>,

    /// Also the metric of the last N nights together (7) or days (7d), exactly:
    /// by adding up their tallies
    #[arg(long, value_name = "N|Nd")]
    pub(super) window: Option<String>,

    /// Nights that mean, standard deviation and z-score look back on
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub(super) look_back: usize,

    /// Every run of a night that was repeated, not the last alone
    #[arg(long)]
    pub(super) all: bool,

    /// Also a line for every night
    #[arg(long)]
    pub(super) table: bool,
}

#[derive(Debug, Args)]
pub(super) struct Compare {
    /// Number of a run, or `latest`, `latest~1`, …
    pub(super) first: String,

    /// Number of another
    pub(super) second: String,

    #[command(flatten)]
    pub(super) which: Which,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// A .csv or .parquet file (a line for each run, a column for each metric)
    /// or a .json file (everything but the tallies); in .csv, names that a
    /// spreadsheet would compute have a ' before them
    #[arg(value_hint = ValueHint::FilePath)]
    pub(super) file: PathBuf,

    #[command(flatten)]
    pub(super) which: Which,
}

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to write; replaced in one step at the end
    #[arg(value_hint = ValueHint::FilePath)]
    pub(super) file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Prune {
    #[command(flatten)]
    pub(super) which: Which,

    /// Forget nights longer ago than this: 365d, 1y
    #[arg(long, value_name = "AGE")]
    pub(super) older_than: Option<String>,

    /// Keep the last so many runs of every series, whatever their age
    #[arg(long, value_name = "N")]
    pub(super) keep_last: Option<usize>,

    /// Forget accepted baselines as well
    #[arg(long)]
    pub(super) accepted: bool,

    /// Say what would be forgotten, and forget nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    pub(super) which: Which,
}

#[derive(Debug, Args)]
pub(super) struct Accept {
    /// Number of the run, or `latest`, `latest~1`, …
    pub(super) run: String,

    #[command(flatten)]
    pub(super) which: Which,

    /// Only for this rule, as `tallyho history show` spells it
    #[arg(long, value_name = "RULE")]
    pub(super) rule: Option<String>,

    /// Why, for those who look later
    #[arg(long, value_name = "TEXT")]
    pub(super) because: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The greatest age of the last run: 26h, 2d
    #[arg(long, value_name = "AGE")]
    pub(super) max_age: String,

    /// Check every model, dataset and split, not every job
    #[arg(long)]
    pub(super) each: bool,

    #[command(flatten)]
    pub(super) which: Which,
}
