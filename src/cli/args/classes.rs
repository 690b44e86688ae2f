//! Options about classes: which there are, and which of them is predicted.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};

use super::{CLASSES, named};
use crate::cli::hyphen;
use crate::tally::{Matching, Outside};

/// Which classes there are.
#[derive(Debug, Args)]
pub(in crate::cli) struct ClassArgs {
    /// File that names the classes in order: one per line, or a JSON list
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = CLASSES)]
    pub(in crate::cli) classes: Option<PathBuf>,

    /// Leave out rows with this label (repeatable)
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true, value_parser = hyphen::name(), help_heading = CLASSES)]
    pub(in crate::cli) ignore_label: Vec<String>,

    /// Whether spellings of one class, such as 1 and 1.0 or Cat and cat, are one class
    /// [default: counted apart, with a warning]
    #[arg(long, value_name = "HOW", value_parser = PossibleValuesParser::new(["exact", "loose"]).try_map(|name| named(Matching::from_name(&name))), help_heading = CLASSES)]
    pub(in crate::cli) match_classes: Option<Matching>,

    /// What becomes of a prediction that is missing or none of the classes, which are
    /// those of the labels without --classes [default: error; but without --classes a
    /// name that no label has is a class of its own]
    #[arg(long, value_name = "ACTION", value_parser = PossibleValuesParser::new(["wrong", "error", "skip"]).try_map(|name| named(Outside::from_name(&name))), help_heading = CLASSES)]
    pub(in crate::cli) outside: Option<Outside>,

    /// Positive class of one score per row or of two score columns [default: the
    /// later of the two]
    #[arg(long, value_name = "CLASS", allow_hyphen_values = true, value_parser = hyphen::name(), help_heading = CLASSES)]
    pub(in crate::cli) positive: Option<String>,

    /// Least score of a positive prediction; of two columns of logits, of the
    /// positive one less the other [default: 0.5, or 0 for logits]
    #[arg(long, value_name = "SCORE", allow_hyphen_values = true, value_parser = hyphen::number(), help_heading = CLASSES)]
    pub(in crate::cli) threshold: Option<f64>,
}
