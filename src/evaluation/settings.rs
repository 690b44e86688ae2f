//! The settings of an evaluation, by the names of the options of `eval`.

use serde::Deserialize;

use crate::engine::{OnInvalid, ScoresGiven};
use crate::input::{CsvOptions, LabelsAre};
use crate::rule::Rule;
use crate::tally::{
    Auc, BinEdges, IntervalMethod, Matching, Outside, ScoreType, Ties, ZeroDivision,
};

/// How rows are counted and shown; what is left out is as usual.
///
/// The names are those of the options of `tallyho eval`, where their meaning
/// and what is usual is told.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "job", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What the scores are: "logits", "probabilities", "percent" (each is divided by
    /// 100) or "unnormalized" (each row is divided by its sum); left out, the first
    /// 1,024 rows of every file tell
    pub scores_are: Option<ScoresGiven>,
    /// Type of the scores in text files, f64 if left out; "bf16" also of arrays of
    /// uint16 or V2
    pub score_type: Option<ScoreType>,
    /// What labels and predictions of several dimensions are: "rows", where every
    /// element is a row, or "one-hot"
    pub labels_are: Option<LabelsAre>,
    /// How CSV files are read, such as "delimiter=;,decimal=comma,header=no"
    #[cfg_attr(feature = "job", schemars(with = "Option<String>"))]
    pub csv: Option<CsvOptions>,
    /// Labels whose rows are left out
    pub ignore_label: Option<Vec<String>>,
    /// What to do with a row that cannot be scored: "error" or "skip"
    pub on_invalid: Option<OnInvalid>,
    /// Take a warning for an error
    pub strict: Option<bool>,
    /// Whether spellings of one class, such as 1 and 1.0 or Cat and cat, are one class:
    /// "exact" or "loose"; left out, they are counted apart with a warning
    pub match_classes: Option<Matching>,
    /// What becomes of a prediction that is missing or none of the classes, which are
    /// those of the labels if none are named: "error", "wrong" or "skip"; left out,
    /// "error", but a name that no label has is a class of its own if none are named
    pub outside: Option<Outside>,
    /// Classes that averages are over; with "!", all classes but these
    pub average_over: Option<Vec<String>>,
    /// Positive class of binary scores; the later of the two if left out
    pub positive: Option<String>,
    /// Least score of a positive prediction
    pub threshold: Option<f64>,
    /// Only these metrics
    pub metrics: Option<Vec<String>>,
    /// Number of calibration bins
    pub bins: Option<usize>,
    /// Which edge of a calibration bin belongs to it
    pub bin_edges: Option<BinEdges>,
    /// Which class of equal scores is ahead, for ranks
    pub ties: Option<Ties>,
    /// Whether classes that are no numbers have an order, which weighted kappas need
    pub ordinal: Option<bool>,
    /// What a quotient with denominator 0 is
    pub zero_division: Option<ZeroDivision>,
    /// K of top-K accuracy
    pub top_k: Option<Vec<usize>>,
    /// Also report F-beta for these betas
    pub beta: Option<Vec<f64>>,
    /// Level of confidence intervals, between 0 and 1
    pub interval: Option<f64>,
    /// Interval of a proportion
    pub interval_method: Option<IntervalMethod>,
    /// Resamples for intervals of other counts; 0 for none
    pub replicates: Option<u32>,
    /// Seed of the resamples
    pub seed: Option<u64>,
    /// How rows are put in order by score
    pub auc: Option<Auc>,
    /// Also report the area under the ROC curve up to these rates
    pub max_fpr: Option<Vec<f64>>,
    /// Find thresholds that keep a rate, such as "recall >= 0.95"
    pub threshold_for: Option<Vec<String>>,
    /// Find thresholds of least cost, such as "fp=1,fn=10"
    pub cost: Option<Vec<String>>,
}

/// What else there is to an evaluation, as far as its settings depend on it.
#[derive(Clone, Copy, Debug)]
pub struct EvaluationContext<'a> {
    /// The rules that it is judged by.
    pub rules: &'a [Rule],
    /// Whether its rows have scores.
    pub has_scores: bool,
    /// Whether curves are wanted.
    pub curves: bool,
    /// Whether it is recorded in a history.
    pub recorded: bool,
}

impl Settings {
    /// These settings, and where one is left out, that of `usual`.
    #[must_use]
    pub fn or(self, default: &Self) -> Self {
        let default = default.clone();
        Self {
            scores_are: self.scores_are.or(default.scores_are),
            score_type: self.score_type.or(default.score_type),
            labels_are: self.labels_are.or(default.labels_are),
            csv: self.csv.or(default.csv),
            ignore_label: self.ignore_label.or(default.ignore_label),
            on_invalid: self.on_invalid.or(default.on_invalid),
            strict: self.strict.or(default.strict),
            match_classes: self.match_classes.or(default.match_classes),
            outside: self.outside.or(default.outside),
            average_over: self.average_over.or(default.average_over),
            positive: self.positive.or(default.positive),
            threshold: self.threshold.or(default.threshold),
            metrics: self.metrics.or(default.metrics),
            bins: self.bins.or(default.bins),
            bin_edges: self.bin_edges.or(default.bin_edges),
            ties: self.ties.or(default.ties),
            ordinal: self.ordinal.or(default.ordinal),
            zero_division: self.zero_division.or(default.zero_division),
            top_k: self.top_k.or(default.top_k),
            beta: self.beta.or(default.beta),
            interval: self.interval.or(default.interval),
            interval_method: self.interval_method.or(default.interval_method),
            replicates: self.replicates.or(default.replicates),
            seed: self.seed.or(default.seed),
            auc: self.auc.or(default.auc),
            max_fpr: self.max_fpr.or(default.max_fpr),
            threshold_for: self.threshold_for.or(default.threshold_for),
            cost: self.cost.or(default.cost),
        }
    }

    /// These settings without those that mean nothing for rows with predictions
    /// only.
    #[must_use]
    pub fn without_scores(self) -> Self {
        Self {
            labels_are: self.labels_are,
            csv: self.csv,
            ignore_label: self.ignore_label,
            on_invalid: self.on_invalid,
            strict: self.strict,
            match_classes: self.match_classes,
            outside: self.outside,
            average_over: self.average_over,
            metrics: self.metrics,
            ordinal: self.ordinal,
            zero_division: self.zero_division,
            beta: self.beta,
            interval: self.interval,
            interval_method: self.interval_method,
            replicates: self.replicates,
            seed: self.seed,
            ..Self::default()
        }
    }

    /// These settings without the one that means nothing for rows with scores.
    #[must_use]
    pub fn without_predictions(self) -> Self {
        Self { outside: None, ..self }
    }
}
