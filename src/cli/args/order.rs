//! Options about order: what follows from the order of rows by their scores.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{ORDER, named};
use crate::tally::Auc;

/// What is asked of the order of rows.
#[derive(Debug, Args)]
pub(in crate::cli) struct OrderArgs {
    /// How rows are put in order by score: `exact` holds every score in memory,
    /// `binned` counts 65,536 bins per class, merges, and gives an interval that
    /// holds the exact value [default: exact for one score per row, else none]
    #[arg(long, value_name = "HOW", value_parser = PossibleValuesParser::new(["exact", "binned", "none"]).try_map(|name| named(Auc::from_name(&name))), help_heading = ORDER)]
    pub(in crate::cli) auc: Option<Auc>,

    /// Also report the area under the ROC curve up to this false positive rate
    /// (repeatable)
    #[arg(long, value_name = "RATE", value_delimiter = ',', help_heading = ORDER)]
    pub(in crate::cli) max_fpr: Vec<f64>,

    /// Find the threshold of binary scores that keeps a rate, such as
    /// 'recall >= 0.95' or 'false_positive_rate <= 0.01' (repeatable)
    #[arg(long, value_name = "RATE", help_heading = ORDER)]
    pub(in crate::cli) threshold_for: Vec<String>,

    /// Find the threshold of least cost, such as 'fp=1,fn=10' (repeatable)
    #[arg(long, value_name = "COSTS", help_heading = ORDER)]
    pub(in crate::cli) cost: Vec<String>,
}
