//! Options about output: how results are shown and judged.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{ColorArg, OUTPUT};

/// How results are shown and judged; common to all reports.
#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// Write a report (.json .md .csv), gauges for Prometheus (.prom), verdicts
    /// as JUnit XML (.xml) or the state (.tally); repeatable
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = OUTPUT)]
    pub(in crate::cli) output: Vec<PathBuf>,

    /// Sign the state with the key in this file, of 32 random bytes or more, so that
    /// `merge --verify` can tell it from what others wrote
    #[arg(long, value_name = "KEYFILE", value_hint = ValueHint::FilePath, help_heading = OUTPUT)]
    pub(in crate::cli) sign: Option<PathBuf>,

    /// Write curves (.csv or .json): ROC, precision-recall, thresholds, gains,
    /// reliability, risk-coverage (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = OUTPUT)]
    pub(in crate::cli) curves: Vec<PathBuf>,

    /// Print JSON instead of a table
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) json: bool,

    /// Rule that must hold, such as 'accuracy >= 0.9', 'recall[*] >= 0.8' or,
    /// with --history, 'accuracy >= previous - 0.01' (repeatable)
    #[arg(long, value_name = "RULE", help_heading = OUTPUT)]
    pub(in crate::cli) require: Vec<String>,

    /// When to colour the table
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto", help_heading = OUTPUT)]
    pub(in crate::cli) color: ColorArg,

    /// Take a warning for an error, with exit status 2
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) strict: bool,

    /// Print no report and no progress
    #[arg(short, long, conflicts_with = "json", help_heading = OUTPUT)]
    pub(in crate::cli) quiet: bool,
}
