//! Options about classes: which there are, and which of them is predicted.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::CLASSES;

/// Which classes there are.
#[derive(Debug, Args)]
pub(in crate::cli) struct ClassArgs {
    /// File that names the classes in order: one per line, or a JSON list
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = CLASSES)]
    pub(in crate::cli) classes: Option<PathBuf>,

    /// Leave out rows with this label (repeatable)
    #[arg(long, value_name = "LABEL", help_heading = CLASSES)]
    pub(in crate::cli) ignore_label: Vec<String>,

    /// Positive class of binary scores [default: the later of the two]
    #[arg(long, value_name = "CLASS", help_heading = CLASSES)]
    pub(in crate::cli) positive: Option<String>,

    /// Least score of a positive prediction [default: 0.5, or 0 for logits]
    #[arg(long, value_name = "SCORE", allow_hyphen_values = true, help_heading = CLASSES)]
    pub(in crate::cli) threshold: Option<f64>,
}
