//! Options about metrics: what is measured, and how.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{METRICS, named};
use crate::cli::hyphen;
use crate::tally::{BinEdges, IntervalMethod, Ties, ZeroDivision};

/// What is measured, and how.
#[derive(Debug, Args)]
pub(in crate::cli) struct MetricArgs {
    /// Only these metrics, separated by commas; where they and rules need labels
    /// and predictions alone, nothing else is counted, unless --bins, --bin-edges,
    /// --ties, --top-k, --auc, --curves or --history ask for it
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = METRICS)]
    pub(in crate::cli) metrics: Vec<String>,

    /// Classes that averages are over, separated by commas; '!O' is all but O
    #[arg(long, value_name = "CLASSES", allow_hyphen_values = true, help_heading = METRICS)]
    pub(in crate::cli) average_over: Vec<String>,

    /// List every metric: formula, range, when it is undefined, source
    #[arg(long, help_heading = METRICS)]
    pub(in crate::cli) list_metrics: bool,

    /// Number of calibration bins [default: 15]
    #[arg(long, value_name = "N", help_heading = METRICS)]
    pub(in crate::cli) bins: Option<usize>,

    /// Which edge of a calibration bin belongs to it [default: right-closed]
    #[arg(long, value_name = "EDGE", value_parser = PossibleValuesParser::new(["right-closed", "left-closed"]).try_map(|name| named(BinEdges::from_name(&name))), help_heading = METRICS)]
    pub(in crate::cli) bin_edges: Option<BinEdges>,

    /// Which class of equal scores is ahead, for ranks [default: lowest]
    #[arg(long, value_name = "RULE", value_parser = PossibleValuesParser::new(["lowest", "sklearn-top-k"]).try_map(|name| named(Ties::from_name(&name))), help_heading = METRICS)]
    pub(in crate::cli) ties: Option<Ties>,

    /// What a quotient with denominator 0 is; `exclude` leaves it out of averages
    #[arg(long, value_name = "VALUE", default_value = "undefined", value_parser = PossibleValuesParser::new(["undefined", "0", "1", "exclude"]).try_map(|name| named(ZeroDivision::from_name(&name))), help_heading = METRICS)]
    pub(in crate::cli) zero_division: ZeroDivision,

    /// The classes have an order though they are no numbers: report the weighted
    /// kappas, too; --classes gives the order
    #[arg(long, help_heading = METRICS)]
    pub(in crate::cli) ordinal: bool,

    /// K of top-K accuracy, separated by commas [default: 1,3,5]
    #[arg(long, value_name = "K", value_delimiter = ',', help_heading = METRICS)]
    pub(in crate::cli) top_k: Vec<usize>,

    /// Also report F-beta for this beta (repeatable)
    #[arg(long, value_name = "BETA", allow_hyphen_values = true, value_parser = hyphen::number(), value_delimiter = ',', help_heading = METRICS)]
    pub(in crate::cli) beta: Vec<f64>,

    /// Level of confidence intervals, between 0 and 1
    #[arg(long, value_name = "LEVEL", default_value_t = 0.95, help_heading = METRICS)]
    pub(in crate::cli) interval: f64,

    /// Interval of a proportion: good on average, or never too narrow
    #[arg(long, value_name = "METHOD", default_value = "wilson", value_parser = PossibleValuesParser::new(["wilson", "clopper-pearson"]).try_map(|name| named(IntervalMethod::from_name(&name))), help_heading = METRICS)]
    pub(in crate::cli) interval_method: IntervalMethod,

    /// Resamples for intervals of other counts, such as of macro averages; 0
    /// for none [default: 1000, if at most 1,000 cells of the confusion are
    /// not empty]
    #[arg(long, value_name = "N", help_heading = METRICS)]
    pub(in crate::cli) replicates: Option<u32>,

    /// Seed of the resamples: the same seed, the same intervals everywhere
    #[arg(long, value_name = "SEED", default_value_t = 0, help_heading = METRICS)]
    pub(in crate::cli) seed: u64,
}
